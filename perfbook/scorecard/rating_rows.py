"""Ratings row by row: those that were set by hand, and where each was read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perfbook.framework.plan import day_words, place_key
from perfbook.records import ActionReport, Source
from perfbook.scorecard.blocks import Row, serial
from perfbook.scorecard.view import View
from perfbook.scorecard.words import rating_labels

AS_RETURNED = "As returned"
BLANK = "(blank)"
SHOWN_OF_HASH = 12


def ratings_set_rows(view: View) -> Iterator[Row]:
    """What was set by hand, a row a field, as the sheet Changes lists it."""
    labels = rating_labels(view.framework)
    names = {placement.key: placement for placement in view.placements}
    for each in view.quarter.ratings_set:
        made, placement = each.adjustment, names[each.placement]
        source = each.report.source if each.report else None
        place = placement.deliverable
        where = f" (under {place.code or place.title})" if place and len(placement.action.deliverables) > 1 else ""
        done = "" if each.progress is None else f"{each.progress * 100:.0f}%"
        now_done = "" if made.progress is None else f"{made.progress * 100:.0f}%"
        for field, before, now in (
            ("rating", labels[each.rating], labels.get(made.band, labels["none"]) if made.band else ""),
            ("update", each.update, made.update),
            ("share of what is done", done, now_done),
            ("revised date", day_words(each.revised), day_words(made.revised)),
        ):
            if now:
                yield (
                    placement.action.code,
                    f"{placement.action.title}{where}",
                    made.period.label,
                    f"Set the {field}",
                    before or BLANK,
                    now,
                    serial(source.received) if source else None,
                    None,
                    made.by,
                    made.reason,
                    made.place.file,
                    made.place.sheet,
                    made.place.cell,
                )


def reports_of(view: View, returned: Collection[ActionReport]) -> list[ActionReport]:
    """Ratings in the order of the actions, the newest first, those of single places last; below what was set by hand
    what returns say themselves."""
    order = {action.key: row for row, action in enumerate(view.framework.actions)}
    known = [each for each in view.quarter.actions if each.action in order and not each.is_blank]
    known += [each for each in returned if each not in known]
    return sorted(
        known,
        key=lambda each: (order[each.action], -each.period.end.toordinal(), each.deliverable, each in returned),
    )


def rating_row(view: View, each: ActionReport, *, as_returned: bool = False) -> Row:
    """What a return says of an action, or what was said by hand in its place, as the sheet Passport lists it."""
    action, source = view.framework.actions_by_key[each.action], each.source
    place = view.framework.deliverables_by_key.get(each.deliverable)
    word = rating_labels(view.framework).get(each.rating, "Not rated" if each.rating else "")
    label = each.period.label
    beside = f"at {place.code or place.title}" if place else ""
    if as_returned:
        beside = f"{AS_RETURNED} {beside}".strip()
    else:
        note = view.rating_notes.get((place_key(each.action, each.deliverable), each.period))
        beside = " ".join(part for part in (beside, note.note if note else "") if part)
    row: Row = (action.code, action.title, label, label, word, None)
    return (*row, *source_cells(source, beside), place_key(each.action, each.deliverable))


def source_cells(source: Source | None, beside: str) -> Row:
    """Where something came from, as the sheet Passport lists it: from how it was shown to the hash of its file."""
    if source is None:
        return ("", "", beside, "", "", "", "", None, "")
    return (
        source.displayed,
        source.stored,
        beside,
        source.file,
        source.sheet,
        source.cell,
        source.submitted_by,
        serial(source.received),
        source.sha256[:SHOWN_OF_HASH],
    )
