"""Rolling twelve months, worked out from figures that are typed for the period alone: in the return as it is typed, in
Python, and on the scorecard."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path

import openpyxl
import pytest

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Adjustment,
    Directorate,
    Framework,
    Measure,
    PastFigure,
    Place,
    Priority,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.version import with_version
from perfbook.records import Observation, Quarter
from perfbook.returns import layout
from perfbook.scorecard import build_scorecard
from perfbook.scoring.judge import Judgement, index, judge, running_figure
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from perfbook.workspace import Workspace, open_workspace
from tests.returns.places import Places
from tests.support.office import Office, compare_cached
from tests.unattended.council import AFTER_DUE, ISSUED, PERIOD, TOML

NOWHERE = Place("framework.xlsx", "Past figures", "")
EARLIER = [PERIOD.shift(-back) for back in (3, 2, 1)]
SHARE, COUNT, RATE = Unit.parse("percent"), Unit.parse("count"), Unit.parse("rate per 10,000")


def _measure(key: str, unit: Unit, decimals: int, **more: object) -> Measure:
    given = {"calculation": "rolling", "entered": "in period"} | more
    return Measure(key, key.upper(), key.title(), "all", "parks", unit, decimals, "higher", **given)  # type: ignore[arg-type]


MEASURES = (
    _measure("visits", COUNT, 0),
    _measure("closed", SHARE, 1, numerator="Closed in time", denominator="Closed"),
    _measure("ill", RATE, 1, numerator="Admissions", denominator="People"),
    _measure("gap", COUNT, 0),
    _measure("bare", SHARE, 1, numerator="Closed in time", denominator="Closed"),
    # The rolling figure itself is typed, as the column Entered says.
    _measure("typed", COUNT, 0, entered="year to date"),
)
PAST = {
    "visits": ("10", "20", "30"),
    "closed": ("76.9% (113/147)", "90.0% (18/20)", "0.0% (0/3)"),
    "ill": ("5.0 (12/24000)", "5.0 (12/24000)", "4.6 (11/24000)"),
    "gap": ("10", "", "30"),
    "bare": ("76.9%", "90.0% (18/20)", "80.0% (8/10)"),
    "typed": ("95", "96", "97"),
}
TARGETS = {"visits": D(100), "closed": D("0.75"), "ill": D(5), "gap": D(100), "bare": D("0.75"), "typed": D(100)}
# What is typed for the period, and the figure that is scored, with its band.
TYPED: dict[str, dict[str, float]] = {
    "visits": {layout.ACTUAL: 41},
    "closed": {layout.NUMERATOR: 7, layout.DENOMINATOR: 11},
    "ill": {layout.NUMERATOR: 13, layout.DENOMINATOR: 24500},
    "gap": {layout.ACTUAL: 41},
    "bare": {layout.NUMERATOR: 7, layout.DENOMINATOR: 11},
    "typed": {layout.ACTUAL: 98},
}
ROLLING = {"visits": D(101), "closed": D("0.762"), "ill": D("5.0"), "gap": None, "bare": None, "typed": None}
BANDS = {"visits": 1, "closed": 1, "ill": 1, "gap": 0, "bare": 0, "typed": 2}


def _past() -> dict[tuple[str, Period], PastFigure]:
    found = {}
    for key, texts in PAST.items():
        for period, text in zip(EARLIER, texts, strict=True):
            number = text.partition(" ")[0]
            if number:
                value = D(number.rstrip("%")) / 100 if number.endswith("%") else D(number)
                found[key, period] = PastFigure("provided", value, text, NOWHERE)
    return found


FRAMEWORK = with_version(
    Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=MEASURES,
        directorates=(Directorate("parks", "Parks"),),
        priorities=(Priority("all", "Everything"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets={(key, parse("2031-32")): Target(value) for key, value in TARGETS.items()},
        past=_past(),
    )
)


def _workspace(root: Path, framework: Framework = FRAMEWORK) -> Workspace:
    root.mkdir(exist_ok=True)
    (root / "perfbook.toml").write_text(TOML.format(period=PERIOD.label), encoding="utf-8")
    book = write_framework(framework, created=ISSUED, periods=[PERIOD], spare_rows=3)
    (root / "framework.xlsx").write_bytes(book)
    return open_workspace(root)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The return as it is sent out, in its workspace."""
    return _workspace(tmp_path_factory.mktemp("rolling") / "council").generate(as_at=ISSUED).written[0]


