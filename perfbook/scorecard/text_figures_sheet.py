"""The sheet Text figures: what baselines and updates tell in figures, how each moved, and who corrected it."""

from __future__ import annotations

from perfbook.scorecard.blocks import Block
from perfbook.scorecard.frame import Frame, open_sheet, write_list
from perfbook.scorecard.lists import TEXT_FIGURE_COLUMNS

SHEET = "Text figures"
NOTHING_TOLD = "No baseline and no update has a figure in it."
_HEAD_ROW = 3
# Lists may grow with a refresh; their conditional formats are there already.
_ROOM = 1000


def write_text_figures(frame: Frame, block: Block) -> None:
    """Writes the sheet."""
    house = frame.book.house
    widths = [width for _, width in TEXT_FIGURE_COLUMNS]
    title = "Text figures: picked out of baselines and updates"
    sheet = open_sheet(frame, SHEET, title, widths, follows_period=False, head_row=_HEAD_ROW)
    said = "Is one wrong? Correct it on the sheet Text figures of framework.xlsx, with the reason."
    formula = f'=IF(COUNTA(INDEX({block.name},0,1))=0,"{NOTHING_TOLD}","{said}")'
    sheet.formula(2, 0, formula, said if block.rows else NOTHING_TOLD, frame.book.style(**house.subtitle()))
    first, last = write_list(frame, sheet, _HEAD_ROW, block, {5: frame.word_text}, figures=(4,))
    for word, look in (("Better", house.good()), ("Worse", house.bad())):
        options: dict[str, object] = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{word}"',
            "format": frame.book.difference(**look),
        }
        sheet.conditional(first, 9, last + _ROOM, 10, options)
    sheet.raw.freeze_panes(_HEAD_ROW + 1, 3)
