"""What an officer changes by hand: it counts, with its reason, and what the return says stays visible beside it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from perfbook.cli import cli
from perfbook.collecting.collect import Collected
from perfbook.collecting.history import History
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Adjustment, AdjustmentKind, Place, Unit
from perfbook.quarter import findings_across
from perfbook.records import Observation, Quarter, Source
from perfbook.scoring.judge import index
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import AFTER_DUE, ISSUED, PERIOD, fill, make_workspace
from tests.unattended.council import framework as council

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
Adjust = Callable[..., Workspace]
CORRECTED, SECOND, BLANK = "d02-m01", "d02-m02", "d01-m01"


def adjustment(kind: AdjustmentKind, measure: str, shown: str = "", **more: Any) -> Adjustment:
    actual = Decimal(shown) if shown.isdigit() else None
    given = {"reason": "Keyed one row too low.", "by": "Performance officer"} | more
    place = Place("framework.xlsx", "Adjustments", "")
    return Adjustment(kind, PERIOD, place=place, measure=measure, actual=actual, shown=shown, **given)


def with_adjustments(workspace: Workspace, *adjustments: Adjustment) -> Workspace:
    """The workspace with these rows on the sheet Adjustments, and no others."""
    made = replace(workspace.framework, adjustments=adjustments)
    data = write_framework(made, created=ISSUED, periods=[PERIOD], spare_rows=5)
    (workspace.root / "framework.xlsx").write_bytes(data)
    return open_workspace(workspace.root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Three services with two measures each; the first has not sent anything."""
    return make_workspace(tmp_path / "council", unsigned=1)


def _figure(quarter: Quarter, measure: str) -> Decimal | None:
    return index(quarter.observations)[measure, PERIOD].actual


def _texts(workspace: Workspace, quarter: Quarter) -> dict[str, str]:
    with workspace.scorecard_path(quarter.period).open("rb") as stream:
        book = load_workbook(stream, data_only=True)
    return {
        sheet.title: "\n".join("|".join(str(cell) for cell in row if cell is not None) for row in sheet.values)
        for sheet in book
    }


def _codes(quarter: Quarter, measure: str) -> set[str]:
    return {finding.code for finding in quarter.findings if finding.measure == measure}


def test_a_corrected_figure_counts_and_the_returns_own_stands_beside_it_wherever_it_is_shown(
    workspace: Workspace,
) -> None:
    before = workspace.collect(as_at=AFTER_DUE)
    own = _figure(before, CORRECTED)
    ws = with_adjustments(workspace, adjustment("correct", CORRECTED, "12"))
    done = ws.consolidate(as_at=AFTER_DUE)
    assert own == 47 and _figure(done.quarter, CORRECTED) == 12
    answer = done.account.as_json()["adjusted"]
    assert answer == [
        {
            "adjustment": "correct",
            "measure": CORRECTED,
            "code": "E0201",
            "period": PERIOD.label,
            "counts": True,
            "returned": 47.0,
            "figure": 12.0,
            "status": "provided",
            "score": None,
            "reason": "Keyed one row too low.",
            "by": "Performance officer",
        }
    ]
    note = "Corrected; the return says 47. Keyed one row too low (Performance officer)."
    texts = _texts(ws, done.quarter)
    for sheet in ("Scorecard", "Passport"):
        assert note in texts[sheet], sheet
    assert "|12 (corrected)|50|" in texts["Exceptions"]
    changed = next(line for line in texts["Changes"].splitlines() if "Correct the figure" in line)
    assert "|47|12|" in changed and "Performance officer|Keyed one row too low.|framework.xlsx|Adjustments|" in changed
    passport = [line for line in texts["Passport"].splitlines() if line.startswith("E0201|")]
    assert ["|Corrected|12|" in passport[0], "|As returned|47|" in passport[1]] == [True, True]
    assert "|framework.xlsx|Adjustments|" in passport[0] and ".xlsx|Measures|" in passport[1]
    assert "underlined italics" in texts["Trends"]

    outputs = ws.report(as_at=AFTER_DUE).outputs
    with zipfile.ZipFile(outputs["report"]) as package:
        report = package.read("word/document.xml").decode()
    for shown in (report, outputs["digest"].read_text("utf-8")):
        assert "12 (corrected)" in shown and "the return says 47" in shown

    traced = CliRunner().invoke(cli, ["trace", CORRECTED, "-w", str(ws.root), "--as-at", "2032-01-20", "--json"])
    table = json.loads(traced.output)
    assert table["actual"] == 12 and table["note"] == {"mark": "Corrected", "text": note}
    figures = {each["figure"]: (each["actual"], each["source"]["file"]) for each in table["figures"]}
    assert figures["This figure"] == (12.0, "framework.xlsx")
    assert figures["This figure, as returned"] == (47.0, "Elmbridge Vale 2031-32 Q3 Service 02.xlsx")


