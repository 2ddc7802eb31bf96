"""A return that has lost its identity is told from its rows, or rejected where they leave a doubt."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from perfbook.collecting.recovery import recover_identity
from perfbook.returns import layout
from perfbook.returns.identity import identity_of
from tests.collecting.council import PERIOD, Share, council, filled, name_of
from tests.returns.places import Places


def _changed(data: bytes, change: Callable[[Workbook], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _without_identity(book: Workbook) -> None:
    book.remove(book[layout.IDENTITY])


def _altered(book: Workbook) -> None:
    for row in book[layout.IDENTITY].iter_rows():
        for cell in row:
            if cell.value == "housing":
                cell.value = "parks"


@pytest.mark.parametrize(("harm", "words"), [(_without_identity, "is missing"), (_altered, "was altered")])
@pytest.mark.parametrize("name", [name_of("housing"), "scan of something.xlsx"])
def test_it_is_read_by_its_keys_and_marked(
    share: Share, harm: Callable[[Workbook], None], words: str, name: str
) -> None:
    share.put(name, _changed(filled("housing", {"h1": 12, "h2": 7}, "Certified"), harm))
    run = share.collect()
    assert run.verdict(name) == ("accepted", "C000")
    assert (run.figure("h1"), run.figure("h2"), run.record("housing").state) == (12, 7, "certified")
    assert run.record("parks").state == "not started"
    (said,) = (f for f in run.collected.findings if f.code == "I120")
    assert said.severity == "warning"
    assert words in said.found
    assert "the return of Housing & Estates for 2031-32 Q3" in said.found
    # The mark stays with the figures.
    (share.folder / name).unlink()
    assert "I120" in [f.code for f in share.collect().collected.findings]


def _other_period(book: Workbook) -> None:
    _without_identity(book)
    for row in book[layout.MEASURES].iter_rows():
        for cell in row:
            if cell.value == "2031-32 Q3":
                cell.value = "2031-32 Q2"


def _few_rows(book: Workbook) -> None:
    _without_identity(book)
    sheet = book[layout.MEASURES]
    for row in reversed(range(1, sheet.max_row + 1)):
        if sheet.cell(row, 1).value in ("h1", "h2", "h4"):
            sheet.delete_rows(row)


def _strange_row(book: Workbook) -> None:
    _without_identity(book)
    sheet = book[layout.MEASURES]
    sheet.cell(next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == "h4"), 1).value = "p1"


@pytest.mark.parametrize("harm", [_other_period, _few_rows, _strange_row])
def test_what_leaves_a_doubt_stays_rejected(share: Share, harm: Callable[[Workbook], None]) -> None:
    data = filled("housing", {"h1": 12, "h2": 7}, "Certified")
    assert Places(data).measure("h1", layout.ACTUAL)
    share.put("x.xlsx", _changed(data, harm))
    run = share.collect()
    assert run.verdict("x.xlsx") == ("rejected", "R103")
    assert run.record("housing").state == "not started"


def test_the_identity_is_the_one_that_would_be_issued() -> None:
    framework, about = council(), PERIOD.label
    rows = {"h1": about, "h2": about, "h3": "2031-32 Q2", "h4": "not due"}
    assert recover_identity(rows, framework, PERIOD) == identity_of(framework, "housing", PERIOD)
    assert recover_identity({"p1": about}, framework, PERIOD) == identity_of(framework, "parks", PERIOD)
    # Nothing that names a period, a stranger's keys, a measure that is not in force.
    for other in ({"h1": "", "h2": "", "h3": "", "h4": ""}, {"x1": about}, {"l1": about}, {}):
        assert recover_identity(other, framework, PERIOD) is None
    both = replace(framework, directorates=framework.directorates[:1])
    assert recover_identity({"p1": about}, both, PERIOD) is None
