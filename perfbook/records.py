"""The records that travel from the shared folder to the scorecard.

Observations are what returns say, findings what checks have to say about them, return and file records the account of
what arrived. All frozen; all times are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from perfbook._once import Once
from perfbook._quick import quick
from perfbook.framework.model import Adjustment, Framework, Place, ValueStatus
from perfbook.framework.periods import Period
from perfbook.inflow import Curve

Basis = Literal["in period", "year to date", "rolling"]
ReturnState = Literal["not started", "in progress", "provisional", "certified", "unreadable"]
Outcome = Literal["accepted", "unchanged", "merged", "superseded", "rejected", "ignored"]
Severity = Literal["error", "warning", "info"]

RETURN_STATES: tuple[ReturnState, ...] = ("certified", "provisional", "in progress", "not started", "unreadable")
OUTCOMES: tuple[Outcome, ...] = ("accepted", "unchanged", "merged", "superseded", "rejected", "ignored")
# A rating that says in so many words that there is none.
NOT_RATED = "not_rated"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@quick
@dataclass(frozen=True)
class Source:
    """Where a figure came from: its passport.

    `stored` is the cell's value as text with 15 digits, `displayed` what Excel showed. For a figure from a fraction
    `cell` names the numerator and the denominator ("I9, J9"). `submitted_by` is a role, `sha256` of the file's bytes.
    """

    file: str
    sheet: str
    cell: str
    stored: str
    displayed: str
    submitted_by: str = ""
    received: datetime | None = None
    sha256: str = ""


@quick
@dataclass(frozen=True)
class Observation:
    """One value of one measure for one period.

    `period` is what the figure is about, `reported_in` the reporting period of the return that brought it.
    `actual` is the figure as shown: from the fraction where there is one, rounded to the measure's decimals, in stored
    units (percentages as fractions). `typed` is the figure typed in the cell, rounded or not. `companion` is what stood
    in brackets beside it and is not its fraction (`V=£1,339,112`), as text. `to_date` is the year to date that was
    given beside the figure of the period (`60 (122 cum)`), `chosen` the key of the band that a person chose. `mark` is
    a footnote mark behind it (`54*`): it is counted in another way than figures without. `commentary_at` and
    `action_at` are the cells of the texts, where they are known.
    """

    measure: str
    period: Period
    reported_in: Period
    status: ValueStatus | None
    actual: Decimal | None = None
    typed: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    basis: Basis = "in period"
    companion: str = ""
    forecast: Decimal | None = None
    commentary: str = ""
    action: str = ""
    to_date: Decimal | None = None
    chosen: str = ""
    source: Source | None = None
    mark: str = ""
    commentary_at: Place | None = field(default=None, compare=False)
    action_at: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ActionReport:
    """What a return says of one action, or of one of the places where it stands.

    Without a `deliverable` (a key) it is said of the action, and holds wherever it stands; with one, of that place
    alone, where each field that is filled takes the place of the action's. `period` is the reporting period. `rating`
    is the key of a band, NOT_RATED where a person says that there is none, empty where nothing is said. `revised` is a
    day in ISO form or words as typed, `progress` a share from 0 to 1. `update_at` is the cell of the update, where that
    is known.
    """

    action: str
    period: Period
    deliverable: str = ""
    rating: str = ""
    update: str = ""
    revised: str = ""
    progress: Decimal | None = None
    milestone: str = ""
    source: Source | None = None
    update_at: Place | None = field(default=None, compare=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said at all."""
        return not (self.rating or self.update or self.revised or self.milestone) and self.progress is None


@dataclass(frozen=True)
class SectionText:
    """What a directorate writes under one heading in one reporting period."""

    section: str
    directorate: str
    period: Period
    text: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class GridFigure:
    """One figure of a grid: of a line (a key) and a column (its key), for one directorate and reporting period.

    `mark` is a footnote mark that stood behind it.
    """

    line: str
    column: str
    directorate: str
    period: Period
    value: Decimal
    source: Source | None = None
    mark: str = ""


@dataclass(frozen=True)
class Evidence:
    """One row of the sheet Evidence of a return: what it supports, what it shows, where it is.

    `about` is the key of a measure or an action; empty for what supports the return as a whole, and where `supports`,
    as it was typed, names none. `row` is the key of its row. `found` is known once it is collected: `yes`, `no`, or
    empty for what is not looked for.
    """

    about: str
    directorate: str
    period: Period
    supports: str = ""
    shows: str = ""
    where: str = ""
    found: str = ""
    source: Source | None = None
    row: str = ""

    @property
    def content(self) -> tuple[str, str, str]:
        """What it says, whatever its row."""
        return (self.about or self.supports.casefold(), self.shows, self.where)


