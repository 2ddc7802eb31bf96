"""A framework that was edited after its returns went out: a row means what it said when it was filled."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from perfbook.framework.model import Framework, Unit
from perfbook.records import Submission
from perfbook.returns import layout
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.returns.test_hostile import edited

FILLED = {
    ("k001", "numerator"): 113,
    ("k001", "denominator"): 147,
    ("k003", "actual"): 131,
    ("k004", "actual"): 22.4,
    ("k006", "numerator"): 42,
    ("k006", "denominator"): 131250,
}


@pytest.fixture(scope="module")
def filled() -> bytes:
    blank = build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED)
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        for (key, column), value in FILLED.items():
            book[layout.MEASURES][places.measure(key, column)] = value

    return edited(blank, edit)


def changed(key: str, **fields: object) -> Framework:
    base = framework()
    measures = tuple(replace(m, **fields) if m.key == key else m for m in base.measures)  # type: ignore[arg-type]
    return replace(base, measures=measures, version="version-two")


def read(data: bytes, by: Framework, key: str) -> tuple[tuple[str, Decimal | None] | None, dict[str, str], Submission]:
    """Period and figure of a measure, and the severity of what is said about it."""
    submission = read_return(data, file="x.xlsx", framework=by)
    row = next((o for o in submission.observations if o.measure == key), None)
    found = {f.code: f.severity for f in submission.findings if f.measure == key}
    return (row.period.label, row.actual) if row else None, found, submission


def test_a_figure_keeps_the_period_that_its_row_says(filled: bytes) -> None:
    row, found, submission = read(filled, changed("k003", arrears=1), "k003")
    assert row == ("2031-32 Q3", Decimal(131))
    assert found["V120"] == "error"
    said = next(f for f in submission.findings if f.code == "V120")
    assert "2031-32 Q3" in said.found and "2031-32 Q2" in said.found
    assert said.cell == Places(filled).measure("k003", "actual")


def test_a_blank_row_for_another_period_is_a_warning(filled: bytes) -> None:
    row, found, _ = read(filled, changed("k008", arrears=1), "k008")
    assert (row, found) == (("2031-32 Q3", None), {"V120": "warning"})


def test_a_measure_that_became_yearly_keeps_its_quarter(filled: bytes) -> None:
    row, found, _ = read(filled, changed("k003", frequency="yearly"), "k003")
    assert (row, found["V120"]) == (("2031-32 Q3", Decimal(131)), "error")
    assert read(filled, changed("k008", frequency="yearly"), "k008")[:2] == (None, {})


def test_a_measure_that_was_not_due_is_not_read(filled: bytes) -> None:
    row, found, _ = read(filled, changed("k011", frequency="quarterly"), "k011")
    assert (row, found) == (None, {"R205": "warning"})


def test_a_figure_in_another_unit_is_not_taken(filled: bytes) -> None:
    row, found, submission = read(filled, changed("k004", unit=Unit.parse("percent")), "k004")
    assert (row, found) == (("2031-32 Q3", None), {"V121": "error"})
    said = next(f for f in submission.findings if f.code == "V121")
    assert "days" in said.found and "%" in said.found
    row, found, _ = read(filled, changed("k004", unit=Unit.parse("working days")), "k004")
    assert (row, found["V121"]) == (("2031-32 Q3", Decimal("22.4")), "error")


def test_a_fraction_that_is_declared_no_more(filled: bytes) -> None:
    row, found, _ = read(filled, changed("k001", numerator="", denominator=""), "k001")
    assert (row, found.get("V118")) == (("2031-32 Q3", Decimal("0.769")), "info")
    row, found, _ = read(filled, changed("k006", numerator="", denominator=""), "k006")
    assert (row, found) == (("2031-32 Q3", None), {"V118": "error"})


def test_a_fraction_that_is_declared_since(filled: bytes) -> None:
    row, found, _ = read(filled, changed("k003", numerator="a", denominator="b"), "k003")
    assert row == ("2031-32 Q3", Decimal(131))
    assert not {"V109", "V105"} & set(found)


def test_a_measure_that_moved_is_read_where_it_was_filled(filled: bytes) -> None:
    row, found, submission = read(filled, changed("k003", directorate="parks"), "k003")
    assert (row, found["R209"]) == (("2031-32 Q3", Decimal(131)), "warning")
    assert "R206" not in {f.code for f in submission.findings}
    assert read(filled, changed("k008", directorate="parks"), "k008")[:2] == (None, {})
