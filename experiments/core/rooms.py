"""Draw how the rooms of this package import each other, from the imports themselves.

    python -m experiments.core.rooms     writes docs/architecture.svg

A room is a folder of `experiments/`; what lies deeper belongs to it. Imports inside
functions count like those at the top.
"""

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from experiments.core.errors import BookError
from experiments.core.files import replace_file
from experiments.core.paths import ROOT

PACKAGE = ROOT / "experiments"
PICTURE = ROOT / "docs" / "architecture.svg"
WIDTH, HEIGHT, GAP, LINE, MARGIN = 88, 34, 40, 56, 12  # pixels
_STYLE = """text { font: 14px sans-serif; fill: #222 }
rect { fill: #eef3f8; stroke: #4a6a8a }
path { fill: none; stroke: #4a6a8a; stroke-width: 1.5 }
marker path { fill: #4a6a8a; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e6e6 }
  rect { fill: #26323d; stroke: #8fb0d0 }
  path { stroke: #8fb0d0 }
  marker path { fill: #8fb0d0 }
}"""


def room_imports(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Return, for every room, the other rooms that its modules import."""
    modules = [path for path in package.rglob("*.py") if path.parent != package]
    rooms: dict[str, set[str]] = {path.relative_to(package).parts[0]: set() for path in modules}
    for path in modules:
        room = path.relative_to(package).parts[0]
        rooms[room] |= _imported(path, package.name) & rooms.keys() - {room}
    return rooms


def levels(rooms: Mapping[str, set[str]]) -> list[list[str]]:
    """Sort the rooms into levels: each imports from lower ones only.

    Raises BookError where rooms import each other in a circle.
    """
    level: dict[str, int] = {}
    try:
        for room in TopologicalSorter(rooms).static_order():
            level[room] = 1 + max((level[other] for other in rooms[room]), default=-1)
    except CycleError as error:
        raise BookError(f"expected rooms that import one way, got a circle: "
                        f"{' -> '.join(error.args[1])}; move what the lower one needs") from error
    return [sorted(room for room in level if level[room] == n)
            for n in range(max(level.values(), default=-1) + 1)]


def direct(rooms: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs (imported, importer) without those that follow from others."""
    reached: dict[str, set[str]] = {}
    for room in TopologicalSorter(rooms).static_order():
        reached[room] = rooms[room].union(*(reached[other] for other in rooms[room]))
    return sorted((other, room) for room in rooms for other in rooms[room]
                  if not any(other in reached[between] for between in rooms[room]))


def draw(rooms: Mapping[str, set[str]]) -> str:
    """Draw the rooms as SVG, a column for each level; the text below lists every import."""
    columns = levels(rooms)
    tallest = max(len(column) for column in columns)
    place = {room: (MARGIN + x * (WIDTH + GAP),
                    MARGIN + round((tallest - len(column)) * LINE / 2) + y * LINE)
             for x, column in enumerate(columns) for y, room in enumerate(column)}
    wide = 2 * MARGIN + len(columns) * (WIDTH + GAP) - GAP
    high = 2 * MARGIN + (tallest - 1) * LINE + HEIGHT
    told = "; ".join(f"{room} imports {', '.join(sorted(rooms[room]))}"
                     for column in columns for room in column if rooms[room])
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        'role="img">',
        "<title>The rooms of the package, from what is imported to what imports it</title>",
        f"<desc>{told}.</desc>", f"<style>{_STYLE}</style>",
        '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z"/></marker>']
    for lower, upper in direct(rooms):
        (x1, y1), (x2, y2) = place[lower], place[upper]
        lines.append(f'<path marker-end="url(#tip)" d="M{x1 + WIDTH} {y1 + HEIGHT // 2} '
                     f'{x2} {y2 + HEIGHT // 2}"/>')
    for room, (x, y) in place.items():
        lines += [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>',
                  f'<text x="{x + WIDTH // 2}" y="{y + 22}" text-anchor="middle">{room}</text>']
    return "\n".join([*lines, "</svg>", ""])


def _imported(path: Path, package: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in found]
    return {part[1] for part in parts if part[0] == package and len(part) > 1}


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    replace_file(PICTURE, draw(room_imports()).encode())
