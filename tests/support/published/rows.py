"""What the readers of published figures share."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from perfbook.checks.across.subject import Quote, Spot

Row = dict[str, str]


def rows_of(folder: Path, name: str) -> list[Row]:
    """The rows of one file, each with its number in the file as `_line` (the head is line 1)."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [{**row, "_line": str(number)} for number, row in enumerate(csv.DictReader(file), start=2)]


def spot(file: str, row: Row, column: str, key: str = "") -> Spot:
    """Where a value stands: the file, its column and its line."""
    return Spot(file=file, sheet=column, cell=row["_line"], key=key)


_NAMED = re.compile(r"([^=;]+)=([^;]+)")


def named(text: str) -> list[tuple[str, str]]:
    """The figures of a cell such as `KS1 reading=60%;gap=4%`: what each is, and how it is typed."""
    return [(name.strip(), value.strip()) for name, value in _NAMED.findall(text)]


def quotes_of(file: str, row: Row, column: str, key: str) -> tuple[Quote, ...]:
    """The figures of such a cell, as those that a text gives."""
    return tuple(Quote(name, value, "", spot(file, row, column, key)) for name, value in named(row[column]))
