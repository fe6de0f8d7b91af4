"""The benchmark `clauses`: what its card promises is true of the committed files."""

import json
import re
from collections import Counter, defaultdict
from itertools import combinations

import jsonschema
import pytest

from experiments.core import Example, paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.clauses import generate as clauses
from experiments.tasks.clauses.numbers import in_words
from experiments.tasks.clauses.terms import FIELDS, KINDS, STYLES, provisions, wording
from experiments.tasks.folder import read_questions, write_files
from experiments.tasks.settings import read_settings

FOLDER = paths.TASKS / "clauses"
SPLITS = ("train", "dev", "test")
EXAMPLES = read_questions(FOLDER)
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
# How many of a field's unit one of another unit is; the guide says the same in words.
PER_UNIT = {"notice_days": {"days": 1, "weeks": 7, "months": 30},
            "payment_days": {"days": 1, "weeks": 7},
            "renewal_months": {"months": 1, "years": 12},
            "warranty_months": {"months": 1, "years": 12}}


def gold(example: Example) -> dict:
    return json.loads(example.answers[0])


def style_of(example: Example) -> str:
    return example.id.split("-")[3]


def features_of(example: Example) -> list[str]:
    return example.id.split("-")[4:]


def spans(count: int, unit: str) -> list[str]:
    """Write a time in the three ways that the brief of the benchmark allows."""
    unit = unit.removesuffix("s") if count == 1 else unit
    words = in_words(count)
    return [f"{count} {unit}", f"{words} {unit}", f"{words} ({count}) {unit}"]


