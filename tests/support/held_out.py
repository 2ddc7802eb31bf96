"""Puts a held-out case through the way of a collection: framework.xlsx written and read, its return filled and read."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.utils.cell import coordinate_from_string

from perfbook.checks.across.findings import framework_findings, quarter_findings
from perfbook.checks.registry import settle
from perfbook.collecting.history import past_observations
from perfbook.errors import FrameworkError
from perfbook.framework.book import read_framework
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Action,
    Band,
    Benchmark,
    Deliverable,
    Directorate,
    Framework,
    Grid,
    GridLine,
    Measure,
    PastFigure,
    Place,
    Priority,
    Published,
    Scheme,
    Section,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.plan import column_key, place_key
from perfbook.framework.typed import read_typed
from perfbook.framework.version import with_version
from perfbook.records import ActionReport, Finding
from perfbook.returns import actions_layout, grids_layout, layout, sections_layout
from perfbook.returns.filled import Entry, Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scoring.judge import index
from perfbook.scoring.ratings import index_reports
from perfbook.scoring.schemes import RED_AMBER_GREEN
from tests.checks.held_out.cases import Case, Row

_FILE = "return.xlsx"
_NOWHERE = Place("framework.xlsx", "Past figures", "")
_RATINGS = Scheme(
    "rating",
    "Rating of actions",
    (
        Band("complete", "Complete", "C", "#1B6B3A"),
        Band("on_track", "On Track", "T", "#1B6B3A"),
        Band("at_risk", "At Risk", "K", "#8A5A00"),
        Band("off_track", "Off Track", "X", "#B3261E"),
        Band("not_started", "Not Started", "N", "#555555"),
    ),
    exception_from=4,
)
_BANDS = {band.word: band.key for band in _RATINGS.bands}
_QUIET = Measure("quiet", "Q1", "Letters received", "p", "one", Unit("count", "number"), 0, "none")
_PLAIN = re.compile(r"(?P<pounds>£?)(?P<digits>[\d,]+(?:\.\d+)?)(?P<percent>%?)")
# What a field is called in the cases, by the key of its column in a return.
_FIELDS = {
    **dict.fromkeys(("numerator", "denominator", "actual", "to_date", "figure"), "actual"),
    "action": "recovery",
    "previous": "q1",
    "text": "section",
}
# By the sheet of framework.xlsx of which a finding speaks.
_FRAMEWORK = {
    "Measures": ("polarity", "title", "code", "unit"),
    "Targets": ("target",),
    "Past figures": ("q1", "last_year", "past"),
    "Benchmarks": ("benchmark",),
    "Published": ("score", "trend", "actual"),
    "Actions": ("title", "code"),
}


@dataclass(frozen=True)
class Said:
    """One finding about a case, with the fields of which it may be."""

    finding: Finding
    fields: frozenset[str]


def findings_of(case: Case) -> tuple[Said, ...]:
    """Everything that `perfbook check` has to say of the framework and of the signed return of a case."""
    written = _framework(case)
    data = write_framework(written, created=_at(case.period), periods=(case.period,), spare_rows=2)
    try:
        framework = _read(data, written)
    except FrameworkError as error:
        problems = (
            Finding("F001", "error", "framework.xlsx", each.sheet, each.cell, "", each.found, "", each.remedy)
            for each in error.problems
        )
        return tuple(_in_framework(each) for each in problems)
    past = past_observations(framework, case.period)
    reports = index_reports(_last_reports(case))
    made = build_return(
        framework,
        "one",
        case.period,
        index(past),
        due=_at(case.period),
        created=_at(case.period),
        filled=Filled(_entries(case, framework), _signed(case.period)),
        reports=reports,
    )
    submission = read_return(made, file=_FILE, framework=framework)
    across = quarter_findings(
        framework, case.period, past, submission.observations, submission.actions, submission.sections
    )
    columns = _columns(made)
    of_return = (*submission.findings, *settle(across, framework, case.period))
    of_framework = settle(framework_findings(framework), framework, case.period)
    return (
        *(_in_return(each, columns) for each in dict.fromkeys(of_return)),
        *(_in_framework(each) for each in of_framework),
    )


def _at(period: Period) -> datetime:
    return datetime(period.end.year, period.end.month, 28, 9, tzinfo=UTC)


def _read(data: bytes, like: Framework) -> Framework:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "framework.xlsx"
        path.write_bytes(data)
        return read_framework(
            path,
            council=like.council,
            year_start=like.year_start,
            reporting=like.reporting,
            default_scheme=like.default_scheme,
        )


# -- The framework -----------------------------------------------------------------------------------------------------


def _key(kind: str, number: int) -> str:
    return f"{kind}{number}"


def _actions(case: Case) -> dict[str, list[Row]]:
    """The rows of each action, one a deliverable, by its key."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in case.actions:
        found.setdefault((row["code"], row["title"]), []).append(row)
    return {_key("a", number): rows for number, rows in enumerate(found.values())}


