"""A council that nobody had in mind: monthly returns, a year from July, four bands, a range, measures that come and go.

From blank returns to scorecard and report over three months, with not a line of code for it.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import openpyxl
import pytest

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Band,
    Directorate,
    Framework,
    Measure,
    Move,
    PastFigure,
    Place,
    Priority,
    Scheme,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.version import with_version
from perfbook.records import Quarter
from perfbook.returns import layout
from perfbook.returns.identity import return_name
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.view import View
from perfbook.scoring.judge import index, judge
from perfbook.settings import ZONE
from perfbook.workbook.limits import breaches
from perfbook.workspace import Workspace, open_workspace
from tests.conftest import Audit
from tests.returns.places import Places
from tests.support.office import Office, compare_cached
from tests.support.proof import Prover, completed

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
JUN, JUL, AUG, SEP = (parse(f"{month} 2031", 7) for month in ("Jun", "Jul", "Aug", "Sep"))
MONTHS = (JUL, AUG, SEP)
YEAR = parse("2031-32", 7)
TOML = """council = "Millford"
period = "{period}"
reporting = "monthly"
year_start = "July"
scheme = "four"

[returns]
due_days = 10
"""
FOUR = Scheme(
    "four",
    "Four steps",
    (
        Band("great", "Great", "++", "#0B4F9C", D(0)),
        Band("good", "Good", "+", "#1B6B3A", D(5)),
        Band("fair", "Fair", "-", "#8A5A00", D(15)),
        Band("poor", "Poor", "--", "#B3261E"),
    ),
    exception_from=3,
)
# Red only if more than 10 % off and not improved on the same month last year.
POLICY = Scheme(
    "policy",
    "Level and direction",
    (
        Band("green", "Green", "G", "#1B6B3A", D(0)),
        Band("amber", "Amber", "A", "#8A5A00", D(10), or_if="improved on last year"),
        Band("red", "Red", "R", "#B3261E"),
    ),
    exception_from=3,
)
PERCENT, COUNT = Unit.parse("percent"), Unit.parse("count")


def _measure(key: str, title: str, unit: Unit, decimals: int, polarity: str, **more: object) -> Measure:
    given: dict[str, object] = {"priority": "all", "directorate": "north", "frequency": "monthly"} | more
    return Measure(key, key.upper(), title, unit=unit, decimals=decimals, polarity=polarity, **given)  # type: ignore[arg-type]


MEASURES = (
    _measure("calls", "Calls answered", PERCENT, 1, "higher", numerator="Answered", denominator="Calls"),
    _measure(
        "complaints",
        "Complaints",
        COUNT,
        0,
        "lower",
        calculation="cumulative",
        entered="in period",
        forecast="straight line",
    ),
    _measure("occupancy", "Beds in use", PERCENT, 0, "range"),
    _measure(
        "rate",
        "Admissions",
        Unit.parse("rate per 10,000"),
        1,
        "lower",
        arrears=1,
        numerator="Admissions",
        denominator="People",
    ),
    _measure("rolling", "Satisfied over twelve months", PERCENT, 0, "higher", calculation="rolling"),
    _measure("watch", "Visitors, for information", COUNT, 0, "higher"),
    _measure("before", "Withdrawn after July", COUNT, 0, "higher", last=JUL),
    _measure("after", "What took its place", COUNT, 0, "higher", first=AUG),
    _measure("trees", "Trees planted", COUNT, 0, "higher", directorate="south", scheme="policy"),
)
_MONTHLY = {
    "calls": Target(D("0.9"), None, "90%"),
    "occupancy": Target(D("0.85"), D("0.95"), "85-95%"),
    "rate": Target(D(50), None, "50"),
    "rolling": Target(D("0.8"), None, "80%"),
    "before": Target(D(2), None, "2"),
    "after": Target(D(10), None, "10"),
    "trees": Target(D(100), None, "100"),
}
_LAST_YEAR = {JUL: 60, AUG: 99, SEP: 80}
FRAMEWORK = with_version(
    Framework(
        council="Millford",
        year_start=7,
        reporting="monthly",
        measures=MEASURES,
        directorates=(Directorate("north", "North services"), Directorate("south", "South services")),
        priorities=(Priority("all", "All that we do"),),
        schemes={"four": FOUR, "policy": POLICY},
        default_scheme="four",
        targets={(key, month): target for key, target in _MONTHLY.items() for month in (JUN, *MONTHS)}
        | {("complaints", YEAR): Target(D(60), None, "60")},
        past={
            ("trees", month.same_last_year): PastFigure(
                "provided", D(figure), str(figure), Place("framework.xlsx", "Past figures", "")
            )
            for month, figure in _LAST_YEAR.items()
        },
    )
)
# What each service types; a pair is numerator and denominator, a word a status.
TYPED: dict[Period, dict[str, float | str | tuple[int, int]]] = {
    JUL: {
        "calls": (450, 500),
        "complaints": 4,
        "occupancy": 0.9,
        "rate": (30, 5000),
        "rolling": 0.81,
        "watch": 7,
        "before": 3,
        "trees": 70,
    },
    AUG: {
        "calls": (430, 500),
        "complaints": 8,
        "occupancy": 0.8,
        "rate": (26, 5000),
        "rolling": 0.76,
        "watch": 9,
        "after": 10,
        "trees": 95,
    },
    SEP: {
        "calls": (400, 500),
        "complaints": 2,
        "occupancy": 0.99,
        "rate": (20, 5000),
        "rolling": 0.6,
        "watch": 9,
        "after": "Delayed",
        "trees": 80,
    },
}
# Worked out by hand: the band of each measure (1 = best, 0 = not scored), or its state.
EXPECTED: dict[Period, dict[str, int | str]] = {
    JUL: {
        "calls": 1,
        "complaints": 1,  # 4 of 5
        "occupancy": 1,
        "rate": 4,  # June: 60.0 for 50
        "rolling": 1,
        "watch": 0,
        "before": 1,
        "after": "withdrawn",  # not yet in force
        "trees": 2,  # 30 % off, improved on 60
    },
    AUG: {
        "calls": 2,  # 4.4 % short
        "complaints": 4,  # 12 of 10
        "occupancy": 3,  # 5 points below 85 %: 5.9 %
        "rate": 2,  # July: 52.0
        "rolling": 2,
        "watch": 0,
        "before": "withdrawn",
        "after": 1,
        "trees": 2,  # 5 % off
    },
    SEP: {
        "calls": 3,
        "complaints": 1,  # 14 of 15
        "occupancy": 2,  # 4 points above 95 %: 4.2 %
        "rate": 1,
        "rolling": 4,
        "watch": 0,
        "before": "withdrawn",
        "after": "delayed",
        "trees": 3,  # 20 % off, and as last year
    },
}


@dataclass
class Told:
    """The workspace after three months, with the quarter and the scorecard of each."""

    workspace: Workspace
    quarters: dict[Period, Quarter] = field(default_factory=dict)
    blanks: dict[Period, dict[str, bytes]] = field(default_factory=dict)
    texts: dict[Period, Mapping[str, str]] = field(default_factory=dict)
    report: str = ""
    digest: str = ""


def _framework_in(month: Period) -> Framework:
    """In September South services became a part of North services, and its measure moved there."""
    if month != SEP:
        return FRAMEWORK
    moved = tuple(replace(each, directorate="north") for each in FRAMEWORK.measures)
    return with_version(replace(FRAMEWORK, measures=moved, moves=(Move("trees", AUG, "south"),)))


def _fill(data: bytes, keys: list[str], month: Period) -> bytes:
    places = Places(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, start = book[layout.MEASURES], book[layout.START]
    for key in keys:
        typed = TYPED[month][key]
        if isinstance(typed, tuple):
            for column, value in zip((layout.NUMERATOR, layout.DENOMINATOR), typed, strict=True):
                sheet[places.measure(key, column)] = value
        else:
            sheet[places.measure(key, layout.STATUS if isinstance(typed, str) else layout.ACTUAL)] = typed
        sheet[places.measure(key, layout.COMMENTARY)] = "Fewer people were at work than in the month before."
        sheet[places.measure(key, layout.ACTION)] = "Two people have been taken on and start next month."
    start[places.start(layout.SIGN_STATE)] = "certified"
    start[places.start(layout.SIGN_ROLE)] = "Head of Service"
    start[places.start(layout.SIGN_DATE)] = date(2031, month.end.month, 28)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Three months, each from blank returns to scorecard."""
    root = tmp_path_factory.mktemp("sixth") / "Millford"
    root.mkdir()
    found: Told | None = None
    for month in MONTHS:
        framework = _framework_in(month)
        (root / "perfbook.toml").write_text(TOML.format(period=month.label), encoding="utf-8")
        issued = datetime(2031, month.end.month, 20, 9, tzinfo=ZONE)
        (root / "framework.xlsx").write_bytes(write_framework(framework, created=issued, periods=MONTHS, spare_rows=5))
        workspace = open_workspace(root)
        done = workspace.generate(as_at=issued)
        assert len(done.written) == (1 if month == SEP else 2)
        blanks = {path.name: path.read_bytes() for path in done.written}
        for directorate in framework.expected(month):
            keys = [measure.key for measure in framework.measures_of(directorate, month)]
            path = done.folder / return_name(framework, directorate, month)
            path.write_bytes(_fill(path.read_bytes(), keys, month))
        collected = workspace.consolidate(as_at=issued + timedelta(days=10))
        found = found or Told(workspace)
        found.workspace = workspace
        found.quarters[month] = collected.quarter
        found.blanks[month] = blanks
        with collected.outputs["scorecard"].open("rb") as stream:
            book = openpyxl.load_workbook(stream, data_only=True)
        found.texts[month] = {
            sheet.title: "\n".join("|".join(str(c) for c in row if c is not None) for row in sheet.values)
            for sheet in book
        }
    assert found
    outputs = found.workspace.report(as_at=datetime(2031, 9, 30, 9, tzinfo=ZONE)).outputs
    with zipfile.ZipFile(outputs["report"]) as package:
        found.report = package.read("word/document.xml").decode()
    found.digest = outputs["digest"].read_text("utf-8")
    return found


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_every_score_is_what_a_person_would_work_out(told: Told, month: Period) -> None:
    quarter = told.quarters[month]
    rows = judge(quarter.framework, index(quarter.observations), month)
    assert {row.measure.key: row.band if row.state == "reported" else row.state for row in rows} == EXPECTED[month]
    assert not [f for f in quarter.findings if f.severity == "error"]
    assert {record.state for record in quarter.returns} == {"certified"}