def forms(field: str, value: object) -> list[str]:
    """List the ways in which a clause may write the value of a field that is no choice."""
    if field == "law":
        return wording()["laws"][value]
    if field == "courts":
        return [value]
    if field == "notice_days" and value == 0:
        return ["immediate effect", "without any notice"]
    if field == "cap":
        amount, code = value["amount"], value["currency"]
        sign, name = {"USD": ("US$", "US dollars"), "EUR": ("€", "euros"),
                      "GBP": ("£", "pounds sterling"), "CHF": ("CHF ", "Swiss francs"),
                      "CAD": ("C$", "Canadian dollars"),
                      "AUD": ("A$", "Australian dollars")}[code]
        return [f"{code} {amount:,}", f"{sign}{amount:,}", f"{in_words(amount)} {name}",
                f"{code} {amount / 1_000_000:g} million"]
    if field == "interest_percent":
        found = []
        for percent, periods in ((value, ("per year", "a year", "per annum")),
                                 (value / 12, ("per month", "a month"))):
            whole, half = divmod(percent, 1)
            words = in_words(int(whole)) + (" and a half" if half else "")
            words = "one half of one" if percent == 0.5 else words
            digits = f"{percent:g} %"
            found += [f"{written} {period}" for period in periods for written in (
                digits, f"{words} per cent", f"{words} per cent ({digits})")]
        return found
    if field == "secrecy_years":
        return spans(value, "years") + spans(12 * value, "months")
    return [form for unit, size in PER_UNIT[field].items() if value % size == 0
            for form in spans(value // size, unit)]


def holds(text: str, form: str) -> bool:
    return re.search(rf"(?<![\w.,-]){re.escape(form)}(?!\w|[.,]\d)", text) is not None


def sentence_patterns() -> dict[str, list[re.Pattern]]:
    """Turn every sentence of an entry into a pattern; a slot matches up to 90 characters."""
    def pattern(sentence):
        held = re.sub(r"\\\{[Ww]ho\\\}", "(?P<who>.{1,90}?)", re.escape(sentence))
        return re.compile(r"(?<!\w)" + re.sub(r"\\\{\w+\\\}", ".{1,90}?", held))

    return {entry: [pattern(sentence) for splits in styles.values() for split in splits.values()
                    for sentence in split]
            for entry, styles in provisions().items()}


def test_the_committed_files_are_what_the_generator_writes():
    for path, text in clauses.generate().items():
        assert (FOLDER / path).read_bytes() == text.encode(), path


def test_writing_puts_the_same_files_into_another_folder(tmp_path):
    for name in ("schema.json", "task.yaml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "law.md").write_text("# Governing law\n\nOther text.\n")
    write_files(tmp_path, clauses.generate(tmp_path))
    questions = (tmp_path / "questions.jsonl").read_bytes()
    assert questions == (FOLDER / "questions.jsonl").read_bytes()
    assert "| documents | 1 |" in (tmp_path / "card.md").read_text(encoding="utf-8")
    assert (tmp_path / "documents" / "law.md").exists()


def test_the_counts_are_those_of_the_brief():
    assert Counter(example.split for example in EXAMPLES) == {"train": 480, "dev": 80, "test": 240}
    assert all(len(example.answers) == 1 for example in EXAMPLES)
    assert {split: len({e.group for e in EXAMPLES if e.split == split}) for split in SPLITS} == {
        "train": 240, "dev": 40, "test": 120}


def test_the_card_tells_the_hash_and_the_counts():
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert summarise(find_task("clauses"))["sha256"] in card
    assert "| test questions (unanswerable) | 240 (0) |" in card
    laws = Counter(e.split for e in EXAMPLES if gold(e)["law"] is not None)
    assert f"| law | {laws['train']} | {laws['dev']} | {laws['test']} |" in card
    amended = sum("amended" in features_of(e) for e in EXAMPLES)
    assert f"the later value holds | {amended} |" in card


def test_every_gold_object_has_all_keys_in_order_and_satisfies_the_schema():
    assert tuple(SCHEMA["properties"]) == tuple(SCHEMA["required"]) == FIELDS
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for example in EXAMPLES:
        assert tuple(gold(example)) == FIELDS
        assert list(validator.iter_errors(gold(example))) == [], example.id
        assert " " not in re.sub(r'"[^"]*"', "", example.answers[0])


@pytest.mark.parametrize("change", [
    {"notice_days": "30"}, {"notice_days": -1}, {"renewal": "yes"}, {"law": ""},
    {"cap": {"amount": 5}}, {"cap": 5}, {"cap": {"amount": 5, "currency": "XXX"}}, {"extra": 1},
])
def test_the_schema_refuses_what_is_not_an_answer(change):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    nulls = dict.fromkeys(FIELDS)
    assert validator.is_valid(nulls)
    assert not validator.is_valid(nulls | change)
    assert not validator.is_valid(dict.fromkeys(FIELDS[1:]))


def test_a_clause_has_40_to_160_words_on_one_line():
    for example in EXAMPLES:
        assert 40 <= len(example.question.split()) <= 160, example.id
        assert "\n" not in example.question and "{" not in example.question
        assert "  " not in example.question and ".." not in example.question


def test_every_value_stands_in_its_clause():
    choices = {"termination", "renewal", "assignment"}
    checked = Counter()
    for example in EXAMPLES:
        for field, value in gold(example).items():
            if value is None or field in choices:
                continue
            assert any(holds(example.question, form) for form in forms(field, value)), (
                example.id, field, value)
            checked[field] += 1
    assert set(checked) == set(FIELDS) - choices and min(checked.values()) > 100


def test_a_field_is_null_exactly_where_no_provision_speaks_of_it():
    patterns = sentence_patterns()
    kind_of = {entry: kind for kind, variants in KINDS.items() for entry, _ in variants}
    fields = {"ending": "termination", "secrecy": "secrecy_years", "payment": "payment_days",
              "interest": "interest_percent", "warranty": "warranty_months"}
    settled = {entry: settles for variants in KINDS.values() for entry, settles in variants}
    for example in EXAMPLES:
        entries = [entry for entry, found in patterns.items()
                   if any(pattern.search(example.question) for pattern in found)]
        answer = gold(example)
        present = {fields.get(kind_of[entry], kind_of[entry]) for entry in entries}
        assert present == {name for name in answer if answer[name] is not None} - {
            "notice_days", "renewal_months"}, example.id
        for entry in entries:
            for field in ("renewal", "assignment"):
                if field in settled[entry]:
                    assert answer[field] == settled[entry][field], example.id


def test_a_right_to_terminate_belongs_to_the_side_that_its_clause_names():
    sides = {role: side for pairs in wording()["roles"].values() for pair in pairs
             for role, side in zip(pair, ("supplier", "customer"), strict=True)}
    patterns = sentence_patterns()
    agreements = {f"agreement-{agreement.number:04d}": agreement
                  for agreement, _, _ in clauses.drafts()}
    named = 0
    for example in EXAMPLES:
        holder = gold(example)["termination"]
        if holder in (None, "none"):
            continue
        who = next(m for entry in ("ending", "ending_at_once") for pattern in patterns[entry]
                   if (m := pattern.search(example.question)))["who"]
        last = who.split()[-1]
        agreement = agreements[example.group]
        if holder == "either":
            assert who.lower().endswith("either party"), example.id
        elif "named" in features_of(example):
            named += 1
            assert last == getattr(agreement, holder).split()[0], example.id
            supplier, customer = agreement.roles
            openings = [opening.format(
                supplier=f"the {supplier}", customer=f"the {customer}", Supplier=f"The {supplier}",
                Customer=f"The {customer}", supplier_name=agreement.supplier,
                customer_name=agreement.customer, signed="{}", home="{}", section="{}")
                for opening in wording()["openings"][agreement.style][agreement.split]]
            assert any(re.match(re.escape(opening).replace(r"\{\}", ".{1,60}?"), example.question)
                       for opening in openings), example.id
        else:
            assert sides[last] == holder, example.id
    assert named >= 20


def test_the_replaced_value_of_an_amendment_is_never_the_answer():
    amended = [(agreement, part, drafted) for agreement, part, drafted in clauses.drafts()
               if drafted.replaced]
    by_id = {tuple(example.id.split("-")[1:3]): example for example in EXAMPLES}
    assert len(amended) == sum("amended" in features_of(e) for e in EXAMPLES) > 200
    for agreement, part, drafted in amended:
        example = by_id[f"{agreement.number:04d}", str(part)]
        for field, old in drafted.replaced.items():
            new = gold(example)[field]
            assert old is not None and new is not None and old != new
            # Both stand in the text, and the old one comes first.
            asked = example.question
            first = min(asked.find(form) for form in forms(field, old) if form in asked)
            last = max(asked.rfind(form) for form in forms(field, new) if form in asked)
            assert first < last


def test_splits_share_no_clause_and_no_company():
    trades, kinds = "|".join(wording()["trades"]), "|".join(wording()["forms"])
    texts, names, stems = defaultdict(set), defaultdict(set), defaultdict(set)
    for example in EXAMPLES:
        found = re.findall(rf"(\w+) ({trades}) ({kinds})\b", example.question)
        texts[example.split].add(example.question)
        names[example.split] |= set(found)
        stems[example.split] |= {stem for stem, _, _ in found}
    assert sum(map(len, texts.values())) == len(EXAMPLES)
    assert len(names["train"]) > 200 and len(names["test"]) > 100
    for one, other in combinations(SPLITS, 2):
        assert not texts[one] & texts[other] and not names[one] & names[other]
        assert not stems[one] & stems[other]
        for stem in stems[one]:
            assert not any(re.search(rf"\b{stem}\b", text) for text in texts[other]), stem


def test_no_clause_is_a_near_duplicate_of_one_in_another_split():
    grams = []
    for example in EXAMPLES:
        text = " ".join(re.findall(r"\w+", example.question.lower()))
        grams.append((example.split, {text[i:i + 5] for i in range(len(text) - 4)}))
    nearest = max(len(a & b) / len(a | b) for (one, a), (other, b) in combinations(grams, 2)
                  if one != other)
    assert nearest < 0.3  # of character 5-grams; 0.7 would be a near-duplicate


def test_every_style_has_every_field_in_every_split():
    counts = Counter((style_of(e), field, e.split) for e in EXAMPLES
                     for field, value in gold(e).items() if value is not None)
    assert Counter(map(style_of, EXAMPLES)) == dict.fromkeys(STYLES, 200)
    for style in STYLES:
        for field in FIELDS:
            assert counts[style, field, "test"] >= 6, (style, field)
            assert counts[style, field, "train"] >= 14 and counts[style, field, "dev"] >= 2


def test_every_choice_and_every_feature_is_in_every_split():
    for split in SPLITS:
        own = [e for e in EXAMPLES if e.split == split]
        for field in ("termination", "renewal", "assignment"):
            assert {gold(e)[field] for e in own} == set(SCHEMA["properties"][field]["enum"])
        assert {f for e in own for f in features_of(e)} == set(clauses.FEATURES)
        silent = [e for e in own if not any(v is not None for v in gold(e).values())]
        assert len(silent) == len(own) / 10
        assert all(features_of(e) == ["silent"] and e.evidence == ("silence",) for e in silent)


def test_an_absent_field_cannot_be_guessed_from_the_others():
    # Every field is absent in at least two clauses of three, whichever other field is present.
    for field, other in combinations(FIELDS, 2):
        if {field, other} in ({"termination", "notice_days"}, {"renewal", "renewal_months"}):
            continue
        with_other = [e for e in EXAMPLES if gold(e)[other] is not None]
        absent = sum(gold(e)[field] is None for e in with_other)
        assert absent / len(with_other) > 0.66, (field, other)


def test_evidence_names_the_guide_pages_of_the_fields_that_are_present():
    pages = {path.stem for path in (FOLDER / "documents").iterdir()}
    for example in EXAMPLES:
        present = [name.replace("_", "-") for name, value in gold(example).items()
                   if value is not None]
        changed = {"amended", "unsigned"} & set(features_of(example))
        wanted = present + ["amendments"] * bool(changed) or ["silence"]
        assert list(example.evidence) == wanted
        assert set(example.evidence) <= pages


def test_the_guide_has_a_page_for_every_field_and_names_its_choices():
    for field, entry in SCHEMA["properties"].items():
        page = (FOLDER / "documents" / f"{field.replace('_', '-')}.md").read_text(encoding="utf-8")
        assert page.startswith("# ") and f"(key: {field})\n" in page.split("\n\n")[0] + "\n"
        for choice in entry.get("enum", []):
            assert re.search(rf"\b{'null' if choice is None else choice}\b", page), (field, choice)
    pages = sorted((FOLDER / "documents").iterdir())
    assert len(pages) == 17
    assert all(40 <= len(page.read_text(encoding="utf-8").split()) <= 130 for page in pages)


def test_the_guide_tells_every_conversion_that_a_value_needs():
    def page(name):
        return (FOLDER / "documents" / f"{name}.md").read_text(encoding="utf-8")

    assert "A week counts 7 days and a month 30 days" in page("notice-days")
    assert "A week counts 7 days" in page("payment-days")
    assert "A year counts 12 months" in page("renewal-months")
    assert "A year counts 12 months" in page("warranty-months")
    assert "Twelve months count 1 year" in page("secrecy-years")
    assert "A monthly rate counts twelve times" in page("interest-percent")
    for law, (_, full) in wording()["laws"].items():
        assert full.endswith(law) or f"{law} for {full}" in page("law"), full


def test_the_settings_ask_for_every_key_in_few_words_and_leave_room_for_every_answer():
    settings = read_settings(FOLDER)
    assert settings.kind == "extraction" and settings.schema == SCHEMA
    for name in ("closed", "grounded"):
        prompt = settings.prompts[name]
        places = [re.search(rf"\b{field}\b", prompt).start() for field in FIELDS]
        assert places == sorted(places)
        assert len(prompt.split()) <= 110 and "{" not in prompt
    longest = max(len(example.answers[0]) for example in EXAMPLES)
    assert settings.max_new_tokens >= longest / 3 + 30  # 3 characters a token, and some slack
