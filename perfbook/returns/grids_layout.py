"""The layout of the grids of a return, from which their writer and their reader both derive.

A sheet a grid, a row a line; rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfbook.framework.grid_columns import Heads
from perfbook.framework.model import Grid
from perfbook.returns.facts import Fact
from perfbook.returns.layout import MARK

KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW, FIRST_ROW = range(5)
# Columns with figures have this before the key of the column, and those of the period before another word.
FIGURE, EARLIER = "figure.", "earlier."
LABEL, GROUP = "label", "group"
GRID_MARK = f"{MARK}grid."
LINE = "line"


def mark_of(grid: Grid) -> str:
    """The mark of a grid's sheet."""
    return f"{GRID_MARK}{grid.key}"


def facts_of_grid(grid: Grid, heads: Heads) -> Iterator[Fact]:
    """The locked cells that say what the figures of a grid are."""
    for key, name in heads.labels.items():
        yield Fact("", f"{FIGURE}{key}", "", f"The heading of the column {name}", name)
    for line in grid.lines:
        yield Fact(line.key, LABEL, line.key, f"The line {line.label}", line.label)
        yield Fact(line.key, GROUP, line.key, f"Group of {line.label}", line.group)
