"""Ratings that officers set by hand, put in the place of what returns say of actions.

The return's own rating stays in the record, and stands beside the one that counts wherever that is shown (see
`rating_notes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from perfbook.framework.model import Adjustment, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import place_key
from perfbook.records import ActionReport, RatingSet, Source
from perfbook.scoring.ratings import index_reports, rate

_Place = tuple[str, str, Period]


@dataclass(frozen=True)
class Ratings:
    """What is said of actions as it counts, and each rating that was set, once for each place where it counts."""

    actions: tuple[ActionReport, ...]
    set: tuple[RatingSet, ...] = ()


def set_ratings(framework: Framework, reports: Iterable[ActionReport], until: Period | None = None) -> Ratings:
    """What counts once every rating by hand is made; those for periods after `until` are left out.

    One that names no deliverable holds in every place where the action stands, whatever the return says there; what
    a row for one of these places says comes before it.
    """
    own = dict(index_reports(reports))
    found = dict(own)
    made = [each for each in framework.adjustments if each.kind == "rating"]
    made = [each for each in made if each.action in framework.actions_by_key]
    made = [each for each in made if not (until and each.period.end > until.end)]
    # Those of single places last: they prevail.
    for each in sorted(made, key=lambda each: bool(each.deliverable)):
        for place in _places(framework, each):
            before = found.get(place)
            said_here = bool(before and not before.is_blank)
            if place[1] == each.deliverable or said_here:
                found[place] = _changed(each, place, before)
    told = tuple(_told(framework, own, made))
    return Ratings(tuple(found.values()), told)


def _places(framework: Framework, each: Adjustment) -> list[_Place]:
    """The places of what is said: of the one that is named, or of the action and of each of its places."""
    if each.deliverable:
        return [(each.action, each.deliverable, each.period)]
    own = framework.actions_by_key[each.action].deliverables
    return [(each.action, deliverable, each.period) for deliverable in ("", *own)]


def _changed(each: Adjustment, place: _Place, before: ActionReport | None) -> ActionReport:
    said = before or ActionReport(each.action, each.period, place[1])
    stored = each.shown or each.update or each.revised or f"{each.progress:f}"
    source = Source(each.place.file, each.place.sheet, each.place.cell, stored, each.shown, each.by)
    return replace(
        said,
        rating=each.band or said.rating,
        update=each.update or said.update,
        revised=each.revised or said.revised,
        progress=said.progress if each.progress is None else each.progress,
        # Where the rating is still the return's, so is the way back to it.
        source=source if each.band or said.source is None else said.source,
    )


def _told(framework: Framework, own: Mapping[_Place, ActionReport], made: Iterable[Adjustment]) -> Iterable[RatingSet]:
    made = tuple(made)
    single = {(each.action, each.deliverable, each.period): each for each in made if each.deliverable}
    for each in made:
        for row in rate(framework, own, each.period):
            deliverable = row.placement.deliverable.key if row.placement.deliverable else ""
            if row.placement.action.key != each.action or each.deliverable not in ("", deliverable):
                continue
            other = None if each.deliverable else single.get((each.action, deliverable, each.period))
            left = _without(each, other) if other else each
            if left.band or left.update or left.revised or left.progress is not None:
                key = place_key(each.action, deliverable)
                yield RatingSet(left, key, row.rating, row.update, row.revised, row.progress, row.report)


def _without(each: Adjustment, other: Adjustment) -> Adjustment:
    """What is left of an adjustment of the action where another says something of the place itself."""
    return replace(
        each,
        band="" if other.band else each.band,
        update="" if other.update else each.update,
        revised="" if other.revised else each.revised,
        progress=None if other.progress is not None else each.progress,
    )
