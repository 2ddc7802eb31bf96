"""The sheet Grids: the figures of every small fixed table, by directorate, in the chosen period and the one before.

Columns that name a period are headed by it and need no figures of the period before beside them. A note says where a
footnote mark parts figures. Below each table stands a chart of it, over the last periods where there are several.
"""

from __future__ import annotations

from itertools import groupby

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbook.checks.grid_rules import number_format
from perfbook.framework.grid_columns import about, header
from perfbook.framework.model import Grid
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.scorecard.grid_notes import note_formula, note_text
from perfbook.scorecard.grids_feed import GridFeed, GridTable
from perfbook.workbook.writer import Sheet, Value

SHEET = "Grids"
_LABEL, _GROUP, _FIRST_COLUMN = 0, 1, 2
_LABEL_WIDTH, _GROUP_WIDTH, _FIGURE_WIDTH, _NOTE_WIDTH = 40.0, 18.0, 15.0, 34.0
_CHART_ROWS, _MOST_WIDTH, _CHART_HEIGHT = 13, 860, 250


def write_grids(frame: Frame) -> None:
    """Writes the sheet: a table for each grid and directorate, with its chart."""
    view = frame.view
    most = max(len(grid.columns) + len(_beside(frame, grid)) for _, grid, _, _ in view.grid_rows)
    widths = [_LABEL_WIDTH, _GROUP_WIDTH, *([_FIGURE_WIDTH] * most), _NOTE_WIDTH]
    sheet = open_sheet(frame, SHEET, "Grids: tables that services fill", widths, head_row=1)
    at, feed = 3, GridFeed(frame)
    # A unit of width is seven pixels, with five around it.
    wide = min(_MOST_WIDTH, round(sum(7 * width + 5 for width in widths)) - 6)
    rows = tuple(enumerate(view.grid_rows, 1))
    for (_, directorate), found in groupby(rows, key=lambda row: (row[1][1].key, row[1][0])):
        held = list(found)
        numbers = {(line.key, key): number for number, (_, _, line, key) in held}
        grid = held[0][1][1]
        heads = {
            name: f"'{SHEET}'!{xl_rowcol_to_cell(at + 1, _FIRST_COLUMN + place, row_abs=True, col_abs=True)}"
            for place, name in enumerate(grid.columns)
        }
        table = GridTable(grid, directorate, numbers, heads)
        at = _table(frame, sheet, at, table, len(widths) - 1)
        chart = feed.chart(table, wide, _CHART_HEIGHT)
        if chart:
            sheet.chart(at, 0, chart[0], description=chart[1])
            at += _CHART_ROWS
        at += 1
    sheet.raw.print_area(0, 0, at - 2, len(widths) - 1)
    sheet.raw.freeze_panes(2, 1)


def _beside(frame: Frame, grid: Grid) -> tuple[str, ...]:
    """The columns whose figures of the period before stand beside them: those that name no period."""
    return tuple(name for name in grid.columns if about(name, frame.view.chosen) is None)


def _table(frame: Frame, sheet: Sheet, at: int, table: GridTable, last: int) -> int:
    """One table; the row after it. `last` is the last column of the sheet, which is wide enough for notes."""
    grid, view = table.grid, frame.view
    beside = _beside(frame, grid)
    heading = frame.book.style(**(frame.book.house.title() | {"font_size": 13}))
    sheet.text(at, 0, f"{grid.title}: {view.framework.directorate(table.directorate).name}", heading)
    sheet.raw.set_row(at, 22)
    names = [header(each, view.chosen) for each in grid.columns]
    labels = ["Line", "Group", *names, *(f"{each}, period before" for each in beside)]
    note_at = len(labels)
    note_width = _NOTE_WIDTH if note_at == last else _FIGURE_WIDTH
    head(frame, sheet, at + 1, [*labels, "Note"], height=32, figures=range(_FIRST_COLUMN, note_at))
    for place, name in enumerate(grid.columns):
        if name in view.moving_heads:
            number = view.moving_heads.index(name) + 1
            live = f"=INDEX(grid_heads,{number},period_number)"
            sheet.formula(at + 1, _FIRST_COLUMN + place, live, names[place], frame.heading_right)
    at += 2
    for line in grid.lines:
        # High enough for whatever period is chosen.
        notes = [note_text(view, table, line, number) for number in range(1, len(view.periods) + 1)]
        texts = [(line.label, _LABEL_WIDTH), *((note, note_width) for note in notes)]
        sheet.raw.set_row(at, row_height(texts, 18))
        sheet.text(at, _LABEL, line.label, frame.body)
        sheet.text(at, _GROUP, line.group, frame.body)
        style = frame.figure(number_format(line), bold=bool(grid.adding_to(line.key)))
        quiet = frame.figure(number_format(line), font_color=frame.book.house.muted)
        for place, name in enumerate(grid.columns):
            _figure(frame, sheet, at, _FIRST_COLUMN + place, table.numbers[line.key, column_key(name)], style, back=0)
        for place, name in enumerate(beside, len(grid.columns)):
            _figure(frame, sheet, at, _FIRST_COLUMN + place, table.numbers[line.key, column_key(name)], quiet, back=1)
        sheet.formula(at, note_at, note_formula(view, table, line), notes[view.number - 1], frame.word)
        at += 1
    return at


def _figure(frame: Frame, sheet: Sheet, at: int, column: int, number: int, style: object, *, back: int) -> None:
    """A live figure of the chosen period, or of the one before it."""
    known = _known(frame, number, back)
    held = f"INDEX(data_grid,{number},period_number-{back})" if back else f"INDEX(data_grid,{number},period_number)"
    shown = f'IF(ISNUMBER({held}),{held},"")'
    value: Value = known.value if known else ""
    sheet.formula(at, column, f'=IF(period_number>{back},{shown},"")' if back else f"={shown}", value, style)


def _known(frame: Frame, number: int, back: int = 0) -> GridFigure | None:
    """The figure of a row of `data_grid` in the chosen period, or so many before it."""
    view = frame.view
    directorate, _, line, key = view.grid_rows[number - 1]
    if view.number <= back:
        return None
    return view.grid_figures.get((line.key, key, directorate, view.periods[view.number - 1 - back]))