def _collected(blank: Path, tmp_path: Path, more: dict[tuple[str, str], str | float], **changes: object) -> Quarter:
    ws = _workspace(tmp_path / "council", replace(FRAMEWORK, **changes))  # type: ignore[arg-type]
    path = ws.generate(as_at=ISSUED).written[0]
    places, book = Places(path.read_bytes()), openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    cells: dict[tuple[str, str], str | float] = {(k, c): v for k, row in TYPED.items() for c, v in row.items()}
    for (key, column), value in (cells | more).items():
        book[layout.MEASURES][places.measure(key, column)] = value
    book.save(path)
    return ws.collect(as_at=AFTER_DUE)


def _judged(quarter: Quarter) -> dict[str, Judgement]:
    return {row.measure.key: row for row in judge(quarter.framework, index(quarter.observations), PERIOD)}


def test_the_return_works_it_out_while_it_is_typed(blank: Path, office: Office) -> None:
    places = Places(blank.read_bytes())
    with office.open(blank) as book:
        for key, cells in TYPED.items():
            for column, value in cells.items():
                book.set_cell(layout.MEASURES, places.measure(key, column), value)
        book.recalculate()

        def shown(key: str, column: str) -> object:
            return book.get_cell(layout.MEASURES, places.measure(key, column)).value

        for key, rolling in ROLLING.items():
            if key != "typed":
                assert shown(key, "running") == (float(rolling) if rolling is not None else ""), key
            assert shown(key, "band") == BANDS[key], key
        for key in ("gap", "bare"):
            assert str(shown(key, "check")).startswith("The rolling figure is not worked out: not every period")
        # What is typed beside it counts.
        book.set_cell(layout.MEASURES, places.measure("gap", layout.TO_DATE), 120)
        book.recalculate()
        assert (shown("gap", "running"), shown("gap", "band")) == (120, 1)


def test_python_finds_what_the_return_shows(blank: Path, tmp_path: Path) -> None:
    quarter = _collected(blank, tmp_path, {})
    rows = _judged(quarter)
    assert {key: row.to_date for key, row in rows.items()} == ROLLING
    assert {key: row.band for key, row in rows.items()} == BANDS
    assert rows["visits"].actual == 41
    said = {finding.measure for finding in quarter.findings if finding.code == "T105"}
    assert said == {"gap", "bare"}


def test_a_rolling_figure_that_is_typed_counts_and_one_in_the_wrong_cell_is_not_taken_for_the_periods(
    blank: Path, tmp_path: Path
) -> None:
    more: dict[tuple[str, str], str | float] = {
        ("gap", layout.TO_DATE): 120,
        ("visits", layout.ACTUAL): "131 (rolling 12 months)",
    }
    quarter = _collected(blank, tmp_path, more)
    rows = _judged(quarter)
    assert (rows["gap"].to_date, rows["gap"].band) == (120, 1)
    assert rows["visits"].actual is None
    assert "V107" in {finding.code for finding in quarter.findings if finding.measure == "visits"}


def test_a_corrected_fraction_is_added_up(blank: Path, tmp_path: Path) -> None:
    made = Adjustment(
        "correct", EARLIER[0], "Miscounted", "Officer", NOWHERE, "bare", D("0.769"), shown="76.9% (113/147)"
    )
    rows = _judged(_collected(blank, tmp_path, {}, adjustments=(made,)))
    assert rows["bare"].to_date == D("0.777")  # (113 + 18 + 8 + 7) / (147 + 20 + 10 + 11)


def test_months_and_terms_have_windows_of_their_own() -> None:
    monthly = replace(MEASURES[0], frequency="monthly")
    about = parse("Dec 2031")
    said = [
        Observation("visits", about.shift(-back), about.shift(-back), "provided", D(back + 1)) for back in range(12)
    ]
    assert running_figure(monthly, index(said), about) == 78
    assert running_figure(monthly, index(said[:11]), about) is None
    yearly = replace(MEASURES[0], frequency="yearly")
    year = parse("2031-32")
    assert running_figure(yearly, index([Observation("visits", year, year, "provided", D(7))]), year) == 7


def test_the_scorecard_shows_it_and_agrees_with_a_second_engine(blank: Path, tmp_path: Path, office: Office) -> None:
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(build_scorecard(_collected(blank, tmp_path, {})))
    found = compare_cached(path, office)
    assert (found.mismatches, found.errors) == ([], [])
    sheet = openpyxl.load_workbook(path, data_only=True)["Scorecard"]
    rows = [[cell for cell in row if cell is not None] for row in sheet.values]
    head = next(row for row in rows if "Actual" in row)
    visits = next(row for row in rows if "VISITS" in row)
    assert "Year to date or 12 months" in head
    assert {"41", "101"} <= {str(cell) for cell in visits}
