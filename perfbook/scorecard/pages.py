"""A page, or more, of each directorate for printing: a workbook of plain values, a sheet for each, texts in full."""

from __future__ import annotations

from typing import Literal

from perfbook.records import Quarter
from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.directorate_sheet import write_page
from perfbook.scorecard.facts import facts_of
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.frame import Frame
from perfbook.scorecard.view import View
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.text import unique_sheet_name
from perfbook.workbook.writer import Book, Sheet, Style, Value


class _PlainSheet(Sheet):
    """Writes the value of a formula in its place."""

    def formula(self, row: int, col: int, formula: str, value: Value, style: Style = None) -> None:
        if isinstance(value, str):
            self.text(row, col, value, style)
        else:
            self.number(row, col, value, style)


class _PlainBook(Book):
    """A book without formulas, and without names for them."""

    def sheet(self, name: str, *, state: Literal["visible", "hidden", "very_hidden"] = "visible") -> Sheet:
        made = super().sheet(name, state=state)
        self.sheets[name] = _PlainSheet(self, name, made.raw)
        return self.sheets[name]

    def define_name(self, name: str, refers_to: str) -> None:
        """None is needed."""


def build_pages(quarter: Quarter, house: HouseStyle = STANDARD) -> bytes:
    """The pages of every directorate in the quarter's own period, as the bytes of an .xlsx file.

    The same inputs give the same bytes. Raises LimitError where a text breaks a limit of Excel.
    """
    council = quarter.framework.council
    book = _PlainBook(
        created=quarter.as_at,
        title=f"{council} {quarter.period.label} directorate pages",
        subject="Performance by directorate",
        company=council,
        house=house,
    )
    base = View(quarter, quarter.period)
    facts = facts_of(base)
    for key, label in base.directorate_labels.items():
        if key:
            view = base.choosing(key)
            calc = Calc(view)
            frame = Frame(book, view, calc, Feed(view, calc), facts, ActionCalc(view))
            write_page(frame, unique_sheet_name(label, book.sheets))
    return book.close()
