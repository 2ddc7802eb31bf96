"""Walsall's corporate plan, end to end: markers told in words, and the figures inside them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from perfbook.cli import main
from perfbook.demo import Demo, run_demo
from tests.reports.shown import shown_by


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo("walsall-plan", tmp_path_factory.mktemp("plan") / "demo", None)


def test_thirteen_markers_with_an_update_in_each_quarter(demo: Demo) -> None:
    account = demo.consolidation.account
    assert (account.returns["certified"], account.exit_code) == (4, 0)
    assert account.as_json()["actions"]["placements"] == 13
    updates = Counter(report.period.label for report in demo.consolidation.quarter.actions if report.update)
    assert updates == {"2021-22 Q1": 13, "2021-22 Q2": 13}
    assert [period.label for period in demo.consolidation.quarter.periods] == ["2021-22 Q1", "2021-22 Q2"]


def test_the_command_says_how_many_of_the_published_figures_are_found(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    root = demo.workspace.root
    listed = root / "published figures.csv"
    arguments = ["figures", "-w", str(root), "--as-at", "2021-11-02T09:00", "--beside", str(listed)]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code in (0, None)
    assert "87 of 87 listed figures found with label and period." in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["beside"] == {"listed": 87, "found": 87, "missing": []}
    assert len(answer["figures"]) == 97
    # What is wrong in the list is not found.
    text = listed.read_text(encoding="utf-8").replace("Baseline,74,%", "Baseline,75,%")
    listed.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])
    assert [each["label"] for each in json.loads(capsys.readouterr().out)["beside"]["missing"]] == [
        "Children in good and outstanding schools"
    ]


def test_a_list_that_is_none_is_told_in_a_sentence(
    demo: Demo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "list.csv"
    for text, said in (
        ("a,b\n1,2\n", "has no column 'reference'"),
        ("reference,label,period,number,unit\n,,,x,\n", "no number"),
    ):
        wrong.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["figures", "-w", str(demo.workspace.root), "--beside", str(wrong)])
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


def test_the_scorecard_lists_every_figure_and_who_corrected_it(demo: Demo) -> None:
    sheet = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)["Text figures"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5) if row[0].value]
    assert len(rows) == 97
    corrected = [(row[2], row[11]) for row in rows if row[11]]
    assert corrected == [
        (
            "Canal users a day, increase since before lockdown",
            "Corrected: The text does not say again what has increased. (Performance officer)",
        )
    ]
    school = [(row[3], row[4], row[8], row[9]) for row in rows if "good and outstanding schools" in row[2]]
    assert ("2021-22 Q2", 74, "to increase", "Same") in school


def test_movements_are_those_that_the_report_states(demo: Demo, shared: Path) -> None:
    """Where it states the direction that is aimed at, and the figure is told of in both texts in like words."""
    from perfbook.narrative.beside import beside, read_listed
    from perfbook.narrative.told import told

    folder = shared / "data/walsall_markers_2021_q2"
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        printed = list(csv.DictReader(file))
    listed = read_listed(Path("workbook_templates/walsall-plan/published figures.csv"))
    framework = demo.workspace.framework
    found = beside(
        listed, told(framework, demo.consolidation.quarter.actions), {each.key: each.code for each in framework.actions}
    )
    said = {"better": 0, "worse": 0, "same": 0}
    for row, each in zip(printed, found, strict=True):
        # The report wants exclusions to increase, and calls it better that they fall.
        stated = row["move_vs_baseline"] and not row["measure"].startswith("Exclusions")
        if each and stated and each.since_baseline in said:
            assert each.since_baseline == row["move_vs_baseline"], row
            said[each.since_baseline] += 1
    assert sum(said.values()) >= 12


def test_evidence_is_looked_for_by_name(demo: Demo) -> None:
    evidence = demo.consolidation.quarter.evidence
    assert Counter(each.found for each in evidence) == {"yes": 9, "no": 1}
    assert demo.consolidation.account.findings["by_code"]["D105"] == 1
    files = {file.path: file.outcome for file in demo.consolidation.quarter.files}
    assert files["Marker 08 evidence.eml"] == "ignored"


def test_the_return_shows_the_baseline_and_the_target(demo: Demo) -> None:
    blank = next(path for path in demo.blanks.glob("*.xlsx") if "Children" in path.name)
    sheet = openpyxl.load_workbook(blank, data_only=True)["Actions"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("Baseline: Children in good" in text and "Target: good schools: to increase" in text for text in texts)


def test_the_report_tells_each_marker_with_its_figures(demo: Demo) -> None:
    text, rows = shown_by("walsall-plan", demo.consolidation.quarter)
    assert "Baseline: Children in good and outstanding schools were 74%" in text
    assert "Evidence: Marker 20 evidence.docx (found); Marker 20 message on street scene.eml (not found)" in text
    assert ["Children entering care", "2021-22 Q2", "23.3 per 10,000 0-17 (162)", "down", "up"] in rows
    returns = demo.consolidation.quarter.returns
    assert [(each.rated, each.actions) for each in returns] == [(each.actions, each.actions) for each in returns]
