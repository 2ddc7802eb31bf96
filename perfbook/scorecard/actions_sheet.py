"""The sheet Actions: every action in every place where it stands, by priority, with its rating and its update."""

from __future__ import annotations

from collections.abc import Iterator

from perfbook.framework.model import Priority
from perfbook.framework.plan import Placement, day_words, described
from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.frame import Frame, colour_bands, head, open_sheet, row_height, write_rows
from perfbook.scorecard.rating_reconcile import NOT_ASKED
from perfbook.scorecard.view import View
from perfbook.scorecard.words import rating_labels
from perfbook.workbook.text import clean_text
from perfbook.workbook.writer import Sheet, Value

SHEET = "Actions"
_HEAD_ROW, _FIRST = 3, 4
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Deliverable", 11),
    ("", 27),
    ("Reference", 10),
    ("Action", 32),
    ("Directorate", 18),
    ("Due", 12),
    ("Rating", 20),
    ("Previous period", 18),
    ("Update", 54),
    ("Revised date", 12),
    ("Done", 7),
    ("Next milestone", 24),
)
# Only where a rating was set by hand.
_KNOWN = ("What to know of the rating", 34.0)
_RATING, _PREVIOUS, _UPDATE, _REVISED, _DONE, _MILESTONE = range(6, 12)


def write_actions(frame: Frame) -> None:
    """Writes the sheet."""
    view = frame.view
    columns = _columns(view)
    widths = [width for _, width in columns]
    title = f"{view.framework.council}: actions"
    sheet = open_sheet(frame, SHEET, title, widths, head_row=_HEAD_ROW)
    counts = view.action_counts[view.chosen]
    none = counts.rating["none"]
    actions = frame.actions
    rated = f'COUNTIF({actions.column("rating")},">0")'
    sheet.raw.set_row(2, 22)
    sheet.formula(
        2,
        0,
        f'={actions.count("placements")}&" actions in their places, "&{rated}&" of them rated."',
        f"{counts.placements} actions in their places, {counts.placements - none} of them rated.",
        frame.book.style(**frame.book.house.subtitle()),
    )
    head(frame, sheet, _HEAD_ROW, [label for label, _ in columns], height=32, figures=(_DONE,))
    rows = {placement.key: row for row, placement in enumerate(view.placements)}
    at, before = _FIRST, ""
    for entry in _lines(view):
        if isinstance(entry, Priority):
            _section(frame, sheet, at, entry.name)
            before = ""
        else:
            deliverable = entry.deliverable.key if entry.deliverable else ""
            _placement(frame, sheet, at, rows[entry.key], entry, begins=deliverable != before)
            before = deliverable
        at += 1
    colour_bands(frame, sheet, _FIRST, at - 1, _RATING)
    quiet = frame.book.difference(italic=True, font_color=frame.book.house.muted)
    labels = rating_labels(view.framework)
    options: dict[str, object] = {
        "type": "formula",
        "criteria": f'=OR($G{_FIRST + 1}="{NOT_ASKED}",$G{_FIRST + 1}="{labels["none"]}")',
        "format": quiet,
    }
    sheet.conditional(_FIRST, _RATING, at - 1, _RATING, options)
    write_rows(frame, sheet, _FIRST, action_rows(view))
    sheet.raw.freeze_panes(_FIRST, 4)
    sheet.raw.set_selection(_FIRST, 0, _FIRST, 0)


def _columns(view: View) -> tuple[tuple[str, float], ...]:
    return (*_COLUMNS, _KNOWN) if view.rating_notes else _COLUMNS


def _lines(view: View) -> Iterator[Priority | Placement]:
    """The rows of the sheet: priorities that have actions, and below each its placements."""
    for priority in view.framework.priorities:
        found = [placement for placement in view.placements if placement.priority == priority.key]
        if found:
            yield priority
            yield from found


def _section(frame: Frame, sheet: Sheet, at: int, name: str) -> None:
    style = frame.style(frame.book.house.subheading())
    for column in range(len(_columns(frame.view))):
        sheet.blank(at, column, style)
    sheet.text(at, 0, name, style)


