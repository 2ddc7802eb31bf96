"""The sheets Returns, Files and Findings: what arrived, what became of it, and what the checks have to say."""

from __future__ import annotations

from perfbook.records import ReturnState
from perfbook.scorecard.blocks import Block
from perfbook.scorecard.change_rows import CHANGE_COLUMNS
from perfbook.scorecard.frame import Frame, open_sheet, write_list
from perfbook.scorecard.inflow_block import write_inflow
from perfbook.scorecard.lists import (
    EVIDENCE_COLUMNS,
    EVIDENCE_LOST,
    FILE_COLUMNS,
    FINDING_COLUMNS,
    STATE_WORDS,
    return_columns,
)
from perfbook.scorecard.words import SEVERITY_WORDS
from perfbook.workbook.writer import Sheet

RETURNS, FILES, FINDINGS, CHANGES, EVIDENCE = "Returns", "Files", "Findings", "Changes", "Evidence"
NOTHING_NAMED = "No evidence was named."
NOTHING_FOUND = "The checks found nothing to say."
_HEAD_ROW = 3
# Lists may grow with a refresh; their conditional formats are there already.
_ROOM = 1000


def write_returns(frame: Frame, block: Block) -> None:
    """Writes the sheet Returns: every expected return with its state."""
    widths = [width for _, width in return_columns(frame.view)]
    title = "Returns: who has sent what"
    sheet = open_sheet(frame, RETURNS, title, widths, follows_period=False)
    head_row = write_inflow(frame, sheet, 3)
    centred, figure = frame.short_text, frame.figure("#,##0")
    styles = {2: frame.time, 3: frame.time, 4: centred, 5: centred, **dict.fromkeys(range(6, 12), figure)}
    styles |= {7: frame.figure("0%"), 12: frame.word_text, **dict.fromkeys(range(15, 21), figure)}
    styles[18] = frame.figure("#,##0.00####")
    first, last = write_list(frame, sheet, head_row, block, styles, figures=(*range(6, 12), *range(15, 21)))
    sheet.raw.repeat_rows(head_row)
    _two_pages_wide(sheet, 0)
    for state, style in _state_styles(frame).items():
        _word(frame, sheet, (first, last, 1), STATE_WORDS[state], style)
    for column in (4, 5):
        _word(frame, sheet, (first, last, column), "Yes", frame.book.house.bad())
    sheet.raw.freeze_panes(2, 1)


def write_files(frame: Frame, block: Block) -> None:
    """Writes the sheet Files: every file of the shared folder and its one outcome."""
    widths = [width for _, width in FILE_COLUMNS]
    title = "Files: everything in the folder, and what became of it"
    sheet = open_sheet(frame, FILES, title, widths, follows_period=False, head_row=_HEAD_ROW)
    first, last = write_list(frame, sheet, _HEAD_ROW, block, {5: frame.time})
    _word(frame, sheet, (first, last, 1), "Rejected", frame.book.house.bad())
    sheet.raw.freeze_panes(_HEAD_ROW + 1, 1)


def _state_styles(frame: Frame) -> dict[ReturnState, dict[str, object]]:
    house = frame.book.house
    return {
        "certified": house.good(),
        "provisional": house.middle(),
        "in progress": house.middle(),
        "not started": house.bad(),
        "unreadable": house.bad(),
    }


def write_findings(frame: Frame, block: Block) -> None:
    """Writes the sheet Findings, errors first."""
    widths = [width for _, width in FINDING_COLUMNS]
    title = "Findings: what the checks say"
    sheet = open_sheet(frame, FINDINGS, title, widths, follows_period=False, head_row=_HEAD_ROW)
    formula = f'=IF(COUNTA(INDEX({block.name},0,1))=0,"{NOTHING_FOUND}","")'
    value = "" if block.rows else NOTHING_FOUND
    sheet.formula(2, 0, formula, value, frame.book.style(**frame.book.house.subtitle()))
    styles = dict.fromkeys(range(block.columns), frame.top_text)
    first, last = write_list(frame, sheet, _HEAD_ROW, block, styles)
    looks = (frame.book.house.bad(), frame.book.house.middle())
    for severity, style in zip(("error", "warning"), looks, strict=True):
        _word(frame, sheet, (first, last, 1), SEVERITY_WORDS[severity], style)
    sheet.raw.freeze_panes(_HEAD_ROW + 1, 1)


def write_changes(frame: Frame, block: Block) -> None:
    """Writes the sheet Changes: what was restated, what officers adjusted, what changed in returns once certified."""
    widths = [width for _, width in CHANGE_COLUMNS]
    title = "Changes: since the last close and consolidation, adjusted, changed once certified"
    sheet = open_sheet(frame, CHANGES, title, widths, follows_period=False, head_row=_HEAD_ROW)
    styles = dict.fromkeys(range(block.columns), frame.top_text) | {7: frame.top_time, 8: frame.top_time}
    write_list(frame, sheet, _HEAD_ROW, block, styles)
    _two_pages_wide(sheet, 2)
    sheet.raw.freeze_panes(_HEAD_ROW + 1, 3)


def write_evidence(frame: Frame, block: Block) -> None:
    """Writes the sheet Evidence: what returns name, as text, and whether it lay in the folder.

    Never a live link: what somebody typed into a return is not a click away from everybody.
    """
    widths = [width for _, width in EVIDENCE_COLUMNS]
    title = "Evidence: what figures are founded on"
    sheet = open_sheet(frame, EVIDENCE, title, widths, follows_period=False, head_row=_HEAD_ROW)
    formula = f'=IF(COUNTA(INDEX({block.name},0,1))=0,"{NOTHING_NAMED}","")'
    value = "" if block.rows else NOTHING_NAMED
    sheet.formula(2, 0, formula, value, frame.book.style(**frame.book.house.subtitle()))
    first, last = write_list(frame, sheet, _HEAD_ROW, block, dict.fromkeys(range(block.columns), frame.top_text))
    _word(frame, sheet, (first, last, 5), EVIDENCE_LOST, frame.book.house.bad())
    sheet.raw.freeze_panes(_HEAD_ROW + 1, 2)


def _two_pages_wide(sheet: Sheet, last: int) -> None:
    """On one page's width so many columns are too small to read: two, each with the first columns up to `last`."""
    sheet.raw.repeat_columns(0, last)
    sheet.raw.fit_to_pages(2, 0)


def _word(frame: Frame, sheet: Sheet, where: tuple[int, int, int], word: str, style: dict[str, object]) -> None:
    first, last, column = where
    options: dict[str, object] = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{word}"',
        "format": frame.book.difference(**style),
    }
    sheet.conditional(first, column, last + _ROOM, column, options)
