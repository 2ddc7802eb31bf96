"""Reads the figures of framework.xlsx: targets, past figures, benchmarks, and what reports have printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from perfbook.errors import PeriodError
from perfbook.framework._tables import Cell, Problems, Row, Table, number_in, period_of, required, suggestion
from perfbook.framework.model import (
    Benchmark,
    Measure,
    PastFigure,
    Place,
    Published,
    PublishedTotal,
    Scheme,
    Target,
    Unit,
)
from perfbook.framework.periods import Period
from perfbook.framework.published_sheets import PUBLISHED, PUBLISHED_TOTALS
from perfbook.framework.sheets import (
    ACTION_COUNTS,
    BENCHMARKS,
    GROUPS,
    MEASURE_COUNTS,
    MOVEMENTS,
)
from perfbook.framework.typed import Typed, past_figure, read_typed
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.text import day_in_words

_RANGE = re.compile(r"(?P<low>.*?[0-9%])\s*(?:-|\u2013|\u2014|\bto\b)\s*(?P<high>[^-].*)", re.IGNORECASE)
_NO_TARGET = re.compile(
    r"(?:no|none|not) ?(?:target|set|yet set|applicable)?(?: set| yet)?|target not set"
    r"|tb[acd]|to be (?:set|confirmed|agreed)"
    r"|(?:for )?(?:monitor(?:ing)?|information)(?: only)?|(?:set|establish)?(?:ing)? ?baseline(?: year)?",
    re.IGNORECASE,
)
Key = tuple[str, Period]


# --- A number for a measure ---------------------------------------------------------------------------------------


def understand(problems: Problems, cell: Cell, unit: Unit) -> Typed | None:
    """What a cell says for a measure of the unit; None, with the mistake reported, where the units do not agree."""
    number = number_in(cell)
    is_percent_cell = "%" in cell.number_format
    if number is None:
        understood = read_typed(cell.text, unit)
        if suits(understood.unit, unit):
            return understood
        bare = understood.unit.removeprefix("% ") if unit.kind == "percent" else understood.unit
        problems.add(
            cell,
            f"{cell.words!r} has the unit {bare}, where the measure is in {unit.label}.",
            "Type the figure in the measure's own unit, or correct the unit on the sheet Measures.",
        )
        return None
    if unit.kind == "percent" and not is_percent_cell and abs(number) > 1:
        problems.add(
            cell,
            f"The measure is in percent, and a cell with {number} in it stands for {number * 100:f}%.",
            f"Type {number}% with the sign.",
        )
        return None
    if unit.kind != "percent" and is_percent_cell:
        problems.add(
            cell,
            f"{cell.text} is a percentage, where the measure is in {unit.label}.",
            "Format the cell as a number and type the figure without the % sign.",
        )
        return None
    return Typed("provided", number)


def suits(typed_unit: str, unit: Unit) -> bool:
    """Whether a unit that was typed beside a figure can be that of the measure."""
    word = typed_unit.casefold()
    if not word:
        return True
    if word == "%":
        return unit.kind == "percent"
    if word == "£":
        return unit.kind == "currency"
    label = unit.label.casefold()
    return "%" not in word and (word in label or word.rstrip("s") in label or label.rstrip("s") in word)


def read_bound(problems: Problems, cell: Cell, unit: Unit) -> Decimal | None:
    """A plain figure of a unit (a plausible limit, a benchmark's value), in stored units."""
    if cell.broken or cell.blank:
        return None
    understood = understand(problems, cell, unit)
    if understood is None:
        return None
    if understood.number is None or understood.companion or understood.denominator is not None:
        problems.add(cell, f"{cell.words!r} is not a figure.", "Type a number, or leave the cell blank.")
        return None
    return understood.number


# --- Rows of measures ---------------------------------------------------------------------------------------------


def measure_of(row: Row, measures: Mapping[str, Measure], problems: Problems) -> Measure | None:
    cell = row["key"]
    if cell.broken:
        return None
    if cell.blank:
        problems.add(cell, "The row has no key.", "Choose the measure's key from the list, or clear the row.")
        return None
    name = cell.words.casefold()
    # Nearly always the key stands there as it is.
    measure = measures.get(cell.words) or next((m for key, m in measures.items() if key.casefold() == name), None)
    if measure is None:
        near = suggestion(cell.words, measures)
        problems.add(
            cell, f"There is no measure with the key {cell.words!r}.{near}", "Choose a key of the sheet Measures."
        )
    return measure


def _figures(
    table: Table, measures: Mapping[str, Measure], problems: Problems
) -> Iterator[tuple[Measure, Period, Cell]]:
    """Every cell with something in it, with its measure and period; reports rows and columns that do not fit."""
    seen: dict[str, int] = {}
    for row in table.rows:
        measure = measure_of(row, measures, problems)
        if measure is None:
            continue
        if measure.key in seen:
            problems.add(
                row["key"],
                f"The measure {measure.key!r} stands in row {seen[measure.key]} already.",
                "Put its figures into one row.",
            )
            continue
        seen[measure.key] = row.number
        for period, cell in row.periods.items():
            if cell.broken:
                continue
            if period.kind not in (measure.period_kind, "year"):
                problems.add(
                    cell,
                    f"The measure is {measure.frequency}, but the column {period} is a {period.kind}.",
                    f"Move the figure to a column for a {measure.period_kind}, or correct the frequency.",
                )
                continue
            yield measure, period, cell


def read_targets(table: Table, measures: Mapping[str, Measure], problems: Problems, file: str) -> dict[Key, Target]:
    """The targets; cells that only say that there is none are kept as such."""
    targets: dict[Key, Target] = {}
    for measure, period, cell in _figures(table, measures, problems):
        target = target_in(problems, cell, measure, Place(file, cell.sheet, cell.address))
        if target:
            targets[measure.key, period] = target
    return targets


def target_in(problems: Problems, cell: Cell, measure: Measure, place: Place) -> Target | None:
    """The target that a cell says; None, with the mistake reported, where it says none."""
    text = cell.words
    if number_in(cell) is None and _NO_TARGET.fullmatch(text):
        return Target(None, None, text, place)
    ends = _range_ends(text, measure.unit) if number_in(cell) is None else None
    if ends:
        low, high = ends
        if measure.polarity != "range":
            problems.add(
                cell,
                f"{text!r} is a range, but for this measure good is {measure.polarity}.",
                "Type one figure, or write range under Good is on the sheet Measures.",
            )
            return None
        if low > high:
            problems.add(cell, f"The range {text!r} ends below its start.", "Exchange the two figures.")
            return None
    else:
        understood = understand(problems, cell, measure.unit)
        if understood is None:
            return None
        if understood.status not in (None, "provided"):
            return Target(None, None, text, place)
        figure = understood.number
        extras = (understood.companion or None, understood.cumulative, understood.denominator)
        if figure is None or any(extra is not None for extra in extras):
            problems.add(
                cell,
                f"{text!r} is not understood as a target.",
                "Type one figure such as 85% or 5.25, a range such as 10-15%, or leave the cell blank.",
            )
            return None
        low, high = figure, None
        if measure.polarity == "range":
            problems.add(
                cell,
                f"{text!r} is one figure, but for this measure good is a range.",
                "Type the range with a hyphen, such as 10-15%, or correct Good is on the sheet Measures.",
            )
            return None
    for figure in (low, high):
        if figure is not None and round_half_away(figure, measure.places) != figure:
            shown = f"{measure.decimals} decimal{'' if measure.decimals == 1 else 's'}"
            words = cell.words if number_in(cell) is None else _in_full(figure, measure.unit)
            problems.add(
                cell,
                f"The target {words} has more decimals than the measure shows ({shown}).",
                "Figures are compared as shown. Round the target, or raise Decimals on the sheet Measures.",
            )
            return None
    return Target(low, high, cell.text, place)


def _in_full(figure: Decimal, unit: Unit) -> str:
    """A figure with all its decimals, however its cell shows it."""
    return f"{(figure * 100).normalize():f}%" if unit.kind == "percent" else f"{figure.normalize():f}"


def _range_ends(text: str, unit: Unit) -> tuple[Decimal, Decimal] | None:
    match = _RANGE.fullmatch(text)
    if not match:
        return None
    ends = [read_typed(match[name], unit) for name in ("low", "high")]
    low, high = ends
    if low.number is None or high.number is None or any(end.companion or not suits(end.unit, unit) for end in ends):
        return None
    return low.number, high.number


def read_past(table: Table, measures: Mapping[str, Measure], problems: Problems, file: str) -> dict[Key, PastFigure]:
    """The figures of earlier periods, as shown and as understood."""
    past: dict[Key, PastFigure] = {}
    for measure, period, cell in _figures(table, measures, problems):
        figure = past_in(problems, cell, measure, Place(file, cell.sheet, cell.address))
        if figure:
            past[measure.key, period] = figure
    return past


def past_in(problems: Problems, cell: Cell, measure: Measure, place: Place) -> PastFigure | None:
    """The figure of an earlier period that a cell says; None, with the mistake reported, where it says none."""
    understood = understand(problems, cell, measure.unit)
    if understood is None:
        return None
    figure = past_figure(understood, measure, cell.text, place)
    if figure is None:
        problems.add(
            cell,
            f"{cell.words!r} is not understood as a figure.",
            "Type a figure such as 76.8% or 76.8% (113/147), or one of: Delayed, New measure, Not available, "
            "Not due, Withdrawn.",
        )
    return figure


def read_benchmarks(table: Table, measures: Mapping[str, Measure], problems: Problems) -> tuple[Benchmark, ...]:
    """The benchmarks in the order of their rows."""
    required(problems, BENCHMARKS, table.rows)
    benchmarks = []
    for row in table.rows:
        measure = measure_of(row, measures, problems)
        if measure:
            value = read_bound(problems, row["value"], measure.unit)
            dated = "" if row["dated"].broken else _dated(row["dated"])
            benchmarks.append(Benchmark(measure.key, row["label"].words, value, row["value"].text, dated))
    return tuple(benchmarks)


def _dated(cell: Cell) -> str:
    """The day or period of a benchmark: a date that shows its day in words, all else as it is shown."""
    value = cell.value
    if isinstance(value, date) and "d" in cell.number_format.casefold():
        return day_in_words(value)
    return cell.words


# --- What was published -------------------------------------------------------------------------------------------


def period_in_row(problems: Problems, cell: Cell, year_start: int) -> Period | None:
    """The period that a cell names; None for a blank cell and after a mistake."""
    if cell.broken or cell.blank:
        return None
    try:
        return period_of(cell, year_start)
    except PeriodError as error:
        problems.add(cell, str(error), "Correct the period.")
        return None


def _one_of(problems: Problems, cell: Cell, options: Mapping[str, str], what: str) -> str:
    """The option that a cell names; `options` maps what may be written (in lower case) to what is meant."""
    if cell.broken or cell.blank:
        return ""
    word = cell.words.casefold()
    if word in options:
        return options[word]
    meant = tuple(dict.fromkeys(options.values()))
    problems.add(
        cell, f"{cell.words!r} is not {what}.{suggestion(cell.words, meant)}", f"Choose one of: {', '.join(meant)}."
    )
    return ""


# What a report may print where it scores nothing.
_NOT_SCORED = {word: word for word in ("missing", "not due", "not available", "delayed")}


def _bands(scheme: Scheme) -> dict[str, str]:
    by_word = {band.word.casefold(): band.key for band in scheme.bands}
    return by_word | {band.key.casefold(): band.key for band in scheme.bands}


def read_published(
    table: Table,
    measures: Mapping[str, Measure],
    schemes: Mapping[str, Scheme],
    usual: str,
    problems: Problems,
    year: int,
) -> dict[Key, Published]:
    """What reports printed, by measure and the period that the figure is about. `year` is the month of its start."""
    required(problems, PUBLISHED, table.rows)
    movements = {word: word for word in MOVEMENTS}
    published: dict[Key, Published] = {}
    for row in table.rows:
        measure = measure_of(row, measures, problems)
        period = period_in_row(problems, row["period"], year)
        if measure is None or period is None:
            continue
        # Of a yearly measure a report also prints, in each of its periods, that it is not due.
        if period.kind != measure.period_kind and measure.period_kind != "year":
            problems.add(
                row["period"],
                f"The measure is {measure.frequency}, but {period} is a {period.kind}.",
                f"Name the {measure.period_kind} that the figure is about.",
            )
        if (measure.key, period) in published:
            problems.add(row["key"], f"There are two rows for {measure.key!r} and {period}.", "Remove one of them.")
            continue
        scheme = schemes.get(measure.scheme or usual)
        score = (
            _one_of(problems, row["score"], _bands(scheme) | _NOT_SCORED, f"a band of the scheme {scheme.key!r}")
            if scheme
            else ""
        )
        published[measure.key, period] = Published(
            row["actual"].text,
            score,
            _one_of(problems, row["trend"], movements, "a movement"),
            _one_of(problems, row["annual"], movements, "a movement"),
        )
    return published


def count_outcomes(schemes: Mapping[str, Scheme]) -> dict[str, dict[str, str]]:
    """The outcomes of each group of headline counts: what may be written (in lower case) and what is meant."""
    bands: dict[str, str] = {"not_scored": "not_scored"}
    for scheme in schemes.values():
        bands |= _bands(scheme)
    movements = {word: word for word in (*MOVEMENTS, "not_comparable")}
    return {
        "measures": {word: word for word in MEASURE_COUNTS},
        "score": bands,
        "trend": movements,
        "annual": movements,
        "actions": {word: word for word in ACTION_COUNTS},
        "rating": bands | {"none": "none"},
    }


def read_totals(
    table: Table, schemes: Mapping[str, Scheme], problems: Problems, year_start: int
) -> tuple[PublishedTotal, ...]:
    """The headline counts that reports printed, in the order of their rows."""
    required(problems, PUBLISHED_TOTALS, table.rows)
    outcomes = count_outcomes(schemes)
    totals: dict[tuple[Period, str, str], PublishedTotal] = {}
    for row in table.rows:
        period = period_in_row(problems, row["period"], year_start)
        group = _one_of(problems, row["group"], {word: word for word in GROUPS}, "a group of counts")
        outcome = _one_of(problems, row["outcome"], outcomes[group], f"an outcome of {group}") if group else ""
        count = number_in(row["count"])
        if count is None or count < 0 or count != int(count):
            if not row["count"].blank and not row["count"].broken:
                problems.add(row["count"], f"{row['count'].words!r} is not a count.", "Type a whole number.")
            continue
        if period is None or not outcome:
            continue
        if (period, group, outcome) in totals:
            problems.add(row["outcome"], f"There are two counts of {group} {outcome} for {period}.", "Remove one.")
            continue
        totals[period, group, outcome] = PublishedTotal(period, group, outcome, int(count))
    return tuple(totals.values())
