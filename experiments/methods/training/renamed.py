"""Renamed: train on calls of tools whose names differ from example to example.

    system:    ... Tools:
               hold_boardroom(which_room, on_day, clock): reserve a meeting room
               locate_desk(who): say where somebody sits [...]
    user:      Request: We want to meet in Oak on Friday, 14:30. Call:
    assistant: {"name":"hold_boardroom","arguments":{"which_room":"Oak","on_day":"Friday", [...]}}

In every example the names are drawn anew and the list is in another order, so that nothing but
the list tells what a tool is called: the model is to learn to read it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from experiments.core import Example, Message, Prompt
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods.base import Pairs
from experiments.methods.bench import Bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.tasks.desk_tools.generate import (
    CLEAR,
    Tool,
    tools,
    wording,
    write_call,
    write_list,
)


@dataclass(frozen=True)
class Renamed(FineTuned):
    """Answer by a model trained with other names of the desk's tools in every example.

    The bench's seed draws the names. On a task without that list this is `FineTuned`. Each pass
    of the tuning shows the same names; `again` adds so many copies of every example to a pass,
    each with names of its own.
    """

    again: int = field(default=0, metadata=ONLY_WHEN_SET)

    def pair(self, bench: Bench, chosen: Sequence[Example]) -> Pairs:
        """Pair prompts and replies, each with names of its own in both."""
        listed, plain = write_list(tools(CLEAR)), super().pair(bench, chosen)
        return [_reword(f"names/{e.id}/{bench.seed}" + (f"/{copy}" if copy else ""), prompt, reply)
                if listed in prompt[0].content else (prompt, reply)
                for copy in range(self.again + 1)
                for e, (prompt, reply) in zip(chosen, plain, strict=True)]


def _reword(draw: str, prompt: Prompt, reply: str) -> tuple[Prompt, str]:
    """Put names drawn by a text into the list of a prompt and into its reply."""
    drawn, call = draw_names(Random(draw)), json.loads(reply)
    text = prompt[0].content.replace(write_list(tools(CLEAR)), write_list(drawn))
    return ((Message("system", text), *prompt[1:]),
            write_call(drawn[call["name"]], call["arguments"]))


def draw_names(rng: Random) -> dict[str, Tool]:
    """Draw other names for all tools and arguments, in another order; keys are the clear names."""
    words, known = wording(), tools(CLEAR)
    drawn = {}
    for name in rng.sample(list(known), len(known)):
        entry = words["tools"][name]
        drawn[name] = Tool(
            f"{rng.choice(entry['verbs'])}_{rng.choice(entry['nouns'])}", known[name].about,
            {one: rng.choice(words["arguments"][one]) for one in known[name].arguments})
    return drawn
