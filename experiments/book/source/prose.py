"""Markdown as prose and code: where a number may stand, and where a published one goes.

The rule for authors: a result is never typed. Percentages, points and decimals stand

- as `{{ id }}` (value with its interval) or `{{ id_value }}` (value alone), both from
  data/published.yaml;
- in code spans and code fences (settings and versions: `0.02`, `torch 2.13`);
- in the Hypothesis section, where they are predictions;
- on a line that cites where they come from with {cite}`key`, or that carries the
  comment `<!-- figure of: TITLE -->`.

"95 % interval" and sizes such as 1.5B are no results. Whole numbers are free.
"""

import re
from collections.abc import Callable, Container, Iterator

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z][\w-]*)\s*\}\}")

_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})(.*)$")
_CODE_DIRECTIVES = ("{code", "{math", "{mermaid", "{literalinclude", "{eval-rst")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)

_CITED = re.compile(r"\{cite[a-z:]*\}`[^`]+`|<!--\s*figure of:\s*\S[^>]*-->")
_INVISIBLE = re.compile(r"<!--.*?-->|\]\([^)]*\)|<https?:[^>]*>|https?://\S+|<[^>]+>")
_ALLOWED = re.compile(r"\b95\s*\\?%\s+(?:confidence\s+)?intervals?\b|\b\d+(?:\.\d+)?[BM]\b")
_TYPED = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?\s*(?:\\?%|per\s?cent\b|percentage\s+points?\b|points?\b)"
    r"|(?<![\w.])\d*\.\d+", re.IGNORECASE)


def escape(text: object) -> str:
    """Write a text in one line of Markdown that shows it and does nothing else."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", re.sub(r"\s+", " ", str(text)))


def split_code(markdown: str) -> Iterator[tuple[bool, str]]:
    """Cut Markdown into (is code, text) pieces that join to the whole again."""
    fences: list[tuple[str, bool]] = []  # the open fences: marker, and whether they hold code
    prose: list[str] = []
    for line in markdown.splitlines(keepends=True):
        fence = _FENCE.match(line)
        in_code = bool(fences) and fences[-1][1]
        if fences and fence and _closes(fence, fences[-1][0]):
            fences.pop()
        elif fence and not in_code:
            fences.append((fence[1], _holds_code(fence[1], fence[2])))
        if fence or in_code:
            yield from _split_spans("".join(prose))
            prose = []
            yield True, line
        else:
            prose.append(line)
    yield from _split_spans("".join(prose))


def change_prose(markdown: str, change: Callable[[str], str]) -> str:
    """Apply `change` to the prose of a text and leave its code alone."""
    return "".join(text if is_code else change(text) for is_code, text in split_code(markdown))


def prose_only(markdown: str) -> str:
    """Blank out code; line breaks stay, so that line numbers still hold."""
    return "".join(
        re.sub(r"[^\n]", " ", text) if is_code else text for is_code, text in split_code(markdown)
    )


def count_words(markdown: str) -> int:
    """Count the words that a reader reads, code left out."""
    return len(re.findall(r"[^\W_][\w'’-]*", _INVISIBLE.sub(" ", prose_only(markdown))))


def typed_results(markdown: str) -> list[tuple[int, str]]:
    """List (line, number) of every result that is typed into prose; see the rule above."""
    bare = prose_only(markdown).split("\n")
    found = []
    for number, (line, whole) in enumerate(zip(bare, markdown.split("\n"), strict=True), 1):
        if _CITED.search(whole):
            continue
        line = PLACEHOLDER.sub(" ", _INVISIBLE.sub(" ", line))
        found += [(number, m.group().strip()) for m in _TYPED.finditer(_ALLOWED.sub(" ", line))]
    return found


def typed_message(number: str) -> str:
    """Describe what to do about a typed result."""
    return (f"typed result number {number!r}; take it from data/published.yaml as {{{{ id }}}}, "
            "or cite its source on the line (experiments/book/source/prose.py has the rule)")


def unknown_numbers(markdown: str, known: Container[str]) -> list[str]:
    """List the placeholders outside code that name no known number."""
    return [name for name in PLACEHOLDER.findall(prose_only(markdown)) if name not in known]


def unknown_message(name: str) -> str:
    """Describe what to do about a number that nothing publishes."""
    return (f"no published number is named {name!r}; add it to data/published.yaml and run "
            "`python -m experiments publish`")


def _closes(fence: re.Match, marker: str) -> bool:
    return (fence[1][0] == marker[0] and len(fence[1]) >= len(marker) and not fence[2].strip())


def _holds_code(marker: str, information: str) -> bool:
    """Return whether a fence holds code: a directive such as {note} holds prose."""
    information = information.strip()
    if marker[0] == ":" or information.startswith("{"):
        return information.startswith(_CODE_DIRECTIVES)
    return True


def _split_spans(prose: str) -> Iterator[tuple[bool, str]]:
    """Cut a piece without fences at its code spans."""
    end = 0
    for span in _CODE_SPAN.finditer(prose):
        if span.start() > end:
            yield False, prose[end:span.start()]
        yield True, span.group()
        end = span.end()
    if end < len(prose):
        yield False, prose[end:]
