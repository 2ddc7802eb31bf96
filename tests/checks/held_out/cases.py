"""Reads the cases that the rules were not written from (README.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfbook.framework.periods import Period, parse

__all__ = ["FAMILIES", "HERE", "Case", "cases", "second_cases", "third_cases"]

HERE = Path(__file__).parent
FAMILIES = ("values", "time", "totals", "score", "text-against-figures", "text", "codes", "completeness")
_USUAL = "2027-28 Q2"
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One small council with one true mistake, or with what only looks like one.

    `where` are the fields in which a reader may mark the mistake; the rows are as typed, by the names of their fields.
    """

    id: str
    family: str
    mistake: bool
    why: str
    period: Period
    where: frozenset[str] = frozenset()
    measures: list[Row] = field(default_factory=list)
    actions: list[Row] = field(default_factory=list)
    grids: list[Row] = field(default_factory=list)
    sections: list[Row] = field(default_factory=list)


def cases() -> tuple[Case, ...]:
    """Those of the first set, family by family."""
    return tuple(_case(family, raw) for family in FAMILIES for raw in _raw(family))


def second_cases() -> tuple[Case, ...]:
    """Those that were written after the rules had been mended by the first set."""
    return tuple(_case(raw["family"], raw) for raw in _raw("again"))


def third_cases() -> tuple[Case, ...]:
    """Commentaries as service managers write them, of several sentences; written after the rules had been mended."""
    return tuple(_case(raw["family"], raw) for raw in _raw("managers"))


def _raw(name: str) -> list[Row]:
    found: list[Row] = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return found


def _case(family: str, raw: Row) -> Case:
    rows = (raw.get(kind, []) for kind in ("measure", "action", "grid", "section"))
    period = parse(raw.get("period", _USUAL))
    return Case(raw["id"], family, raw["mistake"], raw["why"], period, frozenset(raw.get("where", ())), *rows)
