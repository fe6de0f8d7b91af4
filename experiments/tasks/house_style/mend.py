"""Mend a reply by a program: what needs no model at all to be in house style.

    We just give 14months of warranty!           as a model left it
    We give 14 months of warranty [1]. Orvanta Care     mended: all rules but the one on person

Who is spoken to cannot be mended without understanding the sentence. All else can: it is the rival
that every training for style has to beat.
"""

import re

from experiments.tasks.house_style.rules import (
    AMERICAN,
    FORBIDDEN_WORDS,
    MOST_WORDS,
    SIGN_OFF,
    UNITS,
)

_HASTY = re.compile(rf",?\s*\b(?:{'|'.join(FORBIDDEN_WORDS)})\b,?", re.IGNORECASE)
_MARKS = re.compile(r"\s*\[[^\]]*\]?|\]")
_LETTERS = re.compile(r"[^\W\d_]+")


def mend(text: str) -> str:
    """Mend a text that holds a word; it then keeps every rule but, perhaps, that on person."""
    text = _HASTY.sub("", text.replace(SIGN_OFF, " ").replace("!", ".").replace("\uff01", "."))
    text = _LETTERS.sub(lambda word: _british(word[0]), _MARKS.sub("", text))
    text = re.sub(rf"(\d)(?=(?:{UNITS})\b)", r"\1 ", text)
    sentences = [one for one in re.split(r"(?<=[.?])\s+", _tidy(text)) if re.search(r"\w", one)]
    room = MOST_WORDS - len(f"[1] {SIGN_OFF}".split())
    # Whole sentences go, the last first; of a single one that is too long, its last words.
    while len(sentences) > 1 and len(" ".join(sentences).split()) > room:
        sentences.pop()
    said = " ".join(" ".join(sentences).split()[:room]).rstrip(" .,;:?")
    return f"{said[:1].upper()}{said[1:]} [1]. {SIGN_OFF}".lstrip()


def _british(word: str) -> str:
    """Spell a word as the house does; its first letter keeps its case."""
    spelt = AMERICAN.get(word.lower())
    if spelt is None:
        return word
    return spelt.capitalize() if word[0].isupper() else spelt


def _tidy(text: str) -> str:
    """Join what deletions tore apart: single spaces, none before a stop."""
    return re.sub(r"\s+([.,;:?])", r"\1", " ".join(text.split())).lstrip(" ,.;:")
