"""The public copy as a workbook: a cover, contents, notes and shorthand, then one table a sheet, in column A.

After the Government Analysis Function's "Releasing statistics in spreadsheets" and its checklist of the basics: read
row by row from A1 each sheet says what it is, how many tables it has and where its notes are, before its table begins.
Nothing is merged, hidden, filtered or frozen; there are no pictures and no headers or footers, which screen readers
pass over; no cell of a table is empty; nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from perfbook.publishing import shorthand
from perfbook.publishing.finish import finished
from perfbook.publishing.protect import Rule
from perfbook.publishing.source import Source
from perfbook.publishing.tables import Column, Copy, Number, Table, Value
from perfbook.scorecard.words import ZONE
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.text import day_in_words
from perfbook.workbook.writer import Book, Sheet, Style

COVER, CONTENTS, NOTES, SHORTHAND = "Cover", "Contents", "Notes", "Shorthand"
ONE_TABLE = "This worksheet contains one table."
_SIZE, _TITLE, _HEAD = 12, 16, 14
# Heights in points: a line of 12-point text, and of a title.
_LINE, _TITLE_LINE = 16.5, 26.0
_COVER_WIDTH = 96


def table_sheet(number: int) -> str:
    """The name of the sheet of a table, counted from 1."""
    return f"Table_{number}"


def public_book(copy: Copy, rule: Rule, *, created: datetime, house: HouseStyle = STANDARD) -> bytes:
    """The workbook of a public copy, as the bytes of an .xlsx file. The same inputs give the same bytes.

    Raises LimitError where a text breaks a limit of Excel.
    """
    return _Writing(copy, rule, created, replace(house, font_size=float(_SIZE))).write()


class _Writing:
    def __init__(self, copy: Copy, rule: Rule, created: datetime, house: HouseStyle) -> None:
        self.copy, self.rule, self.created = copy, rule, created
        source = copy.source
        self.title = f"{source.framework.council}: performance in {source.period.label}"
        self.book = Book(
            created=created,
            title=self.title,
            subject="Measures of the council plan, their scores and how they move",
            company=source.framework.council,
            house=house,
        )
        self.headings: list[tuple[Style, int]] = []
        self.styles = self._styles(house)

    def _styles(self, house: HouseStyle) -> dict[str, Style]:
        plain: dict[str, object] = {"font_color": house.text, "valign": "vcenter"}
        book = self.book
        found = {
            "title": book.style(**plain, bold=True, font_size=_TITLE),
            "heading": book.style(**plain, bold=True, font_size=_HEAD),
            "line": book.style(**plain),
            "wrapped": book.style(**plain, text_wrap=True),
            # A little room, so that text does not run into the figure before it.
            "cell": book.style(**plain, text_wrap=True, align="left", indent=1),
            "right": book.style(**plain, text_wrap=True, align="right"),
            "head": book.style(
                **plain, bold=True, text_wrap=True, bottom=2, bottom_color=house.text, align="left", indent=1
            ),
            "head right": book.style(
                **plain, bold=True, text_wrap=True, align="right", bottom=2, bottom_color=house.text
            ),
            "link": book.style(font_color=house.link_text, underline=1, valign="vcenter"),
            "link cell": book.style(font_color=house.link_text, underline=1, valign="vcenter", align="left", indent=1),
        }
        self.headings = [(found["title"], 1), (found["heading"], 2)]
        return found

    def write(self) -> bytes:
        """Write every sheet."""
        tables = self.copy.tables
        self._cover()
        self._contents()
        if self.copy.notes:
            rows = [(f"[note {n}]", words) for n, words in enumerate(self.copy.notes, start=1)]
            self._sheet(NOTES, Table("Notes", "What the notes in the tables mean.",
                                     (Column("Note", 14), Column("What it says", 90)), tuple(rows)))  # fmt: skip
        used = self._used(value for table in tables for row in table.rows for value in row)
        if used:
            rows = [(mark, shorthand.MEANINGS[mark]) for mark in used]
            columns = (Column("Shorthand", 14), Column("What it means", 90))
            about = "What stands in the tables in place of a figure or beside it."
            self._sheet(SHORTHAND, Table("Shorthand", about, columns, tuple(rows)))
        for number, table in enumerate(tables, start=1):
            self._sheet(table_sheet(number), replace(table, title=f"Table {number}: {table.title}"))
        data = self.book.close()
        places = {style.xf_index: level for style, level in self.headings if style.xf_index is not None}
        return finished(data, places, self.copy.source.framework.council)

    def _used(self, values: Iterable[Value]) -> list[str]:
        texts = {word for value in values if isinstance(value, str) for word in value.replace(";", " ").split()}
        return [mark for mark in shorthand.MEANINGS if mark in texts]

    # --- Cover and contents -------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        sheet = self._page(COVER, [Column("", _COVER_WIDTH)])
        self._title(sheet, self.title)
        row = 1
        for heading, lines in cover_texts(self.copy.source, self.rule, self.created):
            if heading:
                sheet.text(row, 0, heading, self.styles["heading"])
                sheet.raw.set_row(row, 24)
                row += 1
            for line in lines:
                sheet.text(row, 0, line, self.styles["wrapped"])
                sheet.raw.set_row(row, _height(line, _COVER_WIDTH))
                row += 1
        sheet.link(row, 0, f"internal:'{CONTENTS}'!A1", "Go to the contents of this workbook", self.styles["link"])

    def _contents(self) -> None:
        entries = [(NOTES, "What the notes in the tables mean")] if self.copy.notes else []
        tables = self.copy.tables
        if self._used(value for table in tables for row in table.rows for value in row):
            entries.append((SHORTHAND, "What stands in place of a figure or beside it"))
        entries += [(table_sheet(n), f"{t.title}. {t.about}") for n, t in enumerate(tables, start=1)]
        columns = [Column("Worksheet", 18), Column("What it shows", 100)]
        sheet = self._page(CONTENTS, columns)
        self._title(sheet, "Contents")
        sheet.text(1, 0, ONE_TABLE, self.styles["line"])
        self._table_head(sheet, 2, CONTENTS, columns, len(entries))
        for row, (name, about) in enumerate(entries, start=3):
            sheet.link(row, 0, f"internal:'{name}'!A1", name, self.styles["link cell"])
            sheet.text(row, 1, about, self.styles["cell"])
            sheet.raw.set_row(row, _height(about, 100))

    # --- Tables -------------------------------------------------------------------------------------------------------

    def _sheet(self, name: str, table: Table) -> None:
        sheet = self._page(name, table.columns)
        self._title(sheet, table.title)
        lines = [table.about, ONE_TABLE]
        used = self._used(value for row in table.rows for value in row)
        if used and name != SHORTHAND:
            said = ", ".join(f"{mark} {_short(mark)}" for mark in used)
            lines.append(f"Shorthand is used in this table: {said}. The worksheet {SHORTHAND} says more.")
        noted = any(isinstance(value, str) and value.startswith("[note ") for row in table.rows for value in row)
        if noted and name != NOTES:
            lines.append(f"The column Notes refers to the worksheet {NOTES}.")
        for row, line in enumerate(lines, start=1):
            sheet.text(row, 0, line, self.styles["line"])
        head = len(lines) + 1
        self._table_head(sheet, head, name, table.columns, len(table.rows))
        for row, values in enumerate(table.rows, start=head + 1):
            height = _LINE + 4
            for col, (value, column) in enumerate(zip(values, table.columns, strict=True)):
                if isinstance(value, Number):
                    style = self.book.style(font_color=self.book.house.text, valign="vcenter", align="right",
                                            num_format=value.format)  # fmt: skip
                    sheet.number(row, col, value.value, style)
                else:
                    sheet.text(row, col, value, self.styles["right" if column.numeric else "cell"])
                    height = max(height, _height(value, column.width))
            sheet.raw.set_row(row, height)
        sheet.raw.repeat_rows(head)

    def _page(self, name: str, columns: Iterable[Column]) -> Sheet:
        sheet = self.book.sheet(name)
        for number, column in enumerate(columns):
            sheet.raw.set_column(number, number, column.width)
        sheet.raw.set_paper(9)
        sheet.raw.set_landscape()
        sheet.raw.fit_to_pages(1, 0)
        sheet.raw.hide_gridlines(2)
        return sheet

    def _title(self, sheet: Sheet, words: str) -> None:
        sheet.text(0, 0, words, self.styles["title"])
        sheet.raw.set_row(0, _TITLE_LINE)

    def _table_head(self, sheet: Sheet, row: int, name: str, columns: Iterable[Column], count: int) -> None:
        columns = tuple(columns)
        styles = [self.styles["head right" if column.numeric else "head"] for column in columns]
        heads = [
            {"header": column.header, "header_format": style} for column, style in zip(columns, styles, strict=True)
        ]
        options: dict[str, object] = {"name": f"{name.lower()}_data", "columns": heads, "autofilter": False,
                                      "style": None}  # fmt: skip
        sheet.table(row, 0, row + count, len(columns) - 1, options)
        sheet.raw.set_row(row, max(_height(column.header, column.width - 1) for column in columns) + 4)


def _height(text: str, width: int) -> float:
    """The height of a wrapped text in points. A column's unit is a figure of the same font; letters are no wider."""
    room = max(width - 2, 1)
    lines = 0
    for line in text.split("\n"):
        taken, number = 0, 1
        for word in line.split(" "):
            if taken and taken + 1 + len(word) > room:
                number, taken = number + 1, len(word)
            else:
                taken += len(word) + (1 if taken else 0)
            number += max(len(word) - 1, 0) // room
        lines += number
    return min(_LINE * lines + 4, 409.0)


