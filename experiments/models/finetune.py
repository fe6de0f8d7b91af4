"""Train a LoRA adapter on prompts and replies, in a loop bare enough to read.

    train_lora("smollm2-135m", [((Message("user", "Capital of France?"),), "Paris")])

Two things make it quicker than a general trainer. Examples of like length train together,
so little is padded. And padding stands on the left, so that all replies stand at the right
edge: the head, a fifth of this model's work, computes logits for these few columns only.
"""

import random
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from experiments.core import BookError, Prompt
from experiments.models.chat import ChatFormat

IGNORED = -100
# What a backward pass needs of more tokens than this no longer fits where the C library keeps
# freed memory: page by page it is fetched anew, which took a third of a step.
PART_TOKENS = 1200


@dataclass
class TrainedAdapter:
    """An adapted model, and one entry an optimiser step: loss, tokens, seconds.

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


def train_lora(
    model_name: str, pairs: Sequence[tuple[Prompt, str]], *, rank: int = 16,
    learning_rate: float = 1e-3, batch_size: int = 8, epochs: int = 1, seed: int = 0,
    progress: bool = False,
) -> TrainedAdapter:
    """Load a model by name and train an adapter to give the replies; see `train`."""
    from experiments.models.registry import load_weights

    model, tokenizer = load_weights(model_name)
    return train(
        model, tokenizer, pairs, rank=rank, learning_rate=learning_rate, epochs=epochs,
        batch_size=batch_size, seed=seed, progress=progress,
    )


def train(
    model, tokenizer, pairs: Sequence[tuple[Prompt, str]], *, rank: int = 16,
    learning_rate: float = 1e-3, batch_size: int = 8, epochs: int = 1, seed: int = 0,
    progress: bool = False,
) -> TrainedAdapter:
    """Train an adapter on all linear layers; the base model's own weights stay as they are.

    The loss counts the reply and its end of turn, not the prompt. The same seed gives
    the same losses on the same machine.
    """
    examples = encode(tokenizer, model, pairs)
    with torch.random.fork_rng(), warnings.catch_warnings():
        # peft asks transformers for something by a name that is going out of use.
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        adapted = get_peft_model(model, LoraConfig(
            r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM"
        ))
    adapted.train()
    adapter = TrainedAdapter(adapted)
    weights = [w for w in adapted.parameters() if w.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=learning_rate, weight_decay=0.0)
    plan = [
        batch for epoch in range(epochs)
        for batch in shuffled_batches([len(t) for t, _ in examples], batch_size, seed + epoch)
    ]
    with tqdm(plan, disable=not progress, unit="step", desc="training") as bar:
        for batch in bar:
            _step(adapter, optimiser, [examples[place] for place in batch])
            bar.set_postfix(loss=f"{adapter.log[-1]:.3f}")
    adapted.eval()
    return adapter


def encode(tokenizer, model, pairs: Sequence[tuple[Prompt, str]]) -> list[tuple[list[int], int]]:
    """Give for each pair its tokens, and how many of them, at the end, are the reply's."""
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


def _step(adapter: TrainedAdapter, optimiser, batch: Sequence[tuple[list[int], int]]) -> None:
    """Take one optimiser step; the gradient is that of the whole batch."""
    started = time.perf_counter()
    replies = sum(count for _, count in batch)
    total = 0.0
    for part in parts(batch):
        # A part's mean counts as much as it has of the batch's reply tokens.
        loss = _loss(adapter.model, part) * (sum(count for _, count in part) / replies)
        loss.backward()
        total += loss.item()
    optimiser.step()
    optimiser.zero_grad()
    adapter.log.append(total)
    adapter.step_tokens.append(sum(len(tokens) for tokens, _ in batch))
    adapter.step_seconds.append(time.perf_counter() - started)


def parts(batch: Sequence[tuple[list[int], int]]) -> list[Sequence[tuple[list[int], int]]]:
    """Cut a batch into runs of at most PART_TOKENS tokens, padding included."""
    longest = max(len(tokens) for tokens, _ in batch)
    size = max(1, PART_TOKENS // longest)
    return [batch[start : start + size] for start in range(0, len(batch), size)]


def _loss(model, batch: Sequence[tuple[list[int], int]]) -> torch.Tensor:
    """Give the mean loss over the reply tokens of a batch, padded on the left."""
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
