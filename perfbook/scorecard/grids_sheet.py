"""The sheet Grids: the figures of every small fixed table, by directorate, in the chosen period and the one before."""

from __future__ import annotations

from itertools import groupby

from perfbook.checks.grid_rules import number_format
from perfbook.framework.plan import column_key
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.workbook.writer import Sheet, Value

SHEET = "Grids"
_LABEL, _GROUP, _FIRST_COLUMN = 0, 1, 2


def write_grids(frame: Frame) -> None:
    """Writes the sheet: a table for each grid and directorate."""
    view = frame.view
    most = max(len(grid.columns) for _, grid, _, _ in view.grid_rows)
    widths = [40.0, 18.0, *([15.0] * (2 * most))]
    sheet = open_sheet(frame, SHEET, "Grids: tables that services fill", widths, head_row=1)
    numbers = {(row[0], row[2].key, row[3]): number for number, row in enumerate(view.grid_rows, 1)}
    at = 3
    for (_, directorate), found in groupby(view.grid_rows, key=lambda row: (row[1].key, row[0])):
        rows = list(found)
        grid = rows[0][1]
        name = view.framework.directorate(directorate).name
        heading = frame.book.style(**(frame.book.house.title() | {"font_size": 13}))
        sheet.text(at, 0, f"{grid.title}: {name}", heading)
        sheet.raw.set_row(at, 22)
        labels = ("Line", "Group", *grid.columns, *(f"{each}, period before" for each in grid.columns))
        head(frame, sheet, at + 1, labels, height=32, figures=range(_FIRST_COLUMN, len(labels)))
        at += 2
        for line in grid.lines:
            sheet.raw.set_row(at, row_height([(line.label, 40.0)], 18))
            sheet.text(at, _LABEL, line.label, frame.body)
            sheet.text(at, _GROUP, line.group, frame.body)
            for place, each in enumerate(grid.columns):
                key = column_key(each)
                number = numbers[directorate, line.key, key]
                style = frame.figure(number_format(line), bold=bool(grid.adding_to(line.key)))
                _figure(frame, sheet, at, _FIRST_COLUMN + place, number, style, back=0)
                quiet = frame.figure(number_format(line), font_color=frame.book.house.muted)
                _figure(frame, sheet, at, _FIRST_COLUMN + len(grid.columns) + place, number, quiet, back=1)
            at += 1
        at += 1
    sheet.raw.print_area(0, 0, at - 2, len(widths) - 1)
    sheet.raw.freeze_panes(2, 1)


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
