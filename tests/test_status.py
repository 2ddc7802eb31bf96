"""`perfbook status`: days late, completeness, findings, and the curve of returns beside last quarter's."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perfbook.chasing.curve import curves
from perfbook.cli import main
from perfbook.creating import create_workspace
from perfbook.inflow import Curve
from perfbook.records import ReturnRecord
from perfbook.sent import days_late
from perfbook.settings import ZONE
from perfbook.workspace import open_workspace

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
