"""The small tables that services fill, and what texts tell in figures, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from perfbook.checks.grid_rules import number_format
from perfbook.framework.grid_columns import header
from perfbook.framework.model import GridLine
from perfbook.framework.plan import column_key
from perfbook.scorecard.view import View
from perfbook.workbook.numfmt import display

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
                        line.label,
                        (*(_shown(view, line, each, directorate) for each in names), *blanks),
                    )
                    for line in grid.lines
                ),
            )


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
