"""The actions of a council plan as a report tells them: each in every place where it stands, with its rating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from perfbook.figure_notes import with_mark
from perfbook.framework.plan import day_words, rating_scheme
from perfbook.rating_notes import MARK
from perfbook.reports.tables import Fact, evidence_of, facts_of
from perfbook.reports.tally import Tally
from perfbook.scorecard.colours import tints
from perfbook.scorecard.view import View
from perfbook.scorecard.words import rating_labels
from perfbook.scoring.ratings import Rated
from perfbook.workbook.palette import STANDARD


@dataclass(frozen=True)
class Deed:
    """One action in one place of the plan, with its rating. `needs_attention` where the rating calls for a word."""

    key: str
    deliverable: str
    code: str
    title: str
    directorate: str
    due: str
    rating: str
    previous: str
    update: str
    revised: str
    milestone: str
    needs_attention: bool
    fill: str
    ink: str
    # Of one that is told in words: what was so before, which way its figures are to go, the figures, the evidence.
    baseline: str = ""
    target: str = ""
    facts: tuple[Fact, ...] = ()
    evidence: str = ""
    # What was set by hand, and why.
    note: str = ""


@dataclass(frozen=True)
class DeedGroup:
    """The actions of one priority, with the counts of their ratings."""

    key: str
    name: str
    deeds: tuple[Deed, ...]
    ratings: tuple[Tally, ...]


def plan_of(view: View) -> tuple[DeedGroup, ...]:
    """Actions as the scorecard lists them: by priority, each in every place where it stands in this period."""
    framework, rated = view.framework, view.rated[view.chosen]
    earlier = view.rated[view.periods[view.number - 2]] if view.number > 1 else {}
    labels = rating_labels(framework)
    groups = []
    for priority in framework.priorities:
        rows = [row for row in rated.values() if row.placement.priority == priority.key]
        if not rows:
            continue
        deeds = tuple(_deed(view, row, earlier.get(row.placement.key), labels) for row in rows)
        groups.append(DeedGroup(priority.key, priority.name, deeds, ratings_of(view, rows)))
    return tuple(groups)


def _deed(view: View, row: Rated, earlier: Rated | None, labels: Mapping[str, str]) -> Deed:
    action, deliverable = row.placement.action, row.placement.deliverable
    scheme = rating_scheme(view.framework, action)
    ink, fill = tints(row.band) if row.band else (STANDARD.text, STANDARD.page)
    note = view.rating_notes.get((row.placement.key, view.chosen))
    place = f"{deliverable.code} {deliverable.title}".strip() if deliverable else ""
    return Deed(
        key=row.placement.key,
        deliverable=place,
        code=action.code,
        title=action.title,
        directorate=view.framework.directorate(action.directorate).name,
        due=day_words(action.due),
        rating=with_mark(labels[row.rating], note) if note and note.mark == MARK else labels[row.rating],
        previous=labels[earlier.rating] if earlier else "",
        update=row.update,
        note=note.note if note else "",
        revised=day_words(row.revised),
        milestone=row.milestone,
        needs_attention=bool(row.band and scheme.bands.index(row.band) + 1 >= scheme.exception_from),
        fill=fill[1:],
        ink=ink[1:],
        baseline=action.baseline,
        target=action.direction,
        facts=facts_of(view, action.key),
        evidence=evidence_of(view, action.key),
    )


def ratings_of(view: View, rows: Iterable[Rated]) -> tuple[Tally, ...]:
    """How many actions have which rating, best first, with those that have none."""
    numbers = Counter(row.rating for row in rows)
    bands = {band.key: band for scheme in view.framework.schemes.values() for band in scheme.bands}
    found = []
    for key, label in rating_labels(view.framework).items() if view.has_actions else ():
        ink, fill = tints(bands[key]) if key in bands else (STANDARD.text, STANDARD.subheading_fill)
        found.append(Tally(key, label, numbers[key], fill[1:], ink[1:]))
    return tuple(found)


def said_of_ratings(view: View) -> Iterator[tuple[str, str]]:
    """What a reader has to know of ratings, by the name of the action: those set by hand, and those published
    otherwise."""
    for placement in view.placements:
        known = view.rating_notes.get((placement.key, view.chosen))
        if known:
            place = placement.deliverable
            where = f" under {place.code or place.title}" if place and len(placement.action.deliverables) > 1 else ""
            yield f"{placement.action.code} {placement.action.title}".strip() + where, known.note
    for each in view.reconciliations[view.chosen].ratings:
        yield each.name, f"Rating: {each.ours} here, {each.published} as published."
