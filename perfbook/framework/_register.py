"""Reads the register of framework.xlsx: priorities, directorates, schemes and measures, each cell checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from perfbook.errors import PeriodError
from perfbook.framework._figures import read_bound
from perfbook.framework._tables import Cell, Problems, Row, Table, number_in, period_of, required, suggestion
from perfbook.framework.address import address_problem
from perfbook.framework.model import (
    CALCULATIONS,
    DIRECTIONS,
    ENTERED,
    FORECASTS,
    FREQUENCIES,
    KIND_OF,
    POLARITIES,
    Band,
    Direction,
    Directorate,
    ForecastMethod,
    Frequency,
    Measure,
    Polarity,
    Priority,
    Scheme,
    Unit,
)
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.framework.sheets import DIRECTORATES, LIMIT_UNITS, MEASURES, PRIORITIES, SCHEMES, YES_NO

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_KEY_RULE = "Use letters, digits, hyphens and underscores, at most 40."
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>[0-9]+)")
_MOST_DECIMALS, _MOST_ARREARS, _MOST_AGAIN = 6, 12, 12
_SYNONYMS = {
    "higher is better": "higher",
    "bigger is better": "higher",
    "high": "higher",
    "lower is better": "lower",
    "smaller is better": "lower",
    "low": "lower",
    "in range": "range",
    "neither": "none",
    "half yearly": "half-yearly",
    "six-monthly": "half-yearly",
    "annual": "yearly",
    "annually": "yearly",
    "point": "points",
    "percentage points": "points",
    "last year\u2019s profile": "last year's profile",
}

T = TypeVar("T", bound=str)


@dataclass(frozen=True)
class Register:
    """What measures refer to: priorities and directorates by what officers may write for them, and the schemes."""

    priorities: tuple[Priority, ...]
    directorates: tuple[Directorate, ...]
    schemes: Mapping[str, Scheme]


# --- Keys and choices ---------------------------------------------------------------------------------------------


def keys(table: Table, problems: Problems) -> dict[int, str]:
    """The key of each row (by row number) whose key is there, well formed and not taken."""
    found: dict[int, str] = {}
    taken: dict[str, int] = {}
    present = [row["key"].words for row in table.rows]
    for row in table.rows:
        cell = row["key"]
        key = cell.words
        if cell.broken:
            continue
        if not key:
            proposed = _propose(present, table.layout.name)
            present.append(proposed)
            problems.add(cell, "The row has no key.", f"Type one that was never used before, for example {proposed}.")
        elif not _KEY.fullmatch(key):
            problems.add(cell, f"{key!r} cannot be a key.", _KEY_RULE)
        elif key.casefold() in taken:
            problems.add(
                cell,
                f"The key {key!r} stands in row {taken[key.casefold()]} already.",
                "Give each row a key of its own.",
            )
        else:
            found[row.number] = key
            taken[key.casefold()] = row.number
    return found


def _propose(present: Sequence[str], sheet: str) -> str:
    """The next key in the manner of those that are there: `dud-035` after `dud-034`."""
    numbered = [match for match in map(_NUMBERED.fullmatch, present) if match]
    if numbered:
        last = max(numbered, key=lambda match: int(match["number"]))
        return f"{last['stem']}{int(last['number']) + 1:0{len(last['number'])}d}"
    stem = sheet.casefold()[:3]
    number = 1
    while f"{stem}-{number:03d}" in present:
        number += 1
    return f"{stem}-{number:03d}"


def choose(problems: Problems, cell: Cell, options: Sequence[T], default: T, what: str) -> T:
    """The option that a cell names, whatever its case; the default for a blank cell, and after a mistake."""
    if cell.broken or cell.blank:
        return default
    word = " ".join(cell.words.casefold().replace("_", " ").split())
    word = _SYNONYMS.get(word, word)
    for option in options:
        if option.casefold() == word:
            return option
    problems.add(
        cell, f"{cell.words!r} is not {what}.{suggestion(cell.words, options)}", f"Choose one of: {', '.join(options)}."
    )
    return default


def whole(problems: Problems, cell: Cell, most: int, default: int, what: str, *, mistaken: int | None = None) -> int:
    """A whole number from 0; the default for a blank cell, and after a mistake unless `mistaken` says otherwise."""
    after_mistake = default if mistaken is None else mistaken
    if cell.blank:
        return default
    if cell.broken:
        return after_mistake
    number = number_in(cell)
    if number is None and cell.words.isdecimal() and cell.words.isascii():
        number = Decimal(cell.words)  # typed into a cell that was formatted as text
    if number is None or number != int(number) or not 0 <= number <= most:
        problems.add(cell, f"{cell.words!r} is not {what}.", f"Type a whole number from 0 to {most}.")
        return after_mistake
    return int(number)


# --- Priorities, directorates, schemes ----------------------------------------------------------------------------


def read_priorities(table: Table, problems: Problems) -> tuple[Priority, ...]:
    """The priorities in the order of their rows."""
    required(problems, PRIORITIES, table.rows)
    _unique_names(table, problems)
    by_row = keys(table, problems)
    return tuple(Priority(by_row[row.number], row["name"].words) for row in table.rows if row.number in by_row)


def read_directorates(table: Table, problems: Problems) -> tuple[Directorate, ...]:
    """The directorates in the order of their rows."""
    required(problems, DIRECTORATES, table.rows)
    _unique_names(table, problems)
    by_row = keys(table, problems)
    for row in table.rows:
        for name in ("email", "escalation_email"):
            address = row[name].words
            if address and (problem := address_problem(address)):
                problems.add(row[name], f"{problem}.", "Type one address, or leave the cell blank.")
    return tuple(
        Directorate(
            by_row[row.number],
            row["name"].words,
            row["role"].words,
            row["email"].words,
            row["escalation_role"].words,
            row["escalation_email"].words,
        )
        for row in table.rows
        if row.number in by_row
    )


def _unique_names(table: Table, problems: Problems) -> None:
    taken: dict[str, int] = {}
    for row in table.rows:
        name = row["name"].words.casefold()
        if name and name in taken:
            problems.add(
                row["name"], f"The name stands in row {taken[name]} already.", "Give each row a name of its own."
            )
        taken.setdefault(name, row.number)


def read_schemes(table: Table, problems: Problems) -> dict[str, Scheme]:
    """The schemes, by key, in the order in which they first appear."""
    required(problems, SCHEMES, table.rows)
    grouped: dict[str, list[Row]] = {}
    for row in table.rows:
        for name in ("scheme", "band"):
            cell = row[name]
            if not cell.blank and not cell.broken and not _KEY.fullmatch(cell.words):
                problems.add(cell, f"{cell.words!r} cannot be a key.", _KEY_RULE)
        if row["scheme"].words:
            grouped.setdefault(row["scheme"].words, []).append(row)
    return {key: _scheme(key, rows, problems) for key, rows in grouped.items()}


def _scheme(key: str, rows: list[Row], problems: Problems) -> Scheme:
    placed = [(whole(problems, row["position"], 20, 0, "a position"), row) for row in rows]
    ordered = sorted(placed, key=lambda entry: entry[0])
    if [position for position, _ in ordered] != list(range(1, len(ordered) + 1)):
        problems.add(
            rows[0]["position"],
            f"The positions of the scheme {key!r} are {', '.join(str(position) for position, _ in placed)}.",
            "Number its bands 1, 2, 3 and so on, the best first.",
        )
    bands: list[Band] = []
    explain: list[bool] = []
    tolerances: list[Decimal] = []
    freely: list[bool] = []
    chosen = len(ordered) > 1 and all(row["limit"].blank for row in rows)
    for place, (_, row) in enumerate(ordered):
        is_last = place == len(ordered) - 1
        bands.append(_band(row, bands, is_last or chosen, problems))
        explain.append(choose(problems, row["explain"], YES_NO, "no", "yes or no") == "yes")
        tolerances.append(_from_zero(problems, row["tolerance"], "a tolerance") or Decimal(0))
        freely.append(choose(problems, row["chosen"], YES_NO, "no", "yes or no") == "yes")
        if row["name"].words != ordered[0][1]["name"].words and not row["name"].blank:
            problems.add(row["name"], f"The scheme {key!r} has two names.", "Give each of its bands the same name.")
    if len(bands) == 1:
        problems.add(
            rows[0]["scheme"], f"The scheme {key!r} has one band only.", "Give it a second row, without a limit."
        )
    first = explain.index(True) + 1 if True in explain else len(bands) + 1
    if not all(explain[first - 1 :]):
        gap = ordered[first - 1 + explain[first - 1 :].index(False)][1]
        problems.add(
            gap["explain"], "A better band calls for an explanation, this one does not.", "Write yes here as well."
        )
    tolerance = _one_tolerance(tolerances, ordered, problems)
    return Scheme(key, rows[0]["name"].words, tuple(bands), first, tolerance, any(freely))


def _one_tolerance(tolerances: list[Decimal], ordered: list[tuple[int, Row]], problems: Problems) -> Decimal:
    """The scheme's tolerance: it may stand in each of its rows or in the first alone."""
    given = [(value, row) for value, (_, row) in zip(tolerances, ordered, strict=True) if not row["tolerance"].blank]
    for value, row in given:
        if value != given[0][0]:
            problems.add(row["tolerance"], "The scheme has two movement tolerances.", "Write the same in all its rows.")
    return given[0][0] if given else Decimal(0)


