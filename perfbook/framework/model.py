"""The model: what a council measures, how, and by whom.

Plain frozen data. Percentages are stored as Excel stores them: 76.8 % is Decimal("0.768"). Everything that counts
places counts the places that are shown, so a percentage with one decimal has three stored places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from perfbook.framework.periods import PER_YEAR, Kind, Period

Polarity = Literal["higher", "lower", "range", "none"]
Frequency = Literal["monthly", "quarterly", "termly", "half-yearly", "yearly"]
Calculation = Literal["snapshot", "cumulative", "rolling"]
ValueStatus = Literal["provided", "delayed", "not due", "not available", "new", "withdrawn"]
UnitKind = Literal["percent", "number", "currency"]

POLARITIES: tuple[Polarity, ...] = ("higher", "lower", "range", "none")
FREQUENCIES: tuple[Frequency, ...] = ("monthly", "quarterly", "termly", "half-yearly", "yearly")
CALCULATIONS: tuple[Calculation, ...] = ("snapshot", "cumulative", "rolling")
VALUE_STATUSES: tuple[ValueStatus, ...] = ("provided", "delayed", "not due", "not available", "new", "withdrawn")
KIND_OF: dict[Frequency, Kind] = {
    "monthly": "month",
    "quarterly": "quarter",
    "termly": "term",
    "half-yearly": "half",
    "yearly": "year",
}

_PER = re.compile(r"\bper\s+([\d,]+)\b")


@dataclass(frozen=True)
class Place:
    """A cell of a workbook, for messages and passports."""

    file: str
    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.file} {self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Unit:
    """The unit of a measure, as officers write it: `percent`, `count`, `days per FTE`, `rate per 10,000`, `£`.

    `multiplier` turns numerator / denominator into the figure: 1 for percentages (stored as fractions), 10,000 for a
    rate per 10,000.
    """

    label: str
    kind: UnitKind
    multiplier: int = 1

    @classmethod
    def parse(cls, text: str) -> Unit:
        """The unit that a text names; any text is a unit, percentages and money are recognised."""
        label = " ".join(text.split())
        lowered = label.lower()
        if lowered in {"percent", "percentage", "per cent", "%"}:
            return cls("percent", "percent")
        if "£" in label or lowered in {"gbp", "pounds"}:
            return cls(label, "currency")
        per = _PER.search(lowered)
        return cls(label or "number", "number", int(per[1].replace(",", "")) if per else 1)

    @property
    def shown(self) -> str:
        """The unit as a column shows it."""
        return "%" if self.kind == "percent" else self.label


@dataclass(frozen=True)
class Priority:
    """A priority of the council plan; the scorecard has a section for each, in this order."""

    key: str
    name: str


@dataclass(frozen=True)
class Directorate:
    """A service that fills one return. `role` is who answers for it (a role, never a person's name)."""

    key: str
    name: str
    role: str = ""
    email: str = ""
    escalation_role: str = ""
    escalation_email: str = ""


@dataclass(frozen=True)
class Band:
    """One outcome of a scheme.

    A figure falls into the first band whose limit its shortfall does not exceed. `limit` is measured in `limit_unit`:
    "% of target", or "points" in the measure's own unit as shown (percentage points for percentages). The last band has
    no limit.
    """

    key: str
    word: str
    symbol: str
    colour: str
    limit: Decimal | None = None
    limit_unit: Literal["% of target", "points"] = "% of target"


@dataclass(frozen=True)
class Scheme:
    """How figures become scores: bands, best first, the last without a limit.

    `exception_from` is the position (1 = best) of the first band that calls for an explanation.
    `trend_tolerance` is the movement, in % of the earlier figure, that still counts as consistent.
    """

    key: str
    name: str
    bands: tuple[Band, ...]
    exception_from: int
    trend_tolerance: Decimal = Decimal(0)

    @property
    def is_chosen(self) -> bool:
        """Whether a person chooses the band: none of them has a limit."""
        return all(band.limit is None for band in self.bands)

    def position(self, key: str) -> int | None:
        """The position (1 = best) of the band with a key; None where there is none."""
        return next((place for place, band in enumerate(self.bands, 1) if band.key == key), None)

    def band(self, position: int | None) -> Band | None:
        """The band at a position (1 = best); None for no position or 0 (not scored)."""
        return self.bands[position - 1] if position else None


@dataclass(frozen=True)
class Measure:
    """One measure. `key` is opaque and permanent; `code` is what the council calls it and need not be unique.

    `decimals` are those shown; `minimum` and `maximum` bound a plausible figure in stored units; `arrears` counts
    periods of the measure's own frequency; `first` and `last` are the reporting periods in which it is in force.
    `evidence`: a figure without evidence is queried.
    """

    key: str
    code: str
    title: str
    priority: str
    directorate: str
    unit: Unit
    decimals: int
    polarity: Polarity
    frequency: Frequency = "quarterly"
    calculation: Calculation = "snapshot"
    arrears: int = 0
    scheme: str = ""
    owner: str = ""
    numerator: str = ""
    denominator: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    first: Period | None = None
    last: Period | None = None
    definition: str = ""
    note: str = ""
    evidence: bool = False

    @property
    def has_fraction(self) -> bool:
        """Whether the figure may be entered as numerator and denominator."""
        return bool(self.denominator)

    @property
    def places(self) -> int:
        """Decimal places of the stored figure: two more than shown for percentages."""
        return self.decimals + 2 if self.unit.kind == "percent" else self.decimals

    @property
    def point(self) -> Decimal:
        """One point of the unit as shown, in stored units: 0.01 for percentages, else 1."""
        return Decimal("0.01") if self.unit.kind == "percent" else Decimal(1)

    @property
    def number_format(self) -> str:
        """The Excel number format in which figures of this measure are shown."""
        places = "." + "0" * self.decimals if self.decimals else ""
        if self.unit.kind == "percent":
            return f"0{places}%"
        return f'"£"#,##0{places}' if self.unit.kind == "currency" else f"#,##0{places}"

    @property
    def period_kind(self) -> Kind:
        """The kind of period that a figure of this measure is about."""
        return KIND_OF[self.frequency]

    def in_force(self, period: Period) -> bool:
        """Whether the measure is reported in a reporting period (withdrawn and future measures are not)."""
        return not ((self.first and period.end < self.first.end) or (self.last and period.end > self.last.end))

    def about(self, period: Period) -> Period | None:
        """The period that the figure reported in `period` is about; None where none is due.

        Measures that are more frequent than the return report the last of their periods that ends within it.
        """
        own = period.last_ending_in(self.period_kind)
        return own.shift(-self.arrears) if own else None

    def abouts(self, period: Period) -> tuple[Period, ...]:
        """All periods whose figures a return for `period` asks for, oldest first: `about` is the last of them."""
        own = period.last_ending_in(self.period_kind)
        found: list[Period] = []
        while own and own.end >= period.start:
            found.insert(0, own.shift(-self.arrears))
            own = own.previous
        return tuple(found)


@dataclass(frozen=True)
class Deliverable:
    """What the council plan promises. `code` is its reference, in Latin letters; `written` as it stands in the
    workbook where that differs. `theme` is a heading within the priority."""

    key: str
    code: str
    title: str
    priority: str
    theme: str = ""
    written: str = ""


@dataclass(frozen=True)
class Action:
    """What a service does, rated by a person. `key` is permanent; `code` (the reference) need not be unique.

    It stands under each of its `deliverables` (keys); without any, under its `priority`. `due` is a day in ISO form or
    words as they are written. `written` is the reference as it stands in the workbook where that differs from `code`.
    `evidence`: a rating without evidence is queried.
    """

    key: str
    code: str
    title: str
    directorate: str
    deliverables: tuple[str, ...] = ()
    priority: str = ""
    owner: str = ""
    due: str = ""
    scheme: str = ""
    first: Period | None = None
    last: Period | None = None
    note: str = ""
    written: str = ""
    evidence: bool = False

    def in_force(self, period: Period) -> bool:
        """Whether the action is reported in a reporting period."""
        return not ((self.first and period.end < self.first.end) or (self.last and period.end > self.last.end))


@dataclass(frozen=True)
class Section:
    """A heading under which services write. `directorates` are the keys of those that do; empty: all that send a
    return. `needed`: a signed return without it is queried."""

    key: str
    title: str
    hint: str = ""
    directorates: tuple[str, ...] = ()
    needed: bool = False
    first: Period | None = None
    last: Period | None = None

    def in_force(self, period: Period) -> bool:
        """Whether it is asked for in a reporting period."""
        return not ((self.first and period.end < self.first.end) or (self.last and period.end > self.last.end))


@dataclass(frozen=True)
class GridLine:
    """One line of a grid. The lines of a `group` that name the same line under `adds_to` add up to it, column by
    column."""

    key: str
    label: str
    group: str = ""
    adds_to: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Grid:
    """A small fixed table that services fill. `directorates` are the keys of those that do; empty: all that send a
    return."""

    key: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[GridLine, ...]
    directorates: tuple[str, ...] = ()

    def adding_to(self, line: str) -> dict[str, tuple[GridLine, ...]]:
        """The groups that add up to a line: their lines by the name of the group."""
        groups: dict[str, list[GridLine]] = {}
        for each in self.lines:
            if each.adds_to == line:
                groups.setdefault(each.group, []).append(each)
        return {group: tuple(lines) for group, lines in groups.items()}


@dataclass(frozen=True)
class Remark:
    """Something that a reader of framework.xlsx should know and that is no mistake. `about` is a key."""

    code: str
    place: Place
    about: str
    found: str
    remedy: str


@dataclass(frozen=True)
class Target:
    """A target for one measure and period, in stored units; `high` is the upper end of a range. `shown` is as typed."""

    value: Decimal | None
    high: Decimal | None = None
    shown: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Decision:
    """What an officer decided about a finding: `code` of the finding, about the figure of a measure for a period.

    What is accepted is not asked again until the figure changes; what is refused is asked again, with the reason.
    """

    measure: str
    period: Period
    code: str
    accepts: bool
    reason: str
    role: str = ""


@dataclass(frozen=True)
class PastFigure:
    """A figure of an earlier period that the framework brings along, as typed and as understood."""

    status: ValueStatus
    actual: Decimal | None
    shown: str
    place: Place
    companion: str = ""


@dataclass(frozen=True)
class Benchmark:
    """A comparator of a measure, as officers write it (`80.6% HouseMark Median`). `value` is in stored units."""

    measure: str
    label: str
    value: Decimal | None = None
    shown: str = ""


@dataclass(frozen=True)
class Published:
    """What a report printed for one measure and period: band key, trend and annual words, the actual as printed."""

    actual: str = ""
    score: str = ""
    trend: str = ""
    annual: str = ""


@dataclass(frozen=True)
class PublishedTotal:
    """A headline that a report printed: group `score`, `trend`, `annual`, `actions` or `rating`, the outcome's key, and
    its count."""

    period: Period
    group: str
    outcome: str
    count: int


@dataclass(frozen=True)
class CheckSetting:
    """How a council wants one check: on or off, how grave, tuned by its one number. None: as perfbook has it."""

    code: str
    on: bool = True
    severity: Literal["error", "warning", "info"] | None = None
    tuning: Decimal | None = None


@dataclass(frozen=True)
class Suppression:
    """A finding of one measure that officers do not want to hear: why, who decided it (a role), until which period."""

    code: str
    measure: str
    reason: str
    by: str = ""
    until: Period | None = None

    def holds(self, period: Period) -> bool:
        """Whether it still holds in a reporting period."""
        return self.until is None or period.end <= self.until.end

    @property
    def words(self) -> str:
        """The reason with who and until when, as lists show it."""
        more = [self.by, f"until {self.until.label}" if self.until else ""]
        told = ", ".join(part for part in more if part)
        return f"{self.reason} ({told})" if told else self.reason


def _empty() -> Mapping[tuple[str, Period], Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Framework:
    """All that is measured, how and by whom.

    `reporting` is how often returns are sent out, `year_start` the month in which the council's year starts. Targets,
    past and published figures are keyed by (measure key, period that the figure is about). `remarks` are what the
    reader of the workbook has to say. `version` identifies the content: the same framework always has the same version.
    `checks`, `suppressions` and `decisions` are not part of it: they change nothing that is measured.
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
    benchmarks: tuple[Benchmark, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    actions: tuple[Action, ...] = ()
    sections: tuple[Section, ...] = ()
    grids: tuple[Grid, ...] = ()
    remarks: tuple[Remark, ...] = ()
    checks: Mapping[str, CheckSetting] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()
    decisions: tuple[Decision, ...] = ()
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

    def scheme_of(self, measure: Measure) -> Scheme:
        """The scheme by which a measure is scored."""
        return self.schemes[measure.scheme or self.default_scheme]

    def directorate(self, key: str) -> Directorate:
        """The directorate with a key; raises KeyError."""
        return next(d for d in self.directorates if d.key == key)

    def measures_of(self, directorate: str, period: Period) -> tuple[Measure, ...]:
        """The measures in force that a directorate returns for a period, in the framework's order."""
        return tuple(m for m in self.measures if m.directorate == directorate and m.in_force(period))

    def actions_of(self, directorate: str, period: Period) -> tuple[Action, ...]:
        """The actions in force on which a directorate reports, in the framework's order."""
        return tuple(a for a in self.actions if a.directorate == directorate and a.in_force(period))

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
        return tuple(b for b in self.benchmarks if b.measure == measure)

    def suppressed(self, measure: str, period: Period) -> tuple[Suppression, ...]:
        """The suppressions of a measure that hold in a reporting period."""
        return tuple(each for each in self.suppressions if each.measure == measure and each.holds(period))

    def before(self, measure: Measure, about: Period) -> Period:
        """The period that came before in the reports: for a monthly measure of quarterly returns, three months back."""
        return about.shift(-self.step(measure))

    def step(self, measure: Measure) -> int:
        """How many of a measure's own periods lie between one report and the next; at least 1."""
        return max(1, PER_YEAR[measure.period_kind] // PER_YEAR[KIND_OF[self.reporting]])

    def target(self, measure: str, period: Period | None) -> Target | None:
        """The target of a measure for the period that a figure is about."""
        return self.targets.get((measure, period)) if period else None
