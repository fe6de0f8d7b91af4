"""The questions on a terminal, with defaults and help.

    What is wrong with the answers you get from a plain prompt?
      facts, behaviour or unknown [unknown] facts
"""

from collections.abc import Callable, Mapping
from typing import Any

from experiments.core import BookError
from experiments.decide.flips import write
from experiments.decide.profile import QUESTIONS, Profile, read_answer

HELP = "?"


def ask_profile(read: Callable[[str], str] = input,
                show: Callable[[str], None] = print) -> tuple[Profile, tuple[str, ...]]:
    """Ask every question; an empty line takes the default, ? shows help.

    Gives the profile and the questions whose default was taken. Raises BookError when the
    input ends before the last answer.
    """
    show(f"{len(QUESTIONS)} questions. Enter takes the answer in brackets, {HELP} explains.")
    given, assumed = {}, []
    for place, (name, asked) in enumerate(QUESTIONS.items(), start=1):
        show(f"\n{place}. {asked['question']}")
        try:
            answer = _ask(name, asked, read, show)
        except EOFError:
            raise BookError(f"the input ended at question {place} of {len(QUESTIONS)} ({name}); "
                            "answer all of them, with empty lines for the defaults, or give "
                            "--profile FILE") from None
        if answer is None:
            assumed.append(name)
        else:
            given[name] = answer
    return Profile(**given), tuple(assumed)


def _ask(name: str, asked: Mapping[str, Any], read: Callable[[str], str],
         show: Callable[[str], None]) -> Any:
    """Ask one question until the answer can be read; None when the default is taken."""
    while True:
        text = read(f"   {_choices(asked)} [{write(asked['default'])}] ").strip()
        if not text:
            return None
        if text == HELP:
            show(f"   {asked['hint']} In a file this question is called {name}.")
            continue
        try:
            return read_answer(name, text)
        except BookError as error:
            show(f"   {error}")


def _choices(asked: Mapping[str, Any]) -> str:
    if asked["unit"]:
        return asked["unit"]
    if isinstance(asked["default"], bool):
        return "yes or no"
    return ", ".join(asked["answers"])
