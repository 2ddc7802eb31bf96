"""Reads the grids of framework.xlsx: small fixed tables, one row a line."""

from __future__ import annotations

from perfbook.framework._plan import several, split_list
from perfbook.framework._register import Register, choose, keys, whole
from perfbook.framework._tables import Cell, Problems, Row, Table, required
from perfbook.framework.model import Grid, GridLine
from perfbook.framework.plan import column_key
from perfbook.framework.plan_sheets import GRIDS
from perfbook.framework.sheets import YES_NO

_MOST_DECIMALS = 6


def read_grids(table: Table, register: Register, problems: Problems) -> list[Grid]:
    """The grids in the order in which they first appear, their lines in the order of their rows."""
    required(problems, GRIDS, table.rows)
    by_row = keys(table, problems)
    grouped: dict[str, list[Row]] = {}
    for row in table.rows:
        if row["grid"].words:
            grouped.setdefault(row["grid"].words, []).append(row)
    return [_grid(key, rows, by_row, register, problems) for key, rows in grouped.items()]


def _grid(key: str, rows: list[Row], by_row: dict[int, str], register: Register, problems: Problems) -> Grid:
    own = {by_row.get(row.number, "") for row in rows} - {""}
    lines: list[GridLine] = []
    for row in rows:
        line = by_row.get(row.number, "")
        target = row["adds_to"].words
        if target and (target not in own or target == line):
            found = f"{target!r} is no other line of the grid {key!r}."
            problems.add(row["adds_to"], found, "Type the key of one of its lines, or clear the cell.")
            target = ""
        decimals = whole(problems, row["decimals"], _MOST_DECIMALS, 0, "a number of decimals")
        if line:
            percent = choose(problems, row["percent"], YES_NO, "no", "yes or no") == "yes"
            lines.append(GridLine(line, row["label"].words, row["group"].words, target, decimals, percent))
    title, columns = _once(rows, "title", key, problems), _once(rows, "columns", key, problems)
    names = tuple(split_list(columns))
    if not names:
        problems.add(rows[0]["columns"], f"The grid {key!r} has no columns.", GRIDS.column("columns").help)
    if len({column_key(name) for name in names}) < len(names):
        problems.add(columns, f"Two columns of the grid {key!r} have one name.", "Give each a name of its own.")
    directorates = several(_once(rows, "directorates", key, problems), register, problems)
    return Grid(key, title.words or key, names, tuple(lines), directorates)


def _once(rows: list[Row], field: str, key: str, problems: Problems) -> Cell:
    """What holds for the whole grid: it may stand in each of its lines or in the first that has it."""
    given = [row[field] for row in rows if not row[field].blank and not row[field].broken]
    for cell in given:
        if cell.words != given[0].words:
            header = GRIDS.column(field).header
            problems.add(cell, f"The grid {key!r} has two entries under {header}.", "Write the same in all its lines.")
    return given[0] if given else rows[0][field]
