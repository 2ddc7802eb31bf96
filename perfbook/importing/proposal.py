"""From drafts to a framework: every guess with its reason, every cell of the spreadsheet accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfbook.errors import UsageError
from perfbook.framework.model import (
    KIND_OF,
    Directorate,
    Framework,
    Frequency,
    Measure,
    Priority,
    Scheme,
)
from perfbook.framework.periods import Kind, Period
from perfbook.framework.version import with_version
from perfbook.importing.drafts import Corrections, Draft, ReadTable, drafts_of, read_tables
from perfbook.importing.ledger import Ledger
from perfbook.importing.measures import Groups, measure_of
from perfbook.importing.placing import Marks, Placed, place_figures
from perfbook.importing.source import SourceBook, SourceCell, SourceSheet
from perfbook.importing.words import score_of

_USUAL_SCHEME = "rag"
_KINDS: tuple[tuple[Kind, Frequency], ...] = tuple((kind, frequency) for frequency, kind in KIND_OF.items())


@dataclass(frozen=True)
class Known:
    """What is known of the council before its spreadsheet is looked at. None and "" are to be guessed."""

    council: str = ""
    year_start: int = 4
    reporting: Frequency | None = None
    period: Period | None = None
    scheme: str = ""
    schemes: Mapping[str, Scheme] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """A framework made from a spreadsheet, and the account of it.

    `period` is the reporting period to collect next. `marks` are guesses by sheet of the framework, row of its content
    and column; `settings` says why a setting is as it is, by its name.
    """

    framework: Framework
    period: Period
    tables: tuple[ReadTable, ...]
    ledger: Ledger
    marks: Marks
    settings: Mapping[str, str]
    keys: Mapping[tuple[str, int], str]
    cells: int

    @property
    def doubt(self) -> str:
        """What speaks against this being a list of measures at all; empty where nothing does."""
        if self.framework.past or self.framework.targets:
            return ""
        return (
            "There are no figures and no targets in it. If its rows are actions, which people rate, list them on the "
            "sheets Deliverables and Actions instead."
        )


def propose_framework(
    book: SourceBook, known: Known, sheets: Sequence[str] = (), said: Corrections | None = None
) -> Proposal:
    """The framework that a spreadsheet suggests. `sheets` limits which are looked at.

    Raises UsageError where there is no such sheet, no table of measures, or no way to know which period it is about.
    """
    said = said or Corrections()
    wanted = _wanted(book, sheets)
    year = Period("year", known.period.year, 1, known.year_start) if known.period else None
    schemes = dict(known.schemes)
    scheme = schemes.get(known.scheme or _USUAL_SCHEME) or next(iter(schemes.values()))
    tables = read_tables(book, wanted, known.year_start, year, scheme, said)
    if not known.scheme:
        best = _best_scheme(tables, schemes, scheme)
        if best is not scheme:
            scheme = best
            tables = read_tables(book, wanted, known.year_start, year, scheme, said)
    if not tables:
        raise UsageError(
            f"{book.file}: no sheet has a table of measures. A table has a row of headers, one of them over the titles "
            "(such as Measure, Indicator or Title), and a row for each measure below. Name the sheet with --sheet, or "
            'say what a column is with --map, like --map "B=Title".'
        )
    return _Making(book, wanted, known, tables, scheme, schemes).make()


def _wanted(book: SourceBook, names: Sequence[str]) -> tuple[SourceSheet, ...]:
    by_name = {sheet.name.casefold(): sheet for sheet in book.sheets}
    for name in names:
        if name.casefold() not in by_name:
            there = ", ".join(repr(sheet.name) for sheet in book.sheets)
            raise UsageError(f"{book.file} has no sheet {name!r}. There are: {there}.")
    return tuple(by_name[name.casefold()] for name in names) or book.sheets


def _best_scheme(tables: Sequence[ReadTable], schemes: Mapping[str, Scheme], usual: Scheme) -> Scheme:
    """The scheme whose bands most of the scores name; of equals the usual one."""
    scores = Counter(
        cell.words
        for read in tables
        for row in read.rows
        if row.kind == "measure"
        for cell in row.cells
        if (plan := read.plan(cell.place[1])) and plan.goal.field in ("score", "nothing") and len(cell.words) < 30
    )

    def named(scheme: Scheme) -> int:
        return sum(count for words, count in scores.items() if score_of(words, scheme))

    return max(schemes.values(), key=lambda scheme: (named(scheme), scheme is usual))


class _Making:
    """One run from tables to a framework."""

    def __init__(
        self,
        book: SourceBook,
        wanted: Sequence[SourceSheet],
        known: Known,
        tables: tuple[ReadTable, ...],
        scheme: Scheme,
        schemes: Mapping[str, Scheme],
    ) -> None:
        self.book, self.wanted, self.known = book, wanted, known
        self.tables, self.scheme, self.schemes = tables, scheme, schemes
        self.ledger = Ledger()
        self.marks: Marks = {}
        self.settings: dict[str, str] = {}

    def make(self) -> Proposal:
        drafts = drafts_of(self.tables, self.ledger)
        reporting = self.known.reporting or self._given() or self._reporting(drafts)
        self.reporting = reporting
        groups = Groups(self.tables)
        measures: list[Measure] = []
        points: list[bool] = []
        for number, draft in enumerate(drafts):
            made = measure_of(draft, groups, reporting, self.ledger)
            measures.append(made.measure)
            points.append(made.points)
            self.marks |= {("Measures", number, name): because for name, because in made.marks.items()}
        last = _last_figure(drafts)
        period = self.known.period or self._period(drafts, last, reporting)
        year = last or period
        placed = place_figures(drafts, measures, points, self.scheme, year, self.known.year_start, self.ledger)
        self.marks |= placed.marks
        framework = self._framework(measures, groups, placed, period)
        self._account_rest()
        keys = {(read.sheet.name, row.number): draft.key for draft in drafts for read, row in draft.rows}
        cells = sum(len(sheet.cells) for sheet in self.book.sheets)
        return Proposal(framework, period, self.tables, self.ledger, self.marks, self.settings, keys, cells)

    # --- Settings ---

    def _given(self) -> Frequency | None:
        """How often returns go out by the period that was given."""
        period = self.known.period
        return next((each for kind, each in _KINDS if period and kind == period.kind), None)

    def _reporting(self, drafts: Sequence[Draft]) -> Frequency:
        """How often returns go out: quarterly where any figure is of a quarter, else as often as the figures."""
        kinds = Counter(goal.period.kind for draft in drafts for goal, _ in draft.of("actual") if goal.period)
        kinds = kinds or Counter(goal.period.kind for draft in drafts for goal, _ in draft.of("target") if goal.period)
        found: Frequency = "quarterly"
        for kind in ("quarter", "month", "term", "half", "year"):
            if kinds[kind]:
                found = next(frequency for each, frequency in _KINDS if each == kind)
                break
        why = f"the figures of the spreadsheet are {found}" if kinds else "the spreadsheet has no figures of any period"
        self.settings["reporting"] = why
        return found

    def _period(self, drafts: Sequence[Draft], last: Period | None, reporting: Frequency) -> Period:
        kind = KIND_OF[reporting]
        start = self.known.year_start
        if last is not None:
            within = _containing(last, kind, start)
            period = within.shift(1) if within.end <= last.end else within
            self.settings["period"] = f"the last figures of the spreadsheet are of {last.label}"
            return period
        targets = [goal.period for draft in drafts for goal, _ in draft.of("target") if goal.period]
        contexts = [read.context for read in self.tables if read.context]
        about = min(targets, key=lambda each: each.start) if targets else (contexts[0] if contexts else None)
        if about is None:
            raise UsageError(
                f"{self.book.file} names no period, so nobody knows which one is collected next. "
                'Say it with --period, like --period "2020-21 Q2".'
            )
        self.settings["period"] = f"the spreadsheet is about {about.label} and has no figures of any period"
        return _containing(Period(about.kind, about.year, about.index, about.year_start), kind, start, first=True)

    # --- The framework ---

    def _framework(self, measures: Sequence[Measure], groups: Groups, placed: Placed, period: Period) -> Framework:
        directorates = tuple(
            Directorate(key, name, email=groups.email(key, self.ledger)) for key, name in groups.directorates.items()
        )
        priorities = tuple(Priority(key, name) for key, name in groups.priorities.items())
        for layout, entries in (("Directorates", groups.directorates), ("Priorities", groups.priorities)):
            for number, key in enumerate(entries):
                if key in groups.invented:
                    self.marks[layout, number, "name"] = groups.invented[key]
        default = self.scheme.key
        if placed.published:
            self.settings["scheme"] = "its words and symbols are those of the spreadsheet"
        schemes = {default: self.schemes[default]} | {key: each for key, each in self.schemes.items() if key != default}
        return with_version(
            Framework(
                council=self.known.council,
                year_start=self.known.year_start,
                reporting=self.reporting,
                measures=tuple(measures),
                directorates=directorates,
                priorities=priorities,
                schemes=schemes,
                default_scheme=default,
                targets=placed.targets,
                past=placed.past,
                published=placed.published,
                benchmarks=tuple(placed.benchmarks),
            )
        )

    # --- The account ---

    def _account_rest(self) -> None:
        """What no measure has claimed: headers, headings, what is left out, sheets without measures."""
        ledger = self.ledger
        for sheet in self.book.sheets:
            tables = [read for read in self.tables if read.sheet.name == sheet.name]
            if not tables:
                why = "the sheet has no table of measures" if sheet in self.wanted else "the sheet was not asked for"
                for cell in sheet.cells.values():
                    ledger.list(cell, why)
                continue
            for plan in (plan for read in tables for plan in read.plans):
                for cell in plan.head.cells:
                    if plan.goal.field == "nothing":
                        ledger.list(cell, f"the header of a column that is not placed: {plan.because}")
                    else:
                        ledger.place(cell, f"the header of {plan.goal}")
            for read in tables:
                for cell in (cell for row in read.rows for cell in row.cells):
                    if not ledger.knows(cell):
                        ledger.list(cell, self._why(read, cell))
            for cell in sheet.cells.values():
                if not ledger.knows(cell):
                    above = cell.place[0] < tables[0].table.top
                    ledger.list(cell, "it stands above the table" if above else "it is not understood")

    @staticmethod
    def _why(read: ReadTable, cell: SourceCell) -> str:
        row = next(row for row in read.rows if row.number == cell.place[0])
        if row.kind == "heading":
            return "a heading under which no measure stands, or within another heading"
        if row.kind == "left out":
            return row.because
        plan = read.plan(cell.place[1])
        return plan.because if plan else "it stands under no header"


def _last_figure(drafts: Sequence[Draft]) -> Period | None:
    """The latest period of which there are figures."""
    periods = [
        goal.period
        for draft in drafts
        for goal, cell in draft.of("actual")
        if goal.period and re.search(r"\d", cell.shown)
    ]
    return max(periods, key=lambda each: (each.end, -each.start.toordinal())) if periods else None


def _containing(period: Period, kind: Kind, year_start: int, *, first: bool = False) -> Period:
    """The period of a kind in which another ends (or, with `first`, begins)."""
    day = period.start if first else period.end
    year = day.year + 1
    candidate = Period(kind, year, 1, 9 if kind == "term" else year_start)
    while candidate.start > day:
        candidate = candidate.previous
    return candidate
