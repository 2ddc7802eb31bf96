"""What Summary says of actions: the counts, the ratings, and the ratings by priority."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.model import Band
from perfbook.scorecard.charts import label_font
from perfbook.scorecard.colours import tints
from perfbook.scorecard.frame import SUMMARY, row_height
from perfbook.scorecard.words import ACTION_LABELS, rating_labels

if TYPE_CHECKING:
    from perfbook.scorecard.summary import Summary

TOP, _RATING_COLUMN, _LABEL_WIDTH, CHART_ROWS = 8, 3, 40.0, 15


class SummaryActions:
    """Writes the blocks of actions into the sheet of a Summary."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.frame = summary.frame
        self.view = summary.frame.view
        self.labels = rating_labels(self.view.framework) if self.view.has_actions else {}

    def counts(self) -> int:
        """The counts of actions; gives the row below."""
        return self._block(0, "Actions", "actions", ACTION_LABELS, 1)

    def ratings(self) -> int:
        """The counts by rating; gives the row below."""
        row = self._block(_RATING_COLUMN, "Rating", "rating", self.labels, 2)
        summary, column = self.summary, _RATING_COLUMN
        summary.label(row, column, "All", 2, strong=True)
        letter, above = xl_col_to_name(column + 2), len(self.labels)
        total = summary.counts.value("actions", "placements")
        summary.count(row, column + 2, f"SUM({letter}{row + 1 - above}:{letter}{row})", total, strong=True)
        return row + 1

    def _block(self, column: int, title: str, group: str, labels: dict[str, str], width: int) -> int:
        summary = self.summary
        row = summary.block(TOP, column, (title, *([""] * (width - 1)), "Count"))
        for key, label in labels.items():
            summary.label(row, column, label, width)
            summary.count(row, column + width, summary.counts.live(group, key), summary.counts.value(group, key))
            row += 1
        return row

    def by_priority(self, at: int) -> int:
        """Ratings by priority: live counts, one COUNTIFS a cell; gives the row below and one more."""
        summary, calc = self.summary, self.frame.actions
        heads = ("Actions by priority", "Actions", *self.labels.values())
        summary.block(at, 0, heads, len(heads) - 1, 44)
        priority, rating = calc.column("priority"), calc.column("rating")
        tally = Counter(zip(calc.values["priority"], calc.values["rating"], strict=True))
        used = {placement.priority for placement in self.view.placements}
        row = self.first = at + 1
        for number, each in enumerate(self.view.framework.priorities, 1):
            if each.key not in used:
                continue
            summary.label(row, 0, each.name, wrap=True)
            summary.sheet.raw.set_row(row, row_height([(each.name, _LABEL_WIDTH)], 20))
            everything = sum(count for (p, r), count in tally.items() if p == number and r != "")
            summary.count(row, 1, f'COUNTIFS({priority},{number},{rating},">=0")', everything)
            for column, key in enumerate(self.labels, 2):
                place = self.view.rating_places[key]
                formula = f"COUNTIFS({priority},{number},{rating},{place})"
                summary.count(row, column, formula, tally[number, place])
            row += 1
        self.last = row - 1
        summary.label(row, 0, "All", strong=True)
        counts = summary.counts
        totals = [counts.value("actions", "placements"), *(counts.value("rating", key) for key in self.labels)]
        for column, value in enumerate(totals, 1):
            letter = xl_col_to_name(column)
            summary.count(row, column, f"SUM({letter}{self.first + 1}:{letter}{row})", value, strong=True)
        return row + 2

    def check(self) -> tuple[str, str, str, int]:
        """The control total of ratings."""
        counts = self.summary.counts
        parts = "+".join(counts.live("rating", key) for key in self.labels)
        total = counts.value("actions", "placements")
        return "Actions: all in their places = all ratings", counts.live("actions", "placements"), parts, total

    def chart(self, at: int) -> None:
        """Stacked bars of the table by priority."""
        frame, book = self.frame, self.frame.book
        chart = book.chart("bar", "stacked")
        bands = {band.key: band for scheme in self.view.framework.schemes.values() for band in scheme.bands}
        head_row = self.first - 1
        for column, key in enumerate(self.labels, 2):
            fill, text = self._colours(bands.get(key))
            chart.add_series(
                {
                    "name": [SUMMARY, head_row, column],
                    "categories": [SUMMARY, self.first, 0, self.last, 0],
                    "values": [SUMMARY, self.first, column, self.last, column],
                    "fill": {"color": fill},
                    "border": {"color": book.house.page, "width": 0.75},
                    "gap": 60,
                    # Noughts are not written.
                    "data_labels": {
                        "value": True,
                        "num_format": "0;;;",
                        "font": {**label_font(frame, 9), "color": text, "bold": True},
                    },
                }
            )
        chart.set_title({"name": "Ratings by priority", "name_font": label_font(frame, 12), "overlay": False})
        chart.set_y_axis({"reverse": True, "num_font": label_font(frame, 9)})
        # The counts stand on the bars: an axis would only say them again, with halves between small ones.
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
        chart.set_size({"width": 1180, "height": CHART_ROWS * 20 - 8})
        # The figures may be refreshed; a text beside the chart would not.
        description = "Stacked bars: how many actions of each priority have which rating, as in the table above it."
        self.summary.sheet.chart(at, 0, chart, description=description)

    def _colours(self, band: Band | None) -> tuple[str, str]:
        house = self.frame.book.house
        return (tints(band)[0], house.page) if band else (house.line, house.text)
