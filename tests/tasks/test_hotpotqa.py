"""HotpotQA becomes a task folder like any other, and is fetched in the gpu profile only."""

import pytest

from experiments.core import BookError
from experiments.methods.bench import open_bench
from experiments.models.registry import FAKE
from experiments.tasks import hotpotqa
from experiments.tasks.folder import write_files


def make_row(number: int, first: str, second: str) -> dict:
    """Make a row over two titles, with a distractor whose title holds signs."""
    return {"id": f"row{number}", "question": f" Question {number}? ", "answer": f"answer {number}",
            "supporting_facts": {"title": [first, second, first], "sent_id": [0, 1, 2]},
            "context": {"title": [first, second, "A/B: C"],
                        "sentences": [[f"{first} is one.", " It is so."], [f"{second}, two."],
                                      ["Beside."]]}}


ROWS = [make_row(n, f"Town {n}", f"River {n}") for n in range(8)]
DRAWN = {"test": 3, "dev": 2, "train": 3}


def test_rows_become_questions_with_the_paragraphs_that_hold_their_answers(tmp_path):
    write_files(tmp_path / "hotpotqa", hotpotqa.generate(ROWS, DRAWN))
    bench = open_bench(str(tmp_path / "hotpotqa"), FAKE)
    assert {split: len(bench.examples(split)) for split in DRAWN} == DRAWN
    assert len(bench.documents) == 17  # two a row, and one that all rows share
    one = bench.examples("test")[0]
    number = one.id.removeprefix("row")
    assert (one.question, one.answers) == (f"Question {number}?", (f"answer {number}",))
    assert [bench.titles[name] for name in one.evidence] == [f"River {number}", f"Town {number}"]
    assert bench.documents[one.evidence[1]].text.endswith(f"Town {number} is one. It is so.\n")


def test_the_draw_is_the_same_whatever_order_the_rows_come_in():
    assert hotpotqa.generate(ROWS[::-1], DRAWN) == hotpotqa.generate(ROWS, DRAWN)


def test_no_two_splits_share_a_paragraph_that_holds_a_part_of_an_answer():
    shared = [make_row(n, "One town", f"River {n}") for n in range(8)]
    with pytest.raises(BookError, match="1 questions are wanted for dev, and only 0 are there"):
        hotpotqa.generate(shared, {"test": 1, "dev": 1})


def test_titles_that_differ_by_signs_alone_are_two_documents():
    assert hotpotqa.name_of("A B") != hotpotqa.name_of("A-B")
    assert "/" not in hotpotqa.name_of("A/B: C")


def test_it_is_not_fetched_outside_the_gpu_profile(own_cache, monkeypatch):
    monkeypatch.delenv("KNOW_OR_BEHAVE_PROFILE", raising=False)
    with pytest.raises(BookError, match="take the task support-two-hop"):
        hotpotqa.prepare()


def test_in_the_gpu_profile_it_is_prepared_once(own_cache, monkeypatch):
    monkeypatch.setenv("KNOW_OR_BEHAVE_PROFILE", "gpu")
    make = hotpotqa.generate
    monkeypatch.setattr(hotpotqa, "generate", lambda rows: make(rows, DRAWN))
    monkeypatch.setattr(hotpotqa, "_fetch", lambda: ROWS)
    folder = hotpotqa.prepare()
    monkeypatch.setattr(hotpotqa, "_fetch", None)
    assert hotpotqa.prepare() == folder and (folder / "questions.jsonl").is_file()
