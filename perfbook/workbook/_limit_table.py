"""The limits of Excel that the gate knows, as data, each with the place where it is documented."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Breach", "Limit", "Report"]

_SPECS = "Microsoft, Excel specifications and limits"
_SDK = "Open XML SDK schema (ECMA-376 Part 1, section 18)"
_TRIED = "not on the specifications page; Excel refuses or repairs it, and XlsxWriter documents the same figure"
_RENAME = "Microsoft, Rename a worksheet"
_NAMES = "Microsoft, Define and use names in formulas"
_HOUSE = "our own rule (DESIGN.md)"


@dataclass(frozen=True)
class Limit:
    """One limit: its code, the largest value (None: not a quantity), what it is about, where it is documented."""

    code: str
    allowed: float | None
    title: str
    source: str


@dataclass(frozen=True)
class Breach:
    """One thing in a workbook that Excel would refuse, repair or silently change. `limit` is a code of `LIMITS`."""

    limit: str
    part: str
    sheet: str
    cell: str
    found: str
    allowed: str
    message: str


_ALL = (
    Limit("formula_text", 255, "characters of a text within a formula", f"{_SPECS}: text values in formulas"),
    Limit("formula_length", 8_192, "characters of a formula", f"{_SPECS}: length of formula contents"),
    Limit("formula_nesting", 64, "levels of functions within functions", f"{_SPECS}: nested levels of functions"),
    Limit("formula_arguments", 255, "arguments of a function", f"{_SPECS}: arguments in a function"),
    Limit("formula_function", None, "functions of Excel 2010 only", f"{_HOUSE}; names: [MS-XLSX] future functions"),
    Limit("formula_prefix", None, "functions new in 2010 are stored with _xlfn.", "[MS-XLSX] 2.2.2, future functions"),
    Limit("formula_external", None, "no formula looks into another workbook", _HOUSE),
    Limit("formula_broken", None, "no lost reference or error value written into a formula", _HOUSE),
    Limit("formula_unreadable", None, "a formula that a tokenizer can read", "ECMA-376 Part 1, 18.17"),
    Limit("formula_value", None, "a stored value in every formula cell", f"{_HOUSE}: true before Excel opens it"),
    Limit("formula_error", None, "no error as a stored value; #N/A on hidden sheets", _HOUSE),
    Limit("hyperlink_function", 255, "characters of an argument of HYPERLINK()", f"{_SPECS}: text values in formulas"),
    Limit("hyperlink_location", 255, "characters of a link's place in the workbook", f"{_TRIED} for Excel before 2016"),
    Limit("hyperlink_tip", 255, "characters of a link's screen tip", _TRIED),
    Limit("hyperlink_target", 2_079, "characters of a link's address", _TRIED),
    Limit("hyperlink_count", 65_530, "links on a sheet", f"{_SPECS}: hyperlinks in a worksheet"),
    Limit("validation_formula", 255, "characters of a validation formula", _TRIED),
    Limit("validation_list", 255, "characters of a list of choices", _TRIED),
    Limit("validation_title", 32, "characters of a validation title", f"{_SDK}: promptTitle, errorTitle"),
    Limit("validation_message", 255, "characters of a validation message", f"{_SDK}: prompt, error"),
    Limit("sheet_name", 31, "characters of a sheet name", _RENAME),
    Limit("sheet_name_form", None, r"a sheet name without []:*?/\ or outer apostrophes, not History", _RENAME),
    Limit("sheet_name_twice", None, "sheet names that differ, ignoring case", _RENAME),
    Limit("sheet_visible", None, "at least one visible sheet", "Excel refuses to hide the last visible sheet"),
    Limit("cell_text", 32_767, "characters in a cell", f"{_SPECS}: total characters that a cell can contain"),
    Limit("cell_line_feeds", 253, "line feeds in a cell", f"{_SPECS}: maximum number of line feeds per cell"),
    Limit("cell_escape", None, "no _xHHHH_ and no control character in a text", f"{_HOUSE}; [MS-OI29500] ST_Xstring"),
    Limit("cell_address", None, "cells within 1,048,576 rows and 16,384 columns", f"{_SPECS}: worksheet size"),
    Limit("number_digits", 15, "significant digits of a number", f"{_SPECS}: number precision"),
    Limit("number_form", None, "a number that is finite", f"{_SPECS}: largest allowed number; ECMA-376 has no NaN"),
    Limit("column_width", 255, "characters of a column's width", f"{_SPECS}: column width"),
    Limit("row_height", 409.5, "points of a row's height", f"{_SPECS}: row height, 409 (Excel itself stores 409.5)"),
    Limit("cell_formats", 65_490, "different cell formats", f"{_SPECS}: unique cell formats/cell styles"),
    Limit("fonts", 512, "fonts of a workbook", f"{_SPECS}: unique font types, 1,024 in all, 512 a workbook"),
    Limit("number_formats", 200, "number formats", f"{_SPECS}: between 200 and 250; we take the lower"),
    Limit("number_format_length", 255, "characters of a number format", _TRIED),
    Limit("name_length", 255, "characters of a defined name", f"{_NAMES}: name length"),
    Limit("name_form", None, "a defined name that is no cell address", f"{_NAMES}: syntax rules"),
    Limit("name_twice", None, "defined names and tables that differ, ignoring case", _NAMES),
    Limit("header_footer", 255, "characters of a header or footer", f"{_SPECS}: characters in a header or footer"),
    Limit("table_column_twice", None, "column names that differ, ignoring case", f"{_SDK}: tableColumn name"),
    Limit("table_column_name", 255, "characters of a table's column name (at least one)", _TRIED),
    Limit("sparkline_place", None, "one sparkline to a cell, with a range", "[MS-XLSX] 2.6.13, CT_Sparkline"),
    Limit("chart_series", 255, "series of a chart", f"{_SPECS}: data series in one chart"),
    Limit("external_link", None, "no link to another workbook", _HOUSE),
    Limit("document_type", None, "no document type declaration in a part", "ECMA-376 Part 2, 8.1.4: no DTD"),
    Limit("package", None, "a zip package with a workbook part", "ECMA-376 Part 2"),
)

LIMITS: dict[str, Limit] = {limit.code: limit for limit in _ALL}


class Report:
    """Collects breaches in the order in which they are met."""

    def __init__(self) -> None:
        self.breaches: list[Breach] = []

    def add(self, code: str, part: str, found: object, *, sheet: str = "", cell: str = "", what: str = "") -> None:
        """One more; `what` says which thing it is about where the cell does not."""
        limit = LIMITS[code]
        allowed = limit.title if limit.allowed is None else f"{limit.allowed:,g}" if limit.allowed < 1e6 else ""
        place = f"{sheet}!{cell}" if sheet and cell else sheet or part
        subject = f" ({what})" if what else ""
        if limit.allowed is None:
            message = f"{place}{subject}: found {found}; needed: {limit.title}."
        else:
            message = f"{place}{subject}: {found} {limit.title}, where Excel takes {allowed}."
        self.breaches.append(Breach(code, part, sheet, cell, str(found), allowed, message))

    def at_most(self, code: str, part: str, found: float, *, sheet: str = "", cell: str = "", what: str = "") -> None:
        """Adds a breach if the value is larger than the limit."""
        allowed = LIMITS[code].allowed
        assert allowed is not None
        if found > allowed:
            self.add(code, part, found, sheet=sheet, cell=cell, what=what)
