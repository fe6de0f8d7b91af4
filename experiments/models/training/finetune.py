"""Train an adapter, or all weights, on prompts and replies, in a loop bare enough to read.

    train(*load_weights("smollm2-135m"), [((Message("user", "Capital of France?"),), "Paris")],
          Tuning(rank=8))

Two things make it quicker than a general trainer. Examples of like length train together,
so little is padded. And padding stands on the left, so that all replies stand at the right
edge: the head, a fifth of this model's work, computes logits for these few columns only.
"""

import random
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from torch.nn.functional import cross_entropy
from tqdm import tqdm
from transformers import get_cosine_schedule_with_warmup

from experiments.core import BookError, Prompt
from experiments.models.inference.chat import ChatFormat
from experiments.models.training.tuning import Tuning, adapter_settings

IGNORED = -100
LONGEST_GRADIENT = 1.0
# What a backward pass needs of more tokens than this no longer fits where the C library keeps
# freed memory: page by page it is fetched anew, which took a third of a step.
PART_TOKENS = 1200

Pairs = Sequence[tuple[Prompt, str]]


@dataclass
class Trained:
    """A trained model, and one entry an optimiser step: loss, tokens, seconds.

    A loss is the mean over the reply tokens of a batch, in nats. Tokens are those of
    prompts and replies, without padding.
    """

    model: torch.nn.Module
    log: list[float] = field(default_factory=list)
    step_tokens: list[int] = field(default_factory=list)
    step_seconds: list[float] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """Sum the tokens of all steps."""
        return sum(self.step_tokens)

    @property
    def seconds(self) -> float:
        """Sum the seconds of all steps."""
        return sum(self.step_seconds)


class Run:
    """A training run that can stop after any step, and go on from a checkpoint."""

    def __init__(self, model, tokenizer, pairs: Pairs, tuning: Tuning, seed: int = 0):
        """Plan all steps; the model is changed in place, its base only by "full"."""
        self.examples = encode(tokenizer, model, pairs)
        self.tuning, self.done = tuning, 0
        self.trained = Trained(adapt(model, tuning, seed).train())
        self._plan([len(tokens) for tokens, _ in self.examples], seed)

    def _plan(self, lengths: Sequence[int], seed: int) -> None:
        """Lay out all steps over examples of these lengths, with the optimiser's schedule."""
        tuning = self.tuning
        self.plan = [batch for epoch in range(tuning.epochs)
                     for batch in shuffled_batches(lengths, tuning.batch_size, seed + epoch)]
        self.weights = [w for w in self.trained.model.parameters() if w.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.weights, lr=tuning.learning_rate, weight_decay=0.0)
        self.schedule = get_cosine_schedule_with_warmup(
            self.optimiser, round(tuning.warmup_share * len(self.plan)), len(self.plan))

    def run(self, *, progress: bool = False, after_step: Callable[["Run"], None] | None = None
            ) -> Trained:
        """Take the steps that are left; `after_step` may write a checkpoint."""
        left = self.plan[self.done : self.tuning.max_steps or None]
        with tqdm(left, disable=not progress, unit="step", desc="training",
                  initial=self.done, total=self.done + len(left)) as bar:
            for batch in bar:
                self._step([self.examples[place] for place in batch])
                bar.set_postfix(loss=f"{self.trained.log[-1]:.3f}")
                if after_step:
                    after_step(self)
        self.trained.model.eval()
        return self.trained

    def _step(self, batch: Sequence[tuple[list[int], int]]) -> None:
        """Take one optimiser step; the gradient is that of the whole batch."""
        started = time.perf_counter()
        replies = sum(count for _, count in batch)
        total = 0.0
        for part in parts(batch):
            # A part's mean counts as much as it has of the batch's reply tokens.
            loss = _loss(self.trained.model, part) * (sum(count for _, count in part) / replies)
            loss.backward()
            total += loss.item()
        self._move(total, sum(len(tokens) for tokens, _ in batch), started)

    def _move(self, loss: float, tokens: int, started: float) -> None:
        """Move the weights along their gradient, and log the step."""
        torch.nn.utils.clip_grad_norm_(self.weights, LONGEST_GRADIENT)
        self.optimiser.step()
        self.schedule.step()
        self.optimiser.zero_grad()
        self.done += 1
        self.trained.log.append(loss)
        self.trained.step_tokens.append(tokens)
        self.trained.step_seconds.append(time.perf_counter() - started)


