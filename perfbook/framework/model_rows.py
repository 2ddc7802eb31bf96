"""The model, of what is said about measures: targets, earlier and published figures, benchmarks, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfbook.framework.model_measure import Place, ValueStatus
from perfbook.framework.periods import Period


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


AdjustmentKind = Literal["correct", "score", "enter", "provisional", "accept", "rating"]


@dataclass(frozen=True)
class Adjustment:
    """What an officer changed by hand, with `reason` and `by` (a role or a name, as typed).

    `correct` puts a figure in the place of the return's, `enter` one where the return says nothing (or a status),
    `score` a band (its key; NOT_SCORED for none) in the place of the rule's, `provisional` marks a figure. These are
    about the figure of a `measure` for the `period` that it is about. `accept` takes the `file` of that name into the
    returns of a reporting period, though it was rejected. `shown` is the value as typed, `to_date` the
    year to date where it was typed beside it.

    `rating` is about an `action` (its key) in a reporting period, under one `deliverable` or, where that is empty, in
    every place that has no such row of its own. Whichever of `band` (NOT_RATED for none), `update`, `progress` and
    `revised` is filled takes the place of what the return says.
    """

    kind: AdjustmentKind
    period: Period
    reason: str
    by: str
    place: Place
    measure: str = ""
    actual: Decimal | None = None
    to_date: Decimal | None = None
    status: ValueStatus | None = None
    band: str = ""
    file: str = ""
    shown: str = ""
    action: str = ""
    deliverable: str = ""
    update: str = ""
    progress: Decimal | None = None
    revised: str = ""


@dataclass(frozen=True)
class Move:
    """A measure or an action (its key) that another directorate reported before: until which reporting period."""

    item: str
    until: Period
    directorate: str


@dataclass(frozen=True)
class PastFigure:
    """A figure of an earlier period that the framework brings along, as typed and as understood."""

    status: ValueStatus
    actual: Decimal | None
    shown: str
    place: Place
    companion: str = ""
    to_date: Decimal | None = None
    mark: str = ""


@dataclass(frozen=True)
class Benchmark:
    """A comparator of a measure, as officers write it (`80.6% HouseMark Median`). `value` is in stored units.

    `dated` is the day or the period that it is about, as it is written."""

    measure: str
    label: str
    value: Decimal | None = None
    shown: str = ""
    dated: str = ""

    def with_date(self, text: str) -> str:
        """A text about it that says when it is of; as it is where it says so already."""
        return text if not self.dated or self.dated.casefold() in text.casefold() else f"{text}, {self.dated}"


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


# A group of counts and one of its outcomes, or a figure and the key of its measure.
Term = tuple[str, str]


@dataclass(frozen=True)
class PublishedStatement:
    """A number that a report says of itself, as it was printed, and what it is worked out from.

    It is the sum of `counts`: of headline counts (`score`, `green`) or one figure (`actual`, `m-001`); with `out_of` it
    is their share of these. A statement that can be read in several ways has a row for each, and `reading` says which.
    """

    period: Period
    said: str
    printed: str
    counts: tuple[Term, ...]
    out_of: tuple[Term, ...] = ()
    reading: str = ""
    where: str = ""


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


@dataclass(frozen=True)
class TextCorrection:
    """What an officer corrects in the figures picked out of an action's texts: `correct`, `leave out` or `add`.

    `period` is the reporting period of the update, None for the baseline; `found` the label as it was picked. Blank
    fields leave what was picked.
    """

    action: str
    period: Period | None
    found: str
    doing: str
    label: str = ""
    number: Decimal | None = None
    unit: str = ""
    about: str = ""
    reason: str = ""
    by: str = ""
