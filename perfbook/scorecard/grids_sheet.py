"""The sheet Grids: the figures of every small fixed table, by directorate, in the chosen period and the one before.

Columns that name a period are headed by it and need no figures of the period before beside them. Below each table
stands a chart of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from perfbook.checks.grid_rules import number_format
from perfbook.framework.grid_columns import about, header
from perfbook.framework.model import Grid, GridLine
from perfbook.framework.plan import column_key
from perfbook.scorecard.charts import label_font
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.workbook.writer import Sheet, Value

SHEET = "Grids"
_LABEL, _GROUP, _FIRST_COLUMN = 0, 1, 2
_MOST_LINES = 12
_CHART_ROWS, _CHART_WIDTH, _CHART_HEIGHT = 13, 860, 250


@dataclass(frozen=True)
class _Table:
    """One grid of one directorate. `numbers` are the rows of `data_grid`, from 1, by line and column."""

    grid: Grid
    directorate: str
    numbers: dict[tuple[str, str], int]


def write_grids(frame: Frame) -> None:
    """Writes the sheet: a table for each grid and directorate, with its chart."""
    view = frame.view
    most = max(len(grid.columns) + len(_beside(frame, grid)) for _, grid, _, _ in view.grid_rows)
    widths = [40.0, 18.0, *([15.0] * most)]
    sheet = open_sheet(frame, SHEET, "Grids: tables that services fill", widths, head_row=1)
    at = 3
    rows = tuple(enumerate(view.grid_rows, 1))
    for (_, directorate), found in groupby(rows, key=lambda row: (row[1][1].key, row[1][0])):
        held = list(found)
        numbers = {(line.key, key): number for number, (_, _, line, key) in held}
        at = _table(frame, sheet, at, _Table(held[0][1][1], directorate, numbers))
    sheet.raw.print_area(0, 0, at - 2, len(widths) - 1)
    sheet.raw.freeze_panes(2, 1)


def _beside(frame: Frame, grid: Grid) -> tuple[str, ...]:
    """The columns whose figures of the period before stand beside them: those that name no period."""
    return tuple(name for name in grid.columns if about(name, frame.view.chosen) is None)


def _table(frame: Frame, sheet: Sheet, at: int, table: _Table) -> int:
    """One table and its chart; the row after both."""
    grid, view = table.grid, frame.view
    beside = _beside(frame, grid)
    heading = frame.book.style(**(frame.book.house.title() | {"font_size": 13}))
    sheet.text(at, 0, f"{grid.title}: {view.framework.directorate(table.directorate).name}", heading)
    sheet.raw.set_row(at, 22)
    names = [header(each, view.chosen) for each in grid.columns]
    labels = ("Line", "Group", *names, *(f"{each}, period before" for each in beside))
    head(frame, sheet, at + 1, labels, height=32, figures=range(_FIRST_COLUMN, len(labels)))
    for place, name in enumerate(grid.columns):
        if name in view.moving_heads:
            number = view.moving_heads.index(name) + 1
            live = f"=INDEX(grid_heads,{number},period_number)"
            sheet.formula(at + 1, _FIRST_COLUMN + place, live, names[place], frame.heading_right)
    first = at = at + 2
    for line in grid.lines:
        sheet.raw.set_row(at, row_height([(line.label, 40.0)], 18))
        sheet.text(at, _LABEL, line.label, frame.body)
        sheet.text(at, _GROUP, line.group, frame.body)
        style = frame.figure(number_format(line), bold=bool(grid.adding_to(line.key)))
        quiet = frame.figure(number_format(line), font_color=frame.book.house.muted)
        for place, name in enumerate(grid.columns):
            number = table.numbers[line.key, column_key(name)]
            _figure(frame, sheet, at, _FIRST_COLUMN + place, number, style, back=0)
        for place, name in enumerate(beside, len(grid.columns)):
            number = table.numbers[line.key, column_key(name)]
            _figure(frame, sheet, at, _FIRST_COLUMN + place, number, quiet, back=1)
        at += 1
    drawn = _drawn(grid.lines)
    if not drawn:
        return at + 1
    _chart(frame, sheet, at, first, table, len(drawn))
    return at + _CHART_ROWS + 1


def _drawn(lines: Sequence[GridLine]) -> list[GridLine]:
    """The lines of a chart: from the first on, as long as they are counted in the same way; none where too many."""
    same = list(takewhile(lambda line: line.percent == lines[0].percent, lines))
    return same if len(same) <= _MOST_LINES else []


def _chart(frame: Frame, sheet: Sheet, at: int, first: int, table: _Table, lines: int) -> None:
    grid, house = table.grid, frame.book.house
    chart = frame.book.chart("column")
    last, head_row = first + lines - 1, first - 1
    shape = number_format(grid.lines[0])
    for place in range(len(grid.columns)):
        column = _FIRST_COLUMN + place
        chart.add_series(
            {
                "name": [SHEET, head_row, column],
                "categories": [SHEET, first, _LABEL, last, _LABEL],
                "values": [SHEET, first, column, last, column],
                "fill": {"color": house.series[place % len(house.series)]},
                "gap": 80,
                # Noughts, and cells without a figure, are not written.
                "data_labels": {"value": True, "num_format": f"{shape};;;", "font": label_font(frame, 8)},
            }
        )
    name = frame.view.framework.directorate(table.directorate).name
    chart.set_title(
        {"name": f"{grid.title}: {name}", "name_font": label_font(frame, 11), "overlay": False, "layout": None}
    )
    lines_of = {"visible": True, "line": {"color": house.subheading_fill}}
    chart.set_y_axis({"num_font": label_font(frame, 8), "num_format": shape, "major_gridlines": lines_of, "min": 0})
    chart.set_x_axis({"num_font": label_font(frame, 8)})
    chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    words = f"Columns: {grid.title} of {name}, line by line, a column for each of {', '.join(grid.columns)}."
    sheet.chart(at, 0, chart, description=f"{words} The table above has the figures.")


def _figure(frame: Frame, sheet: Sheet, at: int, column: int, number: int, style: object, *, back: int) -> None:
    """A live figure of the chosen period, or of the one before it."""
    view = frame.view
    directorate, _, line, key = view.grid_rows[number - 1]
    value: Value = ""
    if view.number > back:
        period = view.periods[view.number - 1 - back]
        known = view.grid_figures.get((line.key, key, directorate, period))
        value = known.value if known else ""
    held = f"INDEX(data_grid,{number},period_number-{back})" if back else f"INDEX(data_grid,{number},period_number)"
    shown = f'IF(ISNUMBER({held}),{held},"")'
    sheet.formula(at, column, f'=IF(period_number>{back},{shown},"")' if back else f"={shown}", value, style)
