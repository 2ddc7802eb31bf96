from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfbook.unattended import runlog
from perfbook.unattended.runlog import RunLog, new_run_id


def test_every_line_is_a_table_in_ascii_with_its_run(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "nightly.log"
    with RunLog(path, "r1") as log:
        log.info("Größe", folder=tmp_path)
        log.failure("failed", ValueError("Söhne"), reason="one\ntwo")
    data = path.read_bytes()
    assert data.isascii()
    first, second = map(json.loads, data.splitlines())
    assert (first["run"], first["level"], first["event"], first["folder"]) == ("r1", "info", "Größe", str(tmp_path))
    assert datetime.fromisoformat(first["at"]).tzinfo
    assert (second["level"], second["reason"]) == ("error", "one\ntwo")
    assert second["traceback"] == "ValueError: Söhne"


def test_old_lines_rotate_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runlog, "BIGGEST", 2000)
    path = tmp_path / "nightly.log"
    for run in range(30):
        with RunLog(path, f"r{run}") as log:
            for _ in range(10):
                log.info("a line of some length", text="x" * 50)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + runlog.KEPT
    assert all(file.stat().st_size <= 2000 for file in files)
    assert all(json.loads(line) for file in files for line in file.read_bytes().splitlines())
    with RunLog(path, "busy", rotates=False) as log:
        for _ in range(30):
            log.failure("busy")
    assert path.stat().st_size > 2000
    assert len(list(tmp_path.iterdir())) == 1 + runlog.KEPT


def test_a_log_that_cannot_be_written_stops_nothing_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_bytes(b"a file in the way")
    with RunLog(tmp_path / "log" / "nightly.log", "r") as log:
        log.info("started")
    assert log.broken
    (tmp_path / "nightly.log").mkdir()
    with RunLog(tmp_path / "nightly.log", "r") as log:
        log.info("started")
    assert log.broken
    assert capsys.readouterr() == ("", "")


def test_identifiers_of_runs_sort_by_time() -> None:
    moments = [datetime(2020, 10, day, 2, tzinfo=UTC) for day in (1, 2, 12)]
    made = [new_run_id(moment) for moment in moments]
    assert made == sorted(made)
    assert len({new_run_id(moments[0]) for _ in range(50)}) == 50
