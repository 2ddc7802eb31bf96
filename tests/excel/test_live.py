"""The real xlwings code over LibreOffice: a scorecard that is open in "Excel", refreshed in place and printed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings
from openpyxl.utils import get_column_letter

from perfbook.cli import main
from perfbook.creating import create_workspace
from perfbook.excel import live
from perfbook.returns import layout
from perfbook.workspace import open_workspace
from tests.excel.failing import failing
from tests.returns.places import Places
from tests.support.office import Book as OfficeBook
from tests.support.office import Office
from tests.support.xlwings_office import Book, Excel, excel_in

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")

AS_AT, PERIOD, EARLIER = "2020-10-20T09:00", "2020-21 Q2", "2020-21 Q1"
KEY = "dud-008"
# What Excel would make something else of, were it not written with care: a formula, a fraction, a mark, a long text.
COMMENTARY = '\'Tis 76.8%, "they" say\n' + "and so on, " * 900
ACTION = "=1+1"
Run = Callable[..., tuple[int, str, str]]
Contents = dict[str, tuple[Any, str]]
Corrected = Callable[[str], tuple[Contents, list[list[str]]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()  # what came before
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), printed.out, printed.err

    return call


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dudley on a day on which two returns are not in yet and a stranger lies in the folder, consolidated."""
    from perfbook.cli._talk import moment_of

    root = create_workspace(tmp_path_factory.mktemp("dudley") / "made", example="dudley").root
    folder = root / "returns" / PERIOD
    late = root / "late"
    late.mkdir()
    for file in sorted(folder.iterdir())[:2]:
        shutil.move(file, late / file.name)
    (folder / "rota.xlsx").write_bytes(b"no workbook at all")
    open_workspace(root).consolidate(as_at=moment_of(AS_AT))
    # Made once: a book that is saved again says when, and has another hash.
    made = root / "corrected"
    made.mkdir()
    file = next(path for path in folder.iterdir() if "Housing" in path.name)
    _correct(file, made / file.name)
    return root


@pytest.fixture
def workspace(consolidated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(consolidated, tmp_path / "Dudley & co's 100%"))


@pytest.fixture
def excel(office: Office) -> Iterator[Excel]:
    with excel_in(office) as running:
        yield running


def scorecard(workspace: Path) -> Path:
    return workspace / "outputs" / PERIOD / "Dudley 2020-21 Q2 scorecard.xlsx"


def _correct(file: Path, to: Path) -> None:
    places = Places(file.read_bytes())
    book = openpyxl.load_workbook(file)
    sheet = book[layout.MEASURES]
    sheet[places.measure(KEY, layout.NUMERATOR)] = 128
    for column, text in ((layout.COMMENTARY, COMMENTARY), (layout.ACTION, ACTION)):
        cell = sheet[places.measure(KEY, column)]
        cell.value = text
        cell.data_type = "s"
    book.save(to)


def correct(workspace: Path) -> None:
    """A manager corrects a return and explains it; the late ones arrive; the stranger goes."""
    folder = workspace / "returns" / PERIOD
    for place in ("corrected", "late"):
        for path in (workspace / place).iterdir():
            shutil.move(path, folder / path.name)
    (folder / "rota.xlsx").unlink()


def contents(book: OfficeBook) -> Contents:
    """Every cell with something in it: sheet, address -> value (None for an error) and formula."""
    found = {}
    for sheet, (values, formulas) in book._call("everything").items():
        for row, (shown, entered) in enumerate(zip(values, formulas, strict=True), 1):
            for column, cell in enumerate(zip(shown, entered, strict=True), 1):
                if cell != ("", ""):
                    found[f"{sheet}!{get_column_letter(column)}{row}"] = cell
    return found


def looks(book: OfficeBook, name: str) -> list[list[str]]:
    """What is displayed of a list, number formats and all."""
    sheet, row, column, rows, columns = book._call("name_place", name=name)
    address = f"{get_column_letter(column + 1)}{row + 1}:{get_column_letter(column + columns)}{row + rows}"
    return [[cell.string for cell in line] for line in book.get_cells(sheet, address)]


def differences(ours: Contents, theirs: Contents) -> list[str]:
    """The cells that differ, in words."""
    places = [place for place in ours.keys() | theirs.keys() if ours.get(place) != theirs.get(place)]
    return [f"{place}: {ours.get(place)} is not {theirs.get(place)}" for place in sorted(places)]


def require_same(ours: Contents, theirs: Contents) -> None:
    # Not a bare assertion: explaining two whole workbooks would take minutes.
    if found := differences(ours, theirs):
        pytest.fail(f"{len(found)} cells differ:\n" + "\n".join(found[:20]))


