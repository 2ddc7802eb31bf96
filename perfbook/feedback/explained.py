"""Explanations: kept against key, period and value, so that a query does not come back until the figure changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from perfbook.collecting.archive import Archive, NewEvent
from perfbook.feedback.subjects import Subjects
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Submission
from perfbook.returns import layout

KIND = "explained"


@dataclass(frozen=True)
class Explanation:
    """What a manager answered about one value: `measure` is the key of a `Subject`, `about` the label of its period,
    `role` who answered."""

    measure: str
    about: str
    codes: tuple[str, ...]
    value: str
    text: str
    role: str = ""


def new_explanations(
    archive: Archive, framework: Framework, period: Period, submissions: Iterable[Submission], at: datetime
) -> list[NewEvent]:
    """The events for what was answered in the versions that count and is not recorded yet."""
    known = {_place(each): each for each in explanations(archive, period)}
    events: list[NewEvent] = []
    for submission in submissions:
        subjects = Subjects(framework, period, submission.observations, [submission])
        figures = {(o.measure, o.period) for o in submission.observations}
        role = submission.sign_off.role if submission.sign_off else ""
        for reply in submission.replies:
            subject = subjects.of_row(submission.directorate, reply.kind, reply.measure)
            if (reply.measure, reply.period) in figures and reply.kind == layout.MEASURE:
                subject = subjects.of_figure(reply.measure, reply.period.label)
            if subject is None:
                continue
            made = Explanation(subject.key, subject.about, reply.codes, subject.value, reply.text, role)
            if known.get(_place(made)) == made or _is_left_over(made, known.values()):
                continue
            known[_place(made)] = made
            data = {
                "period": period.label,
                "directorate": submission.directorate,
                "sha256": submission.sha256,
                "measure": made.measure,
                "about": made.about,
                "codes": list(made.codes),
                "value": made.value,
                "text": made.text,
                "role": made.role,
            }
            events.append(NewEvent(KIND, at, data))
    return events


def _is_left_over(made: Explanation, known: Iterable[Explanation]) -> bool:
    """Whether an answer is one that still stands beside a figure which has changed since: it says nothing of that."""
    return any(replace(each, value=made.value, role=made.role) == made and each.value != made.value for each in known)


def explanations(archive: Archive, period: Period) -> tuple[Explanation, ...]:
    """What was explained about a reporting period, the last answer to each value. Raises ArchiveError."""
    found: dict[tuple[str, str, str], Explanation] = {}
    for event in archive.events(KIND):
        # A redacted event says nothing any more.
        if event.data.get("period") == period.label and event.data.get("text"):
            made = _from(event.data)
            found[_place(made)] = made
    return tuple(found.values())


def _from(data: Mapping[str, object]) -> Explanation:
    codes = data.get("codes")
    return Explanation(
        measure=str(data.get("measure", "")),
        about=str(data.get("about", "")),
        codes=tuple(str(code) for code in codes) if isinstance(codes, list) else (),
        value=str(data.get("value", "")),
        text=str(data.get("text", "")),
        role=str(data.get("role", "")),
    )


def _place(explanation: Explanation) -> tuple[str, str, str]:
    return explanation.measure, explanation.about, explanation.value
