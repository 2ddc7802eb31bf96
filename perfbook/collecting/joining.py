"""Owners' books brought together: what each directorate has returned, from what its owners have.

A directorate is certified when every one of its owners has certified, and provisional when all have signed. It is
received when the last of them was, and late or overdue when one of them is. As long as one book is unreadable and not
all are signed, so is the directorate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from perfbook.collecting.versions import RANK
from perfbook.framework.model import Framework
from perfbook.framework.parts import whole_of
from perfbook.framework.periods import Period
from perfbook.records import FileRecord, ReturnRecord, ReturnState, SignOff, Submission
from perfbook.returns.identity import issue_id


def join_returns(
    framework: Framework, divided: Framework, period: Period, records: Sequence[ReturnRecord]
) -> tuple[ReturnRecord, ...]:
    """One record a directorate of `framework`, in its order; `divided` is the framework with parts."""
    names = {each.key: each.role for each in divided.directorates}
    parts: dict[str, list[ReturnRecord]] = {}
    for record in records:
        parts.setdefault(whole_of(framework, record.directorate), []).append(record)
    return tuple(
        found[0] if [record.directorate for record in found] == [key] else _joined(framework, period, key, found, names)
        for key, found in parts.items()
    )


def join_files(framework: Framework, records: Sequence[FileRecord]) -> tuple[FileRecord, ...]:
    """Files, each with the directorate to which its owner belongs."""
    return tuple(replace(record, directorate=whole_of(framework, record.directorate)) for record in records)


def _joined(
    framework: Framework, period: Period, key: str, found: Sequence[ReturnRecord], names: dict[str, str]
) -> ReturnRecord:
    parts = tuple(replace(record, owner=names.get(record.directorate, "")) for record in found)
    state = _state([part.state for part in parts])
    received = [part.received for part in parts]
    return ReturnRecord(
        directorate=key,
        issue=issue_id(framework, key, period),
        state=state,
        due=parts[0].due,
        received=_last(received) if RANK[state] >= RANK["provisional"] else None,
        late=state == "certified" and any(part.late for part in parts),
        overdue=any(part.overdue for part in parts),
        measures=sum(part.measures for part in parts),
        answered=sum(part.answered for part in parts),
        # The one that holds the others up, or the first.
        file=min((part for part in parts if part.file), key=lambda part: RANK[part.state], default=parts[0]).file,
        sign_off=_sign_off(state, [part.sign_off for part in parts]),
        actions=sum(part.actions for part in parts),
        rated=sum(part.rated for part in parts),
        control=(
            sum(part.control[0] for part in parts),
            sum(part.control[1] for part in parts),
            sum(part.control[2] for part in parts),
            sum((part.control[3] for part in parts), Decimal(0)),
        ),
        parts=parts,
    )


def _state(states: Sequence[ReturnState]) -> ReturnState:
    worst = min(states, key=lambda state: RANK[state])
    if worst == "not started" and any(state != worst for state in states):
        return "in progress"
    return worst


def _last(moments: Sequence[datetime | None]) -> datetime | None:
    known = [moment for moment in moments if moment]
    return max(known) if len(known) == len(moments) else None


def _sign_off(state: ReturnState, signed: Sequence[SignOff | None]) -> SignOff | None:
    """The owners' sign-offs as one: the least of them, with every role."""
    if state not in ("certified", "provisional"):
        return None
    roles = dict.fromkeys(each.role for each in signed if each and each.role)
    return SignOff("certified" if state == "certified" else "provisional", "; ".join(roles))


def joined_submissions(framework: Framework, submissions: Sequence[Submission]) -> tuple[Submission, ...]:
    """Submissions, each with the directorate to which its owner belongs."""
    return tuple(replace(each, directorate=whole_of(framework, each.directorate)) for each in submissions)
