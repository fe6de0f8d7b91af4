"""Ask any OpenAI-compatible server: vLLM, Ollama, llama.cpp, transformers, a hosted model.

    load_model("endpoint:llama3.2@http://localhost:11434/v1")

The key is taken from the environment variable OPENAI_API_KEY. See `address.py` for the name and
`chat_server.py` for how requests are sent.
"""

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from experiments.core import BookError, Prompt, fingerprint
from experiments.models.interface import Completion, Form, Unanswered, check_request
from experiments.models.serving.address import Address, read_address, read_key
from experiments.models.serving.chat_server import ChatServer
from experiments.models.serving.kept import KeptAnswers

TIMEOUT_SECONDS = 300.0  # a server on two cores answers eight requests one after another
# A shorter key is a placeholder, such as "none", and may be a word of an answer.
KEY_LENGTH = 8


def open_endpoint(name: str) -> "EndpointGenerator":
    """Read a name like endpoint:MODEL@http://host:port/v1. Reaches no server yet."""
    return EndpointGenerator(read_address(name))


class EndpointGenerator:
    """The Generator interface over chat completions.

    Answers are as repeatable as the server makes them. Tokens are those the server
    reports, 0 where it reports none. A server does not tell prefill from decode: the
    seconds of a request, queue included, are its decode seconds. The server's
    context is unknown here; `context_tokens` assumes 8192, and a server that is asked
    for more than it can read says so itself.
    """

    context_tokens = 8192

    def __init__(self, address: Address, *, timeout: float = TIMEOUT_SECONDS):
        self.name = address.name
        self.fingerprint = fingerprint(self.name)
        self.model, self.url = address.model, address.url
        self.server = ChatServer(address.url, read_key(), timeout=timeout)
        self.kept: KeptAnswers | None = None

    def keep_in(self, path: Path) -> None:
        """From now on write every answer to a file, and ask nothing that is answered there."""
        self.kept = KeptAnswers(path)

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 32, temperature: float = 0.0,
        seed: int = 0, progress: bool = False, one_line: bool = True,
        form: Form | None = None,
    ) -> list[Completion]:
        """Complete every prompt; the result is in the order of the prompts.

        Raises BookError when the server cannot be reached, and Unanswered, which holds the
        answers to the others, when it refuses some of the prompts.
        """
        check_request(prompts, max_new_tokens, temperature)
        settings = {"max_tokens": max_new_tokens, "temperature": temperature, "seed": seed,
                    **_response_format(form)}
        bodies = [{"model": self.model, "messages": [
            {"role": m.role, "content": m.content} for m in prompt], **settings}
            for prompt in prompts]
        asked = [fingerprint(self.name, body, one_line) for body in bodies]
        done = {place: said for place, key in enumerate(asked)
                if self.kept is not None and (said := self.kept.find(key)) is not None}
        left = [place for place in range(len(prompts)) if place not in done]
        silent: dict[int, str] = {}
        with tqdm(total=len(left), disable=not progress, unit="answer", desc=self.name) as bar:
            def note(number: int, reply: dict, seconds: float) -> None:
                place = left[number]
                said = self._read(reply, seconds, one_line)
                if said is None:
                    silent[place] = (f"the server at {self.url} answered without a text: "
                                     f"{self.server.quote(str(reply))!r}")
                    return
                done[place] = said
                if self.kept is not None:
                    self.kept.note(asked[place], said)
                bar.update()

            refused = self.server.ask_all([bodies[place] for place in left], note) if left else {}
        reasons = {**silent, **{left[number]: why for number, why in refused.items()}}
        if reasons:
            raise Unanswered(reasons, len(prompts), answered=done)
        return [done[place] for place in range(len(prompts))]

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
        """Return whether the server, asked again at temperature 0, says `text`.

        Servers do not tell what they think of a given text, so `tolerance` has no part.
        """
        (said,) = self.generate([prompt], max_new_tokens=max_new_tokens, one_line=one_line,
                                form=form)
        return said.text == text

    def _read(self, reply: dict, seconds: float, one_line: bool) -> Completion | None:
        """Read a reply of the server; None for one without a text."""
        try:
            text = reply["choices"][0]["message"]["content"].strip()
        except (AttributeError, IndexError, KeyError, TypeError):
            return None
        if len(self.server.key) >= KEY_LENGTH:
            text = self.server.hide(text)
        return Completion(
            text.partition("\n")[0].strip() if one_line else text,
            _count(reply, "prompt_tokens"), _count(reply, "completion_tokens"), 0.0, seconds)


def _count(reply: dict, name: str) -> int:
    """Return a count of tokens that the server reports, 0 where it reports none."""
    usage = reply.get("usage")
    found = usage.get(name) if isinstance(usage, dict) else None
    return found if isinstance(found, int) and found > 0 else 0


def _response_format(form: Form | None) -> dict:
    """Ask the server for a JSON object of a schema; choices of text have no common name there."""
    if form is None:
        return {}
    if form.choices:
        raise BookError("a server of this kind can be held to a JSON Schema, not to a list of "
                        "labels; use an arm that is not constrained, or a local model")
    return {"response_format": {"type": "json_schema", "json_schema": {
        "name": "answer", "strict": True, "schema": dict(form.schema)}}}
