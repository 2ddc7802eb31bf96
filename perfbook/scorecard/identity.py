"""What a workbook is known by when it is refreshed outside Excel: a name for each sheet's own area, and its geometry.

A sheet may be renamed, moved or hidden, and rows or columns put into it: the names follow. Where an area still has the
shape that perfbook gave it, every cell of ours is where it was.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_range_abs

from perfbook.scorecard.blocks import Block
from perfbook.scorecard.button import SETTINGS
from perfbook.scorecard.data import FACTS
from perfbook.scorecard.facts import Facts, layout_parts
from perfbook.scorecard.places import scorecard_lines
from perfbook.scorecard.view import View
from perfbook.workbook.writer import Book, Sheet

# Defined names: of the area of a sheet, of the fact that says how the sheets are laid out, of the cell that shows the
# notice, of lists and of rows by formula.
AREA, GEOMETRY, NOTICE, LIST, ROWS = "area_", "geometry", "notice_shown", "list_", "rows_"
CHOICE, NOTES = "chosen_", "notes_"
# Names that begin so are of cells in which officers and administrators write, and no refresh does.
THEIRS = (CHOICE, NOTES, "setting_", "last_message", "message_count")
# Tables of data sheets begin so; the others are the lists that grow and shrink.
MATRIX = "tbl_"


def write_identity(book: Book, view: View, facts: Facts, data: Sequence[Block]) -> None:
    """Names the area of every sheet and writes the geometry. After the last sheet; `data` is what data sheets hold."""
    sheet = book.sheets[FACTS]
    row = len(facts.all)
    text = book.style(num_format="@")
    sheet.text(row, 0, GEOMETRY, text)
    sheet.text(row, 1, _geometry(book, view, data), text)
    book.define_name(GEOMETRY, f"='{FACTS}'!$B${row + 1}")
    for each in book.sheets.values():
        slug = re.sub(r"[^a-z]+", "_", each.name.casefold())
        book.define_name(f"{AREA}{slug}", f"='{each.name}'!{xl_range_abs(0, 0, *_end(each))}")


def _lists(sheet: Sheet) -> list[dict[str, Any]]:
    return [table for table in sheet.raw.tables if not table["name"].startswith(MATRIX)]


def _end(sheet: Sheet) -> tuple[int, int]:
    """The last row and column of what stands fast: on a sheet with a list, the row of its heads."""
    heads = [table["range"] for table in _lists(sheet)]
    last = min((_row(area) for area in heads), default=sheet.raw.dim_rowmax or 0)
    return last, sheet.raw.dim_colmax or 0


def _row(area: str) -> int:
    found = re.match(r"[A-Z]+([0-9]+)", area)
    assert found is not None
    return int(found[1]) - 1


def _geometry(book: Book, view: View, data: Sequence[Block]) -> str:
    """A fingerprint of where everything stands: two books of one geometry differ only in what their cells hold."""
    framework = view.framework
    content = [
        layout_parts(view),
        # A book with macros has one sheet more, and is otherwise the same.
        [_sheet(sheet) for sheet in book.sheets.values() if sheet.name != SETTINGS],
        [_block(block) for block in data],
        # Which row is whose, and how its figures are shown.
        [line.key for line in scorecard_lines(framework)],
        [(measure.key, measure.number_format) for measure in framework.measures],
        [(placement.key, placement.priority) for placement in view.placements],
    ]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _sheet(sheet: Sheet) -> list[object]:
    # Links in a list come and go with its rows.
    last = _end(sheet)[0] if _lists(sheet) else None
    formulas = [
        (row, column)
        for row, cells in sheet.raw.table.items()
        for column, cell in cells.items()
        if type(cell).__name__ == "Formula" and (last is None or row <= last)
    ]
    heads = [(table["name"], [column["name"] for column in table["columns"]]) for table in _lists(sheet)]
    return [sheet.name, _end(sheet), sorted(formulas), heads]


def _block(block: Block) -> list[object]:
    return [block.name, block.keys, block.labels]
