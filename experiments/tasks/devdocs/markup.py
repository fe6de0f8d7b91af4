"""Read Django's reStructuredText with docutils, without Sphinx.

A real source, before any code, and what a reader of its nodes finds:

    .. versionchanged:: 5.0          paragraph: Changed in Django 5.0: The default became True.

        The default became ``True``.

    See :class:`~django.db.Error`.   paragraph: See Error.

Sphinx's roles and directives are unknown to docutils. Every role becomes its visible text, and
every directive one of docutils' own nodes: code, a term with its definition, a paragraph, nothing.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Directive, Parser, directives, roles

from experiments.core import BookError

LABELLED = re.compile(r"^\.\. _([^:\n]+):[ ]*\n(?:\s*\n|\.\. .*\n)*?"
                      r"(?:([=\-~^\"#*+])\2+\n)?(\S.*)\n([=\-~^\"#*+])\4{2,}[ ]*$", re.MULTILINE)
HEADING = re.compile(r"^(\S.*)\n([=\-~^\"#*+])\2{2,}[ ]*$", re.MULTILINE)
EXPLICIT = re.compile(r"^(.+?)\s*<[^<>]+>$", re.DOTALL)  # :ref:`shown text <target>`
ROLE_PREFIXES = {"ticket": "#", "cve": "CVE-", "bpo": "bpo-", "pep": "PEP ", "rfc": "RFC "}
CALLED = ("func", "meth")
VERSION_WORDS = {"versionadded": "New in Django", "versionchanged": "Changed in Django",
                 "deprecated": "Deprecated since version"}
SIGNATURES = {"class": "class ", "exception": "exception ", "classmethod": "classmethod ",
              "staticmethod": "static ", "django-admin": "django-admin ", "method": "",
              "attribute": "", "function": "", "data": "", "django-admin-option": "",
              "envvar": "", "option": "", "object": "", "describe": ""}
CODE = ("code-block", "code", "console")
# They place a name in the index, set a state, or show what has no text.
SILENT = ("setting", "fieldlookup", "templatefilter", "templatetag", "module", "currentmodule",
          "program", "index", "toctree", "contents", "image", "figure")


@dataclass(frozen=True)
class Titles:
    """What `:ref:` and `:doc:` show without a text of their own: titles by label and by page."""

    labels: Mapping[str, str]
    pages: Mapping[str, str]


class _AnyOption(dict):
    """Accept every option of a directive as text."""

    def __missing__(self, name: str):
        return directives.unchanged


class _Signature(Directive):
    """A class, method, command …: the signatures are terms, the content their definition."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption(noindex=directives.flag)

    def run(self) -> list[nodes.Node]:
        prefix = SIGNATURES[self.name.removeprefix("py:")]
        item = nodes.definition_list_item()
        for signature in self.arguments[0].replace("\\\n", " ").split("\n"):
            item += nodes.term("", prefix + " ".join(signature.replace("\\", "").split()))
        definition = nodes.definition()
        self.state.nested_parse(self.content, self.content_offset, definition)
        item += definition
        return [nodes.definition_list("", item)]


