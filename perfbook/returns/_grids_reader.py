"""Reading the grids of a return: the figures of each, found by hidden keys, and whether they add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks.grid_rules import NOT_A_NUMBER, line_findings
from perfbook.framework.grid_columns import heads as heads_of
from perfbook.framework.model import Grid, GridLine, Unit
from perfbook.framework.typed import read_typed
from perfbook.records import Finding, GridFigure, Severity, Source
from perfbook.returns import grids_layout as layout
from perfbook.returns._cells import beside, look_into, quoted
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, sort_out
from perfbook.returns._grid import Raw, SheetCells, address, find
from perfbook.returns._locked import altered
from perfbook.returns._row_cells import plain_number
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import clean_text

_NUMBER, _PERCENT = Unit.parse("number"), Unit.parse("percent")


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

    heads = heads_of(grid, context.period)
    columns = heads.labels
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
    findings += beside(copies.main, dict(zip(inputs, columns.values(), strict=True)), context.file, "line")
    if not changed:
        findings += altered(copies, layout.facts_of_grid(grid, heads), context.file)
    filled = False
    cells: dict[tuple[str, str], Cell] = {}
    places: dict[tuple[str, str], str] = {}
    bears: dict[tuple[str, str], str] = {}
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
            value, mark = _understood(_cell(seen.value), line)
            about = (address(place), line.key)
            look, number = keyed.sheet.look(place), plain_number(value) if isinstance(value, str) else None
            if number is not None:
                words = f"{label} of {line.label} is text: {quoted(str(value))}. It counts as {number:f}."
                say("V119", "info", keyed.sheet.name, words, "Type a plain number.", *about)
                value = number
            elif look and isinstance(seen.value, float | int) and not line.percent and look.percent(seen.value)[0]:
                shown = quoted(display(seen.value, look.number_format))
                words = f"{label} of {line.label} is a percentage: {shown}; it is not taken."
                say("V109", "error", keyed.sheet.name, words, "Type a plain number.", *about)
                value = None
            if mark:
                bears[line.key, key] = mark
                words = f"{label} of {line.label} bears the footnote mark {mark}: it is counted in another way."
                say("V123", "info", keyed.sheet.name, words, "Say what is counted now.", address(place), line.key)
            cells[line.key, key] = value
    for line in grid.lines:
        for code, column, words, remedy in line_findings(grid, line, cells, heads, context.framework.checks):
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
            bears.get((line, column), ""),
        )
        for (line, column), value in cells.items()
        if isinstance(value, Decimal)
    )
    return GridsRead(figures, tuple(findings), filled)


def _source(context: Context, sheet: str, cell: str, value: Decimal) -> Source:
    return Source(context.file, sheet, cell, f"{value:f}", f"{value:f}", context.role, None, context.sha256)


def _understood(words: Cell, line: GridLine) -> tuple[Cell, str]:
    """A figure that came as text with a footnote mark, and the mark; anything else as it is."""
    if not isinstance(words, str):
        return words, ""
    typed = read_typed(words, _PERCENT if line.percent else _NUMBER)
    return (typed.number, typed.mark) if typed.mark and typed.number is not None else (words, "")


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
