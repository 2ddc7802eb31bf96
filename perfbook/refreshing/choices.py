"""What officers have chosen and written in a scorecard: period and directorate in the pickers, notes by measure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbook.refreshing.book import Book, open_book
from perfbook.refreshing.cells import area_of, pointed_at
from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.fit import fact
from perfbook.scorecard.calc import FIRST_ROW
from perfbook.scorecard.calc import SHEET as CALC
from perfbook.scorecard.identity import AREA
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, CHOSEN_PERIOD

# Which cell a row of Calc takes its note from.
_NOTE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]+\$?[0-9]+)&\"\"")


@dataclass(frozen=True)
class Choices:
    """The labels of the chosen period and directorate, empty where not known, and notes by the key of a measure."""

    period: str = ""
    directorate: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def choices_of(data: bytes) -> Choices:
    """What is chosen and written in a scorecard. Raises RefusedError where it cannot be read."""
    book = open_book(data)
    period, directorate = ((fact(book, name) or "").strip() for name in (CHOSEN_PERIOD, CHOSEN_DIRECTORATE))
    return Choices(period, directorate, _notes(book))


def _notes(book: Book) -> dict[str, str]:
    """Each row of Calc has a measure's key and a formula that takes its note: Excel keeps it right, whatever moves."""
    found = book.name(f"{AREA}{CALC.casefold()}")
    where = pointed_at(found.refers_to) if found else None
    if where is None or where[0] not in book.sheets:
        return {}
    calc, area = book.sheet(where[0]), where[1]
    head = area.top + FIRST_ROW - 1
    columns = {calc.text((head, column)): column for column in range(area.left, area.right + 1)}
    notes = {}
    for row in range(head + 1, area.bottom + 1):
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
