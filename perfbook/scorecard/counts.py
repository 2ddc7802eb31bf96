"""The hidden sheet Counts: every headline count, live, as Python has it, and as it was published."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.view import View
from perfbook.scorecard.words import DIRECTION_KEYS, DIRECTION_WORDS
from perfbook.workbook.writer import Book

SHEET = "Counts"
_FIRST = 1


@dataclass(frozen=True)
class Counts:
    """Where each count stands."""

    view: View
    calc: Calc
    actions: ActionCalc

    def _row(self, group: str, outcome: str) -> int:
        return next(row for row, each in enumerate(self.view.count_rows, _FIRST) if each[:2] == (group, outcome))

    def live(self, group: str, outcome: str) -> str:
        """The cell of the live count."""
        return f"{SHEET}!$D${self._row(group, outcome) + 1}"

    def python(self, group: str, outcome: str) -> str:
        """The cell of Python's count."""
        return f"{SHEET}!$E${self._row(group, outcome) + 1}"

    def printed(self, group: str, outcome: str) -> str:
        """The cell of the published count; an empty text where there is none."""
        return f"{SHEET}!$F${self._row(group, outcome) + 1}"

    def value(self, group: str, outcome: str) -> int:
        """The count of the chosen period."""
        return self.view.count_values(self.view.chosen)[self._row(group, outcome) - _FIRST]

    def write(self, book: Book) -> None:
        """The sheet."""
        sheet = book.sheet(SHEET, state="hidden")
        for column, label in enumerate(("Group", "Outcome", "Label", "Live", "Python", "Published")):
            sheet.text(0, column, label)
        totals = self.view.reconciliations[self.view.chosen].totals
        for row, (total, (group, outcome, label)) in enumerate(zip(totals, self.view.count_rows, strict=True), _FIRST):
            sheet.text(row, 0, group)
            sheet.text(row, 1, outcome)
            sheet.text(row, 2, label)
            sheet.formula(row, 3, f"={self._formula(group, outcome, row)}", total.ours)
            number = row - _FIRST + 1
            sheet.formula(row, 4, f"=INDEX(check_counts,{number},period_number)", total.ours)
            found = f"INDEX(printed_totals,{number},period_number)"
            value = "" if total.published is None else total.published
            sheet.formula(row, 5, f'=IF(ISNUMBER({found}),{found},"")', value)

    def _formula(self, group: str, outcome: str, row: int) -> str:
        if group == "actions":
            return self.actions.count(outcome)
        if group == "rating":
            return f"COUNTIF({self.actions.column('rating')},{self.view.rating_places[outcome]})"
        state = self.calc.column("state")
        if group == "measures":
            if outcome == "total":
                return f'ROWS({state})-COUNTIF({state},"withdrawn")'
            if outcome == "due":
                total = f"D{self._row('measures', 'total') + 1}"
                return f'{total}-COUNTIF({state},"not due")-COUNTIF({state},"delayed")'
            return f'COUNTIF({state},"{outcome.replace("_", " ")}")'
        if group == "score":
            place = [each[1] for each in self.view.count_rows if each[0] == "score"].index(outcome) + 1
            return f"COUNTIF({self.calc.column('place')},{place})"
        word = DIRECTION_WORDS[DIRECTION_KEYS.get(outcome)]
        return f'COUNTIF({self.calc.column(f"{group}_text")},"{word}")'
