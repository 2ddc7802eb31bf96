"""Explanations: kept against measure, period and value, so that a query does not come back until the figure changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from perfbook.collecting.archive import Archive, NewEvent
from perfbook.framework.periods import Period
from perfbook.records import Observation, Submission

KIND = "explained"


@dataclass(frozen=True)
class Explanation:
    """What a manager answered about one value: `about` is the label of its period, `role` who answered."""

    measure: str
    about: str
    codes: tuple[str, ...]
    value: str
    text: str
    role: str = ""


def value_of(observation: Observation) -> str:
    """All of a figure that an explanation is about: another value is another question."""
    parts = (observation.numerator, observation.denominator, observation.typed, observation.actual)
    shown = [f"{part:f}" if part is not None else "" for part in parts]
    stored = observation.source.stored if observation.source and observation.actual is None else ""
    return "|".join([*shown, observation.status or "", stored])


def new_explanations(
    archive: Archive, period: Period, submissions: Iterable[Submission], at: datetime
) -> list[NewEvent]:
    """The events for what was answered in the versions that count and is not recorded yet."""
    known = {_place(each): each for each in explanations(archive, period)}
    events: list[NewEvent] = []
    for submission in submissions:
        observations = {(o.measure, o.period): o for o in submission.observations}
        for reply in submission.replies:
            observation = observations.get((reply.measure, reply.period))
            if observation is None:
                continue
            role = submission.sign_off.role if submission.sign_off else ""
            value = value_of(observation)
            made = Explanation(reply.measure, reply.period.label, reply.codes, value, reply.text, role)
            if known.get(_place(made)) == made:
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
