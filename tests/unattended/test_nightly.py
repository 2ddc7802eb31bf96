from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbook import _cache
from perfbook._lock import held
from perfbook.cli import main
from perfbook.collecting import outcomes
from perfbook.errors import BusyError, CannotWriteError, WorkspaceError
from perfbook.memo import is_lasting
from perfbook.records import Quarter
from perfbook.unattended.nightly import Night, run_night
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import AFTER_DUE, BEFORE_DUE, PERIOD, SENT, fill

NIGHT = timedelta(days=1)


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "Elmbridge Vale & co"))


def night(root: Path, as_at: datetime = BEFORE_DUE) -> Night:
    return run_night(root, as_at=as_at, clock=lambda: as_at)


def summary(root: Path) -> dict[str, Any]:
    data = (root / "outputs" / "nightly.json").read_bytes()
    assert data.isascii()
    table: dict[str, Any] = json.loads(data)
    return table


def log(root: Path) -> list[dict[str, Any]]:
    data = (root / "outputs" / "log" / "nightly.log").read_bytes()
    assert data.isascii()
    return [json.loads(line) for line in data.splitlines()]


def scorecard(root: Path) -> Path:
    return open_workspace(root).scorecard_path(PERIOD)


def note(root: Path) -> Path:
    return scorecard(root).with_name(f"{scorecard(root).stem} is stale.txt")


def returns(root: Path) -> Path:
    return root / "returns" / PERIOD.label


def test_a_night_consolidates_and_tells_what_it_did(root: Path) -> None:
    done = night(root)
    told = summary(root)
    assert (done.exit_code, told["exit_code"], told["state"], told["failed"]) == (0, 0, "ended", "")
    assert told["periods"][0]["result"] == "written"
    assert told["periods"][0]["counts"]["returns"]["certified"] == 2
    assert told["periods"][0]["counts"]["files"] == {"accepted": 3}
    assert scorecard(root).is_file()
    lines = log(root)
    assert [line["event"] for line in lines] == ["started", "period", "ended"]
    assert {line["run"] for line in lines} == {told["run"]}


def test_a_night_in_which_nothing_changed_reads_and_writes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(root)
    before = {p: p.stat().st_mtime_ns for p in (scorecard(root), root / "archive" / "log.jsonl")}
    monkeypatch.setattr(Workspace, "consolidate", forbidden)
    done = night(root, BEFORE_DUE + timedelta(hours=1))
    assert (done.exit_code, done.periods[0].result) == (0, "unchanged")
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert done.periods[0].counts["returns"]["certified"] == 2
    assert done.refreshed[PERIOD.label] == BEFORE_DUE + timedelta(hours=1)


def test_lateness_moves_on_though_nothing_changed(root: Path) -> None:
    assert night(root).exit_code == 0
    done = night(root, AFTER_DUE)
    assert (done.exit_code, done.periods[0].result) == (1, "written")
    assert done.periods[0].counts["returns"]["overdue"] == 1
    again = night(root, AFTER_DUE + NIGHT)
    assert (again.exit_code, again.periods[0].result) == (1, "unchanged")


def change_a_return(root: Path) -> None:
    path = returns(root) / "Elmbridge Vale 2031-32 Q3 Service 01.xlsx"
    path.write_bytes(fill(path.read_bytes(), ["d01-m01", "d01-m02"], 3))
    os.utime(path, (SENT.timestamp() + 60, SENT.timestamp() + 60))


def touch_a_return(root: Path) -> None:
    path = next(returns(root).iterdir())
    os.utime(path, (SENT.timestamp() + 1, SENT.timestamp() + 1))


