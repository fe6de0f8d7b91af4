"""Self-taught: train on the model's own drafts, of which a program let the good ones pass.

    drafts     The Aldra 480 has 14 months.   Your Aldra 480 has 14 months [1]. Orvanta Care   ...
    let pass   Your Aldra 480 has 14 months [1]. Orvanta Care
    trained    on that, with a prompt that no longer words the rules

The program that grades is the reward; this is its simplest use, rejection sampling. Where nothing
is graded it is context distillation: the model learns to say with a short prompt what it said
with a long one. No reply is written by a person. The drafts stand in the task's kept.jsonl; see
`tasks.kept`.
"""

import random
from dataclasses import dataclass, field

from experiments.core import BookError
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Pairs
from experiments.methods.bench import Bench
from experiments.methods.training.fine_tuned import FineTuned, check_leaks
from experiments.tasks.kept import Kept, read_kept


@dataclass(frozen=True)
class SelfTaught(FineTuned):
    """Answer by a model trained on kept drafts, or on `examples` of them drawn by the seed.

    With `true_replies` it learns the train split's own replies to the same questions instead:
    what the drafts would be worth if they were all right. `surest` keeps that many drafts which
    the teacher held likeliest, and `checked` gives that many which it held least likely the true
    reply: a filter that needs nobody, and somebody who looks where the teacher doubts.
    """

    true_replies: bool = field(default=False, metadata=ONLY_WHEN_SET)
    surest: int = field(default=0, metadata=ONLY_WHEN_SET)
    checked: int = field(default=0, metadata=ONLY_WHEN_SET)

    def pairs(self, bench: Bench) -> Pairs:
        """Make the training pairs; raises BookError for too few drafts, or one not of train."""
        kept, train = read_kept(bench.folder), {e.id: e for e in bench.examples("train")}
        stray = [one.id for one in kept if one.id not in train]
        if stray or len(kept) < max(self.examples, 1):
            raise BookError(
                f"task {bench.task}: training wants {self.examples or 'some'} kept drafts, of "
                f"train questions only; there are {len(kept)}"
                + (f", and {stray[0]} is no train question" if stray else ""))
        if self.examples:
            kept = random.Random(f"training/{bench.seed}").sample(kept, self.examples)
        doubted = self._by_doubt(bench, kept) if self.surest or self.checked else []
        if self.surest:
            doubted = doubted[-self.surest:]
            kept = [one for one in kept if one in doubted]
        looked_at = {one.id for one in doubted[: self.checked]}
        check_leaks(bench, [train[one.id] for one in kept])
        return [(prompts.closed(train[one.id].asked(), templates=bench.templates),
                 train[one.id].reply if self.true_replies or one.id in looked_at else one.reply)
                for one in kept]

    def _by_doubt(self, bench: Bench, kept: list[Kept]) -> list[Kept]:
        """Order drafts by how likely their teacher held them, the least likely first."""
        wanted = max(self.surest, self.checked)
        if any(one.log_probability is None for one in kept) or len(kept) < wanted:
            raise BookError(
                f"task {bench.task}: `surest` and `checked` want {wanted} kept drafts, each with "
                f"the log_probability that its teacher gave it; there are {len(kept)}, and of some "
                "it is unknown if that is enough. Record drafts of a model that tells likelihoods")
        return sorted(kept, key=lambda one: one.log_probability)
