"""Batched generation says what one-by-one generation says, for less work."""

import random
import time

import pytest

from experiments.core import BookError, Message
from experiments.models.inference.batching import ROWS
from tests.models.conftest import ask, plain_generate

SYSTEM = "Answer from the passages, in a few words."


def prompts_of_many_lengths(count: int, system: str = "", seed: int = 0):
    draw = random.Random(seed)
    return [
        ask("".join(draw.choices("abcdefghij .?", k=draw.randint(1, 90))), system)
        for _ in range(count)
    ]


@pytest.mark.parametrize("system", ["", SYSTEM])
def test_answers_equal_those_of_plain_generate_one_by_one(tiny, plain, system):
    prompts = prompts_of_many_lengths(40, system)
    said = [c.text for c in tiny.generate(prompts, max_new_tokens=12)]
    assert said == [plain(prompt, 12) for prompt in prompts]
    assert len(set(said)) > 20, "the tiny model must not say the same to everything"


def test_a_single_prompt_and_equal_prompts_are_answered_too(tiny, plain):
    prompt = ask("abc?")
    expected = plain(prompt, 10)
    assert tiny.generate([prompt], max_new_tokens=10)[0].text == expected
    assert [c.text for c in tiny.generate([prompt] * 3, max_new_tokens=10)] == [expected] * 3
    assert tiny.generate([]) == []


@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_an_answer_does_not_depend_on_the_company_of_its_prompt(tiny, temperature):
    prompts = prompts_of_many_lengths(ROWS + 5, SYSTEM)
    texts = {
        p: c.text for p, c in zip(
            prompts, tiny.generate(prompts, temperature=temperature), strict=True)
    }
    backwards = tiny.generate(prompts[::-1], temperature=temperature)
    assert [c.text for c in backwards] == [texts[p] for p in prompts[::-1]]
    for prompt in prompts[:3]:
        assert tiny.generate([prompt], temperature=temperature)[0].text == texts[prompt]


def test_sampling_follows_the_seed_and_nothing_else(tiny):
    prompts = prompts_of_many_lengths(6)

    def draw(seed):
        return [c.text for c in tiny.generate(prompts, temperature=1.5, seed=seed)]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_sampling_at_a_temperature_near_zero_is_greedy(tiny):
    prompts = prompts_of_many_lengths(6)
    cold = tiny.generate(prompts, temperature=1e-4)
    assert [c.text for c in cold] == [c.text for c in tiny.generate(prompts)]


def test_the_shared_prefix_is_computed_once_and_nothing_is_padded(tiny, monkeypatch):
    laid = []
    forward = tiny.forward
    monkeypatch.setattr(
        tiny, "forward",
        lambda cache, rows, keep: laid.append(
            (sum(len(t) for _, t in rows), len(keep))) or forward(cache, rows, keep),
    )
    prompts = [ask("x" + "a" * n, SYSTEM) for n in (1, 5, 30)]
    lengths = [tiny.count_tokens(p) for p in prompts]
    # All begin alike up to and with "xa". Then the shortest ends its turn and the assistant's
    # begins, with <|im_end|> \n <|im_start|> assistant \n: 1 + 1 + 1 + 9 + 1 tokens.
    shared = lengths[0] - 13
    tiny.generate(prompts, max_new_tokens=1)
    assert laid[0] == (shared, 1)
    assert laid[1:] == [(sum(lengths) - 3 * shared, 3)]


def test_rows_that_have_finished_leave_the_batch(tiny, monkeypatch):
    steps = []
    step = tiny.step
    monkeypatch.setattr(
        tiny, "step", lambda cache, tokens: steps.append(len(tokens)) or step(cache, tokens))
    answers = tiny.generate(prompts_of_many_lengths(12), max_new_tokens=40)
    lengths = [c.completion_tokens for c in answers]
    assert min(lengths) < max(lengths), "some must finish early for this test to say anything"
    # An answer of n tokens takes part in n - 1 steps: the prefill gives the first token.
    assert steps == [sum(n - 1 > s for n in lengths) for s in range(max(lengths) - 1)]


