"""What becomes of findings once they are explained, accepted or refused.

An explained warning becomes a note, and so does what an officer accepted; an error stays one until an officer accepts
it. What an officer refused is asked again, with the reason. All of it holds for the value that was explained: another
value is asked about anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from perfbook.collecting.outcomes import is_for_officers
from perfbook.feedback.explained import Explanation
from perfbook.feedback.subjects import Subject, Subjects
from perfbook.framework.model import Decision, Framework
from perfbook.framework.periods import Period
from perfbook.records import Finding, Observation, Submission
from perfbook.workbook.text import shortened

_SHOWN = 200


@dataclass(frozen=True)
class Settling:
    """A finding as it stands.

    `asked` is what was found, as it was asked; `is_open` says whether its manager is to be asked, `explanation` what
    they answered, `decision` what an officer made of that.
    """

    finding: Finding
    is_open: bool
    asked: str = ""
    explanation: Explanation | None = None
    decision: Decision | None = None


def settle(
    framework: Framework,
    period: Period,
    findings: Iterable[Finding],
    observations: Iterable[Observation],
    explained: Iterable[Explanation],
    submissions: Iterable[Submission] = (),
) -> tuple[Settling, ...]:
    """Every finding as it stands, in their order. `submissions` are the versions that count."""
    subjects = Subjects(framework, period, observations, submissions)
    return _Settler(framework, subjects, explained).all(findings)


class _Settler:
    def __init__(self, framework: Framework, subjects: Subjects, explained: Iterable[Explanation]) -> None:
        self.subjects = subjects
        self.explained = {(each.measure, each.about, each.value): each for each in explained}
        self.decisions = {(each.measure, each.period.label, each.code): each for each in framework.decisions}

    def all(self, findings: Iterable[Finding]) -> tuple[Settling, ...]:
        return tuple(self._one(finding) for finding in findings)

    def _one(self, finding: Finding) -> Settling:
        asked = finding.severity in ("error", "warning") and not finding.suppressed
        asked = asked and not is_for_officers(finding.code)
        subject = self.subjects.of_finding(finding) if asked else None
        if subject is None:
            return Settling(finding, asked, _words(finding))
        explanation = self.explained.get((subject.key, subject.about, subject.value))
        if explanation and finding.code not in explanation.codes:
            explanation = None
        named = (self.decisions.get((name, subject.about, finding.code)) for name in subject.names)
        decision = next((each for each in named if each), None)
        if decision and decision.accepts and self._was_of_another_value(finding, subject, explanation):
            decision = None
        if decision and decision.accepts:
            words = f"Accepted: {decision.reason}" + (f" ({decision.role})." if decision.role else "")
            return Settling(_noted(finding, words), False, _words(finding), explanation, decision)
        if explanation is None:
            return Settling(finding, True, _words(finding))
        said = f"Explained: \u201c{shortened(explanation.text, _SHOWN)}\u201d"
        if decision:
            refused = replace(finding, found=f"{finding.found} {said}, which was not accepted: {decision.reason}")
            return Settling(refused, True, _words(finding), explanation, decision)
        if finding.severity == "error":
            return Settling(replace(finding, found=f"{finding.found} {said}."), False, _words(finding), explanation)
        return Settling(_noted(finding, f"{said}."), False, _words(finding), explanation)

    def _was_of_another_value(self, finding: Finding, subject: Subject, explanation: Explanation | None) -> bool:
        """Whether what was accepted was an explanation of a figure that has changed since."""
        if explanation:
            return False
        return any(
            (each.measure, each.about) == (subject.key, subject.about) and finding.code in each.codes
            for each in self.explained.values()
        )


def _noted(finding: Finding, words: str) -> Finding:
    return replace(finding, severity="info", found=f"{finding.found} {words}", remedy="")


def _words(finding: Finding) -> str:
    return " ".join(part for part in (finding.found, finding.expected) if part)
