"""The hidden sheet Feed grids: what the charts of grids show, for whatever period is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks.grid_rules import number_format
from perfbook.framework.model import Grid
from perfbook.scorecard.charts import label_font
from perfbook.scorecard.frame import Frame
from perfbook.scorecard.grid_series import (
    BREAK,
    GridSeries,
    drawn_lines,
    figure_of,
    has_one_plain,
    held_numbers,
    is_broken,
    label_of,
    name_of,
    number_of,
    series_of,
)
from perfbook.workbook.writer import Sheet, Value

SHEET = "Feed grids"
# Below the first row of a block stand the periods of its series, then their names, then the lines.
_SLOTS, _HEADS, _LINES = 1, 2, 3


@dataclass(frozen=True)
class GridTable:
    """One grid of one directorate. `numbers` are the rows of `data_grid`, from 1, by line and column; `heads` the cells
    with the heads of its columns, by their names."""

    grid: Grid
    directorate: str
    numbers: Mapping[tuple[str, str], int]
    heads: Mapping[str, str]


class GridFeed:
    """The sheet in the making: a block below the other."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.view = frame, frame.view
        self._sheet: Sheet | None = None
        self._at = 0

    def chart(self, table: GridTable, width: int, height: int) -> tuple[object, str] | None:
        """The chart of a table, and the same in words; None where its lines are too many."""
        lines = drawn_lines(table.grid)
        if not lines:
            return None
        series = series_of(self.view, table.grid)
        first = self._block(table, series)
        return self._drawn(table, series, first, len(lines), width, height), self._said(table, series)

    def _block(self, table: GridTable, series: Sequence[GridSeries]) -> int:
        """Writes what a chart shows; the row of its first line."""
        if self._sheet is None:
            self._sheet = self.frame.book.sheet(SHEET, state="hidden")
        sheet, view, grid, top = self._sheet, self.view, table.grid, self._at
        sheet.text(top, 0, f"{grid.title}: {view.framework.directorate(table.directorate).name}")
        held = held_numbers(view, grid)
        for place, number in enumerate(held, 1):
            sheet.number(top, place, number)
        known = f"$B${top + 1}:${xl_col_to_name(len(held))}${top + 1}"
        count = f'COUNTIF({known},"<="&period_number)'
        for place, each in enumerate(series, 1):
            slot = f"${xl_col_to_name(place)}${top + _SLOTS + 1}"
            if each.back is None:
                sheet.formula(top + _SLOTS, place, "=period_number", number_of(view, grid, each))
                head = table.heads[each.name]
            else:
                found = f"=IF({count}>{each.back},INDEX({known},{count}-{each.back}),0)"
                sheet.formula(top + _SLOTS, place, found, number_of(view, grid, each))
                name = "" if has_one_plain(view, grid) else f'{table.heads[each.name]}&", "&'
                head = f'IF({slot}=0,"",{name}INDEX(period_labels,MAX({slot},1),1))'
            sheet.formula(top + _HEADS, place, f"={head}", name_of(view, grid, each))
        for row, line in enumerate(drawn_lines(grid), top + _LINES):
            self._line(sheet, row, top, table, series, line.key)
        self._at = top + _LINES + len(drawn_lines(grid)) + 1
        return top + _LINES

    def _line(self, sheet: Sheet, row: int, top: int, table: GridTable, series: Sequence[GridSeries], key: str) -> None:
        """The label of a line, flagged where figures are counted in different ways; its figures; their marks."""
        view, grid = self.view, table.grid
        line = next(each for each in grid.lines if each.key == key)
        figures = [figure_of(view, grid, each, line, table.directorate) for each in series]
        marks = [f"${xl_col_to_name(len(series) + place)}{row + 1}" for place in range(1, len(series) + 1)]
        for place, (each, figure) in enumerate(zip(series, figures, strict=True), 1):
            number = table.numbers[key, each.key]
            slot = f"{xl_col_to_name(place)}${top + _SLOTS + 1}"
            held = f"INDEX(data_grid,{number},MAX({slot},1))"
            value: Value = figure.value if figure else ""
            sheet.formula(row, place, f'=IF({slot}=0,"",IF(ISNUMBER({held}),{held},""))', value)
            mark = f"INDEX(data_grid_mark,{number},MAX({slot},1))"
            cell = f"{xl_col_to_name(place)}{row + 1}"
            sheet.formula(
                row, len(series) + place, f'=IF(ISNUMBER({cell}),{mark}&"|","")', f"{figure.mark}|" if figure else ""
            )
        name = label_of(grid, line)
        label = '"' + name.replace('"', '""') + '"'
        differ = ",".join(f'AND({a}<>"",{b}<>"",{a}<>{b})' for a, b in combinations(marks, 2))
        formula = f'={label}&IF(OR({differ}),"{BREAK}","")' if differ else f"={label}"
        sheet.formula(row, 0, formula, f"{name}{BREAK if is_broken(figures) else ''}")

    def _drawn(
        self, table: GridTable, series: Sequence[GridSeries], first: int, lines: int, width: int, height: int
    ) -> object:
        frame, house, grid = self.frame, self.frame.book.house, table.grid
        chart = frame.book.chart("column")
        last, shape = first + lines - 1, number_format(grid.lines[0])
        for place in range(1, len(series) + 1):
            chart.add_series(
                {
                    "name": [SHEET, first - 1, place],
                    "categories": [SHEET, first, 0, last, 0],
                    "values": [SHEET, first, place, last, place],
                    # The newest stands out; a single series is the newest.
                    "fill": {"color": house.series[(len(series) - place) % len(house.series)]},
                    "gap": 80,
                    # Noughts, and cells without a figure, are not written.
                    "data_labels": {"value": True, "num_format": f"{shape};;;", "font": label_font(frame, 8)},
                }
            )
        name = self.view.framework.directorate(table.directorate).name
        title = {"name": f"{grid.title}: {name}", "name_font": label_font(frame, 11), "overlay": False, "layout": None}
        chart.set_title(title)
        # Each column says its figure: an axis would only say it again, with halves between small counts.
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_x_axis({"num_font": label_font(frame, 8)})
        if len(series) > 1:
            chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
        else:
            chart.set_legend({"none": True})
        chart.set_size({"width": width, "height": height})
        return chart

    def _said(self, table: GridTable, series: Sequence[GridSeries]) -> str:
        grid = table.grid
        name = self.view.framework.directorate(table.directorate).name
        if any(each.back is not None for each in series) and len(series) > 1:
            what = "a column for each of the last periods up to the chosen one"
        else:
            what = f"a column for each of {', '.join(grid.columns)}"
        flag = f"{BREAK.strip()} behind a line: its figures are not counted in one way, and the column Note says where."
        return f"Columns: {grid.title} of {name}, line by line, {what}. {flag} The table above has the figures."