def test_earlier_months_stay_what_they_were_after_directorates_have_merged(told: Told) -> None:
    quarter = told.quarters[SEP]
    for month in (JUL, AUG):
        rows = judge(quarter.framework, index(quarter.observations), month)
        assert {row.measure.key: row.band if row.state == "reported" else row.state for row in rows} == EXPECTED[month]


def test_the_year_to_date_its_forecast_and_what_remains(told: Told) -> None:
    found = told.texts[SEP]["Year end"]
    assert "COMPLAINTS|Complaints|count|Sep 2031|14|Straight line|56|60|-4|++ Great|" in found
    assert "Not more than 5 in each of the 9 months that remain" in found


def test_scorecard_and_report_speak_of_it_in_its_own_words(told: Told) -> None:
    scorecard = told.texts[SEP]["Scorecard"]
    assert "85% to 95%" in scorecard and "rate per 10,000|Aug 2031" in scorecard
    assert "-- Poor" in scorecard and "R Red" in scorecard
    assert "or if it has improved on last year" in told.texts[SEP]["Definitions"]
    for shown in (told.report, told.digest):
        assert "Not more than 5 in each of the 9 months that remain" in shown and "Straight line" in shown.replace(
            "(straight line)", "Straight line"
        )
        assert "Millford" in shown and "-- Poor" in shown and "Sep 2031" in shown


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_the_formulas_are_right_in_libreoffice_for_each_month(
    told: Told, month: Period, office: Office, tmp_path: Path, audit: Audit
) -> None:
    quarter = told.quarters[SEP]
    assert View(quarter, SEP).periods[-3:] == MONTHS
    own, picked = tmp_path / "own.xlsx", tmp_path / "picked.xlsx"
    own.write_bytes(build_scorecard(quarter))
    picked.write_bytes(build_scorecard(quarter, selected=month))
    found = compare_cached(own, office, sets={("Summary", "B4"): month.label}, against=picked)
    assert (found.mismatches, found.errors) == ([], [])
    assert not breaches(picked.read_bytes()) and not audit(picked)


