"""Will a training fit? Its memory by parts, counted from shapes before any weight is loaded.

    needed = training_memory(HUB_SHAPES["qwen2.5-7b"], Tuning(method="qlora"), longest=2048,
                             gpu=True)
    needed.base, needed.state, needed.activations    # in megabytes: 7,725, 323, 2,907

Meant to be too high rather than too low. What a step lays out at once is a batch of the longest
examples, as far as PART_TOKENS tokens allow, or one longest example where that is longer.
"""

from dataclasses import dataclass

from experiments.models.inference.batching import CACHE_TOKENS
from experiments.models.training.finetune import PART_TOKENS
from experiments.models.training.tuning import Tuning

# Measured on two cores: what a step keeps for each token laid at once, as a multiple of the
# hidden width, for every layer. With checkpoints a layer keeps its input alone, and one layer at
# a time is computed again.
VALUES_A_TOKEN = 45
BITS_NF4 = 4 + 8 / 64  # and a scale of 8 bits for each 64 weights
WIDTH = 4  # bytes of a number in 32 bits
LOGIT_COPIES = 3  # logits, the same in 32 bits, and their gradient
REPLY_TOKENS = 160  # the longest reply of any task of the book


@dataclass(frozen=True)
class Shape:
    """What decides the memory of a decoder: its widths. `keys` is that of keys and values.

    `tied` says that one matrix embeds tokens and predicts them.
    """

    layers: int
    hidden: int
    intermediate: int
    keys: int
    heads: int
    vocabulary: int
    tied: bool

    @property
    def matrices(self) -> tuple[tuple[int, int], ...]:
        """List (inputs, outputs) of the seven linear layers of a layer, query and value first."""
        wide, deep = (self.hidden, self.intermediate), (self.intermediate, self.hidden)
        return ((self.hidden, self.hidden), (self.hidden, self.keys), (self.hidden, self.keys),
                (self.hidden, self.hidden), wide, wide, deep)

    @property
    def linear_weights(self) -> int:
        """Count the weights of all linear layers, which NF4 rounds."""
        return self.layers * sum(inputs * outputs for inputs, outputs in self.matrices)

    @property
    def embedding_weights(self) -> int:
        """Count the weights of embeddings and head."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)


# From the config.json of each repository; test_sizing checks the sums against their model cards.
HUB_SHAPES = {
    "qwen2.5-1.5b": Shape(28, 1536, 8960, 256, 12, 151936, tied=True),
    "smollm2-1.7b": Shape(24, 2048, 8192, 2048, 32, 49152, tied=True),
    "qwen2.5-7b": Shape(28, 3584, 18944, 512, 28, 152064, tied=False),
}


@dataclass(frozen=True)
class Memory:
    """Megabytes of a training: the base's weights, what training them takes, text under way."""

    base: float
    state: float
    activations: float

    @property
    def total(self) -> float:
        """Add up the parts."""
        return self.base + self.state + self.activations


def shape_of(config) -> Shape:
    """Read the shape of a model from its configuration, as transformers has it."""
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return Shape(config.num_hidden_layers, config.hidden_size, config.intermediate_size,
                 width * config.num_key_value_heads, config.num_attention_heads,
                 config.vocab_size, config.tie_word_embeddings)


def trained_weights(shape: Shape, tuning: Tuning) -> int:
    """Count the weights that a training moves; those of norms are too few to count."""
    if tuning.method == "full":
        return shape.linear_weights + shape.embedding_weights
    chosen = shape.matrices if tuning.targets == "all-linear" else shape.matrices[:2]
    return shape.layers * sum(tuning.rank * (inputs + outputs) for inputs, outputs in chosen)


def training_memory(shape: Shape, tuning: Tuning, *, longest: int, reply: int = REPLY_TOKENS,
                    gpu: bool = False) -> Memory:
    """Estimate the memory of a training whose longest example and reply have so many tokens.

    On a CPU all is in 32 bits. On a `gpu` base and text are in 16, but where all weights are
    trained; and in four bits embeddings and text stay in 32, and layers are computed again in
    the backward pass instead of kept.
    """
    moved = trained_weights(shape, tuning)
    checkpoints = tuning.nf4 and gpu
    width = WIDTH // 2 if gpu and tuning.method != "full" and not tuning.nf4 else WIDTH
    base = weights_megabytes(shape, nf4=tuning.nf4, width=width)
    # Gradient and two moments; the weights themselves are new where they are an adapter's.
    state = WIDTH * moved * (3 if tuning.method == "full" else 4)
    rows = max(1, min(tuning.batch_size, PART_TOKENS // longest))
    tokens = rows * longest
    kept = tokens * shape.hidden * (
        shape.layers + VALUES_A_TOKEN if checkpoints else shape.layers * VALUES_A_TOKEN)
    # What each token makes of all before it: under way in one layer, and kept in every layer by a
    # CPU; a GPU computes it again.
    scores = tokens * longest * shape.heads * (1 if gpu else shape.layers + 1)
    logits = LOGIT_COPIES * rows * min(reply + 1, longest) * shape.vocabulary
    text = width * (kept + scores) + WIDTH * logits
    return Memory(base, state / 1e6, text / 1e6)


def answering_memory(shape: Shape, tuning: Tuning, *, longest: int, gpu: bool = False) -> float:
    """Estimate the megabytes that a trained model takes to answer prompts of so many tokens.

    Its weights, and keys and values of the largest batch. What was trained on four bits answers
    with them on a `gpu`; elsewhere they are read back into numbers of 32.
    """
    width = WIDTH // 2 if gpu and tuning.method != "full" else WIDTH
    text = width * 2 * shape.layers * shape.keys * max(CACHE_TOKENS, longest)
    return weights_megabytes(shape, nf4=tuning.nf4 and gpu, width=width) + text / 1e6


def weights_megabytes(shape: Shape, *, nf4: bool, width: int) -> float:
    """Return the megabytes of a model's weights at `width` bytes; in `nf4`, all but the linear."""
    linear = BITS_NF4 / 8 if nf4 else width
    return (linear * shape.linear_weights + width * shape.embedding_weights) / 1e6
