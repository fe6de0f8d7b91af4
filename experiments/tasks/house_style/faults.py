"""Worse replies: one in house style with a single fault put in, for a pair to learn from.

    chosen     For your Aldra 480, the page gives 14 months [1]. Orvanta Care
    person     For our Aldra 480, the page gives 14 months [1]. Orvanta Care
    words      For your Aldra 480, the page gives basically 14 months [1]. Orvanta Care
    citation   For your Aldra 480, the page gives 14 months. Orvanta Care
    sign_off   For your Aldra 480, the page gives 14 months [1].
    units      For your Aldra 480, the page gives 14months [1]. Orvanta Care
    calm       Hello! For your Aldra 480, the page gives 14 months [1]. Orvanta Care
    value      For your Aldra 480, the page gives 102 cm [1]. Orvanta Care

Both replies are nearly as long, so that a training cannot take the shorter one for the better. No
fault is made for the rule on length, which would break that.
"""

import re
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from experiments.core import BookError
from experiments.tasks.house_style.rules import AMERICAN, SIGN_OFF, UNITS, broken_rules

VALUE = "value"
_HASTY = ("just", "simply", "actually", "basically", "obviously")
_OURS = (("Thank you for your question", "Thanks for asking us"),
         ("Thank you for asking", "Thanks for asking us"),
         (r"\byour\b", "our"), (r"\bYour\b", "Our"), (r"\byou\b", "we"), (r"\bYou\b", "We"))
_VALUE = re.compile(rf"(?:\$|\b[A-Z]{{2}}-)?\d+(?:\.\d+)?(?: ?(?:{UNITS})\b)?")
_BRITISH = MappingProxyType({british: american for american, british in AMERICAN.items()})


def worse_reply(reply: str, value: str, *, other: str, rng: Random) -> tuple[str, str]:
    """Put one fault into a reply in house style, drawn among those that it can have.

    Gives (fault, worse reply). `value` is what the reply says, `other` what is said instead
    where the fault is VALUE. Raises BookError for a reply that is not in house style.
    """
    if broken_rules(reply) or value not in reply:
        raise BookError(f"expected a reply in house style that holds {value!r}, came {reply!r}, "
                        f"which breaks {', '.join(broken_rules(reply)) or 'no rule'}")
    made = {name: put_in(reply, value, rng) for name, put_in in FAULTS.items()}
    made[VALUE] = reply.replace(value, other)
    fault = rng.choice([name for name, worse in made.items() if worse != reply])
    return fault, made[fault]


def other_value(page: str, value: str) -> str:
    """Find the value of a drafted page that is not `value`, written as the house would.

    Raises BookError for a page that holds no other.
    """
    found = [re.sub(r"(?<=\d)(?=[a-z])", " ", one).replace("liters", "litres")
             for one in _VALUE.findall(page)]
    others = [one for one in found if one != value]
    if not others:
        raise BookError(f"expected a page with a value beside {value!r}, it holds {found}")
    return others[0]


def _person(reply: str, value: str, rng: Random) -> str:
    for pattern, ours in _OURS:
        reply = re.sub(pattern, ours, reply)
    return reply


def _words(reply: str, value: str, rng: Random) -> str:
    return reply.replace(value, f"{rng.choice(_HASTY)} {value}")


def _citation(reply: str, value: str, rng: Random) -> str:
    return re.sub(r" (\[\d+\])", rng.choice(("", r"\1")), reply)


def _sign_off(reply: str, value: str, rng: Random) -> str:
    return reply.removesuffix(SIGN_OFF).strip() + rng.choice(("", f" {SIGN_OFF}."))


def _spelling(reply: str, value: str, rng: Random) -> str:
    return re.sub(r"[a-z]+", lambda word: _BRITISH.get(word[0], word[0]), reply)


def _units(reply: str, value: str, rng: Random) -> str:
    return re.sub(rf"(\d) (?=(?:{UNITS})\b)", r"\1", reply)


def _calm(reply: str, value: str, rng: Random) -> str:
    return f"{rng.choice(('Hello', 'Hi there', 'Good news'))}! {reply}"


# Each puts in the fault it is named after, and no other; where it cannot, the reply stays.
FAULTS: Mapping[str, Callable[[str, str, Random], str]] = MappingProxyType({
    "person": _person, "words": _words, "citation": _citation, "sign_off": _sign_off,
    "spelling": _spelling, "units": _units, "calm": _calm,
})
