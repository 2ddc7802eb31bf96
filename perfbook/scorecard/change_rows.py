"""The list Changes, section by section: opened again, since the last close or consolidation, adjusted, certified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfbook.closing_grids import sources_of
from perfbook.figure_notes import own_text
from perfbook.framework.adjustment_sheet import ADJUSTMENT_WORDS
from perfbook.records import Change, Moved, Source
from perfbook.scorecard.blocks import Row, serial
from perfbook.scorecard.frame import row_height
from perfbook.scorecard.rating_rows import BLANK, ratings_set_rows
from perfbook.scorecard.reconcile import band_words
from perfbook.scorecard.view import View
from perfbook.scorecard.words import ZONE
from perfbook.scoring.judge import rule_band
from perfbook.workbook.text import day_in_words

CHANGE_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Section", 20),
    ("Code", 9),
    ("Measure", 34),
    ("Figure for", 14),
    ("What changed", 15),
    ("Before: as certified, published, returned or shown", 30),
    ("Now", 30),
    ("It was so on", 17),
    ("It is so since", 17),
    ("Sent or decided by", 22),
    ("Why", 40),
    ("File", 40),
    ("Sheet", 13),
    ("Cell", 9),
)
SINCE_CONSOLIDATION, ADJUSTED, CERTIFIED = "Since the last consolidation", "Adjusted", "Changed once certified"
OPENED_AGAIN = "Opened again"
_WRAPPED = (0, 2, 5, 6, 10, 11)


def since_close(label: str) -> str:
    """The section of what was published of a closed period and is something else now."""
    return f"Since {label} was closed"


def change_rows(view: View) -> tuple[list[Row], list[float]]:
    """What was opened again, what was restated, what a consolidation shows otherwise than the last, what officers
    adjusted, then what changed in returns, the newest first; and the heights of the rows."""
    closed = since_close(view.quarter.period.label)
    since = [*_moved(view, view.quarter.since_close, closed), *_moved(view, view.quarter.moved, SINCE_CONSOLIDATION)]
    rows = [
        *_opened_again(view),
        *_restated(view),
        *since,
        *_of_framework(view),
        *_adjusted(view),
        *((ADJUSTED, *row) for row in ratings_set_rows(view)),
        *_certified(view),
    ]
    texts = [[(str(row[place] or ""), CHANGE_COLUMNS[place][1]) for place in _WRAPPED] for row in rows]
    return rows, [row_height(found, 20) for found in texts]


def _certified(view: View) -> Iterator[Row]:
    for change in sorted(view.quarter.changes, key=lambda change: change.now, reverse=True):
        code, title = view.framework.named(change.measure)
        title = change.name.removeprefix(f"{code} ") or title
        title = title[:1].upper() + title[1:]
        yield (
            CERTIFIED,
            code,
            title,
            change.period.label,
            change.field.capitalize(),
            change.before or BLANK,
            change.after or BLANK,
            serial(change.was),
            serial(change.now),
            change.role,
            _why(change),
            change.file,
            change.sheet,
            change.cell,
        )


def _moved(view: View, moved: Iterable[Moved], section: str) -> Iterator[Row]:
    """What is shown otherwise than it was, with where it comes from now."""
    rows = {row.measure.key: row for row in view.judgements[view.quarter.period]}
    rated = view.rated[view.quarter.period]
    files = {record.directorate: record.file for record in view.quarter.returns}
    own = view.quarter.period.label
    for each in moved:
        source: Source | None = None
        code, title, about, why = "", each.about, own, ""
        if each.key in rows and each.what in ("Figure", "Score", "Measure"):
            row = rows[each.key]
            held, note = view.observation(row), view.note(row)
            source, why = held.source if held else None, note.note if note else ""
            code, title, about = row.measure.code, row.measure.title, row.about.label if row.about else own
        elif each.key in rated and each.what in ("Rating", "Action"):
            placed = rated[each.key]
            source = placed.report.source if placed.report else None
            code, title = placed.placement.action.code, placed.placement.action.title
            by_hand = view.rating_notes.get((each.key, view.quarter.period))
            why = by_hand.note if by_hand else ""
        yield (
            section,
            code,
            title,
            about,
            each.what,
            each.before or BLANK,
            each.now or BLANK,
            serial(each.was),
            serial(source.received) if source else None,
            source.submitted_by if source else "",
            why or _since(each, source),
            source.file if source else files.get(each.key, "") if each.what == "Return" else "",
            *((source.sheet, source.cell) if source else ("", "")),
        )


def _of_framework(view: View) -> Iterator[Row]:
    """What the framework has otherwise than an earlier version of it."""
    for each in view.quarter.framework_changes:
        row = (each.section, each.code, each.title, "", each.field, each.before or BLANK, each.now or BLANK)
        yield (*row, serial(each.was), None, "", "The framework was changed.", "framework.xlsx", "", "")


def _since(each: Moved, source: Source | None) -> str:
    if source and source.received and source.received > each.was:
        return "A return that was received since"
    return ""


def _why(change: Change) -> str:
    if change.restated:
        return f"Restated in {change.restated}"
    return "Answer to a query" if change.answers else "Not asked for"


def _opened_again(view: View) -> Iterator[Row]:
    """Each closing that was undone, with when the period was published anew."""
    undone = view.quarter.reopenings
    for number, each in enumerate(undone):
        published = [later.closed for later in undone[number + 1 :] if later.period == each.period]
        published += [closing.at for closing in view.quarter.closings if closing.period == each.period]
        now = f"Published again on {day_in_words(published[0].astimezone(ZONE))}" if published else "Open"
        row = (OPENED_AGAIN, "", "All that was published", each.period.label, "Closing undone", "Published", now)
        yield (*row, serial(each.closed), serial(each.at), each.by, each.reason, "", "", "")


def _restated(view: View) -> Iterator[Row]:
    cells = {each.period: sources_of(view.quarter, each.period) for each in view.quarter.closings}
    for each in view.quarter.restatements:
        measure = view.framework.by_key.get(each.about)
        held = view.observations.get((each.about, each.period))
        source = held.source if held else cells.get(each.closed, {}).get(each.about)
        code, title = (measure.code, measure.title) if measure else ("", each.name)
        yield (
            since_close(each.closed.label),
            code,
            title,
            each.period.label,
            f"{each.field}, restated",
            each.before,
            each.now,
            serial(each.published),
            serial(source.received) if source else None,
            source.submitted_by if source else "",
            each.why,
            *((source.file, source.sheet, source.cell) if source else ("", "", "")),
        )


def _adjusted(view: View) -> Iterator[Row]:
    for each in view.quarter.adjusted:
        made = each.adjustment
        measure, place = view.framework.by_key[made.measure], made.place
        held = view.observations.get((made.measure, made.period))
        ruled = band_words(view.framework, measure, rule_band(view.framework, measure, view.observations, made.period))
        chosen = band_words(view.framework, measure, view.framework.scheme_of(measure).position(made.band) or 0)
        before, now = own_text(measure, each.own), own_text(measure, held)
        yield (
            ADJUSTED,
            measure.code,
            measure.title,
            made.period.label,
            ADJUSTMENT_WORDS[made.kind].capitalize(),
            ruled if made.kind == "score" else before,
            (chosen if made.kind == "score" else now) if each.counts else "It does not count",
            serial(each.own.source.received) if each.own and each.own.source else None,
            None,
            made.by,
            made.reason,
            place.file,
            place.sheet,
            place.cell,
        )
