"""The book's ladder: its list of rungs, its table, and its pictures."""

import pytest
from fake_results import make_results

from experiments.book.ladder.figures import price_plot
from experiments.book.ladder.plot import Dot, Panel, layer_plot, place_plot
from experiments.book.ladder.rows import BARE, COLOURS, LADDERS, RUNGS, Ladder, ladder
from experiments.book.ladder.table import further_usd, ladder_table, thousand_usd, tuned_rates
from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.config import load_scenario
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.grid import gather
from experiments.evidence.studies.replay import replay
from tests.costs.kit import rates

# Each of the invented arms has prompts of 100 to 123 tokens, 111.5 in the mean, and 4 of answer.
RESULTS = make_results()
GRID = gather("tiny", {"chance": (RESULTS, "guess"), "closed book": (RESULTS, "closed book"),
                       "RAG": (RESULTS, "rag"), "oracle": (RESULTS, "oracle")})
TINY = Ladder("tiny", "how long a warranty is", ("contains", "correct_refusal"), {
    name: ("tiny", arm) for name, (_, arm) in GRID.rows.items()}, {"RAFT": "not recorded: why"})


def test_every_rung_names_an_arm_that_a_chapter_declares():
    declared = declared_studies()
    for one in LADDERS.values():
        for rung, (study, arm) in one.recorded.items():
            assert arm in declared[study].arms, (one.task, rung)
            assert declared[study].task == one.task


def test_every_benchmark_is_bracketed_and_says_why_a_rung_is_lacking():
    assert set(COLOURS) <= set(RUNGS)
    for one in LADDERS.values():
        assert {"chance", "closed book", "oracle"} <= set(one.recorded)
        assert all(reason.startswith(("not recorded", "makes no sense", "as "))
                   for reason in one.lacking.values())


def test_a_rung_stands_once_and_has_a_place_in_the_order():
    assert TINY.rungs == ["chance", "closed book", "RAG", "RAFT", "oracle"]
    for wrong in ({"RAG": "not recorded"}, {"a ladder": "not recorded"}):
        with pytest.raises(BookError, match="stands twice or is none of chance"):
            Ladder("tiny", "", ("contains",), {"RAG": ("tiny", "rag")}, wrong)


def test_the_table_keeps_the_rung_that_was_not_recorded():
    table = ladder_table(TINY, GRID, rates())
    rows = {row[0]: row for row in table.rows}
    assert rows["RAFT"] == ("RAFT", "not recorded: why", *["–"] * 7)
    assert rows["RAG"][1].startswith("60.0 [") and rows["RAG"][-1] == "tiny"
    assert rows["RAG"][5] == "0.75, 0.75"  # prefill 0.5 and decode 0.25 seconds
    assert table.title == ("tiny: how long a warranty is (n = 24; contains the answer: 20)")
    assert table.marks == ("book-floor", "", "", "", "book-ceiling")


def test_a_thousand_answers_cost_their_tokens():
    # 111.5 tokens at 2 USD a million and 4 at 8 USD a million, a thousand times.
    assert thousand_usd(GRID, "RAG", "contains", rates()) == pytest.approx(0.223 + 0.032)
    # Arms of equal prompts: the right answers more are free.
    assert further_usd(GRID, "RAG", "contains", rates()).value == pytest.approx(0)
    assert further_usd(GRID, "chance", "contains", rates()) is None


def test_a_tuned_token_has_its_own_listed_price():
    grid, money = ladder("support"), load_scenario(DATA / "cost_example.yaml").rates
    tuned = tuned_rates(money)
    assert (tuned.input.id, tuned.output.id) == ("gpt41_tuned_input", "gpt41_tuned_output")
    for rung, charged in (("RAFT", tuned), (BARE, money)):
        tokens = grid.tokens(rung)
        assert thousand_usd(grid, rung, "contains", money) == pytest.approx(
            (tokens["prompt"] * charged.input.usd + tokens["completion"] * charged.output.usd)
            / 1000)
    with pytest.raises(BookError, match="no price _tuned_p is known"):
        tuned_rates(rates())


def test_rag_is_the_prompt_that_was_best_on_dev():
    declared = declared_studies()

    def at(task, rung):
        study, arm = LADDERS[task].recorded[rung]
        return declared[study].arms[arm]

    def best(*studies):
        tried = [(replay(declared[name]), arm) for name in studies for arm in declared[name].arms]
        one, arm = max(tried, key=lambda pair: pair[0].estimate(pair[1], "contains").value)
        return one.study.arms[arm]

    assert at("devdocs", "RAG") == best("refusing-devdocs-dev", "ladder-devdocs-bare-dev")
    assert at("devdocs", BARE) == best("ladder-devdocs-bare-dev")
    assert at("support", BARE) == best("retrieval-dev", "refusing-support-dev")


def test_a_price_of_rag_is_never_that_of_its_worked_examples():
    grid, money = ladder("support"), load_scenario(DATA / "cost_example.yaml").rates
    rows = {name: row for name, row in grid.rows.items() if name != "RAG"}
    assert price_plot({"support": grid}, money).text == price_plot(
        {"support": gather("support", rows)}, money).text


def share(value):
    return Estimate(value, value - 0.05, value + 0.05, 40, 40)


def drawn(dots, **lines):
    return place_plot({"support": Panel(dots, lines, "right (%)")}, x_label="USD", least=0.1).text


def test_equal_places_give_equal_bytes_and_a_moved_dot_gives_others():
    one = {"RAG": Dot(2.6, share(0.3), "rag"), "RAFT": Dot(1.0, share(0.3), "raft")}
    assert drawn(one, oracle=0.5) == drawn(one, oracle=0.5)
    assert drawn(one) != drawn(one | {"RAFT": Dot(1.1, share(0.3), "raft")})


def test_a_dot_without_tokens_lies_hollow_at_the_edge():
    other = {"RAG": Dot(2.6, share(0.3), "rag")}
    free = drawn(other | {"linear head": Dot(0.0, share(0.6))})
    # A log axis has no 0: below the least all dots are drawn in one place.
    assert free == drawn(other | {"linear head": Dot(0.05, share(0.6))})
    assert free != drawn(other | {"linear head": Dot(0.1, share(0.6))})


def test_a_difference_that_is_not_told_apart_is_drawn_otherwise():
    def layer(low):
        return layer_plot({"support": {"a → b": (Estimate(0.1, low, 0.2, 40, 40), "rag")}}).text

    assert layer(0.01) == layer(0.01)
    # The same dot, once filled with its colour and once with white.
    assert layer(-0.01).count("fill: #ffffff") > layer(0.01).count("fill: #ffffff")


def test_nothing_is_drawn_of_nothing():
    lost = Estimate(None, None, None, 0, 0, 3)
    for panels in ({}, {"support": Panel({"RAG": Dot(1, lost)}, {}, "")}):
        with pytest.raises(BookError, match="expected at least one dot"):
            place_plot(panels, x_label="USD", least=0.1)
    with pytest.raises(BookError, match="expected at least one layer"):
        layer_plot({"support": {"a → b": (lost, "rag")}})
