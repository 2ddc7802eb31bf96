"""What officers have chosen and written in a scorecard: period and directorate in the pickers, notes by measure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbook.refreshing.book import Book, open_book
from perfbook.refreshing.cells import area_of, pointed_at
from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.fit import fact
from perfbook.refreshing.sheet import SheetText
from perfbook.scorecard.calc import FIRST_ROW
from perfbook.scorecard.calc import SHEET as CALC
from perfbook.scorecard.identity import AREA
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, CHOSEN_MEASURE, CHOSEN_PERIOD

# Which cell a row of Calc takes its note from.
_NOTE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]+\$?[0-9]+)&\"\"")


@dataclass(frozen=True)
class Choices:
    """The labels of the chosen period and directorate, empty where not known, and notes by the key of a measure.

    `measure` is what the cell on Detail holds, and `measure_key` the key of the measure that was called so.
    """

    period: str = ""
    directorate: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    measure: str = ""
    measure_key: str = ""


def choices_of(data: bytes) -> Choices:
    """What is chosen and written in a scorecard. Raises RefusedError where it cannot be read."""
    book = open_book(data)
    period, directorate = ((fact(book, name) or "").strip() for name in (CHOSEN_PERIOD, CHOSEN_DIRECTORATE))
    measure = fact(book, CHOSEN_MEASURE) or ""
    key = _measure_key(book, measure) if measure else ""
    return Choices(period, directorate, _notes(book), measure, key)


def _notes(book: Book) -> dict[str, str]:
    """Each row of Calc has a measure's key and a formula that takes its note: Excel keeps it right, whatever moves."""
    found = _calc(book)
    if found is None:
        return {}
    calc, columns, rows = found
    notes = {}
    for row in rows:
        cell = calc.cell((row, columns["officers_note"])) if "officers_note" in columns and "key" in columns else None
        match = _NOTE.fullmatch(cell.formula or "") if cell else None
        if match is None:
            continue
        sheet = match[1].replace("''", "'") if match[1] is not None else match[2]
        place = area_of(match[3])
        if place is None or sheet not in book.sheets:
            raise RefusedError(f"The notes on measures lie where perfbook cannot find them ({match[0]}).")
        text = book.sheet(sheet).text((place.top, place.left))
        if text:
            notes[calc.text((row, columns["key"]))] = text
    return notes


def _measure_key(book: Book, label: str) -> str:
    """The key of the measure that is called so; empty where none is."""
    found = _calc(book)
    if found is None or not {"key", "label"} <= found[1].keys():
        return ""
    calc, columns, rows = found
    # As the formula that looks for it, small letters or capitals.
    wanted = label.casefold()
    called = (row for row in rows if calc.text((row, columns["label"])).casefold() == wanted)
    return next((calc.text((row, columns["key"])) for row in called), "")


def _calc(book: Book) -> tuple[SheetText, dict[str, int], range] | None:
    """The sheet Calc, the place of each of its columns by its head, and the rows of its measures; None without it."""
    found = book.name(f"{AREA}{CALC.casefold()}")
    where = pointed_at(found.refers_to) if found else None
    if where is None or where[0] not in book.sheets:
        return None
    calc, area = book.sheet(where[0]), where[1]
    head = area.top + FIRST_ROW - 1
    columns = {calc.text((head, column)): column for column in range(area.left, area.right + 1)}
    return calc, columns, range(head + 1, area.bottom + 1)
