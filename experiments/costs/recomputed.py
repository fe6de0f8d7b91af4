"""Every cost figure of the articles beside what it recomputes to (data/recomputed.yaml).

    - claim: cost-context-per-query
      figure: cost                                  # 0.000875 USD per query, in data/claims.yaml
      low: context * hosted_input_million / 1e6     # 500 * 1.75 / 1e6
      by: the article itself
      why: 500 tokens at 1.75 USD a million
    -> Cell(verdict="agrees", stated="0.000875", recomputed="0.000875", ...)

What is shown as the recomputation is what was computed: one expression serves both.
"""

import ast
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.prices import Price, load_prices
from experiments.evidence.analysis.articles import parse_claims

AGREES, DIFFERS, UNKNOWN = "agrees", "differs", "cannot be derived"
_TOLERANCE = 0.02  # of a printed figure
_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
               ast.Div: operator.truediv}


@dataclass(frozen=True)
class Cell:
    """One figure of one article, recomputed once."""

    claim: str
    article: str
    figure: str
    unit: str
    stated: tuple[float, float]
    recomputed: tuple[float, float] | None
    shown: str
    by: str
    why: str
    contradiction: str
    verdict: str


def recompute(path: Path = DATA / "recomputed.yaml", claims: Path = DATA / "claims.yaml",
              prices: Mapping[str, Price] | None = None) -> list[Cell]:
    """Recompute all cells, in the order of the file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    figures, articles = _figures(claims)
    known = dict(load_prices() if prices is None else prices)
    names = {name: figures[_place(text, figures)] for name, text in rows["names"].items()}
    return [_cell(row, figures, articles, known, names) for row in rows["cells"]]


def stated_figure(claim: str, figure: str, claims: Path = DATA / "claims.yaml"
                  ) -> tuple[float, float]:
    """Return the two ends of a figure as an article states it; equal for a single number."""
    figures, _ = _figures(claims)
    return figures[_place(f"{claim} / {figure}", figures)][:2]


def _cell(row: Mapping, figures: Mapping, articles: Mapping, prices: Mapping[str, Price],
          names: Mapping) -> Cell:
    claim = row["claim"]
    if "stated" in row:
        figure, stated, unit = row["unit"], (row["stated"],) * 2, ""
    else:
        figure = row["figure"]
        stated = figures[_place(f"{claim} / {figure}", figures)]
        unit = stated[2]
        stated = stated[:2]
    texts = [str(row[end]) for end in ("low", "high") if end in row]
    values = [_evaluate(text, prices, names, claim) for text in texts]
    recomputed = (values[0][0], values[-1][0]) if values else None
    shown = " to ".join(text for _, text in values)
    within = row.get("within", _TOLERANCE)
    verdict = UNKNOWN if recomputed is None else _verdict(
        stated, recomputed, within, row.get("inside", False))
    why = row["why"] + (f" (within {within:.0%})" if "within" in row else "")
    return Cell(claim, articles[claim], figure, unit, stated, recomputed, shown, row["by"],
                why, row.get("contradiction", ""), verdict)


def _verdict(stated: tuple, recomputed: tuple, within: float, inside: bool) -> str:
    """A number agrees with a span it lies in; two spans agree at both ends, or inside."""
    (a, b), (low, high) = stated, recomputed
    ends = math.isclose(a, low, rel_tol=within) and math.isclose(b, high, rel_tol=within)
    contained = a * (1 - within) <= low and high <= b * (1 + within)
    covers = low * (1 - within) <= a and b <= high * (1 + within)
    if a == b and low != high:
        return AGREES if covers else DIFFERS
    if a != b and (low == high or inside):
        return AGREES if contained else DIFFERS
    return AGREES if ends else DIFFERS


@cache
def _figures(path: Path) -> tuple[dict, dict]:
    """Map "claim / figure" to (low, high, unit), and claims to the titles of their articles."""
    claims = parse_claims(path)["claims"]
    figures = {f"{claim['id']} / {one['name']}": (*_ends(one), one["unit"])
               for claim in claims for one in claim["figures"]}
    return figures, {c["id"]: c["source"][0]["title"] for c in claims}


def _ends(figure: Mapping) -> tuple[float, float]:
    if "value" in figure:
        return figure["value"], figure["value"]
    return figure["min"], figure["max"]


def _place(text: str, figures: Mapping) -> str:
    if text not in figures:
        raise BookError(f"{text!r} is no figure of data/claims.yaml; write claim / figure as they "
                        "stand there")
    return text


def _evaluate(text: str, prices: Mapping[str, Price], names: Mapping,
              claim: str) -> tuple[float, str]:
    """Compute an expression; give its value, and its text with numbers for the names."""
    try:
        tree = ast.parse(text, mode="eval").body
        numbers = _Numbers(prices, names).visit(tree)
        return _value(numbers), ast.unparse(numbers)
    except (SyntaxError, AttributeError, KeyError, TypeError, ValueError,
            ZeroDivisionError) as error:
        raise BookError(f"data/recomputed.yaml, {claim}: cannot compute {text!r} ({error!r}); use "
                        "numbers, + - * /, prices and the names at the top of the file") from error


class _Numbers(ast.NodeTransformer):
    """Puts numbers in the place of names of prices and figures."""

    def __init__(self, prices: Mapping[str, Price], names: Mapping):
        self._prices, self._names = prices, names

    def visit_Name(self, node):
        """Replace a figure, or a price that is no span."""
        if node.id in self._names:
            return _constant(self._names[node.id][0])
        return _constant(self._single(self._prices[node.id]))

    def visit_Constant(self, node):
        """Write 1e6 as 1000000."""
        return _constant(node.value)

    def visit_Attribute(self, node):
        """Replace an end of a price that is a span."""
        return _constant(self._single({"low": self._prices[node.value.id].low,
                                       "high": self._prices[node.value.id].high}[node.attr]))

    @staticmethod
    def _single(price: Price) -> float:
        price.expect(price.per)  # refuses a span
        return price.usd


def _constant(value: float) -> ast.Constant:
    return ast.Constant(int(value) if float(value).is_integer() else value)


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.left), _value(node.right))
    raise KeyError(ast.unparse(node))
