"""The first sheet of framework.xlsx: what the workbook is, what to do, and what each sheet is for."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from perfbook.framework.layout import Layout
from perfbook.framework.model import Framework
from perfbook.framework.sheets import READ_ME
from perfbook.workbook.writer import Book

_WIDTH = 104.0
# A column's width counts digits; running text has narrower letters.
_CHARACTERS = 1.08
_STEPS = (
    ("Change a measure", "Edit its row on Measures. Leave its key alone: its figures are stored under it."),
    (
        "Add a measure",
        "Fill the next empty row of Measures: a new key, then the rest from left to right. Where a list is "
        "offered, choose from it. Then add its targets on Targets.",
    ),
    (
        "Withdraw a measure",
        "Write its last period under Last period on Measures, and the reason under Note. Do not delete the row: past "
        "scorecards need it.",
    ),
    (
        "Set targets",
        "One row a measure on Targets, one column a period. For a new period write its label, such as 2021-22 Q1, "
        "in the next free cell of the header row.",
    ),
    (
        "Report actions",
        "List what the plan promises on Deliverables and what services do on Actions, with the references of the "
        "deliverables that each action stands under. People choose its rating: on Schemes, write bands without limits.",
    ),
    (
        "Reorganise",
        "Change names on Directorates and Priorities as you like, and choose the new names on Measures. Keep the keys.",
    ),
    (
        "Percentages",
        "Are percentages of Excel: type 85%, with the sign. Figures are compared as they are shown, with the "
        "decimals that Measures gives.",
    ),
    (
        "Your own columns",
        "Further columns and sheets are left alone. Columns may change places, but not their headers.",
    ),
    (
        "Save",
        "Save and close the workbook, then go on in perfbook. It checks every cell and lists all mistakes together, "
        "each with its sheet and cell, what is wrong and what to do.",
    ),
)


def row_height(texts: Sequence[str], widths: Sequence[float], font_size: float) -> float:
    """The height in points that wrapped texts need in columns of these widths; 0 where one line will do.

    Excel fits rows by itself, other programs and previewers do not.
    """
    lines = max(
        (sum(len(wrap(line, max(int(width * _CHARACTERS), 1))) or 1 for line in text.split("\n")))
        for text, width in zip(texts, widths, strict=False)
    )
    return 0 if lines <= 1 else lines * font_size * 1.38 + 2


def write_read_me(book: Book, framework: Framework, layouts: Sequence[Layout]) -> None:
    """Writes the sheet; it is the one that shows when the workbook is opened."""
    house = book.house
    sheet = book.sheet(READ_ME)
    raw = sheet.raw
    raw.set_column(0, 0, 24)
    raw.set_column(1, 1, _WIDTH)
    raw.hide_gridlines(2)
    raw.set_landscape()
    raw.set_paper(9)
    raw.fit_to_pages(1, 0)
    raw.set_footer("&L&A&CPage &P of &N&R&F")
    sheet.text(0, 0, f"{framework.council}: performance framework", book.style(**house.title()))
    raw.set_row(0, 28)
    purpose = "All that is measured, how and by whom. Returns and scorecards are made from this workbook."
    sheet.text(1, 0, purpose, book.style(**house.subtitle()))
    raw.set_row(1, 20)
    label = book.style(**house.body() | {"bold": True})
    wrapped = book.style(**house.wrapped())
    row = _heading(book, 3, "What you may want to do", "How")
    for what, how in _STEPS:
        sheet.text(row, 0, what, label)
        sheet.text(row, 1, how, wrapped)
        _fit(book, row, how)
        row += 1
    row = _heading(book, row + 1, "Sheet", "What it is for")
    for layout in layouts:
        sheet.link(row, 0, f"internal:'{layout.name}'!A1", layout.name, book.style(**house.link()), "Go to the sheet")
        sheet.text(row, 1, layout.purpose, wrapped)
        row += 1
    for layout in layouts:
        row = _heading(book, row + 1, layout.name, "What belongs in its columns")
        for column in layout.columns:
            if column.is_read:
                sheet.text(row, 0, column.header + (" *" if column.required else ""), label)
                sheet.text(row, 1, column.help, wrapped)
                _fit(book, row, column.help)
                row += 1
    sheet.text(
        row + 1, 0, "* must be filled in every row that is used.", book.style(**house.note() | {"text_wrap": False})
    )
    raw.print_area(0, 0, row + 1, 1)
    raw.activate()


def _fit(book: Book, row: int, text: str) -> None:
    height = row_height([text], [_WIDTH], book.house.font_size)
    if height:
        book.sheets[READ_ME].raw.set_row(row, height)


def _heading(book: Book, row: int, left: str, right: str) -> int:
    style = book.style(**book.house.heading())
    book.sheets[READ_ME].text(row, 0, left, style)
    book.sheets[READ_ME].text(row, 1, right, style)
    return row + 1
