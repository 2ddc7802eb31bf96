"""A thin typed layer over XlsxWriter: in memory, the same bytes for the same calls, and nothing dropped in silence.

XlsxWriter warns and leaves out what it cannot write. Here every such case is a `LimitError` that names sheet and cell.
Text is always text: never a formula, a link or a number. Every formula carries its value.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.utility import xl_rowcol_to_cell

from perfbook.errors import LimitError
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook._formulas import shape_of
from perfbook.workbook._gate_formula import check_formula
from perfbook.workbook._limit_table import LIMITS, Report
from perfbook.workbook._quick_sheet import Fifteen, QuickWorksheet, ValueText
from perfbook.workbook.furniture import Logo, furnish
from perfbook.workbook.limits import breaches, name_problem, sheet_name_problem
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.text import clean_text, utf16_length

__all__ = ["Book", "Number", "Plain", "Sheet", "Style", "Value"]

# XlsxWriter comes without types; these names say what is meant.
Style = Any
Number = int | float | Decimal
Value = str | float | int | Decimal | bool
Plain = str | float | int | Decimal | None

_LISTED = 100  # breaches that an error message lists


_NOT_AVAILABLE = "#N/A"


class Book:
    """One workbook in the making. Make the sheets in the order of their tabs, then `close()`.

    `created` is written as the time of creation and of the last change: the same calls give the same bytes.
    """

    def __init__(
        self,
        *,
        created: datetime,
        title: str,
        subject: str = "",
        company: str = "",
        house: HouseStyle = STANDARD,
    ) -> None:
        self._buffer = io.BytesIO()
        self.house = house
        self.raw: Any = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": house.font, "font_size": house.font_size},
            },
        )
        moment = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created
        self.raw.set_properties(
            {
                "title": clean_text(title),
                "subject": clean_text(subject),
                "company": clean_text(company),
                "created": moment.replace(microsecond=0),
            }
        )
        self._styles: dict[tuple[tuple[str, str], ...], Style] = {}
        self._asked: dict[tuple[object, ...], Style] = {}
        self.sheets: dict[str, Sheet] = {}

    def sheet(self, name: str, *, state: Literal["visible", "hidden", "very_hidden"] = "visible") -> Sheet:
        """A new sheet behind the others. LimitError: a name that Excel does not take (see `text.sheet_name`)."""
        problem = sheet_name_problem(name)
        if problem:
            raise LimitError(f"The sheet name {name!r} cannot be used. Needed: {LIMITS[problem].title}.")
        if name.casefold() in {other.casefold() for other in self.sheets}:
            raise LimitError(f"The sheet name {name!r} is used twice. Give each sheet a name of its own.")
        with _heard(f"sheet {name!r}"):
            raw = self.raw.add_worksheet(name, QuickWorksheet)
        if state == "hidden":
            raw.hide()
        elif state == "very_hidden":
            raw.very_hidden()
        sheet = Sheet(self, name, raw)
        self.sheets[name] = sheet
        return sheet

    def style(self, **properties: object) -> Style:
        """A cell style of XlsxWriter's format properties; the same properties give the same object."""
        # Most are asked for again in the same words. To Python 1, 1.0 and True are the same, to a file they are not.
        asked = tuple(properties.items()), tuple(map(type, properties.values()))
        known = self._asked.get(asked)
        if known is None:
            known = self._asked[asked] = self._style_of(properties)
        return known

    def _style_of(self, properties: Mapping[str, object]) -> Style:
        complete: dict[str, object] = {"font_name": self.house.font, "font_size": self.house.font_size, **properties}
        key = tuple(sorted((name, repr(value)) for name, value in complete.items()))
        if key not in self._styles:
            with _heard("a cell style"):
                try:
                    self._styles[key] = self.raw.add_format(complete)
                except AttributeError as error:
                    raise LimitError(f"A cell style has a property that does not exist: {error}.") from error
        return self._styles[key]

    def difference(self, **properties: object) -> Style:
        """A style for conditional formats: what it changes and nothing else (Excel refuses fonts and sizes there)."""
        key = (("", "difference"), *sorted((name, repr(value)) for name, value in properties.items()))
        if key not in self._styles:
            with _heard("a conditional format"):
                self._styles[key] = self.raw.add_format(properties)
        return self._styles[key]

    def define_name(self, name: str, refers_to: str) -> None:
        """A name of the whole workbook, or with `Sheet!name` of one sheet, for a range or formula."""
        problem = name_problem(name.rpartition("!")[2])
        if problem:
            raise LimitError(f"The name {name!r} cannot be defined. Needed: {LIMITS[problem].title}.")
        with _heard(f"the name {name!r}"):
            _done(self.raw.define_name(name, refers_to), f"the name {name!r}", "it cannot be defined")

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """A chart of XlsxWriter, to be put in place with `Sheet.chart`."""
        with _heard(f"a chart of the kind {kind!r}"):
            chart = self.raw.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
        if chart is None:
            raise LimitError(f"There is no chart of the kind {kind!r}.")
        return chart

    def close(self) -> bytes:
        """The finished workbook. LimitError lists every limit of Excel that it would break."""
        if self.house.furniture:
            for sheet in self.sheets.values():
                with _heard(sheet.name):
                    furnish(sheet.raw, self.house.furniture, with_logo=not sheet.has_logo)
        with _heard(f"the workbook {self.raw.doc_properties['title']!r}"):
            try:
                self.raw.close()
            except XlsxWriterException as error:
                raise LimitError(f"The workbook cannot be written: {error}") from error
        data = self._buffer.getvalue()
        found = breaches(data)
        if found:
            lines = [f"  {breach.message}" for breach in found[:_LISTED]]
            if len(found) > _LISTED:
                lines.append(f"  and {len(found) - _LISTED} more")
            raise LimitError("The workbook breaks limits of Excel:\n" + "\n".join(lines))
        return data


