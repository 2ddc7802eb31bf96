"""What each row of a table is: a measure, a heading over measures, a total, a note, or the header once more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from perfbook.importing.fields import Goal
from perfbook.importing.source import SourceCell
from perfbook.importing.tables import SourceTable

RowKind = Literal["measure", "heading", "left out"]
ROW_KINDS: tuple[RowKind, ...] = ("measure", "heading", "left out")

_TOTAL = re.compile(
    r"(?:grand |sub[- ]?)?totals?(?: \(.*\))?:?|(?:sub[- ]?)?totals? (?:for|of) .{0,60}|averages?:?"
    r"|overall(?: scores?| total)?:?"
    r"|(?:no\.?|number|count|%) (?:of )?(?:red|amber|green|measures|indicators|kpis)\b.{0,40}|sum:?|count:?|summary:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\s*(?:\*|\u2020|notes?\b|n\.?b\.?\b|sources?\b|keys?\b\s*:|legend\b|please\b|data (?:as at"
    r"|correct|source)|figures (?:are|in)|produced|printed|prepared|"
    r"rag\b|red\s*[=:\-]|amber\s*[=:\-]|green\s*[=:\-]|page \d|end of|contact|for (?:further"
    r"|more) information|version\b|last updated|\[?\(?\d\)\s).*",
    re.IGNORECASE | re.DOTALL,
)
_HEADING = re.compile(
    r"(?:(?:corporate |strategic |council )?(?:priority|theme|outcome|objective|aim|ambition|section"
    r"|goal|pledge|directorate|department|service(?: area)?|portfolio|division|focus area|part"
    r"|group)\b|\d+(?:\.\d+)*[.:)]?\s|[A-Z][.:)]\s).*|.*:",
    re.IGNORECASE | re.DOTALL,
)
_DIRECTORATE = re.compile(
    r"(?:directorate|department|service(?: area)?|division|portfolio|team)\s*(?:\d+\s*)?[:\-\u2013]\s*(?P<name>.+)",
    re.IGNORECASE,
)
_LONG_NOTE = 160


@dataclass(frozen=True)
class Row:
    """One row: its number from 0, what it is and why, its cells, and the headings over it, the outermost first."""

    number: int
    kind: RowKind
    because: str
    cells: tuple[SourceCell, ...]
    headings: tuple[SourceCell, ...] = ()
    hidden: bool = False
    proposed: RowKind = "measure"


def read_rows(table: SourceTable, goals: Mapping[int, Goal], chosen: Mapping[int, RowKind]) -> tuple[Row, ...]:
    """The rows below the header that hold anything. `chosen` is what an officer says of rows, by number."""
    sheet = table.sheet
    fields: dict[str, list[int]] = {}
    for column, goal in goals.items():
        fields.setdefault(goal.field, []).append(column)
    titles, codes = fields.get("title", []), fields.get("code", [])
    figures = {*fields.get("actual", []), *fields.get("target", [])}
    numbers = table.rows
    coded = [row for row in numbers if any((row, column) in sheet.cells for column in codes)]
    full = [row for row in numbers if len(sheet.row(row)) > 1]
    last = max(full, default=-1)
    rows: list[Row] = []
    for number in numbers:
        cells = sheet.row(number)
        kind, because = _kind(table, number, cells, titles, codes, figures, len(coded) > len(full) // 2, last)
        proposed = kind
        if number in chosen and chosen[number] != kind:
            kind, because = chosen[number], "chosen by you"
        rows.append(Row(number, kind, because, cells, hidden=number in sheet.hidden_rows, proposed=proposed))
    return tuple(_under_headings(rows))


def directorate_in(heading: str) -> str:
    """The directorate that a heading names as such; empty where it names none."""
    found = _DIRECTORATE.fullmatch(heading.strip())
    return found["name"].strip() if found else ""


def _kind(
    table: SourceTable,
    number: int,
    cells: tuple[SourceCell, ...],
    titles: list[int],
    codes: list[int],
    figures: set[int],
    mostly_coded: bool,
    last: int,
) -> tuple[RowKind, str]:
    texts = {cell.words for cell in cells}
    head = {head.column: head.cells for head in table.heads}
    again = sum(cell.words in {other.words for other in head.get(cell.place[1], ())} for cell in cells)
    if again and again >= 0.7 * len(cells) and (len(cells) > 1 or len(table.heads) == 1):
        return "left out", "the header once more"
    first = cells[0]
    title = next((cell for cell in cells if cell.place[1] in titles), None)
    code = next((cell for cell in cells if cell.place[1] in codes), None)
    has_figures = any(cell.place[1] in figures for cell in cells)
    if (_TOTAL.fullmatch((title or first).words) and code is None) or _TOTAL.fullmatch(first.words):
        return "left out", "a total: perfbook adds up by itself"
    if len(texts) == 1 and isinstance(first.value, str):
        words = first.words
        spans = any((top, left) == first.place and right > left for top, left, _, right in table.sheet.merged)
        if number > last:
            return "left out", "a remark below the measures"
        if _NOTE.fullmatch(words) or len(words) > _LONG_NOTE:
            return "left out", "a remark"
        if title is None and code is None:
            return "heading", "the only words of its row, not under the header of the titles"
        if spans:
            return "heading", "the only words of its row, merged over several columns"
        if title is not None and mostly_coded:
            return "heading", "the only words of its row, without a code, where measures have one"
        if _HEADING.fullmatch(words):
            return "heading", "the only words of its row, and they begin like a heading"
        return "measure", "a title without any figure"
    if _NOTE.fullmatch(first.words) and not has_figures and number > last:
        return "left out", "a remark below the measures"
    if title is not None:
        return "measure", "it has a title"
    if code is not None and has_figures:
        return "measure", "it has a code and figures, but no title"
    return "left out", "it has no title and no code, so it is not known which measure it belongs to"


def _under_headings(rows: list[Row]) -> list[Row]:
    """Each measure with the headings over it.

    A heading that directly follows another stands under it; one of the kind of an earlier one takes its place.
    """
    found: list[Row] = []
    over: list[SourceCell] = []
    after_heading = False
    for row in rows:
        if row.kind == "heading":
            kind = _heading_kind(row.cells[0])
            level = next((place for place, cell in enumerate(over) if _heading_kind(cell) == kind), None)
            if level is None:
                level = len(over) if after_heading else 0
            over = [*over[:level], row.cells[0]]
            after_heading = True
        elif row.kind == "measure":
            after_heading = False
            row = replace(row, headings=tuple(over))
        found.append(row)
    return found


def _heading_kind(cell: SourceCell) -> tuple[int, str]:
    """Headings of one kind have the same first word, or numbers of the same depth, and stand in the same column."""
    first = cell.words.split()[0].casefold() if cell.words else ""
    number = re.fullmatch(r"[0-9]+((?:\.[0-9]+)*)[.:)]?", first)
    return cell.place[1], f"n{number[1].count('.')}" if number else first.strip(":.0123456789")
