"""A quarter, end to end, by its commands: the published figures of Dudley, 2020-21 Q2."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbook._lock import held
from perfbook.cli import main

AS_AT = "2020-10-20T09:00"
PERIOD = "2020-21 Q2"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), printed.out, printed.err

    return call


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the completed returns, never collected; tests copy it."""
    from perfbook.creating import create_workspace

    return create_workspace(tmp_path_factory.mktemp("dudley") / "ws", example="dudley").root


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "Dudley & co"))


def returns(workspace: Path) -> Path:
    return workspace / "returns" / PERIOD


def answer(run: Run, *arguments: object, code: int = 0) -> dict[str, Any]:
    ended, out, err = run(*arguments, "--json")
    assert ended == code, err or out
    assert out.isascii()
    table: dict[str, Any] = json.loads(out)
    return table


def test_the_counts_of_the_published_quarter(run: Run, workspace: Path) -> None:
    table = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT)
    assert table["period"] == PERIOD
    assert table["measures"] == {
        "total": 34,
        "due": 33,
        "not_due": 0,
        "delayed": 1,
        "reported": 33,
        "missing": 0,
        "not_available": 0,
    }
    assert table["returns"]["expected"] == table["returns"]["certified"] == 9
    assert table["returns"]["late"] == table["returns"]["overdue"] == 0
    assert list(table["score"].items()) == [
        ("exceeds_target", 17),
        ("upper_tolerance", 3),
        ("below_target", 13),
        ("not_scored", 0),
    ]
    # 31 measures have a quarter before them; the two in arrears and the rest have not (README of the figures).
    assert table["trend"] == {"improved": 11, "consistent": 5, "worse": 15, "not_comparable": 2}
    # 27 compared in the report, 11/3/13 by the figures, and PI1798, which the report left out: worse.
    assert table["annual"] == {"improved": 11, "consistent": 3, "worse": 14, "not_comparable": 5}
    assert table["reconciliation"]["score"] == ["PI1709"]
    assert sum(table["score"].values()) == sum(table["trend"].values()) == sum(table["annual"].values()) == 33
    assert [file["outcome"] for file in table["files"]] == ["accepted"] * 9
    assert table["findings"]["error"] == 0
    assert Path(table["outputs"]["scorecard"]).is_file()


def test_fractions_that_are_not_their_percentage_are_found(run: Run, workspace: Path) -> None:
    run("collect", "-w", workspace, "--as-at", AS_AT)
    table = answer(run, "trace", "PI2027", "-w", workspace, "--as-at", AS_AT)
    assert table["actual"] == 0.769  # 113 of 147; the report printed 76.8%
    assert table["score"] == "below_target"
    source = table["figures"][0]["source"]
    assert source["file"] == "Dudley 2020-21 Q2 Housing.xlsx"
    book = openpyxl.load_workbook(returns(workspace) / source["file"])
    cells = [book[source["sheet"]][cell.strip()].value for cell in source["cell"].split(",")]
    assert cells == [113, 147]
    assert len(source["sha256"]) == 64
    assert any("113" in f["message"] and "76.9%" in f["message"] for f in table["findings"])


def test_findings_of_a_return_are_listed_from_its_top_to_its_bottom(run: Run, workspace: Path) -> None:
    _, out, _ = run("collect", "-w", workspace)
    assert re.findall(r"^V103 info .*Housing\.xlsx Measures!(N\d+)", out, re.MULTILINE) == ["N7", "N8", "N10"]


def test_a_return_that_was_redacted_goes_back_with_its_figures_and_without_what_was_written(
    run: Run, workspace: Path
) -> None:
    name = "Dudley 2020-21 Q2 Housing.xlsx"
    run("collect", "-w", workspace)
    run("redact", name, "--reason", "Asked for", "-w", workspace)
    found = answer(run, "collect", "-w", workspace, code=1)
    (book,) = [Path(each["file"]) for each in found["feedback"] if Path(each["file"]).name == name]
    sheet = openpyxl.load_workbook(book)["Measures"]
    columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
    (row,) = [cell.row for cell in sheet["B"] if cell.value == "PI2027"]
    assert [sheet.cell(row, columns[each]).value for each in ("numerator", "denominator")] == [113, 147]
    assert "elected-member" not in str(list(sheet.values))


def test_a_second_run_changes_nothing_and_gives_the_same_bytes(run: Run, workspace: Path) -> None:
    first = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT)
    scorecard = Path(first["outputs"]["scorecard"])
    before, log = scorecard.read_bytes(), (workspace / "archive" / "log.jsonl").read_bytes()
    originals = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in returns(workspace).iterdir()}
    second = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT)
    assert {file["outcome"] for file in second["files"]} == {"unchanged"}
    assert scorecard.stat().st_size > 10_000
    assert (workspace / "archive" / "log.jsonl").read_bytes() == log
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in returns(workspace).iterdir()} == originals
    third = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT)
    assert third == second
    assert first["score"] == second["score"]
    again = scorecard.read_bytes()
    run("consolidate", "-w", workspace, "--as-at", AS_AT)
    assert scorecard.read_bytes() == again
    assert len(before) > 10_000


