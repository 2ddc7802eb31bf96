"""How returns come in, on the sheet Returns: by days from the due day, this period beside the one before."""

from __future__ import annotations

from perfbook.inflow import MARKS
from perfbook.scorecard.charts import label_font
from perfbook.scorecard.data import sheet_of
from perfbook.scorecard.frame import Frame, head
from perfbook.scorecard.matrices import INFLOW_DAYS
from perfbook.workbook.writer import Sheet, Value

_CHART_ROWS, _WIDTH = 13, 900
NOTHING_BEFORE = "Nothing is known of the period before."


def write_inflow(frame: Frame, sheet: Sheet, top: int) -> int:
    """The table and the chart; gives the row on which the list of returns can begin."""
    words = ("Received by the end of", "Expected", *(_day(mark) for mark in MARKS))
    head(frame, sheet, top, words, height=32, figures=range(1, len(words)))
    curves = frame.view.quarter.curves
    plain, figure = frame.body, frame.figure("0")
    for place in (1, 2):
        row = top + place
        curve = curves[place - 1] if place <= len(curves) else None
        label = f"INDEX(data_inflow_of,{place},1)"
        nothing = NOTHING_BEFORE if place == 2 else ""
        sheet.raw.set_row(row, 20)
        sheet.formula(row, 0, f'=IF({label}="","{nothing}",{label})', curve.period if curve else nothing, plain)
        expected: Value = curve.expected if curve else ""
        sheet.formula(row, 1, _number(f"INDEX(data_inflow_of,{place},2)"), expected, figure)
        for column, mark in enumerate(MARKS, 2):
            number = curve.by(mark) if curve else None
            found = f"INDEX(data_inflow,{INFLOW_DAYS.index(mark) + 1},{place})"
            sheet.formula(row, column, _number(found), "" if number is None else number, figure)
    _chart(frame, sheet, top + 4)
    return top + 4 + _CHART_ROWS + 1


def _number(cell: str) -> str:
    return f'=IF(ISNUMBER({cell}),{cell},"")'


def _day(mark: int) -> str:
    if mark == 0:
        return "the due day"
    days = f"{abs(mark)} day{'' if abs(mark) == 1 else 's'}"
    return f"{days} {'before' if mark < 0 else 'after'}"


def _chart(frame: Frame, sheet: Sheet, at: int) -> None:
    book, house = frame.book, frame.book.house
    chart, data = book.chart("line"), sheet_of("data_inflow")
    last = len(INFLOW_DAYS)
    looks = (
        {"color": house.heading_fill, "width": 2.5},
        {"color": house.series[1], "width": 1.75, "dash_type": "dash"},
    )
    for place, look in enumerate(looks):
        chart.add_series(
            {
                "name": [sheet.name, at - 3 + place, 0],
                "categories": [data, 1, 0, last, 0],
                "values": [data, 1, 3 + place, last, 3 + place],
                "line": look,
            }
        )
    title = "Returns received, by days from the due day"
    chart.set_title({"name": title, "name_font": label_font(frame, 12), "overlay": False})
    chart.set_x_axis(
        {"num_font": label_font(frame, 9), "interval_unit": 5, "interval_tick": 5, "label_position": "low"}
    )
    lines = {"visible": True, "line": {"color": house.subheading_fill}}
    axis = {"num_font": label_font(frame, 9), "num_format": "0%", "min": 0, "max": 1, "major_gridlines": lines}
    chart.set_y_axis(axis)
    chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
    chart.set_size({"width": _WIDTH, "height": _CHART_ROWS * 20 - 8})
    chart.show_blanks_as("gap")
    description = (
        "Two lines: what share of the returns had come by each day, this period and the one before; "
        "the table above has the numbers."
    )
    sheet.chart(at, 0, chart, description=description)
