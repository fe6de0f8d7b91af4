"""Names at dots and lines: moved until no two texts of a drawing overlap.

    axes.annotate("RAG", (2.6, 31), xytext=(7, 0), textcoords="offset points")
    settle(figure)  # `figures.finish` does it for every figure of the book

What is set off from its point (`textcoords="offset points"`) can be moved; ticks, titles and
texts that stand at a place stay there. A name keeps the place that its plot gave it where
that is free. Names in a column, such as those at the ends of lines, move up and down and
keep their order. All others take the free place that is nearest to their point and covers
the fewest dots and lines. Whoever ends up far off is joined to its point by a thin line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# A name's sides, as (x, y) in steps off its point, with its alignment there.
_SIDES = (("left", "center", 1, 0), ("right", "center", -1, 0), ("center", "bottom", 0, 1),
          ("center", "top", 0, -1), ("left", "bottom", 0.8, 0.8), ("right", "bottom", -0.8, 0.8),
          ("left", "top", 0.8, -0.8), ("right", "top", -0.8, -0.8))
_STEPS = (7, 12, 18, 26, 36, 48, 62, 80, 100, 125, 150, 180)  # points
_SHARE = {"left": 0, "right": 1, "bottom": 0, "top": 1, "center": 0.5}
_AIR = 0.8  # pixels around a text: text sizes differ a little from one backend to another
_JOINED = 13  # points from its point, from where on a name is joined to it
# What a place costs, in points of distance: on a dot, on a line, outside of the panel.
_ON_DOT, _ON_LINE, _OUTSIDE = 30, 6, 60


@dataclass(eq=False)
class _Name:
    """A movable text: its point and its size in pixels, and where it stands."""

    text: object
    point: np.ndarray
    size: np.ndarray
    place: tuple[str, str, float, float]  # alignment across and up, offset in points

    def box(self, place=None) -> np.ndarray:
        """Return left, bottom, right, top in pixels, at its place or at another."""
        across, up, dx, dy = place or self.place
        corner = (self.point + np.array([dx, dy]) * self.text.figure.dpi / 72
                  - self.size * [_SHARE[across], _SHARE[up]])
        return np.concatenate([corner - _AIR, corner + self.size + _AIR])

    def distance(self, place=None) -> float:
        """Return the points between the name's box and its point."""
        box = self.box(place)
        nearest = np.clip(self.point, box[:2], box[2:])
        return float(np.hypot(*(nearest - self.point))) * 72 / self.text.figure.dpi


