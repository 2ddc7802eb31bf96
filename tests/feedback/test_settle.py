"""What becomes of findings once they are explained, accepted or refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.collecting.archive import Archive
from perfbook.errors import FrameworkError
from perfbook.feedback.book import filled_of
from perfbook.feedback.explained import Explanation, new_explanations
from perfbook.feedback.settle import Settling, settle
from perfbook.feedback.subjects import value_of
from perfbook.framework.book import read_framework
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Decision, Framework
from perfbook.framework.version import version_of
from perfbook.records import Finding, Observation, Reply, Severity, SignOff, Submission
from perfbook.returns.filled import content_of
from tests.returns.invented import CREATED, PERIOD, framework

CODE = "V102"


def _observation(actual: str = "0.9") -> Observation:
    return Observation("k001", PERIOD, PERIOD, "provided", Decimal(actual), Decimal(actual))


def _finding(severity: Severity = "warning", code: str = CODE) -> Finding:
    found = "90.0% is outside the plausible range."
    return Finding(code, severity, "a.xlsx", "Measures", "N6", "k001", found, "", "Correct it.", about=PERIOD.label)


def _explanation(observation: Observation) -> Explanation:
    return Explanation("k001", PERIOD.label, (CODE,), value_of(observation), "A one-off grant.", "Head of Housing")


def _decision(accepts: bool) -> Decision:
    reason = "Agreed with finance." if accepts else "The grant came a year earlier."
    return Decision("k001", PERIOD, CODE, accepts, reason, "Performance officer")


def _settled(
    finding: Finding, *, explained: bool = False, decision: Decision | None = None, actual: str = "0.9"
) -> Settling:
    made: Framework = replace(framework(), decisions=(decision,) if decision else ())
    said = [_explanation(_observation())] if explained else []
    return settle(made, PERIOD, [finding], [_observation(actual)], said)[0]


def test_what_nobody_explained_is_open() -> None:
    settled = _settled(_finding())
    assert settled.is_open and settled.finding == _finding()
    assert not _settled(_finding("info")).is_open


def test_an_explained_warning_is_a_note_until_the_figure_changes() -> None:
    settled = _settled(_finding(), explained=True)
    assert (settled.is_open, settled.finding.severity) == (False, "info")
    assert settled.finding.found.endswith("Explained: \u201cA one-off grant.\u201d.")
    assert _settled(_finding(), explained=True, actual="0.91").is_open
    assert _settled(_finding(code="V114"), explained=True).is_open


def test_an_explained_error_stays_an_error_that_is_not_asked_again() -> None:
    settled = _settled(_finding("error"), explained=True)
    assert (settled.is_open, settled.finding.severity) == (False, "error")


def test_what_is_accepted_is_a_note_whatever_it_was() -> None:
    for severity in ("error", "warning"):
        settled = _settled(_finding(severity), explained=True, decision=_decision(True))  # type: ignore[arg-type]
        assert (settled.is_open, settled.finding.severity) == (False, "info")
        assert "Accepted: Agreed with finance." in settled.finding.found
    # What was accepted was the explanation of another value.
    assert _settled(_finding(), explained=True, decision=_decision(True), actual="0.95").is_open


def test_what_is_refused_is_asked_again_with_the_reason(tmp_path: Path) -> None:
    settled = _settled(_finding(), explained=True, decision=_decision(False))
    assert (settled.is_open, settled.finding.severity) == (True, "warning")
    assert settled.finding.found.endswith("which was not accepted: The grant came a year earlier.")
    submission = Submission(
        "a.xlsx", "0" * 64, "Elmbridge Vale", "housing", PERIOD, "i", "v", (_observation(),), (), None, True
    )
    archive = Archive(tmp_path / "archive")
    digest = archive.store(b"not a return")
    filled = filled_of(framework(), replace(submission, sha256=digest), [settled], archive)
    query = filled.queries["measure", "k001"][0]
    assert query.words == "90.0% is outside the plausible range."
    assert query.refused == "The grant came a year earlier."
    assert [(each.decision, each.reason) for each in filled.settled] == [
        ("Not accepted", "The grant came a year earlier.")
    ]


def test_an_explanation_is_recorded_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    submission = Submission(
        "a.xlsx",
        "0" * 64,
        "Elmbridge Vale",
        "housing",
        PERIOD,
        "i",
        "v",
        (_observation(),),
        (),
        SignOff("certified", "Head of Housing"),
        True,
        replies=(Reply("k001", PERIOD, (CODE,), "A one-off grant."),),
    )
    for _ in range(2):
        archive.append_all(new_explanations(archive, framework(), PERIOD, [submission], CREATED))
    assert [event.data["text"] for event in archive.events("explained")] == ["A one-off grant."]


def test_decisions_stand_in_the_framework_and_change_no_version(tmp_path: Path) -> None:
    made = replace(framework(), decisions=(_decision(True), replace(_decision(False), code="V114")))
    path = tmp_path / "framework.xlsx"
    path.write_bytes(write_framework(made, periods=[PERIOD], created=CREATED))

    def read() -> Framework:
        return read_framework(
            path, council=made.council, year_start=4, reporting="quarterly", default_scheme=made.default_scheme
        )

    again = read()
    assert again.decisions == made.decisions
    assert version_of(again) == version_of(replace(again, decisions=()))
    twice = replace(made, decisions=(_decision(True), _decision(False)))
    path.write_bytes(write_framework(twice, periods=[PERIOD], created=CREATED))
    with pytest.raises(FrameworkError, match="is decided in row"):
        read()


def test_whatever_is_entered_makes_a_book_another_one() -> None:
    entries = {("k001", "actual"): 0.9, ("line", "figure.men"): 3, ("a1", "update"): "Begun.", ("s1", "text"): "Well."}
    same = content_of(entries, {})
    for place in entries:
        assert content_of({**entries, place: "other"}, {}) != same
    assert content_of({**entries, ("k001", "codes"): "V102"}, {}) == same
