"""The layout of the grids of a return, from which their writer and their reader both derive.

A sheet a grid, a row a line; rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from perfbook.framework.model import Grid
from perfbook.returns.layout import MARK

KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW, FIRST_ROW = range(5)
# Columns with figures have this before the key of the column, and those of the period before another word.
FIGURE, EARLIER = "figure.", "earlier."
GRID_MARK = f"{MARK}grid."


def mark_of(grid: Grid) -> str:
    """The mark of a grid's sheet."""
    return f"{GRID_MARK}{grid.key}"