def test_tokens_and_seconds_are_reported(tiny):
    prompts = prompts_of_many_lengths(5, SYSTEM)
    started = time.perf_counter()
    answers = tiny.generate(prompts, max_new_tokens=7)
    wall = time.perf_counter() - started
    assert [c.prompt_tokens for c in answers] == [tiny.count_tokens(p) for p in prompts]
    assert all(1 <= c.completion_tokens <= 7 for c in answers)
    spent = sum(c.prefill_seconds + c.decode_seconds for c in answers)
    assert 0.5 * wall < spent <= wall


def test_count_tokens_counts_the_chat_format(tiny):
    # <|im_start|> user \n hello <|im_end|> \n <|im_start|> assistant \n, a token a byte
    assert tiny.count_tokens(ask("hello")) == 1 + 4 + 1 + 5 + 1 + 1 + 1 + 9 + 1


def test_a_prompt_that_is_too_long_is_refused_with_counts(tiny):
    fits = ask("a" * (512 - 10 - 19))
    assert tiny.count_tokens(fits) == 502
    tiny.generate([fits], max_new_tokens=10)
    with pytest.raises(BookError, match=r"502 tokens.*reads 512.*11 are kept.*501.*1 of 2"):
        tiny.generate([ask("short"), fits], max_new_tokens=11)


@pytest.mark.parametrize(
    ("prompts", "settings", "complaint"),
    [
        ([()], {}, "prompt 0 has no messages"),
        ([(Message("tool", "x"),)], {}, "role 'tool'"),
        ([ask("x")], {"max_new_tokens": 0}, "at least 1"),
        ([ask("x")], {"temperature": -1.0}, "temperature"),
        ([ask("x")], {"temperature": float("nan")}, "temperature"),
    ],
)
def test_impossible_requests_are_refused(tiny, prompts, settings, complaint):
    with pytest.raises(BookError, match=complaint):
        tiny.generate(prompts, **settings)


def test_progress_goes_to_stderr_and_only_when_asked_for(tiny, capsys):
    tiny.generate([ask("a")], progress=False)
    assert capsys.readouterr() == ("", "")
    tiny.generate([ask("a")], progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "1/1" in shown.err


def test_a_model_with_sliding_windows_is_refused(make_model, byte_tokenizer):
    from experiments.models.inference.generate import TorchGenerator

    model = make_model()
    model.config.layer_types = ["full_attention", "sliding_attention"]
    with pytest.raises(BookError, match="sliding_attention"):
        TorchGenerator("windowed", "0" * 16, model, byte_tokenizer)


@pytest.mark.model
def test_the_reference_model_says_what_plain_generate_says(real, real_weights):
    plain = plain_generate(*real_weights)
    prompts = varied_prompts()
    assert len(prompts) == 20
    said = [c.text for c in real.generate(prompts, max_new_tokens=20)]
    assert said == [plain(prompt, 20) for prompt in prompts]
    assert all(said)


def varied_prompts():
    """Write 20 prompts: short and long, with and without system turn and examples."""
    draw = random.Random(7)
    facts = [f"The Velo {n} lamp has {draw.randint(200, 900)} lumens and weighs "
             f"{draw.randint(80, 400)} grams. It is sold in {draw.choice(['red', 'black'])}."
             for n in range(100, 112)]
    questions = ["What is the capital of France?", "Name a colour.", "How many legs has a cat?",
                 "Write one sentence about rain.", "Translate 'good morning' into Spanish."]
    prompts = [ask(q) for q in questions] + [ask(q, "Answer in one word.") for q in questions]
    for n in range(10):
        passages = "\n".join(f"[{i}] {f}" for i, f in enumerate(draw.sample(facts, 1 + n), 1))
        shown = (Message("user", "How heavy is a feather?"), Message("assistant", "1 gram"))
        final = Message("user", f"{passages}\nQuestion: How many lumens has the Velo {100 + n}?")
        prompts.append((Message("system", SYSTEM), *(shown if n % 2 else ()), final))
    return prompts
