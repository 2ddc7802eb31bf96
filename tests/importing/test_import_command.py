"""`perfbook import`: what it writes, what it refuses, and that it gives the same bytes again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfbook.cli import main
from perfbook.importing.sheet import NAME
from perfbook.workspace import open_workspace
from tests.importing.messy import messy
from tests.importing.sheets import workbook
from tests.support.office import Office

Run = Callable[..., tuple[int, str, str]]
HEAD = ["Code", "Measure", "Q1 20/21", "Q2 20/21", "Target 2020/21", "Odd"]
ROWS = [HEAD, ["W1", "Missed bins", 41, 38, 30, "x"], ["W2", "Streets cleaned on time", "71%", "74%", "80%", None]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kpis.xlsx"
    path.write_bytes(workbook(("KPIs", ROWS)))
    return path


def _answer(run: Run, *arguments: object) -> dict[str, object]:
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, ""), err
    return dict(json.loads(out))


def test_a_new_workspace_is_made_and_works(run: Run, file: Path, tmp_path: Path) -> None:
    told = _answer(run, "import", file, "--to", tmp_path / "w", "--council", "Borsetshire")
    assert (told["period"], told["measures"]) == ("2020-21 Q3", 2)
    assert told["cells"] == {"total": 17, "placed": 15, "not_placed": 2}
    assert [each["goes_to"] for each in told["columns"]] == [  # type: ignore[attr-defined]
        "Code",
        "Title",
        "Figure 2020-21 Q1",
        "Figure 2020-21 Q2",
        "Target 2020-21",
        "Not placed",
    ]
    workspace = open_workspace(tmp_path / "w")
    assert workspace.settings.council == "Borsetshire" and workspace.settings.period.label == "2020-21 Q3"
    assert [each.title for each in workspace.framework.measures] == ["Missed bins", "Streets cleaned on time"]
    assert len(workspace.generate().written) == 1


def test_guesses_show_and_say_why(run: Run, file: Path, tmp_path: Path) -> None:
    run("import", file, "--to", tmp_path / "w")
    sheet = openpyxl.load_workbook(tmp_path / "w/framework.xlsx")["Measures"]
    heads = {cell.value: cell.column for cell in sheet[4]}
    guess, fact = sheet.cell(5, heads["Good is"]), sheet.cell(5, heads["Title"])
    assert guess.comment is not None and guess.comment.text.startswith("Guessed: its title says 'Missed'")
    assert fact.comment is None
    assert guess.font.i and guess.fill.fgColor.rgb != fact.fill.fgColor.rgb
    assert (
        "# Guessed: the last figures of the spreadsheet are of 2020-21 Q2."
        in (tmp_path / "w/perfbook.toml").read_text()
    )


def test_the_sheet_import_has_every_column_row_and_cell_that_was_not_placed(
    run: Run, file: Path, tmp_path: Path
) -> None:
    run("import", file, "--to", tmp_path / "w")
    sheet = openpyxl.load_workbook(tmp_path / "w/framework.xlsx")[NAME]
    told = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=8)]
    assert [line[2] for line in told if line[0] == "column"] == ["A", "B", "C", "D", "E", "F"]
    assert [line[2:5] for line in told if line[0] == "cell"] == [["F1", "Odd", "not placed"], ["F2", "x", "not placed"]]
    assert [line[2:5] for line in told if line[0] == "row"] == [
        ["2", "Missed bins", "measure"],
        ["3", "Streets cleaned on time", "measure"],
    ]


def test_the_same_file_gives_the_same_bytes_in_a_new_and_in_the_same_workspace(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "messy.xlsx"
    file.write_bytes(messy())
    for name in ("one", "two"):
        assert run("import", file, "--to", tmp_path / name, "--council", "Borsetshire")[0] == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert run("import", file, "-w", tmp_path / "one")[0] == 0
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}


def test_an_officer_corrects_columns_and_rows_on_the_sheet_and_imports_again(
    run: Run, file: Path, tmp_path: Path
) -> None:
    run("import", file, "--to", tmp_path / "w")
    path = tmp_path / "w/framework.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book[NAME].iter_rows(min_row=8):
        if row[0].value == "column" and row[3].value == "Odd":
            row[4].value = "owner"
        if row[0].value == "row" and row[2].value == "3":
            row[4].value = "left out"
    book.save(path)
    assert run("import", file, "-w", tmp_path / "w")[0] == 0
    framework = open_workspace(tmp_path / "w").framework
    assert [(each.title, each.owner) for each in framework.measures] == [("Missed bins", "x")]
    again = path.read_bytes()
    assert run("import", file, "-w", tmp_path / "w")[0] == 0  # what was corrected stays corrected
    assert path.read_bytes() == again


def test_columns_may_be_named_on_the_command_line(run: Run, file: Path, tmp_path: Path) -> None:
    mapped = ["--map", "Odd=Owner", "--map", "KPIs!c=Not placed", "--map", "Q2 20/21=Figure 2019-20 Q4"]
    told = _answer(run, "import", file, "--to", tmp_path / "w", *mapped)
    assert [each["goes_to"] for each in told["columns"]][2:] == [  # type: ignore[attr-defined]
        "Not placed",
        "Figure 2019-20 Q4",
        "Target 2020-21",
        "Owner",
    ]
    assert told["period"] == "2020-21 Q1"


def test_trying_writes_nothing(run: Run, file: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    code, out, _ = run("import", file, "--to", tmp_path / "w", "--dry-run")
    assert code == 0 and "Nothing was written." in out and "Figure 2020-21 Q1" in out
    assert run("import", file, "--dry-run")[0] == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_fresh_workspace_takes_an_import_and_its_settings_follow(run: Run, file: Path, tmp_path: Path) -> None:
    run("init", tmp_path / "w")
    assert run("import", file, "-w", tmp_path / "w")[0] == 0
    assert open_workspace(tmp_path / "w").settings.period.label == "2020-21 Q3"


def test_settings_that_an_officer_made_are_kept(run: Run, file: Path, tmp_path: Path) -> None:
    run("init", tmp_path / "w")
    toml = tmp_path / "w/perfbook.toml"
    settings = (
        toml.read_text(encoding="utf-8").replace("Your council", "Borsetshire").replace("2026-27 Q1", "2020-21 Q2")
    )
    toml.write_text(settings, encoding="utf-8")
    assert run("import", file, "-w", tmp_path / "w")[0] == 0
    assert toml.read_text(encoding="utf-8") == settings
    assert tomllib.loads(settings)["period"] == "2020-21 Q2"


def test_work_that_would_be_lost_is_not_replaced_unless_asked(run: Run, file: Path, tmp_path: Path) -> None:
    run("import", file, "--to", tmp_path / "w")
    path = tmp_path / "w/framework.xlsx"
    book = openpyxl.load_workbook(path)
    book["Measures"]["C5"] = "Bins that were missed"
    book.save(path)
    changed = path.read_bytes()
    code, _, err = run("import", file, "-w", tmp_path / "w")
    assert code == 2 and "holds work that an import would replace" in err and path.read_bytes() == changed
    assert run("import", file, "-w", tmp_path / "w", "--replace")[0] == 0
    assert (tmp_path / "w/framework before import.xlsx").read_bytes() == changed
    assert open_workspace(tmp_path / "w").framework.measures[0].title == "Missed bins"


def test_once_returns_are_out_nothing_is_imported(run: Run, file: Path, tmp_path: Path) -> None:
    run("import", file, "--to", tmp_path / "w")
    run("generate", "-w", tmp_path / "w")
    code, _, err = run("import", file, "-w", tmp_path / "w", "--replace")
    assert code == 2 and "Returns were sent out" in err and "--to" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["kpis.xlsx"], "Say where"),
        (["kpis.xlsx", "--to", "w", "-w", "w"], "Choose one of -w and --to"),
        (["nothing.xlsx", "--to", "w"], "There is no file"),
        ([".", "--to", "w"], "is a folder"),
        (["kpis.xlsx", "--to", "w", "--sheet", "Sheet9"], "has no sheet 'Sheet9'. There are: 'KPIs'"),
        (["kpis.xlsx", "--to", "w", "--map", "Odd"], "write it like --map"),
        (["kpis.xlsx", "--to", "w", "--map", "Odder=Owner"], "no column is called 'Odder'. There are: Code, Measure"),
        (["kpis.xlsx", "--to", "w", "--map", "Odd=Colour"], "'Colour' is nothing that a column can become"),
        (["kpis.xlsx", "--to", "w", "--map", "Odd=Target sometime"], "'sometime' is not a period"),
        (["kpis.xlsx", "--to", "w", "--period", "soon"], "'soon' is not a period"),
        (["kpis.xlsx", "--to", "w", "--year-start", "Q1"], "is not the name of a month"),
        (["empty.xlsx", "--to", "w"], "is empty"),
        (["letter.xlsx", "--to", "w"], "no sheet has a table of measures"),
        (["damaged.xlsx", "--to", "w"], "could not be read"),
        (["picture.csv", "--to", "w"], "no sheet has a table of measures"),
        (["timeless.csv", "--to", "w"], "names no period"),
        (["locked.xlsx", "--to", "w"], "it has a password"),
    ],
)
def test_wrong_use_is_told_in_one_line_and_writes_nothing(
    arguments: list[str],
    told: str,
    run: Run,
    file: Path,
    shared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    locked = (shared / "corpus/msoffcrypto/example_password.xlsx").read_bytes()
    for name, data in {
        "empty.xlsx": workbook(("A", [])),
        "letter.xlsx": workbook(("A", [["Dear colleagues"], ["Thank you for the figures."]])),
        "damaged.xlsx": file.read_bytes()[:900],
        "picture.csv": b"\x89PNG\r\n\x1a\n\x00\x00",
        "timeless.csv": b"Code,Measure,Owner\nW1,Missed bins,Head of Waste\n",
        "locked.xlsx": locked,
    }.items():
        (tmp_path / name).write_bytes(data)
    code, out, err = run("import", *arguments)
    assert (code, out) == (2, "")
    assert told in err and len(err.strip().splitlines()) == 1 and "Traceback" not in err
    assert not (tmp_path / "w").exists()


def test_a_list_of_actions_is_doubted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("Ref,Action,Rating,Update\nA1,Open the family hub,On Track,Opened\nA2,Plant trees,Complete,Done\n")
    code, out, _ = run("import", path, "--to", tmp_path / "w", "--period", "2023-24 Q3")
    assert code == 0 and "If its rows are actions" in out


def test_text_files_of_every_kind_say_what_the_workbook_says(run: Run, tmp_path: Path) -> None:
    lines = [["Code", "Measure", "Q1 20/21"], ["W1", "Missed \u00a3 bins", "41"], ["W2", "Streets, cleaned", "7"]]
    texts = {
        "commas.csv": "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode("cp1252"),
        "semicolons.csv": "\n".join(";".join(line) for line in lines).encode("utf-8-sig"),
        "tabs.txt": "\n".join("\t".join(line) for line in lines).encode("utf-16"),
    }
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
        assert run("import", tmp_path / name, "--to", tmp_path / f"w {name}")[0] == 0
        framework = open_workspace(tmp_path / f"w {name}").framework
        assert [(each.code, each.title) for each in framework.measures] == [("W1", lines[1][1]), ("W2", lines[2][1])]


def test_other_kinds_of_workbook_say_the_same(run: Run, file: Path, tmp_path: Path, office: Office) -> None:
    run("import", file, "--to", tmp_path / "w")
    expected = open_workspace(tmp_path / "w").framework
    with office.open(file) as book:
        for kind in ("ods", "xls"):
            book.save_as(tmp_path / f"kpis.{kind}", format=kind)  # type: ignore[arg-type]
    for kind in ("ods", "xls"):
        assert run("import", tmp_path / f"kpis.{kind}", "--to", tmp_path / kind, "--council", "w")[0] == 0
        assert open_workspace(tmp_path / kind).framework.version == expected.version