def _short(mark: str) -> str:
    return shorthand.MEANINGS[mark].partition(".")[0].lower()


def cover_texts(source: Source, rule: Rule, at: datetime) -> list[tuple[str, list[str]]]:
    """The cover: each heading with its lines."""
    day = _day(at)
    framework, period = source.framework, source.period
    if source.closing is None:
        status = [f"Provisional. {period.label} is not closed yet: figures, scores and ratings may change."]
    elif source.as_published:
        status = [f"Final. These are the figures of {period.label} as published on {_day(source.closing.at)}."]
    else:
        status = [
            f"Revised. {period.label} was published on {_day(source.closing.at)}. These are the figures as they stand "
            f"now; those that have changed since are marked {shorthand.REVISED}.",
        ]
    number = len(source.rows)
    about = [
        f"Published by {framework.council}. Figures as at {day}.",
        f"This workbook holds {number} measure{'' if number == 1 else 's'} of the council plan."
        if number
        else "This workbook holds the actions of the council plan and their ratings.",
        "A score compares a figure with its target.",
    ]
    if not number:
        about.pop()
    found = [("", about), ("Status of these figures", status)]
    small = small_words(rule)
    if small:
        found.append(("Small numbers", small))
    found.append((
        "How to read this workbook",
        [
            "The worksheet Contents lists every worksheet. Each table is on a worksheet of its own and begins in "
            "column A; above it stand its title and what it shows.",
            "In place of a figure, or beside it, there may be shorthand in square brackets. The worksheet Shorthand "
            "says what it means.",
        ],
    ))  # fmt: skip
    return found


def small_words(rule: Rule) -> list[str]:
    """What the reader is told about small numbers."""
    found = []
    if rule.threshold:
        zeros = "" if rule.zeros else ", zeros among them,"
        found.append(
            f"Counts of people below {rule.threshold}{zeros} are hidden, with the percentages, scores and trends that "
            f"come of them, and show {shorthand.CONFIDENTIAL}. Some other numbers are hidden too, because they would "
            "tell a hidden one."
        )
    if rule.round_to:
        found.append(
            f"Counts of people are rounded to the nearest {rule.round_to}, so they may not add up to their totals."
        )
    return found


def _day(at: datetime) -> str:
    return day_in_words(at.astimezone(ZONE))
