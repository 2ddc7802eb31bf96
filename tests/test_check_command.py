"""`perfbook check`: the linter on files that lie anywhere."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from perfbook.cli import main
from perfbook.creating import create_workspace

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_returns" / "dudley"
HOUSING = SAMPLES / "Dudley 2020-21 Q2 Housing.xlsx"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "our council"
    create_workspace(root, example="dudley", blank=True)
    return root


def _run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    return int(ended.value.code or 0)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, object]]:
    code = _run(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def test_a_return_beside_its_workspace_needs_no_more(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace / "anywhere" / "Housing.xlsx"
    file.parent.mkdir()
    shutil.copyfile(HOUSING, file)
    code, answer = _json(capsys, file)
    assert code == 0
    assert answer["findings"] == {"error": 0, "warning": 1, "info": 3, "suppressed": 0}
    (checked,) = answer["files"]  # type: ignore[misc]
    assert (checked["path"], checked["kind"]) == (str(file), "return")
    first = next(each for each in checked["findings"] if each["code"] == "V101")
    assert (first["sheet"], first["cell"], first["severity"]) == ("Measures", "N6", "warning")
    assert first["found"] == "113/147 is 76.9%, but 76.8% is typed."
    assert first["remedy"] == "Correct one of them."


def test_findings_are_printed_by_file_with_place_and_remedy(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("-w", workspace, HOUSING, workspace / "framework.xlsx") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{HOUSING} (a return)"
    query = next(line for line in lines if line.startswith("V101 warning"))
    assert "Measures!N6" in query
    assert "113/147 is 76.9%, but 76.8% is typed." in query
    assert query.rstrip().endswith("Correct one of them.")
    assert f"{workspace / 'framework.xlsx'} (a framework workbook)" in lines
    assert lines[-1] == "2 files: 0 errors, 1 warning, 5 notes"


def test_a_return_without_a_workspace_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Housing.xlsx"
    shutil.copyfile(HOUSING, file)
    assert _run(file) == 2
    assert "Name the workspace with -w." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.xlsx", "."])
def test_what_cannot_be_opened_is_told_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(name) == 2
    error = capsys.readouterr().err
    assert name in error
    assert error.count("\n") == 1


def test_a_framework_alone_needs_no_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "measures of ours.xlsx"
    book = openpyxl.load_workbook(ROOT / "workbook_templates" / "dudley" / "framework.xlsx")
    sheet = book["Measures"]
    headers = {str(cell.value): cell.column for cell in sheet[4]}
    sheet.cell(5, headers["Good is"]).value = "upwards"
    sheet.cell(6, headers["Decimals"]).value = "many"
    book.save(file)
    code, answer = _json(capsys, file)
    assert code == 1
    (checked,) = answer["files"]  # type: ignore[misc]
    assert checked["kind"] == "framework"
    assert [(each["code"], each["severity"]) for each in checked["findings"]] == [("F001", "error")] * 2
    assert "'upwards'" in checked["findings"][0]["found"]
    assert checked["findings"][0]["cell"].endswith("5")
    assert all(each["remedy"] for each in checked["findings"])


def test_a_sound_framework_alone_has_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, ROOT / "workbook_templates" / "blank" / "framework.xlsx")
    assert code == 0
    assert answer["findings"] == {"error": 0, "warning": 0, "info": 0, "suppressed": 0}


def test_what_a_report_printed_is_held_against_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _json(capsys, ROOT / "workbook_templates" / "dudley" / "framework.xlsx")
    assert code == 0
    (checked,) = answer["files"]  # type: ignore[misc]
    assert {(each["code"], each["severity"]) for each in checked["findings"]} == {("S302", "info")}
    assert "3.3% after 3.3% in the period before is marked worse, but is consistent." in {
        each["found"] for each in checked["findings"]
    }


def test_other_files_end_with_a_code_and_do_not_stop_the_rest(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.xlsx").write_text("not a workbook", "utf-8")
    stranger = tmp_path / "stranger.xlsx"
    openpyxl.Workbook().save(stranger)
    code, answer = _json(capsys, "-w", workspace, tmp_path / "notes.xlsx", stranger, HOUSING)
    assert code == 1
    kinds = [file["kind"] for file in answer["files"]]  # type: ignore[attr-defined]
    assert kinds == ["unknown", "unknown", "return"]
    first, second, third = answer["files"]  # type: ignore[misc]
    assert [each["severity"] for each in (*first["findings"], *second["findings"])] == ["error", "error"]
    assert second["findings"][0]["code"] == "R103"
    assert third["findings"]


def test_sarif_is_written_beside_what_is_printed(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out" / "findings.sarif"
    assert _run("-w", workspace, HOUSING, "--sarif", target) == 0
    assert capsys.readouterr().out
    log = json.loads(target.read_text("ascii"))
    rules = [result["ruleId"] for result in log["runs"][0]["results"]]
    assert sorted(rules) == ["V101", "V103", "V103", "V103"]


def test_the_councils_settings_hold(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workspace / "framework.xlsx"
    book = openpyxl.load_workbook(path)
    checks, suppressions = book["Checks"], book["Suppressions"]
    on = next(cell.column for cell in checks[4] if cell.value == "On")
    row = next(cell.row for cell in checks["A"] if cell.value == "V103")
    checks.cell(row, on).value = "no"
    headers = {str(cell.value): cell.column for cell in suppressions[4]}
    for header, value in {
        "Key": _key_of(book, "PI2027"),
        "Check": "V101",
        "Reason": "The contractor rounds down",
        "Decided by": "Performance officer",
        "Until": "2020-21 Q4",
    }.items():
        suppressions.cell(5, headers[header]).value = value
    data = io.BytesIO()
    book.save(data)
    path.write_bytes(data.getvalue())
    code, answer = _json(capsys, "-w", workspace, HOUSING)
    assert code == 0
    assert answer["findings"] == {"error": 0, "warning": 0, "info": 0, "suppressed": 1}
    (checked,) = answer["files"]  # type: ignore[misc]
    assert [each["suppressed"] for each in checked["findings"]] == [
        "The contractor rounds down (Performance officer, until 2020-21 Q4)"
    ]


def _key_of(book: openpyxl.Workbook, code: str) -> str:
    sheet = book["Measures"]
    headers = {str(cell.value): cell.column for cell in sheet[4]}
    return next(
        str(row[headers["Key"] - 1].value)
        for row in sheet.iter_rows(min_row=5)
        if row[headers["Code"] - 1].value == code
    )