def _band(row: Row, better: list[Band], is_last: bool, problems: Problems) -> Band:
    limit = _from_zero(problems, row["limit"], "a limit")
    limit_unit = choose(problems, row["limit_unit"], LIMIT_UNITS, "% of target", "a unit of limits")
    if is_last and limit is not None:
        problems.add(
            row["limit"],
            "The last band has a limit, so a figure beyond it would have no score.",
            "Clear the limit, or add a band below.",
        )
    if not is_last and limit is None and row["limit"].blank:
        problems.add(row["limit"], "Only the last band has no limit.", SCHEMES.column("limit").help)
    previous = better[-1] if better else None
    is_comparable = (
        previous and previous.limit is not None and (previous.limit_unit == limit_unit or not previous.limit)
    )
    if previous and is_comparable and limit is not None and limit <= (previous.limit or 0):
        problems.add(
            row["limit"],
            f"The limit {limit} is not above that of the better band, {previous.limit}.",
            "Let limits rise from the best band down.",
        )
    colour = row["colour"].words
    if colour and not _COLOUR.fullmatch(colour):
        problems.add(row["colour"], f"{colour!r} is not a colour.", "Write it as # and six digits or letters: #1B6B3A.")
    key = row["band"].words
    if any(band.key == key for band in better):
        problems.add(row["band"], f"The scheme has two bands {key!r}.", "Give each band a key of its own.")
    moved = {name: _direction(problems, row[name], is_last) for name in ("only_if", "or_if")}
    return Band(key, row["word"].words, row["symbol"].words, colour.upper(), limit, limit_unit, **moved)


