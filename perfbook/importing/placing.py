"""Figures, targets, scores and benchmarks of the measures: where each goes, and why one goes nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from perfbook.framework.model import Benchmark, Measure, PastFigure, Published, Scheme, Target
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.importing.drafts import Draft
from perfbook.importing.fields import Goal
from perfbook.importing.figures import past_from, plain_figure, shown_in, target_from
from perfbook.importing.ledger import Ledger
from perfbook.importing.source import SourceCell
from perfbook.importing.spelling import parts_of, year_of
from perfbook.importing.words import score_of, trend_of

# (sheet of the framework, row of its content, column or period) -> why it is a guess.
Marks = dict[tuple[str, int, str | Period], str]
_PART_OF_A_YEAR = Decimal("0.6")
Key = tuple[str, Period]


@dataclass
class Placed:
    """What the figures of the spreadsheet become."""

    targets: dict[Key, Target] = field(default_factory=dict)
    past: dict[Key, PastFigure] = field(default_factory=dict)
    published: dict[Key, Published] = field(default_factory=dict)
    benchmarks: list[Benchmark] = field(default_factory=list)
    marks: Marks = field(default_factory=dict)


def place_figures(
    drafts: Sequence[Draft],
    measures: Sequence[Measure],
    points: Sequence[bool],
    scheme: Scheme,
    about: Period,
    year_start: int,
    ledger: Ledger,
) -> Placed:
    """Everything of the drafts that is about a period. `about` is a period of the year that undated targets are of."""
    placed = Placed()
    for number, (draft, measure, in_points) in enumerate(zip(drafts, measures, points, strict=True)):
        _OfMeasure(draft, measure, in_points, number, placed, ledger, scheme, year_of(about, year_start)).place()
    return placed


class _OfMeasure:
    def __init__(
        self,
        draft: Draft,
        measure: Measure,
        points: bool,
        number: int,
        placed: Placed,
        ledger: Ledger,
        scheme: Scheme,
        year: Period,
    ) -> None:
        self.draft, self.measure, self.points, self.number = draft, measure, points, number
        self.placed, self.ledger, self.scheme, self.year = placed, ledger, scheme, year

    def place(self) -> None:
        """Places all of them."""
        for goal, cells in list(self.draft.cells.items()):
            if goal.field == "actual" and goal.period:
                self._actual(goal.period, cells)
        self._targets()
        self._published()
        for cell in self.draft.cells.get(Goal("benchmark"), []):
            self._benchmark(cell, self.draft.head_of(cell))

    # --- Figures ---

    def _actual(self, period: Period, cells: Sequence[SourceCell]) -> None:
        measure = self.measure
        if period.kind not in (measure.period_kind, "year"):
            for cell in cells:
                if PER_YEAR[period.kind] < PER_YEAR[measure.period_kind]:
                    # A figure of half a year is none of a quarter, but worth comparing with.
                    self._benchmark(cell, f"{period.label} {self._word(Goal('actual', period))}".strip())
                else:
                    self.ledger.list(
                        cell, f"the measure is {measure.frequency}, and this is a figure of {period.label}"
                    )
            return
        found = past_from(cells[0], measure, self.points)
        for cell in cells:
            if isinstance(found, str):
                self.ledger.list(cell, found)
            else:
                self.ledger.place(cell, f"Past figures, {period.label} of {measure.key}")
        if not isinstance(found, str):
            self.placed.past[measure.key, period] = found

    def _word(self, goal: Goal) -> str:
        plan = self.draft.plans.get(goal)
        return plan.head.said.rest.casefold() if plan else ""

    # --- Targets ---

    def _targets(self) -> None:
        measure = self.measure
        for goal, cells in self.draft.cells.items():
            if goal.field != "target":
                continue
            period = goal.period or self.year
            because = "" if goal.period else "the target names no period"
            if period.kind == "year" and measure.period_kind != "year" and self._far_below(cells[0], period):
                last = parts_of(period, measure.period_kind)[-1]
                far = (
                    f"the figures of {period.label} are far below it, as those of parts of the year are: it is that of"
                )
                self._target(cells, last, f"{far} the last of them")
            elif period.kind in (measure.period_kind, "year"):
                self._target(cells, period, because)
            else:
                for cell in cells:
                    self.ledger.list(
                        cell, f"the measure is {measure.frequency}, and this is a target of {period.label}"
                    )

    def _far_below(self, cell: SourceCell, year: Period) -> bool:
        """Whether all figures of a year are so far below its target that they can only be parts of it."""
        measure = self.measure
        found = target_from(cell, measure, self.points)
        if isinstance(found, str) or not found.value or measure.calculation != "snapshot":
            return False
        if measure.polarity == "lower" or measure.unit.kind == "percent":
            return False
        within = [
            past.actual
            for period in parts_of(year, measure.period_kind)
            if (past := self.placed.past.get((measure.key, period))) and past.actual is not None
        ]
        return bool(within) and all(figure < _PART_OF_A_YEAR * found.value for figure in within)

    def _target(self, cells: Sequence[SourceCell], period: Period, because: str) -> None:
        measure = self.measure
        found = target_from(cells[0], measure, self.points)
        if (measure.key, period) in self.placed.targets:
            found = f"there is another target for {period.label} already"
        for cell in cells:
            if isinstance(found, str):
                self.ledger.list(cell, found)
            else:
                self.ledger.place(cell, f"Targets, {period.label} of {measure.key}")
        if not isinstance(found, str):
            self.placed.targets[measure.key, period] = found
            if because:
                self.placed.marks["Targets", self.number, period] = because

    # --- Scores and benchmarks ---

    def _published(self) -> None:
        periods = {goal.period for goal in self.draft.cells if goal.field in ("score", "trend")}
        periods |= {goal.period for goal in self.draft.lights}
        for period in sorted((each for each in periods if each), key=lambda each: each.end):
            score, because = self._score(period)
            trend = self._trend(period)
            if not score and not trend:
                continue
            past = self.placed.past.get((self.measure.key, period))
            row = len(self.placed.published)
            self.placed.published[self.measure.key, period] = Published(past.shown if past else "", score, trend)
            if because:
                self.placed.marks["Published", row, "score"] = because

    def _score(self, period: Period) -> tuple[str, str]:
        cells = self.draft.cells.get(Goal("score", period), [])
        coloured = self.draft.lights.get(Goal("score", period))
        wrong = f"the measure is {self.measure.frequency}, and this is a score of {period.label}"
        fits = period.kind == self.measure.period_kind
        if not cells:
            band = score_of(coloured[1], self.scheme) if coloured and fits else ""
            return band, f"{coloured[2]} is filled in {coloured[1]}" if band and coloured else ""
        band = score_of(cells[0].words, self.scheme) if fits else ""
        for cell in cells:
            if band:
                self.ledger.place(cell, f"Published, Score of {self.measure.key} for {period.label}")
            else:
                unknown = f"{cell.words!r} is no score of the scheme {self.scheme.name!r}"
                self.ledger.list(cell, unknown if fits else wrong)
        return band, ""

    def _trend(self, period: Period) -> str:
        cells = self.draft.cells.get(Goal("trend", period), [])
        if not cells:
            return ""
        word = trend_of(cells[0].words) if period.kind == self.measure.period_kind else ""
        for cell in cells:
            if word:
                self.ledger.place(cell, f"Published, Trend of {self.measure.key} for {period.label}")
            else:
                self.ledger.list(cell, "an arrow or word that does not say what got better; perfbook works trends out")
        return word

    def _benchmark(self, cell: SourceCell, head: str) -> None:
        unit = self.measure.unit
        value = plain_figure(cell, unit, self.points)
        shown = shown_in(cell, unit, self.points)
        if value is None and not any(letter.isalnum() for letter in shown):
            self.ledger.list(cell, "it says that there is none")
            return
        label = f"{shown} {head}".strip() if value is not None else (f"{head}: {shown}" if head else shown)
        self.placed.benchmarks.append(Benchmark(self.measure.key, label, value, shown if value is not None else ""))
        row = len(self.placed.benchmarks) - 1
        self.placed.marks["Benchmarks", row, "label"] = (
            f"the column {head!r} of the spreadsheet" if head else "a column"
        )
        self.ledger.place(cell, f"Benchmarks, of {self.measure.key}")
