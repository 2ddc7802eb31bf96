"""Sandwell, end to end: what the published figures hold comes out again, priority by priority."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from perfbook.action_passport import action_passport, find_action
from perfbook.cli import main
from perfbook.demo import Demo, run_demo
from perfbook.errors import UsageError
from perfbook.framework.plan import reference_of

RATINGS = {
    "On Track": "on_track",
    "Medium Issue/Slippage": "medium_issue",
    "Significant issues/risks/slippage": "significant_issues",
    "Complete": "complete",
    "empty": "none",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo("sandwell", tmp_path_factory.mktemp("sandwell") / "demo", None)


@pytest.fixture(scope="module")
def expected(shared: Path) -> Mapping[tuple[str, str], int]:
    """The control totals of the report's own rows, by theme and item."""
    with (shared / "data/sandwell_2023_q3/expected.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "control total"]
    return {(row["scope"], row["item"]): int(row["recomputed"]) for row in rows if row["recomputed"].isdecimal()}


def test_the_account_has_every_placement_rating_and_reference(
    demo: Demo, expected: Mapping[tuple[str, str], int]
) -> None:
    found = demo.consolidation.account.as_json()["actions"]
    assert found == {
        "placements": 248,
        "distinct": 222,
        "unreferenced": 6,
        "several": 13,
        "rating": {"complete": 47, "on_track": 138, "medium_issue": 42, "significant_issues": 5, "none": 16},
    }
    assert found["placements"] == expected["All", "action rows"]
    assert found["distinct"] == expected["All", "distinct BP refs normalised"]
    assert found["several"] == expected["All", "BP refs under several CP refs"]
    assert found["unreferenced"] == expected["All", "rows without a usable BP ref"]


def test_every_theme_has_the_ratings_that_its_rows_have(demo: Demo, expected: Mapping[tuple[str, str], int]) -> None:
    """As Summary shows them."""
    sheet = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)["Summary"]
    rows = {row[0].value: row for row in sheet.iter_rows(max_col=7)}
    heads = [str(cell.value) for cell in rows["Actions by priority"]]
    words = {"On Track": "On Track", "Medium Issue/Slippage": "Medium issue", "Complete": "Complete"}
    words |= {"Significant issues/risks/slippage": "Significant issues", "empty": "No rating"}
    themes = [priority.name for priority in demo.workspace.framework.priorities]
    assert len(themes) == 7
    for theme in themes:
        assert rows[theme][1].value == expected[theme, "action rows"]
        for item, word in words.items():
            column = next(place for place, head in enumerate(heads) if word in head)
            assert rows[theme][column].value == expected[theme, f"rating: {item}"], (theme, item)


def test_references_in_another_alphabet_are_recognised_and_said(demo: Demo, shared: Path) -> None:
    found = [f for f in demo.consolidation.quarter.findings if f.code == "F101"]
    # Thirteen references of deliverables and fifteen of actions: two of these are written twice, and once an action's
    # first place has it in Latin letters.
    assert Counter(finding.sheet for finding in found) == {"Deliverables": 13, "Actions": 13}
    assert all(finding.severity == "info" and finding.cell.startswith("B") for finding in found)
    framework = demo.workspace.framework
    assert framework.actions_by_key["san-a005"].code == "CH9"
    assert framework.actions_by_key["san-a005"].written == "\u0421\u041d9"
    with (shared / "data/sandwell_2023_q3/actions.csv").open(encoding="utf-8-sig", newline="") as file:
        wanted = {reference_of(row["bp_ref_normalised"]) for row in csv.DictReader(file)} - {""}
    assert {reference_of(action.code) for action in framework.actions} - {""} == wanted


def test_every_row_of_the_report_is_where_it_was_printed(demo: Demo, shared: Path) -> None:
    """Rating and update under each deliverable, row by row."""
    sheet = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)["Actions"]
    shown = Counter(
        (
            str(row[0].value),
            reference_of(str(row[2].value or "")),
            str(row[6].value).partition(" ")[2],
            row[8].value or "",
        )
        for row in sheet.iter_rows(min_row=5)
        if row[3].value
    )
    words = {"": "rating"} | {
        "On Track": "On Track",
        "Medium Issue/Slippage": "Medium issue or slippage",
        "Significant issues/risks/slippage": "Significant issues",
        "Complete": "Complete",
    }
    with (shared / "data/sandwell_2023_q3/actions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    printed = Counter(
        (
            row["cp_ref"],
            reference_of(row["bp_ref_normalised"]),
            words[row["rating_as_printed"]],
            "No update available." if row["update_state"] == "no update available" else row["update_short"],
        )
        for row in rows
    )
    differing = sorted((printed - shown).elements())
    # The one row without an update of an action that has one elsewhere: a place without its own has the action's.
    assert differing == [("A3", "BE38", "Complete", "")]


def test_what_was_published_agrees(demo: Demo) -> None:
    reconciliation = demo.consolidation.account.reconciliation
    assert [(total.outcome, total.ours) for total in reconciliation.totals if total.published is not None] == [
        ("complete", 47),
        ("on_track", 138),
        ("medium_issue", 42),
        ("significant_issues", 5),
    ]
    assert not any(total.differs for total in reconciliation.totals)
    assert (reconciliation.ratings_compared, reconciliation.ratings) == (248, ())


def test_nine_certified_returns_without_an_error(demo: Demo) -> None:
    account = demo.consolidation.account
    assert (account.returns["certified"], account.exit_code) == (9, 0)
    # What the report itself leaves out: ratings without an update, updates without a rating.
    codes = account.findings["by_code"]
    assert (codes["A101"], codes["A102"], codes["F102"]) == (8, 14, 2)
    assert sum(record.actions for record in demo.consolidation.quarter.returns) == 230
    assert json.dumps(account.as_json(), ensure_ascii=True)


def test_a_rating_is_traced_to_its_cell_in_either_alphabet(demo: Demo) -> None:
    framework = demo.workspace.framework
    for text in ("PH6", "ph 6", "\u0420\u041d6"):
        action = find_action(framework, text)
        assert action is not None
        assert action.code == "PH6"
    result = action_passport(demo.consolidation.quarter, action)
    assert [(place["deliverable"], place["rating"], place["own"]) for place in result.as_json()["places"]] == [
        ("B12", "none", True),
        ("L9", "on_track", False),
        ("L15", "none", True),
    ]
    rows = list(result.rows())
    assert ("  file", "Sandwell 2023-24 Q3 Public Health.xlsx") in rows
    assert any(label == "  cell" and text.startswith("Actions!G") for label, text in rows)
    with pytest.raises(UsageError, match="2 actions carry the reference 'PH2': san-a"):
        find_action(framework, "PH2")
    assert find_action(framework, "XX99") is None


def test_trace_answers_on_the_command_line(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["trace", "CH9", "-w", str(demo.workspace.root), "--as-at", "2024-01-23T09:00", "--json"])
    assert ended.value.code in (0, None)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["action"]["code"], answer["places"][0]["rating"]) == ("CH9", "medium_issue")
