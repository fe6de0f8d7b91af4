"""The benchmark `clauses`: read a contract clause, write its terms as one JSON object.

A real line of questions.jsonl (the question and its answer shortened), before any code:

    {"id": "agreement-0313-1-terse-amended", "question": "Faults mended free for 2 years after
     handover. [...] Ceiling on all liability together: C$28,000. Hearings of the expert panel in
     Chicago. [...] Since 22 August 2024 no longer “2 years” but “thirty months”.",
     "answers": ["{\\"law\\":\\"France\\",\\"courts\\":null, [...] \\"warranty_months\\":30}"],
     "evidence": ["law", "cap", "warranty-months", "amendments"], "split": "test",
     "group": "agreement-0313"}

A field is null where the clause is silent. The documents are a guide, one page a field, that says
how to read and write it. The guide, schema.json and task.yaml are written by hand; this module
writes the questions and the card: `python -m experiments.tasks.clauses.generate`. All sentences
stand in clauses_provisions*.yaml and clauses_wording.yaml, terms.py draws values, and drafting.py
puts a clause together.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random

from experiments.core import paths
from experiments.tasks.clauses.card import write_card
from experiments.tasks.clauses.drafting import Agreement, Draft, draft, write_date
from experiments.tasks.clauses.terms import FIELDS, KINDS, SEED, STYLES, wording
from experiments.tasks.folder import json_lines, write_files

FOLDER = paths.TASKS / "clauses"
AGREEMENTS = {"train": 60, "dev": 10, "test": 30}  # of each style
CLAUSES = 2  # of an agreement
SILENT_EVERY = 5  # one agreement in five has a clause that holds no field
PROVISIONS = {"terse": [3, 4, 4], "modern": [2, 3, 3], "traditional": [2, 3, 3],
              "baroque": [2, 2, 3]}
SIGNED = (2015, 2018)  # first and last year of an agreement
STEMS = {"train": 66, "dev": 14, "test": 40}  # first words of company names; 120 in all
# The parts of a clause that an id tells, easiest first.
FEATURES = ("silent", "crossref", "named", "atonce", "units", "carveout", "unsigned", "amended")
CHANGES = {"amended", "unsigned"}


def generate(folder: Path = FOLDER) -> dict[str, str]:
    """Make questions.jsonl and card.md; the card also covers the hand-written files."""
    files = {"questions.jsonl": json_lines(questions())}
    by_hand = [*sorted((folder / "documents").glob("*.md")), folder / "schema.json",
               folder / "task.yaml"]
    contents = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
                for path in by_hand}
    return files | {"card.md": write_card(contents | files, [d for _, _, d in drafts()])}


def questions() -> Iterator[dict]:
    """Ask one question a clause, split by split."""
    yield from ask(drafts())


def ask(drafted_clauses: Iterable[tuple[Agreement, int, Draft]]) -> Iterator[dict]:
    """Ask one question of each drafted clause."""
    for agreement, part, drafted in drafted_clauses:
        present = [name for name in FIELDS if name in drafted.fields]
        pages = [name.replace("_", "-") for name in present]
        pages += ["amendments"] if drafted.features & CHANGES else []
        features = [name for name in FEATURES if name in drafted.features]
        group = f"agreement-{agreement.number:04d}"
        yield {
            "id": "-".join([group, str(part), agreement.style, *features]),
            "question": drafted.text,
            "answers": [answer(drafted.fields)],
            "evidence": pages or ["silence"],
            "split": agreement.split,
            "group": group,
        }


def answer(fields: Mapping[str, object]) -> str:
    """Write the canonical answer: all fields in order, null where the clause is silent."""
    row = {name: fields.get(name) for name in FIELDS}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


@cache
def drafts() -> list[tuple[Agreement, int, Draft]]:
    """Draft every clause: its agreement, its number in it, from 1, and the draft."""
    return [one for split in AGREEMENTS for one in draft_clauses(split, agreements(
        split, split, count=AGREEMENTS[split], before=_before(split, AGREEMENTS)))]


def draft_clauses(deal: str, drawn: Iterable[Agreement]) -> Iterator[tuple[Agreement, int, Draft]]:
    """Draft the clauses of the agreements of one deal, in which all kinds come up as often."""
    decks = {style: _Deck(Random(f"{SEED} deck {deal} {style}")) for style in STYLES}
    for place, agreement in enumerate(drawn):
        rng = Random(f"{SEED} clause {agreement.number}")
        seen: set[str] = set()
        silent = place // len(STYLES) % SILENT_EVERY == SILENT_EVERY - 1
        for part in range(1, CLAUSES + 1):
            count = rng.choice(PROVISIONS[agreement.style])
            if silent and part == CLAUSES:
                count = 0
            plan = [decks[agreement.style].deal(seen) for _ in range(count)]
            yield agreement, part, draft(rng, agreement, plan)


def agreements(deal: str, split: str, *, count: int, before: int) -> Iterator[Agreement]:
    """Yield so many agreements a style in words of a split, numbered after those before them."""
    before *= len(STYLES)
    rng = Random(f"{SEED} agreements {deal}")
    names = companies(rng, split, 2 * count * len(STYLES))
    for place in range(count * len(STYLES)):
        style = STYLES[place % len(STYLES)]
        yield Agreement(
            before + place + 1, split, style, supplier=names[2 * place],
            customer=names[2 * place + 1], roles=rng.choice(wording()["roles"][split]),
            signed=write_date(rng, style, years=SIGNED))


def companies(rng: Random, split: str, count: int) -> list[str]:
    """Name companies, each once; their first words occur in no other split, nor side by side."""
    stems = [head + tail for head in wording()["name_heads"] for tail in wording()["name_tails"]]
    Random(f"{SEED} stems").shuffle(stems)
    first = _before(split, STEMS)
    own = stems[first:first + STEMS[split]]
    names: list[str] = []
    while len(names) < count:
        name = " ".join([rng.choice(own), rng.choice(wording()["trades"]),
                         rng.choice(wording()["forms"])])
        if name not in names and not (names and names[-1].split()[0] == name.split()[0]):
            names.append(name)
    return names


def _before(split: str, counts: Mapping[str, int]) -> int:
    """Add up the counts of the splits that come before one."""
    return sum(list(counts.values())[:list(counts).index(split)])


class _Deck:
    """Deals kinds of provision, and the variants of each, so that all come up equally often."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.kinds: list[str] = []
        self.variants: dict[str, list] = {kind: [] for kind in KINDS}

    def deal(self, seen: set[str]) -> tuple[str, str, Mapping]:
        """Deal the next kind that its agreement has not seen, and note it as seen."""
        if not set(self.kinds) - seen:
            self.kinds += self.rng.sample(list(KINDS), len(KINDS))
        kind = next(kind for kind in self.kinds if kind not in seen)
        self.kinds.remove(kind)
        seen.add(kind)
        if not self.variants[kind]:
            self.variants[kind] = self.rng.sample(KINDS[kind], len(KINDS[kind]))
        return kind, *self.variants[kind].pop()


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
