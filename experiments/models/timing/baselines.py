"""What the book's own speed is compared with: plain library calls, and the machine itself."""

import tempfile
import time
import warnings
from collections.abc import Callable, Sequence

import torch

from experiments.core import Prompt
from experiments.models.convert import quiet
from experiments.models.inference.batching import common_prefix

Pair = tuple[Prompt, str]


def gemm_ceiling(size: int = 1024, products: int = 10) -> float:
    """Measure the most float32 operations a second that torch reaches: square matrices."""
    left, right = torch.randn(size, size), torch.randn(size, size)
    return 2 * size**3 / min(_seconds(lambda: left @ right) for _ in range(products))


def generate_plainly(model, tokenizer, prompts: Sequence[Prompt], max_new_tokens: int) -> list[str]:
    """Answer by transformers' own `generate`, one prompt at a time; give first lines."""
    said = []
    for prompt in prompts:
        laid = tokenizer.apply_chat_template(
            [{"role": m.role, "content": m.content} for m in prompt],
            add_generation_prompt=True, return_tensors="pt", return_dict=True,
        )
        out = model.generate(
            input_ids=laid["input_ids"], attention_mask=laid["attention_mask"],
            max_new_tokens=max_new_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id,
        )
        text = tokenizer.decode(out[0, laid["input_ids"].shape[1] :], skip_special_tokens=True)
        said.append(text.lstrip().partition("\n")[0].strip())
    return said


def prefill_operations(model, tokens: Sequence[Sequence[int]]) -> float:
    """Count the floating-point operations of reading prompts whose prefix is read once.

    Two for each weight and token, four for each pair of tokens that attend to one
    another and each number in a head, and the head for the last token of each prompt.
    """
    config = model.config
    shared = common_prefix(tokens)
    own = [len(each) - shared for each in tokens]
    read = shared + sum(own)
    pairs = shared * (shared + 1) / 2 + sum(n * shared + n * (n + 1) / 2 for n in own)
    sizes = {m: m.in_features * m.out_features for m in model.modules()
             if hasattr(m, "in_features")}
    head = sizes.pop(model.get_output_embeddings())
    width = config.num_attention_heads * config.head_dim
    attention = 4 * width * config.num_hidden_layers * pairs
    return 2 * sum(sizes.values()) * read + attention + 2 * head * len(tokens)


def train_with_trl(model, tokenizer, pairs: Sequence[Pair], *, rank: int) -> float:
    """Train on each pair once by TRL's SFTTrainer with its defaults; give the steps' seconds.

    Only what it prints, logs and saves is turned off.
    """
    with quiet(), warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        from datasets import Dataset
        from peft import LoraConfig
        from transformers import PrinterCallback, TrainerCallback
        from trl import SFTConfig, SFTTrainer

        class Clock(TrainerCallback):
            """Sum the seconds between the begin and the end of every step."""

            seconds = started = 0.0

            def on_step_begin(self, *_, **__):
                self.started = time.perf_counter()

            def on_step_end(self, *_, **__):
                self.seconds += time.perf_counter() - self.started

        clock = Clock()
        rows = [
            {"prompt": [{"role": m.role, "content": m.content} for m in prompt],
             "completion": [{"role": "assistant", "content": reply}]}
            for prompt, reply in pairs
        ]
        settings = SFTConfig(
            output_dir=folder, num_train_epochs=1, report_to="none", disable_tqdm=True,
            logging_strategy="no", save_strategy="no",
            # Its default, bfloat16, does not start on a CPU; ours computes in float32 there.
            bf16=torch.cuda.is_available(),
        )
        trainer = SFTTrainer(
            model, args=settings, train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer, callbacks=[clock],
            peft_config=LoraConfig(r=rank, target_modules="all-linear", task_type="CAUSAL_LM"),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return clock.seconds


def _seconds(work: Callable) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
