"""The hidden sheet Feed: which measure stands in which row of the lists, and what the charts show."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.scorecard.calc import Calc
from perfbook.scorecard.reconcile import ASPECTS
from perfbook.scorecard.view import View
from perfbook.scorecard.words import score_labels
from perfbook.workbook.writer import Book, Sheet

SHEET = "Feed"
_FIRST = 1
# Columns of the sheet.
_RANK, _EXCEPTION, _ASPECT, _DIFFERENCE, _CHART = 0, 1, 2, 3, 6
_MOST_PERIODS = 8


@dataclass(frozen=True)
class Feed:
    """Rows of lists by rank, and the figures of the chart over periods. Rows count from 0."""

    view: View
    calc: Calc

    @property
    def exceptions(self) -> int:
        """How many rows the list of exceptions has: as many as can ever be needed."""
        return sum(1 for measure in self.view.framework.measures if measure.polarity != "none") or 1

    @property
    def differences(self) -> int:
        """How many rows the list of differences has: one for whatever was printed, in the period with the most."""
        most = max(sum(found.compared.values()) for found in self.view.reconciliations.values())
        return max(most, 1)

    @property
    def chart_rows(self) -> int:
        """How many periods the chart shows: as many as can be chosen, eight at most."""
        return min(_MOST_PERIODS, len(self.view.periods))

    def exception(self, rank: int) -> str:
        """The cell that holds the measure's row (from 1) of the k-th exception, k from 0; 0 beyond the last."""
        return f"{SHEET}!$B${rank + _FIRST + 1}"

    def aspect(self, rank: int) -> str:
        """The cell that holds the number of the aspect of the k-th difference; 0 beyond the last."""
        return f"{SHEET}!$C${rank + _FIRST + 1}"

    def difference(self, rank: int) -> str:
        """The cell that holds the measure's row of the k-th difference; 0 beyond the last."""
        return f"{SHEET}!$D${rank + _FIRST + 1}"

    def chart_labels(self) -> list[object]:
        """The chart's categories, as XlsxWriter wants them."""
        return [SHEET, _FIRST, _CHART, _FIRST + self.chart_rows - 1, _CHART]

    def chart_values(self, series: int) -> list[object]:
        """The chart's values of one band."""
        return [SHEET, _FIRST, _CHART + 1 + series, _FIRST + self.chart_rows - 1, _CHART + 1 + series]

    def chart_name(self, series: int) -> list[object]:
        """The cell with the name of one band."""
        return [SHEET, 0, _CHART + 1 + series]

    def write(self, book: Book) -> None:
        """The sheet."""
        sheet = book.sheet(SHEET, state="hidden")
        for column, label in ((_RANK, "Rank"), (_EXCEPTION, "Exception"), (_ASPECT, "Aspect"), (_DIFFERENCE, "Row")):
            sheet.text(0, column, label)
        self._exceptions(sheet)
        self._differences(sheet)
        self._chart(sheet)

    def _exceptions(self, sheet: Sheet) -> None:
        found = self.view.shown_exceptions
        for rank in range(self.exceptions):
            row = _FIRST + rank
            value = found[rank] + 1 if rank < len(found) else 0
            formula = f"=IFERROR(MATCH({rank + 1},{self.calc.column('exceptions')},0),0)"
            sheet.formula(row, _EXCEPTION, formula, value)

    def _differences(self, sheet: Sheet) -> None:
        """The differences of all aspects as one list: score first, then trend, annual, figure."""
        found = self.view.differing(self.view.chosen)
        ends = [self.calc.last(f"differs_{aspect}") for aspect in ASPECTS]
        columns = [self.calc.column(f"differs_{aspect}") for aspect in ASPECTS]
        for rank in range(self.differences):
            row, number = _FIRST + rank, rank + 1
            aspect, place = "0", "0"
            for position in range(len(ASPECTS), 0, -1):
                before = "+".join(ends[: position - 1]) or "0"
                within = f"{number}<={before}+{ends[position - 1]}"
                aspect = f"IF({within},{position},{aspect})"
                match = f"MATCH({number}-({before}),{columns[position - 1]},0)"
                place = f"IF(C{row + 1}={position},{match},{place})"
            value = found[rank] if rank < len(found) else (0, -1)
            sheet.number(row, _RANK, number)
            sheet.formula(row, _ASPECT, f"={aspect}", value[0])
            sheet.formula(row, _DIFFERENCE, f"={place}", value[1] + 1)

    def _chart(self, sheet: Sheet) -> None:
        """Score counts of the last periods up to the chosen one; nothing in places that are not needed."""
        labels = score_labels(self.view.framework)
        sheet.text(0, _CHART, "Period")
        rows = {outcome: row for row, (group, outcome, _) in enumerate(self.view.count_rows, 1) if group == "score"}
        for series, label in enumerate(labels.values()):
            sheet.text(0, _CHART + 1 + series, label)
        size = self.chart_rows
        first = max(1, self.view.number - size + 1)
        start = f"MAX(1,period_number-{size - 1})"
        for place in range(size):
            row, number = _FIRST + place, first + place
            there = number <= self.view.number
            label = self.view.periods[number - 1].label if there else ""
            at = f"{start}+{place}"
            sheet.formula(row, _CHART, f'=IF({at}<=period_number,INDEX(period_labels,{at},1),"")', label)
            counts = self.view.count_values(self.view.periods[number - 1]) if there else ()
            for series, outcome in enumerate(labels):
                formula = f"=IF({at}<=period_number,INDEX(check_counts,{rows[outcome]},{at}),0)"
                value = counts[rows[outcome] - 1] if there else 0
                sheet.formula(row, _CHART + 1 + series, formula, value)