def test_blank_and_completed_returns_of_each_month_are_true(
    told: Told, office: Office, tmp_path: Path, audit: Audit
) -> None:
    prover = Prover(office, audit, tmp_path)
    for month in MONTHS:
        done = completed(told.workspace, month, datetime(2031, 10, 1, 9, tzinfo=ZONE))
        for name, data in (*told.blanks[month].items(), *done):
            prover.prove(f"{month}: {name}", data)
    assert prover.books == 10
    assert prover.formulas > 1000


def test_the_return_itself_scores_as_the_scorecard_does(told: Told, office: Office) -> None:
    """The live score in a filled return is that of the collection, policies and ranges among them."""
    for month in (JUL, AUG):
        framework = _framework_in(month)
        for directorate in framework.expected(month):
            path = told.workspace.returns_folder(month) / return_name(framework, directorate, month)
            places = Places(path.read_bytes())
            with office.open(path) as book:
                book.recalculate()
                for measure in framework.measures_of(directorate, month):
                    cell = book.get_cell(layout.MEASURES, places.measure(measure.key, "band"))
                    assert cell.value == EXPECTED[month][measure.key], (month, measure.key)


def test_a_month_from_before_the_merger_can_be_consolidated_again(told: Told) -> None:
    later = datetime(2031, 10, 2, 9, tzinfo=ZONE)
    quarter = told.workspace.collect(period=AUG, as_at=later)
    rows = judge(quarter.framework, index(quarter.observations), AUG)
    assert {row.measure.key: row.band if row.state == "reported" else row.state for row in rows} == EXPECTED[AUG]
    assert {record.directorate: record.state for record in quarter.returns} == {
        "north": "certified",
        "south": "certified",
    }
    assert {file.outcome for file in quarter.files} == {"unchanged"}
    again = told.workspace.collect(period=SEP, as_at=later)
    rows = judge(again.framework, index(again.observations), AUG)
    assert {row.measure.key: row.band if row.state == "reported" else row.state for row in rows} == EXPECTED[AUG]


def test_what_a_directorate_that_was_struck_off_had_sent_still_counts(told: Told, tmp_path: Path) -> None:
    """Without a row on Moves, and without the directorate: nobody owes the return, and its figures are not lost."""
    root = Path(shutil.copytree(told.workspace.root, tmp_path / "struck off"))
    left = replace(_framework_in(SEP), directorates=FRAMEWORK.directorates[:1], moves=())
    now = datetime(2031, 10, 3, 9, tzinfo=ZONE)
    (root / "framework.xlsx").write_bytes(write_framework(left, created=now, periods=MONTHS, spare_rows=5))
    for _ in range(2):
        quarter = open_workspace(root).collect(period=AUG, as_at=now)
        assert index(quarter.observations)["trees", AUG].actual == 95
        assert [record.directorate for record in quarter.returns] == ["north"]
        assert {"I102"} <= {finding.code for finding in quarter.findings}
