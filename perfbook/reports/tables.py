"""The small tables that services fill, and what texts tell in figures, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from perfbook.checks.grid_rules import number_format
from perfbook.framework.grid_columns import header
from perfbook.framework.model import Grid, GridLine
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure
from perfbook.reports.plot import Plot, Series
from perfbook.scorecard.grid_series import BREAK as BREAK_BEHIND
from perfbook.scorecard.grid_series import drawn_lines, figure_of, is_broken, label_of, name_of, series_of
from perfbook.scorecard.view import View
from perfbook.workbook.numfmt import display
from perfbook.workbook.palette import STANDARD

# A table of more columns goes on in another.
MOST_COLUMNS = 4


@dataclass(frozen=True)
class TableRow:
    """One line: its label and its figures as texts, as many as a table has columns."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ReportTable:
    """One table of a directorate. `heads` are padded with blanks to MOST_COLUMNS."""

    title: str
    directorate: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    # The figures over periods, of a grid that has several; below its first table.
    plot: Plot | None = None


@dataclass(frozen=True)
class Fact:
    """A figure of a text."""

    label: str
    when: str
    number: str
    since_baseline: str
    since_last: str


def tables_of(view: View) -> tuple[ReportTable, ...]:
    """Every grid that holds a figure in this period, directorate by directorate."""
    return tuple(table for table in _tables(view) if any(any(row.cells) for row in table.rows))


def _tables(view: View) -> Iterator[ReportTable]:
    for (_, directorate), found in groupby(view.grid_rows, key=lambda row: (row[1].key, row[0])):
        grid = next(iter(found))[1]
        name = view.framework.directorate(directorate).name
        for start in range(0, len(grid.columns), MOST_COLUMNS):
            names = grid.columns[start : start + MOST_COLUMNS]
            blanks = ("",) * (MOST_COLUMNS - len(names))
            yield ReportTable(
                grid.title,
                name,
                (*(header(each, view.chosen) for each in names), *blanks),
                tuple(
                    TableRow(
                        label_of(grid, line),
                        (*(_shown(view, line, each, directorate) for each in names), *blanks),
                    )
                    for line in grid.lines
                ),
                None if start else _plot(view, grid, directorate),
            )


def _plot(view: View, grid: Grid, directorate: str) -> Plot | None:
    """The lines of a grid with a column for each period or column that has figures; None where only one has any."""
    series = series_of(view, grid)

    def figures_of(line: GridLine) -> tuple[GridFigure | None, ...]:
        return tuple(figure_of(view, grid, each, line, directorate) for each in series)

    held = {line: figures for line in drawn_lines(grid) if any(figures := figures_of(line))}
    lines = tuple(held)
    by_series = zip(series, zip(*held.values(), strict=True), strict=True) if held else ()
    shown = [(each, figures) for each, figures in by_series if any(figures)]
    if len(shown) < 2:
        return None
    shape = number_format(lines[0])
    drawn = tuple(
        Series(
            name_of(view, grid, each),
            tuple(float(figure.value) if figure else None for figure in figures),
            tuple(display(figure.value, shape) if figure else "" for figure in figures),
            STANDARD.series[(len(shown) - 1 - place) % len(STANDARD.series)],
            STANDARD.text,
        )
        for place, (each, figures) in enumerate(shown)
    )
    broken = [is_broken([figures[place] for _, figures in shown]) for place in range(len(lines))]
    labels = tuple(
        label_of(grid, line) + (BREAK_BEHIND if parted else "") for line, parted in zip(lines, broken, strict=True)
    )
    title = f"{grid.title}: {view.framework.directorate(directorate).name}"
    said = "; ".join(
        f"{label}: " + ", ".join(f"{each.texts[place]} {each.name}" for each in drawn if each.texts[place])
        for place, label in enumerate(labels)
    )
    return Plot("groups", title, labels, drawn, f"{title}. {said}.", shape, is_broken=any(broken))


def _shown(view: View, line: GridLine, name: str, directorate: str) -> str:
    figure = view.grid_figures.get((line.key, column_key(name), directorate, view.chosen))
    return f"{display(figure.value, number_format(line))}{figure.mark}" if figure else ""


def facts_of(view: View, action: str) -> tuple[Fact, ...]:
    """The figures of an action's baseline, and of its update of this period."""
    return tuple(
        Fact(
            each.figure.label,
            each.when,
            f"{each.figure.roughly} {each.figure.shown}".strip(),
            each.since_baseline,
            each.since_last,
        )
        for each in view.text_figures
        if each.action == action and each.source in (None, view.chosen)
    )


def evidence_of(view: View, action: str) -> str:
    """Where an action's evidence is, and whether it was found."""
    words = {"yes": "found", "no": "not found", "": "not looked for"}
    return "; ".join(f"{e.where} ({words[e.found]})" for e in view.quarter.evidence if e.about == action and e.where)
