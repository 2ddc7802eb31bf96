"""Figures that the return of a later period gives otherwise than an earlier return did: restatements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from perfbook.checks.grid_rules import number_format
from perfbook.framework.grid_columns import restated as restated_cells
from perfbook.framework.model import Framework, GridLine, Measure
from perfbook.framework.periods import Period
from perfbook.records import Change, GridFigure, Observation, Source
from perfbook.settings import ZONE
from perfbook.workbook.numfmt import display


def restatements(framework: Framework, said: Iterable[Observation], grids: Iterable[GridFigure]) -> tuple[Change, ...]:
    """Every figure that was restated, in the order of time.

    `said` are figures as the return of each period gave them, `grids` those of grids: of the periods before and of the
    present one.
    """
    return (*_figures(framework, said), *_cells(framework, grids))


def _figures(framework: Framework, said: Iterable[Observation]) -> Iterable[Change]:
    last: dict[tuple[str, Period], Observation] = {}
    for now in sorted(said, key=lambda each: each.reported_in.end):
        measure = framework.by_key.get(now.measure)
        if measure is None or now.actual is None:
            continue
        place = now.measure, now.period
        was = last.get(place)
        last[place] = now
        if was and was.reported_in != now.reported_in and (was.actual, was.mark) != (now.actual, now.mark):
            yield _change(
                measure.directorate,
                measure.key,
                now.period,
                (_shown(measure, was), _shown(measure, now)),
                (was.source, now.source),
                (was.reported_in, now.reported_in),
            )


def _cells(framework: Framework, grids: Iterable[GridFigure]) -> Iterable[Change]:
    figures = tuple(grids)
    lines = {line.key: line for grid in framework.grids for line in grid.lines}
    for grid in framework.grids:
        for each in restated_cells(grid, figures):
            line = lines[each.now.line]
            yield _change(
                each.now.directorate,
                line.key,
                each.about,
                (cell_text(line, each.was), cell_text(line, each.now)),
                (each.was.source, each.now.source),
                (each.was.period, each.now.period),
            )


def _change(
    directorate: str,
    key: str,
    about: Period,
    shown: tuple[str, str],
    sources: tuple[Source | None, Source | None],
    reported: tuple[Period, Period],
) -> Change:
    was, now = (_received(source, period) for source, period in zip(sources, reported, strict=True))
    source = sources[1]
    return Change(
        directorate,
        key,
        about,
        "figure",
        *shown,
        source.file if source else "",
        source.sheet if source else "",
        source.cell if source else "",
        was,
        now,
        source.submitted_by if source else "",
        restated=reported[1].label,
    )


def _received(source: Source | None, period: Period) -> datetime:
    return source.received if source and source.received else datetime.combine(period.end, time(), ZONE)


def _shown(measure: Measure, observation: Observation) -> str:
    assert observation.actual is not None
    return f"{display(observation.actual, measure.number_format)}{observation.mark}"


def cell_text(line: GridLine, figure: GridFigure) -> str:
    """A figure of a grid as it is shown."""
    return f"{display(figure.value, number_format(line))}{figure.mark}"
