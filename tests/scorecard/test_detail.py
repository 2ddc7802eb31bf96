"""The sheet Detail: whatever measure and period are chosen, its formulas give what Python has."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from xlsxwriter.utility import xl_cell_to_rowcol

from perfbook.errors import UsageError
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.records import Observation, Quarter
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.calc_detail import measure_labels
from perfbook.scorecard.detail_feed import DetailFeed
from perfbook.scorecard.detail_values import DetailValues
from perfbook.scorecard.view import View
from tests.scorecard import invented
from tests.support.office import Office, read_cached, same_number

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
PICKER = ("Detail", "B4")
# A course of 30 months each: outliers, runs, rises, gaps, all the same, near a limit; the months that are left out.
COURSES: dict[str, tuple[str, tuple[int, ...]]] = {
    "a4": ("91 92 91 93 92 91 99 92 91 92 93 91 92 91 94 95 94 95 96 94 95 94 90 91 92 93 94 95 96 97", (3, 17)),
    "m1": ("50 44 50 44 50 44 50 44 50 44 50 44 62 57 62 44 50 44 50 44 50 44 50 44 50 44 50 44 62 63", (5,)),
    "m2": ("7 " * 30, ()),
    "m3": ("20 19 18 17 16 15 14 13 14 15 16 17 18 19 20 21 22 21 20 21 20 21 20 21 20 21 20 19 18 17", (29,)),
    "m4": ("5 6 5 6 5 6 5 6 5", ()),
    "m5": ("5 6 5 6 5 6 5 6 5 4", ()),
    "m7": ("9 9 8 9 9 8 9 9 8 9 9 1", ()),
    "m8": ("9 9 8 9 9 8 9 9 8 9 9 30", ()),
    "m6": ("1 2 3 4 5 6 7 8 9 10 11 12 1 2 3 4 5 6 7 8 9 10 11 12 1 2 3", ()),
}


def quarter() -> Quarter:
    """The invented quarter with more measures by the month, two of them of one name."""
    made = invented.quarter()
    a4 = made.framework.by_key["a4"]
    kinds: dict[str, dict[str, Any]] = {
        "m1": {"polarity": "lower"},
        "m2": {"polarity": "higher"},
        "m3": {"polarity": "range"},
        "m4": {"polarity": "none"},
        "m5": {"polarity": "lower", "code": "M4", "title": "M4"},
        "m6": {"polarity": "higher", "calculation": "cumulative"},
        "m7": {"polarity": "none"},
        "m8": {"polarity": "lower"},
    }
    months = {
        key: replace(a4, key=key, **({"code": key.upper(), "title": "What? A * by the ~month"} | more))
        for key, more in kinds.items()
    }
    months["m4"] = replace(months["m4"], title="m4")
    last = a4.about(invented.LAST)
    assert last is not None
    observations = [each for each in made.observations if each.measure != "a4"]
    for key, (text, left_out) in COURSES.items():
        figures = text.split()
        for place, figure in enumerate(figures):
            if place not in left_out:
                period = last.shift(place - len(figures) + 1)
                value = Decimal(figure) / 100
                observations.append(
                    Observation(key, period, invented.LAST, "provided", value, commentary=f"<{figure}>")
                )
    framework = made.framework
    targets = {
        (key, period): Target(Decimal("0.92"), Decimal("0.94") if key == "m3" else None)
        for of, period in framework.targets
        if of == "a4"
        for key in months
    }
    return replace(
        made,
        framework=replace(
            framework,
            measures=(*framework.measures, *months.values()),
            targets={**framework.targets, **targets},
        ),
        observations=tuple(observations),
    )


@pytest.fixture(scope="module")
def made() -> Quarter:
    return quarter()


@pytest.fixture(scope="module")
def book(made: Quarter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detail") / "book.xlsx"
    path.write_bytes(build_scorecard(made))
    return path


def same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float):
        return same_number(float(one), float(other))
    return (one or "") == (other or "")


@pytest.mark.parametrize("period", [invented.LAST, invented.PERIODS[1]], ids=str)
def test_choosing_any_measure_gives_what_python_has_of_it(
    period: Period, made: Quarter, book: Path, office: Office
) -> None:
    """Every value that the sheet and its charts are made of."""
    labels = measure_labels(made.framework)
    calc = Calc(View(made, period))
    rules, icons = set(), set()
    with office.open(book) as opened:
        opened.set_cell("Summary", "B4", period.label)
        for key, label in labels.items():
            opened.set_cell(*PICKER, label)
            live = opened.get_cells("Detail feed", "A1:BA44")
            feed = DetailFeed(View(made, period, measure=key), calc, DetailValues(View(made, period, measure=key)))
            heads = {row[0].value: row[1].value for row in live if row[0].value}
            wrong: list[tuple[object, ...]] = [
                (key, name, value, heads[name])
                for name, value in feed.values.heads.items()
                if name in heads and not same(value, heads[name])
            ]
            columns = {cell.value: place for place, cell in enumerate(live[2]) if cell.value}
            for name, values in feed.values.columns.items():
                for row, value in enumerate(values, 3):
                    cell = live[row][columns[name]]
                    if not (cell.error if value == "#N/A" else same(value, cell.value)):
                        wrong.append((key, name, row, value, cell))
            assert not wrong, wrong[:5]
            assert heads.keys() == feed.values.heads.keys()
            rules |= {each.rule for each in feed.values.signals}
            icons |= {(name, heads[name]) for name in ("variation", "assurance")}
    if period == invented.LAST:
        assert rules == {0, 1, 2, 3, 4}
        assert icons >= {("variation", each) for each in (0, 1, 2, 4, 7)}
        assert icons >= {("assurance", each) for each in (0, 1, 2, 3)}


def test_the_visible_sheet_follows_too(made: Quarter, book: Path, office: Office, tmp_path: Path) -> None:
    key = "m1"
    path = tmp_path / "built.xlsx"
    path.write_bytes(build_scorecard(made, measure=key))
    with office.open(book) as opened:
        opened.set_cell(*PICKER, measure_labels(made.framework)[key])
        live = opened.get_cells("Detail", "A1:L60")
    for at, cell in read_cached(path)["Detail"].items():
        row, column = xl_cell_to_rowcol(at)
        assert same(cell.value, live[row][column].value), (at, cell, live[row][column])


def cells(quarter: Quarter, measure: str, folder: Path) -> list[list[Any]]:
    path = folder / "one.xlsx"
    path.write_bytes(build_scorecard(quarter, measure=measure))
    return [[cell.value for cell in row] for row in load_workbook(path, data_only=True)["Detail"].iter_rows()]


def facts(rows: list[list[Any]]) -> dict[str, Any]:
    return {row[0]: row[1] for row in rows if row[0]}


def test_what_is_said_of_a_measure(made: Quarter, tmp_path: Path) -> None:
    rows = cells(made, "a4", tmp_path)
    found = facts(rows)
    assert found["Choose the measure"] == "A4 Repairs done at the first visit"
    assert found["Unit · good is · reported"] == "% · Higher is better · Monthly"
    assert found["Actual"] == "97.0% for Jun 2032"
    assert found["Target"] == "92.0%"
    assert found["Trend"] == "↗ Improved (before: 94.0%)"
    assert found["Commentary"] == "<97>"
    assert found["Variation"] == "↑ Improving, high"
    assert found["Why"] == "Jun 2032: seven in a row rising"
    assert found["Figures looked at"] == "28 of the newest 40 periods"
    head = next(number for number, row in enumerate(rows) if "Ends on" in row)
    table = [[cell for cell in row[3:] if cell not in (None, "")] for row in rows[head : head + 41]]
    assert [row[0] for row in table[1:4]] == ["Jun 2032", "May 2032", "Apr 2032"]
    assert table[1][1].date() == invented.LAST.end
    assert table[1][2:] == [0.97, 0.92, 0.01, "Better: seven in a row rising"]
    # A month that is left out is there and empty.
    assert table[13] == ["Jun 2031", table[13][1], 0.92]
    assert table[31:] == [[]] * 10


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("m4", "9 figures so far: limits need 10."),
        ("c2", "0 figures so far: limits need 10."),
        ("m6", "No limits: the figure runs since the start of the year and rises by its nature."),
    ],
)
def test_without_ten_figures_there_are_no_limits(measure: str, words: str, made: Quarter, tmp_path: Path) -> None:
    found = facts(cells(made, measure, tmp_path))
    assert found["Variation"] == words
    assert {found[name] for name in ("Assurance", "Why", "Mean", "Usual from, to")} == {None}
    if measure != "m4":
        return
    assert facts(cells(made, "m5", tmp_path))["Mean"] == "5.3%"


def test_charts_keep_the_values_that_they_show(book: Path) -> None:
    """Viewers that do not calculate draw these; nothing stands for nought that is not there."""
    with zipfile.ZipFile(book) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
        text = " ".join(package.read(name).decode() for name in package.namelist() if "drawings/drawing" in name)
    detail = [chart for chart in charts if "Detail feed" in chart]
    assert len(detail) == 2
    for chart in detail:
        assert "<c:dateAx>" in chart
        assert "<c:v>Percent</c:v>" in chart
        assert 'formatCode="[&gt;=1000]#,##0;[&lt;=-1000]-#,##0;General"' in chart
    for values in re.findall(r"<c:val>.*?</c:val>", "".join(detail)):
        points = re.findall(r'<c:pt idx="\d+"><c:v>(.*?)</c:v>', values)
        assert all(float(point) for point in points)
    assert len(re.findall(r'descr="(?:Line|Process behaviour)', text)) == 2


def test_a_measure_that_the_book_does_not_hold_is_refused(made: Quarter) -> None:
    with pytest.raises(UsageError, match="holds no measure with the key nowhere"):
        build_scorecard(made, measure="nowhere")


def test_names_in_the_list_are_unlike_each_other_whatever_the_titles() -> None:
    def named(key: str, code: str, title: str) -> Measure:
        return replace(invented.MEASURES[0], key=key, code=code, title=title)

    long = "A title that goes on and on " * 6
    measures = (
        named("a", "BCI", "Waste"),
        named("b", "bci", "WASTE"),
        named("c", "", "Waste"),
        named("d", "X", long),
        named("e", "X", long + "!"),
    )
    framework: Framework = replace(invented.framework(), measures=measures)
    labels = list(measure_labels(framework).values())
    assert labels[:3] == ["BCI Waste", "bci WASTE (2)", "Waste"]
    assert labels[4] == f"{labels[3]} (2)"
    assert max(map(len, labels)) < 120


def test_the_sheet_says_that_a_measure_is_to_be_chosen(book: Path, office: Office) -> None:
    with office.open(book) as opened:
        opened.set_cell(*PICKER, "something else")
        live = opened.get_cells("Detail", "A1:L60")
    formulas = {xl_cell_to_rowcol(at): at for at in read_cached(book)["Detail"]}
    said = {at: live[row][column].value for (row, column), at in formulas.items() if live[row][column].value}
    assert said.pop("A2")
    assert said == {"B5": "Choose a measure from the list in the cell above."}


def test_forecasts_are_counted_by_the_score_that_they_would_have(tmp_path: Path) -> None:
    made = invented.quarter()
    forecasts = {"a1": "0.8", "a2": "0.011", "a3": "25"}
    observations = tuple(
        replace(each, forecast=Decimal(forecasts[each.measure]) if each.measure in forecasts else None)
        for each in made.observations
    )
    year_end = invented.LAST.shift(3)
    aims = {("a1", year_end): "0.85", ("a2", year_end): "0.0125", ("a3", year_end): "21.5"}
    targets = {**made.framework.targets, **{key: Target(Decimal(aim)) for key, aim in aims.items()}}
    quarter = replace(made, observations=observations, framework=replace(made.framework, targets=targets))
    path = tmp_path / "forecasts.xlsx"
    path.write_bytes(build_scorecard(quarter, measure="a1"))
    book = load_workbook(path, data_only=True)
    counted = {row[1].value: row[2].value for row in book["Year end"].iter_rows() if isinstance(row[2].value, int)}
    assert (counted["★ Exceeds target"], counted["▲ Below target"], counted["✓ Met"]) == (1, 2, 0)
    assert len(book["Year end"]._charts) == 1
    found = {row[0].value: row[1].value for row in book["Detail"].iter_rows()}
    assert found["Forecast for the year"] == "80.0% · target 85.0% · ▲ Below target"