def headless(workspace: Path, tmp_path: Path, office: Office, chosen: str = PERIOD) -> tuple[Contents, list[list[str]]]:
    """The book that consolidate writes from the same inputs, in LibreOffice, for the chosen period."""
    copy = Path(shutil.copytree(workspace, tmp_path / "headless"))
    with pytest.raises(SystemExit):
        main(["consolidate", "-w", str(copy), "--as-at", AS_AT])
    with office.open(scorecard(copy)) as book:
        book.type_cell("Summary", "B4", chosen)
        book.recalculate()
        return contents(book), looks(book, "list_passport")


@pytest.fixture(scope="module")
def corrected(consolidated: Path, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Corrected:
    """What `headless` has to say of the workspace after `correct`; each chosen period is asked for once."""
    known: dict[str, tuple[Contents, list[list[str]]]] = {}

    def ask(chosen: str) -> tuple[Contents, list[list[str]]]:
        if chosen not in known:
            folder = tmp_path_factory.mktemp("corrected")
            workspace = Path(shutil.copytree(consolidated, folder / "Dudley"))
            correct(workspace)
            known[chosen] = headless(workspace, folder, office, chosen)
        return known[chosen]

    return ask


def state(book: Book) -> dict[str, Any]:
    """Where names and tables are, and how the application is set."""
    app = book.app
    return {
        **book.call("layout"),
        "app": (app.calculation, app.screen_updating, app.enable_events, app.status_bar),
    }


# -- Refreshed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [PERIOD, EARLIER])
def test_after_a_correction_every_cell_is_what_the_headless_book_has(
    run: Run, workspace: Path, excel: Excel, corrected: Corrected, chosen: str
) -> None:
    correct(workspace)
    expected, passport = corrected(chosen)
    book = excel.open(scorecard(workspace))
    book.office.type_cell("Summary", "B4", chosen)
    before = contents(book.office)
    code, out, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 0, err
    assert "refreshed in Excel, not saved yet" in out
    after = contents(book.office)
    require_same(after, expected)
    assert looks(book.office, "list_passport") == passport
    changed = len(differences(after, before))
    assert changed > 100
    written = {value for value, _ in after.values()}
    assert {COMMENTARY.strip(), ACTION, "'Tis"} & written == {COMMENTARY.strip(), ACTION}
    assert (ACTION in {value for value, _ in before.values()}) is False
    assert book.saves == 0
    assert book.app.calculations == 1
    assert (book.app.calculation, book.app.screen_updating, book.app.enable_events) == ("automatic", True, True)
    assert book.app.said[0].startswith("perfbook: reading the returns")
    assert "perfbook: writing data_actual" in book.app.said
    assert book.app.status_bar is False
    # The lists grew and so did what filters them.
    files = state(book)["tables"]["Files"]["files"]
    assert files[3] == 1 + 9


def test_notes_manual_calculation_and_other_books_are_left_alone(
    run: Run, workspace: Path, tmp_path: Path, excel: Excel
) -> None:
    other = tmp_path / "budget.xlsx"
    sheets = openpyxl.Workbook()
    sheets.active["A1"], sheets.active["A2"] = 20, "=A1*2"  # type: ignore[index]
    sheets.save(other)
    second = excel.open(other)
    book = excel.open(scorecard(workspace))
    notes = {("Summary", "R3"): "ask Housing", ("Returns", "R5"): "rang on Monday", ("Findings", "C600"): "until here"}
    for (sheet, address), text in notes.items():
        book.office.set_cell(sheet, address, text)
    book.app.calculation = "manual"
    untouched = contents(second.office)
    correct(workspace)
    code, _, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 0, err
    assert {place: book.office.get_cell(*place).value for place in notes} == notes
    assert (book.app.calculation, book.app.calculations) == ("manual", 1)
    require_same(contents(second.office), untouched)
    assert second.saves == 0
    assert [each.name for each in book.app.books] == [other.name, book.name]


def test_texts_stay_texts_where_an_officer_has_changed_the_formats(
    run: Run, workspace: Path, excel: Excel, corrected: Corrected
) -> None:
    correct(workspace)
    expected, passport = corrected(PERIOD)
    book = excel.open(scorecard(workspace))
    for name in ("list_passport", "data_action", "list_findings"):
        place = book.call("name_place", name=name)
        book.call("range_set_format", place=place, code="General")
    code, _, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 0, err
    require_same(contents(book.office), expected)
    assert looks(book.office, "list_passport") == passport


def test_a_list_becomes_shorter_and_longer_again(
    run: Run, workspace: Path, tmp_path: Path, office: Office, excel: Excel
) -> None:
    book = excel.open(scorecard(workspace))
    start = state(book)["tables"]["Files"]["files"][3]
    folder = workspace / "returns" / PERIOD
    moved = [path for path in folder.iterdir() if "Housing" in path.name or path.name == "rota.xlsx"]
    for path in moved:
        shutil.move(path, tmp_path / path.name)
    run("excel", "consolidate", "--as-at", AS_AT)
    now = state(book)
    assert now["tables"]["Files"]["files"][3] == start - 2
    assert now["names"]["list_files"][3] == start - 3
    correct_files = [cell.value for row in book.office.get_cells("Files", f"A5:A{start + 8}") for cell in row]
    assert sum(value is not None for value in correct_files) == start - 3
    for path in moved:
        shutil.move(tmp_path / path.name, path)
    expected, passport = headless(workspace, tmp_path, office)
    run("excel", "consolidate", "--as-at", AS_AT)
    require_same(contents(book.office), expected)
    assert looks(book.office, "list_passport") == passport


def test_a_file_that_is_not_open_is_opened_saved_and_closed(
    run: Run, workspace: Path, office: Office, excel: Excel, corrected: Corrected
) -> None:
    correct(workspace)
    expected, _ = corrected(PERIOD)
    code, out, err = run("excel", "consolidate", scorecard(workspace), "--as-at", AS_AT, "--json")
    assert code == 0, err
    assert json.loads(out)["outputs"] == {"scorecard": str(scorecard(workspace))}
    assert len(excel.started) == 1
    assert not excel.running  # no Excel is left behind
    with office.open(scorecard(workspace)) as book:
        # What LibreOffice itself makes of formulas when it saves is not our matter; what it saved is.
        book.recalculate()
        saved = contents(book)
    figures = [place for place in expected if place.startswith(("Data ", "Passport", "Files", "Findings"))]
    assert len(figures) > 1000
    require_same({p: saved[p] for p in figures if p in saved}, {p: expected[p] for p in figures})


# -- Nothing half done ----------------------------------------------------------------------------------------------


def test_a_failure_in_the_middle_leaves_the_book_unchanged(run: Run, workspace: Path, excel: Excel) -> None:
    correct(workspace)
    book = excel.open(scorecard(workspace))
    book.office.recalculate()
    before, was = contents(book.office), state(book)
    for place in ("Findings", "Passport", "calculate", "not taken"):
        with failing(excel, book, place) as failures:
            code, out, err = run("excel", "consolidate", "--as-at", AS_AT)
        assert (code, out, len(failures)) == (4, "", 1), place
        assert err.count("\n") == 1
        assert "is as it was before" in err
        assert ("does not take what is written" if place == "not taken" else "rejected by callee") in err
        book.office.recalculate()
        require_same(contents(book.office), before)
        assert state(book) == was, place


def test_what_cannot_be_put_back_is_said(run: Run, workspace: Path, excel: Excel) -> None:
    correct(workspace)
    excel.open(scorecard(workspace))

    def fail(sheet: str) -> None:
        if sheet == "Data actual":
            raise RuntimeError("the lines are down")

    excel.before_write = fail
    code, _, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 4
    assert "close Dudley 2020-21 Q2 scorecard.xlsx without saving it" in err


def test_a_changed_framework_asks_for_a_rebuild(run: Run, workspace: Path, excel: Excel) -> None:
    framework = workspace / "framework.xlsx"
    sheets = openpyxl.load_workbook(framework)
    changed = 0
    for row in sheets["Measures"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("Number of") and not changed:
                cell.value, changed = f"{cell.value} in the borough", 1
    assert changed
    sheets.save(framework)
    book = excel.open(scorecard(workspace))
    before, was = contents(book.office), state(book)
    code, _, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 2
    assert "The framework has changed" in err
    assert "run perfbook consolidate to rebuild" in err
    require_same(contents(book.office), before)
    assert state(book) == was


def test_a_list_does_not_grow_over_a_note(run: Run, workspace: Path, excel: Excel) -> None:
    correct(workspace)
    book = excel.open(scorecard(workspace))
    _, row, _, rows, _ = book.call("name_place", name="list_passport")
    address = f"C{row + rows + 1}"
    book.office.set_cell("Passport", address, "checked to here")
    before = contents(book.office)
    code, _, err = run("excel", "consolidate", "--as-at", AS_AT)
    assert code == 2
    assert f"stands in its way in {address}" in err
    require_same(contents(book.office), before)


# -- Which book, which workspace ------------------------------------------------------------------------------------


def test_the_book_is_found_by_name_and_path_and_never_guessed(
    run: Run, workspace: Path, tmp_path: Path, excel: Excel
) -> None:
    code, _, err = run("excel", "consolidate")
    assert (code, "No workbook is open in Excel" in err) == (2, True)
    path = scorecard(workspace)
    excel.open(path)
    other = tmp_path / "budget.xlsx"
    openpyxl.Workbook().save(other)
    excel.open(other)
    code, _, err = run("excel", "consolidate")
    assert (code, "budget.xlsx is not a scorecard" in err) == (2, True)
    code, _, err = run("excel", "consolidate", tmp_path / "nowhere.xlsx")
    assert (code, "neither open in Excel nor a file" in err) == (2, True)
    for name in (path, path.name, path.stem.upper()):
        code, _, err = run("excel", "consolidate", name, "--as-at", AS_AT)
        assert code == 1, err  # the stranger in the folder
    excel.start().books.open(str(path))
    code, _, err = run("excel", "consolidate", path.name)
    assert (code, "open in Excel more than once" in err) == (2, True)


def test_a_book_that_was_moved_is_told_its_workspace(run: Run, workspace: Path, tmp_path: Path, excel: Excel) -> None:
    elsewhere = tmp_path / "desk" / "mine.xlsx"
    elsewhere.parent.mkdir()
    shutil.copyfile(scorecard(workspace), elsewhere)
    excel.open(elsewhere)
    code, _, err = run("excel", "consolidate")
    assert code == 2
    assert "There is no workspace at" in err
    code, _, err = run("excel", "consolidate", "-w", workspace, "--as-at", AS_AT)
    assert code == 1, err


def test_the_setting_of_a_book_with_macros_names_the_workspace(workspace: Path, tmp_path: Path, excel: Excel) -> None:
    made = open_workspace(workspace)
    path = made.consolidate(xlsm=True).outputs["scorecard"]
    elsewhere = tmp_path / "desk" / path.name
    elsewhere.parent.mkdir()
    shutil.copyfile(path, elsewhere)
    book = excel.open(elsewhere)
    place = book.call("name_place", name="setting_workspace")
    for setting in (str(workspace), f"../{workspace.name}"):
        book.call("range_write", place=place, rows=[[setting]])
        assert live.workspace_of(xlwings.apps.active.books.active).root == workspace.resolve()  # type: ignore[union-attr]


def test_run_python_refreshes_the_book_that_calls_and_says_so_in_a_box(
    workspace: Path, excel: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = excel.open(scorecard(workspace))
    monkeypatch.setattr(xlwings.Book, "_mock_caller", xlwings.Book(impl=book), raising=False)
    correct(workspace)
    live.consolidate()
    assert book.app.alerts == [("info", f"{book.name} is up to date: 9 of 9 returns received.")]
    shutil.rmtree(workspace / "returns")
    live.consolidate()
    mode, sentence = book.app.alerts[-1]
    assert mode == "critical"
    assert sentence.startswith("There is no folder ")


# -- The PDF --------------------------------------------------------------------------------------------------------


def test_the_pdf_lies_beside_the_book_and_a_failure_keeps_the_old_one(
    run: Run, workspace: Path, excel: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = excel.open(scorecard(workspace))
    before = {path.name for path in scorecard(workspace).parent.iterdir()}
    code, out, err = run("excel", "pdf")
    assert code == 0, err
    pdf = scorecard(workspace).with_suffix(".pdf")
    assert str(pdf) in out
    assert pdf.read_bytes().startswith(b"%PDF")
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True).stdout.decode("utf-8")
    assert "performance summary" in text
    assert "Definitions: what the measures and words mean" in text
    assert "framework_version" not in text  # hidden sheets are not printed
    old = pdf.read_bytes()

    def fail(path: str, quality: Any) -> None:
        Path(path).write_bytes(b"half")
        raise RuntimeError("Document not saved")

    monkeypatch.setattr(book, "to_pdf", fail)
    code, _, err = run("excel", "pdf", book.name)
    assert (code, "Document not saved" in err) == (4, True)
    assert pdf.read_bytes() == old
    assert {path.name for path in pdf.parent.iterdir()} == before | {pdf.name}


# -- Without Excel --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["consolidate", "pdf"])
def test_without_excel_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(xlwings.engines, "active", None)
    code, out, err = run("excel", command)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "there is no Excel on this computer" in err
    monkeypatch.setitem(sys.modules, "xlwings", None)
    code, out, err = run("excel", command)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "xlwings, which is not installed" in err


def test_what_runs_unattended_has_nothing_to_do_with_excel() -> None:
    script = (
        "import sys, perfbook.unattended.nightly, perfbook.unattended.watch, perfbook.workspace;"
        "print([name for name in sys.modules if name.startswith(('xlwings', 'perfbook.excel.live'))])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8")
    assert ended.stdout.strip() == "[]"
