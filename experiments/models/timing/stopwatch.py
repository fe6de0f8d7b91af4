"""Time one prompt alone: reading it, reading behind what was read before, writing on.

    time_reading(generator, tokens, 5)          -> [612.4, 608.9, ...]     ms to the first token
    time_reuse(generator, tokens, [tail, ...])  -> (612.4, [48.1, ...])    ms: first, then each
    time_writing(generator, tokens, 40)         -> [38.2, 38.5, ...]       ms of each further token

`generator` is a TorchGenerator. Tokens are given, so that a prompt can have any length, and
what the model would say has no part in it.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from experiments.models.inference.attention import SharedPrefixCache
from experiments.models.inference.generate import TorchGenerator
from experiments.models.registry import load_weights, model_fingerprint
from experiments.models.training.adapters import check_adapter, put_on

Tokens = Sequence[int]


@torch.inference_mode()
def time_reading(generator: TorchGenerator, tokens: Tokens, repeats: int) -> list[float]:
    """Read a prompt and choose the next token, `repeats` times, each time anew."""
    def read() -> None:
        cache = SharedPrefixCache(generator.model, prefix=0, longest=len(tokens), room=len(tokens))
        _read(generator, cache, tokens)

    return [_milliseconds(read) for _ in range(repeats)]


@torch.inference_mode()
def time_reuse(generator: TorchGenerator, front: Tokens, tails: Sequence[Tokens]
               ) -> tuple[float, list[float]]:
    """Read `front` once and keep it, then read each tail behind it and choose its next token."""
    longest = max(map(len, tails))
    cache = SharedPrefixCache(generator.model, prefix=len(front), longest=longest, room=longest)
    first = 1000 * generator.lay_front(cache, front)
    return first, [_milliseconds(lambda t=tail: _read(generator, cache, t)) for tail in tails]


@torch.inference_mode()
def time_writing(generator: TorchGenerator, tokens: Tokens, new_tokens: int) -> list[float]:
    """Write `new_tokens` tokens behind a prompt, the likeliest each; no end stops it."""
    room = len(tokens) + new_tokens
    cache = SharedPrefixCache(generator.model, prefix=0, longest=len(tokens), room=room)
    said = [_read(generator, cache, tokens, room)]

    def write() -> None:
        said.append(int(generator.step(cache, said[-1:])[0].argmax()))

    return [_milliseconds(write) for _ in range(new_tokens)]


def wear(model: str, folder: Path, *, merged: bool) -> TorchGenerator:
    """Load a local model with an adapter, added into its weights or kept beside them."""
    weights, tokenizer = load_weights(model)
    put = put_on if merged else put_beside
    worn = put(weights, folder, base=model_fingerprint(model))
    return TorchGenerator(f"{model}+{folder.name}", folder.name, worn, tokenizer)


def put_beside(model, folder: Path, *, base: str):
    """Put an adapter's factors beside a model's weights, in place; `base` is its fingerprint."""
    from peft import PeftModel

    check_adapter(folder, base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return PeftModel.from_pretrained(model, str(folder)).get_base_model()


def _read(generator: TorchGenerator, cache: SharedPrefixCache, tokens: Tokens, room: int = 0
          ) -> int:
    """Read a row behind the cache's prefix; give the likeliest next token."""
    cache.open_rows(1, max(room, len(tokens)))
    return int(generator.forward(cache, [(0, list(tokens))], [len(tokens) - 1])[0].argmax())


def _milliseconds(work: Callable) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)
