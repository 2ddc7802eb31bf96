"""Small fixed tables: in framework.xlsx, in the return with sums that must agree, merged, on the scorecard."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfbook.checks.grid_rules import FINE, TODO, line_findings, live_value
from perfbook.collecting import recorded
from perfbook.collecting.merge import merge
from perfbook.collecting.versions import Version
from perfbook.framework.model import CheckSetting, Grid, GridLine
from perfbook.framework.version import with_version
from perfbook.records import GridFigure, Quarter, Submission
from perfbook.returns import grids_layout as layout
from perfbook.returns import grids_sheet
from perfbook.returns.filled import Entry, Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from perfbook.workbook.writer import Book as Made
from tests.conftest import Audit
from tests.framework.books import Q1, Q2, bare, problems, read, written
from tests.framework.test_plan import PLAN
from tests.support.office import Office, compare_cached

DUE = datetime(2020, 10, 19, 17, 0, tzinfo=UTC)
CREATED = datetime(2020, 10, 1, 9, 0, tzinfo=UTC)
WORKFORCE = Grid(
    "workforce",
    "Workforce: staff",
    ("Staff", "Full-time posts"),
    (
        GridLine("head", "Headcount", decimals=1),
        GridLine("female", "Female", "Gender", "head", 1),
        GridLine("male", "Male", "Gender", "head", 1),
        GridLine("young", "Under 30 *", "Age", "head", 1),
        GridLine("old", "30 and over", "Age", "head", 1),
        GridLine("casual", "Casual workers"),
    ),
    ("care",),
)
FRAMEWORK = with_version(replace(PLAN, grids=(WORKFORCE,)))
PAST = {("head", "staff", "care", Q1): GridFigure("head", "staff", "care", Q1, Decimal(350))}
AGREEING = {"head": 354, "female": 200, "male": 154, "young": 54, "old": 300, "casual": 7}


def blank() -> bytes:
    return build_return(FRAMEWORK, "care", Q2, {}, due=DUE, created=CREATED, grids=PAST)


def cells(data: bytes) -> tuple[str, dict[tuple[str, str], str]]:
    """The name of the grid's sheet, and its cells by line and column."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = next(each for each in book if each["A1"].value == layout.mark_of(WORKFORCE))
    columns = {str(cell.value): get_column_letter(cell.column) for cell in sheet[1] if cell.value}
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    return sheet.title, {(key, name): f"{at}{row}" for key, row in rows.items() for name, at in columns.items()}


def filled(figures: dict[str, object], column: str = "staff") -> bytes:
    data = blank()
    name, at = cells(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for line, value in figures.items():
        book[name][at[line, f"figure.{column}"]] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def submission(data: bytes) -> Submission:
    return read_return(data, file="care.xlsx", framework=FRAMEWORK)


def test_the_framework_comes_back_as_it_was_and_mistakes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(FRAMEWORK, Q2))
    assert replace(bare(read(path, FRAMEWORK)), remarks=()) == replace(bare(FRAMEWORK), remarks=())

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["Grids"]
        sheet["F6"] = "heads"
        sheet["G7"] = 9
        sheet["C8"] = "Another title"
        sheet["H5"] = "Staff; staff"
        sheet["D10"] = None

    found = problems(path.read_bytes(), edit, tmp_path / "f.xlsx", FRAMEWORK)
    assert [problem.partition(":")[0] for problem in found] == [f"Grids!{c}" for c in ("H5", "F6", "G7", "C8", "D10")]
    assert "'heads' is no other line of the grid 'workforce'." in found[1]


def test_a_blank_keeps_every_limit_and_recalculates(tmp_path: Path, office: Office, audit: Audit) -> None:
    data = blank()
    assert not breaches(data)
    assert not audit(data)
    path = tmp_path / "care.xlsx"
    path.write_bytes(data)
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    name, at = cells(data)
    assert name == "Workforce staff"
    sheet = openpyxl.load_workbook(path)[name]
    assert sheet[at["head", "earlier.staff"]].value == 350
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {
        at[line.key, f"figure.{key}"] for line in WORKFORCE.lines for key in ("staff", "full_time_posts")
    }
    assert submission(data).grids == ()
    assert submission(data).state == "not started"