def _framework(case: Case) -> Framework:
    measures = tuple(_measure(_key("m", number), row) for number, row in enumerate(case.measures))
    # A council with tables or texts alone has a measure too, which is not asked for.
    others = () if measures or case.actions else (replace(_QUIET, last=case.period.previous),)
    targets, past, published, benchmarks = {}, {}, {}, []
    for measure, row in zip(measures, case.measures, strict=True):
        about = measure.about(case.period)
        for period, typed in _past(row, about):
            past[measure.key, period] = _past_figure(measure, typed)
        if about and "target" in row:
            targets[measure.key, about] = Target(None, shown=row["target"])
        if about and "score" in row:
            trend = row.get("trend", "")
            published[measure.key, about] = Published(row["actual"], row["score"].lower(), trend.lower())
        if "benchmark" in row:
            label, _, value = row["benchmark"].rpartition(" ")
            benchmarks.append(Benchmark(measure.key, label.strip(": "), shown=value))
    deliverables = {row["deliverable"]: _key("d", number) for number, row in enumerate(case.actions)}
    whole_of = {row["code"]: measure.key for measure, row in zip(measures, case.measures, strict=True)}
    sums: dict[str, tuple[str, ...]] = {}
    for measure, row in zip(measures, case.measures, strict=True):
        if "part_of" in row:
            sums[whole_of[row["part_of"]]] = (*sums.get(whole_of[row["part_of"]], ()), measure.key)
    return with_version(
        Framework(
            council="Wexbury",
            year_start=4,
            reporting="quarterly",
            measures=(*measures, *others),
            directorates=(Directorate("one", "Services"),),
            priorities=(Priority("p", "A good place to live"),),
            schemes={scheme.key: scheme for scheme in (RED_AMBER_GREEN, _RATINGS)},
            default_scheme=RED_AMBER_GREEN.key,
            targets=targets,
            past=past,
            published=published,
            benchmarks=tuple(benchmarks),
            deliverables=tuple(Deliverable(key, "", title, "p") for title, key in deliverables.items()),
            actions=tuple(
                Action(
                    key, rows[0]["code"], rows[0]["title"], "one", tuple(deliverables[r["deliverable"]] for r in rows)
                )
                for key, rows in _actions(case).items()
            ),
            sections=tuple(Section(_key("s", number), row["title"]) for number, row in enumerate(case.sections)),
            grids=tuple(_grid(number, row) for number, row in enumerate(case.grids)),
            sums=sums,
        )
    )


def _action(key: str, rows: list[Row], deliverables: tuple[str, ...]) -> Action:
    return Action(key, rows[0]["code"], rows[0]["title"], "one", deliverables)


def _measure(key: str, row: Row) -> Measure:
    unit = Unit.parse(row["unit"])
    figures = [row.get(name, "") for name in ("actual", "target", "last_year", "q1")]
    fraction = any("/" in figure for figure in figures)
    return Measure(
        key,
        row["code"],
        row["title"],
        "p",
        "one",
        unit,
        max(read_typed(figure, unit).decimals or 0 for figure in figures),
        row["polarity"],
        frequency=row.get("frequency", "quarterly"),
        calculation=row.get("calculation", "snapshot"),
        entered=row.get("entered", "year to date"),
        arrears=row.get("arrears", 0),
        numerator="Cases counted" if fraction else "",
        denominator="All cases" if fraction else "",
        evidence=row.get("needs_evidence", False),
    )


def _past(row: Row, about: Period | None) -> Iterator[tuple[Period, str]]:
    if about and "q1" in row:
        yield about.previous, row["q1"]
    if about and "last_year" in row:
        yield about.same_last_year, row["last_year"]
    for label, typed in row.get("past", {}).items():
        yield parse(label), typed


def _past_figure(measure: Measure, typed: str) -> PastFigure:
    """As typed: what it means is for the reader of framework.xlsx to say."""
    return PastFigure("provided", None, typed, _NOWHERE)


def _grid(number: int, row: Row) -> Grid:
    keys = {line["label"]: f"g{number}l{place}" for place, line in enumerate(row["lines"])}
    lines = tuple(
        GridLine(
            keys[line["label"]],
            line["label"],
            group="all" if "adds_to" in line else "",
            adds_to=keys[line["adds_to"]] if "adds_to" in line else "",
            decimals=len(line["values"][0].strip("%").partition(".")[2]),
            percent=line["values"][0].endswith("%"),
        )
        for line in row["lines"]
    )
    return Grid(_key("g", number), row["title"], tuple(row["columns"]), lines)


# -- The return --------------------------------------------------------------------------------------------------------


