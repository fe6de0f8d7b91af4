"""A tiny random Llama whose tokens are bytes: the real code path in milliseconds."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.core import Message

CONTROL = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def ask(text: str, system: str = "") -> tuple[Message, ...]:
    """Build a prompt of one question."""
    turns = (Message("system", system),) if system else ()
    return (*turns, Message("user", text))


@contextlib.contextmanager
def serving(script: str) -> Iterator[str]:
    """Run a server of this folder as a process; yield the address of its API."""
    process = subprocess.Popen([sys.executable, Path(__file__).with_name(script)],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def byte_tokenizer():
    """Build a tokenizer with a token a byte and three control tokens (0, 1, 2)."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(CONTROL + letters)}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(CONTROL)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, chat_template=TEMPLATE, pad_token="<|pad|>",
        bos_token="<|im_start|>", eos_token="<|im_end|>",
    )


@pytest.fixture(scope="session")
def make_model(byte_tokenizer):
    """Return a function that builds the tiny model, the same one for the same seed."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    def make(seed: int = 0, context_tokens: int = 512, width: int = 32):
        config = LlamaConfig(
            vocab_size=len(byte_tokenizer), hidden_size=width, intermediate_size=2 * width,
            num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            max_position_embeddings=context_tokens, bos_token_id=1, eos_token_id=2, pad_token_id=0,
            # Large weights make sharp choices: small ones would tie everything.
            initializer_range=0.3,
        )
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = LlamaForCausalLM(config).eval()
        # Let it say what can be read (the other tokens keep a logit of 0, which is never
        # the largest), and end its turn or its line often: random weights hardly ever would.
        letters = byte_tokenizer.encode("".join(map(chr, range(32, 127))))
        ends = [byte_tokenizer.eos_token_id, *byte_tokenizer.encode("\n")]
        with torch.no_grad():
            head = model.lm_head.weight
            said = head[letters + ends].clone()
            said[len(letters):] *= 2
            head.zero_()
            head[letters + ends] = said
        return model

    return make


@pytest.fixture(scope="session")
def tiny(make_model, byte_tokenizer):
    """Return a generator over the tiny model."""
    from experiments.models.inference.generate import TorchGenerator

    return TorchGenerator("tiny", "0" * 16, make_model(), byte_tokenizer)


@pytest.fixture(scope="session")
def plain(make_model, byte_tokenizer):
    """Return a function that answers one prompt by transformers' own `generate`."""
    return plain_generate(make_model(), byte_tokenizer)


def plain_generate(model, tokenizer):
    """Wrap `model.generate` for one prompt: the first line, stripped."""
    def answer(prompt, max_new_tokens: int) -> str:
        messages = [{"role": m.role, "content": m.content} for m in prompt]
        laid = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        out = model.generate(
            input_ids=laid["input_ids"], attention_mask=laid["attention_mask"],
            max_new_tokens=max_new_tokens, do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
        )
        said = tokenizer.decode(out[0, laid["input_ids"].shape[1]:], skip_special_tokens=True)
        return said.lstrip().partition("\n")[0].strip()

    return answer


@pytest.fixture(scope="session")
def real():
    """Return the reference model of the book."""
    from experiments.models.registry import load_model

    return load_model("smollm2-135m")


@pytest.fixture(scope="session")
def real_weights():
    """Return (model, tokenizer) of the reference model, as transformers makes them."""
    from experiments.models.registry import load_weights

    return load_weights("smollm2-135m")
