"""The small charts in cells of perfbook: what they show, and where their axis begins, are those of the fresh book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perfbook.refreshing.formulas import plain, renamed
from perfbook.refreshing.markup import Element, text_bytes, with_attributes
from perfbook.refreshing.sheet import SheetText

# Bars begin at nought only where no figure is below it.
_AXIS = ("minAxisType", "manualMin")
_Axis = dict[str, str | None]


def sparkline_edits(theirs: SheetText, fresh: SheetText, sheets: Mapping[str, str]) -> list[tuple[int, int, bytes]]:
    """The stretches of their sheet that change. A group of theirs is changed where all in it want the same axis."""
    wanted: dict[str, tuple[str, _Axis]] = {}
    for group, cells in _groups(fresh):
        axis: _Axis = {name: group.attributes.get(name) for name in _AXIS}
        wanted |= {cell: (renamed(ref.text, sheets), axis) for cell, ref in cells.items()}
    edits = []
    for group, cells in _groups(theirs):
        known = {cell: wanted[cell] for cell in cells if cell in wanted}
        for cell, (formula, _) in known.items():
            ref = cells[cell]
            if plain(ref.text) != plain(formula):
                edits.append((ref.inside, ref.close, text_bytes(formula)))
        axes = [axis for _, axis in known.values()]
        held = {name: group.attributes.get(name) for name in _AXIS}
        if len(known) == len(cells) and axes and all(axis == axes[0] for axis in axes) and held != axes[0]:
            tag = theirs.content[group.start : group.inside]
            edits.append((group.start, group.inside, with_attributes(tag, axes[0])))
    return edits


def _groups(sheet: SheetText) -> Iterator[tuple[Element, dict[str, Element]]]:
    """Each group, with the cells of its sparklines and what they refer to."""
    extensions = sheet.root.first("extLst")
    for group in extensions.every("sparklineGroup") if extensions else ():
        cells = {}
        for line in group.every("sparkline"):
            cell, ref = line.first("sqref"), line.first("f")
            if cell is not None and ref is not None:
                cells[cell.text] = ref
        yield group, cells
