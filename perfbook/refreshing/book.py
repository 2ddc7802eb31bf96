"""A workbook in its package: sheets by name, tables by display name, defined names, texts; found through relationships.

Nothing is known by the name of a part: who saves a workbook names its parts anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath

from perfbook.refreshing.cells import Area, area_of
from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.markup import MAIN, OFFICE, Element, tree
from perfbook.refreshing.package import Package, open_package
from perfbook.refreshing.sheet import SheetText, read_sheet, rich_text

_AGAIN = "Open the workbook in Excel and save it."


@dataclass(frozen=True)
class Relation:
    """One relationship: its id, the last word of its type, the part that it leads to."""

    identity: str
    kind: str
    target: str


@dataclass(frozen=True)
class Table:
    """A table: its part, the sheet that it stands on, its area with heads, the names of its columns."""

    name: str
    part: str
    sheet: str
    area: Area
    columns: tuple[str, ...]
    totals: bool
    root: Element
    content: bytes


@dataclass(frozen=True)
class Name:
    """A defined name; `sheet` is the sheet that it belongs to, empty for one of the whole workbook."""

    name: str
    sheet: str
    refers_to: str
    element: Element


@dataclass
class Book:
    """A workbook. `sheets` are its worksheets in their order, with their parts."""

    package: Package
    part: str
    content: bytes
    root: Element
    relations: tuple[Relation, ...]
    sheets: dict[str, str]
    names: tuple[Name, ...]
    tables: Mapping[str, Table]
    strings: tuple[str, ...]
    _read: dict[str, SheetText] = field(default_factory=dict)

    def sheet(self, name: str) -> SheetText:
        """The cells of a sheet."""
        if name not in self._read:
            part = self.sheets[name]
            self._read[name] = read_sheet(part, self.package.read(part), self.strings)
        return self._read[name]

    def forget(self, name: str) -> None:
        """Let go of the cells of a sheet: a book has many."""
        self._read.pop(name, None)

    def name(self, name: str) -> Name | None:
        """A name of the whole workbook, whatever its capitals."""
        wanted = name.casefold()
        return next((each for each in self.names if not each.sheet and each.name.casefold() == wanted), None)

    def related(self, part: str) -> tuple[Relation, ...]:
        """What a part leads to inside the package."""
        return relations(self.package, part)


def relations(package: Package, part: str) -> tuple[Relation, ...]:
    """What a part leads to inside the package; the package itself for the empty name."""
    path = join(dirname(part), "_rels", f"{basename(part)}.rels")
    if path not in package.names:
        return ()
    found = []
    for element in tree(package.read(path), path).of("Relationship"):
        given = element.attributes
        if given.get("TargetMode") == "External":
            continue
        target = given.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
        found.append(Relation(given.get("Id", ""), given.get("Type", "").rpartition("/")[2], whole))
    return tuple(found)


def open_book(data: bytes) -> Book:
    """The workbook in these bytes. Raises RefusedError for what cannot be refreshed as it lies."""
    package = open_package(data)
    part = next((each.target for each in relations(package, "") if each.kind == "officeDocument"), "")
    if part not in package.names:
        raise RefusedError(f"There is no workbook in the file. {_AGAIN}")
    content = package.read(part)
    root = tree(content, part)
    if root.uri != MAIN:
        raise RefusedError(
            "The workbook is saved as Strict Open XML. Save it as Excel workbook (.xlsx) or as macro-enabled workbook."
        )
    linked = relations(package, part)
    targets = {each.identity: each for each in linked}
    sheets: dict[str, str] = {}
    titles: list[str] = []
    for holder in root.of("sheets"):
        for element in holder.of("sheet"):
            name = element.attributes.get("name", "")
            titles.append(name)
            relation = targets.get(element.attributes.get(f"{OFFICE} id", ""))
            if relation and relation.kind == "worksheet":
                sheets[name] = relation.target
    names = tuple(_name(element, titles) for holder in root.of("definedNames") for element in holder.of("definedName"))
    tables = {
        table.name: table
        for sheet, sheet_part in sheets.items()
        for relation in relations(package, sheet_part)
        if relation.kind == "table"
        for table in (_table(package, relation.target, sheet),)
    }
    strings = next((each.target for each in linked if each.kind == "sharedStrings"), "")
    return Book(package, part, content, root, linked, sheets, names, tables, _strings(package, strings))


def _name(element: Element, titles: list[str]) -> Name:
    scope = element.attributes.get("localSheetId", "")
    sheet = titles[int(scope)] if scope.isdigit() and int(scope) < len(titles) else ""
    return Name(element.attributes.get("name", ""), sheet, element.text, element)


def _table(package: Package, part: str, sheet: str) -> Table:
    content = package.read(part)
    root = tree(content, part)
    area = area_of(root.attributes.get("ref", ""))
    if area is None:
        raise RefusedError(f"The part {part} holds no table. {_AGAIN}")
    columns = tuple(
        column.attributes.get("name", "") for holder in root.of("tableColumns") for column in holder.of("tableColumn")
    )
    name = root.attributes.get("displayName") or root.attributes.get("name", "")
    totals = root.attributes.get("totalsRowCount", "0") != "0"
    return Table(name, part, sheet, area, columns, totals, root, content)


def _strings(package: Package, part: str) -> tuple[str, ...]:
    if part not in package.names:
        return ()
    return tuple(rich_text(element) for element in tree(package.read(part), part).of("si"))