def _direction(problems: Problems, cell: Cell, is_last: bool) -> Direction:
    found = choose(problems, cell, DIRECTIONS, "", "a direction")
    if found and is_last:
        problems.add(
            cell,
            "A band without a limit takes whatever no better one does, so no direction can count with it.",
            "Clear the cell, and write the direction beside a better band.",
        )
    return found


def _from_zero(problems: Problems, cell: Cell, what: str) -> Decimal | None:
    if cell.broken or cell.blank:
        return None
    number = number_in(cell)
    if number is not None and "%" in cell.number_format:
        number *= 100  # 5% typed into a column that counts in per cent
    if number is None or number < 0:
        problems.add(cell, f"{cell.words!r} is not {what}.", "Type a number that is not below 0, without a unit.")
        return None
    return number


# --- Measures -----------------------------------------------------------------------------------------------------


def read_measures(
    table: Table, register: Register, problems: Problems, *, reporting: Frequency, year_start: int
) -> dict[str, Measure]:
    """The measures by key, in the order of their rows; rows without a usable key are left out (and reported)."""
    required(problems, MEASURES, table.rows)
    by_row = keys(table, problems)
    measures: dict[str, Measure] = {}
    for row in table.rows:
        measure = _measure(row, by_row.get(row.number, ""), register, problems, reporting, year_start)
        if measure.key:
            measures[measure.key] = measure
    return measures


def _measure(
    row: Row, key: str, register: Register, problems: Problems, reporting: Frequency, year_start: int
) -> Measure:
    unit = Unit.parse(row["unit"].words)
    # After a mistake the most decimals, so that one wrong cell does not accuse every target of the measure.
    decimals = whole(problems, row["decimals"], _MOST_DECIMALS, 0, "a number of decimals", mistaken=_MOST_DECIMALS)
    polarity: Polarity = choose(problems, row["polarity"], POLARITIES, "none", "a way of being good")
    minimum = read_bound(problems, row["minimum"], unit)
    maximum = read_bound(problems, row["maximum"], unit)
    if minimum is not None and maximum is not None and maximum < minimum:
        problems.add(
            row["maximum"],
            f"The highest plausible figure, {row['maximum'].words}, is below the lowest, {row['minimum'].words}.",
            "Exchange or correct them.",
        )
    first, last = in_force(problems, row, year_start)
    _fraction(row, problems)
    frequency = choose(problems, row["frequency"], FREQUENCIES, reporting, "a frequency")
    return Measure(
        key=key,
        code=row["code"].words,
        title=row["title"].words,
        priority=refer(problems, row["priority"], register.priorities, "priority", "Priorities"),
        directorate=refer(problems, row["directorate"], register.directorates, "directorate", "Directorates"),
        unit=unit,
        decimals=decimals,
        polarity=polarity,
        frequency=frequency,
        calculation=choose(problems, row["calculation"], CALCULATIONS, "snapshot", "a way of calculating"),
        arrears=whole(problems, row["arrears"], _MOST_ARREARS, 0, "a number of periods"),
        scheme=_scheme_of_measure(problems, row["scheme"], register.schemes),
        owner=row["owner"].words,
        numerator=row["numerator"].words,
        denominator=row["denominator"].words,
        minimum=minimum,
        maximum=maximum,
        first=first,
        last=last,
        definition=row["definition"].text,
        note=row["note"].text,
        evidence=choose(problems, row["evidence"], YES_NO, "no", "yes or no") == "yes",
        entered=choose(problems, row["entered"], ENTERED, ENTERED[0], "what is entered"),
        due=_due(problems, row["due"], frequency, reporting),
        again=whole(problems, row["again"], _MOST_AGAIN, 0, "a number of periods"),
        forecast=_forecast(problems, row["forecast"], row["calculation"].words),
    )


