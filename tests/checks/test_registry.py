"""The registry knows every finding, its page is what it says, and officers' settings reach every finding."""

from __future__ import annotations

import io
import re
import runpy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from perfbook.account import count_findings
from perfbook.checks import action_rules, evidence_rules, registry, section_rules
from perfbook.checks.registry import BY_CODE, ENTRIES, settle
from perfbook.collecting.outcomes import CODES, REMARKS
from perfbook.framework.model import CheckSetting, Framework, Suppression
from perfbook.framework.periods import parse
from perfbook.records import Finding
from perfbook.returns.filled import Entry, Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scoring.expr import Cell, evaluate
from perfbook.scoring.schemes import RED_AMBER_GREEN
from tests.feedback import plan
from tests.framework.books import Q2
from tests.returns.invented import PERIOD, framework

ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r'"([A-Z][0-9]{3})"')


def test_every_code_in_the_source_is_in_a_registry() -> None:
    found = {code for file in (ROOT / "perfbook").rglob("*.py") for code in _CODE.findall(file.read_text("utf-8"))}
    assert found - set(BY_CODE) - set(CODES) - set(REMARKS) == set(), "Add them to checks/listed.py."
    assert set(BY_CODE) - found == set(), "Nothing makes these findings: take them out of checks/listed.py."


def test_no_two_findings_share_a_code() -> None:
    codes = [entry.code for entry in ENTRIES] + list(CODES) + list(REMARKS)
    assert len(set(codes)) == len(codes)


def test_the_page_is_what_the_registry_says() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_checks.py"))["page"]()
    assert (ROOT / "docs" / "checks.md").read_text("utf-8") == made, "Run: python docs/make_checks.py"
    for entry in ENTRIES:
        assert f"| {entry.code} |" in made


def _with(**changes: object) -> Framework:
    return replace(framework(), **changes)  # type: ignore[arg-type]


def _finding(code: str, measure: str = "k001") -> Finding:
    return Finding(code, "warning", "f.xlsx", "Measures", "L6", measure, "Found.", "", "Do.")


def test_what_is_switched_off_is_not_heard() -> None:
    off = _with(checks={"V112": CheckSetting("V112", on=False)})
    assert [f.code for f in settle([_finding("V112"), _finding("S104")], off, PERIOD)] == ["S104"]


def test_severities_are_the_councils() -> None:
    grave = _with(checks={"V112": CheckSetting("V112", severity="error")})
    assert [f.severity for f in settle([_finding("V112")], grave, PERIOD)] == ["error"]


@pytest.mark.parametrize(
    ("code", "measure", "until", "words"),
    [
        ("V112", "k001", None, "Linked on purpose (Performance officer)"),
        ("V112", "k001", PERIOD.label, f"Linked on purpose (Performance officer, until {PERIOD.label})"),
        ("V112", "k001", PERIOD.previous.label, ""),
        ("V112", "k002", None, ""),
        ("V119", "k001", None, ""),
    ],
)
def test_a_suppressed_finding_stays_with_its_reason(code: str, measure: str, until: str | None, words: str) -> None:
    each = Suppression(code, measure, "Linked on purpose", "Performance officer", parse(until) if until else None)
    found = settle([_finding("V112")], _with(suppressions=(each,)), PERIOD)
    assert [f.suppressed for f in found] == [words]
    counts = count_findings(found)
    assert (counts["warning"], counts["suppressed"]) == (0, 1) if words else (1, 0)


def test_errors_of_reading_can_be_neither_switched_nor_suppressed() -> None:
    assert {entry.code for entry in ENTRIES if entry.severity == "error" and entry.rule is None} & {
        entry.code for entry in registry.SWITCHABLE
    } == set()


def test_checks_of_actions_and_sections_are_set_up_in_the_book_as_in_the_collection() -> None:
    rated: dict[str, Cell] = dict.fromkeys((*action_rules.INPUTS, *action_rules.KNOWN)) | {"rating": "Green"}
    for settings, level, codes in (
        ({}, "warning", ["A101"]),
        ({"A101": CheckSetting("A101", severity="error")}, "error", ["A101"]),
        ({"A101": CheckSetting("A101", on=False)}, "fine", []),
    ):
        found = action_rules.action_findings("x", RED_AMBER_GREEN, rated, place=False, settings=settings)
        assert [finding.code for finding in found] == codes
        live = evaluate(action_rules.live_level(RED_AMBER_GREEN, place=False, settings=settings), rated)
        assert live == action_rules.LEVELS[level]
        said = evaluate(action_rules.live_message(RED_AMBER_GREEN, place=False, settings=settings), rated)
        assert said == (found[0].message if found else action_rules.FINE)
    empty: dict[str, Cell] = {"text": None, "last_text": None, "needed": True, "signed": "Certified"}
    off = {"N101": CheckSetting("N101", on=False)}
    assert [f.code for f in section_rules.section_findings("s", empty)] == ["N101"]
    assert section_rules.section_findings("s", empty, settings=off) == ()
    assert evaluate(section_rules.live_message(off), empty) == section_rules.TODO


def test_checks_of_evidence_and_grids_are_set_up_in_the_book_as_in_the_collection() -> None:
    row: dict[str, Cell] = {"supports": "General", "shows": "Minutes", "where": "minutes.pdf", "known": 1}
    long = {"D102": CheckSetting("D102", tuning=Decimal(20))}
    off = long | {"D102": CheckSetting("D102", on=False, tuning=Decimal(20))}
    for settings, codes in ({}, []), (long, ["D102"]), (off, []):
        found = list(evidence_rules.row_findings(row, settings))  # type: ignore[arg-type]
        assert [code for code, *_ in found] == codes
        assert evaluate(evidence_rules.live_problem(settings), row) == len(codes)  # type: ignore[arg-type]
        said = evaluate(evidence_rules.live_message(settings), row)  # type: ignore[arg-type]
        assert said == (f"{found[0][2]} {found[0][3]}" if found else evidence_rules.FINE)


def test_what_is_suppressed_for_an_action_says_nothing_in_its_row_of_the_book() -> None:
    framework = replace(plan.FRAMEWORK, suppressions=(Suppression("A101", "a-1", "The board writes it."),))
    entries: dict[tuple[str, str], Entry] = {(key, "rating"): "On track" for key in ("a-1", "a-3")}
    filled = Filled(entries=entries)
    data = build_return(framework, "care", Q2, {}, due=plan.DUE, created=plan.DUE, filled=filled)
    cells = plan.Cells(data)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Actions"]
    said = {key: str(sheet[cells.at("Actions", key, "check")].value) for key in ("a-1", "a-3")}
    assert said["a-1"] == action_rules.FINE
    assert said["a-3"].startswith("The action is rated")
    read = read_return(data, file="a.xlsx", framework=framework)
    # It stays listed, with the reason.
    assert {(f.measure, bool(f.suppressed)) for f in read.findings if f.code == "A101"} == {
        ("a-1", True),
        ("a-3", False),
    }
