"""Every choice of period and directorate, of every sample council: what a second engine shows is what Python says."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from perfbook.creating import create_workspace
from perfbook.errors import UsageError
from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.samples import read_sample
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.build import assembled
from perfbook.scorecard.facts import facts_of
from perfbook.scorecard.view import View
from tests.scorecard import invented
from tests.support.office import Book, Formula, Office, same_number

# How many choices there are, and at least how many formulas each has that is compared.
SAMPLES = {
    "dudley": (30, 4500),
    "walsall-children": (16, 1900),
    "walsall-plan": (10, 400),
    "sandwell": (10, 4000),
    "kirklees": (20, 10000),
}
Cells = dict[tuple[str, str], Any]


@pytest.mark.parametrize("council", SAMPLES)
def test_every_choice_shows_what_python_says(council: str, office: Office, tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "council", example=council)
    compared = _compare(workspace.collect(as_at=read_sample(council).as_at), office, tmp_path)
    choices, least = SAMPLES[council]
    assert len(compared) == choices
    assert min(compared) > least


def test_every_choice_of_the_invented_council_too(office: Office, tmp_path: Path) -> None:
    assert len(_compare(invented.quarter(), office, tmp_path)) == 15


def _compare(quarter: Quarter, office: Office, folder: Path) -> list[int]:
    """How many formulas were compared, choice by choice; the book is opened once."""
    path = folder / "book.xlsx"
    path.write_bytes(build_scorecard(quarter))
    base = View(quarter, quarter.period)
    compared = []
    with office.open(path) as book:
        for period in quarter.periods:
            for key, label in base.directorate_labels.items():
                fresh = _shown(book, period, label)
                expected = _said(base, period, key)
                assert expected.keys() == fresh.keys()
                wrong = [
                    f"{place}: {cell.value!r}, LibreOffice {fresh[place].value!r}"
                    for place, cell in expected.items()
                    if not _same(cell, fresh[place])
                ]
                assert not wrong, f"{period.label}, {label}:\n" + "\n".join(wrong[:20])
                compared.append(len(expected))
    return compared


def _shown(book: Book, period: Period, label: str) -> dict[tuple[str, str], Formula]:
    """What every formula of the book gives in LibreOffice, once both cells are chosen."""
    book.set_cell("Summary", "B4", period.label)
    book.set_cell("Summary", "B5", label)
    found = book.all_formulas(texts=False)
    return {(sheet, place): cell for sheet, cells in found.items() for place, cell in cells.items()}


def _said(base: View, period: Period, directorate: str) -> Cells:
    """Every formula with what Python gives it for a choice. What depends on no choice is worked out once."""
    view = View(base.quarter, period, {}, directorate)
    own = {field.name for field in fields(View)} | {"directorate_number"}
    vars(view).update({name: value for name, value in vars(base).items() if name not in own})
    book = assembled(view, facts_of(view))
    vars(base).update({name: value for name, value in vars(view).items() if name not in own})
    return {
        (sheet.name, xl_rowcol_to_cell(row, column)): cell
        for sheet in book.sheets.values()
        for row, cells in sheet.raw.table.items()
        for column, cell in cells.items()
        if type(cell).__name__ == "Formula"
    }


def _same(cell: Any, fresh: Formula) -> bool:
    value = cell.value
    if fresh.error:
        # So a chart is told that there is nothing to draw.
        return str(value) == "#N/A" and "NA()" in cell.formula
    if isinstance(fresh.value, str):
        # The writer's texts are equal to no error and to no empty text.
        return isinstance(value, str) and str.__eq__(value, fresh.value) is True
    return not isinstance(value, str) and fresh.value is not None and same_number(float(f"{value}"), fresh.value)


# -- What the sheets say ----------------------------------------------------------------------------------------------


@cache
def _values(directorate: str) -> dict[str, list[list[Any]]]:
    view = View(invented.quarter(), invented.LAST, {}, directorate)
    book = assembled(view, facts_of(view))
    found: dict[str, list[list[Any]]] = {}
    for name in ("Summary", "Directorate", "Exceptions"):
        table = book.sheets[name].raw.table
        rows: list[list[Any]] = []
        for row in range(max(table) + 1):
            cells = table.get(row, {})
            rows.append([getattr(cells.get(column), "value", None) for column in range(16)])
        found[name] = rows
    return found


def _from(rows: list[list[Any]], head: str, column: int) -> list[list[Any]]:
    start = next(number for number, row in enumerate(rows) if row[column] == head)
    return [row for row in rows[start + 1 :] if row[column]]


def test_the_page_of_a_directorate_lists_its_measures_in_force_and_counts_them() -> None:
    measures = {m.key: m for m in invented.MEASURES}
    listed = [row[0] for row in _from(_values("care")["Directorate"], "Code", 0)]
    assert listed == [m.code for m in measures.values() if m.directorate == "care"]
    assert [row[0] for row in _from(_values("housing")["Directorate"], "Code", 0)] == [
        m.code for m in measures.values() if m.directorate == "housing" and m.key != "c3"
    ], "c3 was withdrawn"
    total = {key: _values(key)["Directorate"][5][2] for key in ("", "housing", "care")}
    assert total == {"": 15, "housing": 8, "care": 7}


def test_exceptions_follow_and_say_so_and_the_counts_of_summary_do_not() -> None:
    codes = {key: [row[0] for row in _values(key)["Exceptions"][4:] if row[0]] for key in ("", "housing", "care")}
    assert sorted(codes["housing"] + codes["care"]) == sorted(codes[""])
    assert codes["housing"] == codes[""] != []
    assert _values("care")["Exceptions"][2][0] == (
        "No measure needs an explanation in this period. Of one directorate alone, chosen on Summary: Adult Care."
    )
    assert _values("care")["Summary"][9:] == _values("")["Summary"][9:]
    assert "the whole council" in _values("care")["Summary"][4][5]


def test_with_all_chosen_each_directorate_stands_beside_the_others() -> None:
    rows = {row[1]: row for row in _from(_values("")["Directorate"], "Directorate", 1)}
    assert list(rows) == ["Housing & Estates", "Adult Care"]
    assert rows["Housing & Estates"][2:4] == [8, 6]
    assert (rows["Housing & Estates"][9], rows["Adult Care"][9]) == ("Certified", "In progress")


def test_a_directorate_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'parks'\. There are: housing, care"):
        build_scorecard(invented.quarter(), directorate="parks")