def before_score(quarter: Quarter) -> int:
    from perfbook.account import account

    return account(quarter).counts.score["below_target"]


def test_a_figure_entered_on_behalf_stands_until_the_return_has_one(workspace: Workspace) -> None:
    ws = with_adjustments(workspace, adjustment("enter", BLANK, "31"))
    done = ws.consolidate(as_at=AFTER_DUE)
    assert _figure(done.quarter, BLANK) == 31
    assert done.account.counts.measures["missing"] == 1
    assert "On behalf" in _texts(ws, done.quarter)["Scorecard"]

    path = ws.returns_folder(PERIOD) / "Elmbridge Vale 2031-32 Q3 Service 01.xlsx"
    path.write_bytes(fill(path.read_bytes(), ["d01-m01", "d01-m02"], seed=0))
    quarter = ws.collect(as_at=AFTER_DUE)
    assert _figure(quarter, BLANK) == 40
    assert "I116" in _codes(quarter, BLANK)
    assert [each.counts for each in quarter.adjusted] == [False]


def test_what_is_entered_may_be_a_word(workspace: Workspace) -> None:
    delayed = replace(adjustment("enter", BLANK), status="delayed", shown="Delayed")
    done = with_adjustments(workspace, delayed).consolidate(as_at=AFTER_DUE)
    assert done.account.counts.measures["delayed"] == 1
    assert done.account.counts.measures["missing"] == 1


def test_a_score_that_is_set_counts_and_the_rules_own_is_told(workspace: Workspace) -> None:
    before = before_score(workspace.collect(as_at=AFTER_DUE))
    ws = with_adjustments(workspace, adjustment("score", CORRECTED, "exceeds_target", band="exceeds_target"))
    done = ws.consolidate(as_at=AFTER_DUE)
    assert _figure(done.quarter, CORRECTED) == 47
    assert before_score(done.quarter) == before - 1
    row = next(each for each in done.account.judgements if each.measure.key == CORRECTED)
    assert (row.band, row.by_rule) == (1, 3)
    texts = _texts(ws, done.quarter)
    assert "Score set to \u2605 Exceeds target; by the rule it is \u25b2 Below target." in texts["Scorecard"]
    assert "Formulas and Python agree" in texts["Self-test"]


def test_a_provisional_figure_is_marked_and_nothing_else(workspace: Workspace) -> None:
    ws = with_adjustments(workspace, adjustment("provisional", SECOND, reason="Awaits the audit"))
    done = ws.consolidate(as_at=AFTER_DUE)
    assert _figure(done.quarter, SECOND) == 48
    assert "Provisional. Awaits the audit (Performance officer)." in _texts(ws, done.quarter)["Scorecard"]


def test_a_mark_on_a_figure_that_is_not_there_is_said(workspace: Workspace) -> None:
    ws = with_adjustments(
        workspace, adjustment("provisional", BLANK), adjustment("score", "d01-m02", "below_target", band="below_target")
    )
    quarter = ws.collect(as_at=AFTER_DUE)
    assert "I115" in _codes(quarter, BLANK) and "I115" in _codes(quarter, "d01-m02")


