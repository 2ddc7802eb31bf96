"""Actions on the scorecard: every formula's value, another period chosen, counts, with measures and without."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from perfbook.account import account
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period, parse
from perfbook.records import NOT_RATED, ActionReport, Quarter, ReturnRecord, Source
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.tables import tables, tables_text
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.framework.test_plan import PLAN
from tests.returns.test_actions import ALONE
from tests.support.office import Office, compare_cached

P1, P2, P3 = parse("2020-21 Q1"), parse("2020-21 Q2"), parse("2020-21 Q3")
AS_AT = datetime(2021, 1, 20, 9, 0, tzinfo=UTC)
SOURCE = Source("care.xlsx", "Actions", "F6", "On track", "On track", "Head of Care", AS_AT, "ab" * 32)


def reports(periods: tuple[Period, ...] = (P1, P2, P3)) -> tuple[ActionReport, ...]:
    first, second, third = periods
    return (
        ActionReport("a-1", first, rating="on_track", update="=Begun; 3 of 4", source=SOURCE),
        ActionReport("a-1", second, rating="complete", update="Done.", progress=Decimal(1)),
        ActionReport("a-1", second, "d-2", rating=NOT_RATED, update="Not here."),
        ActionReport("a-3", second, rating="slipping", update="Late.", revised="2021-06-30"),
        ActionReport("a-1", third, rating="complete", update=("word " * 400).strip(), milestone="None"),
        ActionReport("a-2", third, rating="on_track", update="Swept."),
    )


def quarter(framework: Framework) -> Quarter:
    returns = tuple(ReturnRecord(d.key, "i", "certified", AS_AT, actions=2, rated=1) for d in framework.directorates)
    return Quarter(framework, P3, AS_AT, (P1, P2, P3), (), returns, (), (), actions=reports())


@pytest.mark.parametrize("framework", [ALONE, PLAN], ids=["actions alone", "beside measures"])
@pytest.mark.parametrize("chosen", [P1, P2, P3], ids=str)
def test_every_formula_has_its_value_in_every_period(
    framework: Framework, chosen: Period, tmp_path: Path, office: Office, audit: Audit
) -> None:
    data = build_scorecard(quarter(framework), selected=chosen)
    assert not breaches(data)
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(data)
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    if chosen == P3:
        assert not audit(data)


def _sheet(path: Path, office: Office) -> dict[str, tuple[str, str, str]]:
    """What Actions shows in a calculated book, by reference and deliverable: rating, previous rating, update."""
    with office.open(path) as book:
        book.recalculate()
        cells = book.get_cells("Actions", "A5:L30")
        rows = [[str(cell.value if cell.value is not None else "") for cell in row] for row in cells]
    return {f"{row[2]} {row[0]}".strip(): (row[6], row[7], row[8]) for row in rows if row[3]}


def test_the_book_follows_the_period_that_a_reader_chooses(tmp_path: Path, office: Office) -> None:
    path, changed = tmp_path / "scorecard.xlsx", tmp_path / "changed.xlsx"
    path.write_bytes(build_scorecard(quarter(ALONE)))
    found = _sheet(path, office)
    assert found["CH9 B1"] == ("\u2714 Complete", "\u2714 Complete", ("word " * 400).strip())
    with office.open(path) as book:
        book.set_cell("Summary", "B4", P2.label)
        book.recalculate()
        assert book.get_cell("Actions", "A3").value == "5 actions in their places, 2 of them rated."
        saved = book.save_as(changed)
    found = _sheet(saved, office)
    assert found["CH9 B1"] == ("\u2714 Complete", "\u25cf On track", "Done.")
    assert found["CH9 C3"] == ("No rating", "\u25cf On track", "Not here.")
    assert found["BE2 C3"] == ("\u25b2 Slipping", "No rating", "Late.")


def test_an_action_that_is_not_in_force_is_outside_all_counts() -> None:
    held = account(quarter(PLAN)).as_json()["actions"]
    assert held["placements"] == 5  # a-3 ended with the second quarter
    assert sum(held["rating"].values()) == 5
    assert held["distinct"] == 2
    assert (held["unreferenced"], held["several"]) == (0, 2)


def test_summary_links_and_sheets_are_those_of_actions_alone(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(build_scorecard(quarter(ALONE)))
    book = openpyxl.load_workbook(path, data_only=True)
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert visible == [
        "Summary",
        "Directorate",
        "Actions",
        "Returns",
        "Files",
        "Findings",
        "Changes",
        "Reconciliation",
        "Passport",
        "Self-test",
        "Definitions",
    ]
    links = [cell.value for cell in book["Summary"][6] if cell.value]
    assert links == ["Go to", *visible[1:]]
    returns = book["Returns"]
    (at,) = [row for row in range(1, 40) if returns.cell(row, 1).value == "Directorate"]
    assert [cell.value for cell in returns[at]][-2:] == ["Actions", "Rated"]
    assert [cell.value for cell in returns[at + 1]][-2:] == [2, 1]


def test_the_passport_leads_from_a_rating_to_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(build_scorecard(quarter(ALONE)))
    sheet = openpyxl.load_workbook(path, data_only=True)["Passport"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    row = next(row for row in rows if row[2] == P1.label and row[0] == "CH9")
    assert row[4] == "\u25cf On track"
    assert (row[9], row[10], row[11], row[12]) == ("care.xlsx", "Actions", "F6", "Head of Care")
    place = next(row for row in rows if row[8] == "at C3")
    assert (place[4], place[15]) == ("Not rated", "a-1@d-2")


def test_a_refresh_brings_the_same_actions() -> None:
    made = json.loads(tables_text(tables(quarter(ALONE))))
    blocks = {block["name"]: block for block in made["blocks"]}
    assert blocks["data_rating"]["rows"][0] == [2, 1, 1]
    assert blocks["data_update"]["rows"][0][0] == "=Begun; 3 of 4"
    assert blocks["rows_actions"]["kind"] == "rows"
    assert "data_actual" not in blocks