def _placement(frame: Frame, sheet: Sheet, at: int, row: int, placement: Placement, *, begins: bool) -> None:
    view, calc, action, deliverable = frame.view, frame.actions, placement.action, placement.deliverable
    rated = view.rated[view.chosen].get(placement.key)
    body, quiet = (
        frame.body,
        frame.style(frame.book.house.wrapped(), valign="vcenter", font_color=frame.book.house.muted),
    )
    # The title stands once, where the deliverable begins; the reference in every row.
    sheet.text(at, 0, deliverable.code if deliverable else "", body if begins else quiet)
    sheet.text(at, 1, deliverable.title if deliverable and begins else "", body)
    sheet.text(at, 2, action.code, body)
    sheet.text(at, 3, described(action), body)
    sheet.text(at, 4, view.framework.directorate(action.directorate).name, body)
    sheet.text(at, 5, day_words(action.due), body)
    labels = list(rating_labels(view.framework).values())
    words = [labels[-1], *labels[:-1]]  # the first of `rating_labels` in the book is that of no rating
    strong = frame.style(frame.book.house.wrapped(), valign="vcenter", bold=True)
    for column, name in ((_RATING, "rating"), (_PREVIOUS, "previous")):
        place = calc.values[name][row]
        nothing = NOT_ASKED if name == "rating" else ""
        cell = calc.cell(name, row)
        value = words[int(place)] if isinstance(place, int) else nothing
        formula = f'=IF(ISNUMBER({cell}),INDEX(rating_labels,{cell}+1,1),"{nothing}")'
        sheet.formula(at, column, formula, value, strong if name == "rating" else body)
    texts = [
        (_UPDATE, "data_update", rated.update if rated else ""),
        (_REVISED, "data_revised", day_words(rated.revised) if rated else ""),
        (_MILESTONE, "data_milestone", rated.milestone if rated else ""),
    ]
    if view.rating_notes:
        known = view.rating_notes.get((placement.key, view.chosen))
        texts.append((len(_COLUMNS), "data_rating_note", known.note if known else ""))
    for column, name, text in texts:
        formula = f'=INDEX({name},{row + 1},period_number)&""'
        sheet.formula(at, column, formula, clean_text(text), body)
    found = f"INDEX(data_progress,{row + 1},period_number)"
    done: Value = rated.progress if rated and rated.progress is not None else ""
    sheet.formula(at, _DONE, f'=IF(ISNUMBER({found}),{found},"")', done, frame.figure("0%"))


def action_rows(view: View) -> Block:
    """The heights of the rows, and how many are printed."""
    before = ""
    heights = []
    for entry in _lines(view):
        if isinstance(entry, Priority):
            heights.append(21.0)
            before = ""
            continue
        deliverable = entry.deliverable.key if entry.deliverable else ""
        heights.append(_height(view, entry, begins=deliverable != before))
        before = deliverable
    found = runs(heights)
    return Block("rows_actions", "rows", len(_columns(view)), heights=found, printed=len(heights))


def _height(view: View, placement: Placement, *, begins: bool) -> float:
    """Room for whichever period is chosen: row heights do not follow formulas."""
    action, deliverable = placement.action, placement.deliverable
    widths = [width for _, width in _COLUMNS]
    texts = [
        (deliverable.title if deliverable and begins else "", widths[1]),
        (described(action), widths[3]),
        (view.framework.directorate(action.directorate).name, widths[4]),
        (day_words(action.due), widths[5]),
    ]
    for period in view.periods:
        rated = view.rated[period].get(placement.key)
        if rated:
            texts += [(rated.update, widths[_UPDATE]), (rated.milestone, widths[_MILESTONE])]
        known = view.rating_notes.get((placement.key, period))
        if known:
            texts.append((known.note, _KNOWN[1]))
    texts += [(label, widths[_RATING] / 1.1) for label in rating_labels(view.framework).values()]
    return row_height(texts, 20)
