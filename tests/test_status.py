"""`perfbook status`: days late, completeness, findings, and the curve of returns beside last quarter's."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from perfbook._cache import cache_file
from perfbook.chasing.curve import curves
from perfbook.cli import main
from perfbook.creating import create_workspace
from perfbook.inflow import Curve
from perfbook.records import ReturnRecord
from perfbook.sent import days_late
from perfbook.settings import ZONE
from perfbook.workspace import Workspace, open_workspace
from tests.unattended import council

DUE = datetime(2026, 4, 10, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("late", "overdue", "came", "days"),
    [
        (True, False, 3, 3),
        (False, False, 3, 0),  # within the grace
        (False, True, None, 12),
        (False, False, None, 0),
    ],
)
def test_days_late_count_from_the_due_day(late: bool, overdue: bool, came: int | None, days: int) -> None:
    received = DUE + timedelta(days=came, hours=-10) if came is not None else None
    record = ReturnRecord("d", "i", "certified", DUE, received, late, overdue)
    assert days_late(record, DUE + timedelta(days=12, hours=-3)) == days


def test_a_curve_is_read_up_to_today() -> None:
    curve = Curve("2026-27 Q1", 5, (-7, -2, 0, 4), today=3)
    assert [curve.by(day) for day in (-10, -5, -2, 0, 2, 5)] == [0, 1, 2, 3, 3, None]
    assert Curve("2025-26 Q4", 5, (-7, 30)).by(20) == 1


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0), capsys.readouterr().out


def test_status_shows_the_curve_beside_the_quarter_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = create_workspace(tmp_path / "council", example="dudley").root
    code, out = run(capsys, "status", "-w", str(root), "--as-at", "2020-10-20")
    assert code == 0
    assert "Housing" in out
    assert "5 of 5" in out
    assert "100%" in out
    answer = json.loads(run(capsys, "status", "-w", str(root), "--as-at", "2020-10-20", "--json")[1])
    housing = next(each for each in answer["by_directorate"] if each["directorate"] == "Housing")
    assert (housing["days_late"], housing["findings"]) == (0, {"error": 0, "warning": 1})
    assert answer["curve"]["now"] == {
        "period": "2020-21 Q2",
        "expected": 9,
        "received": {"-10": 0, "-5": 6, "-2": 9, "0": 9},
    }
    assert answer["curve"]["before"] is None
    # The next quarter begins: the one before is known from the archive.
    workspace = open_workspace(root)
    workspace.collect(as_at=datetime(2020, 10, 20, tzinfo=ZONE))
    settings = (root / "perfbook.toml").read_text("utf-8").replace('period = "2020-21 Q2"', 'period = "2020-21 Q3"')
    (root / "perfbook.toml").write_text(settings, "utf-8")
    workspace = open_workspace(root)
    workspace.generate(as_at=datetime(2021, 1, 4, tzinfo=ZONE))
    quarter = workspace.look(as_at=datetime(2021, 2, 10, tzinfo=ZONE))
    now, before = curves(quarter, workspace.archive, workspace.settings)
    assert before is not None
    assert (now.by(5), before.period, before.by(-5), before.by(0)) == (0, "2020-21 Q2", 6, 9)
    code, out = run(capsys, "status", "-w", str(root), "--as-at", "2021-02-10")
    assert code == 1
    assert "overdue, 22 days" in out
    assert "2020-21 Q2" in out


class Answers:
    """`perfbook status` of a workspace, and whether it had to be worked out."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys, self.looked = root, capsys, 0
        look = Workspace.look

        def looking(workspace: Workspace, **more: Any) -> Any:
            self.looked += 1
            return look(workspace, **more)

        monkeypatch.setattr(Workspace, "look", looking)

    def __call__(self, as_at: str, *more: str) -> tuple[str, bool]:
        before = self.looked
        with contextlib.suppress(SystemExit):
            main(["status", "-w", str(self.root), "--as-at", as_at, *more])
        return self.capsys.readouterr().out, self.looked > before


def test_an_answer_is_remembered_while_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = council.make_workspace(tmp_path / "council", 3, 2, unsigned=1)
    workspace.consolidate(as_at=council.BEFORE_DUE)
    status = Answers(workspace.root, monkeypatch, capsys)
    first, worked = status("2032-01-15T09:00")
    assert worked and "Service 03" in first
    assert status("2032-01-15T11:00") == (first, False)
    answered, worked = status("2032-01-15T12:00", "--json")
    assert not worked and json.loads(answered)["as_at"].startswith("2032-01-15T12:00")
    # Another day counts other days; past the due date returns are overdue.
    assert status("2032-01-16T09:00")[1]
    assert status("2032-01-18T09:00")[1] and "1 overdue" in status("2032-01-18T10:00")[0]
    # What changes is looked at again: a file, a setting, the record.
    path = sorted(workspace.returns_folder(council.PERIOD).iterdir())[1]
    os.utime(path, (council.SENT.timestamp() + 60,) * 2)
    assert status("2032-01-18T10:00")[1]
    assert not status("2032-01-18T10:00")[1]
    workspace.collect(as_at=council.AFTER_DUE)
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text("utf-8").replace("due_days = 16", "due_days = 40"), "utf-8")
    told, worked = status("2032-01-18T10:00")
    assert worked and "0 late, 0 overdue" in told


def test_what_is_remembered_and_spoilt_is_worked_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = council.make_workspace(tmp_path / "council", 3, 2)
    status = Answers(workspace.root, monkeypatch, capsys)
    workspace.collect(as_at=council.BEFORE_DUE)
    first, _ = status("2032-01-15T09:00")
    kept = cache_file("status", workspace.root, ".json", council.PERIOD.label)
    assert kept is not None
    table = json.loads(kept.read_bytes())
    hostile = base64.b64encode(b"cos\nsystem\n(S'exit 1'\ntR.").decode("ascii")
    for spoilt in (
        b"",
        b"[]",
        json.dumps(table | {"screen": hostile}).encode(),
        json.dumps({**table, "facts": 1}).encode(),
    ):
        kept.write_bytes(spoilt)
        assert status("2032-01-15T09:00") == (first, True)
