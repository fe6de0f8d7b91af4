"""Ask a local model many questions at once, quickly.

    generator = load_model("smollm2-135m")
    generator.generate([(Message("user", "What is the capital of France?"),)])
    -> [Completion(text="The capital of France is Paris.", prompt_tokens=37, ...)]

The answers are those of transformers' own `generate`, one prompt at a time (a test
compares them); the order of work is different. See `attention.py` for how.
"""

import time
from collections.abc import Sequence
from functools import cached_property

import torch
from tqdm import tqdm

from experiments.core import Prompt
from experiments.models.inference import likelihood
from experiments.models.inference.attention import (
    FRONT,
    NAME,
    SharedPrefixCache,
    expect_full_attention,
)
from experiments.models.inference.batching import batches, common_prefix, passes
from experiments.models.inference.chat import ChatFormat
from experiments.models.inference.constrain import Constraint, Guide, forbid
from experiments.models.inference.packed import pack
from experiments.models.inference.sample import Picker
from experiments.models.interface import Completion, Form, Unanswered, check_request


class TorchGenerator:
    """A transformers model and its tokenizer behind the Generator interface.

    It makes the model its own: attention and linear layers are replaced.
    """

    def __init__(self, name: str, fingerprint: str, model, tokenizer):
        expect_full_attention(name, model.config)
        self.name = name
        self.fingerprint = fingerprint
        self.model = model.eval()
        self.model.set_attn_implementation(NAME)
        pack(self.model)
        self.chat = ChatFormat(tokenizer, model.generation_config.eos_token_id)
        self.context_tokens = model.config.max_position_embeddings

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the tokens of a prompt, with what the chat format adds."""
        return len(self.chat.encode(prompt))

    @torch.inference_mode()
    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 32, temperature: float = 0.0,
        seed: int = 0, progress: bool = False, one_line: bool = True,
        form: Form | None = None,
    ) -> list[Completion]:
        """Complete every prompt; the result is in the order of the prompts.

        At temperature 0 the likeliest token is taken. Above, each prompt is sampled
        with its own random stream, seeded by `seed` and the prompt's content, so that an
        answer does not depend on the company a prompt keeps.
        """
        check_request(prompts, max_new_tokens, temperature)
        tokens = self._encode(prompts, max_new_tokens)
        shared = common_prefix(tokens)
        groups = batches([len(each) - shared for each in tokens], max_new_tokens)
        if not groups:
            return []
        cache = self._cache(tokens, shared, groups, max_new_tokens)
        constraint = self._constrain(form)
        front_seconds = self.lay_front(cache, tokens[0][:shared]) / len(tokens)
        done: dict[int, Completion] = {}
        with tqdm(total=len(tokens), disable=not progress, unit="answer", desc=self.name) as bar:
            for group in groups:
                picker = Picker(temperature, seed, [tokens[place] for place in group], constraint)
                batch = Batch(self, cache, [tokens[place][shared:] for place in group], picker,
                              one_line)
                batch.run(max_new_tokens)
                for row, place in enumerate(group):
                    said = batch.said[row]
                    done[place] = Completion(
                        self.chat.answer(said, one_line=one_line), len(tokens[place]), len(said),
                        front_seconds + batch.prefill_seconds / len(group),
                        batch.decode_seconds / len(group), picker.log_probabilities[row],
                    )
                bar.update(len(group))
        return [done[place] for place in range(len(tokens))]

    @torch.inference_mode()
    def log_likelihoods(self, prompts: Sequence[Prompt], replies: Sequence[str]) -> list[float]:
        """Give, for each prompt, the log-probability (nats) of its reply's tokens, summed."""
        said = [self.chat.plain(reply) for reply in replies]
        return likelihood.of_replies(
            self, self._encode(prompts, max(map(len, said), default=1)), said)

    @torch.inference_mode()
    def nearly_greedy(
        self, prompt: Prompt, text: str, tolerance: float = 0.02, *, max_new_tokens: int = 32,
        one_line: bool = True, form: Form | None = None,
    ) -> bool:
        """Return whether `text` is what greedy decoding gives, up to floating-point near-ties.

        Every token of the text, and the end after it, must have a logit within
        `tolerance` of the best one. The end is not asked for where the text fills
        `max_new_tokens`. A stripped text may have begun with a space or a line break.
        """
        start = self._encode([prompt], max_new_tokens)[0]
        constraint = self._constrain(form)
        return any(
            self._is_nearly_greedy(start, self.chat.plain(lead + text), tolerance, max_new_tokens,
                                   one_line, constraint)
            for lead in ("", " ", "\n")
        )

    def _constrain(self, form: Form | None) -> Constraint | None:
        return None if form is None else Constraint(form, self._guide)

    @cached_property
    def _guide(self) -> Guide:
        """Make the tokenizer ready for grammars, once: it takes seconds."""
        return Guide(self.chat.tokenizer, self.model.get_output_embeddings().out_features,
                     sorted(self.chat.stops))

    def _is_nearly_greedy(
        self, start, said, tolerance, max_new_tokens, one_line, constraint
    ) -> bool:
        cache = SharedPrefixCache(self.model, prefix=0, longest=0, room=len(start + said))
        cache.open_rows(1, len(start + said))
        keep = range(len(start) - 1, len(start + said))
        logits = self.forward(cache, [(0, start + said)], keep).float()
        finished = constraint is not None and forbid(logits, said, constraint)
        best = logits.max(-1)
        told = logits[range(len(said)), said]
        if bool((best.values[: len(said)] - told > tolerance).any()):
            return False
        if len(said) >= max_new_tokens or finished:
            return True
        ends = [int(best.indices[-1]), *self.chat.ends(one_line=one_line)]
        return any(
            self.chat.is_finished([*said, end], one_line=one_line)
            and best.values[-1] - logits[-1, end] <= tolerance
            for end in ends
        )

    def forward(self, cache, rows, keep) -> torch.Tensor:
        """Lay (row, tokens) end to end, and give the logits of the tokens at `keep`."""
        segments, laid, positions = [], [], []
        for row, tokens in rows:
            begin = 0 if row == FRONT else cache.prefix
            segments.append((row, len(laid), len(laid) + len(tokens)))
            laid += tokens
            positions += range(begin, begin + len(tokens))
        cache.lay(segments)
        return self._call(cache, [laid], [positions], torch.tensor(list(keep)))[0]

    def step(self, cache, tokens: Sequence[int]) -> torch.Tensor:
        """Return one more token to each of the first rows, and their next logits."""
        cache.grow(len(tokens))
        positions = (cache.ends + cache.prefix)[:, None]
        return self._call(cache, [[t] for t in tokens], positions, torch.tensor([0]))[:, 0]

    def _call(self, cache, tokens, positions, keep):
        device = self.model.device
        return self.model(
            input_ids=torch.tensor(tokens, device=device),
            position_ids=torch.as_tensor(positions, device=device),
            logits_to_keep=keep.to(device), use_cache=False, shared=cache,
        ).logits

    def lay_front(self, cache, tokens: Sequence[int]) -> float:
        """Compute the shared prefix; give the seconds it took."""
        started = time.perf_counter()
        if tokens:
            self.forward(cache, [(FRONT, list(tokens))], [len(tokens) - 1]).max().item()
        return time.perf_counter() - started

    def _cache(self, tokens, shared, groups, max_new_tokens) -> SharedPrefixCache:
        longest = [max(len(tokens[p]) for p in group) - shared for group in groups]
        room = [len(g) * (n + max_new_tokens) for g, n in zip(groups, longest, strict=True)]
        return SharedPrefixCache(self.model, prefix=shared, longest=max(longest), room=max(room))

    def _encode(self, prompts: Sequence[Prompt], max_new_tokens: int) -> list[list[int]]:
        tokens = [self.chat.encode(prompt) for prompt in prompts]
        limit = self.context_tokens - max_new_tokens
        too_long = {
            number: f"its prompt has {len(each)} tokens, but {self.name} reads "
                    f"{self.context_tokens}, of which {max_new_tokens} are kept for the answer: "
                    f"shorten it to {limit} (fewer passages, or smaller ones)"
            for number, each in enumerate(tokens) if len(each) > limit}
        if too_long:
            raise Unanswered(too_long, len(tokens))
        return tokens


