"""Any OpenAI-compatible server will do, and says clearly when it will not."""

import json
import socket

import pytest

from experiments.core import BookError, Message
from experiments.models.registry import load_model
from experiments.models.serving.address import read_address
from experiments.models.serving.endpoint import EndpointGenerator
from tests.models.conftest import ask, serving
from tests.models.small_server import KEY


@pytest.fixture(scope="module")
def url():
    """Run the server as a process; give the address of its API."""
    with serving("small_server.py") as address:
        yield address


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def test_answers_come_in_the_order_of_the_prompts(url):
    model = load_model(f"endpoint:echo@{url}")
    answers = model.generate([ask(f"question {n}", "Be brief.") for n in range(20)])
    assert [c.text for c in answers] == [f"system: question {n}" for n in range(20)]
    assert {(c.prompt_tokens, c.completion_tokens) for c in answers} == {(7, 3)}
    assert answers[0].decode_seconds >= 0.2
    assert answers[0].prefill_seconds == 0.0
    assert model.name == f"endpoint:echo@{url}"


def test_limits_temperature_and_seed_reach_the_server(url):
    model = load_model(f"endpoint:settings@{url}")
    (answer,) = model.generate([ask("x")], max_new_tokens=9, temperature=0.5, seed=3)
    assert json.loads(answer.text) == {"max_tokens": 9, "temperature": 0.5, "seed": 3}
    (answer,) = model.generate([ask("x")])
    assert json.loads(answer.text) == {"max_tokens": 32, "temperature": 0.0, "seed": 0}


def test_the_first_line_is_the_answer_and_unreported_tokens_are_zero(url):
    (answer,) = load_model(f"endpoint:shout@{url}").generate([ask("x")])
    assert answer.text == "first line"
    assert (answer.prompt_tokens, answer.completion_tokens) == (0, 0)


def test_a_server_that_is_briefly_busy_is_asked_again(url):
    assert load_model(f"endpoint:busy@{url}").generate([ask("x")])[0].text == "at last"


def test_nearly_greedy_asks_again(url):
    model = load_model(f"endpoint:shout@{url}")
    assert model.nearly_greedy(ask("x"), "first line")
    assert not model.nearly_greedy(ask("x"), "second line")


def test_tokens_are_estimated_on_the_safe_side():
    model = load_model("endpoint:m@http://127.0.0.1:9/v1")
    assert model.count_tokens((Message("system", "1234567"), Message("user", "123"))) == 3 + 1


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        ("no-such", "knows no model 'no-such'.*model no-such not found"),
        ("full", "status 400.*prompt has 9000 tokens, limit is 8192"),
        ("silent", "answered without a text"),
        ("empty", "answered without a text"),
        ("page", "no reply of a chat API.*Welcome.*ends in /v1"),
        ("broken", "no reply of a chat API"),
    ],
)
def test_a_server_that_cannot_answer_is_quoted(url, model, complaint):
    with pytest.raises(BookError, match=complaint) as caught:
        load_model(f"endpoint:{model}@{url}").generate([ask("x")] * 3)
    assert url in str(caught.value)


def test_a_wrong_key_names_the_variable_to_set_and_not_the_key(url, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "wrong-key")
    with pytest.raises(BookError, match="OPENAI_API_KEY") as caught:
        load_model(f"endpoint:echo@{url}").generate([ask("x")])
    assert "wrong-key" not in str(caught.value)


def test_a_wrong_path_is_told_apart_from_no_server(url):
    with pytest.raises(BookError, match="404.*Correct the name or the address"):
        load_model(f"endpoint:echo@{url}/v2").generate([ask("x")])


def test_no_server_at_the_address_says_so():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(BookError, match=f"127.0.0.1:{port}/v1 cannot be reached.*Start it"):
        load_model(f"endpoint:m@http://127.0.0.1:{port}/v1").generate([ask("x")])


def test_a_server_that_does_not_answer_in_time_says_so(url):
    model = EndpointGenerator(read_address(f"endpoint:slow@{url}"), timeout=0.3)
    with pytest.raises(BookError, match="did not answer within 0.3 seconds"):
        model.generate([ask("x")])


@pytest.mark.parametrize(
    "name", ["endpoint:", "endpoint:m", "endpoint:m@localhost", "endpoint:@http://x"]
)
def test_a_malformed_name_shows_a_right_one(name):
    with pytest.raises(BookError, match="endpoint:MODEL@http://host:port/v1"):
        load_model(name)


def test_a_model_name_may_hold_colons_slashes_and_at_signs():
    model = load_model("endpoint:library/llama3.2:1b@q4@http://localhost:11434/v1")
    assert (model.model, model.url) == ("library/llama3.2:1b@q4", "http://localhost:11434/v1")
