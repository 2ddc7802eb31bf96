"""What the sheet Directorate lists: the measures and actions of the chosen directorate, or each directorate.

A line is a kind and a row: of Calc for a measure, of Calc actions for a placement, the number of a directorate for a
directorate; the line above actions has none. The hidden sheet works the same out by formula.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from perfbook.framework.periods import Period
from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.view import View
from perfbook.scoring.judge import Counts, count
from perfbook.scoring.ratings import ActionCounts, count_actions
from perfbook.workbook.writer import Book

SHEET = "Directorate lines"
NOTHING, MEASURE, HEAD, ACTION, DIRECTORATE = range(5)
Line = tuple[int, int]
_FIRST = 1


@dataclass(frozen=True)
class Lines:
    """The lines of a book, for whichever period and directorate. Rows count from 1, as in formulas."""

    view: View
    calc: Calc
    actions: ActionCalc

    @property
    def has_head(self) -> bool:
        """Whether a line with heads of its own stands above the actions: where there are measures too."""
        return self.view.has_measures and self.view.has_actions

    @cached_property
    def most(self) -> int:
        """How many lines the sheet has: as many as the framework can ever ask for."""
        view = self.view
        found = [len(view.directorates), 1]
        held = Counter(measure.directorate for measure in view.framework.measures)
        for each in view.directorates:
            placed, measures = len(view.placed_of.get(each.key, ())), held[each.key]
            found.append(measures + placed + (self.has_head and placed > 0))
        return max(found)

    def of(self, directorate: str, period: Period) -> list[Line]:
        """The lines for a choice."""
        view = self.view
        if not directorate:
            return [(DIRECTORATE, number) for number in range(1, len(view.directorates) + 1)]
        lines = [
            (MEASURE, row) for row, each in view.judged_of[period].get(directorate, ()) if each.state != "withdrawn"
        ]
        placed = [
            (ACTION, row)
            for row, placement in view.placed_of.get(directorate, ())
            if placement.key in view.rated[period]
        ]
        return lines + ([(HEAD, 0)] if placed and self.has_head else []) + placed

    @cached_property
    def shown(self) -> list[Line]:
        """Those of the choice that the book was made for."""
        return self.of(self.view.directorate, self.view.chosen)

    @cached_property
    def printed(self) -> int:
        """How many are printed: as many as the longest choice has."""
        keys, periods = self.view.directorate_labels, self.view.periods
        return max(1, *(len(self.of(key, period)) for key in keys for period in periods))

    def kind(self, place: int) -> str:
        """The cell with the kind of a line, from 0."""
        return f"'{SHEET}'!$B${place + _FIRST + 1}"

    def row(self, place: int) -> str:
        """The cell with its row."""
        return f"'{SHEET}'!$C${place + _FIRST + 1}"

    def write(self, book: Book) -> None:
        """The hidden sheet."""
        sheet = book.sheet(SHEET, state="hidden")
        for column, label in enumerate(("Line", "Kind", "Row", "Measures", "Actions")):
            sheet.text(0, column, label)
        kinds = [kind for kind, _ in self.shown]
        measures = self.calc.last("listed") if self.view.framework.measures else "0"
        placed = "0"
        if self.view.has_actions:
            placed = self.actions.cell("listed", len(self.view.placements) - 1)
        sheet.formula(_FIRST, 3, f"={measures}", kinds.count(MEASURE))
        sheet.formula(_FIRST, 4, f"={placed}", kinds.count(ACTION))
        head = int(self.has_head)
        for place in range(self.most):
            row, number = _FIRST + place, place + 1
            kind, found = self.shown[place] if place < len(self.shown) else (NOTHING, 0)
            sheet.number(row, 0, number)
            in_actions = f"IF({number}<=$D$2+{head}+$E$2,{ACTION},{NOTHING})"
            if head:
                in_actions = f"IF({number}=$D$2+1,{HEAD},{in_actions})"
            one = f"IF({number}<=$D$2,{MEASURE},IF($E$2=0,{NOTHING},{in_actions}))"
            every = f"IF({number}<={len(self.view.directorates)},{DIRECTORATE},{NOTHING})"
            sheet.formula(row, 1, f"=IF(directorate_number=0,{every},{one})", kind)
            parts = f"IF(B{row + 1}={DIRECTORATE},{number},0)"
            if self.view.framework.measures:
                match = f"MATCH({number},{self.calc.column('listed')},0)"
                parts = f"IF(B{row + 1}={MEASURE},{match},{parts})"
            if self.view.has_actions:
                match = f"MATCH({number}-$D$2-{head},{self.actions.column('listed')},0)"
                parts = f"IF(B{row + 1}={ACTION},{match},{parts})"
            sheet.formula(row, 2, f"={parts}", found)


@dataclass(frozen=True)
class Tally:
    """The counts of one directorate, or of all (the empty key), in one period."""

    view: View
    directorate: str
    period: Period

    @cached_property
    def measures(self) -> Counts:
        """The headline counts of its measures."""
        if not self.directorate:
            return self.view.counts[self.period]
        found = self.view.judged_of[self.period].get(self.directorate, ())
        return count(self.view.framework, (row for _, row in found))

    @cached_property
    def actions(self) -> ActionCounts:
        """The headline counts of its actions."""
        if not self.directorate:
            return self.view.action_counts[self.period]
        rated, placed = self.view.rated[self.period], self.view.placed_of.get(self.directorate, ())
        found = (rated[placement.key] for _, placement in placed if placement.key in rated)
        return count_actions(self.view.framework, found)

    @property
    def exceptions(self) -> int:
        """How many of its measures call for an explanation."""
        measures = self.view.framework.measures
        found = self.view.exceptions(self.period)
        return sum(self.directorate in ("", measures[row].directorate) for row in found)
