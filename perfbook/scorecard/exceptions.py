"""The sheet Exceptions: the measures of the chosen period whose score calls for an explanation, listed by formula."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import xl_col_to_name

from perfbook._grouped import grouped
from perfbook.framework.periods import Period
from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.frame import Frame, colour_bands, head, open_sheet, row_height, write_rows
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, notes_column
from perfbook.scorecard.view import View
from perfbook.scorecard.words import NO_ACTION, NO_COMMENTARY
from perfbook.workbook.text import clean_text
from perfbook.workbook.writer import Sheet, Value

SHEET = "Exceptions"
_HEAD_ROW, _FIRST = 3, 4
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Code", 8),
    ("Measure", 27),
    ("Directorate", 16),
    ("Figure for", 10),
    ("Actual", 13),
    ("Target", 10),
    ("Previous period", 10),
    ("Score", 18),
    ("Trend since previous", 13.5),
    ("Why: commentary", 36),
    ("What is being done: recovery action", 36),
    ("Notes, from Scorecard", 34),
)
_FIELDS = {
    0: "code",
    1: "title",
    2: "directorate",
    3: "about",
    4: "actual_marked",
    5: "target_text",
    6: "previous_text",
}
_SCORE, _TREND, _COMMENTARY, _ACTION, _NOTES = 7, 8, 9, 10, 11
_IN_PERIOD, _ALONE = " an explanation in this period.", " Of one directorate alone, chosen on Summary: "


def write_exceptions(frame: Frame) -> None:
    """Writes the sheet."""
    view, calc, feed = frame.view, frame.calc, frame.feed
    widths = [width for _, width in _COLUMNS]
    sheet = open_sheet(frame, SHEET, "Exceptions: what needs an explanation", widths, head_row=_HEAD_ROW)
    found = view.shown_exceptions
    last = calc.last("exceptions")
    sheet.raw.set_row(2, 22)
    sheet.formula(
        2,
        0,
        f'=IF({last}=0,"No measure needs",{last}&IF({last}=1," measure needs"," measures need"))&"{_IN_PERIOD}"'
        f'&IF(directorate_number=0,"","{_ALONE}"&{CHOSEN_DIRECTORATE}&".")',
        _headline(view, len(found)),
        frame.book.style(**frame.book.house.subtitle()),
    )
    head(frame, sheet, _HEAD_ROW, [label for label, _ in _COLUMNS], height=32, figures=(4, 5, 6))
    plain = frame.bare(text_wrap=True, valign="vcenter")
    # A figure with its mark, 12.5% (score set), must not lose its first digits: it wraps.
    figure = frame.bare(text_wrap=True, align="right", valign="vcenter")
    score = frame.bare(text_wrap=True, valign="vcenter", align="left", indent=1)
    for rank in range(feed.exceptions):
        row = found[rank] if rank < len(found) else None
        cell = feed.exception(rank)
        at = _FIRST + rank

        def put(column: int, formula: str, value: Value, style: object) -> None:
            sheet.formula(at, column, f'=IF({cell}=0,"",{formula})', "" if row is None else value, style)  # noqa: B023

        for column, name in {**_FIELDS, _SCORE: "score_text", _TREND: "trend_arrow", _NOTES: "officers_note"}.items():
            value = calc.values[name][row] if row is not None else ""
            style = {_SCORE: score, 4: figure, 5: figure, 6: figure}.get(column, plain)
            put(column, calc.pick(name, cell), value, style)
        observation = view.observation(view.rows[row]) if row is not None else None
        slot = calc.pick("slot", cell)
        for column, name, text, none in (
            (_COMMENTARY, "data_commentary", observation.commentary if observation else "", NO_COMMENTARY),
            (_ACTION, "data_action", observation.action if observation else "", NO_ACTION),
        ):
            words = f"INDEX({name},{cell},{slot})"
            put(column, f'IF({words}="","{none}",{words})', clean_text(text) or none, plain)
    end = _FIRST + feed.exceptions - 1
    colour_bands(frame, sheet, _FIRST, end, _SCORE)
    lined = frame.book.difference(bottom=1, bottom_color=frame.book.house.line)
    options: dict[str, object] = {"type": "formula", "criteria": f'=$B{_FIRST + 1}<>""', "format": lined}
    sheet.conditional(_FIRST, 0, end, len(_COLUMNS) - 1, options)
    _notes_stay(view, sheet, end)
    write_rows(frame, sheet, _FIRST, exception_rows(view, feed))
    sheet.raw.freeze_panes(_FIRST, 2)


def _notes_stay(view: View, sheet: Sheet, last: int) -> None:
    """Which measure stands in a row depends on the chosen period, so a note is written beside the measure itself."""
    column = xl_col_to_name(notes_column(view))
    options: dict[str, object] = {
        "validate": "custom",
        "value": "=FALSE",
        "input_title": "Notes",
        "input_message": "Write notes on the sheet Scorecard, in the row of the measure. They are shown here.",
        "error_title": "Notes are written on Scorecard",
        "error_message": f"Rows here change with the period. Write it on Scorecard, in column {column}.",
    }
    sheet.validation(_FIRST, _NOTES, last, _NOTES, options)


def exception_rows(view: View, feed: Feed) -> Block:
    """The heights of the rows, and how many are printed."""
    most = max(len(view.exceptions(period)) for period in view.periods)
    ranked = {period: _ranked(view, period) for period in view.periods}
    heights = runs(_height(view, ranked, rank) for rank in range(feed.exceptions))
    # Officers' notes are for the screen; a printed page has no room to spare.
    return Block("rows_exceptions", "rows", _NOTES, heights=heights, printed=max(most, 1))


def _headline(view: View, count: int) -> str:
    needs = f"{count} measure{' needs' if count == 1 else 's need'}" if count else "No measure needs"
    alone = f"{_ALONE}{view.directorate_labels[view.directorate]}." if view.directorate else ""
    return f"{needs}{_IN_PERIOD}{alone}"


def _ranked(view: View, period: Period) -> list[list[int]]:
    """The exceptions of a period in the order in which they are listed: all, then directorate by directorate."""
    found = view.exceptions(period)
    measures = view.framework.measures
    single = grouped(found, lambda row: measures[row].directorate)
    return [list(found), *(list(single.get(each.key, ())) for each in view.directorates)]


def _height(view: View, ranked: Mapping[Period, list[list[int]]], rank: int) -> float:
    """Room for whichever period and directorate is chosen: row heights do not follow formulas."""
    heights, width = [30.0], [width for _, width in _COLUMNS]
    for period in view.periods:
        rows = {found[rank] for found in ranked[period] if rank < len(found)}
        for row in rows:
            judgement = view.judgements[period][row]
            observation = view.observation(judgement)
            directorate = view.framework.directorate(judgement.measure.directorate).name
            texts = [(judgement.measure.title, width[1]), (directorate, width[2])]
            if observation:
                texts += [(observation.commentary, width[_COMMENTARY]), (observation.action, width[_ACTION])]
            heights.append(row_height(texts, 30))
    return max(heights)
