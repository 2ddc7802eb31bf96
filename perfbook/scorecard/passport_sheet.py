"""The sheet Passport: for every figure the file, sheet and cell it came from, as stored and as shown."""

from __future__ import annotations

from perfbook.scorecard.blocks import Block
from perfbook.scorecard.frame import Frame, open_sheet, write_list
from perfbook.scorecard.lists import PASSPORT_COLUMNS

SHEET = "Passport"
_FIGURE, _SHOWN, _RECEIVED = 5, 6, 13


def write_passport(frame: Frame, block: Block) -> None:
    """Writes the sheet: measures in the framework's order, the newest figure first."""
    widths = [width for _, width in PASSPORT_COLUMNS]
    title = "Passport of every figure"
    sheet = open_sheet(frame, SHEET, title, widths, follows_period=False, head_row=3)
    styles = {_SHOWN: frame.word_text, _RECEIVED: frame.time, block.columns - 1: frame.link}
    write_list(frame, sheet, 3, block, styles, figures=(_FIGURE,))
    sheet.raw.freeze_panes(4, 2)
    # Eighteen columns are too many for one page's width: two, each with code and measure.
    sheet.raw.repeat_columns(0, 1)
    sheet.raw.fit_to_pages(2, 0)
