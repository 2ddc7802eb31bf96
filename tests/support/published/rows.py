"""What the readers of published figures share."""

from __future__ import annotations

import csv
from pathlib import Path

from perfbook.checks.across.subject import Spot

Row = dict[str, str]


def rows_of(folder: Path, name: str) -> list[Row]:
    """The rows of one file, each with its number in the file as `_line` (the head is line 1)."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [{**row, "_line": str(number)} for number, row in enumerate(csv.DictReader(file), start=2)]


def spot(file: str, row: Row, column: str, key: str = "") -> Spot:
    """Where a value stands: the file, its column and its line."""
    return Spot(file=file, sheet=column, cell=row["_line"], key=key)
