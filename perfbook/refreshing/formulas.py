"""Formulas as text: the sheets that they name, whether two say the same, and how one reads some cells further on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from xlsxwriter.utility import xl_col_to_name

from perfbook.refreshing.cells import column_number

# A text, a quoted sheet, a sheet without quotation marks, or what is between.
_TOKEN = re.compile(r"""("(?:[^"]|"")*")|'((?:[^']|'')*)'!|((?<![\w.\]'])[^\W\d][\w.]*)!""")
_CELL = re.compile(r"(?<![\w.$\\])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])")
_BARE = re.compile(r"[^\W\d]\w*")


def quoted(sheet: str) -> str:
    """A sheet's name as a formula has it before the exclamation mark, always in quotation marks."""
    return "'" + sheet.replace("'", "''") + "'"


@lru_cache(maxsize=65536)
def _split(formula: str) -> tuple[tuple[str, str], ...]:
    """The pieces of a formula as (kind, text): text, sheet (its plain name), rest."""
    found: list[tuple[str, str]] = []
    at = 0
    for match in _TOKEN.finditer(formula):
        if match.start() > at:
            found.append(("rest", formula[at : match.start()]))
        if match[1] is not None:
            found.append(("text", match[1]))
        else:
            found.append(("sheet", match[2].replace("''", "'") if match[2] is not None else match[3]))
        at = match.end()
    if at < len(formula):
        found.append(("rest", formula[at:]))
    return tuple(found)


def renamed(formula: str, sheets: Mapping[str, str]) -> str:
    """A formula of the fresh book with the names that its sheets have in the other: `sheets` maps one to the other."""
    if all(name == other for name, other in sheets.items()):
        return formula

    def piece(kind: str, text: str) -> str:
        if kind != "sheet":
            return text
        name = sheets.get(text, text)
        return f"{name if _BARE.fullmatch(name) and name == text else quoted(name)}!"

    return "".join(piece(*each) for each in _split(formula))


@lru_cache(maxsize=65536)
def plain(formula: str) -> str:
    """A formula in the one way in which two that say the same are written alike."""

    def piece(kind: str, text: str) -> str:
        if kind == "text":
            return text
        if kind == "sheet":
            return f"{quoted(text.upper())}!"
        return re.sub(r"_XLFN\.|\s+", "", text.upper())

    return "".join(piece(*each) for each in _split(formula.removeprefix("=")))


def sheets_in(formula: str) -> set[str]:
    """The sheets that a formula names."""
    return {text for kind, text in _split(formula) if kind == "sheet"}


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows and columns further on."""

    def cell(match: re.Match[str]) -> str:
        column = match[2] if match[1] else xl_col_to_name(column_number(match[2]) + columns)
        row = match[4] if match[3] else str(int(match[4]) + rows)
        return f"{match[1]}{column}{match[3]}{row}"

    def piece(kind: str, text: str) -> str:
        if kind == "text":
            return text
        if kind == "sheet":
            return f"{text if _BARE.fullmatch(text) else quoted(text)}!"
        return _CELL.sub(cell, text)

    return "".join(piece(*each) for each in _split(formula))