@pytest.mark.parametrize(
    "change",
    [
        change_a_return,
        touch_a_return,
        lambda root: next(returns(root).iterdir()).unlink(),
        lambda root: shutil.copyfile(root / "perfbook.toml", returns(root) / "notes.txt"),
        lambda root: scorecard(root).unlink(),
        lambda root: scorecard(root).write_bytes(b"somebody's own"),
        lambda root: open_workspace(root).archive.append("ignored", BEFORE_DUE, {"path": "x", "directorate": ""}),
        lambda root: (root / "perfbook.toml").write_text((root / "perfbook.toml").read_text() + "grace_days = 1\n"),
        lambda root: shutil.rmtree(_cache.cache_folder() or root),
        lambda root: [p.write_bytes(b"{") for p in (_cache.cache_folder() or root).rglob("*.json")],
    ],
    ids=["filled", "touched", "gone", "new file", "no book", "other book", "log", "settings", "no memo", "torn memo"],
)
def test_whatever_changed_makes_a_full_night(root: Path, change: Any) -> None:
    night(root)
    change(root)
    done = night(root, BEFORE_DUE + timedelta(hours=1))
    assert done.periods[0].result == "written"
    assert scorecard(root).read_bytes().startswith(b"PK")


def test_after_a_week_and_for_an_earlier_moment_everything_is_read_again(root: Path) -> None:
    night(root, AFTER_DUE)
    assert night(root, AFTER_DUE - timedelta(hours=1)).periods[0].result == "written"
    assert night(root, AFTER_DUE + timedelta(days=6)).periods[0].result == "unchanged"
    assert night(root, AFTER_DUE + timedelta(days=8)).periods[0].result == "written"


def test_a_file_that_was_changed_just_now_is_not_trusted(root: Path) -> None:
    just_now = time.time() + 3600  # however long the nights take
    for path in returns(root).iterdir():
        os.utime(path, (just_now, just_now))
    assert [night(root).periods[0].result for _ in range(2)] == ["written", "written"]


