"""The charts of scores that Summary and Trends share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfbook.scorecard.colours import band_colours
from perfbook.scorecard.frame import Frame
from perfbook.scorecard.words import score_labels

# Sheet, first row, first column, and for a range the last row and column.
Reference = list[Any]


def period_chart(frame: Frame, width: int, height: int) -> tuple[Any, str]:
    """Scores over the last periods, as stacked columns with their counts on them; and the same in words."""
    book, feed = frame.book, frame.feed
    chart = book.chart("column", "stacked")
    add_score_series(frame, chart, feed.chart_labels(), feed.chart_name, feed.chart_values)
    chart.set_title({"name": "Scores by reporting period", "name_font": label_font(frame, 12), "overlay": False})
    # The counts stand on the columns: an axis would only say them again, with halves between small ones.
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_x_axis({"num_font": label_font(frame, 9)})
    chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
    chart.set_size({"width": width, "height": height})
    chart.show_blanks_as("gap")
    # The figures follow the chosen period and a refresh; a text beside the chart would not.
    counts = "the sheet Summary counts them for each period that is chosen there"
    return chart, f"Stacked columns: how many measures have which score, period by period; {counts}."


def add_score_series(
    frame: Frame,
    chart: Any,
    categories: Reference,
    name: Callable[[int], Reference],
    values: Callable[[int], Reference],
) -> None:
    """One series a band in the band's own colours, its count written on it; the legend names symbol and word."""
    colours = band_colours(frame.view.framework, frame.book.house)
    for series, key in enumerate(score_labels(frame.view.framework)):
        fill, text = colours[key]
        chart.add_series(
            {
                "name": name(series),
                "categories": categories,
                "values": values(series),
                "fill": {"color": fill},
                "border": {"color": frame.book.house.page, "width": 0.75},
                "gap": 60,
                # Noughts are not written.
                "data_labels": {
                    "value": True,
                    "num_format": "0;;;",
                    "font": {**label_font(frame, 9), "color": text, "bold": True},
                },
            }
        )


def label_font(frame: Frame, size: int) -> dict[str, object]:
    """The house font for a chart's texts."""
    return {"name": frame.book.house.font, "size": size, "color": frame.book.house.text, "bold": False}
