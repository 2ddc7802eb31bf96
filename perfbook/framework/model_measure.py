"""The model, of measures: what is measured, in which unit, by which scheme, and by whom.

Percentages are stored as Excel stores them: 76.8 % is Decimal("0.768"). Everything that counts places counts the places
that are shown, so a percentage with one decimal has three stored places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfbook._quick import quick
from perfbook.framework.periods import Kind, Period

Polarity = Literal["higher", "lower", "range", "none"]
Frequency = Literal["monthly", "quarterly", "termly", "half-yearly", "yearly"]
Calculation = Literal["snapshot", "cumulative", "rolling"]
Entered = Literal["year to date", "in period"]
ForecastMethod = Literal["own", "straight line", "last year's profile"]
ValueStatus = Literal["provided", "delayed", "not due", "not available", "new", "withdrawn"]
Direction = Literal[
    "",
    "improved on last year",
    "not worse than last year",
    "improved on the previous period",
    "not worse than the previous period",
]
UnitKind = Literal["percent", "number", "currency"]

DIRECTIONS: tuple[Direction, ...] = (
    "improved on last year",
    "not worse than last year",
    "improved on the previous period",
    "not worse than the previous period",
)
POLARITIES: tuple[Polarity, ...] = ("higher", "lower", "range", "none")
FREQUENCIES: tuple[Frequency, ...] = ("monthly", "quarterly", "termly", "half-yearly", "yearly")
CALCULATIONS: tuple[Calculation, ...] = ("snapshot", "cumulative", "rolling")
FORECASTS: tuple[ForecastMethod, ...] = ("own", "straight line", "last year's profile")
ENTERED: tuple[Entered, ...] = ("year to date", "in period")
VALUE_STATUSES: tuple[ValueStatus, ...] = ("provided", "delayed", "not due", "not available", "new", "withdrawn")
KIND_OF: dict[Frequency, Kind] = {
    "monthly": "month",
    "quarterly": "quarter",
    "termly": "term",
    "half-yearly": "half",
    "yearly": "year",
}

_PER = re.compile(r"\bper\s+([\d,]+)\b")


@quick
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
    no limit. A direction may count with the level: the band holds `only_if` the figure has moved so, and `or_if` it has
    moved so the band holds whatever the shortfall. With nothing to compare a figure is not worse, and not improved.
    """

    key: str
    word: str
    symbol: str
    colour: str
    limit: Decimal | None = None
    limit_unit: Literal["% of target", "points"] = "% of target"
    only_if: Direction = ""
    or_if: Direction = ""


@dataclass(frozen=True)
class Scheme:
    """How figures become scores: bands, best first, the last without a limit.

    `exception_from` is the position (1 = best) of the first band that calls for an explanation.
    `trend_tolerance` is the movement, in % of the earlier figure, that still counts as consistent.
    `chosen_without_target`: where a measure has no target, a person chooses the band in the return.
    """

    key: str
    name: str
    bands: tuple[Band, ...]
    exception_from: int
    trend_tolerance: Decimal = Decimal(0)
    chosen_without_target: bool = False

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


def number_format(kind: UnitKind, decimals: int) -> str:
    """The Excel number format of figures of a unit of a kind, with so many decimals."""
    places = "." + "0" * decimals if decimals else ""
    if kind == "percent":
        return f"0{places}%"
    return f'"£"#,##0{places}' if kind == "currency" else f"#,##0{places}"


@dataclass(frozen=True)
class Measure:
    """One measure. `key` is opaque and permanent; `code` is what the council calls it and need not be unique.

    `decimals` are those shown; `minimum` and `maximum` bound a plausible figure in stored units; `arrears` counts
    periods of the measure's own frequency; `first` and `last` are the reporting periods in which it is in force.
    `evidence`: a figure without evidence is queried. `again` counts the periods before the return's that may be given
    anew in it, where they were restated.

    Of a cumulative measure `entered` says what is typed: the figure since the start of the year, or that of the period,
    to which the earlier ones of the year are added; of a rolling one the rolling figure, or that of the period, from
    which, with those of the twelve months before it, the rolling one is worked out. `due` is the number of the
    reporting period of the year, from 1, in which a yearly figure is asked for; 0: the one in which the year ends.
    `forecast` says how the end of the year is told: as the return forecasts it, or from the year to date.
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
    entered: Entered = "year to date"
    due: int = 0
    again: int = 0
    forecast: ForecastMethod = "own"

    @property
    def counts_up(self) -> bool:
        """Whether the figure itself runs since the start of the year."""
        return self.calculation == "cumulative" and self.entered == "year to date"

    @property
    def adds_up(self) -> bool:
        """Whether the figures of the year's periods add up to the year to date, which is scored."""
        return self.calculation == "cumulative" and self.entered == "in period"

    @property
    def rolls(self) -> bool:
        """Whether the rolling figure, which is scored, is worked out from the figures of the last twelve months."""
        return self.calculation == "rolling" and self.entered == "in period"

    @property
    def runs(self) -> bool:
        """Whether a figure is worked out over several periods, the year to date or the rolling one, and scored."""
        return self.adds_up or self.rolls

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
        return number_format(self.unit.kind, self.decimals)

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
        own = self._own(period)
        return own.shift(-self.arrears) if own else None

    def _own(self, period: Period) -> Period | None:
        """The measure's own period that a reporting period is for, before arrears."""
        if not self.due:
            return period.last_ending_in(self.period_kind)
        return period.whole_year if period.index == self.due else None

    def abouts(self, period: Period) -> tuple[Period, ...]:
        """All periods whose figures a return for `period` asks for, oldest first: `about` is the last of them.

        Before them are those that may be given anew (see `is_again`).
        """
        if self.due:
            about = self.about(period)
            return (about,) if about else ()
        own = period.last_ending_in(self.period_kind)
        found: list[Period] = []
        while own and own.end >= period.start:
            found.insert(0, own.shift(-self.arrears))
            own = own.previous
        for _ in range(self.again if found else 0):
            found.insert(0, found[0].previous)
        return tuple(found)

    def is_again(self, about: Period, period: Period) -> bool:
        """Whether a return for `period` may give the figure about another one anew, which an earlier return gave."""
        return about.shift(self.arrears).end < period.start
