"""Blocks: the parts of the workbook that hold data, as plain values under one defined name each.

A block is a dense matrix of a hidden sheet, a list of a visible one, a single cell, or the rows of a list that follows
by formula. The first build writes them, a later refresh replaces their contents; nothing else of the book changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Literal

from perfbook.settings import ZONE

Value = Decimal | float | int | str | None
Row = tuple[Value, ...]
Kind = Literal["matrix", "list", "cell", "rows"]
# Heights in points, or number formats, of rows that follow each other: (how many, which).
Runs = tuple[tuple[int, float], ...]
FormatRuns = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Block:
    """One block. `name` is its defined name; `columns` how many it has, also where there are no rows.

    `texts` are the columns (from 0) that hold text, whatever it looks like. A matrix has `keys` down its side and
    `labels` above; a list has `heights` of its rows and in one column (`figure`, from 0) a number format a row. The
    column `link` (from 0) of a list holds formulas that lead to a file, as text. The
    rows of kind `rows` are formulas: only their heights and how many of them are printed (`printed`) are data.
    """

    name: str
    kind: Kind
    columns: int
    rows: tuple[Row, ...] = ()
    texts: frozenset[int] = frozenset()
    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    heights: Runs = ()
    figure: int | None = None
    formats: FormatRuns = ()
    printed: int = 0
    link: int | None = None

    @property
    def count(self) -> int:
        """How many rows the defined name covers: a list has at least one, so one without content has a blank one."""
        return max(len(self.rows), 1)


def runs(heights: Iterable[float]) -> Runs:
    """Equal neighbours as one run."""
    return tuple((sum(1 for _ in group), height) for height, group in groupby(heights))


def format_runs(formats: Iterable[str]) -> FormatRuns:
    """Equal neighbours as one run."""
    return tuple((sum(1 for _ in group), each) for each, group in groupby(formats))


def spread(found: Sequence[tuple[int, float]]) -> list[float]:
    """Runs of heights, one a row."""
    return [height for count, height in found for _ in range(count)]


def spread_formats(found: FormatRuns) -> list[str]:
    """Runs of number formats, one a row."""
    return [each for count, each in found for _ in range(count)]


def serial(value: datetime | None) -> Value:
    """A time on the clock of the councils as Excel counts days, in whole minutes; nothing for none."""
    if value is None:
        return None
    local = value.astimezone(ZONE) if value.tzinfo else value
    span = local.replace(second=0, microsecond=0, tzinfo=None) - datetime(1899, 12, 30)  # noqa: DTZ001
    return float(Fraction(span // timedelta(minutes=1), 24 * 60))