@quick
@dataclass(frozen=True)
class Finding:
    """What a check has to say. `measure` is a key; the rest is in words that a manager understands.

    `suppressed` says why officers do not want to hear it (reason, role, until when); it is listed and counted apart.
    `about` is the label of the period that the row is about, where the finding is about a row.
    """

    code: str
    severity: Severity
    file: str
    sheet: str
    cell: str
    measure: str
    found: str
    expected: str
    remedy: str
    suppressed: str = ""
    about: str = ""

    @property
    def message(self) -> str:
        """The finding as one passage."""
        return " ".join(part for part in (self.found, self.expected, self.remedy) if part)

    def of_file(self, file: str) -> Finding:
        """The same finding under another file name."""
        return replace(self, file=file)


def remarks_of(framework: Framework) -> tuple[Finding, ...]:
    """What the reader of framework.xlsx had to say, as notes among the findings; `measure` is then any key of it."""
    return tuple(
        Finding(
            each.code,
            "info",
            each.place.file,
            each.place.sheet,
            each.place.cell,
            each.about,
            each.found,
            "",
            each.remedy,
        )
        for each in framework.remarks
    )


@dataclass(frozen=True)
class Reply:
    """What a manager answered to queries about one figure: `period` is what it is about, `codes` what was asked.

    `kind` says of what `measure` is the key: of a measure, or of a row of another sheet (an action or its place, a
    section, a line of a grid, a row of Evidence).
    """

    measure: str
    period: Period
    codes: tuple[str, ...]
    text: str
    kind: str = "measure"


@dataclass(frozen=True)
class SignOff:
    """How a return was signed: by a role, on a day as written, as provisional or certified."""

    state: Literal["provisional", "certified"]
    role: str = ""
    name: str = ""
    date: str = ""


