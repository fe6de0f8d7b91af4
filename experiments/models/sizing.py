"""Will a training fit? Its memory by parts, counted from shapes before any weight is loaded.

    needed = training_memory(HUB_SHAPES["qwen2.5-7b"], Tuning(method="qlora"), longest=2048,
                             gpu=True)
    needed.base, needed.state, needed.total        # in megabytes: 7,764  323  10,800

Meant to be too high rather than too low. What a step lays out at once is at most PART_TOKENS
tokens or the longest example, whichever is more; so the longest example decides.
"""

from dataclasses import dataclass

from experiments.models.finetune import PART_TOKENS
from experiments.models.tuning import TARGETS, Tuning

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
    chosen = shape.matrices if TARGETS[tuning.targets] == "all-linear" else shape.matrices[:2]
    return shape.layers * sum(tuning.rank * (inputs + outputs) for inputs, outputs in chosen)


def training_memory(shape: Shape, tuning: Tuning, *, longest: int = 0, reply: int = REPLY_TOKENS,
                    gpu: bool = False) -> Memory:
    """Estimate the memory of a training whose longest example and reply have so many tokens.

    On a CPU the base is in 32 bits, on a `gpu` in 16; in four bits its embeddings stay in 32, and
    on a GPU layers are then computed again in the backward pass instead of kept.
    """
    moved = trained_weights(shape, tuning)
    if tuning.nf4:
        base = BITS_NF4 / 8 * shape.linear_weights + WIDTH * shape.embedding_weights
    else:
        width = 2 if gpu and tuning.method != "full" else WIDTH
        base = width * (shape.linear_weights + shape.embedding_weights)
    # Gradient and two moments; the weights themselves are new where they are an adapter's.
    state = WIDTH * moved * (3 if tuning.method == "full" else 4)
    tokens = max(PART_TOKENS, longest)
    whole = VALUES_A_TOKEN * (1 if tuning.nf4 and gpu else shape.layers)
    inputs = shape.layers if tuning.nf4 and gpu else 0
    rows = max(1, PART_TOKENS // longest) if longest else 1
    kept = tokens * shape.hidden * (whole + inputs)
    scores = 2 * shape.heads * tokens * (longest or PART_TOKENS)
    logits = LOGIT_COPIES * rows * min(reply + 1, longest or reply + 1) * shape.vocabulary
    return Memory(base / 1e6, state / 1e6, WIDTH * (kept + scores + logits) / 1e6)
