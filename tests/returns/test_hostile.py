"""Files that nobody should send, and what becomes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from perfbook.errors import UnreadableFileError
from perfbook.returns._xml import NotXmlError
from perfbook.returns.identity import issue_id, return_name
from perfbook.returns.reader import identify, read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places

Edit = Callable[[openpyxl.Workbook], None]


@pytest.fixture(scope="module")
def blank() -> bytes:
    return build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED)


def edited(data: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replaced(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, change(content) if item.filename == part else content)
    return out.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_return(data, file="x.xlsx", framework=framework())
    assert caught.value.reason.endswith(".")
    return caught.value.code


def test_identity(blank: bytes) -> None:
    identity = identify(blank, "whatever.xlsx")
    assert identity.council == "Elmbridge Vale"
    assert (identity.directorate, identity.period) == ("housing", "2031-32 Q3")
    assert identity.issue == issue_id(framework(), "housing", PERIOD)
    assert len(identity.issue) == 16
    assert return_name(framework(), "housing", PERIOD) == "Elmbridge Vale 2031-32 Q3 Housing & Estates.xlsx"


def test_issue_ids_differ() -> None:
    ids = {issue_id(framework(), d, p) for d in ("housing", "parks") for p in (PERIOD, PERIOD.previous)}
    assert len(ids) == 4


def test_not_a_workbook(blank: bytes) -> None:
    assert code_of(b"") == "R101"
    assert code_of(b"hello") == "R110"
    assert code_of(blank[:5000]) == "R101"
    assert code_of(replaced(blank, "xl/workbook.xml", lambda _: b"<oops")) == "R101"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert code_of(out.getvalue()) == "R110"


def test_protected_by_a_password(shared: Path) -> None:
    locked = (shared / "corpus" / "msoffcrypto" / "example_password.xlsx").read_bytes()
    assert code_of(locked) == "R102"
    assert code_of(locked[:3000]) == "R101"


def test_somebody_elses_workbook() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Measures").write(0, 0, "Measures")
    book.close()
    assert code_of(out.getvalue()) == "R103"


def _set_identity(key: str, value: str) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        for row in book["_perfbook"].iter_rows():
            if row[0].value == key:
                row[1].value = value

    return edit


def test_altered_identity(blank: bytes) -> None:
    assert code_of(edited(blank, _set_identity("directorate", "parks"))) == "R105"
    assert code_of(edited(blank, _set_identity("format", "2"))) == "R107"


def test_another_council(blank: bytes) -> None:
    from dataclasses import replace

    other = replace(framework(), council="Somewhere Else")
    with pytest.raises(UnreadableFileError) as caught:
        read_return(blank, file="x.xlsx", framework=other)
    assert caught.value.code == "R104"
    assert "Elmbridge Vale" in caught.value.reason


def test_measures_sheet_gone(blank: bytes) -> None:
    def delete(book: openpyxl.Workbook) -> None:
        del book["Measures"]

    def delete_key_row(book: openpyxl.Workbook) -> None:
        book["Measures"].delete_rows(1)

    assert code_of(edited(blank, delete)) == "R106"
    assert code_of(edited(blank, delete_key_row)) == "R106"


def test_ghost_cells_at_the_far_corner(blank: bytes) -> None:
    def ghost(book: openpyxl.Workbook) -> None:
        book["Measures"]["XFD1048576"] = 1
        book["Measures"][Places(blank).measure("k003", "actual")] = 131

    submission = read_return(edited(blank, ghost), file="x.xlsx", framework=framework())
    third = next(o for o in submission.observations if o.measure == "k003")
    assert third.actual == Decimal(131)
    assert len(submission.observations) == 13


def test_a_row_at_the_far_end_without_cell_references(blank: bytes) -> None:
    end = b"<row r='1048576'><c><v>1</v></c></row></sheetData>"
    far = replaced(blank, "xl/worksheets/sheet2.xml", lambda part: part.replace(b"</sheetData>", end))
    assert len(read_return(far, file="x.xlsx", framework=framework()).observations) == 13


def test_binary_workbook(blank: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.bin", b"")
    assert code_of(out.getvalue()) == "R103"


def test_copied_sheet(blank: bytes) -> None:
    def copy(book: openpyxl.Workbook) -> None:
        book["Measures"][Places(blank).measure("k003", "actual")] = 131
        twin = book.copy_worksheet(book["Measures"])
        twin.title = "Measures (2)"
        twin[Places(blank).measure("k003", "actual")] = 132
        book.move_sheet(twin, -3)

    submission = read_return(edited(blank, copy), file="x.xlsx", framework=framework())
    said = {f.code: f for f in submission.findings if f.code.startswith("R")}
    assert list(said) == ["R202", "R211"]
    assert (said["R211"].severity, Places(blank).measure("k003", "actual") in said["R211"].found) == ("error", True)
    assert next(o for o in submission.observations if o.measure == "k003").actual == Decimal(131)


def test_dates_and_truth_values(blank: bytes) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        book["Measures"][places.measure("k005", "actual")] = datetime(2031, 4, 3)  # noqa: DTZ001
        book["Measures"][places.measure("k003", "actual")] = True
        book["Measures"][places.measure("k004", "actual")] = "=10+12"
        book["Measures"][places.measure("k008", "actual")] = "#REF!"
        book["Measures"][places.measure("k012", "commentary")] = 12.5

    submission = read_return(edited(blank, edit), file="x.xlsx", framework=framework())
    codes = {(f.measure, f.code) for f in submission.findings if f.code.startswith("V")}
    assert codes == {("k005", "V113"), ("k003", "V109"), ("k004", "V111"), ("k008", "V110")}
    by_key = {o.measure: o for o in submission.observations}
    assert by_key["k012"].commentary == "12.5"
    assert all(by_key[key].actual is None for key in ("k003", "k004", "k005", "k008"))


def test_numbers_as_text(blank: bytes) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["Measures"]
        sheet[places.measure("k003", "actual")] = "1,204"
        sheet[places.measure("k001", "numerator")] = " 113 "
        sheet[places.measure("k001", "denominator")] = "147"
        sheet[places.measure("k007", "actual")] = 93  # a hundred times too large: a query, never converted

    submission = read_return(edited(blank, edit), file="x.xlsx", framework=framework())
    by_key = {o.measure: o for o in submission.observations}
    assert by_key["k003"].actual == Decimal(1204)
    assert by_key["k001"].actual == Decimal("0.769")
    assert by_key["k007"].actual == Decimal(93)
    assert {("k007", "V102"), ("k003", "V103"), ("k003", "V102")} <= {(f.measure, f.code) for f in submission.findings}


def test_typed_percentage_is_compared_at_the_places_that_were_typed(blank: bytes) -> None:
    places = Places(blank)

    def codes(typed: str | float) -> set[str]:
        def edit(book: openpyxl.Workbook) -> None:
            sheet = book["Measures"]
            sheet[places.measure("k001", "numerator")] = 621
            sheet[places.measure("k001", "denominator")] = 646
            sheet[places.measure("k001", "actual")] = typed

        submission = read_return(edited(blank, edit), file="x.xlsx", framework=framework())
        return {f.code for f in submission.findings if f.measure == "k001"}

    assert "V101" not in codes("96%")
    assert "V101" in codes("96.2%")
    assert "V101" in codes(0.96)
    assert "V101" not in codes(0.961)


def test_the_careful_reading_fails_but_the_values_are_read(blank: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise NotXmlError("not well-formed")

    places = Places(blank)
    data = edited(blank, lambda book: book["Measures"].__setitem__(places.measure("k002", "actual"), 0.0154))
    monkeypatch.setattr("perfbook.returns._grid.open_book", fails)
    submission = read_return(data, file="x.xlsx", framework=framework())
    assert [f.code for f in submission.findings if f.code.startswith("R")] == ["R201"]
    second = next(o for o in submission.observations if o.measure == "k002")
    assert second.source is not None and second.source.displayed == "1.54%"


def test_panic_of_calamine_does_not_escape(blank: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panics(*_: object, **__: object) -> None:
        raise Panic

    monkeypatch.setattr("perfbook.returns._grid.python_calamine.load_workbook", panics)
    submission = read_return(blank, file="x.xlsx", framework=framework())
    assert submission.state == "not started"
    assert len(submission.observations) == 13


def test_zip_bomb(blank: bytes) -> None:
    bomb = replaced(blank, "xl/theme/theme1.xml", lambda _: b" " * 20_000_000)
    assert code_of(bomb) == "R108"