@dataclass(frozen=True)
class Submission:
    """One version of one return as received.

    Where it comes from a book that went back with queries, `answers` is the SHA-256 of the version that was asked
    about, and `unedited` tells that nothing was changed in it.
    """

    file: str
    sha256: str
    council: str
    directorate: str
    period: Period
    issue: str
    framework_version: str
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    sign_off: SignOff | None
    started: bool
    saved_by: str = ""
    actions: tuple[ActionReport, ...] = ()
    sections: tuple[SectionText, ...] = ()
    replies: tuple[Reply, ...] = ()
    answers: str = ""
    unedited: bool = False
    grids: tuple[GridFigure, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def sources(self) -> Iterator[Source]:
        """Where each of it came from."""
        for kind in (self.observations, self.actions, self.sections, self.grids, self.evidence):
            yield from (each.source for each in kind if each.source)

    @property
    def state(self) -> ReturnState:
        """The state that this version gives to its return."""
        if self.sign_off:
            return self.sign_off.state
        return "in progress" if self.started else "not started"


@dataclass(frozen=True)
class Change:
    """One cell of a certified return that changed afterwards, as shown before and after.

    `measure` is the key of a measure, an action, a section or a line of a grid, empty for the sign-off; `name` is what
    people call it, `field` what changed, in words. `was` and `now` are when the two versions were received. `answers`
    tells that the later one answers queries about the earlier one. `restated`: it was not changed in its own return,
    but the return of a later period (its label) says otherwise.
    """

    directorate: str
    measure: str
    period: Period
    field: str
    before: str
    after: str
    file: str
    sheet: str
    cell: str
    was: datetime
    now: datetime
    role: str = ""
    answers: bool = False
    is_latest: bool = True
    restated: str = ""
    name: str = ""

    @property
    def is_of_sign_off(self) -> bool:
        """Whether it is the sign-off that changed."""
        return not self.measure


@dataclass(frozen=True)
class Adjusted:
    """An adjustment of a figure as it stands: `own` is what returns (or the sheet Past figures) say themselves.

    `counts` is False where there is nothing to adjust, or no need any more; a finding then says so.
    """

    adjustment: Adjustment
    own: Observation | None = None
    counts: bool = True


@dataclass(frozen=True)
class RatingSet:
    """A rating by hand in one place where it counts: `placement` is its key; the rest is what returns say there
    themselves, `report` where that was read."""

    adjustment: Adjustment
    placement: str
    rating: str = ""
    update: str = ""
    revised: str = ""
    progress: Decimal | None = None
    report: ActionReport | None = None


@dataclass(frozen=True)
class Restatement:
    """What was published of a closed period and is something else now; `before` and `now` as shown.

    `about` is the key of a measure or a placement, or the place of a figure in a grid, `name` how readers know it,
    `period` what the figure is about, `field` `Figure`, `Score`, `Target`, `Rating`, `Measure`, a movement, or what the
    figure runs to. `why` is what is known of the reason.
    """

    closed: Period
    about: str
    name: str
    period: Period
    field: str
    before: str
    now: str
    published: datetime
    why: str = ""


@dataclass(frozen=True)
class Moved:
    """What is shown otherwise than at the last consolidation of an earlier day, or at the close, both at `was`.

    `what` is `Figure`, `Score`, `Rating`, `Return`, `Measure` or `Action`; `key` that of the measure, the directorate
    or the placement, `about` how readers know it; `before` and `now` as shown.
    """

    what: str
    key: str
    about: str
    before: str
    now: str
    was: datetime


@dataclass(frozen=True)
class FrameworkChange:
    """What the framework has otherwise than an earlier version: `section` says than which, `key` is that of a measure,
    an action or a scheme, `field` a column in words; `was` is when the earlier version was kept."""

    section: str
    key: str
    code: str
    title: str
    field: str
    before: str
    now: str
    was: datetime


@dataclass(frozen=True)
class Closing:
    """A period that was frozen as published: when, and the SHA-256 of the tables that were published."""

    period: Period
    at: datetime
    sha256: str


@dataclass(frozen=True)
class Reopening:
    """A closing that was undone: of which period, when that was published with which tables, when it was undone, why
    and by whom."""

    period: Period
    closed: datetime
    sha256: str
    at: datetime
    reason: str
    by: str


@dataclass(frozen=True)
class FileRecord:
    """One file of the shared folder and its one outcome. `path` is relative to the folder, with forward slashes."""

    path: str
    outcome: Outcome
    code: str
    reason: str
    directorate: str = ""
    sha256: str = ""
    modified: datetime | None = None


@dataclass(frozen=True)
class ReturnRecord:
    """One expected return: its state, when it was received, how many of its measures carry a figure or a status, and
    how many of its actions a rating.

    Where each owner has a book of their own, `parts` are these books, each with its `owner`, and the rest sums them up.

    `control` are the totals that its sheet Start shows too: figures, statuses without a figure, commentaries, and all
    figures added up.
    """

    directorate: str
    issue: str
    state: ReturnState
    due: datetime
    received: datetime | None = None
    late: bool = False
    overdue: bool = False
    measures: int = 0
    answered: int = 0
    file: str = ""
    sign_off: SignOff | None = None
    actions: int = 0
    rated: int = 0
    owner: str = ""
    parts: tuple[ReturnRecord, ...] = ()
    control: tuple[int, int, int, Decimal] = (0, 0, 0, Decimal(0))

    @property
    def is_received(self) -> bool:
        """Received = provisional or certified."""
        return self.state in ("provisional", "certified")


@dataclass(frozen=True)
class Quarter(Once):
    """All that a scorecard is made from: one reporting period as it stands at `as_at`.

    `observations` hold every period, at most one for each measure and period, and so do `actions` for each action or
    place; `periods` are the reporting periods that a reader can choose, oldest first, `period` among them. `curves` say
    how returns came in: of this period, then of the one before where it is known. `copies` are the places of read-only
    copies of returns, from the scorecard, by SHA-256. `notice` is a sentence for the head
    of the first sheet, such as since when the figures could not be refreshed.
    """

    framework: Framework
    period: Period
    as_at: datetime
    periods: tuple[Period, ...]
    observations: tuple[Observation, ...]
    returns: tuple[ReturnRecord, ...]
    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]
    notice: str = ""
    actions: tuple[ActionReport, ...] = ()
    sections: tuple[SectionText, ...] = ()
    changes: tuple[Change, ...] = ()
    grids: tuple[GridFigure, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    adjusted: tuple[Adjusted, ...] = ()
    ratings_set: tuple[RatingSet, ...] = ()
    closings: tuple[Closing, ...] = ()
    restatements: tuple[Restatement, ...] = ()
    curves: tuple[Curve, ...] = ()
    moved: tuple[Moved, ...] = ()
    since_close: tuple[Moved, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    reopenings: tuple[Reopening, ...] = ()
    framework_changes: tuple[FrameworkChange, ...] = ()
