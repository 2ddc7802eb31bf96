"""Everything but the archive can be lost: outputs, caches and the shared folder too."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from perfbook import _cache
from perfbook.cli import main
from perfbook.errors import UsageError
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import AFTER_DUE, BEFORE_DUE, PERIOD, SENT, fill, make_workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A folder with all that may lie in it: copies that conflict and that add, what is rejected, what is no return."""
    monkeypatch.setattr(_cache, "cache_folder", lambda: tmp_path / "cache")
    made = make_workspace(tmp_path / "council", 4, 2, unsigned=1)
    folder = made.returns_folder(PERIOD)
    blank = next(path for path in sorted(folder.iterdir()) if "01" in path.name)
    lie(folder / "Copy of it.xlsx", fill(blank.read_bytes(), ["d01-m01", "d01-m02"], 6))
    lie(blank, fill(blank.read_bytes(), ["d01-m01"], 5))
    lie(folder / "broken.xlsx", b"PK\x03\x04 no workbook")
    lie(folder / "sub" / "notes.pdf", b"%PDF")
    lie(folder / "another.xlsx", blank.read_bytes()[:-5])
    return made


def lie(path: Path, data: bytes, days: int = 0) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    moment = (SENT + timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def lose_everything(workspace: Workspace) -> None:
    for path in (workspace.root / "outputs", workspace.root.parent / "cache", workspace.root / "returns"):
        shutil.rmtree(path, ignore_errors=True)


@pytest.mark.parametrize("runs", [1, 2])
def test_the_scorecard_comes_back_byte_for_byte(workspace: Workspace, runs: int) -> None:
    for moment in (BEFORE_DUE, BEFORE_DUE + timedelta(hours=1))[:runs]:
        done = workspace.consolidate(as_at=moment)
    path = done.outputs["scorecard"]
    before, log = path.read_bytes(), (workspace.root / "archive" / "log.jsonl").read_bytes()
    assert {file.outcome for file in done.quarter.files} >= {"rejected", "ignored", "superseded"}
    lose_everything(workspace)
    again = open_workspace(workspace.root)
    with pytest.raises(UsageError, match=r"though returns for .* went out.* --no-collect\.$"):
        again.consolidate(as_at=moment)
    assert again.consolidate(as_at=moment, collect=False).quarter == done.quarter
    assert path.read_bytes() == before
    assert (workspace.root / "archive" / "log.jsonl").read_bytes() == log
    assert workspace.verify_archive().is_sound


def test_what_was_lost_from_the_folder_before_still_counts_and_time_goes_on(workspace: Workspace) -> None:
    workspace.consolidate(as_at=BEFORE_DUE)
    folder = workspace.returns_folder(PERIOD)
    gone = next(path for path in sorted(folder.iterdir()) if "02" in path.name)
    gone.unlink()
    there = workspace.consolidate(as_at=AFTER_DUE)
    recalled = workspace.recall(as_at=AFTER_DUE)
    assert recalled.observations == there.quarter.observations
    assert recalled.returns == there.quarter.returns


def test_the_command_says_so_where_there_is_no_record(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["consolidate", "--no-collect", "-w", str(workspace.root)])
    assert ended.value.code == 2
    assert "The record holds nothing of 2031-32 Q3 yet" in capsys.readouterr().err
    workspace.collect(as_at=BEFORE_DUE)
    with pytest.raises(SystemExit) as ended:
        main(["consolidate", "--no-collect", "-w", str(workspace.root), "--as-at", BEFORE_DUE.isoformat()])
    assert ended.value.code == 1
