"""The house style of Orvanta's replies: rules that a program checks, and replies that keep them.

A reply in house style, before any code:

    For your Aldra 480, the page gives 14 months [1]. Orvanta Care

and broken_rules("Unfortunately we only give you 14months!") is
["person", "words", "citation", "sign_off", "units", "calm"].

`GUIDE` words the rules for a prompt, `RULES` checks them one by one, and `style_reply` turns the
value and the passage number of a train question into a reply to learn from.
"""

import re
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from experiments.core import REFUSAL, BookError

SIGN_OFF = "Orvanta Care"
MOST_WORDS = 40
FORBIDDEN_WORDS = ("unfortunately", "just", "simply", "actually", "obviously", "basically",
                   "hopefully", "asap")
AMERICAN = MappingProxyType({
    "color": "colour", "colors": "colours", "colored": "coloured", "colorful": "colourful",
    "favorite": "favourite", "favorites": "favourites", "flavor": "flavour",
    "flavors": "flavours", "honor": "honour", "labor": "labour", "neighbor": "neighbour",
    "neighbors": "neighbours", "behavior": "behaviour", "center": "centre",
    "centers": "centres", "liter": "litre", "liters": "litres", "centimeter": "centimetre",
    "centimeters": "centimetres", "millimeter": "millimetre", "millimeters": "millimetres",
    "kilometer": "kilometre", "kilometers": "kilometres", "gray": "grey",
    "aluminum": "aluminium", "catalog": "catalogue", "catalogs": "catalogues",
    "canceled": "cancelled", "canceling": "cancelling", "labeled": "labelled",
    "traveled": "travelled", "analyze": "analyse", "defense": "defence", "fulfill": "fulfil",
})
GUIDE = (
    "Write to the customer as \"you\"; never say \"I\", \"we\" or \"our\". "
    f"Use at most {MOST_WORDS} words. "
    "Cite the passage as [1] at the end of the sentence, before the full stop. Use British "
    "spelling: colour, litre, centre, grey. Put a space between a number and its unit: 14 months. "
    "Do not use exclamation marks or these words: "
    f"{', '.join(FORBIDDEN_WORDS)}. If you do not know, begin with: {REFUSAL} "
    f"End every reply with the words {SIGN_OFF}, like this: "
    f"For your kettle, the page gives 14 months [1]. {SIGN_OFF}"
)

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_CITED = re.compile(r"(?<=\S) (?:\[[1-9]\d*\])+\.(?=\s|$)")
_SIGNED = re.compile(rf"[.?]\s+{SIGN_OFF}$")
_SECOND_PERSON = {"you", "your", "yours", "yourself"}
# "us" and "I" are looked at apart: the US is a country, and "i.e." is nobody.
_FIRST_PERSON = {"we", "our", "ours", "ourselves", "me", "my", "mine", "myself"}
UNITS = (
    "mm|cm|m|km|metres?|meters?|centi[a-z]+|milli[a-z]+|kilo[a-z]+|mg|g|kg|grams?|ml|cl|l|"
    "litres?|liters?|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|"
    "W|kW|kWh|V|Hz|dollars?|euros?|devices?"
)
_GLUED = re.compile(rf"\d(?:{UNITS})\b")
_PRODUCT = re.compile(r"\b[A-Z][a-z]+ \d{3}\b")

_REPLIES = (
    "Your answer is {value} [{number}].",
    "The value you are looking for is {value} [{number}].",
    "The page you need gives {value} [{number}].",
    "As your help page states, it is {value} [{number}].",
    "What you are looking for is {value} [{number}].",
    "You can go by the help page, which says {value} [{number}].",
    "Here is what the page tells you: {value} [{number}].",
    "Thank you for your question. The answer is {value} [{number}].",
    "It is {value}, as you can read in the article [{number}].",
)
_REPLIES_ABOUT = (
    "For the {name}, the value you asked for is {value} [{number}].",
    "The answer for your {name} is {value} [{number}].",
    "You asked about the {name}: it is {value} [{number}].",
    "For your {name}, the page gives {value} [{number}].",
    "According to the page on your {name}, it is {value} [{number}].",
    "You will find {value} stated for the {name} [{number}].",
    "The help page of your {name} says {value} [{number}].",
    "Thank you for asking about the {name}. Your answer is {value} [{number}].",
    "In the case of the {name}, you can go by {value} [{number}].",
)