def test_a_file_that_could_not_be_opened_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def locked(self: Path, *arguments: Any, **more: Any) -> Any:
        if self.name.endswith("Service 02.xlsx"):
            raise PermissionError
        return real(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", locked)
    monkeypatch.setattr("time.sleep", lambda _: None)
    night(root)
    monkeypatch.setattr(Path, "open", real)
    assert night(root).periods[0].counts["returns"]["certified"] == 2


def test_a_file_that_a_busy_machine_gave_up_is_tried_again() -> None:
    passing = (outcomes.LOCKED, outcomes.STILL_WRITTEN, outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY, outcomes.CRASHED)
    assert is_lasting(["C000"])
    assert not any(is_lasting(["C000", code]) for code in passing)


def test_an_unreachable_folder_leaves_a_book_that_says_since_when(root: Path) -> None:
    first = night(root)
    away = returns(root).rename(root / "away")
    done = night(root, AFTER_DUE)
    one = done.periods[0]
    assert (done.exit_code, one.result, one.stale_since) == (2, "failed", BEFORE_DUE)
    assert "could not be reached" in summary(root)["failed"]
    assert summary(root)["periods"][0]["stale_since"] == BEFORE_DUE.isoformat()
    assert "Stale since 15 January 2032, 02:00" in note(root).read_text("utf-8-sig")
    # The book was built from the archive: the same figures, nobody's file gone missing, lateness moved on.
    assert one.counts["returns"]["certified"] == 2
    assert one.counts["returns"]["overdue"] == 1
    assert one.counts["findings"] == first.periods[0].counts["findings"]
    assert one.counts["files"] == {"unchanged": 3}
    third = night(root, AFTER_DUE + NIGHT)
    assert third.periods[0].stale_since == BEFORE_DUE  # and not since the book that was built meanwhile
    away.rename(returns(root))
    fresh = night(root, AFTER_DUE + 2 * NIGHT)
    assert (fresh.exit_code, fresh.periods[0].result, fresh.failed) == (1, "written", "")
    assert not note(root).exists()
    assert summary(root)["periods"][0]["stale_since"] is None


def test_stale_counts_from_the_last_refresh_by_anybody(root: Path) -> None:
    night(root)
    by_hand = BEFORE_DUE + timedelta(hours=5)
    os.utime(scorecard(root), (by_hand.timestamp(),) * 2)
    returns(root).rename(root / "away")
    for number in (1, 2, 3):
        done = night(root, BEFORE_DUE + number * NIGHT)
        assert done.periods[0].stale_since == by_hand
        # The book that was just built from the archive is no fresher for it.
        os.utime(scorecard(root), (AFTER_DUE.timestamp() + number,) * 2)


def test_a_return_that_was_rejected_stays_unreadable_when_the_folder_is_out_of_reach(root: Path) -> None:
    (returns(root) / "Elmbridge Vale 2031-32 Q3 Service 01.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    first = night(root)
    returns(root).rename(root / "away")
    second = night(root, BEFORE_DUE + NIGHT)
    for key in ("expected", "certified", "not_started", "unreadable"):
        assert second.periods[0].counts["returns"][key] == first.periods[0].counts["returns"][key], key


def test_the_notice_reaches_the_scorecard(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(root)
    returns(root).rename(root / "away")
    given: list[str] = []
    real = sys.modules["perfbook.scorecard"].build_scorecard

    def build(quarter: Quarter, **more: object) -> bytes:
        given.append(quarter.notice)
        book: bytes = real(quarter, **more)
        return book

    monkeypatch.setattr("perfbook.scorecard.build.build_scorecard", build)
    night(root, BEFORE_DUE + NIGHT)
    assert given == ["Stale since 15 January 2032, 02:00: the returns folder could not be reached."]


def test_a_folder_that_never_was_is_a_failure_and_no_book(root: Path) -> None:
    shutil.rmtree(returns(root))
    shutil.rmtree(root / "archive")
    done = night(root)
    assert done.exit_code == 2
    assert "Run perfbook generate" in done.failed
    assert not scorecard(root).exists()


def test_a_broken_framework_is_told_and_the_old_book_stays(root: Path) -> None:
    night(root)
    before = scorecard(root).read_bytes()
    book = openpyxl.load_workbook(root / "framework.xlsx")
    book["Measures"]["A5"] = None
    book["Measures"]["A6"] = "d01-m01"
    book["Measures"]["A7"] = "d01-m01"
    book.save(root / "framework.xlsx")
    done = night(root, BEFORE_DUE + NIGHT)
    assert done.exit_code == 2
    assert "framework.xlsx" in summary(root)["failed"]
    assert scorecard(root).read_bytes() == before
    assert "framework.xlsx" in note(root).read_text("utf-8-sig")


def test_a_book_that_is_open_in_excel_ends_in_4(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(root)
    before = scorecard(root).read_bytes()
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).suffix == ".xlsx":
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    done = night(root, AFTER_DUE)
    assert (done.exit_code, summary(root)["exit_code"]) == (4, 4)
    assert "open in Excel" in summary(root)["failed"]
    assert scorecard(root).read_bytes() == before
    assert note(root).is_file()


def test_a_fault_of_ours_is_told_too_and_the_log_has_its_details(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workspace, "consolidate", forbidden)
    done = night(root)
    assert done.exit_code == summary(root)["exit_code"] == 2
    assert "not foreseen (ZeroDivisionError)" in done.failed
    assert any("ZeroDivisionError" in line.get("traceback", "") for line in log(root))


def test_broken_settings_are_told(root: Path) -> None:
    (root / "perfbook.toml").write_text("council =", encoding="utf-8")
    assert night(root).exit_code == 2
    assert "perfbook.toml" in summary(root)["failed"]


def test_one_period_that_fails_does_not_keep_another_from_being_refreshed(root: Path) -> None:
    text = (root / "perfbook.toml").read_text("utf-8")
    (root / "perfbook.toml").write_text(
        f'{text}\n[nightly]\nperiods = ["2031-32 Q2", "2031-32 Q3"]\n', encoding="utf-8"
    )
    done = night(root)
    assert [(one.period, one.result) for one in done.periods] == [("2031-32 Q2", "failed"), ("2031-32 Q3", "written")]
    assert done.exit_code == 2


def test_missed_nights_are_counted_since_the_last_good_one(root: Path) -> None:
    assert night(root, BEFORE_DUE).missed_nights == 0
    assert night(root, BEFORE_DUE + NIGHT).missed_nights == 0
    away = returns(root).rename(root / "away")
    assert night(root, BEFORE_DUE + 2 * NIGHT).missed_nights == 0
    assert night(root, BEFORE_DUE + 3 * NIGHT).missed_nights == 1
    away.rename(returns(root))
    done = night(root, BEFORE_DUE + 5 * NIGHT)
    assert (done.missed_nights, done.last_good) == (3, BEFORE_DUE + NIGHT)
    assert log(root)[-3]["missed_nights"] == summary(root)["missed_nights"] == 3
    assert night(root, BEFORE_DUE + 6 * NIGHT).missed_nights == 0


@pytest.mark.parametrize("torn", [b"", b"[]", b'{"refreshed": 3, "started": "soon", "exit_code": 0}', b"\xff"])
def test_a_summary_that_somebody_spoilt_is_no_obstacle(root: Path, torn: bytes) -> None:
    (root / "outputs").mkdir()
    (root / "outputs" / "nightly.json").write_bytes(torn)
    assert night(root).exit_code == 0


def test_a_second_run_leaves_the_summary_of_the_first_alone(root: Path) -> None:
    night(root)
    before = (root / "outputs" / "nightly.json").read_bytes()
    with held(root), pytest.raises(BusyError):
        night(root)
    assert (root / "outputs" / "nightly.json").read_bytes() == before
    assert log(root)[-1]["event"] == "busy"


def test_a_run_that_is_stopped_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        assert summary(root)["state"] == "running"
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "consolidate", stopped)
    with pytest.raises(KeyboardInterrupt):
        night(root)
    assert summary(root)["state"] == "ended"
    assert "stopped" in summary(root)["failed"]
    with held(root):
        pass


def test_a_summary_that_cannot_be_written_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWriteError, match="the disk is full"):
        night(root)


def test_no_workspace_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="There is no workspace"):
        run_night(tmp_path)


