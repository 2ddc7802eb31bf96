"""What footnote marks say of a line of a grid: which figures bear one, and which are not comparable across one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from perfbook.framework.grid_columns import about, header
from perfbook.framework.model import Grid, GridLine
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure
from perfbook.scorecard.grids_feed import GridTable
from perfbook.scorecard.view import View

BEFORE = "the period before"
_BEARS, _PARTED = " bears the footnote mark ", " is not comparable with "


def note_text(view: View, table: GridTable, line: GridLine, number: int) -> str:
    """The note of a line in the period of a number, from 1."""
    return " ".join(_texts(view, table, line, number))


def _texts(view: View, table: GridTable, line: GridLine, number: int) -> Iterator[str]:
    grid, period = table.grid, view.periods[number - 1]

    def figure(name: str, back: int = 0) -> GridFigure | None:
        if number <= back:
            return None
        place = line.key, column_key(name), table.directorate, view.periods[number - 1 - back]
        return view.grid_figures.get(place)

    for name in grid.columns:
        now = figure(name)
        if now and now.mark:
            yield f"{header(name, period)}{_BEARS}{now.mark}."
    for name, other in _pairs(view, grid):
        now, then = figure(name), figure(other) if other else figure(name, 1)
        if now and then and now.mark != then.mark:
            yield f"{header(name, period)}{_PARTED}{header(other, period) if other else BEFORE}."


def note_formula(view: View, table: GridTable, line: GridLine) -> str:
    """The same as a formula, for whatever period is chosen."""
    grid = table.grid

    def cell(name: str, data: str, back: int = 0) -> str:
        number = table.numbers[line.key, column_key(name)]
        return f"INDEX({data},{number},{f'MAX(period_number-{back},1)' if back else 'period_number'})"

    def mark(name: str, back: int = 0) -> str:
        return cell(name, "data_grid_mark", back) + '&""'

    parts = [f'IF({mark(name)}="","",{table.heads[name]}&"{_BEARS}"&{mark(name)}&". ")' for name in grid.columns]
    for name, other in _pairs(view, grid):
        then, back = other or name, 0 if other else 1
        both = f"ISNUMBER({cell(name, 'data_grid')}),ISNUMBER({cell(then, 'data_grid', back)})"
        there = f"AND({both})" if other else f"AND(period_number>1,{both})"
        what = table.heads[other] if other else f'"{BEFORE}"'
        said = f'{table.heads[name]}&"{_PARTED}"&{what}&". "'
        parts.append(f'IF({there},IF({mark(name)}<>{mark(then, back)},{said},""),"")')
    return f"=TRIM({'&'.join(parts)})"


def _pairs(view: View, grid: Grid) -> Iterator[tuple[str, str]]:
    """What is compared: a column that names a period with the one before it that does; any other with itself in the
    period before (the other name is empty then)."""
    named = [name for name in grid.columns if about(name, view.chosen) is not None]
    yield from ((name, other) for other, name in pairwise(named))
    yield from ((name, "") for name in grid.columns if name not in named)
