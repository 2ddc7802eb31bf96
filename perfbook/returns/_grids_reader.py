"""Reading the grids of a return: the figures of each, found by hidden keys, and whether they add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks.grid_rules import NOT_A_NUMBER, line_findings
from perfbook.framework.model import Grid
from perfbook.framework.plan import column_key
from perfbook.records import Finding, GridFigure, Severity, Source
from perfbook.returns import grids_layout as layout
from perfbook.returns._cells import beside, look_into
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, sort_out
from perfbook.returns._grid import Raw, SheetCells, address, find
from perfbook.returns._locked import altered
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.text import clean_text


@dataclass(frozen=True)
class GridsRead:
    """What the grids say. `filled` tells whether any of their inputs holds something."""

    figures: tuple[GridFigure, ...] = ()
    findings: tuple[Finding, ...] = ()
    filled: bool = False


def read_grids(sheets: tuple[SheetCells, ...], context: Context, directorate: str, *, changed: bool) -> GridsRead:
    """All figures of the grids of a directorate; what is wrong becomes a finding and stops nothing.

    `changed`: the framework is another than when the return was issued.
    """
    figures: list[GridFigure] = []
    findings: list[Finding] = []
    filled = False
    for grid in context.framework.grids_of(directorate):
        read = _read(sheets, grid, context, directorate, changed=changed)
        figures += read.figures
        findings += read.findings
        filled = filled or read.filled
    return GridsRead(tuple(figures), tuple(findings), filled)


def _read(
    sheets: tuple[SheetCells, ...], grid: Grid, context: Context, directorate: str, *, changed: bool
) -> GridsRead:
    findings: list[Finding] = []

    def say(
        code: str, severity: Severity, sheet: str, found: str, remedy: str, cell: str = "", about: str = ""
    ) -> None:
        findings.append(Finding(code, severity, context.file, sheet, cell, about, found, "", remedy))

    columns = {column_key(name): name for name in grid.columns}
    inputs = [f"{layout.FIGURE}{key}" for key in columns]
    found = tuple(
        keyed.mended([line.key for line in grid.lines], inputs)[0]
        for keyed in find(sheets, layout.mark_of(grid), grid.title)
    )
    found = tuple(keyed for keyed in found if set(inputs) & keyed.columns.keys())
    if not found:
        later = " It may not have been in this return when it was issued." if changed else ""
        words = f"The sheet {grid.title}, or its hidden row or column, is missing.{later}"
        say("R214", "warning" if changed else "error", grid.title, words, "Fill a fresh copy of the return.")
        return GridsRead(findings=tuple(findings))
    copies = sort_out(found, inputs, inputs)
    name = copies.main.sheet.name
    if copies.differences:
        say("R211", "error", name, copies.differ(grid.title), BRING_TOGETHER)
    labels = {line.key: line.label for line in grid.lines}
    for key, row, words, remedy in copies.twice(lambda key: labels.get(key, key)):
        say("R207", "error", name, words, remedy, address((row, min(copies.main.columns.values()))), key)
    findings += beside(copies.main, inputs, context.file, "line")
    if not changed:
        findings += altered(copies, layout.facts_of_grid(grid), context.file)
    filled = False
    cells: dict[tuple[str, str], Cell] = {}
    places: dict[tuple[str, str], str] = {}
    for line in grid.lines:
        keyed = copies.of(line.key)
        if line.key not in keyed.rows:
            words = f"The line {line.label} is missing from {name}."
            say(
                "R205", "warning" if changed else "error", name, words, "Fill a fresh copy of the return.", "", line.key
            )
            continue
        for key, label in columns.items():
            place = keyed.place(line.key, f"{layout.FIGURE}{key}")
            if place is None:
                continue
            places[line.key, key] = address(place)
            seen = look_into(keyed.sheet, place, keyed.sheet.value(place), f"{label} of {line.label}", "the figure")
            filled = filled or seen.filled
            if seen.code:
                say(seen.code, seen.severity, keyed.sheet.name, seen.found, seen.remedy, address(place), line.key)
            cells[line.key, key] = _cell(seen.value)
    for line in grid.lines:
        for code, column, words, remedy in line_findings(grid, line, cells):
            severity: Severity = "error" if code == NOT_A_NUMBER else "warning"
            sheet = copies.of(line.key).sheet.name
            say(code, severity, sheet, f"{line.label}: {words}", remedy, places.get((line.key, column), ""), line.key)
    figures = tuple(
        GridFigure(
            line,
            column,
            directorate,
            context.period,
            value,
            _source(context, copies.of(line).sheet.name, places[line, column], value),
        )
        for (line, column), value in cells.items()
        if isinstance(value, Decimal)
    )
    return GridsRead(figures, tuple(findings), filled)


def _source(context: Context, sheet: str, cell: str, value: Decimal) -> Source:
    return Source(context.file, sheet, cell, f"{value:f}", f"{value:f}", context.role, None, context.sha256)


def _cell(value: Raw) -> Cell:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        try:
            return as_decimal15(value)
        except ValueError:
            return str(value)
    if value is None:
        return None
    words = clean_text(str(value), drop_zero_width=True).strip()
    return words or None