class Sheet:
    """One sheet. Rows and columns count from 0; `raw` is XlsxWriter's worksheet, for widths, panes, print set-up."""

    def __init__(self, book: Book, name: str, raw: Any) -> None:
        self.book = book
        self.name = name
        self.raw = raw
        self.has_logo = False

    def text(self, row: int, col: int, value: str, style: Style = None) -> None:
        """Text, whatever it looks like; cleaned (`clean_text`). An empty text leaves a blank cell."""
        cleaned = self._cleaned(row, col, value)
        if not cleaned:
            self.blank(row, col, style)
            return
        self._written(self.raw.write_string(row, col, cleaned, style), row, col, "the text cannot be written")

    def number(self, row: int, col: int, value: Number, style: Style = None) -> None:
        """A number, rounded to the 15 significant digits that Excel holds."""
        self._written(
            self.raw.write_number(row, col, self._fifteen(row, col, value), style),
            row,
            col,
            "the number cannot be written",
        )

    def plain(self, row: int, col: int, values: Sequence[Plain], styles: Iterable[Style]) -> None:
        """Texts and numbers side by side, a style (or None) each; None and the empty text are blank cells."""
        made: list[str | Fifteen | None] = []
        for place, value in enumerate(values, col):
            if value is None:
                made.append(None)
            elif isinstance(value, str):
                made.append(self._cleaned(row, place, value) or None)
            else:
                made.append(self._fifteen(row, place, value))
        self._written(self.raw.write_plain(row, col, made, styles), row, col + len(made), "the row cannot be written")

    def date(self, row: int, col: int, value: date | datetime, style: Style) -> None:
        """A real date of Excel; the style gives it its number format. A time zone is left out: what the clock shows."""
        place = self._place(row, col)
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        if naive.year < 1900:
            raise LimitError(f"{place}: {value} is before 1900, where Excel's dates begin. Write it as text.")
        _done(self.raw.write_datetime(row, col, naive, style), place, "the date cannot be written")

    def boolean(self, row: int, col: int, value: bool, style: Style = None) -> None:
        """TRUE or FALSE."""
        _done(self.raw.write_boolean(row, col, value, style), self._place(row, col), "the value cannot be written")

    def blank(self, row: int, col: int, style: Style = None) -> None:
        """An empty cell; without a style there is nothing to write."""
        self._written(self.raw.write_blank(row, col, None, style), row, col, "the cell cannot be written")

    def formula(self, row: int, col: int, formula: str, value: Value, style: Style = None) -> None:
        """A formula with its value: a number (15 digits), text ("" included), truth value or, of one with NA(), `#N/A`.

        Any other text is text, even one that spells an error: somebody may have typed it into a commentary.
        LimitError: functions newer than Excel 2010, and every other limit of a formula (see `limits.LIMITS`).
        """
        place = self._place(row, col)
        _check_formula(formula, place)
        stored: object
        if isinstance(value, bool):
            stored = value
        elif isinstance(value, str):
            cleaned = clean_text(value)
            if utf16_length(cleaned) > 32_767:
                raise LimitError(f"{place}: the formula's text has more than 32,767 characters. Shorten it.")
            stored = cleaned if cleaned == _NOT_AVAILABLE and "NA()" in formula.upper() else ValueText(cleaned)
        else:
            stored = _fifteen(value, place)
        _done(self.raw.write_formula(row, col, formula, style, stored), place, "the formula cannot be written")

    def link(self, row: int, col: int, target: str, shown: str, style: Style = None, tip: str = "") -> None:
        """A link, to a place of this workbook (`internal:'Sheet'!A1`) or a web or mail address."""
        place = self._place(row, col)
        location = target.removeprefix("internal:")
        if location != target and utf16_length(location) > 255:
            raise LimitError(f"{place}: the place that the link names has more than 255 characters. Shorten it.")
        used = style if style is not None else self.book.style(**self.book.house.link())
        with _heard(place):
            try:
                result = self.raw.write_url(row, col, target, used, clean_text(shown), clean_text(tip) or None)
            except ValueError as error:
                raise LimitError(f"{place}: the link {target!r} cannot be written: {error}") from error
        _done(result, place, f"the link {target!r} cannot be written")

    def note(self, row: int, col: int, words: str, author: str = "perfbook") -> None:
        """A note on a cell, which opens when the pointer rests there and which a screen reader finds."""
        place = self._place(row, col)
        cleaned = clean_text(words)
        if utf16_length(cleaned) > 32_767:
            raise LimitError(f"{place}: a note of more than 32,767 characters. Shorten it.")
        lines = sum(1 + len(line) // 42 for line in cleaned.split("\n"))
        size: dict[str, object] = {"author": author, "x_scale": 2.4, "y_scale": max(1.0, 0.26 * lines)}
        with _heard(place):
            result = self.raw.write_comment(row, col, cleaned, size)
        _done(result, place, "the note cannot be written")

    def validation(
        self, first_row: int, first_col: int, last_row: int, last_col: int, options: dict[str, object]
    ) -> None:
        """A data validation with XlsxWriter's options; its limits are checked here and now."""
        place = self._place(first_row, first_col)
        _check_validation(options, place)
        with _heard(place):
            result = self.raw.data_validation(first_row, first_col, last_row, last_col, options)
        _done(result, place, "the validation cannot be written")

    def conditional(
        self, first_row: int, first_col: int, last_row: int, last_col: int, options: dict[str, object]
    ) -> None:
        """A conditional format with XlsxWriter's options."""
        place = self._place(first_row, first_col)
        for key in ("criteria", "value", "minimum", "maximum"):
            formula = options.get(key)
            if isinstance(formula, str) and formula.startswith("="):
                _check_formula(formula, place)
        with _heard(place):
            result = self.raw.conditional_format(first_row, first_col, last_row, last_col, options)
        _done(result, place, "the conditional format cannot be written")

    def sparkline(self, row: int, col: int, options: dict[str, object]) -> None:
        """A sparkline with XlsxWriter's options; `range` names its figures."""
        place = self._place(row, col)
        with _heard(place):
            _done(self.raw.add_sparkline(row, col, options), place, "the sparkline cannot be written")

    def table(self, first_row: int, first_col: int, last_row: int, last_col: int, options: dict[str, object]) -> None:
        """A table with XlsxWriter's options; `name` and the headers are wanted. Write the cells themselves afterwards.

        The headers of `columns` become text cells. A column formula would be written with the value 0, so it is
        refused: write it with `formula`.
        """
        place = self._place(first_row, first_col)
        name = str(options.get("name", ""))
        problem = name_problem(name)
        if problem:
            raise LimitError(f"{place}: a table cannot have the name {name!r}. Needed: {LIMITS[problem].title}.")
        columns = options.get("columns", ())
        assert isinstance(columns, Sequence)
        if len(columns) != last_col - first_col + 1 or not all(column.get("header") for column in columns):
            raise LimitError(f"{place}: the table {name} needs a header for each of its columns.")
        if any("formula" in column for column in columns) or "data" in options:
            raise LimitError(f"{place}: write the cells of the table {name} themselves, each with its value.")
        with _heard(place):
            try:
                result = self.raw.add_table(first_row, first_col, last_row, last_col, options)
            except XlsxWriterException as error:
                raise LimitError(f"{place}: {error}") from error
        _done(result, place, f"the table {name} cannot be written")

    def chart(
        self, row: int, col: int, chart: Any, *, description: str, options: dict[str, object] | None = None
    ) -> None:
        """Puts a chart in place; `description` is its alternative text, for those who cannot see it."""
        place = self._place(row, col)
        with _heard(place):
            result = self.raw.insert_chart(row, col, chart, {"description": clean_text(description), **(options or {})})
        _done(result, place, "the chart cannot be put there")

    def logo(self, row: int, col: int, logo: Logo, width: int) -> None:
        """Puts a logo at the right end of a cell that is so many pixels wide, over those to its left if need be."""
        place = self._place(row, col)
        scale, taken = logo.shown()
        options: dict[str, object] = {
            "image_data": io.BytesIO(logo.data),
            "x_scale": scale,
            "y_scale": scale,
            "x_offset": max(width - taken, 0),
            "y_offset": 4,
            "object_position": 3,
            "description": clean_text(logo.words),
        }
        with _heard(place):
            result = self.raw.insert_image(row, col, "logo", options)
        _done(result, place, "the logo cannot be put there")
        self.has_logo = True

    def _cleaned(self, row: int, col: int, value: str) -> str:
        """The text as the cell may hold it."""
        cleaned = clean_text(value)
        if len(cleaned) > 253:
            place, length = self._place(row, col), utf16_length(cleaned)
            if length > 32_767:
                raise LimitError(f"{place}: a text of {length:,} characters; a cell holds 32,767. Shorten the text.")
            if cleaned.count("\n") > 253:
                raise LimitError(f"{place}: {cleaned.count(chr(10))} line breaks; a cell holds 253. Join some lines.")
        return cleaned

    def _fifteen(self, row: int, col: int, value: Number) -> Fifteen:
        """The number as the cell may hold it."""
        plain = _plain_number(value)
        return _fifteen(value, self._place(row, col)) if plain is None else plain

    def _written(self, result: object, row: int, col: int, what: str) -> None:
        """Names the cell only where XlsxWriter has not written it: most cells need no name."""
        if result:
            _done(result, self._place(row, col), what)

    def _place(self, row: int, col: int) -> str:
        if row < 0 or col < 0 or row >= 1_048_576 or col >= 16_384:
            raise LimitError(f"{self.name}: row {row + 1}, column {col + 1} is outside Excel's sheet.")
        return f"{self.name}!{xl_rowcol_to_cell(row, col)}"


def _plain_number(value: Number) -> Fifteen | None:
    """The number, where it has 15 digits or fewer anyway; None where that is to be seen."""
    if type(value) is int:
        return Fifteen(value) if -(10**15) < value < 10**15 else None
    if type(value) is Decimal and value.is_finite() and len(value.as_tuple().digits) <= 15 and value.adjusted() < 300:
        return Fifteen(value)
    return None


def _fifteen(value: Number, place: str) -> Fifteen:
    """The number with the 15 significant digits that Excel keeps."""
    try:
        number = float(as_decimal15(value))
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise LimitError(f"{place}: {value} is not a number that a cell can hold. Leave the cell blank or write text.")
    return Fifteen(number)


@lru_cache(maxsize=8192)
def _formula_problems(formula: str) -> tuple[str, ...]:
    report = Report()
    check_formula(report, formula, "formula", errors=True)
    return tuple(breach.message.removeprefix("formula: ") for breach in report.breaches)


def _check_formula(formula: str, place: str) -> None:
    if formula.removeprefix("=") == "":
        raise LimitError(f"{place}: there is no formula.")
    # Formulas of one shape break the same limits; if they do, say so of this one.
    if _formula_problems(shape_of(formula)):
        problems = _formula_problems(formula.removeprefix("="))
        raise LimitError(f"{place}: {' '.join(problems)}")


def _check_validation(options: dict[str, object], place: str) -> None:
    for key, most in (("input_title", 32), ("error_title", 32), ("input_message", 255), ("error_message", 255)):
        text = str(options.get(key) or "")
        if utf16_length(text) > most:
            raise LimitError(f"{place}: {key} has {utf16_length(text)} characters, where Excel takes {most}: {text!r}")
    if options.get("validate") == "any" and not (options.get("input_title") or options.get("input_message")):
        raise LimitError(f"{place}: a validation that allows anything and says nothing does nothing.")
    for key in ("value", "source", "minimum", "maximum"):
        value = options.get(key)
        if isinstance(value, list | tuple):
            items = [str(item) for item in value]
            if any("," in item or not item.strip() for item in items):
                raise LimitError(f"{place}: a choice of a list is empty or has a comma, which would split it: {items}")
            length = utf16_length(",".join(items))
            if length > 255:
                raise LimitError(f"{place}: the list of choices has {length} characters; Excel takes 255. Use a range.")
        elif isinstance(value, str) and value.startswith("="):
            length = utf16_length(value) - 1
            if length > 255:
                raise LimitError(f"{place}: the validation's formula has {length} characters, where Excel takes 255.")
            _check_formula(value, place)


def _done(result: object, place: str, what: str) -> None:
    """Turns XlsxWriter's negative returns into an error."""
    if isinstance(result, int) and not isinstance(result, bool) and result != 0:
        raise LimitError(f"{place}: {what} (XlsxWriter answers {result}).")


@contextmanager
def _heard(place: str) -> Iterator[None]:
    """Turns XlsxWriter's warnings into an error: each of them means that something is left out."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield
    if heard:
        raise LimitError(f"{place}: {'; '.join(str(warning.message) for warning in heard)}")
