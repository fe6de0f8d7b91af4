"""A server may hang, trickle, flood, echo the key or send elsewhere: the reader keeps the reins."""

import json
import time
import urllib.request

import pytest

from experiments.core import BookError
from experiments.models.interface import Unanswered, complete
from experiments.models.registry import load_model
from experiments.models.serving import chat_server
from experiments.models.serving.address import read_address
from experiments.models.serving.endpoint import EndpointGenerator
from tests.models.conftest import ask, serving

SECRET = "sk-very-secret-0123456789"


def counted(url):
    """Ask the server how many requests came, and how many it answered."""
    return json.loads(urllib.request.urlopen(f"{url}/count", timeout=10).read())


@pytest.fixture
def url():
    with serving("misbehaving_server.py") as address:
        yield address


def model(name, url, timeout=20.0):
    return EndpointGenerator(read_address(f"endpoint:{name}@{url}"), timeout=timeout)


def refusal(name, url, count=1, **details):
    """Ask, and give the message of the error."""
    with pytest.raises(BookError) as caught:
        model(name, url, **details).generate([ask(f"question {n}?") for n in range(count)])
    return str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
@pytest.mark.parametrize("around", ["", " ", "\n", "\r\n"])
def test_a_key_that_the_server_echoes_is_in_no_message(url, monkeypatch, status, around):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET + around)
    monkeypatch.setattr(chat_server, "FIRST_PAUSE", 0.001)
    message = refusal(f"echoing {status}", url)
    assert SECRET not in message and str(status) in message
    assert "\x1b" not in message and "\x07" not in message


def test_a_key_with_a_line_break_inside_is_refused_without_being_shown(url, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET + "\n" + SECRET)
    with pytest.raises(BookError, match="its character 26 of 51 is a line break") as caught:
        model("good", url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("place", [
    f"http://user:{SECRET}@localhost:1/v1", f"http://{SECRET}@localhost:1/v1",
    f"https://localhost/v1?api-key={SECRET}", f"https://localhost/v1#{SECRET}",
    f"http://user:{SECRET}@localhost:99999/v1", f"http://user:{SECRET}@[::1/v1",
    f"ftp://user:{SECRET}@localhost", f"user:{SECRET}@localhost",
])
def test_an_address_with_room_for_a_key_is_refused_and_masked(place, capsys):
    from experiments.__main__ import main

    for methods in ("closed_book", "ladder"):
        assert main(["run", "--task", "support", "--methods", methods, "--model",
                     f"endpoint:m@{place}"]) == 2
        told = capsys.readouterr()
        assert SECRET not in told.err + told.out


@pytest.mark.parametrize("address", ["http://localhost:99999/v1", "http://localhost:0/v1",
                                     "http://localhost:port/v1", "http://:80/v1", "http://[::1/v1",
                                     "http://local host/v1", "http://localhost:80/v\n1"])
def test_an_address_that_cannot_be_is_said_plainly(address):
    with pytest.raises(BookError, match="port from 1 to 65535|expected endpoint:MODEL"):
        load_model(f"endpoint:m@{address}")


def test_a_byte_now_and_then_does_not_stretch_the_time_limit(url):
    started = time.monotonic()
    assert "did not answer within 0.5 seconds" in refusal("trickling", url, timeout=0.5)
    assert time.monotonic() - started < 5


def test_a_flood_is_not_read_to_its_end(url):
    assert "more than 8 MiB" in refusal("huge", url)
    assert counted(url)["answered"] < 200  # of 3,000 MiB


@pytest.mark.parametrize("wish", ["", "0.05"])
def test_a_busy_server_slows_the_run_and_does_not_end_it(url, monkeypatch, wish):
    monkeypatch.setattr(chat_server, "FIRST_PAUSE", 0.05)
    said = model(f"busy {wish}", url).generate([ask(str(n)) for n in range(40)])
    assert {one.text for one in said} == {"3 metres"} and len(said) == 40


def test_retry_after_is_waited_for(url):
    started = time.monotonic()
    model("busy 1", url).generate([ask(str(n)) for n in range(3)])
    assert time.monotonic() - started >= 1


def test_a_server_that_wants_an_hour_is_told_of_at_once(url):
    message = refusal("spent 3600", url)
    assert "status 429: quota" in message and "same command later" in message
    assert counted(url)["asked"] == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_prompts_are_not_sent_on_to_another_host(url, status):
    with serving("misbehaving_server.py") as elsewhere:
        message = refusal(f"moved {status} {elsewhere}", url)
        assert counted(elsewhere)["asked"] == 0
    assert f"sends requests on to {elsewhere}/chat/completions" in message
    assert "not sent" in message and "secret" not in message


@pytest.mark.parametrize("status", [400, 413, 422, 500])
def test_a_question_that_is_always_refused_takes_no_other_with_it(url, monkeypatch, status):
    monkeypatch.setattr(chat_server, "FIRST_PAUSE", 0.01)
    asked = [ask(f"question {n}?") for n in range(6)]
    generator = model(f"refusing {status} question 3", url)
    with pytest.raises(Unanswered, match=f"status {status}: too much.*1 of 6 prompts") as caught:
        generator.generate(asked)
    assert sorted(caught.value.answered) == [0, 1, 2, 4, 5]
    before = counted(url)["answered"]
    said, failures = complete(generator, asked)
    assert [one.text for one in said] == ["3 metres"] * 3 + [""] + ["3 metres"] * 2
    assert list(failures) == [3] and counted(url)["answered"] == before + 5


def test_answers_are_kept_one_by_one_and_not_asked_for_twice(url, tmp_path):
    path = tmp_path / "kept"
    first = model("good", url)
    first.keep_in(path)
    said = first.generate([ask(str(n)) for n in range(5)])
    path.write_bytes(path.read_bytes() + b'{"asked": "cut o')
    again = model("good", url)
    again.keep_in(path)
    assert again.generate([ask(str(n)) for n in range(5)]) == said
    assert counted(url)["asked"] == 5
    assert again.generate([ask("0")], max_new_tokens=9) and counted(url)["asked"] == 6
    assert len(path.read_text().splitlines()) == 6


def test_a_server_that_moved_is_asked_at_its_new_address_under_its_name(url, monkeypatch):
    monkeypatch.setenv("KNOW_OR_BEHAVE_ENDPOINT", url)
    old = "endpoint:good@http://127.0.0.1:9/v1"
    moved = load_model(old)
    assert moved.generate([ask("x")])[0].text == "3 metres" and moved.name == old
    monkeypatch.setenv("KNOW_OR_BEHAVE_ENDPOINT", "localhost:1")
    with pytest.raises(BookError, match="variable KNOW_OR_BEHAVE_ENDPOINT should be like"):
        load_model(old)
