"""Figures and targets of the spreadsheet as the framework would read them: its own reader has the last word."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from perfbook.framework._figures import past_in, read_bound, target_in
from perfbook.framework._tables import Cell, Problems
from perfbook.framework.model import Measure, PastFigure, Place, Target, Unit
from perfbook.framework.typed import read_typed
from perfbook.importing.guesses import bare_number
from perfbook.importing.source import SourceCell
from perfbook.scoring.rounding import as_decimal15

T = TypeVar("T")
_NO_SHARE = "it has no % sign and is far beyond 100, so it does not look like a percentage"
_MOST_SHARE = 2  # 200 %


def _is_no_share(cell: SourceCell, unit: Unit, points: bool) -> bool:
    """Whether a figure of a measure in percent is none: 12,935 tonnes in a row of percentages."""
    if unit.kind != "percent" or "%" in cell.shown:
        return False
    number = number_in(cell, unit, points)
    return number is not None and abs(number) > _MOST_SHARE


def as_typed(cell: SourceCell, unit: Unit, points: bool) -> Cell:
    """A cell as it stands in the framework. A number in percent that shows no % is written out with the sign."""
    value, number_format = cell.value, cell.number_format or "General"
    bare = bare_number(cell) if unit.kind == "percent" else None
    if bare is not None and not (points and isinstance(value, str)):  # text is read as points as it stands
        shown = cell.shown if points else f"{(bare * 100).normalize():f}"
        return Cell(cell.sheet, cell.address, f"{shown}%")
    if isinstance(value, str):
        return Cell(cell.sheet, cell.address, value, "@")
    return Cell(cell.sheet, cell.address, value, number_format)


def past_from(cell: SourceCell, measure: Measure, points: bool) -> PastFigure | str:
    """The past figure that a cell says, or why it says none."""
    return _as_read(past_in, cell, measure, points)


def target_from(cell: SourceCell, measure: Measure, points: bool) -> Target | str:
    """The target that a cell says, or why it says none."""
    return _as_read(target_in, cell, measure, points)


def _as_read(
    read: Callable[[Problems, Cell, Measure, Place], T | None], cell: SourceCell, measure: Measure, points: bool
) -> T | str:
    if _is_no_share(cell, measure.unit, points):
        return _NO_SHARE
    problems = Problems()
    place = Place("", cell.sheet, cell.address)
    found = read(problems, as_typed(cell, measure.unit, points), measure, place)
    return found if found is not None else _why(problems)


def plain_figure(cell: SourceCell, unit: Unit, points: bool) -> Decimal | None:
    """The figure alone that a cell holds, for a benchmark; None where it holds words as well."""
    return read_bound(Problems(), as_typed(cell, unit, points), unit)


def shown_in(cell: SourceCell, unit: Unit, points: bool) -> str:
    """What a figure shows in the framework."""
    return as_typed(cell, unit, points).text


def _why(problems: Problems) -> str:
    found = problems.sorted()
    return found[0].found.rstrip(".") if found else "nothing in it is a figure"


def number_in(cell: SourceCell, unit: Unit, points: bool) -> Decimal | None:
    """The number of a figure in stored units, whatever else stands beside it; None where there is none."""
    typed = as_typed(cell, unit, points)
    if isinstance(typed.value, str):
        return read_typed(typed.value, unit).number
    if isinstance(typed.value, int | float) and not isinstance(typed.value, bool):
        return as_decimal15(typed.value)
    return None
