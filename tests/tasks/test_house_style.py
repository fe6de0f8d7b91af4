"""The house style: every rule on texts that keep it, break it, and nearly break it."""

from collections import Counter
from random import Random

import pytest

from experiments.core import REFUSAL, BookError, paths
from experiments.tasks.folder import read_questions
from experiments.tasks.house_style.rules import (
    AMERICAN,
    FORBIDDEN_WORDS,
    GUIDE,
    RULES,
    SIGN_OFF,
    broken_rules,
    style_reply,
)

GOOD = "For your Aldra 480, the page gives 14 months [1]. Orvanta Care"

KEEPS = {
    "length": [GOOD, " ".join(["word"] * 38) + " Orvanta Care"],
    "person": [
        "You have 14 months.", "YOUR kettle is orange.", "Is it yours?",
        "You'll find it in the US, in the us\u00e9e shop.",  # "usée" is not "us"
        "You weigh it, i.e. you put it on the scales.",
        "Your ours-like emblem is fine.",  # a longer, hyphenated word
        "You met Ouray, Wendy and Myra.",
        "I don't know. Your question is not covered.",
        "I don\u2019t know. Your question is not covered.",
    ],
    "words": [GOOD, "Justice will adjust it.", "A just-in-time part.", "The simplest basalt.",
              "Fortunately it is factual.", "Simplyfit is a brand."],
    "citation": [
        "It is 14 months [1]. Orvanta Care", "It is 14 months [1][2]. It is orange [12].",
        "I don't know. Ask again. Orvanta Care", "I don't know. It is not in the page [3].",
    ],
    "sign_off": [GOOD, "It is 14 months [1].\nOrvanta Care", "Is it on? Orvanta Care\n"],
    "spelling": [GOOD, "The colour of the Colorado centre is grey.", "Read the meter.",
                 "The labourer catalogued it."],
    "units": [GOOD, "It is 14 months, 3.6 litres, 102 cm and $218.", "A 14-month term.",
              "Part BV-417, shelf R944, code S4418.", "The 2nd of 5G phones in the 1990s.",
              "It is 14\u00a0months."],
    "calm": [GOOD, "Is it on? Yes; it is."],
}
BREAKS = {
    "length": [" ".join(["word"] * 39) + " Orvanta Care", "a " * 41],
    "person": [
        "The page gives 14 months [1]. Orvanta Care", "We give you 14 months.",
        "You may call us.", "We'll tell you.", "we\u2019ve told you.",
        "I tell you it is 14 months.",
        "Your kettle is one of OURS.", "You know me.", "", "I don't know.",
        "I don't know. I told you.", "The youth of yourt.",
    ],
    "words": ["It is just 14 months.", "JUST so.", "Unfortunately, no.",
              "It's simply (actually) on.", "Call back asap."],
    "citation": [
        "It is 14 months. Orvanta Care", "[1] It is 14 months.", "It is 14 months. [1]",
        "It is 14 months[1].", "It is 14 months (1).", "It is 14 months [1]", "It is [1] months.",
        "It is 14 months [0].", "It is 14 months [one].", "It is 14 months [1]. See [2",
        "It is 14 months [1, 2].", "", "I don't know. See [one].",
    ],
    "sign_off": [
        "It is 14 months [1].", "It is 14 months [1]. Orvanta Care.", "Orvanta Care",
        "It is 14 months [1]. orvanta care", "Orvanta Care. It is 14 months.",
        "Dear you, from Orvanta Care. Orvanta Care", "It is 14 months [1]. Orvanta Care Team",
        "It is 14 months [1] Orvanta Care", "",
    ],
    "spelling": ["The color is orange.", "Gray.", "It holds 3.6 LITERS.", "In the center's hall.",
                 "Favorite (flavors).", "Color-coded."],
    "units": ["It is 14months.", "A cable of 102cm.", "It holds 3.6litres.",
              "It weighs 2kg, at most.", "Hold for 9seconds."],
    "calm": ["Thank you!", "No\uff01", "!"],
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_text_that_keeps_it_and_two_that_break_it(rule):
    assert len(KEEPS[rule]) >= 2 and len(BREAKS[rule]) >= 2
    assert [text for text in KEEPS[rule] if not RULES[rule](text)] == []
    assert [text for text in BREAKS[rule] if RULES[rule](text)] == []


def test_there_are_at_least_six_rules_and_a_good_reply_breaks_none():
    assert len(RULES) >= 6
    assert broken_rules(GOOD) == []


def test_the_broken_rules_are_named_in_order():
    assert broken_rules("Unfortunately we only give you 14months!") == [
        "person", "words", "citation", "sign_off", "units", "calm"]


def test_no_spelling_is_on_both_sides_of_the_list():
    assert not set(AMERICAN) & set(AMERICAN.values())
    assert len(set(AMERICAN.values())) == len(AMERICAN)


def test_the_guide_is_short_and_says_what_the_rules_check():
    assert len(GUIDE.split()) < 150
    assert all(word in GUIDE for word in (*FORBIDDEN_WORDS, SIGN_OFF, REFUSAL, "40", "[1]"))
    assert broken_rules(GUIDE.split("like this: ")[1]) == []


def train_questions():
    return [e for e in read_questions(paths.TASKS / "support") if e.split == "train"]


def test_composed_replies_break_no_rule_and_hold_the_value_and_the_citation():
    answerable = [e for e in train_questions() if e.answerable]
    rng = Random("replies")
    for example in rng.sample(answerable, 500):
        number = rng.randint(1, 12)
        reply = style_reply(example.question, example.answers[0], number=number, rng=rng)
        assert broken_rules(reply) == []
        assert example.answers[0] in reply and f"[{number}]." in reply
        assert "\n" not in reply  # an answer ends with its first line


def test_replies_vary_and_name_the_product_of_the_question_at_times():
    rng = Random("frames")
    named = Counter(style_reply("Is the Aldra 480 new?", "14 months", number=1, rng=rng)
                    for _ in range(600))
    unnamed = {style_reply("Is it new?", "14 months", number=1, rng=rng) for _ in range(600)}
    assert len(named) >= 16 and len(unnamed) >= 8
    assert sum("Aldra 480" in reply for reply in named) >= 8
    assert not any("Aldra" in reply for reply in unnamed)
    # 18 frames in 600 draws: 33 each on average.
    assert min(named.values()) >= 10


def test_the_same_seed_words_a_reply_the_same_way():
    first = [style_reply("Is it new?", "14 months", number=1, rng=Random(7)) for _ in range(3)]
    assert len(set(first)) == 1


@pytest.mark.parametrize("value", ["word " * 50, "14months", "just so", "[2]"])
def test_a_value_that_no_frame_could_hold_is_refused(value):
    with pytest.raises(BookError, match="the reply would break"):
        style_reply("Is it new?", value, number=1, rng=Random(1))