def _forecast(problems: Problems, cell: Cell, calculation: str) -> ForecastMethod:
    method = choose(problems, cell, FORECASTS, FORECASTS[0], "a way to forecast")
    if method != "own" and calculation.casefold() != "cumulative":
        problems.add(
            cell,
            f"A forecast by {method} is for figures of the year to date; this measure is {calculation or 'snapshot'}.",
            "Clear the cell, or write cumulative under Calculation.",
        )
    return method


def _due(problems: Problems, cell: Cell, frequency: Frequency, reporting: Frequency) -> int:
    """The number of the reporting period in which a yearly figure is asked for; 0 for a blank cell."""
    due = whole(problems, cell, PER_YEAR[KIND_OF[reporting]], 0, "the number of a reporting period")
    if due and frequency != "yearly":
        problems.add(
            cell,
            f"Only a yearly figure is asked for in one period of the year; this one is {frequency}.",
            "Clear the cell, or write yearly under Frequency.",
        )
        return 0
    return due


def refer(
    problems: Problems, cell: Cell, known: Sequence[Priority] | Sequence[Directorate], what: str, sheet: str
) -> str:
    """The key of what a cell names, by name or by key; empty for a blank cell and after a mistake."""
    if cell.broken or cell.blank:
        return ""
    word = cell.words.casefold()
    for entry in known:
        if word in (entry.key.casefold(), entry.name.casefold()):
            return entry.key
    near = suggestion(cell.words, (entry.name for entry in known))
    problems.add(
        cell, f"There is no {what} {cell.words!r}.{near}", f"Choose one from the list, or add it on the sheet {sheet}."
    )
    return ""


def _scheme_of_measure(problems: Problems, cell: Cell, schemes: Mapping[str, Scheme]) -> str:
    key = scheme_key(problems, cell, schemes)
    if key and schemes[key].is_chosen:
        problems.add(
            cell,
            f"No band of the scheme {key!r} has a limit, so it is one in which a person chooses.",
            "Choose a scheme with limits, or give the bands of this one limits on the sheet Schemes.",
        )
    return key


def scheme_key(problems: Problems, cell: Cell, schemes: Mapping[str, Scheme]) -> str:
    """The key of the scheme that a cell names, by key or by name; empty for a blank cell and after a mistake."""
    if cell.broken or cell.blank:
        return ""
    for scheme in schemes.values():
        if cell.words.casefold() in (scheme.key.casefold(), scheme.name.casefold()):
            return scheme.key
    near = suggestion(cell.words, schemes)
    problems.add(
        cell, f"There is no scheme {cell.words!r}.{near}", "Choose one from the list, or add it on the sheet Schemes."
    )
    return ""


def _fraction(row: Row, problems: Problems) -> None:
    for given, other in (("numerator", "denominator"), ("denominator", "numerator")):
        if row[given].words and row[other].blank:
            header = MEASURES.column(other).header
            problems.add(
                row[other],
                f"{header} is blank, but {MEASURES.column(given).header} is not.",
                "Fill both, for a figure made from two numbers, or neither.",
            )


def in_force(problems: Problems, row: Row, year_start: int) -> tuple[Period | None, Period | None]:
    """The first and the last reporting period of a row."""
    first, last = period_in(problems, row["first"], year_start), period_in(problems, row["last"], year_start)
    if first and last and last.end < first.end:
        problems.add(
            row["last"], f"The last period, {last}, is before the first, {first}.", "Exchange or correct them."
        )
    return first, last


def period_in(problems: Problems, cell: Cell, year_start: int) -> Period | None:
    """The period that a cell names; None for a blank cell and after a mistake."""
    if cell.broken or cell.blank:
        return None
    try:
        return period_of(cell, year_start)
    except PeriodError as error:
        problems.add(cell, str(error), "Correct the period, or leave the cell blank.")
        return None
