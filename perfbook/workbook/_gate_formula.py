"""The gate for the text of one formula, wherever it stands."""

from __future__ import annotations

from functools import lru_cache

from perfbook.workbook._formulas import facts, shape_of
from perfbook.workbook._limit_table import Report

__all__ = ["check_formula"]


def check_formula(
    report: Report, formula: str, part: str, *, sheet: str = "", cell: str = "", what: str = "", errors: bool = False
) -> None:
    """Adds a breach for each limit that the formula breaks; `errors` allows it to hold error values such as #N/A."""
    if not _is_fine(shape_of(formula), errors):
        _check(report, formula, part, sheet=sheet, cell=cell, what=what, errors=errors)


@lru_cache(maxsize=8192)
def _is_fine(shape: str, errors: bool) -> bool:
    """Whether formulas of this shape break no limit."""
    report = Report()
    _check(report, shape, "", errors=errors)
    return not report.breaches


def _check(
    report: Report, formula: str, part: str, *, sheet: str = "", cell: str = "", what: str = "", errors: bool = False
) -> None:
    found = facts(formula)

    def add(code: str, value: object) -> None:
        report.add(code, part, value, sheet=sheet, cell=cell, what=what)

    if not found.readable:
        add("formula_unreadable", formula[:60])
        return
    quantities = (
        ("formula_length", found.length),
        ("formula_text", found.longest_text),
        ("formula_nesting", found.depth),
        ("formula_arguments", found.most_arguments),
        ("hyperlink_function", found.longest_link),
    )
    for code, value in quantities:
        report.at_most(code, part, value, sheet=sheet, cell=cell, what=what)
    for name in found.unknown_functions:
        add("formula_function", name)
    for name in found.unprefixed_functions:
        add("formula_prefix", name)
    if found.external:
        add("formula_external", formula[:60])
    lost = [error for error in found.errors if error != "#N/A" or not errors]
    if lost:
        add("formula_broken", ", ".join(lost))
