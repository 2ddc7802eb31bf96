"""What one input of a return holds, beyond its value: errors, formulas and two readings are seen and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbook.records import Finding, Severity
from perfbook.returns._grid import Keyed, Raw, SheetCells, address
from perfbook.returns._looks import Place
from perfbook.returns.layout import DASH
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.text import folded

_MOST = 10


@dataclass(frozen=True)
class Seen:
    """A cell that was looked into. `value` is None where it is blank or is not to be taken.

    `filled` says whether anything is there at all. `code` and what follows are those of a finding, empty where there is
    nothing to say; `unusable` is what stands there where it is not taken.
    """

    value: Raw
    filled: bool
    code: str = ""
    severity: Severity = "error"
    found: str = ""
    remedy: str = ""
    unusable: str = ""


def look_into(sheet: SheetCells, place: Place, value: Raw, name: str, what: str = "the value") -> Seen:
    """One cell whose tidied value is given; `name` is what people call it ("actual"), `what` what is typed there."""
    look = sheet.look(place)
    if look and look.error:
        found = f"The {name} shows the error {look.error}."
        return Seen(None, True, "V110", "error", found, f"Type {what}.", unusable=look.error)
    if place in sheet.disputed:
        one, other = (quoted(as_stored(plain_value(said))) for said in sheet.disputed[place])
        found = f"Two ways of reading the {name} disagree: {one} and {other}; it is not taken."
        return Seen(
            None, True, "R216", "error", found, f"Type {what} again in a fresh copy of the return.", unusable=one
        )
    if look and look.formula and value is None:
        found = f"The {name} is a formula without a stored value."
        return Seen(None, True, "V111", "error", found, f"Type {what}, or open the file in Excel and save it.")
    if look and look.formula:
        which = " that takes its value from another workbook" if look.points_elsewhere else ""
        found = f"The {name} is a formula{which}; its last value, {quoted(as_stored(value))}, is taken."
        return Seen(value, True, "V112", "warning", found, f"Type {what} itself.")
    return Seen(value, value is not None)


def beside(keyed: Keyed, inputs: Mapping[str, str], file: str, what: str) -> tuple[Finding, ...]:
    """Cells in the columns of inputs, in rows that have no key: one that somebody added or spoilt, a total beneath.

    `inputs` are the headings of these columns by their keys, `what` is what a row is about ("measure").
    """
    if not keyed.rows:
        return ()
    above = _headed(keyed, inputs)
    known = {*keyed.rows.values(), *(row for _, row in keyed.twice)}
    columns = {keyed.columns[key] for key in inputs if key in keyed.columns}
    cells = [
        place
        for place in {*keyed.sheet.cells, *(keyed.sheet.looks or {})}
        if place[0] > above and place[0] not in known and place[1] in columns and says(keyed.sheet, place)
    ]
    cells.sort()
    rows = len({row for row, _ in cells})
    if not rows:
        return ()
    have = "A row has" if rows == 1 else f"{rows} rows have"
    words = f"{have} figures or words but no {what}: {listed([address(place) for place in cells])}. They were not read."
    remedy = f"Put what belongs to a {what} into its row; leave the rest out."
    return (Finding("R217", "warning", file, keyed.sheet.name, address(cells[0]), "", words, "", remedy),)


def _headed(keyed: Keyed, inputs: Mapping[str, str]) -> int:
    """The row of the headings, or else the first row with a key."""
    first = min(keyed.rows.values())
    at = {keyed.columns[key]: folded(header) for key, header in inputs.items() if key in keyed.columns}
    rows = range(first - 1, keyed.corner[0], -1)
    named = (row for row in rows if any(folded(keyed.sheet.value((row, column))) == at[column] for column in at))
    return next(named, first)


def says(sheet: SheetCells, place: Place) -> bool:
    """Whether somebody typed something into a cell; a formula is no figure of anybody."""
    value, look = sheet.value(place), sheet.look(place)
    if look and (look.error or look.formula):
        return not look.formula
    return folded(value) not in ("", DASH)


def listed(cells: list[str]) -> str:
    """Addresses, the first of them where there are many."""
    more = f" and {len(cells) - _MOST} more" if len(cells) > _MOST else ""
    return ", ".join(cells[:_MOST]) + more


def plain_value(value: Raw) -> str | float | int | bool | None:
    """The value, unless it is a date or a time."""
    return value if isinstance(value, (str, float, int)) else None


def as_stored(value: Raw) -> str:
    """The value as the file holds it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(as_decimal15(value), "f") if abs(value) < 1e15 else f"{value:.15g}"
    return str(value)


def quoted(text: str) -> str:
    """A text in quotation marks, cut where it is long."""
    short = text if len(text) <= 80 else f"{text[:77].rstrip()}..."
    return f"\u201c{short}\u201d"
