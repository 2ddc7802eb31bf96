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
from perfbook.closing import close, published_tables, with_closings
from perfbook.closing_grids import GONE
from perfbook.collecting.archive import Archive
from perfbook.errors import ArchiveError, BusyError, UsageError
from perfbook.figure_notes import figure_notes
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Framework, Grid, GridLine, PastFigure, Place, Target
from perfbook.framework.periods import Period
from perfbook.framework.plan import column_key
from perfbook.publishing.publish import make
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.tables import Number
from perfbook.records import GridFigure, Quarter
from perfbook.scorecard.change_rows import change_rows
from perfbook.scorecard.view import View
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


def _change(workspace: Workspace, **changes: object) -> Quarter:
    """The quarter with something else in the framework."""
    made = replace(workspace.framework, **changes)  # type: ignore[arg-type]
    data = write_framework(made, created=ISSUED, periods=[PERIOD.shift(-1), PERIOD], spare_rows=5)
    (workspace.root / "framework.xlsx").write_bytes(data)
    return open_workspace(workspace.root).recall(as_at=LATER)


def _past(shown: str) -> dict[tuple[str, Period], PastFigure]:
    place = Place("framework.xlsx", "Past figures", "")
    return {(KEY, PERIOD.shift(-1)): PastFigure("provided", Decimal(shown), shown, place)}


def test_a_movement_that_is_another_since_an_earlier_figure_changed_is_a_restatement(workspace: Workspace) -> None:
    _change(workspace, past=_past("40"))
    open_workspace(workspace.root).close(as_at=AFTER_DUE)
    before = PERIOD.shift(-1)
    corrected = replace(adjustment("correct", KEY, "55"), period=before)
    for found in (
        _change(workspace, past=_past("55")).restatements,
        _change(workspace, past=_past("40"), adjustments=(corrected,)).restatements,
    ):
        assert [(e.about, e.field, e.before, e.now) for e in found] == [(KEY, "Trend", "Improved", "Worse")]
    assert found[0].why == "The figure for 2031-32 Q2 was changed."


def test_a_figure_of_another_period_is_told_as_such(workspace: Workspace) -> None:
    workspace.close(as_at=AFTER_DUE)
    late = replace(workspace.framework.by_key[KEY], arrears=1)
    measures = tuple(late if each.key == KEY else each for each in workspace.framework.measures)
    quarter = _change(workspace, measures=measures)
    [figure] = [each for each in quarter.restatements if each.field == "Figure"]
    assert (figure.before, figure.now) == ("47 for 2031-32 Q3", "Missing for 2031-32 Q2")
    note = figure_notes(quarter)[KEY, PERIOD.shift(-1)].note
    assert note.startswith("Figure published as 47 for 2031-32 Q3 on 20 January 2032.")


def test_a_period_is_not_closed_before_its_returns_were_received(workspace: Workspace) -> None:
    received = workspace.recall(as_at=AFTER_DUE).returns[0].received
    assert received
    with pytest.raises(UsageError, match="The return of Service 01 was received on"):
        workspace.close(as_at=received - timedelta(minutes=1))
    assert not workspace.archive.events("closed")
    assert workspace.close(as_at=received).is_new


def test_figures_of_grids_are_frozen_listed_and_published_as_they_were(workspace: Workspace, tmp_path: Path) -> None:
    lines = (GridLine("all", "Staff"), GridLine("ill", "Days lost to illness", decimals=1), GridLine("new", "Starters"))
    grid = Grid("staff", "Workforce", ("this period",), lines)
    collected = workspace.recall(as_at=AFTER_DUE)

    def with_staff(framework: Framework, **figures: str) -> Quarter:
        found = [
            GridFigure(
                line, column_key("this period"), service, PERIOD, Decimal(value), mark="*" if line == "new" else ""
            )
            for line, value in figures.items()
            for service in ("d01", "d02")
        ]
        return replace(collected, framework=framework, grids=tuple(found))

    framework, archive = replace(collected.framework, grids=(grid,)), Archive(tmp_path / "archive")
    done = close(archive, with_staff(framework, all="834", ill="3.5"))
    assert not done.restatements
    later = with_closings(with_staff(framework, all="834", ill="4", new="7"), archive)
    told = [(each.name, each.field, each.before, each.now) for each in later.restatements]
    assert told == [
        ("Workforce: Days lost to illness, 2031-32 Q3 (Service 01)", "Figure", "3.5", "4.0"),
        ("Workforce: Days lost to illness, 2031-32 Q3 (Service 02)", "Figure", "3.5", "4.0"),
        ("Workforce: Starters, 2031-32 Q3 (Service 01)", "Figure", "(nothing)", "7*"),
        ("Workforce: Starters, 2031-32 Q3 (Service 02)", "Figure", "(nothing)", "7*"),
    ]
    rows = {str(row[2]): row for row in change_rows(View(later, PERIOD))[0]}
    assert rows["Workforce: Starters, 2031-32 Q3 (Service 01)"][4:7] == ("Figure, restated", "(nothing)", "7*")
    tables = published_tables(archive, done.closing)
    for revised, shown in ((False, "3.5"), (True, "4")):
        copy = make(later, PublishRules(people=()), published=tables, revised=revised).copy
        [table] = [each for each in copy.tables if each.title == "Workforce"]
        found = {str(row[1]): row[2].value for row in table.rows if isinstance(row[2], Number)}
        assert found == {"Staff": 834, "Days lost to illness": Decimal(shown)} | ({"Starters": 7} if revised else {})
    shorter = replace(framework, grids=(replace(grid, lines=lines[:1]),))
    gone = with_closings(with_staff(shorter, all="834", ill="3.5"), archive).restatements
    assert [(each.before, each.now, each.why) for each in gone] == [("3.5", "(nothing)", GONE)] * 2


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
