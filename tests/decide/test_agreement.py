"""Agreement beyond chance: kappas by hand, and the grid counted without a loop."""

import random
from itertools import combinations, product

import numpy as np
import pytest

from experiments.core import BookError
from experiments.decide.agreement import (
    OUTCOMES,
    cohen_kappa,
    decided,
    fleiss_kappa,
    joint,
    kappas,
    outcomes,
    panel_shares,
    random_mixes,
    share_without_contradiction,
    shares,
    weights,
)
from experiments.decide.articles.bands import Matrix, VolumeBands
from experiments.decide.articles.checklist import UseCases
from experiments.decide.articles.distinctions import FiveQuestions, OneDistinction
from experiments.decide.disagreement import disagreements, unusual
from experiments.decide.profile import QUESTIONS, Profile, grid
from experiments.decide.verdict import NO_ANSWER, TECHNIQUES, Leaf, Reason, Verdict

TREE, DISTINCTION, BANDS = FiveQuestions(reads_on=True), OneDistinction(), VolumeBands()


class OneQuestion:
    """A procedure that looks at one question of yes or no."""

    article = "s0"

    def __init__(self, name, asks, yes, no):
        self.name, self.asks, self.yes, self.no = name, (asks,), yes, no

    def leaves(self):
        return (Leaf("yes", self.yes, "", ""), Leaf("no", self.no, "", ""))

    def verdict(self, profile):
        held = getattr(profile, self.asks[0])
        said = self.yes if held else self.no
        return Verdict(said, ("yes" if held else "no",), (Reason("", ""),), ())


def by_loop(procedures):
    """Run procedures over every profile of their common grid; the slow way, to compare with."""
    asked = tuple(dict.fromkeys(name for one in procedures for name in one.asks))
    return [tuple(one.verdict(profile).recommendation for one in procedures)
            for profile in grid(asked)]


def test_cohens_kappa_of_a_known_table():
    # 50 cases, 35 alike: 0.7. By chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5. So 0.2 / 0.5.
    assert cohen_kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)
    assert cohen_kappa([[3, 0], [0, 7]]) == pytest.approx(1.0)
    # Always the other way round: observed 0, by chance one half.
    assert cohen_kappa([[0, 5], [5, 0]]) == pytest.approx(-1.0)
    assert cohen_kappa([[4, 4], [4, 4]]) == pytest.approx(0.0)


def test_judges_who_always_say_one_thing_have_no_kappa_and_neither_have_no_cases():
    assert cohen_kappa([[9, 0], [0, 0]]) is None
    assert cohen_kappa([[0, 0], [0, 0]]) is None


def test_fleiss_kappa_by_hand():
    # Three judges on yes and no of one question: two always agree, the third says the opposite.
    # Of three pairs one agrees: 1/3. RAG has (1 + 1 + 1) / 6 of all answers, tune the same:
    # by chance 1/2. (1/3 - 1/2) / (1/2) = -1/3.
    judges = [outcomes(OneQuestion(name, "needs_citations", yes, no)) for name, yes, no in
              (("a", "RAG", "tune"), ("b", "RAG", "tune"), ("c", "tune", "RAG"))]
    assert fleiss_kappa(judges) == pytest.approx(-1 / 3)
    assert fleiss_kappa(judges[:2]) == pytest.approx(1.0)
    with pytest.raises(BookError, match="two judges"):
        fleiss_kappa(judges[:1])


def test_fleiss_kappa_of_judges_with_one_answer_is_none():
    judges = [outcomes(OneQuestion(name, "needs_citations", "RAG", "RAG")) for name in "ab"]
    assert fleiss_kappa(judges) is None


def test_fleiss_kappa_is_that_of_every_profile_one_by_one():
    panel = [TREE, DISTINCTION, BANDS, Matrix()]
    rows = by_loop(panel)
    agree = np.mean([sum(a == b for a, b in combinations(row, 2)) / 6 for row in rows])
    counts = np.array([sum(row.count(name) for row in rows) for name in OUTCOMES])
    expected = ((counts / counts.sum()) ** 2).sum()
    assert fleiss_kappa([outcomes(one) for one in panel]) == pytest.approx(
        (agree - expected) / (1 - expected))


@pytest.mark.parametrize(("a", "b"), [(TREE, DISTINCTION), (TREE, Matrix()), (BANDS, TREE),
                                      (UseCases(), DISTINCTION)])
def test_a_joint_table_is_that_of_every_profile_one_by_one(a, b):
    rows = by_loop([a, b])
    slow = np.zeros((len(OUTCOMES), len(OUTCOMES)))
    for first, second in rows:
        slow[OUTCOMES.index(first), OUTCOMES.index(second)] += 1 / len(rows)
    assert joint(shares(outcomes(a)), shares(outcomes(b))) == pytest.approx(slow)


