"""Attention over rows of different lengths that share one prefix.

The book's prompts mostly begin alike (instructions, worked examples, whole documents)
and differ in length. So:

* the keys and values of the common prefix are computed and kept once, for all rows;
* the rest of the prompts is laid end to end in one long row: nothing is padded;
* while answers grow, every row has its own place to write, and a row that has
  finished gives its place to the last one.

The model is transformers' own; only its attention function is replaced, through
the registry that transformers offers for that. The cache travels as a keyword.
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from experiments.core import BookError

NAME = "shared_prefix"
CHANGES = ("softcap", "s_aux")  # what a model may ask of its attention that is not done here
FRONT = -1


def expect_full_attention(name: str, config) -> None:
    """Refuse a model in which a token does not see all before it; raises BookError.

    Its configuration lists the kinds of its layers, or has one window for all of them.
    """
    kinds = set(getattr(config, "layer_types", None) or ()) - {"full_attention"}
    window = None if getattr(config, "layer_types", None) else getattr(
        config, "sliding_window", None)
    if window and window < config.max_position_embeddings:
        kinds = {f"sliding_attention over {window} tokens"}
    if kinds:
        raise _unknown(name, f"layers of kind {', '.join(sorted(kinds))}")


def _unknown(name: str, what: str) -> BookError:
    return BookError(f"{name} has {what}; this book's generator knows full attention only. Choose "
                     "another model, or serve it as an endpoint.")


class SharedPrefixCache:
    """Keys and values, for every layer, of a prefix and of the rows that continue it.

    `room` is the most tokens that the rows of one batch may take in all, and
    `longest` the most tokens of a prompt behind the prefix.
    """

    def __init__(self, model, *, prefix: int, longest: int, room: int):
        config = model.config
        heads = config.num_key_value_heads
        width = getattr(config, "head_dim", None)
        width = width or config.hidden_size // config.num_attention_heads
        kind = {"dtype": model.dtype, "device": model.device}
        layers = range(config.num_hidden_layers)
        # Behind the prefix there is room for one prompt, so that a prompt attends to the
        # prefix and itself in one piece, without a copy of the prefix for each prompt.
        behind = prefix + longest if prefix else 0
        self.front = [torch.empty((2, heads, behind, width), **kind) for _ in layers]
        # Zeros, since a weight of zero times what happens to lie in memory can be NaN.
        self.store = [torch.zeros((2, room, heads * width), **kind) for _ in layers]
        self.heads, self.width, self.prefix = heads, width, prefix
        self.device = model.device

    def open_rows(self, rows: int, capacity: int) -> None:
        """Begin a batch of rows with room for `capacity` tokens each."""
        shape = (2, rows, self.heads, capacity, self.width)
        self.own = [layer[:, : rows * capacity].view(shape) for layer in self.store]
        self.lengths = torch.zeros(rows, dtype=torch.long, device=self.device)

    def lay(self, segments: Sequence[tuple[int, int, int]]) -> None:
        """Announce a prefill: (row, start, end) of each prompt in the long row.

        Row FRONT is the prefix itself.
        """
        self.segments = list(segments)
        self.masks = []
        for row, start, end in segments:
            if row != FRONT:
                self.lengths[row] = end - start
            shared = row != FRONT and self.prefix > 0
            self.masks.append(self._causal(end - start) if shared else None)

    def grow(self, active: int) -> None:
        """Announce a step in which each of the first `active` rows gets one token."""
        self.segments = []
        self.places = torch.arange(active, device=self.device)
        self.ends = self.lengths[:active].clone()
        self.longest = int(self.ends.max()) + 1
        columns = torch.arange(self.longest, device=self.device)
        self.hidden = (columns[None, :] > self.ends[:, None])[:, None, None, :]
        self.lengths[:active] += 1

    def move(self, source: int, target: int) -> None:
        """Give the place of a finished row to another row."""
        length = int(self.lengths[source])
        for layer in self.own:
            layer[:, target, :, :length] = layer[:, source, :, :length]
        self.lengths[target] = length

    def attend(self, layer: int, query, key, value, scaling: float) -> torch.Tensor:
        """Attend; all tensors are (batch, heads, tokens, width)."""
        if self.segments:
            return self._attend_prompts(layer, query, key, value, scaling)
        return self._attend_step(layer, query, key, value, scaling)

    def _causal(self, length: int) -> torch.Tensor:
        """Let each of `length` tokens see the prefix, itself and those before it."""
        columns = torch.arange(self.prefix + length, device=self.device)
        own = torch.arange(self.prefix, self.prefix + length, device=self.device)
        return columns[None, :] <= own[:, None]

    def _attend_prompts(self, layer, query, key, value, scaling):
        out = torch.empty_like(query)
        fresh = torch.cat([key, value])
        for (row, start, end), mask in zip(self.segments, self.masks, strict=True):
            seen = fresh[:, :, start:end]
            if row != FRONT:
                self.own[layer][:, row, :, : end - start] = seen
            if self.prefix:
                begin = 0 if row == FRONT else self.prefix
                last = begin + end - start
                self.front[layer][:, :, begin:last] = seen
                seen = self.front[layer][:, :, :last]
            out[:, :, start:end] = scaled_dot_product_attention(
                query[:, :, start:end], seen[:1], seen[1:], attn_mask=mask,
                is_causal=mask is None, scale=scaling, enable_gqa=True,
            )
        return out

    def _attend_step(self, layer, query, key, value, scaling):
        """One token a row. Query heads that share a key head are worked on together."""
        rows, heads, _, width = query.shape
        own = self.own[layer]
        own[0, self.places, :, self.ends] = key[:, :, 0]
        own[1, self.places, :, self.ends] = value[:, :, 0]
        keys, values = own[:, :rows, :, : self.longest]
        asked = query.reshape(rows, self.heads, heads // self.heads, width) * scaling
        match = (asked @ keys.transpose(2, 3)).masked_fill(self.hidden, -torch.inf)
        if not self.prefix:
            seen = _softmax(match) @ values
            return seen.reshape(rows, heads, 1, width)
        # The prefix is the same for all rows: one product over all of them.
        front_keys, front_values = self.front[layer][:, :, : self.prefix]
        front = (self._by_head(asked) @ front_keys.transpose(1, 2)).view(
            self.heads, rows, -1, self.prefix
        )
        shares = _softmax(torch.cat([front.transpose(0, 1), match], -1))
        before, since = shares.split([self.prefix, self.longest], -1)
        seen = (self._by_head(before) @ front_values).view(self.heads, rows, -1, width)
        seen = seen.transpose(0, 1) + since @ values
        return seen.reshape(rows, heads, 1, width)

    def _by_head(self, tensor):
        """Turn (rows, heads, queries, x) into (heads, rows * queries, x)."""
        return tensor.transpose(0, 1).reshape(self.heads, -1, tensor.shape[-1])


def _softmax(match):
    """Weigh in float32, whatever the model computes in."""
    return match.float().softmax(-1).to(match.dtype)


def _attention(module, query, key, value, attention_mask, scaling, *, shared, **more):
    for name in CHANGES:
        if more.get(name) is not None:
            raise _unknown(type(module).__name__, f"{name} in its attention")
    out = shared.attend(module.layer_idx, query, key, value, scaling)
    return out.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, _attention)