def test_status_writes_nothing(run: Run, workspace: Path) -> None:
    before = digest(workspace)
    table = answer(run, "status", "-w", workspace, "--as-at", AS_AT)
    assert table["returns"]["received"] == 9
    assert digest(workspace) == before


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize(
    ("as_at", "code", "overdue"), [("2020-10-02", 0, 0), ("2020-10-19", 0, 0), ("2020-10-20", 1, 9)]
)
def test_day_one_nobody_has_started(run: Run, tmp_path: Path, as_at: str, code: int, overdue: int) -> None:
    assert run("init", tmp_path / "ws", "--example", "dudley", "--blank")[0] == 0
    written = answer(run, "generate", "-w", tmp_path / "ws", "--as-at", "2020-10-01")
    assert len(written["written"]) == 9
    table = answer(run, "consolidate", "-w", tmp_path / "ws", "--as-at", as_at, code=code)
    counts = table["returns"]
    assert (counts["expected"], counts["received"], counts["not_started"]) == (9, 0, 9)
    assert counts["overdue"] == overdue
    assert table["measures"]["missing"] == table["measures"]["due"] == 34
    assert sum(table["score"].values()) == 0


def test_an_empty_returns_folder_is_nine_returns_not_started(run: Run, workspace: Path) -> None:
    for file in returns(workspace).iterdir():
        file.unlink()
    table = answer(run, "consolidate", "-w", workspace, "--as-at", "2020-10-05")
    assert (table["returns"]["received"], table["returns"]["not_started"], table["files"]) == (0, 9, [])


def test_a_half_filled_return_is_in_progress(run: Run, workspace: Path) -> None:
    file = next(p for p in returns(workspace).iterdir() if "Housing" in p.name)
    book = openpyxl.load_workbook(file)
    for row in book["Start"].iter_rows():
        for cell in row:
            if cell.value == "Certified":
                cell.value = None
    book.save(file)
    table = answer(run, "consolidate", "-w", workspace, "--as-at", "2020-10-19")
    assert table["returns"]["in_progress"] == 1
    assert table["returns"]["received"] == 8
    assert table["measures"]["reported"] == 33  # what is in an unsigned return is shown, and its state beside it


def test_one_bad_file_never_stops_the_others(run: Run, workspace: Path) -> None:
    folder = returns(workspace)
    housing = next(p for p in folder.iterdir() if "Housing" in p.name)
    (folder / "broken.xlsx").write_bytes(housing.read_bytes()[:2000])
    (folder / "minutes.docx").write_bytes(b"PK not a workbook")
    stranger = openpyxl.Workbook()
    stranger.active["A1"] = "Christmas rota"  # type: ignore[index]
    stranger.save(folder / "rota.xlsx")
    housing.rename(folder / "Copy of HOUSING final v2.xlsx")
    (folder / "~$Copy of HOUSING final v2.xlsx").write_bytes(b"lock")
    table = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT, code=1)
    outcomes = {file["path"]: (file["outcome"], file["reason"]) for file in table["files"]}
    assert outcomes["broken.xlsx"][0] == "rejected"
    assert outcomes["minutes.docx"][0] == "ignored"
    assert outcomes["rota.xlsx"][0] in ("rejected", "ignored")
    assert outcomes["Copy of HOUSING final v2.xlsx"][0] == "accepted"
    assert all(reason.endswith(".") for outcome, reason in outcomes.values() if outcome != "accepted")
    assert table["returns"]["certified"] == 9
    assert table["measures"]["reported"] == 33


def test_what_was_accepted_stands_when_the_file_is_gone(run: Run, workspace: Path) -> None:
    run("collect", "-w", workspace, "--as-at", AS_AT)
    for file in returns(workspace).iterdir():
        file.unlink()
    table = answer(run, "consolidate", "-w", workspace, "--as-at", "2020-10-25")
    assert table["returns"]["certified"] == 9
    assert table["measures"]["reported"] == 33


def one_line(err: str) -> str:
    assert err.startswith("perfbook: ")
    assert "Traceback" not in err
    assert err.count("\n") == 1, err
    return err


