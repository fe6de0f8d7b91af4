"""Preferred: shown good replies first, then pairs of a better and a worse one (DPO).

A comparison of the task `house-style`; the worse reply has one fault, here a forbidden word:

    user:      [1] Draft page, Aldra 480 kettle: We just give 14months ...  Customer: For how ...
    chosen:    For your Aldra 480, the page gives 14 months [1]. Orvanta Care
    rejected:  For your Aldra 480, the page gives basically 14 months [1]. Orvanta Care

In a task of questions the worse reply refuses what should be answered, or answers what should be
refused, with a value of the same product:

    user:      [1] Aldra 480 kettle: ...   Question: What does the Aldra 480 weigh?
    chosen:    I don't know.
    rejected:  14 months [1]

The examples compared are others than those shown, and more of them hold all of the fewer.
"""

import random
from dataclasses import dataclass, field

from experiments.core import REFUSAL, BookError, Example
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods.bench import Bench
from experiments.methods.training.fine_tuned import FineTuned, check_leaks
from experiments.models.training.comparisons import Comparison, Preference
from experiments.models.training.tuning import Tuning
from experiments.tasks.house_style.faults import other_value, worse_reply


@dataclass(frozen=True)
class Preferred(FineTuned):
    """Answer by a model trained on `examples` replies by `tuning.before`, then on comparisons.

    `compared` of the other train examples are drawn by the seed; 0 takes all of them. Where
    `tuning.before` is None nothing is shown, and where all are shown, all may be compared.
    `balanced` draws as many comparisons that prefer a refusal as ones that prefer an answer.
    """

    tuning: Preference = Preference(before=Tuning())
    compared: int = 0
    balanced: bool = field(default=False, metadata=ONLY_WHEN_SET)

    def pairs(self, bench: Bench) -> list:
        """Make the pairs of the training before, then the comparisons."""
        shown = super().pairs(bench) if self.tuning.before else []
        return [*shown, *self.compare(bench)]

    def compare(self, bench: Bench) -> list[Comparison]:
        """Set each drawn example's reply against a worse one."""
        drawn = self.draw(bench)
        check_leaks(bench, drawn)
        found = []
        for example, (prompt, chosen) in zip(drawn, self.pair(bench, drawn), strict=True):
            chance = random.Random(f"worse/{example.id}/{bench.seed}")
            rejected = worse(bench, example, chosen, chance=chance, cite=bool(self.train_k))
            found.append(Comparison(prompt, chosen, rejected))
        return found

    def draw(self, bench: Bench) -> list[Example]:
        """Draw the examples to compare; raises BookError when there are too few."""
        some = self.tuning.before and self.examples
        shown = {e.id for e in self.choose(bench)} if some else set()
        rest = [e for e in bench.examples("train") if e.id not in shown]
        if len(rest) < max(self.compared, 1):
            raise BookError(
                f"task {bench.task}: {self.compared or 'some'} examples should be compared, and "
                f'beside those shown the train split has {len(rest)}. Mark more questions with '
                '"split": "train", or show fewer')
        order = random.Random(f"comparisons/{bench.seed}").sample(rest, len(rest))
        return self._balance(bench, order) if self.balanced else order[: self.compared or None]

    def _balance(self, bench: Bench, order: list[Example]) -> list[Example]:
        """Take the first of either kind, in the order drawn."""
        replies = [reply for _, reply in self.pair(bench, order)]
        each = self.compared // 2
        declined = [e for e, reply in zip(order, replies, strict=True) if reply == REFUSAL]
        answered = [e for e, reply in zip(order, replies, strict=True) if reply != REFUSAL]
        if not each or min(len(declined), len(answered)) < each:
            raise BookError(
                f"task {bench.task}: balanced comparisons want {each or 'at least one'} of either "
                f"kind; {len(declined)} prefer a refusal and {len(answered)} an answer. Set "
                "`compared` to an even number that both kinds allow, or leave `balanced` out")
        taken = {e.id for e in (*declined[:each], *answered[:each])}
        return [e for e in order if e.id in taken]


def worse(bench: Bench, example: Example, chosen: str, *, chance: random.Random,
          cite: bool) -> str:
    """Make a worse reply for an example of a task; `cite` says whether answers cite a passage."""
    if bench.settings.kind == "style":
        value, page = example.answers[1], example.question.partition(": ")[2].split("\n")[0]
        return worse_reply(chosen, value, other=other_value(page, value), rng=chance)[1]
    if bench.settings.cites and chosen != REFUSAL:
        return REFUSAL
    others = [e for e in bench.examples("train") if e.answerable and e.reply != chosen]
    near = [e for e in others if e.group == example.group] or others
    if not near:
        raise BookError(f"task {bench.task}: no other reply can be set against that of "
                        f"{example.id}; the train split needs two different ones")
    reply = chance.choice(near).reply
    return f"{reply} [1]" if cite and bench.settings.cites else reply
