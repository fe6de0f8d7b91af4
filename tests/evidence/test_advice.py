"""What a ladder recommends: the cheapest rung that the best is not separated from, in words."""

from types import SimpleNamespace

import pytest

from experiments.core import Answer, Example
from experiments.core.paths import CHAPTERS
from experiments.evidence.ladder.advice import questions_to_tell, recommend
from experiments.evidence.ladder.rungs import Rung, rungs_for
from experiments.evidence.stats.statistics import Estimate, smallest_detectable
from experiments.evidence.studies.results import Results
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.training.fine_tuned import FineTuned
from experiments.tasks.settings import Settings

CHEAP = Rung("cheap", ClosedBook(), "02_prompt")
MIDDLE = Rung("middle", ClosedBook(), "03_retrieval")
DEAR = Rung("dear", FineTuned(), "16_raft")
CHANCE = Rung("chance", ClosedBook(), "01_measure")


def ladder(count, metrics=("contains",), unanswerable=0, **right):
    """Results of `count` questions of which each arm answers the first `right` ones rightly."""
    examples = tuple(Example(f"q{n}", "?", () if n >= count else ("yes",), group=f"g{n}")
                     for n in range(count + unanswerable))
    said = {(arm, 0): {e.id: Answer(e.id, "yes" if n < share else "no")
                       for n, e in enumerate(examples)} for arm, share in right.items()}
    study = SimpleNamespace(metrics=metrics, seeds=(0,), arms=right)
    return Results(study, SimpleNamespace(settings=Settings()), examples, said, ())


def advice(results, *rungs):
    """The recommendation as one line."""
    return " ".join(line.strip() for line in recommend(results, rungs))


def test_among_rungs_that_are_not_separated_the_cheapest_is_recommended():
    # 2 of 40 questions differ: no interval over 40 groups leaves out zero.
    found = advice(ladder(40, cheap=10, middle=30, dear=32, chance=0), CHANCE, CHEAP, MIDDLE, DEAR)
    assert found.startswith("RECOMMENDATION: middle dear has the highest contains: 80.0 %")
    assert "middle is cheaper and not separated from it: dear minus middle is +5.0 points" in found
    assert "What rules out the cheaper cheap: dear minus cheap is +55.0 points" in found
    assert "middle minus chance is +75.0 points" in found
    assert "questions would tell a difference of this size apart (*)" in found
    assert "(*) With a power of 80 %" in found
    assert "chapter 03_retrieval" in found


def test_a_rung_that_leads_by_more_than_its_interval_is_recommended_for_its_price():
    found = advice(ladder(40, cheap=4, middle=10, dear=36, chance=0), CHANCE, CHEAP, MIDDLE, DEAR)
    assert found.startswith("RECOMMENDATION: dear")
    assert "What rules out the cheaper middle: dear minus middle is +65.0 points" in found
    assert found.count("minus middle") == 1 and "(*)" not in found
    assert "another may move it" in found and "chapter 16_raft" in found


def test_a_dearer_second_best_is_named_too():
    found = advice(ladder(40, cheap=36, middle=4, dear=10, chance=0), CHANCE, CHEAP, MIDDLE, DEAR)
    assert found.startswith("RECOMMENDATION: cheap")
    assert "The second best is separated from it: cheap minus dear is +65.0 points" in found
    assert "What rules out" not in found, "nothing is cheaper"


def test_with_few_questions_nothing_above_chance_is_nothing_to_recommend():
    found = advice(ladder(6, cheap=1, middle=2, dear=3, chance=1), CHANCE, CHEAP, MIDDLE, DEAR)
    assert found.startswith("RECOMMENDATION: none")
    assert "not separated from chance at n = 6" in found and "chapter 01_measure" in found


def test_a_rung_between_chance_and_the_best_is_passed_over_when_it_is_separated_from_neither():
    # Middle minus cheap and cheap minus chance are 3 of 12. A draw of 12 groups misses all three
    # in 0.75 ** 12 = 3 % of cases, and an interval leaves out 2.5 %; of 6 of 12 it is 0.02 %.
    found = advice(ladder(12, cheap=4, middle=7, chance=1), CHANCE, CHEAP, MIDDLE)
    assert found.startswith("RECOMMENDATION: middle")
    assert "separated from chance either: cheap." in found


