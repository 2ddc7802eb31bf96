"""Rows and columns of perfbook that are shown only while they have something to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfbook.refreshing.cells import Area
from perfbook.refreshing.markup import Element, with_attributes
from perfbook.refreshing.sheet import SheetText

_ON = ("1", "true")


def shown_rows(theirs: SheetText, fresh: SheetText, areas: Sequence[Area]) -> dict[int, bool]:
    """The rows that are to be hidden (True) or shown (False) and are not, from 0."""
    rows = (row for area in areas for row in range(area.top, area.bottom + 1))
    return {row: _hidden(fresh, row) for row in rows if _hidden(fresh, row) != _hidden(theirs, row)}


def _hidden(sheet: SheetText, row: int) -> bool:
    return row in sheet.rows and sheet.rows[row].element.attributes.get("hidden") in _ON


def shown_columns(theirs: SheetText, fresh: SheetText, areas: Sequence[Area]) -> list[tuple[int, int, bytes]]:
    """The stretches that change where columns are to be hidden or shown: an element may be about several columns."""
    wanted = {column: _is_hidden(fresh, column) for area in areas for column in range(area.left, area.right + 1)}
    edits = []
    for element in _columns(theirs):
        first, last = (int(element.attributes.get(name, "1")) - 1 for name in ("min", "max"))
        held = element.attributes.get("hidden") in _ON
        states = [wanted.get(column, held) for column in range(first, last + 1)]
        if all(state == held for state in states):
            continue
        tag = theirs.content[element.start : element.inside]
        pieces, start = [], 0
        for at in range(1, len(states) + 1):
            if at == len(states) or states[at] != states[start]:
                span = {"min": str(first + start + 1), "max": str(first + at)}
                pieces.append(with_attributes(tag, {**span, "hidden": "1" if states[start] else None}))
                start = at
        edits.append((element.start, element.end, b"".join(pieces)))
    return edits


def _columns(sheet: SheetText) -> Iterator[Element]:
    return (element for holder in sheet.root.of("cols") for element in holder.of("col") if element.empty)


def _is_hidden(sheet: SheetText, column: int) -> bool:
    return any(
        int(element.attributes.get("min", "1")) <= column + 1 <= int(element.attributes.get("max", "1"))
        and element.attributes.get("hidden") in _ON
        for element in _columns(sheet)
    )
