"""The columns of a grid: what a name says about the period of its figures.

A name may be a period (`Mar 2013`, `2012-13`), or say one by the return's own: `this period`, `period before`,
`2 periods before`. Figures under any other name are about the return's period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from perfbook.errors import PeriodError
from perfbook.framework.model import Grid
from perfbook.framework.periods import Period, parse
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure

_RELATIVE = re.compile(r"(?P<this>this period)|(?:(?P<count>[0-9]{1,2}) )?periods? before", re.IGNORECASE)


@dataclass(frozen=True)
class Heads:
    """The columns of a grid in one reporting period, by key: how each is headed, and which are about earlier ones."""

    labels: Mapping[str, str]
    earlier: frozenset[str] = frozenset()


def heads(grid: Grid, period: Period | None = None) -> Heads:
    """The columns of a grid; without a period as the framework names them."""
    names = {column_key(name): name for name in grid.columns}
    if period is None:
        return Heads(names)
    earlier = frozenset(key for key, name in names.items() if is_earlier(name, period))
    return Heads({key: header(name, period) for key, name in names.items()}, earlier)


# By line, directorate and the period that a figure is about.
Known = Mapping[tuple[str, str, Period], GridFigure]


@lru_cache(maxsize=4096)
def about(name: str, period: Period) -> Period | None:
    """The period that a column names in the return of a reporting period; None where its name is no period."""
    relative = _RELATIVE.fullmatch(" ".join(name.split()))
    if relative:
        return period if relative["this"] else period.shift(-int(relative["count"] or 1))
    try:
        return parse(name, period.year_start)
    except PeriodError:
        return None


def is_earlier(name: str, period: Period) -> bool:
    """Whether the figures of a column are about a period that ended before the return's."""
    named = about(name, period)
    return named is not None and named.end < period.end


def header(name: str, period: Period) -> str:
    """How a column is headed in a reporting period: `Jul 2013` for `this period`."""
    named = about(name, period)
    return named.label if named else name


def is_relative(name: str) -> bool:
    """Whether a column means another period in each return."""
    return bool(_RELATIVE.fullmatch(" ".join(name.split())))


def known(grid: Grid, figures: Iterable[GridFigure], before: Period | None = None) -> Known:
    """The last that was said about each period under columns that name one, in returns before a reporting period."""
    names = {column_key(name): name for name in grid.columns}
    lines = {line.key for line in grid.lines}
    found: dict[tuple[str, str, Period], GridFigure] = {}
    for figure in sorted(figures, key=lambda figure: figure.period.end):
        if figure.line not in lines or figure.column not in names or (before and figure.period.end >= before.end):
            continue
        named = about(names[figure.column], figure.period)
        if named:
            found[figure.line, figure.directorate, named] = figure
    return found


@dataclass(frozen=True)
class Restated:
    """A figure of a grid that says something else than an earlier return about the same period."""

    grid: Grid
    about: Period
    was: GridFigure
    now: GridFigure


def restated(grid: Grid, figures: Iterable[GridFigure]) -> tuple[Restated, ...]:
    """Every figure that an earlier return gave otherwise, in the order of time."""
    names = {column_key(name): name for name in grid.columns}
    lines = {line.key for line in grid.lines}
    last: dict[tuple[str, str, Period], GridFigure] = {}
    found: list[Restated] = []
    for figure in sorted(figures, key=lambda figure: figure.period.end):
        named = about(names[figure.column], figure.period) if figure.column in names else None
        if named is None or figure.line not in lines:
            continue
        place = (figure.line, figure.directorate, named)
        earlier = last.get(place)
        if earlier and earlier.period != figure.period and earlier.value != figure.value:
            found.append(Restated(grid, named, earlier, figure))
        last[place] = figure
    return tuple(found)