TUNED = Rung("tuned", FineTuned(), "09_training")


def test_a_trained_rung_without_a_gain_over_the_best_untrained_one_is_passed_over():
    # Of 40: dear minus middle is 6, which no draw of groups misses; dear minus tuned and tuned
    # minus middle are 3, which some do. The cheapest that the best is not separated from is tuned.
    found = advice(ladder(40, cheap=2, middle=26, tuned=29, dear=32, chance=0),
                   CHANCE, CHEAP, MIDDLE, TUNED, DEAR)
    assert found.startswith("RECOMMENDATION: dear")
    assert "over the best rung without training: tuned." in found


def test_training_needs_a_gain_over_the_cheap_rungs_too():
    head = Rung("linear head", ClosedBook(), "00_asking")
    found = advice(ladder(40, **{"linear head": 30}, cheap=4, dear=32, chance=0),
                   CHANCE, head, CHEAP, DEAR)
    assert found.startswith("RECOMMENDATION: linear head")


def test_where_no_gain_of_training_is_shown_and_nothing_else_is_above_chance_there_is_no_advice():
    # 7 of 12 against 4 of 12: not separated. 4 of 12 against 1 of 12: not separated from chance.
    found = advice(ladder(12, cheap=4, dear=7, chance=1), CHANCE, CHEAP, DEAR)
    assert found.startswith("RECOMMENDATION: none")
    assert "No gain of training is shown over the best rung without it: dear minus cheap" in found
    assert "cheap is not separated from chance either" in found


def test_without_a_chance_row_a_rung_has_to_be_right_sometimes():
    assert advice(ladder(40, cheap=0, middle=0), CHEAP, MIDDLE).startswith("RECOMMENDATION: none")
    assert advice(ladder(40, cheap=30, middle=30), CHEAP, MIDDLE).startswith(
        "RECOMMENDATION: cheap")


def test_rungs_that_scored_the_same_are_told_apart_by_no_number():
    found = advice(ladder(40, cheap=30, middle=30, chance=0), CHANCE, CHEAP, MIDDLE)
    assert "no number of questions like these tells them apart" in found


def test_what_a_rung_declines_is_said_where_the_task_asks_for_it():
    metrics = ("contains", "correct_refusal", "false_refusal")
    found = advice(ladder(40, metrics, 10, cheap=30, chance=0), CHANCE, CHEAP)
    assert "It declines 0.0 % [0, 31] of the questions without an answer" in found


def test_unanswerable_questions_alone_tell_nothing():
    found = advice(ladder(0, ("contains",), 5, cheap=0, middle=0), CHEAP, MIDDLE)
    assert found.startswith("RECOMMENDATION: none No question here has an answer")


def test_the_number_of_questions_follows_from_the_interval_by_hand():
    # Standard error 0.15 / 1.96 = 0.0765; (1.96 + 0.84) * 0.0765 / 0.1 = 2.144; 40 * 2.144² = 184.
    assert questions_to_tell(Estimate(0.1, -0.05, 0.25, 40, 40)) == 190
    assert questions_to_tell(Estimate(-0.1, -0.25, 0.05, 40, 40)) == 190
    assert questions_to_tell(Estimate(0.0, -0.1, 0.1, 40, 40)) is None


def test_the_number_agrees_with_what_a_paired_test_can_detect():
    # Of a 0/1 metric: variance 40 * 0.0765² = 0.234, and so a discordance of 0.234 + 0.1².
    assert smallest_detectable(190, 0.244) == pytest.approx(0.1, abs=0.003)


@pytest.mark.parametrize("kind", ["questions", "classification", "extraction"])
def test_every_rung_names_a_chapter_that_is_there(kind):
    for rung in rungs_for(Settings(kind=kind), train=100):
        assert (CHAPTERS / f"{rung.chapter}.ipynb").is_file(), rung
