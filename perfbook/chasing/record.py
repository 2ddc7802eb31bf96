"""What the archive knows of letters: nothing is written twice, even where every cache is gone.

A letter that is sent leaves two `chased` events: one before it goes (`sending`) and one that says how it ended. Where
only the first is there, the machine stopped between: nobody knows whether the letter went, so it is not sent again but
reported as `unsure`, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from perfbook.chasing.letters import Letter
from perfbook.chasing.stages import REMINDERS, Past, Stage, fingerprint
from perfbook.collecting.archive import Archive
from perfbook.framework.periods import Period

Outcome = Literal["sending", "sent", "written", "refused", "failed", "unsure"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_KIND = "chased"


@dataclass(frozen=True)
class Noted:
    """One letter as the archive has it, with its last outcome. `unsure` also stands for one that never ended."""

    message_id: str
    at: datetime
    to: str
    outcome: Outcome
    reason: str
    stages: Mapping[str, Mapping[str, Any]]

    @property
    def counts(self) -> bool:
        """Whether its stages are done: what failed is tried again, what was refused waits for another address."""
        return self.outcome in ("sent", "written", "unsure", "refused")


def noted(archive: Archive, period: Period) -> tuple[Noted, ...]:
    """Every letter of a period, oldest first, with its last outcome. Raises ArchiveError."""
    found: dict[str, Noted] = {}
    for event in archive.events(_KIND):
        data = event.data
        name, stages = data.get("message"), data.get("stages")
        outcome: Any = data.get("outcome")
        if data.get("period") != period.label or outcome not in OUTCOMES or not isinstance(stages, dict):
            continue
        ended: Outcome = "unsure" if outcome == "sending" else outcome
        found[str(name)] = Noted(str(name), event.at, str(data.get("to")), ended, str(data.get("reason", "")), stages)
    return tuple(found.values())


def past_of(letters: tuple[Noted, ...], addresses: Mapping[str, frozenset[str]]) -> dict[str, Past]:
    """What each directorate was written about. `addresses` are those that it has now: after a refusal, another address
    is tried."""
    reminders: dict[str, set[tuple[date, Stage]]] = {}
    asked: dict[str, set[str]] = {}
    thanked: set[str] = set()
    for letter in letters:
        for key, call in letter.stages.items():
            if not letter.counts or (
                letter.outcome == "refused" and letter.to.casefold() not in addresses.get(key, ())
            ):
                continue
            stage = call.get("stage")
            if stage in REMINDERS:
                reminders.setdefault(key, set()).add((date.fromisoformat(str(call.get("due"))), stage))
            elif stage == "query":
                asked.setdefault(key, set()).update(str(each) for each in call.get("findings", ()))
            elif stage == "thanks":
                thanked.add(key)
    return {
        key: Past(frozenset(reminders.get(key, ())), frozenset(asked.get(key, ())), key in thanked)
        for key in {*reminders, *asked, *thanked}
    }


def note(archive: Archive, period: Period, letter: Letter, outcome: Outcome, at: datetime, reason: str = "") -> None:
    """Record how a letter stands. Raises CannotWriteError."""
    stages = {
        call.record.directorate: {
            "stage": call.stage,
            "due": call.due.isoformat(),
            **({"findings": [fingerprint(each) for each in call.findings]} if call.findings else {}),
        }
        for call in letter.calls
    }
    fields = {
        "period": period.label,
        "message": letter.message_id,
        "to": letter.to,
        "outcome": outcome,
        "reason": reason,
        "stages": stages,
    }
    archive.append(_KIND, at, fields)
