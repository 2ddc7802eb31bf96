"""What the chart of a grid shows: lines counted in one way, a series for each column or each of the last periods.

A column that names a period is one series. Any other is one for each of the newest periods that hold a figure of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile

from perfbook.framework.grid_columns import about, header
from perfbook.framework.model import Grid, GridLine
from perfbook.framework.periods import Period
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure
from perfbook.scorecard.view import View

MOST_LINES = 12
# Periods of one column; of each where there are several.
_MOST_PERIODS, _FEWER = 4, 2
# Stands behind a line of which figures are counted in different ways.
BREAK = " \u2260"


@dataclass(frozen=True)
class GridSeries:
    """One series: its column (name and key), and which of the periods with figures it shows, 0 for the newest up to the
    chosen one; None where the column itself names a period."""

    name: str
    key: str
    back: int | None = None


def is_plain(view: View, name: str) -> bool:
    """Whether a column names no period."""
    return about(name, view.chosen) is None


def drawn_lines(grid: Grid) -> tuple[GridLine, ...]:
    """The lines of a chart: from the first on, as long as they are counted in the same way; none where too many."""
    same = tuple(takewhile(lambda line: line.percent == grid.lines[0].percent, grid.lines))
    return same if len(same) <= MOST_LINES else ()


def label_of(grid: Grid, line: GridLine) -> str:
    """What a line is called where its group does not stand beside it: with the group, where two bear one name."""
    same = sum(each.label == line.label for each in grid.lines)
    return f"{line.label} ({line.group})" if line.group and same > 1 else line.label


def held_numbers(view: View, grid: Grid) -> tuple[int, ...]:
    """The numbers of the periods, from 1, that hold a figure under a column without a period; and the newest."""
    plain = {column_key(name) for name in grid.columns if is_plain(view, name)}
    lines = {line.key for line in grid.lines}
    held = {each.period for each in view.quarter.grids if each.line in lines and each.column in plain}
    count = len(view.periods)
    return tuple(number for number, period in enumerate(view.periods, 1) if period in held or number == count)


def series_of(view: View, grid: Grid) -> tuple[GridSeries, ...]:
    """The series of a grid's chart, the oldest period first."""
    plain = [name for name in grid.columns if is_plain(view, name)]
    most = min(_MOST_PERIODS if len(plain) == 1 else _FEWER, len(held_numbers(view, grid)))
    found: list[GridSeries] = []
    for name in grid.columns:
        backs: Sequence[int | None] = range(most - 1, -1, -1) if name in plain else (None,)
        found += [GridSeries(name, column_key(name), back) for back in backs]
    return tuple(found)


def number_of(view: View, grid: Grid, series: GridSeries) -> int:
    """The number, from 1, of the reporting period whose return holds a series; 0 for none."""
    if series.back is None:
        return view.number
    there = [number for number in held_numbers(view, grid) if number <= view.number]
    return there[-1 - series.back] if len(there) > series.back else 0


def name_of(view: View, grid: Grid, series: GridSeries) -> str:
    """What a series is called in the chosen period; empty where it shows nothing."""
    if series.back is None:
        return header(series.name, view.chosen)
    number = number_of(view, grid, series)
    if not number:
        return ""
    label = view.periods[number - 1].label
    return label if has_one_plain(view, grid) else f"{series.name}, {label}"


def has_one_plain(view: View, grid: Grid) -> bool:
    """Whether a grid has a single column, and that without a period: then its series are named by their periods."""
    return len(grid.columns) == 1 and is_plain(view, grid.columns[0])


def figure_of(view: View, grid: Grid, series: GridSeries, line: GridLine, directorate: str) -> GridFigure | None:
    """The figure of a line under a series."""
    number = number_of(view, grid, series)
    if not number:
        return None
    period: Period = view.periods[number - 1]
    return view.grid_figures.get((line.key, series.key, directorate, period))


def is_broken(figures: Sequence[GridFigure | None]) -> bool:
    """Whether figures of one line are counted in different ways: their footnote marks differ."""
    return any(one.mark != other.mark for one, other in combinations([each for each in figures if each], 2))