def _signed(period: Period) -> Mapping[str, Entry]:
    day = date(period.end.year, period.end.month, period.end.day)
    return {layout.SIGN_STATE: "Certified", layout.SIGN_ROLE: "Head of Service", layout.SIGN_DATE: day}


def _entries(case: Case, framework: Framework) -> Mapping[tuple[str, str], Entry]:
    found: dict[tuple[str, str], Entry] = {}
    for number, row in enumerate(case.measures):
        measure = framework.by_key[_key("m", number)]
        texts = {
            layout.COMMENTARY: row.get("commentary", ""),
            layout.ACTION: row.get("recovery", ""),
            layout.STATUS: row.get("status", "").capitalize(),
            layout.FORECAST: _number(row.get("forecast", "")),
        }
        found |= {
            (measure.key, column): entry for column, entry in (texts | _actual(measure, row)).items() if entry != ""
        }
    for key, rows in _actions(case).items():
        places = framework.actions_by_key[key].deliverables
        found |= _reported(key, rows[0])
        for row, place in zip(rows[1:], places[1:], strict=True):
            # In a further place only what differs there is filled.
            found |= {
                (place_key(key, place), column): entry
                for (_, column), entry in _reported(key, row).items()
                if entry != found.get((key, column))
            }
    for number, row in enumerate(case.sections):
        found[_key("s", number), sections_layout.TEXT] = row["text"]
    for number, grid in enumerate(case.grids):
        for at, line in enumerate(grid["lines"]):
            for column, typed in zip(grid["columns"], line["values"], strict=True):
                figure = grids_layout.FIGURE + column_key(column)
                found[f"g{number}l{at}", figure] = _number(typed)
    return found


def _reported(key: str, row: Row) -> dict[tuple[str, str], Entry]:
    given = {
        actions_layout.RATING: row["rating"],
        actions_layout.UPDATE: row["update"],
        actions_layout.REVISED: _day(row.get("revised", "")),
        actions_layout.PROGRESS: _number(row.get("progress", "")),
    }
    return {(key, column): entry for column, entry in given.items() if entry != ""}


def _day(typed: str) -> Entry:
    """What Excel makes of a date that is typed: one that there is not stays a text."""
    try:
        return datetime.strptime(typed, "%d %B %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return typed


def _actual(measure: Measure, row: Row) -> dict[str, Entry]:
    """A figure as a manager enters it: a plain number as a number, a fraction in its two cells, all else as text."""
    typed = read_typed(row["actual"], measure.unit)
    head = row["actual"].partition("(")[0].strip()
    if typed.numerator is not None and typed.denominator is not None:
        return {
            layout.NUMERATOR: typed.numerator,
            layout.DENOMINATOR: typed.denominator,
            layout.ACTUAL: _number(head),
        }
    return {layout.ACTUAL: _number(row["actual"])}


def _number(typed: str) -> Entry:
    """What Excel stores of what is typed."""
    plain = _PLAIN.fullmatch(typed)
    if plain is None:
        return typed
    number = Decimal(plain["digits"].replace(",", ""))
    return number.scaleb(-2) if plain["percent"] else number


def _last_reports(case: Case) -> Iterable[ActionReport]:
    for key, (row, *_) in _actions(case).items():
        if "last_update" in row:
            rating = _BANDS[row["last_rating"]]
            yield ActionReport(key, case.period.previous, rating=rating, update=row["last_update"])


# -- Where a finding stands --------------------------------------------------------------------------------------------


def _columns(data: bytes) -> Mapping[str, Mapping[str, str]]:
    """The keys of the columns of each sheet of a return, by letter: they stand in its hidden first row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path)
        return {
            sheet.title: {cell.column_letter: str(cell.value) for cell in sheet[1] if cell.value}
            for sheet in book.worksheets
        }


def _in_return(finding: Finding, columns: Mapping[str, Mapping[str, str]]) -> Said:
    if finding.file != _FILE:
        # Of an earlier figure, which stands in the framework.
        return _in_framework(finding)
    first = finding.cell.partition(",")[0].partition(":")[0].strip()
    column = columns.get(finding.sheet, {}).get(coordinate_from_string(first)[0], "") if first else ""
    if column.startswith(grids_layout.FIGURE):
        return Said(finding, frozenset({"grid"}))
    if not column and finding.sheet == layout.MEASURES:
        # Of the row as a whole.
        return Said(finding, frozenset({"actual", "commentary", "recovery"}))
    if not column and finding.sheet == actions_layout.SHEET:
        return Said(finding, frozenset({"rating", "update"}))
    return Said(finding, frozenset({_FIELDS.get(column, column or finding.sheet)}))


def _in_framework(finding: Finding) -> Said:
    return Said(finding, frozenset(_FRAMEWORK.get(finding.sheet, (finding.sheet,))))
