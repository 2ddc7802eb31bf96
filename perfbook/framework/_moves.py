"""The sheet Moves of framework.xlsx, read and filled: who reported a measure before."""

from __future__ import annotations

from collections.abc import Iterable

from perfbook.framework._content import Content
from perfbook.framework._register import Register, period_in, refer
from perfbook.framework._tables import Problems, Table, required, suggestion
from perfbook.framework.adjustment_sheet import MOVES
from perfbook.framework.model import Framework, Move
from perfbook.framework.periods import Kind, Period


def read_moves(
    table: Table, keys: Iterable[str], register: Register, problems: Problems, year_start: int, reporting: Kind
) -> tuple[Move, ...]:
    """The moves, in the order of their rows; `keys` are those of measures and actions, `reporting` the kind of period
    for which returns are sent out."""
    required(problems, MOVES, table.rows)
    known = {key.casefold(): key for key in keys}
    found: list[Move] = []
    seen: dict[tuple[str, Period], int] = {}
    for row in table.rows:
        cell = row["item"]
        item = known.get(cell.words.casefold(), "")
        if cell.words and not item:
            near = suggestion(cell.words, known.values())
            words = f"There is no measure or action with the key {cell.words!r}.{near}"
            problems.add(cell, words, "Write a key of the sheet Measures or Actions.")
        until = period_in(problems, row["until"], year_start)
        directorate = refer(problems, row["directorate"], register.directorates, "directorate", "Directorates")
        if until and until.kind != reporting:
            words = f"{until} is no period for which returns are sent out."
            problems.add(row["until"], words, f"Name the last {reporting} in which it was so.")
            continue
        if not item or until is None or not directorate:
            continue
        if (item, until) in seen:
            words = f"It is said in row {seen[item, until]} already who reported {item!r} until {until}."
            problems.add(cell, words, "Remove one of the rows.")
            continue
        seen[item, until] = row.number
        found.append(Move(item, until, directorate))
    return tuple(found)


def moves_content(framework: Framework) -> Content:
    """The moves as rows."""
    return [
        {"item": each.item, "until": each.until.label, "directorate": framework.directorate(each.directorate).name}
        for each in framework.moves
    ]
