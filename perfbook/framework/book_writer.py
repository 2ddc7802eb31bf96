"""Writes framework.xlsx: the framework as a workbook for officers, with drop-downs, room for more, and a Read me.

Reading it back gives the same framework (places in the file apart). Nothing is protected: it is the officers' own book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from perfbook.framework import sheets
from perfbook.framework._adjustments import adjustments_content
from perfbook.framework._checks import checks_content, suppressions_content
from perfbook.framework._content import Content, Entry, Shown, content_of, period_columns
from perfbook.framework._decisions import decisions_content
from perfbook.framework._moves import moves_content
from perfbook.framework._read_me import row_height, write_read_me
from perfbook.framework._sums import sums_content
from perfbook.framework._text_figures import corrections_content
from perfbook.framework.adjustment_sheet import ADJUSTMENTS, MOVES
from perfbook.framework.check_sheets import CHECKS, REPLIES, SUPPRESSIONS
from perfbook.framework.layout import Column, Layout
from perfbook.framework.model import Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.framework.sheets import FIRST_ROW, HEADER_ROW, LAYOUTS, LISTS, RANGES, SPARE_ROWS
from perfbook.framework.sum_sheet import SUMS
from perfbook.framework.text_figure_sheet import TEXT_FIGURES
from perfbook.workbook.palette import HouseStyle
from perfbook.workbook.writer import Book, Sheet, Style

__all__ = ["GUESSED", "Marks", "guessed", "write_framework"]

GUESSED = "Guessed"

_A4 = 9
_NARROW_ENOUGH = 190.0  # characters that fit across one landscape page at a size that can be read
_TINY = "The header of each column says what belongs in it: select the cell."


# (sheet, row of its content from 0, column or period) -> why what stands there is a guess.
Marks = Mapping[tuple[str, int, str | Period], str]


def write_framework(
    framework: Framework,
    *,
    created: datetime,
    periods: Sequence[Period],
    spare_rows: int = SPARE_ROWS,
    marks: Marks | None = None,
    further: Callable[[Book], None] | None = None,
) -> bytes:
    """The bytes of framework.xlsx. The same framework, time and periods give the same bytes.

    `periods` are those for which Targets has a column, beside the ones that the framework has figures for; Past figures
    has a column for each period of its own figures. `spare_rows` have drop-downs and wait to be filled. Cells in
    `marks` look like guesses and carry the reason as a note; `further` writes a sheet of its own behind the Read me.
    Raises LimitError where a text is longer than Excel takes.
    """
    book = Book(
        created=created, title=f"{framework.council} performance framework", company=framework.council, subject=_TINY
    )
    contents = content_of(framework) | {
        CHECKS.name: checks_content(framework),
        SUPPRESSIONS.name: suppressions_content(framework),
        REPLIES.name: decisions_content(framework),
        ADJUSTMENTS.name: adjustments_content(framework),
        TEXT_FIGURES.name: corrections_content(framework.text_corrections),
        MOVES.name: moves_content(framework),
        SUMS.name: sums_content(framework.sums),
    }
    columns = period_columns(framework, periods)
    written = [layout for layout in LAYOUTS if contents[layout.name] or not layout.rare]
    has_actions = bool(framework.actions)
    layouts = tuple(_without_rare(layout, contents[layout.name], has_actions) for layout in written)
    write_read_me(book, framework, layouts)
    if further:
        further(book)
    last_rows = {layout.name: FIRST_ROW + len(contents[layout.name]) + spare_rows - 1 for layout in LAYOUTS}
    for layout in layouts:
        own = columns.get(layout.name, ())
        _Writer(book, layout, contents[layout.name], own, last_rows, framework, marks or {}).write()
    _lists(book, last_rows, framework)
    return book.close()


def guessed(house: HouseStyle) -> dict[str, object]:
    """How a guess looks: tinted and slanted, so that it shows without colour as well."""
    return {"bg_color": house.middle_fill, "font_color": house.middle_text, "italic": True}


def _without_rare(layout: Layout, rows: Content, has_actions: bool) -> Layout:
    """A sheet without the columns that are written only where they hold something, and hold nothing."""
    kept = tuple(
        each
        for each in layout.columns
        if not (each.rare or (each.of_actions and not has_actions)) or any(row.get(each.field) for row in rows)
    )
    return layout if kept == layout.columns else replace(layout, columns=kept)


def _absolute(layout: str, field: str, last_rows: Mapping[str, int]) -> str:
    """A whole column of a sheet, spare rows included, as an absolute reference."""
    position = next(entry for entry in LAYOUTS if entry.name == layout).position(field)
    first = xl_rowcol_to_cell(FIRST_ROW, position, True, True)
    return f"{layout}!{first}:{xl_rowcol_to_cell(last_rows[layout], position, True, True)}"


class _Writer:
    """Writes one sheet of a layout."""

    def __init__(
        self,
        book: Book,
        layout: Layout,
        rows: Content,
        periods: Sequence[Period],
        last_rows: Mapping[str, int],
        framework: Framework,
        marks: Marks,
    ) -> None:
        self.marks = marks
        self.book, self.layout, self.rows, self.periods = book, layout, rows, periods
        self.house = book.house
        self.last_rows, self.framework = last_rows, framework
        self.sheet: Sheet = book.sheet(layout.name)
        self.last_used = FIRST_ROW + max(len(rows), 1) - 1
        self.last_row = last_rows[layout.name]
        self.widths = [column.width for column in layout.columns]
        self.widths += [sheets.PERIOD_WIDTHS.get(layout.name, 0.0)] * len(periods)
        self.last_col = len(self.widths) - 1

    def write(self) -> None:
        """Writes the whole sheet."""
        self._set_up()
        for col, column in enumerate(self.layout.columns):
            align = _ALIGNED.get(column.kind, {})
            self.sheet.text(HEADER_ROW, col, column.header, self.book.style(**self.house.heading(), **align))
            self._validate(col, column)
        for col, period in enumerate(self.periods, len(self.layout.columns)):
            style = self.book.style(**self.house.heading(), num_format="@", **_ALIGNED["figure"])
            self.sheet.text(HEADER_ROW, col, period.label, style)
        if self.periods:
            self._message(HEADER_ROW, len(self.layout.columns), self.last_col, "Period", _PERIOD_HELP)
            first = len(self.layout.columns)
            self._message(FIRST_ROW, first, self.last_col, *_FIGURE_HELP[self.layout.name], last_row=self.last_row)
        for number, entries in enumerate(self.rows):
            self._row(FIRST_ROW + number, entries)
        for row in range(FIRST_ROW + len(self.rows), self.last_row + 1):
            self._spare_row(row)
        self._rules()

    def _set_up(self) -> None:
        raw, layout = self.sheet.raw, self.layout
        self.sheet.text(sheets.TITLE_ROW, 0, layout.name, self.book.style(**self.house.title()))
        self.sheet.text(sheets.PURPOSE_ROW, 0, layout.purpose, self.book.style(**self.house.subtitle()))
        raw.set_row(sheets.TITLE_ROW, 28)
        raw.set_row(sheets.PURPOSE_ROW, 20)
        raw.set_row(HEADER_ROW, 34)
        for col, width in enumerate(self.widths):
            raw.set_column(col, col, width)
        frozen = layout.position("title") + 1 if any(column.field == "title" for column in layout.columns) else 1
        raw.freeze_panes(FIRST_ROW, frozen)
        raw.autofilter(HEADER_ROW, 0, self.last_row, self.last_col)
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(_A4)
        raw.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
        raw.repeat_rows(HEADER_ROW)
        # The title would be cut off at the edge of the print; the page's own header says it.
        raw.print_area(HEADER_ROW, 0, self.last_used, self.last_col)
        raw.set_header('&L&"Calibri,Bold"&14&A')
        pages = 1 + int(sum(self.widths) // _NARROW_ENOUGH)
        if pages > 1:
            raw.repeat_columns(0, 1)
        raw.fit_to_pages(pages, 0)
        raw.set_footer("&LPage &P of &N&R&F")
        # Published figures such as 100 stand as they were printed, where needed as text.
        raw.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(self.last_row, self.last_col)}"})

    # --- Cells ----------------------------------------------------------------------------------------------------

    def _row(self, row: int, entries: Mapping[str | Period, Entry]) -> None:
        found = [entries.get(column.field) for column in self.layout.columns]
        texts = [entry if isinstance(entry, str) else "" for entry in found]
        height = row_height(texts, self.widths, self.house.font_size)
        if height:
            self.sheet.raw.set_row(row, height)
        for col, column in enumerate(self.layout.columns):
            if column.kind == "lookup":
                self._lookup(row, col, column, str(entries.get(column.field) or ""))
            else:
                self._put(row, col, entries.get(column.field), column, self._mark(row, column.field))
        unit_format = entries.get("number_format")
        for col, period in enumerate(self.periods, len(self.layout.columns)):
            entry = entries.get(period)
            if entry is None:
                style = self._style("figure", str(unit_format))
                self.sheet.blank(row, col, style)
            else:
                self._put(row, col, entry, _FIGURE, self._mark(row, period))
        if self.layout is sheets.SCHEMES:
            self._in_its_colour(row, entries)

    def _mark(self, row: int, column: str | Period) -> str:
        """Why the entry of a cell is a guess; empty where it is none."""
        return self.marks.get((self.layout.name, row - FIRST_ROW, column), "")

    def _put(self, row: int, col: int, entry: Entry, column: Column, guess: str = "") -> None:
        if guess:
            self.sheet.note(row, col, f"{GUESSED}: {guess}.")
        if entry is None or entry == "":
            self.sheet.blank(row, col, self._style(column.kind))
        elif isinstance(entry, Shown):
            number_format = entry.fitting_format()
            if number_format is None or entry.value is None:
                kept = "@" if column.kind == "figure" else ""
                self.sheet.text(row, col, entry.text, self._style(column.kind, kept, guess))
            else:
                self.sheet.number(row, col, entry.value, self._style(column.kind, number_format, guess))
        elif isinstance(entry, str):
            self.sheet.text(row, col, entry, self._style(column.kind, guess=guess))
        elif isinstance(entry, date):
            self.sheet.date(row, col, entry, self._style(column.kind, guess=guess))
        else:
            self.sheet.number(row, col, entry, self._style(column.kind, guess=guess))

    def _lookup(self, row: int, col: int, column: Column, value: str, *, spare: bool = False) -> None:
        """Code and title beside a key: a formula, so that they follow the sheet Measures."""
        at = self.layout.position("key")
        key = f"${xl_col_to_name(at)}{row + 1}"
        found = '""'
        # Sheets about anything that is asked for look at Actions, too.
        for name in ("Actions", "Measures") if self.layout.columns[at].choices == "list_rows" else ("Measures",):
            keys, wanted = (_absolute(name, field, self.last_rows) for field in ("key", column.field))
            found = f'IFERROR(INDEX({wanted},MATCH({key},{keys},0))&"",{found})'
        formula = f'=IF({key}="","",{found})'
        style = self.book.style(**self.house.note()) if spare else self._style("lookup")
        self.sheet.formula(row, col, formula, value, style)

    def _spare_row(self, row: int) -> None:
        for col, column in enumerate(self.layout.columns):
            if column.kind == "lookup":
                self._lookup(row, col, column, "", spare=True)
            else:
                self.sheet.blank(row, col, self._spare_style(column.kind))

    def _in_its_colour(self, row: int, entries: Mapping[str | Period, Entry]) -> None:
        for field in ("symbol", "colour"):
            text = str(entries[field])
            properties = self.house.body() | {"font_color": str(entries["colour"]), "bold": True, "align": "center"}
            self.sheet.text(row, self.layout.position(field), text, self.book.style(**properties))

    # --- Styles ---------------------------------------------------------------------------------------------------

    def _style(self, kind: str, number_format: str = "", guess: str = "") -> Style:
        properties = {
            "key": self.house.body() | {"bg_color": self.house.locked_fill, "bold": True},
            "said": self.house.locked() | {"text_wrap": True, "font_color": self.house.muted},
            "lookup": self.house.locked() | {"text_wrap": True, "font_color": self.house.muted},
            "text": self.house.wrapped(),
            "email": self.house.wrapped(),
            "long text": self.house.wrapped(),
            "choice": self.house.wrapped(),
            "period": self.house.body() | {"num_format": "@"},
            "day": self.house.wrapped() | _DAY,
            "share": self.house.figure("0%"),
            "colour": self.house.body(),
        }.get(kind, self.house.figure(number_format or "General"))
        looks = guessed(self.house) if guess else {}
        return self.book.style(**properties | _ALIGNED.get(kind, {}) | looks)

    def _spare_style(self, kind: str) -> Style:
        """A row to come: no lines yet (see `_rules`), but text wraps and periods stay text."""
        base = {"valign": "top", "font_color": self.house.text}
        if kind in {"text", "long text", "choice", "email"}:
            return self.book.style(**base, text_wrap=True)
        formats: dict[str, dict[str, object]] = {
            "period": {"num_format": "@"},
            "day": _DAY,
            "share": {"num_format": "0%"},
        }
        return self.book.style(**base, **formats.get(kind, {}))

    # --- Rules ----------------------------------------------------------------------------------------------------

    def _message(
        self, row: int, first: int, last: int, title: str, message: str, *, last_row: int | None = None
    ) -> None:
        options: dict[str, object] = {"validate": "any", "input_title": title, "input_message": message}
        self.sheet.validation(row, first, row if last_row is None else last_row, last, options)

    def _validate(self, col: int, column: Column) -> None:
        """The drop-down or rule of a column, with its explanation, for all its rows; and the header's explanation."""
        self._message(HEADER_ROW, col, col, column.header, column.help)
        if not column.is_read:
            return
        options: dict[str, object] = {"input_title": column.header, "input_message": column.help}
        remedy = f"{column.help}"
        if column.kind == "choice":
            options |= {"validate": "list", "source": f"={column.choices}"}
            if column.choices in sheets.OPEN_LISTS:
                options["show_error"] = False
            remedy = f"Choose one from the list. {column.help}"
        elif column.kind == "whole":
            least, most = (1, 20) if column.field == "position" else (0, _MOST.get(column.field, 1_000_000))
            options |= {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
            remedy = f"Type a whole number from {least} to {most:,}."
        elif column.kind == "number":
            options |= {"validate": "decimal", "criteria": ">=", "value": 0}
            remedy = "Type a number that is not below 0."
        elif column.kind == "share":
            options |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
            remedy = "Type a percentage from 0% to 100%."
        elif column.kind == "email":
            cell = xl_rowcol_to_cell(FIRST_ROW, col, False, False)
            # One @ with something before it, a dot somewhere behind it, no blank, nothing that parts two addresses.
            rule = f'AND(LEN({cell})-LEN(SUBSTITUTE({cell},"@",""))=1,ISNUMBER(SEARCH("?@?*.?",{cell})),'
            rule += f'ISERROR(FIND(" ",{cell})),ISERROR(FIND(",",{cell})),ISERROR(FIND(";",{cell})))'
            options |= {"validate": "custom", "value": f"={rule}"}
            remedy = "Type one e-mail address, such as housing@example.org."
        elif column.field == "key":
            cell = xl_rowcol_to_cell(FIRST_ROW, col, False, False)
            letter = xl_col_to_name(col)
            span = f"${letter}${FIRST_ROW + 1}:${letter}${self.last_row + 1}"
            options |= {"validate": "custom", "value": f"=COUNTIF({span},{cell})=1"}
            remedy = "This key is taken already. Give each row a key of its own."
        else:
            options["validate"] = "any"
        if options["validate"] != "any":
            options |= {"error_title": f"{column.header} cannot be used"[:32], "error_message": remedy[:255]}
        self.sheet.validation(FIRST_ROW, col, self.last_row, col, options)

    def _rules(self) -> None:
        """Marks rows that still need a key, keys that stand twice, and draws lines around rows as they are filled."""
        first, last = FIRST_ROW + 1, self.last_row + 1
        typed = [col for col, column in enumerate(self.layout.columns) if column.is_read]
        if self.layout.columns[0].header == "Key":
            others = [f"${xl_col_to_name(col)}{first}" for col in typed[1:]]
            if self.periods:
                end = xl_col_to_name(self.last_col)
                others.append(f"${xl_col_to_name(len(self.layout.columns))}{first}:${end}{first}")
            needed: dict[str, object] = {
                "type": "formula",
                "criteria": f'=AND($A{first}="",COUNTA({",".join(others)})>0)',
                "format": self.book.difference(**self.house.bad()),
            }
            self.sheet.conditional(FIRST_ROW, 0, self.last_row, 0, needed)
        if self.layout.columns[0].kind == "key" and self.layout.columns[0].field == "key":
            twice: dict[str, object] = {
                "type": "formula",
                "criteria": f"=COUNTIF($A${first}:$A${last},$A{first})>1",
                "format": self.book.difference(**self.house.bad()),
            }
            self.sheet.conditional(FIRST_ROW, 0, self.last_row, 0, twice)
        spare = FIRST_ROW + len(self.rows)
        lines: dict[str, object] = {
            "type": "formula",
            "criteria": f'=$A{spare + 1}<>""',
            "format": self.book.difference(border=1, border_color=self.house.line),
        }
        self.sheet.conditional(spare, 0, self.last_row, self.last_col, lines)


# Short figures stand in the middle; long ones keep off the text to their right.
_ALIGNED: dict[str, dict[str, object]] = {
    "whole": {"align": "center"},
    "number": {"align": "center"},
    "figure": {"align": "right", "indent": 1},
}
_DAY: dict[str, object] = {"num_format": "d mmmm yyyy", "align": "left"}
_FIGURE = Column("figure", "", 0, "", "figure")
_MOST = {"decimals": 6, "arrears": 12}
_PERIOD_HELP = "The period that the figures are about, such as 2020-21 Q2, 2020-21 or Sep 2020."
_FIGURE_HELP = {
    "Targets": (
        "Target",
        "As you would show it: 85%, 5.25 or, where good is a range, 10-15%. Leave it blank where there is none, or say "
        "so in words: No target.",
    ),
    "Past figures": (
        "Figure",
        "As it was published: 76.8%, 76.8% (113/147), 5.89 Days, or a word: New measure, Delayed, Not available, "
        "Not due, Withdrawn.",
    ),
}


def _lists(book: Book, last_rows: Mapping[str, int], framework: Framework) -> None:
    """The hidden sheet behind the drop-downs, and the names that the drop-downs use."""
    sheet = book.sheet(sheets.HIDDEN, state="hidden")
    heading = book.style(**book.house.heading())
    for col, (name, words) in enumerate(LISTS.items()):
        sheet.text(0, col, name, heading)
        for row, word in enumerate(words, 1):
            sheet.text(row, col, word)
        top, bottom = (xl_rowcol_to_cell(row, col, True, True) for row in (1, len(words)))
        book.define_name(name, f"={sheets.HIDDEN}!{top}:{bottom}")
        sheet.raw.set_column(col, col, 20)
    for name, (layout, field) in RANGES.items():
        span = _absolute(layout, field, last_rows)
        # From the first to the last that is filled: blanks in a list would let anything through.
        book.define_name(name, f"=OFFSET({span.partition(':')[0]},0,0,MAX(1,COUNTA({span})),1)")
    _scheme_list(book, sheet, len(LISTS), last_rows, framework.schemes)


def _scheme_list(
    book: Book, sheet: Sheet, col: int, last_rows: Mapping[str, int], schemes: Mapping[str, Scheme]
) -> None:
    """Each scheme once: the keys of the rows with position 1, found one after the other."""
    positions = _absolute("Schemes", "position", last_rows)
    names = _absolute("Schemes", "scheme", last_rows)
    last = positions.rpartition(":")[2]
    sheet.text(0, col, sheets.SCHEME_LIST, book.style(**book.house.heading()))
    sheet.text(0, col + 1, "row", book.style(**book.house.heading()))
    written = list(schemes)
    lengths = [len(scheme.bands) for scheme in schemes.values()]
    for number in range(sheets.MOST_SCHEMES):
        row = number + 1
        place = xl_rowcol_to_cell(row, col + 1)
        above = xl_rowcol_to_cell(row - 1, col + 1)
        if number == 0:
            find = f"=IFERROR(MATCH(1,{positions},0),0)"
        else:
            rest = f"INDEX({positions},{above}+1):{last}"
            find = f"=IF({above}=0,0,IFERROR({above}+MATCH(1,{rest},0),0))"
        start = 1 + sum(lengths[:number]) if number < len(lengths) else 0
        sheet.formula(row, col + 1, find, start)
        key = written[number] if number < len(written) else ""
        sheet.formula(row, col, f'=IF({place}=0,"",INDEX({names},{place}))', key)
    first = xl_rowcol_to_cell(1, col, True, True)
    counted = ":".join(xl_rowcol_to_cell(row, col + 1, True, True) for row in (1, sheets.MOST_SCHEMES))
    count = f'MAX(1,COUNTIF({sheets.HIDDEN}!{counted},">0"))'
    book.define_name(sheets.SCHEME_LIST, f"=OFFSET({sheets.HIDDEN}!{first},0,0,{count},1)")
