"""The columns of the sheet Calc: a name, what Python knows, and the formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfbook.framework.model import Measure
from perfbook.workbook.writer import Value


@dataclass(frozen=True)
class Column:
    """One column: plain values, or a formula (`[name]` is the cell of another column in the same row)."""

    name: str
    value: Callable[[int], Value]
    formula: Callable[[Measure], str] | None = None


def cell_of(value: Value | None) -> Value:
    """A value as a formula has it: nothing is the empty text."""
    return "" if value is None else value