def train(model, tokenizer, pairs: Pairs, tuning: Tuning, *, seed: int = 0,
          progress: bool = False) -> Trained:
    """Train in one go. The loss counts the reply and its end of turn, not the prompt.

    The same seed gives the same losses on the same machine.
    """
    return Run(model, tokenizer, pairs, tuning, seed).run(progress=progress)


def adapt(model, tuning: Tuning, seed: int):
    """Put a fresh adapter on a model, or free all its weights for full training."""
    if tuning.method == "full":
        return model.requires_grad_(True)
    with torch.random.fork_rng(), warnings.catch_warnings():
        # peft asks transformers for something by a name that is going out of use.
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        if tuning.nf4:
            # Norms and embeddings to 32 bits; on a GPU, layers are computed again in the
            # backward pass instead of kept, or a long example would not fit.
            model = prepare_model_for_kbit_training(
                model, use_gradient_checkpointing=model.device.type == "cuda")
        return get_peft_model(model, LoraConfig(
            **adapter_settings(tuning.method, tuning.rank, tuning.targets)))


def encode(tokenizer, model, pairs: Pairs) -> list[tuple[list[int], int]]:
    """Return for each pair its tokens, and how many of them, at the end, are the reply's."""
    if not pairs:
        raise BookError("training needs at least one pair of prompt and reply, got none")
    chat = ChatFormat(tokenizer, model.generation_config.eos_token_id)
    limit = model.config.max_position_embeddings
    examples = []
    for number, (prompt, reply) in enumerate(pairs):
        start, said = chat.encode(prompt), [*chat.plain(reply), tokenizer.eos_token_id]
        if len(start) + len(said) > limit:
            raise BookError(
                f"training pair {number} has {len(start) + len(said)} tokens, but the model "
                f"reads {limit}: shorten its prompt"
            )
        examples.append((start + said, len(said)))
    return examples


def shuffled_batches(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """Group places of like length, and shuffle the groups.

    Equal lengths are shuffled before, so that another seed makes other groups.
    """
    draw = random.Random(seed)
    order = list(range(len(lengths)))
    draw.shuffle(order)
    order.sort(key=lambda place: lengths[place])
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    draw.shuffle(groups)
    return groups


def parts(batch: Sequence[tuple[list[int], int]]) -> list[Sequence[tuple[list[int], int]]]:
    """Cut a batch into runs of at most PART_TOKENS tokens, padding included."""
    longest = max(len(tokens) for tokens, _ in batch)
    size = max(1, PART_TOKENS // longest)
    return [batch[start : start + size] for start in range(0, len(batch), size)]


def _loss(model, batch: Sequence[tuple[list[int], int]]) -> torch.Tensor:
    """Return the mean loss over the reply tokens of a batch, padded on the left."""
    longest = max(len(tokens) for tokens, _ in batch)
    # The logits for a token stand one column before it.
    kept = max(replies for _, replies in batch) + 1
    laid = torch.zeros((len(batch), longest), dtype=torch.long)
    seen = torch.zeros_like(laid)
    wanted = torch.full_like(laid, IGNORED)
    for row, (tokens, replies) in enumerate(batch):
        laid[row, longest - len(tokens) :] = torch.tensor(tokens)
        seen[row, longest - len(tokens) :] = 1
        wanted[row, longest - replies :] = laid[row, longest - replies :]
    places = (seen.cumsum(1) - 1).clamp(min=0)
    device = next(model.parameters()).device
    logits = model(
        input_ids=laid.to(device), attention_mask=seen.to(device), use_cache=False,
        position_ids=places.to(device), logits_to_keep=kept,
    ).logits
    return cross_entropy(
        logits[:, :-1].flatten(0, 1).float(), wanted[:, longest - kept + 1 :].flatten().to(device),
        ignore_index=IGNORED,
    )
