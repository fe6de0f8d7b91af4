"""Get title and text out of one file: Markdown, plain text, HTML, PDF, Word."""

import logging
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from experiments.core import BookError
from experiments.core.yaml_files import read_yaml

LONGEST_TITLE = 100
LARGEST_TEXT, LARGEST_PARTS = 20_000_000, 60_000_000  # bytes of a Word file, unpacked
FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*)$")
CLOSING = re.compile(r"(^|\s)#+$")  # "## Title ##", but not "# C#"
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
INVISIBLE = ("title", "script", "style", "template", "noscript", "iframe", "object", "svg")
BLOCKS = ("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
          "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
          "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul", "option")
EDGES = dict.fromkeys(BLOCKS, ("\n", "\n")) | dict.fromkeys(("td", "th"), ("", "\t"))


@dataclass(frozen=True)
class Content:
    """What a reader found in a file; an empty title means none."""

    title: str
    text: str
    metadata: dict[str, str] = field(default_factory=dict)


def read_text(path: Path) -> Content:
    """Read a text file as it stands; its first line is the title."""
    text = _decode(path)
    return Content(_first_line(text), text)


def read_markdown(path: Path) -> Content:
    """Read Markdown as it stands, without a YAML header, which becomes metadata."""
    text = _decode(path)
    metadata: dict[str, str] = {}
    found = FRONT_MATTER.match(text)
    header = _yaml_mapping(found[1]) if found else None
    if header is not None:
        metadata = _plain(header)
        text = text[found.end():]
    return Content(metadata.get("title") or _heading(text) or _first_line(text), text, metadata)


def read_html(path: Path) -> Content:
    """Read the visible text of a page: a line for each block, tabs between table cells."""
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "looks like XML", "looks like a file name"
        soup = BeautifulSoup(_decode(path), "html.parser")
    title = soup.title or soup.find(["h1", "h2", "h3"])
    text = _visible_text(soup)
    return Content((title.get_text() if title else "").strip() or _first_line(text), text)


def read_pdf(path: Path) -> Content:
    """Read the text of a PDF, page after page."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(path)
            pages = [page.extract_text() for page in reader.pages]
            title = str((reader.metadata or {}).get("/Title") or "")
    except OSError:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise BookError(f"{path} is encrypted: save a copy without a password") from error
    except Exception as error:  # a broken PDF makes the library fail in many ways
        raise BookError(f"{path} is not a readable PDF ({type(error).__name__}: {error}): "
                        "export it again") from error
    text = _whole_characters("\n\n".join(pages))
    return Content(_whole_characters(title).strip() or _first_line(text), text)


def read_docx(path: Path) -> Content:
    """Read paragraphs and tables of a Word file in their order, tabs between table cells."""
    import docx

    try:
        _expect_small(path)
        body = docx.Document(str(path))
        lines = list(_lines(body))
        # By their ids: the library takes milliseconds to find the style of one paragraph.
        headings = {style.style_id for style in body.styles
                    if (style.name or "").startswith(("Title", "Heading"))}
        titles = [paragraph.text for paragraph in body.paragraphs
                  if paragraph._p.style in headings]
    except (OSError, BookError):
        raise
    except Exception as error:  # a broken package makes zip, XML and the library fail
        raise BookError(f"{path} is not a readable Word document ({type(error).__name__}): open "
                        "it in a word processor and save it as .docx without a password"
                        ) from error
    text = "\n".join(lines)
    return Content(next((t for t in titles if t.strip()), "") or _first_line(text), text)


READERS: dict[str, Callable[[Path], Content]] = {
    ".md": read_markdown, ".txt": read_text, ".html": read_html,
    ".pdf": read_pdf, ".docx": read_docx,
}


def _decode(path: Path) -> str:
    """Read UTF-8; line ends become "\\n", so that offsets agree on every system."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        place = data.find(b"\0")
    except UnicodeDecodeError as error:
        place = error.start
    if place >= 0:
        line = data.count(b"\n", 0, place) + 1
        raise BookError(f"{path}, line {line}: byte {data[place]:#04x} at offset {place} is not "
                        "UTF-8 text: save it as UTF-8")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _expect_small(path: Path) -> None:
    """Refuse a Word file whose parts are far larger than the file; a few kilobytes may hold them.

    Text is what a reader's memory pays for, many times over; pictures lie in the file as they are.
    """
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
    for what, most, size in (
            ("text", LARGEST_TEXT, sum(p.file_size for p in parts if _is_text(p.filename))),
            ("parts", LARGEST_PARTS, sum(p.file_size for p in parts))):
        if size > most:
            raise BookError(f"{path} unpacks to {size / 1e6:.0f} MB of {what}, more than the "
                            f"{most / 1e6:.0f} MB a document may have: split it")


def _is_text(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _yaml_mapping(text: str) -> dict | None:
    """Read a YAML mapping; None when the lines between two rules are no such thing."""
    try:
        value = read_yaml(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _plain(header: dict) -> dict[str, str]:
    """Keep the values and flat lists of a YAML header as text; drop what is nested or empty."""
    kept = {}
    for key, value in header.items():
        values = value if isinstance(value, list) else [value]
        if not any(item is None or isinstance(item, dict | list) for item in values):
            kept[str(key)] = ", ".join(str(item) for item in values)
    return kept


def _heading(text: str) -> str:
    """Find the first Markdown heading outside of code."""
    fenced = False
    for line in text.split("\n"):
        fenced ^= bool(FENCE.match(line))
        found = None if fenced else HEADING.match(line)
        title = CLOSING.sub("", found[1].rstrip()).rstrip() if found else ""
        if title:
            return title
    return ""


def _first_line(text: str) -> str:
    """Find the first line that says something."""
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line if len(line) <= LONGEST_TITLE else line[:LONGEST_TITLE - 1].rstrip() + "…"


def _visible_text(soup) -> str:
    """Walk a page once, without recursion: pages may be long and deep."""
    from bs4 import NavigableString, Tag

    pieces = ["\n"]
    stack: list[tuple[object, bool]] = [(soup, False)]  # what is left, and whether in <pre>
    while stack:
        item, kept = stack.pop()
        if isinstance(item, Tag):
            if item.name in INVISIBLE or item.has_attr("hidden"):
                continue
            kept = kept or item.name == "pre"
            before, after = EDGES.get(item.name, ("", ""))
            stack.append((after, kept))
            stack += [(child, kept) for child in reversed(item.contents)]
            stack.append((before, kept))
            continue
        if type(item) not in (str, NavigableString):
            continue  # a comment or a declaration
        if type(item) is NavigableString and not kept:
            item = re.sub(r"\s+", " ", item)
            item = item.lstrip() if pieces[-1][-1].isspace() else item
        if item:
            pieces.append(item)
    lines = (line.rstrip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _lines(part) -> Iterator[str]:
    """Yield the lines of a Word body or table cell, tables row by row."""
    for item in part.iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                cells = dict.fromkeys(cell._tc for cell in row.cells)  # a merged cell comes twice
                by_element = {cell._tc: cell for cell in row.cells}
                yield "\t".join(" ".join(_lines(by_element[element])) for element in cells)
        else:
            yield item.text


def _whole_characters(text: str) -> str:
    """Join halves of characters that some PDFs come in; lone halves become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
