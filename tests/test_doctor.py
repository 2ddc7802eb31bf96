"""`perfbook doctor`: what it finds wrong, each with what to do, and that it changes nothing."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from perfbook import doctor
from perfbook.chasing.post import PASSWORD
from perfbook.cli import main
from perfbook.doctor import Line, examine
from tests.chasing.server import SECRET, USER, running
from tests.unattended.council import make_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("doctor") / "council", 2, 1).root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(made, tmp_path / "council"))


def found(path: Path, what: str) -> Line:
    lines = [line for line in examine(path) if line.what == what]
    assert lines, what
    return lines[-1]


def everything(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_sound_workspace_has_nothing_to_do_and_is_left_as_it_is(root: Path) -> None:
    before = everything(root)
    lines = examine(root)
    assert [line for line in lines if line.verdict == "to do"] == []
    assert {"Versions", "Workspace", "Framework", "Returns folder", "Clock", "Archive", "Path lengths", "Mail"} <= {
        line.what for line in lines
    }
    assert found(root, "Framework").found == "2 measures, 2 returns"
    assert found(root, "Addresses").verdict == "if wanted"
    assert everything(root) == before


def test_every_line_that_is_not_ok_says_what_to_do(root: Path) -> None:
    assert all(line.remedy for line in examine(root) if line.verdict != "ok")


def test_no_workspace_is_told_after_the_machine(tmp_path: Path) -> None:
    lines = examine(tmp_path)
    assert lines[-1].what == "Workspace"
    assert lines[-1].verdict == "to do"
    assert lines[0].what == "Versions"


def test_broken_settings_and_frameworks_are_told(root: Path) -> None:
    (root / "framework.xlsx").write_bytes(b"nothing")
    line = found(root, "Framework")
    assert line.verdict == "to do"
    assert "1 mistake" in line.found
    # The rest is looked at all the same.
    assert found(root, "Returns folder").verdict == "ok"
    (root / "perfbook.toml").write_text("council = ", "utf-8")
    assert "cannot be read" in found(root, "Workspace").found


def test_a_returns_folder_that_is_not_there_is_told(root: Path) -> None:
    (root / "returns").rename(root / "gone")
    line = found(root, "Returns folder")
    assert line.verdict == "to do"
    assert "perfbook generate" in line.remedy


def test_a_folder_that_cannot_be_written_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "NamedTemporaryFile", refuse)
    for what in ("Archive folder", "Outputs folder"):
        line = found(root, what)
        assert line.verdict == "to do"
        assert "Permission denied" in line.found


def test_a_path_that_excel_does_not_open_is_told(tmp_path: Path, made: Path) -> None:
    import shutil

    deep = tmp_path
    while len(str(deep)) < 190:
        deep = deep / "a folder of a share"
    deep.parent.mkdir(parents=True)
    shutil.copytree(made, deep)
    line = found(deep, "Path lengths")
    assert line.verdict == "to do"
    assert "218" in line.remedy


@pytest.mark.parametrize("apart", [-900, 900])
def test_a_clock_that_is_wrong_is_told(root: Path, monkeypatch: pytest.MonkeyPatch, apart: int) -> None:
    now = time.time
    monkeypatch.setattr(doctor.time, "time", lambda: now() + apart)
    line = found(root, "Clock")
    assert line.verdict == "to do"
    assert "apart" in line.found


def test_an_altered_archive_is_told(root: Path) -> None:
    log = root / "archive" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"issued"', b'"issuex"', 1))
    line = found(root, "Archive")
    assert line.verdict == "to do"
    assert "altered" in line.found


def test_a_full_disk_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=90_000_000))
    assert found(root, "Room").found == "90 MB are free"


def test_an_old_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    version = doctor.importlib.metadata.version
    monkeypatch.setattr(
        doctor.importlib.metadata, "version", lambda name: "1.0" if name.lower() == "xlsxwriter" else version(name)
    )
    lines = list(doctor._packages())
    assert [(line.what, line.verdict) for line in lines] == [("Packages", "to do")]
    assert "xlsxwriter is 1.0" in lines[0].found.lower()


def test_mail_is_tried_and_nothing_is_sent(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (root / "perfbook.toml").read_text("utf-8")
    monkeypatch.setenv(PASSWORD, SECRET)
    with running(tmp_path, "starttls") as server:
        mail = f'\n[mail]\nfrom = "p@elmbridge.example"\nhost = "localhost"\nport = {server.port}\nuser = "{USER}"\n'
        (root / "perfbook.toml").write_text(f'{settings}{mail}ca_file = "{server.ca_file}"\n', "utf-8")
        assert found(root, "Mail").verdict == "ok"
        assert server.handler.received == []
        monkeypatch.setenv(PASSWORD, "wrong")
        line = found(root, "Mail")
        assert line.verdict == "to do"
        assert "535" in line.found


def test_what_is_missing_for_one_purpose_is_not_wrong(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_soffice", lambda: None)
    line = found(root, "LibreOffice")
    assert (line.verdict, line.remedy) == ("if wanted", "Install it for reports as PDF and public copies as ODS.")


def test_the_command_says_it_and_ends_with_1_where_there_is_something_to_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*more: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["doctor", "-w", str(root), *more])
        return int(ended.value.code or 0), capsys.readouterr().out

    code, out = run()
    assert code == 0
    assert f"Python {sys.version_info[0]}.{sys.version_info[1]}" in out
    (root / "returns").rename(root / "gone")
    code, out = run("--json")
    answer = json.loads(out)
    assert code == 1
    assert [line["what"] for line in answer["lines"] if line["verdict"] == "to do"] == ["Returns folder"]
