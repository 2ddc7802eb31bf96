from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
import xlsxwriter
from PIL import Image

from tests.conftest import Audit
from tests.support.office import Cached, Office, OfficeError, compare_cached, read_cached, same_number
from tests.support.office_process import remove_leftovers
from tests.support.render import render

ROOT = Path(__file__).resolve().parents[2]


def make_book(path: Path, *, total: object = 7.0, ratio: object = 0.75, error: str = "#N/A") -> Path:
    """A sheet with inputs in A and B (percent), formulas in C and D; the cached values are as given."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Figures")
        percent = book.add_format({"num_format": "0.0%", "locked": False})
        unlocked = book.add_format({"locked": False})
        sheet.write_number("A1", 3, unlocked)
        sheet.write_number("A2", 4, unlocked)
        sheet.write_blank("A3", None, unlocked)
        sheet.write_blank("B1", None, percent)
        sheet.write_formula("C1", "=A1+A2", None, total)
        sheet.write_formula("C2", "=A1/A2", None, ratio)
        sheet.write_formula("C3", '=IF(A1>A2,"more","")', None, "")
        sheet.write_formula("C4", "=A1<A2", None, True)
        sheet.write_formula("C5", "=NA()", None, error)
        sheet.write_formula("C6", '=A1&" of "&A2', None, "3 of 4")
        sheet.write_array_formula("D1:D2", "{=A1:A2*2}", None, 6)
        sheet.write_number("D2", 8)
        sheet.write_string("E1", "=not a formula")
        sheet.protect()
        book.add_worksheet("Hidden").very_hidden()
    return path


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book.xlsx")


def test_values_come_back_as_what_they_are(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        book.recalculate()
        ((number, blank, formula),) = book.get_cells("Figures", "A1:C1")
        assert (number.type, number.value, number.string) == ("value", 3.0, "3")
        assert (blank.type, blank.value, blank.string) == ("empty", None, "")
        assert (formula.type, formula.value, formula.formula) == ("formula", 7.0, "=A1+A2")
        error = book.get_cell("Figures", "C5")
        assert (error.type, error.value, error.string, error.error) == ("formula", None, "#N/A", 32767)
        text = book.get_cell("Figures", "E1")
        assert (text.type, text.value, text.formula) == ("text", "=not a formula", "")
        assert [(s.name, s.visible, s.protected) for s in book.sheets()] == [
            ("Figures", True, True),
            ("Hidden", False, False),
        ]


@pytest.mark.parametrize(
    ("typed", "kind", "value", "shown"),
    [
        ("76.8", "value", 0.768, "76.8%"),
        ("76.8%", "value", 0.768, "76.8%"),
        ("12", "value", 0.12, "12.0%"),
        ("-3.2", "value", -0.032, "-3.2%"),
        ("76.8% (113/147)", "text", "76.8% (113/147)", "76.8% (113/147)"),
        ("New Measure", "text", "New Measure", "New Measure"),
    ],
)
def test_typing_into_a_percent_cell(
    office: Office, book_path: Path, typed: str, kind: str, value: object, shown: str
) -> None:
    with office.open(book_path) as book:
        book.type_cell("Figures", "B1", typed)
        cell = book.get_cell("Figures", "B1")
        assert (cell.type, cell.value, cell.string) == (kind, value, shown)


def test_typing_elsewhere_and_pasting(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        book.type_cell("Figures", "A3", "31/12/2020")
        assert book.get_cell("Figures", "A3").value == 44196.0
        book.set_cell("Figures", "A3", "12")
        assert book.get_cell("Figures", "A3").type == "text"
        book.set_cell("Figures", "A3", 12)
        assert book.get_cell("Figures", "A3").value == 12.0
        book.set_formula("Figures", "A3", "=A1*10")
        assert book.get_cell("Figures", "A3").value == 30.0
        book.set_cell("Figures", "A3", None)
        assert book.get_cell("Figures", "A3").type == "empty"


def test_what_a_person_could_not_change_is_refused(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        for change in (book.set_cell, book.type_cell):
            with pytest.raises(OfficeError, match=r"Figures!C1 is locked on a protected sheet"):
                change("Figures", "C1", "1")
        with pytest.raises(OfficeError, match="is protected"):
            book.insert_rows("Figures", 1)
        with pytest.raises(OfficeError, match="locked cells"):
            book.move_range("Figures", "A1", "E5")
        book.unprotect("Figures")
        book.type_cell("Figures", "C1", "1")
        assert book.get_cell("Figures", "C1").value == 1.0


def test_wrong_names_answer_with_a_sentence_and_leave_it_running(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        starts = office.starts
        with pytest.raises(OfficeError, match=r"no sheet 'figures2'; there are: Figures, Hidden"):
            book.get_cell("figures2", "A1")
        with pytest.raises(OfficeError, match="'1A' is not a cell"):
            book.get_cell("Figures", "1A")
        assert office.starts == starts
        assert book.get_cell("Figures", "A1").value == 3.0
    with pytest.raises(OfficeError, match="not open any more"):
        book.sheets()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        office.open(book_path.with_name("nowhere.xlsx"))


def test_a_file_that_is_no_workbook_is_refused(office: Office, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(OfficeError, match=r"broken\.xlsx"):
        office.open(broken)


def test_moving_rows_sheets_and_cells(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        book.unprotect("Figures")
        book.move_range("Figures", "A2", "G9")
        assert book.get_cell("Figures", "C1").formula == "=A1+G9"
        book.insert_rows("Figures", 1, 2)
        assert book.get_cell("Figures", "C3").formula == "=A3+G11"
        book.delete_rows("Figures", 1, 2)
        book.rename_sheet("Figures", "Renamed")
        assert book.get_cell("Renamed", "C1").value == 7.0


@pytest.mark.parametrize("format", ["xlsx", "ods", "xls"])
def test_saving_in_each_format(office: Office, book_path: Path, tmp_path: Path, format: str) -> None:
    before = book_path.read_bytes()
    with office.open(book_path) as book:
        assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]  # no lock file beside it
        book.type_cell("Figures", "A1", "10")
        saved = book.save_as(tmp_path / f"saved.{format}", format)  # type: ignore[arg-type]
    with office.open(saved) as book:
        assert book.get_cell("Figures", "C1").value == 14.0
    assert book_path.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"book.xlsx", f"saved.{format}"}


def test_all_formulas_of_a_book(office: Office, book_path: Path) -> None:
    with office.open(book_path) as book:
        found = book.all_formulas()
    assert found["Hidden"] == {}
    assert {address: (cell.value, cell.error) for address, cell in found["Figures"].items()} == {
        "C1": (7.0, 0),
        "C2": (0.75, 0),
        "C3": ("", 0),
        "C4": (1.0, 0),
        "C5": ("#N/A", 32767),
        "C6": ("3 of 4", 0),
        "D1": (6.0, 0),
        "D2": (8.0, 0),
    }


def test_scattered_formulas_are_read_the_same_way(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "scattered.xlsx"
    expected = {}
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for row in range(60):
            for column in range(60):
                if (row + column) % 2:
                    sheet.write_formula(row + 7, column + 3, f"={row}*100+{column}", None, row * 100 + column)
                    expected[row * 100 + column] = True
    with office.open(path) as book:
        cells = book.all_formulas()["S"]
    assert sorted(int(cell.value) for cell in cells.values()) == sorted(expected)
    assert cells["BK8"].value == 59.0


def test_right_cached_values_agree(office: Office, book_path: Path) -> None:
    result = compare_cached(book_path, office)
    assert result.mismatches == []
    # C5 asks for its #N/A with NA(), as what feeds a chart does.
    assert result.errors == []
    assert result.formulas == 8


def test_wrong_cached_values_are_found(office: Office, tmp_path: Path) -> None:
    path = make_book(tmp_path / "wrong.xlsx", total=8.0, ratio="")
    found = compare_cached(path, office).mismatches
    assert [(m.sheet, m.cell, m.cached, m.recalculated) for m in found] == [
        ("Figures", "C1", 8.0, 7.0),
        ("Figures", "C2", None, 0.75),
    ]
    assert str(found[0]) == "Figures!C1: in the file 8.0, recalculated 7.0, by A1+A2"


def test_another_error_or_an_error_on_one_side_is_a_mismatch(office: Office, tmp_path: Path) -> None:
    path = make_book(tmp_path / "errors.xlsx", total="#REF!", error="#REF!")
    result = compare_cached(path, office)
    expected = [("C1", "#REF!", 7.0), ("C5", "#REF!", "#N/A")]
    assert [(m.cell, m.cached, m.recalculated) for m in result.mismatches] == expected
    assert [e.cell for e in result.errors] == ["C1", "C5"]


def test_a_book_that_was_changed_is_compared_with_one_written_so(office: Office, tmp_path: Path) -> None:
    path = make_book(tmp_path / "first.xlsx")
    changed = {("Figures", "A1"): 5}
    stale = {difference.cell for difference in compare_cached(path, office, sets=changed).mismatches}
    assert stale == {"C1", "C2", "C3", "C4", "C6", "D1"}
    with office.open(path) as book:
        book.type_cell("Figures", "A1", "5")
        second = book.save_as(tmp_path / "second.xlsx")
    assert compare_cached(path, office, sets=changed, against=second).mismatches == []


def test_cached_values_are_read_by_kind(book_path: Path) -> None:
    cells = read_cached(book_path)["Figures"]
    assert cells["C4"] == Cached("A1<A2", True)
    assert cells["C5"] == Cached("NA()", None, "#N/A")
    assert cells["C3"] == Cached('IF(A1>A2,"more","")', None)  # XlsxWriter writes no type for it


def test_a_formula_without_a_value_is_read_as_such(book_path: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(book_path) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<v>7.0</v>" in part
                part = part.replace(b"<v>7.0</v>", b"")
            target.writestr(name, part)
    assert read_cached(bare)["Figures"]["C1"] == Cached("A1+A2", None)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1.0, 1.0 + 1e-11, False),
        (0.0, 1e-20, False),
        (76.8, 76.80000000000001, True),
        (-1.0, 1.0, False),
    ],
)
def test_numbers_agree_at_fifteen_digits(first: float, second: float, same: bool) -> None:
    assert same_number(first, second) is same


def test_a_picture_of_each_page(office: Office, book_path: Path, tmp_path: Path) -> None:
    stale = tmp_path / "pictures" / "book-7.png"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    pages = render(book_path, tmp_path / "pictures", office)
    assert len(pages) == 1
    assert not stale.exists()
    with Image.open(pages[0]) as picture:
        assert picture.getcolors(maxcolors=2) is None  # not blank


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_it_starts_again_after_it_died(book_path: Path) -> None:
    with Office() as own:
        book = own.open(book_path)
        leader = own.process_id
        assert leader is not None
        children = psutil.Process(leader).children(recursive=True)
        assert children
        for child in children:
            os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(OfficeError):
            book.get_cell("Figures", "A1")
        with own.open(book_path) as again:
            assert again.get_cell("Figures", "A1").value == 3.0
        with pytest.raises(OfficeError, match="has died"):
            book.get_cell("Figures", "A1")
        assert own.starts == 2


def test_it_is_gone_when_closed(book_path: Path) -> None:
    with Office() as own:
        own.open(book_path)
        leader = own.process_id
        assert leader is not None
        processes = [psutil.Process(leader), *psutil.Process(leader).children(recursive=True)]
    assert len(processes) > 1
    _, alive = psutil.wait_procs(processes, timeout=120)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_it_is_gone_when_the_process_that_started_it_is_killed(book_path: Path) -> None:
    script = (
        "import sys, time; from tests.support.office import Office; own = Office(); own.open(sys.argv[1]);"
        "print(own.process_id, own._folder.name, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(book_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as starter:
        assert starter.stdout is not None
        leader, _, folder = starter.stdout.readline().strip().partition(" ")
        processes = [psutil.Process(int(leader)), *psutil.Process(int(leader)).children(recursive=True)]
        starter.kill()
    assert len(processes) > 1
    _, alive = psutil.wait_procs(processes, timeout=120)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]
    assert not Path(folder).exists()


def test_what_a_dead_process_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    for name, owner in (("dead", ended.pid), ("mine", os.getpid())):
        folder = tmp_path / f"perfbook-office-{name}"
        folder.mkdir()
        (folder / "owner").write_text(str(owner))
    (tmp_path / "perfbook-office-new").mkdir()
    waiting = "import time; time.sleep(600)"
    hanging = [
        subprocess.Popen([sys.executable, "-c", waiting, str(tmp_path / f"perfbook-office-{name}" / "profile")])
        for name in ("dead", "mine")
    ]
    try:
        remove_leftovers(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["perfbook-office-mine", "perfbook-office-new"]
        assert hanging[0].wait(60) != 0
        assert hanging[1].poll() is None
    finally:
        for process in hanging:
            process.kill()
            process.wait()


def test_no_answer_in_time_ends_it(book_path: Path) -> None:
    with Office() as own:
        book = own.open(book_path)
        assert own.process_id is not None
        psutil.Process(own.process_id).suspend()  # it hangs, for certain
        own.timeout = 0.2
        with pytest.raises(OfficeError, match=r"did not answer within 0\.2 s"):
            book.recalculate()
        own.timeout = 300.0
        with own.open(book_path) as again:
            assert again.get_cell("Figures", "A2").value == 4.0


def test_the_validator_finds_what_is_wrong(audit: Audit, book_path: Path, tmp_path: Path) -> None:
    assert audit(book_path) == []
    assert audit(book_path.read_bytes()) == []
    broken = tmp_path / "broken.xlsx"
    shutil.copyfile(book_path, broken)
    with zipfile.ZipFile(book_path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"<sheetData>", b"<wrong/><sheetData>")
            target.writestr(name, part)
    assert audit(broken)
