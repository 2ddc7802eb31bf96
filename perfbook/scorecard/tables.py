"""The tables of a scorecard: everything in it that is data, for a book that is refreshed in place.

The first build writes the same blocks (see `blocks`), so a book refreshed from the tables shows what a new one would.

The text is ASCII JSON of a fixed shape, so that a macro can read it line by line and needs no parser: the head on the
first line, a line a row, and within texts neither commas nor quotation marks (they are escaped). `cells` and `letters`
in the head and the last line let a reader know that it holds the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from perfbook.records import Quarter
from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.actions_sheet import action_rows
from perfbook.scorecard.blocks import Block, Value
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.directorate_lines import Lines
from perfbook.scorecard.directorate_sheet import directorate_rows
from perfbook.scorecard.exceptions import exception_rows
from perfbook.scorecard.facts import facts_of
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.lists import lists
from perfbook.scorecard.matrices import matrices
from perfbook.scorecard.ratings_block import rating_rows
from perfbook.scorecard.reconciliation_sheet import difference_rows
from perfbook.scorecard.sections_sheet import section_lines
from perfbook.scorecard.view import View
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.text import clean_text, utf16_length

# The shape of the tables; a reader of another number does not understand them.
FORM = 1
_NEW_LINE = "\r\n"  # what Excel's Line Input wants
_ESCAPED = {'"': "\\u0022", ",": "\\u002c", "\\": "\\u005c"}


def tables(quarter: Quarter) -> dict[str, Any]:
    """Every block of a quarter's scorecard, ready for JSON: numbers, texts, and None for an empty cell.

    `period`, `framework` and `layout` must be those of a book for the book to be refreshed. A block has name, kind,
    columns, `texts` (columns from 1 that hold text), `heights` as [rows, points, rows, points, ...], `formats` as
    [column from 1, rows, number format, rows, number format, ...] or [], `printed` and `rows`.
    """
    view = View(quarter, quarter.period)
    facts = facts_of(view)
    feed = Feed(view, Calc(view))
    found = [*facts.blocks(), *matrices(view), *lists(view)]
    if view.has_printed_ratings:
        found.append(rating_rows(view))
    if view.has_measures:
        found += [exception_rows(view, feed), difference_rows(view, feed)]
    if view.has_actions:
        found.append(action_rows(view))
    found.append(directorate_rows(view, Lines(view, feed.calc, ActionCalc(view))))
    if view.section_rows:
        found.append(section_lines(view))
    made = [_block(block) for block in found]
    values = [value for block in made for row in block["rows"] for value in row]
    return {
        "perfbook": "tables",
        "form": FORM,
        "period": facts.own_period,
        "framework": facts.framework_version,
        "layout": facts.layout_version,
        "as_at": facts.as_at_text,
        "received": sum(record.is_received for record in quarter.returns),
        "expected": len(quarter.returns),
        "cells": len(values),
        "letters": sum(utf16_length(value) for value in values if isinstance(value, str)),
        "blocks": made,
        "end": "perfbook",
    }


def _block(block: Block) -> dict[str, Any]:
    formats: list[object] = []
    if block.figure is not None:
        formats = [block.figure + 1, *(part for run in block.formats for part in run)]
    return {
        "name": block.name,
        "kind": block.kind,
        "columns": block.columns,
        "count": len(block.rows),
        "texts": [column + 1 for column in sorted(block.texts)],
        "heights": [part for run in block.heights for part in run],
        "formats": formats,
        "printed": block.printed,
        "rows": [[_plain(value) for value in row] for row in block.rows],
    }


def _plain(value: Value) -> str | float | int | None:
    """A cell as JSON: 15 digits, as a workbook's cells have; no text is no cell."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return clean_text(value) or None
    number = float(as_decimal15(value))
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def tables_text(table: Mapping[str, Any]) -> str:
    """The tables as text; `json.loads` gives the same back."""
    return _NEW_LINE.join(_lines(table)) + _NEW_LINE


def failure_text(code: int, sentence: str) -> str:
    """What stands in place of tables that could not be had: the exit code and why, in the same kind of text."""
    return json_line({"ok": False, "code": code, "error": " ".join(sentence.split())}) + _NEW_LINE


def answer_text(answer: Mapping[str, Any]) -> str:
    """An answer whose `tables`, if it has any, stand in lines of their own."""
    rest = {name: value for name, value in answer.items() if name != "tables"}
    if "tables" not in answer:
        return json_line(rest) + _NEW_LINE
    lines = [f'{json_line(rest)[:-1]},"tables":', *_lines(answer["tables"]), "}"]
    return _NEW_LINE.join(lines) + _NEW_LINE


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    head = {name: value for name, value in table.items() if name not in ("blocks", "end")}
    yield f'{json_line(head)[:-1]},"blocks":['
    blocks = table["blocks"]
    for number, block in enumerate(blocks, 1):
        fields = {name: value for name, value in block.items() if name not in ("heights", "formats", "rows")}
        yield f"{json_line(fields)[:-1]},"
        yield f'"heights":{json_line(block["heights"])},'
        yield f'"formats":{json_line(block["formats"])},'
        yield '"rows":['
        for place, row in enumerate(block["rows"], 1):
            yield f"{json_line(row)}{',' if place < len(block['rows']) else ''}"
        yield "]}," if number < len(blocks) else "]}"
    yield f'],"end":{json_line(table["end"])}}}'


def json_line(value: object) -> str:
    """A value as one line of ASCII JSON; commas, quotation marks and backslashes in its texts are escaped by number."""
    if isinstance(value, str):
        return '"' + "".join(_letter(letter) for letter in value) + '"'
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json_line(str(name))}:{json_line(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(json_line(each) for each in value) + "]"
    return json.dumps(value)


def _letter(letter: str) -> str:
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    if " " <= letter <= "~":
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
