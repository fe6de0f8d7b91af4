"""Send many requests to a chat server at once, none of them for ever.

Each request has a limit of seconds in all, however slowly bytes trickle in, and its reply one of
bytes. A busy server slows the sending down: it is asked again after the time that it names, by
all together. A redirect is not followed: it would carry prompts and documents elsewhere.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from experiments.core import BookError
from experiments.core.terminal import plain

REQUESTS_AT_ONCE = 8
ATTEMPTS = 3
REPLY_BYTES = 8 * 2**20
# Seconds: what a server without a wish of its own is given, at most, and what it may wish for.
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WISH = 0.5, 30.0, 300.0
PAUSES = 10
BUSY = (429, 503)
PASSING = (408, 409, 500, 502, 504)


class Refused(BookError):
    """One request that the server refuses; others may be answered."""


class Broken(BookError):
    """A request that the server fails at (status 500): its own fault if others are answered."""


class ChatServer:
    """A server's address and key, and the manners to ask it with."""

    def __init__(self, url: str, key: str, *, timeout: float):
        """Reaches nothing yet."""
        self.url, self.key, self.timeout = url, key, timeout
        self.quiet_until = 0.0

    def ask_all(self, bodies: Sequence[Mapping], note: Callable[[int, dict, float], None]
                ) -> dict[int, str]:
        """Send all bodies; `note(place, reply, seconds)` each reply as it comes.

        Gives the reasons of those that were refused, by place. Raises BookError for what would
        end the others alike. Ctrl-C ends all requests at once.
        """
        with start_blocking_portal() as portal:
            return portal.start_task_soon(self._ask_all, bodies, note).result()

    async def _ask_all(self, bodies, note) -> dict[int, str]:
        answered: list[int] = []
        refused: dict[int, str] = {}
        broken: dict[int, BookError] = {}
        failed: list[BookError] = []
        gate = anyio.Semaphore(REQUESTS_AT_ONCE)

        async def one(place: int) -> None:
            async with gate:
                try:
                    reply, seconds = await self._ask(client, bodies[place])
                    note(place, reply, seconds)
                    answered.append(place)
                except Refused as error:
                    refused[place] = str(error)
                except Broken as error:
                    broken[place] = error
                except BookError as error:
                    failed.append(error)
                    group.cancel_scope.cancel()  # the others would fail alike

        headers = {"Authorization": f"Bearer {self.key or 'none'}", "Accept-Encoding": "identity"}
        limits = httpx.Limits(max_connections=REQUESTS_AT_ONCE)
        async with (
            httpx.AsyncClient(headers=headers, timeout=self.timeout, limits=limits) as client,
            anyio.create_task_group() as group,
        ):
            for place in range(len(bodies)):
                group.start_soon(one, place)
        if broken and not answered:
            failed += broken.values()
        if failed:
            raise failed[0]
        return refused | {place: str(error) for place, error in broken.items()}

    async def _ask(self, client: httpx.AsyncClient, body: Mapping) -> tuple[dict, float]:
        """Ask until there is a reply, or no hope of one; give it and the last request's seconds."""
        failures = pauses = 0
        while True:
            await self._rest()
            started = time.perf_counter()
            try:
                with anyio.fail_after(self.timeout):
                    status, headers, content = await self._post(client, body)
            except (TimeoutError, httpx.TimeoutException):
                problem = self.error(
                    f"did not answer within {self.timeout:g} seconds. Is it still loading the "
                    "model, or too busy? Try again, or use a smaller model.")
                failures += 1 if failures else ATTEMPTS - 1  # patience for two of these
            except httpx.HTTPError as error:
                problem = self.error(
                    f"cannot be reached ({self.quote(str(error) or type(error).__name__)}). Start "
                    "it, or correct the address. If the same model answers at another address "
                    "now, set the environment variable KNOW_OR_BEHAVE_ENDPOINT to it and give "
                    "the same command.")
                failures += 1
            else:
                if status == 200:
                    return self._read(content), time.perf_counter() - started
                problem = self._explain(status, headers, content, body["model"])
                if status in BUSY and (status == 429 or "retry-after" in headers):
                    pauses += 1
                    self._slow_down(headers, pauses, problem)
                    continue
                failures += 1 if status in (*BUSY, *PASSING) else ATTEMPTS
            if failures >= ATTEMPTS:
                raise problem
            await anyio.sleep(FIRST_PAUSE * 2**(failures - 1))

    async def _post(self, client, body) -> tuple[int, httpx.Headers, bytes]:
        """Send one request, and read no more of its reply than is allowed."""
        content = bytearray()
        async with client.stream("POST", f"{self.url.rstrip('/')}/chat/completions",
                                 json=body) as response:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > REPLY_BYTES:
                    raise self.error(f"sent more than {REPLY_BYTES / 2**20:.0f} MiB for one "
                                     "answer; the rest was not read. Is the address right?")
        return response.status_code, response.headers, bytes(content)

    async def _rest(self) -> None:
        """Wait while the server wishes to be left alone."""
        while (left := self.quiet_until - time.monotonic()) > 0:
            await anyio.sleep(left)

    def _slow_down(self, headers: httpx.Headers, pauses: int, problem: BookError) -> None:
        """Let all requests wait as long as the server says; raise where that is too long."""
        wait = min(FIRST_PAUSE * 2**(pauses - 1), LONGEST_PAUSE)
        try:
            wished = float(headers.get("retry-after", "nan"))
        except ValueError:  # a date, which servers of this kind do not send
            wished = math.nan
        if wished > LONGEST_WISH or pauses > PAUSES:
            raise problem
        wait = max(wished, 0.0) if math.isfinite(wished) else wait
        self.quiet_until = max(self.quiet_until, time.monotonic() + wait)

    def _read(self, content: bytes) -> dict:
        try:
            reply = json.loads(content)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict) or "choices" not in reply:
            raise self.error(
                f"sent what is no reply of a chat API: {self.quote(content)!r}. Is the address "
                "that of its OpenAI-compatible API (it often ends in /v1)?")
        return reply

    def _explain(self, status: int, headers: httpx.Headers, content: bytes, model: str
                 ) -> BookError:
        """Describe what a status that is not 200 means, and what to do."""
        said = self.quote(_message(content))
        if status in (401, 403):
            return self.error(f"refuses the key (status {status}). Set the environment variable "
                              "OPENAI_API_KEY to a key that it accepts.")
        if status == 404:
            return self.error(f"knows no model {model!r}, or has no chat API at this address "
                              f"(status 404: {said}). Correct the name or the address.")
        if 300 <= status < 400:
            target = self.quote(headers.get("location", "nowhere").partition("?")[0])
            return self.error(
                f"sends requests on to {target} (status {status}). Prompts and documents are not "
                "sent to an address that you did not name: name that one, if you trust it.")
        if status == 429:
            return self.error(f"is asked too often, or its quota is used up (status 429: {said}). "
                              "What was answered is kept: give the same command later.")
        kind = Refused if status in (400, 413, 422) else Broken if status == 500 else BookError
        return self.error(f"refused the request (status {status}: {said}).", kind)

    def error(self, text: str, kind: type[BookError] = BookError) -> BookError:
        """Begin a message with the address."""
        return kind(f"the server at {self.url} {text}")

    def quote(self, said: str | bytes) -> str:
        """Return a server's words for a message: short, printable and without the key."""
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return plain(self.hide(text)[:300])

    def hide(self, text: str) -> str:
        """Take the key out of a text."""
        return text.replace(self.key, "***") if self.key else text


def _message(content: bytes) -> str | bytes:
    """Find the words in the body of a refusal."""
    try:
        body = json.loads(content)
        error = body.get("error", body)
        return str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, AttributeError, RecursionError):
        return content
