"""A scorecard with evidence, grids and headings, refreshed in place: it is what a new one would be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings

from perfbook.excel.refresh import refresh
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.tables import tables, tables_text
from tests.excel.test_live import contents, require_same
from tests.feedback.plan import Cells, Quarter
from tests.feedback.test_other_sheets import grid_sheet, odd_return
from tests.support.office import Office
from tests.support.xlwings_office import Excel, excel_in


@pytest.fixture
def excel(office: Office) -> Iterator[Excel]:
    with excel_in(office) as running:
        yield running


def test_evidence_that_came_later_is_in_the_refreshed_book(tmp_path: Path, office: Office, excel: Excel) -> None:
    quarter = Quarter(tmp_path / "share")
    quarter.put(odd_return(quarter))
    before = build_scorecard(quarter.collect().quarter)
    cells = Cells(quarter.path.read_bytes())
    more = {
        ("Evidence", "evidence-02", "where"): "minutes.pdf",
        ("Evidence", "evidence-03", "supports"): "CH9",
        ("Evidence", "evidence-03", "shows"): "3/4 places opened",
        ("Evidence", "evidence-03", "where"): "https://www.example.org/places",
        (grid_sheet(cells), "male", "figure.staff"): 154,
        ("Service summary", "outlook", "text"): "A new team",
    }
    quarter.put(cells.typed(more))
    (quarter.path.parent / "minutes.pdf").write_bytes(b"%PDF-1.4 minutes")
    later = quarter.collect().quarter
    assert {each.found for each in later.evidence} == {"yes", ""}
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(before)
    new.write_bytes(build_scorecard(later))
    with office.open(new) as book:
        book.recalculate()
        expected = contents(book)
    opened = excel.open(old)
    refresh(xlwings.Book(impl=opened), json.loads(tables_text(tables(later))), lambda said: None)
    after = contents(opened.office)
    shown = {value for place, (value, _) in after.items() if place.startswith("Evidence!")}
    assert {"minutes.pdf", "3/4 places opened", "https://www.example.org/places"} <= shown
    require_same(after, expected)
