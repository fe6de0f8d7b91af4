"""Validate and retry: an answer that breaks the task's form is sent back with the fault.

    user:      Clause: ... payable within 30 days of receipt ...
    assistant: {"law": null, "courts": null, "payment_days": 30 days}
    user:      That is not valid: not JSON (Expecting ',' delimiter, character 52). Reply again.
    assistant: {"law": null, "courts": null, "payment_days": 30}

A query in SQL is asked of the task's database, whose message is the fault. This is the usual
remedy where decoding cannot be held to a form, as with many hosted models. It costs a call for
every fault; `FewShot(constrained=True)` cannot make one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError, Message, Prompt, Question
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.prompting.few_shot import show
from experiments.tasks import database
from experiments.tasks.settings import Settings


@dataclass(frozen=True)
class Retried(Method):
    """Answer after `shots` examples; while the form is broken try again, `attempts` in all."""

    shots: int = 4
    attempts: int = 3

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; raises BookError where nothing tells a valid answer."""
        settings = bench.settings
        if not (settings.schema or settings.labels or settings.databases):
            raise BookError(f"task {bench.task}: retried needs a JSON Schema, labels or databases "
                            "in its task.yaml, to tell a valid answer from others")
        shown = [show(e) for e in bench.demonstrations(self.shots)]

        def answer(questions: Sequence[Question]) -> list[Answer]:
            first = [prompts.closed(q, shown, templates=bench.templates) for q in questions]
            answers = bench.generate(first, questions)
            for _ in range(self.attempts - 1):
                faults = {place: fault for place, one in enumerate(answers)
                          if not one.failure and (fault := find_fault(one.text, settings))}
                if not faults:
                    break
                again = bench.generate(
                    [_send_back(first[place], answers[place].text, fault)
                     for place, fault in faults.items()],
                    [questions[place] for place in faults])
                for place, one in zip(faults, again, strict=True):
                    answers[place] = one.after(answers[place])
            return answers

        return answer


def find_fault(text: str, settings: Settings) -> str:
    """Describe what breaks the form, in words for a model; nothing for a valid answer."""
    if settings.labels:
        return "" if text in settings.labels else f"{text!r} is not one of the names"
    if settings.databases:
        return database.find_fault(settings.databases[0], database.read_query(text))
    from jsonschema.exceptions import best_match

    from experiments.tasks.schemas import validator

    try:
        error = best_match(validator(settings.schema).iter_errors(json.loads(text)))
    except json.JSONDecodeError as broken:
        return f"not JSON ({broken.msg}, character {broken.pos})"
    except RecursionError:
        return "nested too deep"
    if error is None:
        return ""
    where = "/".join(map(str, error.absolute_path))
    return f"{where + ': ' if where else ''}{error.message[:200]}"


def _send_back(prompt: Prompt, text: str, fault: str) -> Prompt:
    """Show the model its answer and the fault."""
    return (*prompt, Message("assistant", text),
            Message("user", f"That is not valid: {fault}. Reply again."))
