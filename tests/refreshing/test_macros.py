"""Officers' own work stays through refreshes inside the application too, by the code of the commands for Excel."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwings

from perfbook.excel.refresh import refresh
from perfbook.records import Quarter
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.calc_detail import measure_labels
from perfbook.scorecard.tables import tables
from tests.refreshing import officers
from tests.refreshing.officers import FORMULAS, NOTES, OWN, fresh
from tests.scorecard import invented
from tests.support.office import Office
from tests.support.xlwings_office import excel_in

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")


# What the sheet Detail shows.
DETAIL = "A1:L60"


def grown(round_: int) -> Quarter:
    """The invented quarter with larger figures; a macro does not change sparklines, so no sign changes."""
    quarter = invented.quarter()
    factor = 1 + Decimal(round_) / 100
    observations = tuple(
        replace(each, actual=None if each.actual is None else each.actual * factor, commentary=f"round {round_}")
        for each in quarter.observations
    )
    return replace(quarter, observations=observations, findings=quarter.findings * (1 + round_ % 4))


def test_ten_refreshes_in_the_application(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(officers.by_libreoffice(fresh(0), office, tmp_path))
    places = ("G6", "G7", "G8", "I7", "J9")
    periods, labels = grown(0).periods, list(measure_labels(grown(0).framework).values())
    with excel_in(office) as excel:
        book = excel.open(path)
        live = xlwings.Book(impl=book)
        for round_ in range(1, 11):
            book.office.set_cell("Summary", officers.CHOSEN, periods[round_ % 5].label)
            book.office.set_cell("Detail", officers.CHOSEN, labels[round_ % 4])
            refresh(live, tables(grown(round_)), lambda _: None)
            assert book.office.get_cell("Summary", officers.CHOSEN).value == periods[round_ % 5].label
            assert book.office.get_cell("Detail", officers.CHOSEN).value == labels[round_ % 4]
        shown = [book.office.get_cell("Scorecard", place).value for place in places]
        detail = [cell.value for row in book.office.get_cells("Detail", DETAIL) for cell in row]
        book.office.save_as(tmp_path / "after.xlsx")
    wanted = tmp_path / "wanted.xlsx"
    key = next(key for key, label in measure_labels(grown(0).framework).items() if label == labels[2])
    wanted.write_bytes(build_scorecard(grown(10), selected=periods[0], measure=key))
    with office.open(wanted) as new:
        assert shown == [new.get_cell("Scorecard", place).value for place in places]
        assert detail == [cell.value for row in new.get_cells("Detail", DETAIL) for cell in row]
    after = openpyxl.load_workbook(tmp_path / "after.xlsx")
    assert {address: after[OWN][address].value for address in FORMULAS} == FORMULAS
    assert len(after[OWN]._charts) == 1
    assert after.defined_names["my_rate"].attr_text == f"'{OWN}'!$B$6"
    assert {address: after["Scorecard"][address].value for address in NOTES} == NOTES
    assert after["Scorecard"].column_dimensions["B"].width > 45
