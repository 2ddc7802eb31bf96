"""The cells of a worksheet with their places in its bytes, and the worksheet with some of them changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from perfbook.refreshing.cells import BLANK, Area, Kind, Place, Value, address, area_of, column_number
from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.formulas import shifted
from perfbook.refreshing.markup import Element, replaced, text_bytes, tree, with_attributes

_KINDS: dict[str, Kind] = {"n": "number", "b": "truth", "e": "error", "str": "text", "s": "text", "inlineStr": "text"}
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(slots=True)
class Cell:
    """One cell: its bytes, what it holds, its formula as it reads there (None without one)."""

    element: Element
    value: Value
    formula: str | None
    # The element `f` as bytes, and the number of the group of formulas that share one, if any.
    formula_bytes: bytes
    shared: str | None
    leads: bool

    @property
    def style(self) -> str:
        """The number of its style."""
        return self.element.attributes.get("s", "0")

    @property
    def is_empty(self) -> bool:
        """Whether it has a look and nothing else."""
        return self.value.kind == "blank" and self.formula is None


@dataclass(slots=True)
class Row:
    """One row: its element and its cells by column."""

    element: Element
    cells: dict[int, Cell]


@dataclass(frozen=True)
class Change:
    """What a cell is to be. `formula` None keeps the one that is there, "" takes it away; `style` None keeps."""

    value: Value
    formula: str | None = None
    style: str | None = None


@dataclass
class SheetText:
    """A worksheet part. `rows` by number from 0."""

    part: str
    content: bytes
    root: Element
    data: Element
    prefix: str
    rows: dict[int, Row]
    masters: dict[str, tuple[Place, str]] = field(default_factory=dict)

    def cell(self, place: Place) -> Cell | None:
        """The cell of a place; None where there is none."""
        row = self.rows.get(place[0])
        return row.cells.get(place[1]) if row else None

    def value(self, place: Place) -> Value:
        """What a cell holds."""
        found = self.cell(place)
        return found.value if found else BLANK

    def cells(self) -> dict[Place, Cell]:
        """All cells."""
        return {(number, column): cell for number, row in self.rows.items() for column, cell in row.cells.items()}

    def text(self, place: Place) -> str:
        """What a cell holds as text."""
        return self.value(place).text

    def column_style(self, column: int) -> str | None:
        """The number of the style that a column (from 0) gives to cells that are new; None where it gives none."""
        return next((style for first, last, style in self._column_styles if first <= column + 1 <= last), None)

    @cached_property
    def _column_styles(self) -> list[tuple[int, int, str]]:
        """Columns (from 1, both ends) that have a style of their own."""
        columns = [each.attributes for holder in self.root.of("cols") for each in holder.of("col")]
        ends = [(each.get("min", ""), each.get("max", ""), each.get("style")) for each in columns]
        return [(int(low), int(high), style) for low, high, style in ends if style and low.isdigit() and high.isdigit()]


def read_sheet(part: str, content: bytes, strings: tuple[str, ...]) -> SheetText:
    """The cells of a worksheet. Raises RefusedError where it is not well-formed."""
    root = tree(content, part)
    data = root.first("sheetData")
    if data is None:
        raise RefusedError(f"The part {part} holds no cells. Open the workbook in Excel and save it.")
    name = content[data.start + 1 : data.inside].split(b">")[0].split()[0].rstrip(b"/").decode()
    prefix = name.removesuffix("sheetData")
    sheet = SheetText(part, content, root, data, prefix, {})
    number = -1
    for element in data.of("row"):
        given = element.attributes.get("r", "")
        number = int(given) - 1 if given.isdigit() else number + 1
        cells: dict[int, Cell] = {}
        column = -1
        for child in element.of("c"):
            match = _PLACE.fullmatch(child.attributes.get("r", ""))
            column = column_number(match[1]) if match else column + 1
            if column in cells:
                raise RefusedError(
                    f"The part {part} holds the cell {address((number, column))} twice. Save it in Excel."
                )
            cells[column] = _cell(sheet, child, (number, column), strings)
        sheet.rows[number] = Row(element, cells)
    return sheet


def _cell(sheet: SheetText, element: Element, place: Place, strings: tuple[str, ...]) -> Cell:
    kind = element.attributes.get("t", "n")
    held, formula = element.first("v"), element.first("f")
    value = BLANK
    if kind == "inlineStr":
        inside = element.first("is")
        value = Value("text", rich_text(inside)) if inside else BLANK
    elif held is not None and (held.text != "" or kind == "str"):
        text = held.text
        if kind == "s":
            number = int(text) if text.strip().isdigit() else -1
            if not 0 <= number < len(strings):
                raise RefusedError(f"A text is missing from {address(place)} of {sheet.part}. Save it in Excel.")
            text = strings[number]
        value = Value(_KINDS.get(kind, "number"), text)
    if formula is None:
        return Cell(element, value, None, b"", None, leads=False)
    shared = formula.attributes.get("si") if formula.attributes.get("t") == "shared" else None
    words = formula.text
    leads = bool(shared is not None and words)
    if shared is not None and leads:
        sheet.masters[shared] = (place, words)
    elif shared is not None and shared in sheet.masters:
        first, master = sheet.masters[shared]
        words = shifted(master, place[0] - first[0], place[1] - first[1])
    return Cell(element, value, words, sheet.content[formula.start : formula.end], shared, leads)


def rich_text(element: Element) -> str:
    """The text of a string element, its runs joined and its phonetic guide left out."""
    pieces = []
    for child in element.children:
        if child.name == "t":
            pieces.append(child.text)
        elif child.name == "r":
            pieces += [part.text for part in child.of("t")]
    return "".join(pieces)


# -- Writing --------------------------------------------------------------------------------------------------------


def patched(
    sheet: SheetText,
    changes: Mapping[Place, Change],
    heights: Mapping[int, float] | None = None,
    hidden: Mapping[int, bool] | None = None,
    more: list[tuple[int, int, bytes]] | None = None,
) -> bytes:
    """The worksheet with some cells changed, rows made where there are none; all else byte for byte.

    `heights` in points and whether a row is `hidden`, by row from 0; `more` are further stretches that are replaced.
    """
    changes = {**changes, **_freed(sheet, changes)}
    heights, hidden = heights or {}, hidden or {}
    edits = list(more or [])
    by_row: dict[int, dict[int, Change]] = {}
    for (number, column), change in changes.items():
        by_row.setdefault(number, {})[column] = change
    made: list[tuple[int, bytes]] = []
    for number in sorted({*by_row, *(n for n in (*heights, *hidden) if n in sheet.rows)}):
        row = sheet.rows.get(number)
        new = by_row.get(number, {})
        attributes: dict[str, str | None] = {}
        if number in heights:
            attributes |= {"ht": f"{heights[number]:.15g}", "customHeight": "1"}
        if number in hidden:
            attributes["hidden"] = "1" if hidden[number] else None
        if row is None:
            made.append((number, _new_row(sheet, number, new, attributes)))
        else:
            edits += _row_edits(sheet, number, row, new, attributes)
    edits += _insertions(sheet, made)
    places = list(changes)
    if places:
        edits += _dimension(sheet, Area(*map(min, zip(*places, strict=True)), *map(max, zip(*places, strict=True))))
    return replaced(sheet.content, edits)


def _freed(sheet: SheetText, changes: Mapping[Place, Change]) -> dict[Place, Change]:
    """Where the first of a group of formulas that share one loses it, the others get theirs written out."""
    lost = {
        cell.shared
        for place, change in changes.items()
        if change.formula is not None and (cell := sheet.cell(place)) and cell.leads
    }
    if not lost:
        return {}
    found = {}
    for place, cell in sheet.cells().items():
        if cell.shared in lost and not cell.leads:
            change = changes.get(place, Change(cell.value))
            if change.formula is None:
                found[place] = Change(change.value, cell.formula, change.style)
    return found


def _row_edits(
    sheet: SheetText, number: int, row: Row, new: Mapping[int, Change], attributes: dict[str, str | None]
) -> list[tuple[int, int, bytes]]:
    element = row.element
    if any(column not in row.cells for column in new):
        attributes["spans"] = None
    edits = []
    tag = sheet.content[element.start : element.inside]
    changed = with_attributes(tag, attributes)
    added: dict[int, list[bytes]] = {}
    columns = sorted(row.cells)
    for column, change in sorted(new.items()):
        cell = row.cells.get(column)
        if cell is not None:
            edits.append((cell.element.start, cell.element.end, _cell_bytes(sheet, (number, column), change, cell)))
            continue
        before = [other for other in columns if other < column]
        at = row.cells[before[-1]].element.end if before else element.inside
        added.setdefault(at, []).append(_cell_bytes(sheet, (number, column), change, None))
    if element.empty:
        if added:
            body = b"".join(piece for pieces in added.values() for piece in pieces)
            end = f"</{sheet.prefix}row>".encode()
            changed = changed[:-2].rstrip() + b">" + body + end
        return [(element.start, element.end, changed)] if changed != tag else []
    edits += [(at, at, b"".join(pieces)) for at, pieces in added.items()]
    if changed != tag:
        edits = [edit for edit in edits if edit[0] != element.inside or edit[1] != element.inside]
        edits.append((element.start, element.inside, changed + b"".join(added.get(element.inside, []))))
    return edits


def _new_row(sheet: SheetText, number: int, new: Mapping[int, Change], attributes: dict[str, str | None]) -> bytes:
    cells = b"".join(_cell_bytes(sheet, (number, column), change, None) for column, change in sorted(new.items()))
    tag = with_attributes(f'<{sheet.prefix}row r="{number + 1}">'.encode(), attributes)
    return tag + cells + f"</{sheet.prefix}row>".encode()


def _insertions(sheet: SheetText, made: list[tuple[int, bytes]]) -> list[tuple[int, int, bytes]]:
    """New rows, each behind the last row before it."""
    if not made:
        return []
    data = sheet.data
    if data.empty:
        body = b"".join(piece for _, piece in made)
        tag = sheet.content[data.start : data.inside]
        return [(data.start, data.end, tag[:-2].rstrip() + b">" + body + f"</{sheet.prefix}sheetData>".encode())]
    places: dict[int, list[bytes]] = {}
    for number, piece in made:
        before = [other for other in sheet.rows if other < number]
        at = sheet.rows[max(before)].element.end if before else data.inside
        places.setdefault(at, []).append(piece)
    return [(at, at, b"".join(pieces)) for at, pieces in places.items()]


def _cell_bytes(sheet: SheetText, place: Place, change: Change, cell: Cell | None) -> bytes:
    """A cell anew: its formula and what else it has as they were, where the change does not say otherwise."""
    p = sheet.prefix
    value = change.value
    if change.formula is None:
        formula = cell.formula_bytes if cell else b""
    else:
        formula = f"<{p}f>".encode() + text_bytes(change.formula) + f"</{p}f>".encode() if change.formula else b""
    kinds = {"text": "str" if formula else "inlineStr", "truth": "b", "error": "e"}
    attributes: dict[str, str | None] = {"r": address(place), "t": kinds.get(value.kind), "vm": None}
    if change.formula is not None:
        attributes["cm"] = None
    if change.style is not None:
        attributes["s"] = change.style if change.style != "0" else None
    start = sheet.content[cell.element.start : cell.element.inside] if cell else f"<{p}c>".encode()
    tag = with_attributes(start, attributes)
    tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
    if value.kind == "blank" and not formula:
        return tag[:-1] + b"/>"
    if value.kind == "text" and not formula:
        space = ' xml:space="preserve"' if value.text.strip() != value.text or "\n" in value.text else ""
        held = f"<{p}is><{p}t{space}>".encode() + text_bytes(value.text) + f"</{p}t></{p}is>".encode()
    elif value.kind == "blank":
        held = b""
    else:
        space = ' xml:space="preserve"' if value.text.strip() != value.text else ""
        held = f"<{p}v{space}>".encode() + text_bytes(value.text) + f"</{p}v>".encode()
    rest = b"".join(
        sheet.content[child.start : child.end]
        for child in (cell.element.children if cell else [])
        if child.name not in ("f", "v", "is")
    )
    return tag + formula + held + rest + f"</{p}c>".encode()


def _dimension(sheet: SheetText, changed: Area) -> list[tuple[int, int, bytes]]:
    element = sheet.root.first("dimension")
    area = area_of(element.attributes.get("ref", "")) if element else None
    if element is None or area is None:
        return []
    new = Area(
        min(area.top, changed.top),
        min(area.left, changed.left),
        max(area.bottom, changed.bottom),
        max(area.right, changed.right),
    )
    if new == area:
        return []
    tag = sheet.content[element.start : element.inside]
    return [(element.start, element.inside, with_attributes(tag, {"ref": new.text}))]
