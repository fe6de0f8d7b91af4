"""Direct preference optimisation, DPO: train on which of two replies is better.

    PreferenceRun(*load_weights("smollm2-135m"), pairs, Preference(beta=0.1)).run()

The reference is the model as the run finds it, so its log-probabilities are computed once, before
the first step, and no second model is kept. And the two replies of a comparison share one reading
of their prompt: they stand behind it in one row, and neither sees the other. For a prompt of 120
tokens and two replies of 25 that is 170 tokens instead of 290.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import logsigmoid

from experiments.core import BookError
from experiments.models.training.adapters import WEIGHTS
from experiments.models.training.comparisons import Comparison, Preference, split
from experiments.models.training.finetune import PART_TOKENS, Run, Trained, adapt, encode

_PAD, _PROMPT, _CHOSEN, _REJECTED = range(4)


@dataclass(frozen=True)
class Couple:
    """A comparison in tokens; replies end with the token that ends a turn."""

    prompt: tuple[int, ...]
    chosen: tuple[int, ...]
    rejected: tuple[int, ...]

    def __len__(self) -> int:
        """Count the tokens of the row that it takes."""
        return len(self.prompt) + len(self.chosen) + len(self.rejected)


class PreferenceRun(Run):
    """A run on comparisons; what `pairs` holds beside them was trained before.

    `start` is the folder of the adapter to go on with. A loss is the mean over the comparisons
    of a batch: ln 2 at the first step, and less where chosen replies have gained on rejected.
    """

    def __init__(self, model, tokenizer, pairs: Sequence, tuning: Preference, seed: int = 0, *,
                 start: Path | None = None):
        """Plan all steps, and ask the model as it is about every comparison in them."""
        couples = encode_couples(tokenizer, model, split(pairs)[1])
        self.tuning, self.done = tuning, 0
        self.trained = Trained(adapt(model, tuning, seed).train())
        if start:
            load_adapter(self.trained.model, start)
        self._plan([len(couple) for couple in couples], seed)
        asked = sorted({place for batch in self.plan[: tuning.max_steps or None]
                        for place in batch})
        likely = log_probabilities(self.trained.model, [couples[place] for place in asked])
        self.examples = [(couple, None) for couple in couples]
        for place, before in zip(asked, likely, strict=True):
            self.examples[place] = (couples[place], before)

    def _step(self, batch: Sequence[tuple[Couple, torch.Tensor]]) -> None:
        """Take one optimiser step; the gradient is that of the whole batch."""
        started, total = time.perf_counter(), 0.0
        for part in cut(batch, [len(couple) for couple, _ in batch]):
            now = likelihoods(self.trained.model, [couple for couple, _ in part])
            before = torch.stack([likely for _, likely in part])
            loss = preference_loss(now, before, self.tuning.beta).sum() / len(batch)
            loss.backward()
            total += loss.item()
        self._move(total, sum(len(couple) for couple, _ in batch), started)


def preference_loss(now: torch.Tensor, before: torch.Tensor, beta: float) -> torch.Tensor:
    """Return the loss of each comparison; both tensors are (comparisons, 2), chosen first."""
    gained = now - before
    return -logsigmoid(beta * (gained[:, 0] - gained[:, 1]))


def encode_couples(tokenizer, model, comparisons: Sequence[Comparison]) -> list[Couple]:
    """Return the tokens of comparisons. Raises BookError for none, and for one that is too long."""
    if not comparisons:
        raise BookError("training from preferences needs at least one comparison, got none")
    couples = []
    for one in comparisons:
        (first, chosen), (second, rejected) = encode(
            tokenizer, model, [(one.prompt, one.chosen), (one.prompt, one.rejected)])
        couples.append(Couple(tuple(first[:-chosen]), tuple(first[-chosen:]),
                              tuple(second[-rejected:])))
    return couples


def load_adapter(model, folder: Path) -> None:
    """Fill a fresh adapter with the weights of a trained one of the same shape."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(folder / WEIGHTS))


def log_probabilities(model, couples: Sequence[Couple]) -> list[torch.Tensor]:
    """Return the log-probabilities (nats) of both replies of each couple, without a gradient."""
    order = sorted(range(len(couples)), key=lambda place: len(couples[place]))
    found: dict[int, torch.Tensor] = {}
    with torch.no_grad():
        for part in cut(order, [len(couples[place]) for place in order]):
            found |= zip(part, likelihoods(model, [couples[place] for place in part]),
                         strict=True)
    return [found[place] for place in range(len(couples))]


def likelihoods(model, couples: Sequence[Couple]) -> torch.Tensor:
    """Return the log-probabilities (nats) of chosen and rejected replies, (couples, 2).

    A rejected reply stands behind the chosen one, with the places that it would have right
    behind the prompt, and cannot see it.
    """
    tokens, places, parts_of = _lay(couples)
    device = next(model.parameters()).device
    width = tokens.shape[1]
    query, key = parts_of[:, :, None], parts_of[:, None, :]
    seen = (key != _PAD) & ~((query == _REJECTED) & (key == _CHOSEN))
    seen &= torch.ones(width, width, dtype=torch.bool).tril()
    mask = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(model.dtype).min)
    kept = max(len(one.chosen) + len(one.rejected) for one in couples) + 1
    logits = model(input_ids=tokens.to(device), position_ids=places.to(device),
                   attention_mask=mask[:, None].to(device, model.dtype), use_cache=False,
                   logits_to_keep=kept).logits
    rows, columns, wanted, owners = _told(couples, kept)
    told = logits[rows, columns].float()
    likely = told[range(len(wanted)), wanted] - told.logsumexp(-1)
    sums = torch.zeros(2 * len(couples), device=device)
    return sums.index_add(0, torch.tensor(owners, device=device), likely).view(-1, 2)


def cut(items: Sequence, lengths: Sequence[int]) -> list[Sequence]:
    """Cut items into runs of at most PART_TOKENS tokens, padding included."""
    size = max(1, PART_TOKENS // max(lengths))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _lay(couples: Sequence[Couple]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Lay couples padded on the left: tokens, their places, and which part each belongs to."""
    longest = max(map(len, couples))
    tokens, places, parts_of = (torch.zeros((len(couples), longest), dtype=torch.long)
                                for _ in range(3))
    for row, one in enumerate(couples):
        start, first = longest - len(one), len(one.prompt)
        tokens[row, start:] = torch.tensor([*one.prompt, *one.chosen, *one.rejected])
        places[row, start:] = torch.tensor([
            *range(first), *range(first, first + len(one.chosen)),
            *range(first, first + len(one.rejected))])
        parts_of[row, start:] = torch.tensor(
            [_PROMPT] * first + [_CHOSEN] * len(one.chosen) + [_REJECTED] * len(one.rejected))
    return tokens, places, parts_of


def _told(couples: Sequence[Couple], kept: int) -> tuple[list, list, list, list]:
    """Return where the logits of each reply token stand among the last `kept` columns.

    Gives rows, columns, the tokens, and whose they are: 2 x row, and 1 more if rejected.
    """
    rows, columns, wanted, owners = [], [], [], []
    for row, one in enumerate(couples):
        end = kept - 1 - len(one.chosen) - len(one.rejected)  # the last token of the prompt
        behind = end + len(one.chosen)
        for side, (said, second) in enumerate(((one.chosen, end), (one.rejected, behind))):
            rows += [row] * len(said)
            columns += [end, *range(second + 1, second + len(said))]
            wanted += said
            owners += [2 * row + side] * len(said)
    return rows, columns, wanted, owners