def test_the_record_learns_of_each_adjustment_once_and_when_it_is_taken_back(workspace: Workspace) -> None:
    first, second = adjustment("correct", CORRECTED, "12"), adjustment("provisional", SECOND)
    ws = with_adjustments(workspace, first, second)
    for _ in range(2):
        ws.collect(as_at=AFTER_DUE)
    ws = with_adjustments(ws, replace(first, actual=Decimal(13), shown="13"))
    for _ in range(2):
        ws.collect(as_at=AFTER_DUE)
    told = [
        (e.data["adjustment"], e.data["value"], e.data.get("withdrawn", False)) for e in ws.archive.events("adjusted")
    ]
    assert told == [
        ("correct", "12", False),
        ("provisional", "", False),
        ("correct", "13", False),
        ("provisional", "", True),
    ]
    assert ws.archive.verify().is_sound


def test_looking_records_nothing(workspace: Workspace) -> None:
    ws = with_adjustments(workspace, adjustment("correct", CORRECTED, "12"))
    assert _figure(ws.look(as_at=AFTER_DUE), CORRECTED) == 12
    assert not ws.archive.events("adjusted")


def test_the_next_quarter_compares_with_the_corrected_figure(workspace: Workspace) -> None:
    ws = with_adjustments(workspace, adjustment("correct", CORRECTED, "12"))
    ws.collect(as_at=AFTER_DUE)
    done = ws.generate(period=PERIOD.shift(1), as_at=AFTER_DUE, directorate="d02")
    with done.written[0].open("rb") as stream:
        sheet = load_workbook(io.BytesIO(stream.read()), data_only=True)["Measures"]
    row = next(row for row in sheet.values if "E0201" in row)
    assert 12 in row and 47 not in row


def test_a_rejected_file_that_is_accepted_by_hand_counts_and_is_told(workspace: Workspace, tmp_path: Path) -> None:
    other = make_workspace(tmp_path / "before")
    toml = (other.root / "perfbook.toml").read_text("utf-8")
    (other.root / "perfbook.toml").write_text(toml.replace("Elmbridge Vale", "Elmbridge"), "utf-8")
    shutil.rmtree(other.returns_folder(PERIOD))
    other = open_workspace(other.root)
    blank = other.generate(as_at=ISSUED, directorate="d01").written[0]
    name = "Elmbridge 2031-32 Q3 Service 01.xlsx"
    folder = workspace.returns_folder(PERIOD)
    (folder / name).write_bytes(fill(blank.read_bytes(), ["d01-m01", "d01-m02"], seed=2))

    refused = workspace.collect(as_at=AFTER_DUE)
    assert {file.path: file.code for file in refused.files}[name] == "C205"
    assert _figure(refused, BLANK) is None
    row = adjustment("accept", "", file=name.upper(), reason="Issued before the council was renamed")
    quarter = with_adjustments(workspace, row).collect(as_at=AFTER_DUE)
    assert {file.path: file.outcome for file in quarter.files}[name] == "accepted"
    assert _figure(quarter, BLANK) == 54
    said = next(finding for finding in quarter.findings if finding.code == "I117")
    assert "Issued before the council was renamed (Performance officer)" in said.found
    assert next(each for each in quarter.returns if each.directorate == "d01").state == "certified"


@pytest.mark.parametrize(
    ("returned", "corrected", "said_of"),
    [
        ("0.545", "", "Return.xlsx"),
        ("0.545", "0.541", ""),  # what is put right is not said
        ("0.541", "0.545", "framework.xlsx"),  # what is brought about is said of the row that makes it
    ],
)
def test_checks_across_rows_judge_the_figure_that_would_be_published(
    returned: str, corrected: str, said_of: str
) -> None:
    measure = replace(council(1, 1).measures[0], title="Invoices paid in time", unit=Unit.parse("percent"), decimals=1)
    row = replace(adjustment("correct", measure.key), actual=Decimal(corrected or 0), shown=corrected)
    made = replace(council(1, 1), measures=(measure,), adjustments=(row,) if corrected else ())
    source = Source("Return.xlsx", "Measures", "H9", returned, returned)
    own = Observation(
        measure.key,
        PERIOD,
        PERIOD,
        "provided",
        Decimal(returned),
        commentary="Invoices paid in time: 54.1%.",
        source=source,
    )
    found = findings_across(made, PERIOD, History(()), Collected((), (), (own,), (), ()))
    assert [each.file for each in found if each.code == "W101"] == ([said_of] if said_of else [])
    if said_of == "framework.xlsx":
        assert found[0].sheet == "Adjustments"
