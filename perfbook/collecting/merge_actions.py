"""Copies of one issue, brought together action by action and field by field, as `merge` does for measures."""

from __future__ import annotations

from dataclasses import replace

from perfbook.records import ActionReport

FIELDS = {
    "rating": "rating",
    "update": "update",
    "revised": "revised date",
    "progress": "percentage done",
    "milestone": "next milestone",
}
Place = tuple[str, str]


def places_of(reports: tuple[ActionReport, ...]) -> dict[Place, ActionReport]:
    """Reports by action and deliverable."""
    return {(report.action, report.deliverable): report for report in reports}


def both(ours: ActionReport, theirs: ActionReport) -> tuple[ActionReport, list[str]]:
    """Ours with what only theirs says, and the fields in which the two contradict each other.

    A rating that is taken over brings its source along.
    """
    row, differing = ours, []
    for field in FIELDS:
        mine, other = getattr(ours, field), getattr(theirs, field)
        if other in (None, "") or mine == other:
            continue
        if mine not in (None, ""):
            differing.append(field)
            continue
        row = replace(row, **{field: other})
        if field == "update":
            row = replace(row, update_at=theirs.update_at)
        if field == "rating" or ours.is_blank:
            row = replace(row, source=theirs.source)
    return row, differing


def lacking_actions(counts: tuple[ActionReport, ...], other: tuple[ActionReport, ...]) -> tuple[str, ...]:
    """The actions for which another version has a rating or an update and the one that counts has none."""
    there = {place for place, report in places_of(counts).items() if report.rating or report.update}
    found = [r.action for r in other if (r.rating or r.update) and (r.action, r.deliverable) not in there]
    return tuple(dict.fromkeys(found))
