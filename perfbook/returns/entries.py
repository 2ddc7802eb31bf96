"""What somebody entered, put into a cell again as what it is."""

from __future__ import annotations

from datetime import date

from perfbook.returns.filled import Entry
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

_DAY = "d mmmm yyyy"


def put(book: Book, sheet: Sheet, row: int, column: int, entry: Entry, look: Properties) -> None:
    """Writes an entry, or a blank. A date is shown as one whatever the format of the cell."""
    if entry is None or entry == "":
        sheet.blank(row, column, book.style(**look))
    elif isinstance(entry, str):
        sheet.text(row, column, entry, book.style(**look))
    elif isinstance(entry, bool):
        sheet.boolean(row, column, entry, book.style(**look))
    elif isinstance(entry, date):
        dated = look if "yyyy" in str(look.get("num_format", "")) else look | {"num_format": _DAY}
        sheet.date(row, column, entry, book.style(**dated))
    else:
        sheet.number(row, column, entry, book.style(**look))