def broken_rules(text: str) -> list[str]:
    """Name the rules that a reply breaks, in the order of RULES."""
    return [name for name, keeps in RULES.items() if not keeps(text)]


def style_reply(question: str, value: str, *, number: int, rng: Random) -> str:
    """Word a value and the number of the passage that holds it as a reply in house style.

    The product is named where the question names one. Raises BookError for a value that no
    wording could bring into house style, such as one of 50 words.
    """
    named = _PRODUCT.search(question)
    frames = _REPLIES + _REPLIES_ABOUT if named else _REPLIES
    reply = rng.choice(frames).format(
        name=named[0] if named else "", value=value, number=number)
    return _checked(f"{reply} {SIGN_OFF}", value)


def keeps_length(text: str) -> bool:
    """Return whether a reply has at most 40 words, citation and sign-off included."""
    return len(text.split()) <= MOST_WORDS


def keeps_person(text: str) -> bool:
    """Return whether a reply speaks to "you", never of "I" or "we" but in an opening refusal."""
    words = [re.split("['\u2019]", word)[0] for word in _WORD.findall(_without_refusal(text))]
    folded = {word.lower() for word in words}
    first = folded & _FIRST_PERSON or {"I", "us", "Us"} & set(words)
    return bool(folded & _SECOND_PERSON) and not first


def keeps_words(text: str) -> bool:
    """Return whether a reply has none of the forbidden words, as whole words in any case."""
    return not {word.lower() for word in _WORD.findall(text)} & set(FORBIDDEN_WORDS)


def keeps_citation(text: str) -> bool:
    """Return whether a reply cites, and only as in " [1].": a refusal need not cite."""
    cites = _CITED.search(text) is not None
    rest = _CITED.sub("", text)
    return (cites or _is_refusal(text)) and "[" not in rest and "]" not in rest


def keeps_sign_off(text: str) -> bool:
    """Return whether a reply ends with the sign-off after a full sentence, and has it once."""
    return _SIGNED.search(text.strip()) is not None and text.count(SIGN_OFF) == 1


def keeps_spelling(text: str) -> bool:
    """Return whether a reply has none of the American spellings in AMERICAN."""
    # Letters only: "color-coded" and "the center's" are American as well.
    return not {word.lower() for word in re.findall(r"[^\W\d_]+", text)} & set(AMERICAN)


def keeps_units(text: str) -> bool:
    """Return whether a space stands between every number and its unit."""
    return _GLUED.search(text) is None


def keeps_calm(text: str) -> bool:
    """Return whether a reply has no exclamation mark."""
    return "!" not in text and "\uff01" not in text


RULES: Mapping[str, Callable[[str], bool]] = MappingProxyType({
    "length": keeps_length, "person": keeps_person, "words": keeps_words,
    "citation": keeps_citation, "sign_off": keeps_sign_off, "spelling": keeps_spelling,
    "units": keeps_units, "calm": keeps_calm,
})


def _is_refusal(text: str) -> bool:
    return text.strip().replace("\u2019", "'").startswith(REFUSAL)


def _without_refusal(text: str) -> str:
    return text.strip()[len(REFUSAL):] if _is_refusal(text) else text


def _checked(reply: str, value: str) -> str:
    broken = broken_rules(reply)
    if broken:
        raise BookError(f"expected a value that fits a reply in house style, came {value!r}; the "
                        f"reply would break {', '.join(broken)}: give a shorter or plainer value")
    return reply
