"""A closing that is undone: the period is open as before, and the record keeps what was published, by whom, and why."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from perfbook.account import account
from perfbook.cli import cli
from perfbook.errors import UsageError
from perfbook.figure_notes import closing_sentence
from perfbook.reports.story import story_of
from perfbook.workspace import Workspace
from tests.test_adjustments import _texts, adjustment, with_adjustments
from tests.unattended.council import AFTER_DUE, PERIOD, make_workspace

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
DAYS = [AFTER_DUE + timedelta(days=day) for day in range(5)]
KEY = "d02-m01"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two services whose certified returns were collected, and the period closed."""
    made = make_workspace(tmp_path / "council", directorates=2)
    made.collect(as_at=DAYS[0])
    made.close(as_at=DAYS[0])
    return made


def _undo(workspace: Workspace, *more: str) -> Result:
    arguments = ["close", "--undo", "-w", str(workspace.root), "--as-at", DAYS[1].isoformat(), *more]
    return CliRunner().invoke(cli, arguments)


def test_nothing_is_restated_while_the_period_is_open_and_the_record_keeps_both(workspace: Workspace) -> None:
    ws = with_adjustments(workspace, adjustment("correct", KEY, "12"))
    before = ws.collect(as_at=DAYS[1])
    assert ("Figure", "47", "12") in [(each.field, each.before, each.now) for each in before.restatements]
    done = _undo(ws, "--reason", "A return had been forgotten.", "--by", "Performance officer", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.output)
    assert answer["closed"] == DAYS[0].isoformat() and answer["sha256"] == before.closings[0].sha256

    opened = ws.collect(as_at=DAYS[2])
    assert (opened.closings, opened.restatements) == ((), ())
    assert account(opened).as_json()["reopened"] == [answer]
    assert closing_sentence(opened) == (
        f"{PERIOD} was published on 20 January 2032 and opened again on 21 January 2032: "
        "A return had been forgotten (Performance officer)."
    )
    again = ws.close(as_at=DAYS[3])
    assert again.is_new and not again.restatements
    assert (
        closing_sentence(again.quarter)
        == f"{PERIOD} was published on 23 January 2032, first on 20 January 2032 and opened again on 21 January 2032."
    )
    assert again.as_json()["reopened"] == [answer]
    kinds = [event.kind for event in ws.archive.events() if event.kind in ("closed", "reopened")]
    assert kinds == ["closed", "reopened", "closed"]
    published = [json.loads(ws.archive.load(sha)) for sha in (answer["sha256"], again.closing.sha256)]
    assert [each["measures"][KEY]["shown"] for each in published] == ["47", "12"]
    assert ws.archive.verify().is_sound
    # What changes from now on is a restatement of the second closing.
    restated = with_adjustments(ws).collect(as_at=DAYS[4]).restatements
    assert ("Figure", "12", "47") in [(each.field, each.before, each.now) for each in restated]


def test_the_scorecard_lists_it_and_so_does_the_report(workspace: Workspace) -> None:
    workspace.reopen(reason="A return had been forgotten.", by="Performance officer", as_at=DAYS[1])
    opened = workspace.consolidate(as_at=DAYS[2], collect=False).quarter
    row = "Opened again|All that was published|2031-32 Q3|Closing undone|Published|{now}|"
    [line] = [each for each in _texts(workspace, opened)["Changes"].splitlines() if each.startswith("Opened again|")]
    assert line.startswith(row.format(now="Open")) and line.endswith(
        "|Performance officer|A return had been forgotten."
    )
    workspace.close(as_at=DAYS[3])
    workspace.reopen(reason="Too soon again", by="Performance officer", as_at=DAYS[3])
    again = workspace.close(as_at=DAYS[4]).quarter
    [section] = [each for each in story_of(again).changes if each.name == "Opened again"]
    told = [(each.before, each.now, each.was, each.since, each.why) for each in section.rows]
    assert told == [
        (
            "Published",
            "Published again on 23 January 2032",
            "20 Jan 2032",
            "21 Jan 2032",
            "A return had been forgotten.",
        ),
        ("Published", "Published again on 24 January 2032", "23 Jan 2032", "23 Jan 2032", "Too soon again"),
    ]


def test_a_period_is_not_closed_before_it_was_opened_again(workspace: Workspace) -> None:
    workspace.reopen(reason="Too soon", by="Officer", as_at=DAYS[2])
    with pytest.raises(UsageError, match="was opened again on 22 January 2032 at 02:00, after the moment that --as-at"):
        workspace.close(as_at=DAYS[1])
    assert workspace.close(as_at=DAYS[2]).is_new


def test_it_wants_a_reason_a_name_and_a_closing(workspace: Workspace) -> None:
    wanting: list[tuple[str, ...]] = [(), ("--reason", "Because"), ("--by", "Officer", "--reason", "  ")]
    for more in wanting:
        refused = _undo(workspace, *more)
        assert isinstance(refused.exception, UsageError)
        assert "say why (--reason) and who decided it (--by)" in str(refused.exception)
    with pytest.raises(UsageError, match="was closed on 20 January 2032"):
        workspace.reopen(reason="Too soon", by="Officer", as_at=DAYS[0] - timedelta(hours=1))
    assert not workspace.archive.events("reopened")
    workspace.reopen(reason="Once", by="Officer", as_at=DAYS[1])
    refused = _undo(workspace, "--reason", "Twice", "--by", "Officer")
    assert isinstance(refused.exception, UsageError)
    assert "is not closed, so there is nothing to undo" in str(refused.exception)
    wrong = CliRunner().invoke(cli, ["close", "-w", str(workspace.root), "--reason", "Why"])
    assert wrong.exit_code == 2 and "--undo" in wrong.output