def test_a_joint_table_weighs_answers_by_the_mix():
    # A fifth says yes to citations. a says RAG to them, b looks at something else.
    mix = {name: [1 / len(asked["answers"])] * len(asked["answers"])
           for name, asked in QUESTIONS.items()}
    mix |= {"needs_citations": [0.8, 0.2], "access_rules": [0.5, 0.5]}
    a = outcomes(OneQuestion("a", "needs_citations", "RAG", "tune"))
    b = outcomes(OneQuestion("b", "access_rules", "RAG", "prompt"))
    table = joint(shares(a), shares(b), mix)
    places = {name: OUTCOMES.index(name) for name in ("RAG", "tune", "prompt")}
    assert table[places["RAG"], places["RAG"]] == pytest.approx(0.1)
    assert table[places["tune"], places["prompt"]] == pytest.approx(0.4)
    assert weights(["needs_citations"], mix) == pytest.approx([0.8, 0.2])


def test_procedures_without_a_common_question_agree_as_chance_has_it():
    assert not set(BANDS.asks) & set(DISTINCTION.asks)
    assert kappas([outcomes(BANDS), outcomes(DISTINCTION)])[
        "Actian bands", "Devlyn distinction"] == pytest.approx(0.0)


def test_a_panel_gives_the_kappas_of_its_pairs_under_any_mix():
    panel = [outcomes(one) for one in (TREE, DISTINCTION, UseCases(), Matrix())]
    for mix in (None, *random_mixes(3)):
        found = kappas(panel, mix)
        assert list(found) == [(a.name, b.name) for a, b in combinations(panel, 2)]
        for a, b in combinations(panel, 2):
            alone = cohen_kappa(joint(shares(a), shares(b), mix))
            assert found[a.name, b.name] == pytest.approx(alone)


def test_a_panel_keeps_only_questions_that_two_ask():
    reduced = panel_shares([outcomes(DISTINCTION), outcomes(TREE)])
    assert reduced[1].asks == ("fault", "other_fault") and reduced[1].array.shape == (3, 2, 9)
    assert reduced[1].array.sum(axis=-1) == pytest.approx(np.ones((3, 2)))


def test_contradictions_are_those_of_every_profile_one_by_one():
    panel = [TREE, DISTINCTION, BANDS, Matrix()]
    rows = by_loop(panel)
    quiet = sum(len({said for said in row if said in TECHNIQUES}) <= 1 for row in rows)
    found = share_without_contradiction([outcomes(one) for one in panel])
    assert found == pytest.approx(quiet / len(rows))


def test_mixes_are_weights_that_sum_to_one_and_stay_the_same():
    one, two = random_mixes(2)
    assert one != two and random_mixes(2) == [one, two]
    for mix in (one, two):
        assert set(mix) == set(QUESTIONS)
        assert all(sum(parts) == pytest.approx(1) and min(parts) > 0 for parts in mix.values())


def test_outcomes_count_what_is_said():
    found = outcomes(BANDS)
    assert found.codes.shape == (6,)
    assert {name: count for name, count in found.counts().items() if count} == {
        "RAG": 3, "undecided": 1, "conflict": 2}
    assert found.share(*NO_ANSWER) == pytest.approx(0.5)
    assert found.reached["below 10 million"] == Profile(queries_per_month=10_000)


def test_decided_pairs_are_those_in_which_both_name_a_technique():
    table = np.arange(81.0).reshape(9, 9)
    assert decided(table).shape == (6, 6) and decided(table)[5, 5] == 5 * 9 + 5


@pytest.mark.parametrize(("a", "b"), [(TREE, DISTINCTION), (TREE, Matrix()),
                                      (UseCases(), DISTINCTION)])
def test_a_disagreement_shows_a_project_that_is_sent_both_ways(a, b):
    found = disagreements(outcomes(a), outcomes(b))
    rows = by_loop([a, b])
    shown = {(one.says_first, one.says_second): one for one in found}
    kinds = {row for row in rows if row[0] != row[1] and not set(row) & set(NO_ANSWER)}
    assert set(shown) == kinds
    for (first, second), one in shown.items():
        assert one.share == pytest.approx(rows.count((first, second)) / len(rows))
        assert a.verdict(one.example).recommendation == first
        assert b.verdict(one.example).recommendation == second
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


def test_a_shown_project_is_the_one_nearest_to_the_defaults():
    # By the tree as read on, still facts in public are tuned for behaviour: three answers differ.
    found = next(one for one in disagreements(outcomes(TREE), outcomes(BANDS))
                 if (one.says_first, one.says_second) == ("tune", "RAG"))
    assert unusual(found.example) in (
        "fault behaviour, changes quarterly, private_documents no",
        "changes quarterly, private_documents no, queries_per_month 5,000,000")
    assert unusual(Profile()) == "all defaults"


def test_shares_over_questions_have_an_axis_of_one_where_nothing_is_asked():
    found = shares(outcomes(BANDS)).over(["fault", "queries_per_month"])
    assert found.shape == (1, 6, len(OUTCOMES))


def test_random_procedures_agree_with_the_slow_count():
    drawn = random.Random("procedures of yes and no")
    names = [name for name, asked in QUESTIONS.items() if asked["answers"] == (False, True)]
    for _ in range(20):
        a, b = (OneQuestion(label, drawn.choice(names[:3]), *drawn.sample(OUTCOMES, 2))
                for label in "ab")
        rows = by_loop([a, b])
        table = joint(shares(outcomes(a)), shares(outcomes(b)))
        for i, j in product(range(len(OUTCOMES)), repeat=2):
            slow = rows.count((OUTCOMES[i], OUTCOMES[j])) / len(rows)
            assert table[i, j] == pytest.approx(slow)
