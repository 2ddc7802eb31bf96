"""The model: what a council measures, how, and by whom.

Plain frozen data: `Framework` is the whole, its parts are in `model_measure`, `model_plan` and `model_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from perfbook._grouped import grouped
from perfbook._once import Once
from perfbook.framework.model_measure import (
    CALCULATIONS,
    DIRECTIONS,
    ENTERED,
    FORECASTS,
    FREQUENCIES,
    KIND_OF,
    POLARITIES,
    VALUE_STATUSES,
    Band,
    Calculation,
    Direction,
    Directorate,
    Entered,
    ForecastMethod,
    Frequency,
    Measure,
    Place,
    Polarity,
    Priority,
    Scheme,
    Unit,
    UnitKind,
    ValueStatus,
)
from perfbook.framework.model_plan import Action, Deliverable, Grid, GridLine, Section
from perfbook.framework.model_rows import (
    Adjustment,
    AdjustmentKind,
    Benchmark,
    CheckSetting,
    Decision,
    Move,
    PastFigure,
    Published,
    PublishedStatement,
    PublishedTotal,
    Remark,
    Suppression,
    Target,
    Term,
    TextCorrection,
)
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.scoring.rounding import round_half_away

__all__ = [
    "CALCULATIONS",
    "DIRECTIONS",
    "ENTERED",
    "FORECASTS",
    "FREQUENCIES",
    "KIND_OF",
    "POLARITIES",
    "VALUE_STATUSES",
    "Action",
    "Adjustment",
    "AdjustmentKind",
    "Band",
    "Benchmark",
    "Calculation",
    "CheckSetting",
    "Decision",
    "Deliverable",
    "Direction",
    "Directorate",
    "Entered",
    "ForecastMethod",
    "Framework",
    "Frequency",
    "Grid",
    "GridLine",
    "Measure",
    "Move",
    "PastFigure",
    "Place",
    "Polarity",
    "Priority",
    "Published",
    "PublishedStatement",
    "PublishedTotal",
    "Remark",
    "Scheme",
    "Section",
    "Suppression",
    "Target",
    "Term",
    "TextCorrection",
    "Unit",
    "UnitKind",
    "ValueStatus",
]


T = TypeVar("T")


def _empty() -> Mapping[tuple[str, Period], Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Framework(Once):
    """All that is measured, how and by whom.

    `reporting` is how often returns are sent out, `year_start` the month in which the council's year starts. Targets,
    past and published figures are keyed by (measure key, period that the figure is about), published ratings (the key
    of a band, or `none`) by (action, deliverable or "", reporting period). `remarks` are what the reader of the
    workbook has to say. `version` identifies the content: the same framework always has the same version.
    `sums` are the keys of measures by that of the one of which they are parts. It and `checks`, `suppressions`,
    `decisions`, `adjustments`, `moves`, `text_corrections` and `published_ratings` are not part of the version: they
    change nothing that is measured.
    """

    council: str
    year_start: int
    reporting: Frequency
    measures: tuple[Measure, ...]
    directorates: tuple[Directorate, ...]
    priorities: tuple[Priority, ...]
    schemes: Mapping[str, Scheme]
    default_scheme: str
    targets: Mapping[tuple[str, Period], Target] = field(default_factory=_empty)
    past: Mapping[tuple[str, Period], PastFigure] = field(default_factory=_empty)
    published: Mapping[tuple[str, Period], Published] = field(default_factory=_empty)
    published_totals: tuple[PublishedTotal, ...] = ()
    published_statements: tuple[PublishedStatement, ...] = ()
    published_ratings: Mapping[tuple[str, str, Period], str] = field(default_factory=dict)
    benchmarks: tuple[Benchmark, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    actions: tuple[Action, ...] = ()
    sections: tuple[Section, ...] = ()
    grids: tuple[Grid, ...] = ()
    remarks: tuple[Remark, ...] = ()
    checks: Mapping[str, CheckSetting] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()
    decisions: tuple[Decision, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    text_corrections: tuple[TextCorrection, ...] = ()
    moves: tuple[Move, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, Measure]:
        """Measures by key."""
        return {measure.key: measure for measure in self.measures}

    @cached_property
    def actions_by_key(self) -> Mapping[str, Action]:
        """Actions by key."""
        return {action.key: action for action in self.actions}

    @cached_property
    def deliverables_by_key(self) -> Mapping[str, Deliverable]:
        """Deliverables by key."""
        return {deliverable.key: deliverable for deliverable in self.deliverables}

    @cached_property
    def _directorates(self) -> Mapping[str, Directorate]:
        return {each.key: each for each in reversed(self.directorates)}

    @cached_property
    def _measures_by(self) -> Mapping[str, tuple[Measure, ...]]:
        return grouped(self.measures, lambda measure: measure.directorate)

    @cached_property
    def _benchmarks_by(self) -> Mapping[str, tuple[Benchmark, ...]]:
        return grouped(self.benchmarks, lambda benchmark: benchmark.measure)

    @cached_property
    def _actions_by(self) -> Mapping[str, tuple[Action, ...]]:
        return grouped(self.actions, lambda action: action.directorate)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each measure in the framework's order, by its key."""
        return {measure.key: place for place, measure in enumerate(self.measures)}

    def __getstate__(self) -> dict[str, Any]:
        """What it is, without what was worked out from it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def scheme_of(self, measure: Measure) -> Scheme:
        """The scheme by which a measure is scored."""
        return self.schemes[measure.scheme or self.default_scheme]

    def directorate(self, key: str) -> Directorate:
        """The directorate with a key; raises KeyError."""
        return self._directorates[key]

    def knows(self, directorate: str) -> bool:
        """Whether there is a directorate with a key."""
        return directorate in self._directorates

    def all_measures_of(self, directorate: str) -> tuple[Measure, ...]:
        """The measures of a directorate, in force or not, in the framework's order."""
        return self._measures_by.get(directorate, ())

    def measures_of(self, directorate: str, period: Period) -> tuple[Measure, ...]:
        """The measures in force that a directorate returns for a period, in the framework's order."""
        return tuple(m for m in self._measures_by.get(directorate, ()) if m.in_force(period))

    def actions_of(self, directorate: str, period: Period) -> tuple[Action, ...]:
        """The actions in force on which a directorate reports, in the framework's order."""
        return tuple(a for a in self._actions_by.get(directorate, ()) if a.in_force(period))

    def sections_of(self, directorate: str, period: Period) -> tuple[Section, ...]:
        """The sections that a directorate writes for a period, in the framework's order."""
        return tuple(
            each
            for each in self.sections
            if each.in_force(period) and directorate in (each.directorates or (directorate,))
        )

    def grids_of(self, directorate: str) -> tuple[Grid, ...]:
        """The grids that a directorate fills, in the framework's order."""
        return tuple(grid for grid in self.grids if directorate in (grid.directorates or (directorate,)))

    def evidence_of(self, directorate: str, period: Period) -> tuple[Measure | Action, ...]:
        """The measures and actions of a directorate, in force, that ask for evidence."""
        measures, actions = self.measures_of(directorate, period), self.actions_of(directorate, period)
        items: tuple[Measure | Action, ...] = (*measures, *actions)
        return tuple(item for item in items if item.evidence)

    def owes(self, directorate: str, period: Period) -> bool:
        """Whether a directorate owes a return for a period: it has a measure or an action in force."""
        return bool(self.measures_of(directorate, period) or self.actions_of(directorate, period))

    def expected(self, period: Period) -> tuple[str, ...]:
        """The keys of the directorates that owe a return for a period, in the framework's order."""
        return tuple(d.key for d in self.directorates if self.owes(d.key, period))

    def benchmarks_of(self, measure: str) -> tuple[Benchmark, ...]:
        """The benchmarks of a measure."""
        return self._benchmarks_by.get(measure, ())

    def suppressed(self, measure: str, period: Period) -> tuple[Suppression, ...]:
        """The suppressions of a measure that hold in a reporting period; of an action, a heading, or a line of a grid,
        which those of its grid hold for."""
        if not self.suppressions:
            return ()
        keys = {measure, *(grid.key for grid in self.grids if any(line.key == measure for line in grid.lines))}
        return tuple(each for each in self.suppressions if each.measure in keys and each.holds(period))

    def named(self, key: str) -> tuple[str, str]:
        """Code and title of whatever is asked for in returns: a measure, an action, a section or a line of a grid."""
        entry = self.by_key.get(key) or self.actions_by_key.get(key)
        if entry:
            return entry.code, entry.title
        titles = {section.key: section.title for section in self.sections}
        titles |= {line.key: f"{grid.title}: {line.label}" for grid in self.grids for line in grid.lines}
        return "", titles.get(key, "")

    def at(self, period: Period) -> Framework:
        """The framework as it was in force in a reporting period: each measure and action with who reported it then."""
        owners: dict[str, Move] = {}
        for move in self.moves:
            known = owners.get(move.item)
            if period.end <= move.until.end and (known is None or move.until.end < known.until.end):
                owners[move.item] = move
        if not owners:
            return self
        return replace(
            self,
            measures=tuple(
                replace(m, directorate=owners[m.key].directorate) if m.key in owners else m for m in self.measures
            ),
            actions=tuple(
                replace(a, directorate=owners[a.key].directorate) if a.key in owners else a for a in self.actions
            ),
        )

    @cached_property
    def scores_set(self) -> Mapping[tuple[str, Period], Adjustment]:
        """The scores that officers set, by measure and the period that the figure is about."""
        return {(each.measure, each.period): each for each in self.adjustments if each.kind == "score"}

    def before(self, measure: Measure, about: Period) -> Period:
        """The period that came before in the reports: for a monthly measure of quarterly returns, three months back."""
        return about.shift(-self.step(measure))

    def step(self, measure: Measure) -> int:
        """How many of a measure's own periods lie between one report and the next; at least 1."""
        return max(1, PER_YEAR[measure.period_kind] // PER_YEAR[KIND_OF[self.reporting]])

    def target(self, measure: str, period: Period | None) -> Target | None:
        """The target of a measure for the period that a figure is about.

        Where there is none for the period itself it follows from the year's: the same for a snapshot, and for a
        cumulative measure the share of the year that has passed, as its figures are shown.
        """
        if period is None:
            return None
        own = self.targets.get((measure, period))
        whole = None if own else self.year_target(measure, period)
        if whole is None or self.by_key[measure].calculation != "cumulative":
            return own or whole
        places = self.by_key[measure].places

        def share(value: Decimal | None) -> Decimal | None:
            return None if value is None else round_half_away(value * period.index / PER_YEAR[period.kind], places)

        return replace(
            whole, value=share(whole.value), high=share(whole.high), shown=whole.shown if whole.value is None else ""
        )

    def year_target(self, measure: str, period: Period | None) -> Target | None:
        """The target for the whole of the year that a period belongs to; None where there is none, or for a year."""
        if period is None or period.kind == "year":
            return None
        return self.targets.get((measure, period.whole_year))

    def annual_target_of(self, measure: Measure, period: Period) -> Target | None:
        """What the year of a period is to end with: its own target, else that of the last of the measure's periods."""
        last = period.shift(PER_YEAR[period.kind] - period.index)
        return self.year_target(measure.key, period) or self.targets.get((measure.key, last))
