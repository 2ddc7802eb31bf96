"""What the texts of a row say wrongly is a finding at the text's own cell, unless the council does not want it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from perfbook.framework.model import CheckSetting, Framework, Suppression
from perfbook.records import Finding
from perfbook.returns.filled import Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import PERIOD, framework, history

_SAID = {
    ("k001", "actual"): 0.9,
    ("k001", "commentary"): "In all 31 of 37 audits (92%) were closed in time.",
    ("k001", "action"): "The plan runs to 31 June 2031.",
}


def _findings(council: Framework) -> list[Finding]:
    moment = datetime(2032, 1, 20, tzinfo=UTC)
    book = build_return(council, "housing", PERIOD, history(), due=moment, created=moment, filled=Filled(entries=_SAID))
    found = read_return(book, file="f.xlsx", framework=council).findings
    return [finding for finding in found if finding.code.startswith("X")]


def test_texts_are_read_for_what_they_say() -> None:
    first, second = _findings(framework())
    assert (first.code, first.measure, first.sheet) == ("X101", "k001", "Measures")
    assert first.found == "\u201c31 of 37 audits (92%\u201d: 31 of 37 is 84%."
    assert (second.code, second.found) == ("X102", "There is no \u201c31 June 2031\u201d.")
    assert first.cell.rstrip("0123456789") < second.cell.rstrip("0123456789")
    assert first.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == second.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_a_council_that_does_not_want_it_is_not_told() -> None:
    quiet = replace(
        framework(),
        checks={"X102": CheckSetting("X102", on=False)},
        suppressions=(Suppression("X101", "k001", "Two audits count twice", "Head of Audit"),),
    )
    assert [(f.code, f.suppressed) for f in _findings(quiet)] == [("X101", "Two audits count twice (Head of Audit)")]
