"""What a row of Measures states of its measure in locked cells: the writer writes it, the reader compares it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from perfbook.checks.asked import asked
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.returns.lines import Line, lines_of
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import folded, one_line

if TYPE_CHECKING:
    from perfbook.returns._grid import Keyed, Place

NO_TARGET = "No target"
_POLARITY = {"higher": "higher", "lower": "lower", "range": "in range", "none": "not judged"}
_HEADERS = {column.key: column.header for column in layout.columns(1, wanted=layout.EVERYTHING)}


def words_of(line: Line) -> dict[str, str]:
    """The texts of a row, by column."""
    measure, about = line.measure, line.about
    return {
        "code": measure.code,
        "title": measure.title,
        "unit": measure.unit.shown,
        "polarity": _POLARITY[measure.polarity],
        "about": about.label if about else layout.NOT_DUE,
    }


def target_of(measure: Measure, target: Target | None) -> Decimal | str:
    """What stands in the column Target: a number, a range in words, or the words of the framework."""
    low, high = (target.value, target.high) if target else (None, None)
    if low is not None and high is not None:
        return f"{display(low, measure.number_format)} to {display(high, measure.number_format)}"
    if low is not None:
        return low
    return (target.shown if target else "") or NO_TARGET


def year_target_of(framework: Framework, line: Line) -> Decimal | str:
    """What stands in the column of the year's target: a dash where the figures do not run over the year."""
    measure = line.measure
    whole = framework.year_target(measure.key, line.about) if measure.calculation == "cumulative" else None
    return target_of(measure, whole) if whole else layout.DASH


def wanted_of(framework: Framework, directorate: str, period: Period, years: tuple[Period, ...] = ()) -> layout.Wanted:
    """What the measures of a return ask for beyond what every return has."""
    rows = [
        (line.measure, asked(framework, line.measure, line.about, period))
        for line in lines_of(framework, directorate, period)
        if line.about
    ]
    return layout.Wanted(
        adding=any(measure.adds_up for measure, _ in rows),
        choosing=any(row.is_chosen for _, row in rows),
        years=years,
    )


def altered(keyed: Keyed, framework: Framework, directorate: str, period: Period) -> Iterator[tuple[Place, Line, str]]:
    """Each locked cell that says something else than the framework: its place, its row, and what differs, in words.

    Only for a return of this very framework. The period of a row is looked at where the row is read.
    """
    for line in lines_of(framework, directorate, period):
        stated: dict[str, Decimal | str] = {key: text for key, text in words_of(line).items() if key != "about"}
        stated["target"] = target_of(line.measure, framework.target(line.measure.key, line.about))
        stated["year_target"] = year_target_of(framework, line)
        for key, value in stated.items():
            place = keyed.place(line.key, key)
            found = keyed.sheet.value(place) if place else None
            if place and not _same(found, value):
                shown = "blank" if found in (None, "") else f"\u201c{_shown(found, line.measure)}\u201d"
                sent = _shown(value, line.measure)
                yield place, line, f"{_HEADERS[key]} of {line.measure.code} is {shown} (sent out: \u201c{sent}\u201d)"


def _same(found: object, sent: Decimal | str) -> bool:
    if isinstance(sent, str):
        # A code of digits alone comes back as a number from some programs.
        number = isinstance(found, float | int) and not isinstance(found, bool)
        text = f"{as_decimal15(found):f}" if number else found  # type: ignore[arg-type]
        return folded(text) == folded(sent)
    if not isinstance(found, float | int) or isinstance(found, bool):
        return False
    return as_decimal15(found) == as_decimal15(float(sent))


def _shown(value: object, measure: Measure) -> str:
    if isinstance(value, Decimal | float | int) and not isinstance(value, bool):
        return display(value, measure.number_format)
    return one_line(str(value), 60)
