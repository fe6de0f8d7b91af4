"""A Sphinx extension that keeps pages to themselves: they load nothing from other hosts.

Formulas are drawn at build time, as SVG in the colour of the text; MathJax would come
from another host, or weigh two megabytes in this repository. What matplotlib's mathtext
cannot draw (environments, line breaks) fails the build. Jupyter Book always adds Thebe,
whose script lies on another host; the book has no use for it.
"""

import html

from docutils import nodes

_EM = 9.0  # units of the drawing that make one em of the page


def setup(app) -> dict:
    """Register the renderer `drawn`, and take Thebe out."""
    app.add_html_math_renderer("drawn", (_inline, None), (_block, None))
    for event in ("env-before-read-docs", "doctree-resolved"):
        for listener in list(app.events.listeners.get(event, ())):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def draw(tex: str) -> str:
    """Draw TeX as an SVG element sized in em. Raises ValueError for what cannot be drawn."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser
    from matplotlib.textpath import TextPath

    font = FontProperties(size=10, math_fontfamily="stix")
    tex = " ".join(tex.split())
    text = f"${tex}$"
    width, height, depth, *_ = MathTextParser("path").parse(text, dpi=72, prop=font)
    path = TextPath((0, 0), text, prop=font)
    width, rise, drop = width + 0.4, height - depth + 0.4, depth + 0.4
    return (
        f'<svg class="formula" role="img" aria-label="{html.escape(tex, quote=True)}" '
        f'viewBox="-0.2 {-rise:.2f} {width:.2f} {rise + drop:.2f}" '
        f'style="width:{width / _EM:.3f}em;height:{(rise + drop) / _EM:.3f}em;'
        f'vertical-align:{-drop / _EM:.3f}em">'
        f'<path fill="currentColor" d="{_outline(path)}"/></svg>'
    )


def _outline(path) -> str:
    """Write a path in SVG's letters; SVG's y axis points down."""
    letters = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
    parts = []
    for points, code in path.iter_segments(simplify=False, curves=True):
        numbers = [] if code == 79 else [
            f"{value * sign:.2f}" for value, sign in zip(points, [1, -1] * 3, strict=False)
        ]
        parts.append(letters[code] + " ".join(numbers))
    return "".join(parts)


def _drawn(node) -> str:
    from sphinx.util import logging

    try:
        return draw(node.astext())
    except ValueError as error:
        logging.getLogger(__name__).warning(
            "this formula cannot be drawn, write it more simply: %s (%s)", node.astext(),
            str(error).splitlines()[-1], location=node)
        return html.escape(node.astext())


def _inline(translator, node) -> None:
    translator.body.append(_drawn(node))
    raise nodes.SkipNode


def _block(translator, node) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="formula-block"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({node["number"]})</span>')
    translator.body.append(_drawn(node) + "</div>\n")
    raise nodes.SkipNode
