"""Closing a period: what was published is frozen, what changes later is a restatement, whatever stops a run."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from perfbook._lock import held
from perfbook.cli import cli
from perfbook.collecting.archive import Archive
from perfbook.errors import ArchiveError, BusyError, UsageError
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Target
from perfbook.workspace import Workspace, open_workspace
from tests.test_adjustments import _texts, adjustment, with_adjustments
from tests.unattended.council import AFTER_DUE, ISSUED, PERIOD, fill, make_workspace

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
LATER = AFTER_DUE + timedelta(days=9)
KEY = "d02-m01"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two services whose certified returns were collected."""
    made = make_workspace(tmp_path / "council", directorates=2)
    made.collect(as_at=AFTER_DUE)
    return made


def _close(workspace: Workspace, *more: str) -> Result:
    return CliRunner().invoke(cli, ["close", "-w", str(workspace.root), "--as-at", "2032-01-21T09:00", *more])


def _answer(result: Result) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(result.output)
    return answer


def test_closing_keeps_what_is_published_and_closing_again_changes_nothing(workspace: Workspace) -> None:
    first = _close(workspace, "--json")
    again = _close(workspace, "--json")
    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert _answer(first)["new"] and not _answer(again)["new"]
    assert _answer(first)["closed"] == "2032-01-21T09:00:00+00:00"
    assert {**_answer(again), "new": True} == _answer(first)
    events = workspace.archive.events("closed")
    assert len(events) == 1
    kept = json.loads(workspace.archive.load(_answer(first)["sha256"]))
    assert kept["measures"][KEY]["actual"] == "47" and kept["measures"][KEY]["score"] == "\u25b2 Below target"
    assert "already" in _close(workspace).output
    assert workspace.archive.verify().is_sound


def test_what_changes_after_closing_is_listed_as_restated_beside_what_was_published(workspace: Workspace) -> None:
    workspace.close(as_at=AFTER_DUE)
    path = workspace.returns_folder(PERIOD) / "Elmbridge Vale 2031-32 Q3 Service 02.xlsx"
    path.write_bytes(fill(path.read_bytes(), [KEY, "d02-m02"], seed=2))  # 54 and 55, where it had 47 and 48
    done = workspace.consolidate(as_at=LATER)
    told = {
        (each["about"], each["field"]): (each["published"], each["now"]) for each in done.account.as_json()["restated"]
    }
    assert told[KEY, "figure"] == ("47", "54")
    assert told[KEY, "score"] == ("\u25b2 Below target", "\u2605 Exceeds target")
    assert done.account.as_json()["closed"] == {PERIOD.label: AFTER_DUE.isoformat()}
    texts = _texts(workspace, done.quarter)
    assert "|Restated|Figure published as 47 on 20 January 2032. Score published as" in texts["Scorecard"]
    assert f"{PERIOD} was published on 20 January 2032; 4 restatements since" in texts["Scorecard"]
    assert "|Figure, restated|47|54|" in texts["Changes"]
    assert "A return that was received later" in texts["Changes"]
    outputs = workspace.report(as_at=LATER).outputs
    with zipfile.ZipFile(outputs["report"]) as package:
        assert "Figure published as 47 on 20 January 2032." in package.read("word/document.xml").decode()
    assert "54 (restated)" in outputs["digest"].read_text("utf-8")


def test_the_next_period_lists_what_was_restated_of_the_one_before(workspace: Workspace) -> None:
    workspace.close(as_at=AFTER_DUE)
    ws = with_adjustments(workspace, adjustment("correct", KEY, "12"))
    ws.collect(as_at=LATER)
    ws.generate(period=PERIOD.shift(1), as_at=LATER)
    quarter = ws.collect(period=PERIOD.shift(1), as_at=LATER)
    found = [(each.closed, each.field, each.before, each.now) for each in quarter.restatements]
    assert found == [(PERIOD, "Figure", "47", "12")]
    assert "Keyed one row too low (Performance officer)." in quarter.restatements[0].why
    with_adjustments(ws)
    assert not open_workspace(ws.root).collect(period=PERIOD.shift(1), as_at=LATER).restatements


def test_a_target_that_is_moved_after_closing_is_a_restatement(workspace: Workspace) -> None:
    workspace.close(as_at=AFTER_DUE)
    moved = replace(
        workspace.framework, targets=dict(workspace.framework.targets) | {(KEY, PERIOD): Target(Decimal(45))}
    )
    data = write_framework(moved, created=ISSUED, periods=[PERIOD], spare_rows=5)
    (workspace.root / "framework.xlsx").write_bytes(data)
    quarter = open_workspace(workspace.root).collect(as_at=LATER)
    found = {(each.about, each.field): (each.before, each.now, each.why) for each in quarter.restatements}
    assert found[KEY, "Target"] == ("50", "45", "The framework was changed.")
    assert found[KEY, "Score"][:2] == ("\u25b2 Below target", "\u2605 Exceeds target")


def test_there_must_be_something_to_publish(tmp_path: Path) -> None:
    blank = make_workspace(tmp_path / "council", directorates=1, unsigned=1)
    with pytest.raises(UsageError, match="holds nothing of 2031-32 Q3 yet"):
        blank.close(as_at=AFTER_DUE)
    blank.collect(as_at=AFTER_DUE)
    result = _close(blank)
    assert "nothing to publish" in str(result.exception)
    assert not blank.archive.events("closed")


def test_a_return_that_is_missing_makes_the_exit_code_1_and_the_period_is_closed(tmp_path: Path) -> None:
    council = make_workspace(tmp_path / "council", unsigned=1)
    council.collect(as_at=AFTER_DUE)
    assert _close(council).exit_code == 1
    assert council.archive.events("closed")


def test_only_one_may_close_at_a_time(workspace: Workspace) -> None:
    with held(workspace.root), pytest.raises(BusyError):
        workspace.close(as_at=AFTER_DUE)


def test_a_closing_that_is_killed_before_its_event_leaves_the_period_open(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(self: Archive, *_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            workspace.close(as_at=AFTER_DUE)
    assert not workspace.collect(as_at=AFTER_DUE).closings
    assert workspace.close(as_at=AFTER_DUE).is_new
    assert workspace.archive.verify().is_sound


def test_what_was_published_cannot_be_altered_unnoticed(workspace: Workspace) -> None:
    digest = workspace.close(as_at=AFTER_DUE).closing.sha256
    blob = workspace.root / "archive" / "blobs" / digest[:2] / digest
    blob.write_bytes(blob.read_bytes().replace(b'"47"', b'"74"'))
    assert not workspace.archive.verify().is_sound
    with pytest.raises(ArchiveError, match="was altered"):
        workspace.collect(as_at=LATER)
