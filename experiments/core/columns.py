"""Aligned columns of plain text, for a terminal.

    columns([("method", "right"), ("RAG", "31 %")])
    -> ["method  right", "RAG     31 %"]
"""

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], numbers: bool = False) -> list[str]:
    """Lay out rows of equal length; `numbers` puts all columns but the first to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.rjust(width) if numbers and place else text.ljust(width)
                      for place, (text, width) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows]
