"""Ask any OpenAI-compatible server: vLLM, Ollama, llama.cpp, a hosted model.

    load_model("endpoint:llama3.2@http://localhost:11434/v1")

The key is taken from the environment variable OPENAI_API_KEY.
"""

import os
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm

from experiments.core import BookError, Prompt, fingerprint
from experiments.models.interface import Completion, Form, check_request

NAME = re.compile(r"endpoint:(?P<model>.+?)@(?P<url>https?://.+)")
REQUESTS_AT_ONCE = 8
RETRIES = 2
TIMEOUT_SECONDS = 120.0


def open_endpoint(name: str) -> "EndpointGenerator":
    """Read a name like endpoint:MODEL@http://host:port/v1. Reaches no server yet."""
    match = NAME.fullmatch(name)
    if match is None:
        raise BookError(
            f"expected endpoint:MODEL@http://host:port/v1, got {name!r}; "
            "for Ollama that is endpoint:llama3.2@http://localhost:11434/v1"
        )
    return EndpointGenerator(match["model"], match["url"])


class EndpointGenerator:
    """The Generator interface over chat completions.

    Answers are as repeatable as the server makes them. Tokens are those the server
    reports, 0 where it reports none. A server does not tell prefill from decode: the
    seconds of a request, queue included, are its decode seconds. The server's
    context is unknown here; `context_tokens` assumes 8192, and a server that is asked
    for more than it can read says so itself.
    """

    context_tokens = 8192

    def __init__(self, model: str, url: str, *, timeout: float = TIMEOUT_SECONDS):
        from openai import OpenAI

        self.name = f"endpoint:{model}@{url}"
        self.fingerprint = fingerprint(self.name)
        self.model, self.url = model, url
        self.client = OpenAI(
            base_url=url, api_key=os.environ.get("OPENAI_API_KEY") or "none",
            max_retries=RETRIES, timeout=timeout,
        )

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 32, temperature: float = 0.0,
        seed: int = 0, progress: bool = False, one_line: bool = True,
        form: Form | None = None,
    ) -> list[Completion]:
        """Complete every prompt; the result is in the order of the prompts.

        Raises BookError when the server cannot be reached or refuses.
        """
        check_request(prompts, max_new_tokens, temperature)
        settings = {"max_tokens": max_new_tokens, "temperature": temperature, "seed": seed,
                    **_response_format(form)}
        with (
            ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool,
            tqdm(total=len(prompts), disable=not progress, unit="answer", desc=self.name) as bar,
        ):
            waiting = [pool.submit(self._ask, prompt, settings, one_line) for prompt in prompts]
            answers = []
            try:
                for each in waiting:
                    answers.append(each.result())
                    bar.update()
            except BaseException:
                # What is not sent yet is not worth sending: it would fail alike.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return answers

    def count_tokens(self, prompt: Prompt) -> int:
        """Estimate a prompt's tokens, on the safe side: one for every three characters.

        The server's tokenizer is not known here; English has about four a token.
        """
        return sum(-(-len(message.content) // 3) for message in prompt)

    def log_likelihoods(self, prompts: Sequence[Prompt], replies: Sequence[str]) -> list[float]:
        """Raise BookError: chat completions do not tell how likely a given text is."""
        raise BookError(f"{self.name} cannot say how likely a text is: rerank with max_sim, or "
                        "take a model that runs here")

    def nearly_greedy(
        self, prompt: Prompt, text: str, tolerance: float = 0.02, *, max_new_tokens: int = 32,
        one_line: bool = True, form: Form | None = None,
    ) -> bool:
        """Say whether the server, asked again at temperature 0, says `text`.

        Servers do not tell what they think of a given text, so `tolerance` has no part.
        """
        (said,) = self.generate([prompt], max_new_tokens=max_new_tokens, one_line=one_line,
                                form=form)
        return said.text == text

    def _ask(self, prompt: Prompt, settings: dict, one_line: bool) -> Completion:
        messages = [{"role": m.role, "content": m.content} for m in prompt]
        started = time.perf_counter()
        reply = self._send(messages, settings)
        seconds = time.perf_counter() - started
        try:
            text = reply.choices[0].message.content.strip()
        except (AttributeError, IndexError, TypeError):
            raise self._error(
                f"answered without a text: {str(reply)[:200]!r}. "
                "Is the address that of its OpenAI-compatible API (it often ends in /v1)?"
            ) from None
        usage = getattr(reply, "usage", None)
        return Completion(
            text.partition("\n")[0].strip() if one_line else text,
            getattr(usage, "prompt_tokens", None) or 0,
            getattr(usage, "completion_tokens", None) or 0,
            0.0, seconds,
        )

    def _send(self, messages: list[dict], settings: dict):
        """Send one request; the library repeats it where that may help."""
        import openai

        try:
            return self.client.chat.completions.create(
                model=self.model, messages=messages, **settings
            )
        except openai.APITimeoutError:
            raise self._error(
                f"did not answer within {self.client.timeout:g} seconds. Is it still loading "
                "the model, or too busy? Try again, or use a smaller model."
            ) from None
        except openai.APIConnectionError as error:
            raise self._error(
                f"cannot be reached ({error.__cause__ or error}). Start it, or correct the address."
            ) from None
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise self._error(
                f"refuses the key (status {error.status_code}). Set the environment variable "
                "OPENAI_API_KEY to a key that it accepts."
            ) from None
        except openai.NotFoundError as error:
            raise self._error(
                f"knows no model {self.model!r}, or has no chat API at this address "
                f"(status 404: {error.message}). Correct the name or the address."
            ) from None
        except openai.APIStatusError as error:
            raise self._error(
                f"refused the request (status {error.status_code}: {error.message})."
            ) from None
        except (openai.APIError, ValueError) as error:
            raise self._error(f"sent what is no reply of a chat API ({error}).") from None

    def _error(self, text: str) -> BookError:
        return BookError(f"the server at {self.url} {text}")


def _response_format(form: Form | None) -> dict:
    """Ask the server for a JSON object of a schema; choices of text have no common name there."""
    if form is None:
        return {}
    if form.choices:
        raise BookError("a server of this kind can be held to a JSON Schema, not to a list of "
                        "labels; use an arm that is not constrained, or a local model")
    return {"response_format": {"type": "json_schema", "json_schema": {
        "name": "answer", "strict": True, "schema": dict(form.schema)}}}
