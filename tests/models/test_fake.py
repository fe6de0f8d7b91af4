"""The fake model reads passages well enough to test everything around a real one."""

import subprocess
import sys

from experiments.core import Message
from experiments.models.fake import WORDS, FakeGenerator
from tests.models.conftest import ask

FAKE = FakeGenerator()
KETTLES = (
    "[1] Aldra 210 kettle: It holds 1.5 litres. It has 12 months of warranty.\n"
    "[2] Aldra 220 kettle: It holds 1.7 litres. It has 18 months of warranty.\n"
    "Question: How many months of warranty has the Aldra 220?"
)


def test_it_answers_with_the_sentence_nearest_to_the_question_and_cites_it():
    (answer,) = FAKE.generate([ask(KETTLES)])
    assert answer.text == "It has 18 months of warranty. [2]"
    assert answer.completion_tokens == 7
    assert (answer.prefill_seconds, answer.decode_seconds) == (0.0, 0.0)


def test_it_stops_at_the_limit_and_counts_words():
    (answer,) = FAKE.generate([(Message("system", "Be brief."), *ask(KETTLES))], max_new_tokens=3)
    assert answer.text == "It has 18"
    assert answer.completion_tokens == 3
    # 2 words of system; number and title (4), sentences of 4 and 6 words, twice; question of 10
    assert answer.prompt_tokens == 2 + 2 * (4 + 4 + 6) + 10


def test_without_passages_it_says_a_word_that_the_prompt_decides():
    questions = [ask(f"question {n}") for n in range(40)]
    said = [c.text for c in FAKE.generate(questions)]
    assert said == [c.text for c in FAKE.generate(questions)]
    assert set(said) <= set(WORDS)
    assert len(set(said)) > 3


def test_above_temperature_zero_the_seed_decides():
    prompt = [ask(KETTLES)]
    drawn = {FAKE.generate(prompt, temperature=1.0, seed=s)[0].text for s in range(20)}
    assert len(drawn) == 4
    assert drawn > {"It holds 1.7 litres. [2]"}


def test_nearly_greedy_is_equality():
    assert FAKE.nearly_greedy(ask(KETTLES), "It has 18 months of warranty. [2]")
    assert not FAKE.nearly_greedy(ask(KETTLES), "It has 18 months of warranty.")
    assert FAKE.nearly_greedy(ask(KETTLES), "It has", max_new_tokens=2)


def test_it_needs_no_torch():
    code = ("import sys; from experiments.models.registry import load_model; "
            "load_model('fake'); print('torch' in sys.modules, 'transformers' in sys.modules)")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
