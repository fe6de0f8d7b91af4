"""The benchmark `routing`: what its card promises is true of the committed files."""

import json
import re
from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pytest

from experiments.core import BookError
from experiments.tasks.catalogue import check_card
from experiments.tasks.folder import read_questions
from experiments.tasks.routing import generate as routing
from experiments.tasks.settings import read_settings

# Messages with less in common than this are no near-duplicates; a test tries the measure.
SIMILARITY_BOUND = 0.5
SHARED_WORDS = 6
QUEUES = ("billing", "refunds", "delivery", "returns", "repairs", "account", "app", "orders",
          "product-advice", "complaints")


@pytest.fixture(scope="module")
def letters():
    return routing.read_letters()


@pytest.fixture(scope="module")
def examples():
    return read_questions(routing.FOLDER)


def words(text):
    return re.findall(r"\w+", text.lower())


def word_runs(text, length=SHARED_WORDS):
    found = words(text)
    return {tuple(found[n:n + length]) for n in range(len(found) - length + 1)}


def similarities(texts):
    """Return cosines of character 4-gram TF-IDF, shape (len(texts), len(texts))."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(4, 4)).fit_transform(texts)
    return (vectors @ vectors.T).toarray()


def has_keyword(text, keywords):
    endings = "(?:s|es|d|ed|ing)?"
    return any(re.search(rf"(?<!\w){re.escape(word)}{endings}(?!\w)", text.lower())
               for word in keywords)


def test_the_committed_files_are_what_the_module_writes():
    for name, content in routing.generate().items():
        assert (routing.FOLDER / name).read_bytes() == content.encode(), name


def test_the_card_tells_the_hash_and_the_counts():
    check_card(routing.FOLDER, routing.FOLDER / "card.md")


def test_every_queue_has_a_page_of_its_own_and_the_rules_have_one():
    pages = {path.stem for path in (routing.FOLDER / "documents").iterdir()}
    assert pages == {*QUEUES, "triage-rules"}
    for queue in QUEUES:
        text = (routing.FOLDER / "documents" / f"{queue}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# Queue {queue}\n")
        assert "## Belongs here" in text and "## Does not belong here" in text
        # The second half of a page sends people on: to queues that there are.
        elsewhere = set(re.findall(r"`([a-z-]+)`", text.split("## Does not belong here")[1]))
        assert elsewhere and elsewhere <= {*QUEUES, "none"} - {queue}


def test_task_yaml_lists_the_ten_queues_and_none_with_six_to_ten_keywords():
    settings = read_settings(routing.FOLDER)
    assert (settings.kind, settings.max_new_tokens) == ("classification", 8)
    assert tuple(settings.labels) == (*QUEUES, "none")
    for queue in QUEUES:
        assert 6 <= len(set(settings.labels[queue])) == len(settings.labels[queue]) <= 10
        assert queue in settings.prompts["closed"] and queue in settings.prompts["grounded"]
    assert settings.labels["none"] == ()


def test_there_are_50_messages_a_queue_and_120_for_none(letters):
    counts = Counter(letter.label for letter in letters)
    assert set(counts) == {*QUEUES, "none"}
    assert all(counts[queue] >= 50 for queue in QUEUES) and counts["none"] >= 120


def test_splits_are_dealt_label_by_label(examples):
    by_split = Counter(example.split for example in examples)
    assert by_split["test"] >= 200 and by_split["dev"] >= 60
    for label in (*QUEUES, "none"):
        members = Counter(e.split for e in examples if e.answers == (label,))
        whole = members.total()
        assert abs(members["train"] - 0.40 * whole) <= 0.5
        assert abs(members["dev"] - 0.15 * whole) <= 0.5


def test_a_question_is_a_message_with_its_label_its_page_and_an_id_that_tells_nothing(
        letters, examples):
    by_id = {letter.id: letter for letter in letters}
    assert len(examples) == len(letters)
    for example in examples:
        letter = by_id[example.group]
        assert (example.question, example.answers) == (letter.text, (letter.label,))
        assert example.evidence == ("triage-rules" if letter.label == "none" else letter.label,)
        assert re.fullmatch(r"m-[0-9a-f]{8}", example.id)


def test_no_message_is_a_near_duplicate_of_one_in_another_split(examples):
    table = similarities([example.question for example in examples])
    splits = np.array([example.split for example in examples])
    across = np.where(splits[:, None] != splits[None, :], table, 0.0)
    one, other = np.unravel_index(across.argmax(), across.shape)
    assert across.max() < SIMILARITY_BOUND, (examples[one].question, examples[other].question)


def test_no_six_words_in_a_row_stand_in_two_splits(examples):
    runs = defaultdict(set)
    for example in examples:
        runs[example.split] |= word_runs(example.question)
    assert all(len(runs[split]) > 1000 for split in ("train", "dev", "test"))
    for one, other in combinations(("train", "dev", "test"), 2):
        assert runs[one] & runs[other] == set()


def test_the_measure_finds_near_duplicates_and_not_messages_on_one_matter(letters):
    texts = [letter.text for letter in letters]
    texts += ["My parcel was supposed to come on Tuesday. It's Monday and the tracking page "
              "hasn't moved since \"label printed\".",
              "The tracking page has shown the same line for days, and my parcel is late."]
    original = next(n for n, letter in enumerate(letters) if letter.id == "d002")
    reworded, same_matter = similarities(texts)[original, -2:]
    assert reworded > SIMILARITY_BOUND > same_matter
    assert word_runs(texts[original]) & word_runs(texts[-2])


def test_messages_are_as_short_and_as_long_as_promised(letters):
    lengths = {letter.id: len(letter.text.split()) for letter in letters}
    assert max(lengths.values()) <= 90
    assert min(lengths[letter.id] for letter in letters if letter.label != "none") >= 3
    for label in (*QUEUES, "none"):
        held = [lengths[letter.id] for letter in letters if letter.label == label]
        assert min(held) <= 5 and max(held) >= 60, label


def test_traits_are_true_where_a_program_can_tell_and_all_are_there(letters):
    labels = read_settings(routing.FOLDER).labels
    counts = defaultdict(Counter)
    for letter in letters:
        counts[letter.label].update(letter.traits)
        length = len(letter.text.split())
        assert "terse" not in letter.traits or length <= 8, letter.id
        assert "ramble" not in letter.traits or length >= 45, letter.id
        own = labels[letter.label]
        others = [word for label, listed in labels.items() if label != letter.label
                  for word in listed]
        silent = letter.label != "none" and not has_keyword(letter.text, own)
        assert ("no-keyword" in letter.traits) == silent, letter.id
        assert ("other-keyword" in letter.traits) == has_keyword(letter.text, others), letter.id
        if "plain" in letter.traits:
            assert letter.traits == ("plain",), letter.id
    for queue in QUEUES:
        for trait in ("typo", "two-issues", "sarcasm", "ramble", "terse", "non-native"):
            assert counts[queue][trait] >= 3, (queue, trait)


def test_a_third_of_a_queue_s_messages_hold_none_of_its_keywords_and_a_sixth_another_s(letters):
    for queue in QUEUES:
        members = [letter for letter in letters if letter.label == queue]
        assert sum("no-keyword" in m.traits for m in members) >= len(members) / 3, queue
        assert sum("other-keyword" in m.traits for m in members) >= len(members) / 6, queue


def test_few_messages_name_their_own_queue(letters):
    for queue in QUEUES:
        # "refunds" is named by "refund" as well, "product-advice" by "product advice".
        name = re.escape(queue.removesuffix("s")).replace(r"\-", "[- ]")
        texts = [letter.text for letter in letters if letter.label == queue]
        naming = sum(bool(re.search(rf"\b{name}", text.lower())) for text in texts)
        assert naming <= len(texts) / 4, queue


def test_openings_are_not_shared(letters):
    openings = Counter(tuple(letter.text.lower().split()[:4]) for letter in letters)
    assert max(openings.values()) <= 2


def write_messages(folder, *rows):
    (folder / "task.yaml").write_text("kind: classification\nlabels: {billing: [vat], none: []}\n")
    (folder / "messages_a.yaml").write_text(json.dumps(rows))
    (folder / "messages_b.yaml").write_text("[]")
    return folder


def row(**changes):
    return {"id": "b1", "label": "billing", "traits": ["plain"], "text": "VAT?"} | changes


@pytest.mark.parametrize("rows, message", [
    ([row(label="biling")], "message b1 has the label 'biling'; task.yaml knows billing, none"),
    ([row(traits=["angry"])], "message b1 needs one or more of the traits plain, typo"),
    ([row(traits=[])], "message b1 needs one or more of the traits"),
    ([row(), row(text="Tax?")], "the id 'b1' comes twice"),
    ([row(), row(id="b2")], "the text 'VAT\\?' comes twice"),
])
def test_a_slip_in_the_messages_is_named(tmp_path, rows, message):
    with pytest.raises(BookError, match=message):
        routing.read_letters(write_messages(tmp_path, *rows))


def test_dealing_depends_on_the_ids_and_not_on_their_order(letters):
    assert routing.deal(letters[::-1]) == routing.deal(letters)