def test_figures_are_read_and_sums_that_do_not_agree_are_said(office: Office, tmp_path: Path) -> None:
    found = submission(filled(AGREEING))
    assert {figure.line: figure.value for figure in found.grids} == {k: Decimal(v) for k, v in AGREEING.items()}
    assert not [f for f in found.findings if f.code.startswith("G")]
    assert found.state == "in progress"
    path = tmp_path / "care.xlsx"
    path.write_bytes(filled(AGREEING | {"male": 144, "casual": "seven"}))
    said = [f for f in submission(path.read_bytes()).findings if f.code.startswith("G")]
    assert [(f.code, f.severity, f.measure) for f in said] == [
        ("G101", "warning", "head"),
        ("G102", "error", "casual"),
    ]
    assert said[0].found == "Headcount: Gender adds up to 344.0, not 354.0 (Staff)."
    name, at = cells(path.read_bytes())
    assert said[0].cell == at["head", "figure.staff"]
    with office.open(path) as book:
        book.recalculate()
        live = book.get_cell(name, at["head", "check"]).value
    assert f"Headcount: {live}" == said[0].message


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"G101": CheckSetting("G101", tuning=Decimal("0.05"))},
        {"G101": CheckSetting("G101", on=False)},
    ],
    ids=["usual", "tuned", "off"],
)
def test_the_live_check_says_what_the_collector_says(
    tmp_path: Path, settings: dict[str, CheckSetting], office: Office
) -> None:
    """Random tables, one a sheet: agreeing, off by a little or a lot, half filled, with words among the figures."""
    choose = random.Random(20_201)
    grids, entries, kept = [], {}, {}
    for number in range(60):
        lines = tuple(
            replace(line, key=f"{line.key}{number}", adds_to=f"{line.adds_to}{number}" if line.adds_to else "")
            for line in WORKFORCE.lines
        )
        grid = replace(WORKFORCE, key=f"g{number}", title=f"Table {number}", lines=lines)
        grids.append(grid)
        for line in lines:
            base = AGREEING[line.key.rstrip("0123456789")]
            for key in ("staff", "full_time_posts"):
                off = choose.choice((0, 0, 0, 0, Decimal("0.04"), Decimal("0.05"), Decimal("0.1"), 10))
                value: Entry = choose.choice((Decimal(base) + off, Decimal(base) + off, Decimal(base), None, "many"))
                kept[line.key, key] = value
                if value is not None:
                    entries[line.key, f"figure.{key}"] = value
    framework = with_version(replace(PLAN, grids=tuple(grids), checks=settings))
    book = Made(created=CREATED, title="Cases")
    grids_sheet.write_grids(book, framework, "care", Q2, {}, Filled(entries=entries))
    path = tmp_path / "cases.xlsx"
    path.write_bytes(book.close())
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    sheets = openpyxl.load_workbook(path, data_only=True)
    seen = set()
    for grid, sheet in zip(grids, sheets, strict=True):
        column = next(cell.column for cell in sheet[1] if cell.value == "check")
        for row, line in enumerate(grid.lines, layout.FIRST_ROW + 1):
            live = sheet.cell(row, column).value
            assert live == live_value(grid, line, kept, settings=settings)  # type: ignore[arg-type]
            found = list(line_findings(grid, line, kept, settings=settings))  # type: ignore[arg-type]
            assert bool(found) == (live not in (TODO, FINE))
            seen |= {code for code, *_ in found} | {str(live)}
    assert {"G102", TODO, FINE} <= seen
    off = any(not setting.on for setting in settings.values())
    assert ("G101" in seen) == (not off)


def test_copies_are_merged_and_the_record_keeps_the_figures() -> None:
    first = submission(filled({"head": 354, "female": 200}))
    second = submission(filled({"head": 355, "male": 154}))
    moment = datetime(2020, 10, 12, tzinfo=UTC)
    merged = merge(Version("a.xlsx", first.sha256, first, moment), [Version("b.xlsx", second.sha256, second, moment)])
    assert {f.line: f.value for f in merged.submission.grids} == {
        "head": Decimal(354),
        "female": Decimal(200),
        "male": Decimal(154),
    }
    assert [(c.field, c.about) for c in merged.conflicts] == [("grid", "head")]
    assert recorded.load(recorded.dump(second, FRAMEWORK), "b.xlsx") == second


@pytest.mark.parametrize("chosen", [Q1, Q2], ids=str)
def test_the_scorecard_shows_the_figures_of_the_chosen_period(chosen: object, tmp_path: Path, office: Office) -> None:
    grids = (*PAST.values(), GridFigure("head", "staff", "care", Q2, Decimal("354.5")))
    quarter = Quarter(FRAMEWORK, Q2, CREATED, (Q1, Q2), (), (), (), (), grids=grids)
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(build_scorecard(quarter, selected=chosen))  # type: ignore[arg-type]
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    sheet = openpyxl.load_workbook(path, data_only=True)["Grids"]
    assert sheet["A4"].value == "Workforce: staff: Care & Health"
    row = [cell.value for cell in sheet[6]]
    expected = [354.5, "", 350, ""] if chosen == Q2 else [350, "", "", ""]
    shown = ["Headcount", None, *[value if value != "" else None for value in expected]]
    assert row[: len(shown)] == shown
    assert not any(row[len(shown) :])
