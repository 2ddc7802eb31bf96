"""Whether a fresh scorecard can be laid over the one that officers have, and which sheet of theirs is which of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbook.refreshing.book import Book, Table
from perfbook.refreshing.cells import Area, Place, address, pointed_at
from perfbook.refreshing.errors import RefusedError
from perfbook.scorecard.identity import AREA, GEOMETRY, LIST, MATRIX, THEIRS

_OTHER_LAYOUT = (
    "The measures, actions or periods are others now, or perfbook is another version: its sheets have other rows or "
    "columns."
)


@dataclass(frozen=True)
class Listed:
    """A list of both books: its defined name, and its table in each."""

    name: str
    theirs: Table
    fresh: Table

    @property
    def body(self) -> Area:
        """The rows that it has in their book."""
        area = self.theirs.area
        return Area(area.top + 1, area.left, area.bottom, area.right)

    @property
    def new_body(self) -> Area:
        """The rows that it is to have."""
        area = self.fresh.area
        return Area(area.top + 1, area.left, area.bottom, area.right)


@dataclass(frozen=True)
class Fit:
    """How two books fit. `sheets` are our sheets, under the name in the fresh book the name in theirs.

    `theirs` are the areas of our sheets in which officers write, `data` those whose cells are data, by fresh sheet.
    """

    sheets: Mapping[str, str]
    lists: Mapping[str, Listed]
    theirs: Mapping[str, tuple[Area, ...]]
    data: Mapping[str, tuple[Area, ...]]


def fact(book: Book, name: str) -> str | None:
    """The text of the cell under a defined name; None where there is none."""
    found = book.name(name)
    where = pointed_at(found.refers_to) if found else None
    if where is None or where[0] not in book.sheets:
        return None
    return book.sheet(where[0]).text((where[1].top, where[1].left))


def fitted(theirs: Book, fresh: Book) -> Fit:
    """How the fresh book is laid over theirs. Raises RefusedError that says which place does not fit."""
    _demand_geometry(theirs, fresh)
    sheets = _sheets(theirs, fresh)
    officers: dict[str, list[Area]] = {name: [] for name in sheets}
    lists: dict[str, Listed] = {}
    data: dict[str, list[Area]] = {name: [] for name in sheets}
    for name in fresh.names:
        ours = pointed_at(name.refers_to)
        if name.sheet or ours is None or name.name.startswith(AREA):
            continue
        found = theirs.name(name.name)
        where = pointed_at(found.refers_to) if found else None
        if where is None or where[0] != sheets[ours[0]]:
            raise RefusedError(
                f"The name {name.name} is missing, or leads elsewhere. Put it back in Formulas, Name Manager."
            )
        if name.name.startswith(LIST):
            lists[ours[0]] = _listed(theirs, fresh, name.name)
            continue
        if where[1] != ours[1]:
            raise RefusedError(
                _moved(theirs, fresh, ours[0], where[0], f"the name {name.name} is {where[1].text} there")
            )
        if name.name.startswith(THEIRS):
            officers[ours[0]].append(ours[1])
    for table in fresh.tables.values():
        if table.name.startswith(MATRIX):
            _demand_matrix(theirs, table)
            data[table.sheet].append(table.area)
    return Fit(
        sheets,
        lists,
        {name: tuple(areas) for name, areas in officers.items()},
        {name: tuple(areas) for name, areas in data.items()},
    )


def _demand_geometry(theirs: Book, fresh: Book) -> None:
    held = fact(theirs, GEOMETRY)
    if held is None:
        raise RefusedError(
            "It does not say how it is laid out: an earlier perfbook made it, or its hidden sheets are gone."
        )
    if held != fact(fresh, GEOMETRY):
        raise RefusedError(_OTHER_LAYOUT)


def _sheets(theirs: Book, fresh: Book) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in fresh.names:
        ours = pointed_at(name.refers_to)
        if not name.name.startswith(AREA) or ours is None:
            continue
        held = theirs.name(name.name)
        where = pointed_at(held.refers_to) if held else None
        if where is None or where[0] not in theirs.sheets:
            raise RefusedError(f"The sheet {ours[0]} is missing.")
        if where[1] != ours[1]:
            said = f"its area {ours[1].text} is {where[1].text} now"
            raise RefusedError(_moved(theirs, fresh, ours[0], where[0], said))
        found[ours[0]] = where[0]
    if len(set(found.values())) < len(found):
        raise RefusedError("Two of perfbook's names lead to one sheet.")
    return found


def _moved(theirs: Book, fresh: Book, ours: str, name: str, said: str) -> str:
    """That cells were put in or taken out within a sheet of ours, and where."""
    mine, there = fresh.sheet(ours).cells(), theirs.sheet(name)
    changed = (place for place, cell in sorted(mine.items()) if cell.formula is None and cell.value.kind == "text")
    first: Place | None = next((place for place in changed if not mine[place].value.same(there.value(place))), None)
    near = f", the first of them at {name}!{address(first)}" if first else ""
    return (
        f"Rows, columns or cells were put in or taken out among those of perfbook on the sheet {name} ({said}){near}. "
        "Undo that; there is room to the right of perfbook's columns."
    )


def _listed(theirs: Book, fresh: Book, name: str) -> Listed:
    title = name.removeprefix(LIST)
    mine, held = fresh.tables[title], theirs.tables.get(title)
    if held is None:
        raise RefusedError(f"The table {title} on the sheet {mine.sheet} is missing.")
    if held.totals:
        raise RefusedError(
            f"The table {title} has a total row, at {held.sheet}!{address((held.area.bottom, 0))}. Switch it off."
        )
    place = (mine.area.top, mine.area.left, mine.area.right) == (held.area.top, held.area.left, held.area.right)
    if place and mine.columns == held.columns:
        return Listed(name, held, mine)
    pairs = enumerate(held.columns)
    wrong = next((n for n, each in pairs if n >= len(mine.columns) or each != mine.columns[n]), len(held.columns))
    cell = address((held.area.top, held.area.left + wrong))
    raise RefusedError(
        f"The table {title} no longer has the columns that perfbook gave it, from {held.sheet}!{cell}. Put them back; "
        "there is room to the right of the table."
    )


def _demand_matrix(theirs: Book, table: Table) -> None:
    held = theirs.tables.get(table.name)
    if held is None:
        raise RefusedError(f"The table {table.name} on the hidden sheet {table.sheet} is missing.")
    if held.area != table.area or held.columns != table.columns:
        raise RefusedError(f"The table {table.name} on the hidden sheet {held.sheet} has other rows or columns now.")