class _Code(Directive):
    """A block of code, after its caption (a file name) if it has one."""

    optional_arguments = 1
    has_content = True
    option_spec = _AnyOption(caption=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        caption = self.options.get("caption", "").replace("`", "")
        code = "\n".join(self.content)
        before = [nodes.paragraph("", f"{caption}:")] if caption else []
        return [*before, nodes.literal_block(code, code)]


class _Version(Directive):
    """A change of a version: a sentence that names the version, then the content."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        return _led(self, f"{VERSION_WORDS[self.name]} {self.arguments[0]}")


class _SeeAlso(Directive):
    """Pointers to other pages."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        return _led(self, "See also")


class _Silent(Directive):
    """Nothing that a reader sees."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption(hidden=directives.flag)

    def run(self) -> list[nodes.Node]:
        return []


class _Plain(Directive):
    """The content, without the frame around it."""

    has_content = True
    option_spec = _AnyOption(sorted=directives.flag)

    def run(self) -> list[nodes.Node]:
        box = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, box)
        return box.children


DIRECTIVES = (dict.fromkeys(SIGNATURES, _Signature) | dict.fromkeys(CODE, _Code)
              | dict.fromkeys(VERSION_WORDS, _Version) | dict.fromkeys(SILENT, _Silent)
              | {"seealso": _SeeAlso, "glossary": _Plain})


def read_titles(pages: Mapping[str, str]) -> Titles:
    """Collect the titles of all pages and labelled sections of a version."""
    labels = {}
    for text in pages.values():
        labels |= {found[1].strip("`").casefold(): _unmarked(found[3])
                   for found in LABELLED.finditer(text)}
    first = {name: HEADING.search(text) for name, text in pages.items()}
    return Titles(labels, {name: _unmarked(found[1]) for name, found in first.items() if found})


def parse_source(page: str, source: str, titles: Titles) -> nodes.document:
    """Parse one page; raises BookError for markup that docutils cannot read."""
    settings = frontend.get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5  # errors are raised below, not printed
    settings.file_insertion_enabled = settings.raw_enabled = False
    document = utils.new_document(page, settings)
    with _sphinx_names(page, titles):
        Parser().parse(source, document)
    for message in (*document.findall(nodes.system_message), *document.parse_messages):
        if message["level"] >= 3:
            raise BookError(f"{page}: docutils cannot read the page ({message.astext()}); teach "
                            "experiments/tasks/devdocs/markup.py the markup it names")
    return document


@contextmanager
def _sphinx_names(page: str, titles: Titles) -> Iterator[None]:
    """Look roles and directives up here while a page is parsed, as Sphinx itself does."""
    original = roles.role, directives.directive

    def find_role(name, language, line, reporter):
        return _role_of(name.removeprefix("py:"), page, titles), []

    def find_directive(name, language, document):
        ours = DIRECTIVES.get(name.removeprefix("py:"))
        return (ours, []) if ours else original[1](name, language, document)

    roles.role, directives.directive = find_role, find_directive
    try:
        yield
    finally:
        roles.role, directives.directive = original


def _role_of(name: str, page: str, titles: Titles):
    """Make the function that turns a role into its visible text."""
    def role(_name, rawtext, text, lineno, inliner, options=None, content=None):
        return [nodes.inline(rawtext, show_role(name, nodes.unescape(text), page, titles))], []
    return role


def show_role(name: str, text: str, page: str, titles: Titles) -> str:
    """Return the visible text of a role: show_role("class", "~a.b.C", ...) is "C"."""
    explicit = EXPLICIT.match(text)
    if explicit:
        return explicit[1]
    text = text.removeprefix("!")
    if name == "ref":
        return titles.labels.get(text.casefold(), text)
    if name == "doc":
        folder = "" if text.startswith("/") else page.rpartition("/")[0]
        parts: list[str] = []
        for part in f"{folder}/{text}".split("/"):
            parts = parts[:-1] if part == ".." else parts + [part] * bool(part)
        return titles.pages.get("/".join(parts), text)
    if text.startswith("~"):
        text = text[1:].rpartition(".")[2]
    if name in CALLED and not text.endswith(")"):
        text += "()"
    if name == "rfc":
        text = text.replace("#section-", " Section ")
    return ROLE_PREFIXES.get(name, "") + text.removeprefix(".")


def _led(directive: Directive, words: str) -> list[nodes.Node]:
    """Parse a directive's content and put words before its first paragraph."""
    box = nodes.Element()
    directive.state.nested_parse(directive.content, directive.content_offset, box)
    if box.children and isinstance(box[0], nodes.paragraph):
        box[0].insert(0, nodes.Text(f"{words}: "))
        return box.children
    return [nodes.paragraph("", words + (":" if box.children else ".")), *box.children]


def _unmarked(title: str) -> str:
    """Drop the markup of a title."""
    nothing = Titles({}, {})
    title = re.sub(r":(?:py:)?([a-z-]+):`([^`]*)`",
                   lambda found: show_role(found[1], found[2], "", nothing), title)
    return title.replace("`", "").replace("\\", "").strip()
