"""The figures of grids of a period that is closed: kept as they were published, and what is another since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from perfbook.collecting.restated import cell_text
from perfbook.framework.grid_columns import header
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import column_key
from perfbook.records import Closing, GridFigure, Quarter, Restatement, Source
from perfbook.workbook.text import day_in_words

Frozen = dict[str, dict[str, Any]]
NOTHING, CHANGED, GONE = "(nothing)", "The framework was changed.", "It is not in the framework any more."


def frozen(quarter: Quarter, period: Period) -> Frozen:
    """Each figure of a grid of one reporting period, with what it is called and how it is shown."""
    figures = {(f.line, f.directorate, f.column): f for f in quarter.grids if f.period == period}
    found: Frozen = {}
    for grid in quarter.framework.grids:
        names = {column_key(name): header(name, period) for name in grid.columns}
        lines = {line.key: line for line in grid.lines}
        several = len({place[1] for place in figures if place[0] in lines}) > 1
        for place, figure in sorted(figures.items()):
            line = lines.get(figure.line)
            if line is None or figure.column not in names:
                continue
            whose = f" ({_name(quarter.framework, figure.directorate)})" if several else ""
            found["|".join(place)] = {
                "place": list(place),
                "name": f"{grid.title}: {line.label}, {names[figure.column]}{whose}",
                "value": f"{figure.value:f}",
                "mark": figure.mark,
                "shown": cell_text(line, figure),
            }
    return found


def sources_of(quarter: Quarter, period: Period) -> dict[str, Source | None]:
    """Where each figure of a grid of one reporting period was read."""
    return {"|".join((f.line, f.directorate, f.column)): f.source for f in quarter.grids if f.period == period}


def _name(framework: Framework, directorate: str) -> str:
    return next((each.name for each in framework.directorates if each.key == directorate), directorate)


def published_grids(rows: Frozen, period: Period) -> Iterator[GridFigure]:
    """The figures as they were published."""
    for row in rows.values():
        line, directorate, column = row["place"]
        yield GridFigure(line, column, directorate, period, Decimal(row["value"]), mark=row["mark"])


def received_later(source: Source | None, closing: Closing) -> str:
    """The reason that a figure came after its period was closed; empty where it did not."""
    from perfbook.scorecard.words import ZONE

    if source is None or source.received is None or source.received <= closing.at:
        return ""
    return f"A return that was received later, on {day_in_words(source.received.astimezone(ZONE))}."


def restated_grids(
    quarter: Quarter, closing: Closing, before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Restatement]:
    """What of the grids of a closed period is another figure now."""
    period = closing.period
    sources = sources_of(quarter, period)
    lines = {line.key for grid in quarter.framework.grids for line in grid.lines}
    for key in dict.fromkeys((*before, *now)):
        was, is_now = (rows.get(key, {"shown": "", "value": None, "mark": ""}) for rows in (before, now))
        if (was["value"], was["mark"]) == (is_now["value"], is_now["mark"]):
            continue
        row, source = (is_now if key in now else was), sources.get(key)
        why = received_later(source, closing) or (CHANGED if row["place"][0] in lines else GONE)
        shown, shows = was["shown"] or NOTHING, is_now["shown"] or NOTHING
        # The key of a line alone may be that of a measure, too.
        yield Restatement(period, key, row["name"], period, "Figure", shown, shows, closing.at, why)
