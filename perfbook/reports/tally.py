"""A count as a report shows it."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.workbook.palette import STANDARD


@dataclass(frozen=True)
class Tally:
    """One count with its label; `fill` and `ink` are the colours of a cell that shows it."""

    key: str
    label: str
    number: int
    fill: str = "FFFFFF"
    ink: str = STANDARD.text[1:]
