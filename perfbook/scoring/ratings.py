"""Actions as they stand in a reporting period: the rating and the update of every placement, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfbook.framework.model import Band, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import Placement, placements, rating_keys, rating_scheme, reference_of
from perfbook.records import NOT_RATED, ActionReport

NONE = "none"
Reports = Mapping[tuple[str, str, Period], ActionReport]


@dataclass(frozen=True)
class Rated:
    """One placement in one reporting period. `band` is None where it has no rating.

    `report` is what the rating was read from, else what the update was; `own` says that the rating was given for this
    place and not for the action as a whole.
    """

    placement: Placement
    period: Period
    band: Band | None = None
    update: str = ""
    revised: str = ""
    progress: Decimal | None = None
    milestone: str = ""
    own: bool = False
    report: ActionReport | None = None

    @property
    def rating(self) -> str:
        """The key of the band, `none` where there is no rating."""
        return self.band.key if self.band else NONE


@dataclass(frozen=True)
class ActionCounts:
    """The counts of actions in force in a period (DESIGN, Words).

    `placements` are actions counted once for each deliverable that they stand under; `distinct` are the different
    references, `unreferenced` the actions that have none, `several` the references that stand in more than one place.
    `rating` sums to `placements`: by band, best first, and `none`.
    """

    placements: int
    distinct: int
    unreferenced: int
    several: int
    rating: Mapping[str, int]

    @property
    def by_outcome(self) -> Mapping[str, int]:
        """The counts but those by rating."""
        return {name: value for name, value in vars(self).items() if name != "rating"}

    def as_json(self) -> dict[str, object]:
        """The counts as plain data."""
        return vars(self) | {"rating": dict(self.rating)}


def index_reports(reports: Iterable[ActionReport]) -> Reports:
    """Reports by action, deliverable ("" for the action as a whole) and period; the last of several prevails."""
    return {(report.action, report.deliverable, report.period): report for report in reports}


def rate(framework: Framework, reports: Reports, period: Period) -> tuple[Rated, ...]:
    """Every placement in force, in the order of the plan."""
    return tuple(_rated(framework, reports, period, placement) for placement in placements(framework, period))


def _rated(framework: Framework, reports: Reports, period: Period, placement: Placement) -> Rated:
    action = placement.action
    whole = reports.get((action.key, "", period))
    here = reports.get((action.key, placement.deliverable.key, period)) if placement.deliverable else None
    said = [report for report in (here, whole) if report]
    rated = next((report for report in said if report.rating), None)
    updated = next((report for report in said if report.update), None)
    bands = {band.key: band for band in rating_scheme(framework, action).bands}
    return Rated(
        placement=placement,
        period=period,
        band=bands.get(rated.rating) if rated and rated.rating != NOT_RATED else None,
        update=updated.update if updated else "",
        revised=next((report.revised for report in said if report.revised), ""),
        progress=next((report.progress for report in said if report.progress is not None), None),
        milestone=next((report.milestone for report in said if report.milestone), ""),
        own=rated is not None and rated is here,
        report=rated or updated or (said[0] if said else None),
    )


def count_actions(framework: Framework, rated: Iterable[Rated]) -> ActionCounts:
    """The counts over the placements of one period."""
    rows = tuple(rated)
    ratings = Counter(row.rating for row in rows)
    places = Counter(reference_of(row.placement.action.code) for row in rows)
    bare = {row.placement.action.key for row in rows if not reference_of(row.placement.action.code)}
    places.pop("", None)
    return ActionCounts(
        placements=len(rows),
        distinct=len(places),
        unreferenced=len(bare),
        several=sum(count > 1 for count in places.values()),
        rating={key: ratings[key] for key in (*rating_keys(framework), NONE)},
    )