def settle(figure) -> None:
    """Move a figure's names until none overlaps a text; its layout is final afterwards."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    standing = {text: box for text, box in text_boxes(figure).items() if not _movable(text)}
    for axes in figure.axes:
        names = [_name(text) for text in axes.texts if _movable(text) and _shown(text)]
        before = {name: name.place for name in names}
        _spread_columns(axes, names)
        taken = [*standing.values()]
        order = _free_first(names, taken)
        covers = _Covers(axes)
        for name in order:
            name.place = _best(name, axes, taken, covers)
            taken.append(name.box())
            if name.place != before[name]:
                _move(name)
        standing |= {name.text: name.box() for name in names}


def text_boxes(figure) -> dict:
    """Map each text that the figure shows to its (left, bottom, right, top) in pixels.

    Slanted texts are left out: their boxes are larger than they are.
    """
    from matplotlib.text import Text

    hidden = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        hidden |= {label for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
                   for label in (tick.label1, tick.label2) if not low <= tick.get_loc() <= high}
    return {text: text.get_window_extent().extents for text in figure.findobj(Text)
            if text not in hidden and _shown(text) and text.get_rotation() % 90 == 0}


def clashes(figure) -> list[tuple[str, str]]:
    """List the pairs of texts whose boxes overlap by more than half a pixel."""
    found = [*text_boxes(figure).items()]
    return [(one.get_text(), other.get_text()) for place, (one, box) in enumerate(found)
            for other, beside in found[:place]
            if (np.minimum(box[2:], beside[2:]) - np.maximum(box[:2], beside[:2]) > 0.5).all()]


class _Covers:
    """What a name had better not cover: the dots and lines of a panel, in pixels."""

    def __init__(self, axes):
        self.paths, dots = [], [np.empty((0, 4))]
        for line in axes.lines:
            path = line.get_transform().transform_path(line.get_path())
            if line.get_linestyle() != "None" and len(path.vertices) > 1:
                self.paths.append(path)
            if line.get_marker() not in ("None", None, ""):
                half = line.get_markersize() / 2 * axes.figure.dpi / 72
                dots.append(np.hstack([path.vertices - half, path.vertices + half]))
        self.dots = np.concatenate(dots)

    def cost(self, box: np.ndarray) -> float:
        """Return what a name in this box costs for what it covers."""
        from matplotlib.transforms import Bbox

        rectangle = Bbox(box.reshape(2, 2))
        lines = sum(path.intersects_bbox(rectangle, filled=False) for path in self.paths)
        return _ON_DOT * int(_overlaps(self.dots, box).sum()) + _ON_LINE * lines


def _movable(text) -> bool:
    return getattr(text, "anncoords", None) == "offset points"


def _shown(text) -> bool:
    return text.get_visible() and bool(text.get_text().strip())


def _name(text) -> _Name:
    """Measure a text: its point is where its box would begin without an offset."""
    place = (text.get_ha(), text.get_va(), *text.get_position())
    own = text.get_window_extent().extents
    text.set(position=(0, 0), horizontalalignment="left", verticalalignment="bottom")
    bare = text.get_window_extent().extents
    text.set(position=place[2:], horizontalalignment=place[0], verticalalignment=place[1])
    up = place[1] if place[1] in _SHARE else "bottom"  # a baseline, too, is kept from below
    name = _Name(text, bare[:2], bare[2:] - bare[:2], (place[0], up, *place[2:]))
    shift = (own - name.box())[1] - _AIR  # of what stands on its baseline
    name.place = (*name.place[:3], name.place[3] + shift * 72 / text.figure.dpi)
    return name


def _spread_columns(axes, names: Sequence[_Name]) -> None:
    """Move names above each other up and down by the least that sets them apart."""
    from sklearn.isotonic import isotonic_regression

    columns = {}
    for name in names:
        across, up, dx, _ = name.place
        if across != "center" and up == "center":
            columns.setdefault((across, round(dx), round(name.point[0] / 12)), []).append(name)
    room = axes.get_window_extent().extents
    for column in filter(lambda one: len(one) > 1, columns.values()):
        column.sort(key=lambda name: name.box()[1])
        heights = [name.box()[3] - name.box()[1] + _AIR for name in column]
        steps = np.cumsum([0, *heights[:-1]])
        lows = np.array([name.box()[1] for name in column])
        least = min(room[1], lows[0])
        most = max(room[3], column[-1].box()[3]) - steps[-1] - (column[-1].box()[3] - lows[-1])
        moved = np.clip(isotonic_regression(lows - steps), least, max(least, most)) + steps
        for name, shift in zip(column, (moved - lows) * 72 / axes.figure.dpi, strict=True):
            name.place = (*name.place[:3], name.place[3] + shift)


def _free_first(names: Sequence[_Name], taken: Sequence[np.ndarray]) -> list[_Name]:
    """Put the names that overlap nothing where they stand before those that must move."""
    def crowded(name: _Name) -> bool:
        others = [*taken, *(other.box() for other in names if other is not name)]
        return bool(_overlaps(others, name.box()).any())

    return sorted(names, key=crowded)


def _best(name: _Name, axes, taken: Sequence[np.ndarray], covers: _Covers) -> tuple:
    """Return the cheapest place at which the name overlaps no text and stays in the figure."""
    width, height = axes.figure.bbox.size
    panel, own = axes.get_window_extent().extents, name.box()
    room = [*np.minimum(panel[:2], own[:2]), *np.maximum(panel[2:], own[2:])]
    usual = name.distance()

    def cost(place) -> float:
        box = name.box(place)
        if _overlaps(taken, box).any() or not _inside(box, (0, 0, width, height)):
            return float("inf")
        further = max(0.0, name.distance(place) - usual) + (place != name.place)
        return further + covers.cost(box) + _OUTSIDE * (not _inside(box, room))

    around = [(across, up, dx * step, dy * step) for step in _STEPS
              for across, up, dx, dy in _SIDES]
    return min((name.place, *around), key=cost)


def _move(name: _Name) -> None:
    """Write a name at its place, joined to its point where that is far."""
    from matplotlib.lines import Line2D

    across, up, *offset = name.place
    text, figure = name.text, name.text.figure
    text.set(position=offset, horizontalalignment=across, verticalalignment=up)
    if name.distance() > _JOINED:
        box = name.box()
        ends = np.array([name.point, np.clip(name.point, box[:2], box[2:])])
        figure.add_artist(Line2D(*figure.transFigure.inverted().transform(ends).T, linewidth=0.7,
                                 color=text.get_color(), alpha=0.7))


def _inside(box: Sequence[float], room: Sequence[float]) -> bool:
    return (box[0] >= room[0] - 1 and box[1] >= room[1] - 1
            and box[2] <= room[2] + 1 and box[3] <= room[3] + 1)


def _overlaps(boxes: Iterable, box: np.ndarray) -> np.ndarray:
    """Return for each of some boxes whether it overlaps one."""
    all_boxes = np.reshape([*boxes], (-1, 4))
    return ((all_boxes[:, :2] < box[2:]) & (box[:2] < all_boxes[:, 2:])).all(axis=1)
