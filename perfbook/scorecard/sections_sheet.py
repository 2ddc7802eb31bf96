"""The sheet Service summaries: what each directorate has written under each heading in the chosen period."""

from __future__ import annotations

from collections.abc import Iterator

from perfbook.framework.model import Section
from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height, write_rows
from perfbook.scorecard.view import View
from perfbook.workbook.text import clean_text

SHEET = "Service summaries"
NOTHING = "Nothing was written."
_HEAD_ROW, _FIRST = 3, 4
_WIDTHS = (38.0, 120.0)


def write_sections(frame: Frame) -> None:
    """Writes the sheet."""
    view = frame.view
    sheet = open_sheet(frame, SHEET, "Service summaries: what services write", _WIDTHS, head_row=_HEAD_ROW)
    head(frame, sheet, _HEAD_ROW, ("Heading", "Text"), height=20)
    band, title = frame.style(frame.book.house.subheading()), frame.style(frame.book.house.wrapped(), bold=True)
    at, number = _FIRST, 0
    for entry in _lines(view):
        if isinstance(entry, str):
            sheet.text(at, 0, entry, band)
            sheet.blank(at, 1, band)
        else:
            directorate, section = entry
            number += 1
            found = view.texts.get((directorate, section.key, view.chosen))
            held = f"INDEX(data_section,{number},period_number)"
            sheet.text(at, 0, section.title, title)
            value = clean_text(found.text) if found and found.text else NOTHING
            sheet.formula(at, 1, f'=IF({held}="","{NOTHING}",{held})', value, frame.top)
        at += 1
    quiet: dict[str, object] = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{NOTHING}"',
        "format": frame.book.difference(italic=True, font_color=frame.book.house.muted),
    }
    sheet.conditional(_FIRST, 1, at - 1, 1, quiet)
    write_rows(frame, sheet, _FIRST, section_lines(view))
    sheet.raw.freeze_panes(_FIRST, 1)


def _lines(view: View) -> Iterator[str | tuple[str, Section]]:
    """The rows of the sheet: directorates, and below each its headings."""
    before = ""
    for directorate, section in view.section_rows:
        if directorate != before:
            yield view.framework.directorate(directorate).name
            before = directorate
        yield directorate, section


def section_lines(view: View) -> Block:
    """The heights of the rows, and how many are printed."""
    heights = []
    for entry in _lines(view):
        if isinstance(entry, str):
            heights.append(21.0)
            continue
        directorate, section = entry
        found = [view.texts.get((directorate, section.key, period)) for period in view.periods]
        texts = [(section.title, _WIDTHS[0]), *((text.text, _WIDTHS[1]) for text in found if text)]
        heights.append(row_height(texts, 20))
    return Block("rows_sections", "rows", len(_WIDTHS), heights=runs(heights), printed=len(heights))
