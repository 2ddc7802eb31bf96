"""What a return states in locked cells: the writer writes it, the reader compares it with what is there now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks.asked import asked
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.returns.lines import Line, lines_of
from perfbook.workbook.numfmt import display

NO_TARGET = "No target"
_POLARITY = {"higher": "higher", "lower": "lower", "range": "in range", "none": "not judged"}
_HEADERS = {column.key: column.header for column in layout.columns(1, wanted=layout.EVERYTHING)}


@dataclass(frozen=True)
class Fact:
    """One locked cell as it was sent out.

    `row` and `column` are its keys, `row` empty for the heading of the column. `about` is the key of what the row is
    about, `what` says which cell it is ("Target of HS3"). A number is shown in `number_format`.
    """

    row: str
    column: str
    about: str
    what: str
    value: Decimal | str
    number_format: str = "General"


def words_of(line: Line) -> dict[str, str]:
    """The texts of a row of Measures, by column."""
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
    rows = [(line.measure, line.about) for line in lines_of(framework, directorate, period) if line.about]
    return layout.Wanted(
        adding=any(measure.runs for measure, _ in rows),
        rolling=any(measure.rolls for measure, _ in rows),
        choosing=any(
            framework.scheme_of(measure).chosen_without_target and asked(framework, measure, about, period).is_chosen
            for measure, about in rows
        ),
        years=years,
    )


def stated_of(framework: Framework, line: Line) -> dict[str, Decimal | str]:
    """What a row of Measures states in locked cells, by column, but for the period that it is about."""
    measure = line.measure
    stated: dict[str, Decimal | str] = {key: text for key, text in words_of(line).items() if key != "about"}
    stated["target"] = target_of(measure, framework.target(measure.key, line.about))
    stated["year_target"] = year_target_of(framework, line)
    return stated


def fact_of(line: Line, key: str, value: Decimal | str) -> Fact:
    """One of these as a fact."""
    measure = line.measure
    return Fact(line.key, key, measure.key, f"{_HEADERS[key]} of {measure.code}", value, measure.number_format)