class Batch:
    """A few prompts, of like length, answered together."""

    def __init__(self, generator: TorchGenerator, cache, prompts, picker: Picker, one_line: bool):
        self.generator, self.cache, self.prompts, self.picker = generator, cache, prompts, picker
        self.one_line = one_line
        self.said: list[list[int]] = [[] for _ in prompts]
        self.prefill_seconds = self.decode_seconds = 0.0

    def run(self, max_new_tokens: int) -> None:
        """Answer every prompt with at most `max_new_tokens` tokens."""
        started = time.perf_counter()
        self.cache.open_rows(len(self.prompts), max(map(len, self.prompts)) + max_new_tokens)
        rows = list(range(len(self.prompts)))
        fresh = self.picker.pick(self._prefill(), rows)
        self.prefill_seconds = time.perf_counter() - started
        while rows := self._note(rows, fresh, max_new_tokens):
            logits = self.generator.step(self.cache, [self.said[row][-1] for row in rows])
            fresh = self.picker.pick(logits, rows)
        self.decode_seconds = time.perf_counter() - started - self.prefill_seconds

    def _prefill(self) -> torch.Tensor:
        """Read the prompts; give the logits behind each."""
        logits = []
        for group in passes([len(prompt) for prompt in self.prompts]):
            laid = [(row, self.prompts[row]) for row in group]
            ends = torch.tensor([len(prompt) for _, prompt in laid]).cumsum(0) - 1
            logits.append(self.generator.forward(self.cache, laid, ends.tolist()))
        return torch.cat(logits)

    def _note(self, rows: list[int], fresh: list[int], max_new_tokens: int) -> list[int]:
        """Write down the new tokens; give the rows that go on, in their places."""
        for row, token in zip(rows, fresh, strict=True):
            self.said[row].append(token)
        places = list(rows)
        for place in reversed(range(len(rows))):
            said = self.said[rows[place]]
            if (len(said) == max_new_tokens or self.picker.is_finished(rows[place])
                    or self.generator.chat.is_finished(said, one_line=self.one_line)):
                last = len(places) - 1
                if place != last:
                    self.cache.move(last, place)
                    places[place] = places[last]
                places.pop()
        return places