def test_wrong_use_is_told_in_one_line(run: Run, workspace: Path, tmp_path: Path) -> None:
    cases = [
        (("consolidate", "-w", tmp_path), "There is no workspace at"),
        (("consolidate", "-w", tmp_path / "nowhere"), "there is no such folder"),
        (("consolidate", "-w", workspace, "--period", "2020-21 Q7"), "there is no Q7"),
        (("consolidate", "-w", workspace, "--period", "2020-21"), "returns here are quarterly"),
        (("consolidate", "-w", workspace, "--period", "2020-21 Q3"), "Run perfbook generate"),
        (("consolidate", "-w", workspace, "--as-at", "yesterday"), "is not a time"),
        (("consolidate", "--no-such-option"), "No such option"),
        (("consolidat",), "No such command"),
        (("generate", "-w", workspace, "--directorate", "Parks"), "There are: "),
        (("trace", "PI9999", "-w", workspace), "There is no measure 'PI9999'"),
        (("init", workspace), "is a workspace already"),
        (("init", tmp_path / "x", "--example", "atlantis"), "There are: dudley"),
        (("demo", "--to", workspace), "was not made by perfbook demo"),
        (("consolidate", "-w", workspace, "--period", ""), "'' is not a period"),
        (("consolidate", "-w", workspace, "--tables", ""), "--tables names no file"),
        (("consolidate", "-w", workspace, "--tables", tmp_path / "no" / "t.json"), "there is no folder"),
        (("init", ""), "Name its folder"),
        # A name that was mistyped must not end in the workspace above it.
        (("consolidate", "-w", workspace / "retruns"), "there is no such folder"),
        (("nightly", "-w", workspace / "retruns"), "there is no such folder"),
    ]
    for arguments, words in cases:
        code, out, err = run(*arguments)
        assert code == 2, arguments
        assert words in one_line(err), arguments
        assert out == ""


def test_without_a_command_there_is_help_and_code_2(run: Run) -> None:
    for arguments in ((), ("excel",)):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("Usage: perfbook")


def test_init_never_overwrites_a_framework(run: Run, tmp_path: Path) -> None:
    (tmp_path / "framework.xlsx").write_bytes(b"an officer's work")
    code, _, err = run("init", tmp_path)
    assert code == 2
    assert "holds a framework.xlsx already" in one_line(err)
    assert (tmp_path / "framework.xlsx").read_bytes() == b"an officer's work"
    assert not (tmp_path / "perfbook.toml").exists()


def test_a_framework_with_three_mistakes_names_all_three(run: Run, workspace: Path) -> None:
    path = workspace / "framework.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Measures"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Key" for cell in row))
    columns = {cell.value: cell.column for cell in header}
    first = header[0].row + 1
    sheet.cell(first, columns["Good is"]).value = "hihger"
    sheet.cell(first + 1, columns["Priority"]).value = "No such priority"
    sheet.cell(first + 2, columns["Decimals"]).value = "two"
    book.save(path)
    code, _, err = run("consolidate", "-w", workspace, "--as-at", AS_AT)
    assert code == 2
    assert "3 mistakes" in err
    for column, row in (("Good is", first), ("Priority", first + 1), ("Decimals", first + 2)):
        letter = openpyxl.utils.get_column_letter(columns[column])
        assert f"Measures!{letter}{row}" in err
    assert "Traceback" not in err


def test_an_output_that_cannot_be_written_leaves_the_old_one_whole(run: Run, workspace: Path) -> None:
    table = answer(run, "consolidate", "-w", workspace, "--as-at", AS_AT)
    scorecard = Path(table["outputs"]["scorecard"])
    scorecard.unlink()
    scorecard.mkdir()
    code, _, err = run("consolidate", "-w", workspace, "--as-at", AS_AT)
    assert code == 4
    assert "there is a folder of that name" in one_line(err)
    scorecard.rmdir()
    assert run("consolidate", "-w", workspace, "--as-at", AS_AT)[0] == 0


def test_a_second_run_at_once_ends_with_three(run: Run, workspace: Path) -> None:
    with held(workspace):
        code, _, err = run("consolidate", "-w", workspace, "--as-at", AS_AT)
    assert code == 3
    assert "Another run of perfbook is at work" in one_line(err)


def test_generate_never_overwrites_a_managers_file(run: Run, workspace: Path) -> None:
    before = digest(returns(workspace))
    table = answer(run, "generate", "-w", workspace, "--as-at", AS_AT)
    assert (len(table["written"]), len(table["kept"])) == (0, 9)
    assert digest(returns(workspace)) == before


def test_the_demonstration_ends_with_results_and_paths(run: Run, tmp_path: Path) -> None:
    code, out, err = run("demo", "--to", tmp_path / "demo")
    assert code == 0, err
    for words in ("0 of 9 received", "9 of 9 received (9 certified)", "17 exceeds target", "PI1709"):
        assert words in out
    paths = [
        line.split("  ", 1)[1].strip() for line in out.splitlines() if line.startswith(("Scorecard  ", "Blank re"))
    ]
    assert paths
    assert run("demo", "--to", tmp_path / "demo", "--json")[0] == 0  # it makes its own folder anew
