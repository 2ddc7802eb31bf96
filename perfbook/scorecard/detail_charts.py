"""The charts of the sheet Detail: figures beside target, benchmark and forecast; and the process behaviour chart.

Both have an axis of days, which ends where the figures do. Percentages are drawn as 76.8 and the axis says so: a
number format cannot follow the measure that is chosen.
"""

from __future__ import annotations

from typing import Any

from perfbook.scorecard.charts import label_font
from perfbook.scorecard.detail_feed import DetailFeed
from perfbook.scorecard.frame import Frame
from perfbook.scoring.spc import MOST

# No more places than a figure has, and thousands told apart.
_NUMBERS = "[>=1000]#,##0;[<=-1000]-#,##0;General"
# Blue is better and orange worse, in the manner of Making Data Count; markers differ too.
BETTER, WORSE, OTHER, GREY = "#00599D", "#B8500B", "#5B2C83", "#6B7680"
_WITH_FORECAST = MOST + 1


def figures_chart(frame: Frame, feed: DetailFeed, title: str, width: int, height: int) -> tuple[Any, str]:
    """The figures of the chosen measure with target, benchmark and forecast; and the same in words."""
    chart = frame.book.chart("line")
    navy, amber, green, purple, _ = (*frame.book.house.series, "")[:5]
    view = frame.view
    _series(chart, feed, "Actual", "actual_c", _line(navy, 2.5) | _marker("circle", 6, navy), rows=_WITH_FORECAST)
    ranged = any(measure.polarity == "range" for measure in view.framework.measures)
    _series(chart, feed, "Target", "target_c", _line(green, 1.75, "dash"), rows=_WITH_FORECAST)
    if ranged:
        _series(chart, feed, "Target, upper end", "target_high_c", _line(green, 1.75, "round_dot"), rows=_WITH_FORECAST)
    _series(chart, feed, "Benchmark", "benchmark_c", _line(purple, 1.75, "long_dash_dot"), rows=_WITH_FORECAST)
    if view.forecast_rows:
        look = _line(amber, 2, "square_dot") | _marker("diamond", 9, amber)
        _series(chart, feed, "Forecast for the end of the year", "forecast_c", look, rows=_WITH_FORECAST)
    _dress(frame, feed, chart, title, width, height)
    return chart, (
        "Line chart of the measure that is chosen on this sheet: its figures up to the chosen period, with target, "
        "benchmark and forecast. The table below it has the same figures."
    )


def process_chart(frame: Frame, feed: DetailFeed, title: str, width: int, height: int) -> tuple[Any, str]:
    """The process behaviour chart; and the same in words."""
    chart = frame.book.chart("line")
    _series(chart, feed, "Figure", "x_c", _line(GREY, 1.5) | _marker("circle", 5, GREY), "x_day")
    _series(chart, feed, "Mean", "mean_c", _line(frame.book.house.text, 1.5), "x_day")
    for name, column in (("Upper limit", "upper_c"), ("Lower limit", "lower_c")):
        _series(chart, feed, name, column, _line(frame.book.house.text, 1.25, "dash"), "x_day")
    _series(chart, feed, "Target", "aim_c", _line(frame.book.house.series[2], 1.75, "long_dash_dot"), "x_day")
    for name, column, kind, colour in (
        ("Improving", "better_c", "diamond", BETTER),
        ("Concerning", "worse_c", "square", WORSE),
        ("Special, neither", "other_c", "triangle", OTHER),
    ):
        _series(chart, feed, name, column, {"line": {"none": True}} | _marker(kind, 9, colour), "x_day")
    _dress(frame, feed, chart, title, width, height)
    return chart, (
        "Process behaviour (XmR) chart of the measure that is chosen on this sheet: its figures, their mean, the "
        "limits between which they usually lie, and marks where more than the usual variation shows. The column Signal "
        "of the table says the same in words."
    )


def _line(colour: str, width: float, dash: str = "solid") -> dict[str, object]:
    return {"line": {"color": colour, "width": width, "dash_type": dash}}


def _marker(kind: str, size: int, colour: str) -> dict[str, object]:
    return {"marker": {"type": kind, "size": size, "fill": {"color": colour}, "border": {"color": colour}}}


def _series(
    chart: Any,
    feed: DetailFeed,
    name: str,
    column: str,
    look: dict[str, object],
    days: str = "day",
    rows: int = MOST,
) -> None:
    values = feed.cached(column, rows)
    # A shorter column has no value at the end of the year.
    values += [None] * (rows - len(values))
    chart.add_series(
        {
            "name": name,
            "categories": feed.area(days, rows),
            "categories_data": feed.cached(days, rows),
            "values": feed.area(column, rows),
            "values_data": values,
            **look,
        }
    )


def _dress(frame: Frame, feed: DetailFeed, chart: Any, title: str, width: int, height: int) -> None:
    house = frame.book.house
    chart.set_title({"name": title, "name_font": label_font(frame, 12) | {"bold": True}, "overlay": False})
    chart.set_x_axis(
        {
            "date_axis": True,
            "major_unit": 3,
            "major_unit_type": "months",
            "num_format": "mmm yyyy",
            "num_font": label_font(frame, 9),
            "name": "Period ending",
            "name_font": label_font(frame, 9),
            "label_position": "low",
        }
    )
    chart.set_y_axis(
        {
            "name": f"={feed.head('axis')}",
            "name_font": label_font(frame, 9),
            "num_font": label_font(frame, 9),
            "num_format": _NUMBERS,
            "major_gridlines": {"visible": True, "line": {"color": house.subheading_fill}},
        }
    )
    chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
    chart.set_size({"width": width, "height": height})
    # A period without a figure leaves no hole, and rows that are not needed leave nothing.
    chart.show_blanks_as("span")
