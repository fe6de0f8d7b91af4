"""An article at a place among others, on lamps."""

import pytest

from experiments.core import BookError, Question
from experiments.methods.prompts import passage
from experiments.methods.retrieving.haystack import Haystack, draw_filler

ASKED = Question("lamp-16-colour", "Which shade has Lamp 16?")
OTHER = Question("lamp-17-colour", "Which shade has Lamp 17?")
PRICE = Question("lamp-16-price", "What does Lamp 16 cost?")
# Eight lamps, of which 16 and 17 are asked about in test: six can fill. With title and number
# an article is a line of 21 words, and the fake model counts words.
LINE = 21


def documents(bench, recipe, question=ASKED):
    """Name the documents that a question's prompt shows, in their order."""
    (given,) = bench.cook(recipe)([question])
    return [hit.chunk.doc_id for hit in given.hits]


def test_a_line_of_filler_is_as_long_as_these_tests_suppose(lamps):
    article = lamps.documents["lamp-10"]
    assert lamps.count_tokens(passage(1, article.title, article.text)) == LINE


@pytest.mark.parametrize(("place", "expected"), [("start", 0), ("middle", 2), ("end", 4)])
def test_the_article_stands_where_it_should(lamps, place, expected):
    shown = documents(lamps, Haystack(4 * LINE, place))
    assert len(shown) == 5 and shown.index("lamp-16") == expected


def test_with_an_odd_number_of_others_the_middle_is_the_earlier_half(lamps):
    assert documents(lamps, Haystack(3 * LINE, "middle")).index("lamp-16") == 1


def test_the_filler_is_the_same_whatever_is_asked_and_wherever_the_article_stands(lamps):
    shown = [documents(lamps, Haystack(3 * LINE, place), question)
             for place in ("start", "middle", "end") for question in (ASKED, OTHER)]
    rest = [[name for name in names if name not in ("lamp-16", "lamp-17")] for names in shown]
    assert all(names == rest[0] for names in rest)


def test_the_filler_holds_no_article_that_dev_or_test_asks_about(lamps):
    names = [chunk.doc_id for chunk in draw_filler(lamps, 10_000)]
    assert sorted(names) == [f"lamp-{number}" for number in range(10, 16)]


def test_the_filler_is_whole_articles_up_to_the_budget_and_not_a_word_more(lamps):
    assert len(draw_filler(lamps, 3 * LINE)) == 3
    assert len(draw_filler(lamps, 3 * LINE - 1)) == 2
    for chunk in draw_filler(lamps, 2 * LINE):
        assert chunk.text == lamps.documents[chunk.doc_id].text


def test_a_longer_prompt_goes_on_where_a_shorter_one_ended(lamps):
    short, long = draw_filler(lamps, 2 * LINE), draw_filler(lamps, 5 * LINE)
    assert long[:2] == short


def test_another_seed_draws_other_articles(lamps):
    drawn = {tuple(chunk.doc_id for chunk in draw_filler(lamps.with_seed(seed), 2 * LINE))
             for seed in range(6)}
    assert len(drawn) > 1


def test_the_question_comes_last_and_no_example_comes_before(lamps):
    lamps.cook(Haystack(2 * LINE, "start"))([ASKED])
    system, user = lamps.prompts[ASKED.id]
    lines = user.content.splitlines()
    assert system.role == "system" and len(lines) == 4
    assert lines[0].startswith("[1] Lamp 16: ")
    assert lines[-1] == "Question: Which shade has Lamp 16?"


def test_answers_come_in_the_order_of_the_questions_though_one_article_is_read_at_a_time(lamps):
    """The first and the last question share an article, and so a call."""
    asked = [ASKED, OTHER, PRICE]
    answers = lamps.cook(Haystack(2 * LINE, "start"))(asked)
    assert [a.example_id for a in answers] == [q.id for q in asked]
    assert [a.hits[0].chunk.doc_id for a in answers] == ["lamp-16", "lamp-17", "lamp-16"]


@pytest.mark.parametrize(("place", "calls"), [("start", 2), ("middle", 2), ("end", 1)])
def test_questions_whose_prompts_begin_alike_are_asked_together(lamps, place, calls, monkeypatch):
    """A model computes what all prompts of a call begin with once."""
    sizes, generate = [], type(lamps.generator).generate

    def counted(self, prompts, **wishes):
        sizes.append(len(prompts))
        return generate(self, prompts, **wishes)

    monkeypatch.setattr(type(lamps.generator), "generate", counted)
    lamps.cook(Haystack(2 * LINE, place))([ASKED, OTHER, PRICE])
    assert len(sizes) == calls and sum(sizes) == 3


def test_a_question_that_no_article_answers_is_given_that_of_its_group(lamps):
    assert documents(lamps, Haystack(2 * LINE, "end"), PRICE)[-1] == "lamp-16"


def test_an_unknown_place_lists_the_known(lamps):
    with pytest.raises(BookError, match="start, middle, end, not 'top'"):
        lamps.cook(Haystack(place="top"))