def test_the_command_shows_nothing_and_ends_with_the_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for as_at, code in ((BEFORE_DUE, 0), (AFTER_DUE, 1)):
        with pytest.raises(SystemExit) as ended:
            main(["nightly", "-w", str(root), "--as-at", as_at.isoformat()])
        assert ended.value.code == code
        assert capsys.readouterr() == ("", "")
    returns(root).rename(root / "away")
    with pytest.raises(SystemExit) as ended:
        main(["nightly", "-w", str(root)])
    assert ended.value.code == 2
    assert "could not be reached" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["nightly", "-w", str(root), "--json"])
    assert json.loads(capsys.readouterr().out)["exit_code"] == 2


TWICE = """
import contextlib, io, json, sys
from perfbook.cli import main
from perfbook.workspace import Workspace

def consolidate(*arguments, **more):
    print("at work", flush=True)
    sys.stdin.readline()
    return work(*arguments, **more)

work, Workspace.consolidate = Workspace.consolidate, consolidate
print("ready", flush=True)
while sys.stdin.readline():
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            main(["nightly", "-w", sys.argv[1]])
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, said.getvalue()]), flush=True)
"""


def test_two_at_once_twenty_times_one_works_and_one_ends_with_3(root: Path, cache: Path) -> None:
    with contextlib.ExitStack() as stack:
        two = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", TWICE, str(root)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=Path(__file__).parents[2],
                )
            )
            for _ in range(2)
        ]
        for one in two:
            stack.callback(one.kill)
        assert [line_of(one) for one in two] == ["ready", "ready"]
        for _ in range(20):
            shutil.rmtree(cache, ignore_errors=True)  # so that there is work to do
            for one in two:
                go_on(one)
            # Whoever has the lock keeps it until the other one has ended, however slow the machine is.
            said = {line_of(one): one for one in two}
            working = said.pop("at work")
            ((refused, _),) = said.items()
            code, text = json.loads(refused)
            assert code == 3
            assert "Another run of perfbook is at work" in text
            go_on(working)
            # The returns are due in 2032.
            assert json.loads(line_of(working)) == [0, ""]
            assert summary(root)["exit_code"] == 0


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints; empty where it ended."""
    assert process.stdout
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write("\n")
        process.stdin.flush()


def forbidden(*_: object, **__: object) -> None:
    raise ZeroDivisionError
