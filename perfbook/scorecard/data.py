"""The hidden data sheets: a sheet for each matrix, in named tables, and one for the single facts of the book."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat

from xlsxwriter.utility import xl_col_to_name

from perfbook.scorecard.blocks import Block
from perfbook.scorecard.facts import Facts
from perfbook.scorecard.matrices import lookups, matrices
from perfbook.scorecard.view import View
from perfbook.workbook.writer import Book

FACTS = "Data facts"


def sheet_of(name: str) -> str:
    """The name of the sheet of a matrix: `data_actual` stands on `Data actual`."""
    return name.replace("_", " ").capitalize()


def write_data(book: Book, view: View, facts: Facts) -> tuple[Block, ...]:
    """Every data sheet. Returns what stands on them, without its content."""
    _facts(book, facts)
    written = []
    for block in chain(matrices(view), lookups(view)):
        _matrix(book, block)
        written.append(replace(block, rows=()))
    return tuple(written)


def _matrix(book: Book, block: Block) -> None:
    """A sheet with the table `tbl_<name>`; the defined name `<name>` is the table's body without the key column."""
    sheet = book.sheet(sheet_of(block.name), state="hidden")
    columns = [{"header": "Key"}, *({"header": label} for label in block.labels)]
    options: dict[str, object] = {
        "name": f"tbl_{block.name}",
        "columns": columns,
        "style": "Table Style Light 1",
        "autofilter": False,
        "banded_rows": False,
    }
    sheet.table(0, 0, len(block.keys), block.columns, options)
    # What a macro writes into a cell of the format @ stays text, as what is written here does anyway.
    text = book.style(num_format="@")
    # Cells without a style of their own look as their column does, and blank ones need not be written.
    looks = [text, *repeat(None, block.columns)]
    for row, (key, values) in enumerate(zip(block.keys, block.rows, strict=True), 1):
        sheet.plain(row, 0, (key, *values), looks)
    sheet.raw.freeze_panes(1, 1)
    sheet.raw.set_column(0, 0, 22)
    for column in range(block.columns):
        sheet.raw.set_column(column + 1, column + 1, 12, text if column in block.texts else None)
    last = f"${xl_col_to_name(block.columns)}${len(block.keys) + 1}"
    book.define_name(block.name, f"='{sheet.name}'!$B$2:{last}")


def _facts(book: Book, facts: Facts) -> None:
    """Single values, each under a name: those that change with a consolidation and those that say what book this is."""
    sheet = book.sheet(FACTS, state="hidden")
    text = book.style(num_format="@")
    sheet.raw.set_column(0, 0, 22)
    sheet.raw.set_column(1, 1, 60)
    for row, (name, value) in enumerate(facts.all.items()):
        sheet.text(row, 0, name, text)
        sheet.text(row, 1, value, text)
        book.define_name(name, f"='{FACTS}'!$B${row + 1}")
