"""The state of one return, from the version that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from perfbook.collecting.ledger import Ledger
from perfbook.collecting.merge import says_figure
from perfbook.collecting.once import last_of_each
from perfbook.collecting.versions import Version
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import FileRecord, ReturnRecord, Submission
from perfbook.returns.control import totals_of
from perfbook.returns.identity import issue_id


@dataclass(frozen=True)
class Moment:
    """From when a run looks, and until when returns were due: as it was said, and with the days of grace."""

    as_at: datetime
    due: datetime
    deadline: datetime


def state_of_none(
    framework: Framework, period: Period, key: str, ledger: Ledger, files: Sequence[FileRecord], moment: Moment
) -> ReturnRecord:
    """The return of a directorate of which no version counts."""
    rejected = next((f for f in files if f.outcome == "rejected" and f.directorate == key), None)
    lost = next(reversed(ledger.accepted_of(key)), None)
    return ReturnRecord(
        directorate=key,
        issue=issue_id(framework, key, period),
        state="unreadable" if rejected or lost else "not started",
        due=moment.due,
        overdue=moment.as_at > moment.deadline,
        measures=_due_measures(framework, period, key),
        actions=len(framework.actions_of(key, period)),
        file=rejected.path if rejected else lost.path if lost else "",
    )


def state_of(
    framework: Framework,
    period: Period,
    key: str,
    ledger: Ledger,
    winner: Version,
    submission: Submission,
    moment: Moment,
) -> ReturnRecord:
    """The return of which `winner` counts; `submission` is what it says with its copies."""
    actions = {action.key for action in framework.actions_of(key, period)}
    # One that is told in words is answered by its words.
    told = {action.key for action in framework.actions_of(key, period) if action.baseline}
    asked = {m.key for m in framework.measures_of(key, period)}
    received = _first_received(key, winner, ledger) if submission.sign_off is not None else None
    certified = submission.state == "certified"
    return ReturnRecord(
        directorate=key,
        issue=submission.issue,
        state=submission.state,
        due=moment.due,
        received=received,
        late=bool(certified and received and received > moment.deadline),
        overdue=not certified and moment.as_at > moment.deadline,
        measures=_due_measures(framework, period, key),
        answered=sum(o.measure in asked and says_figure(o) for o in last_of_each(submission.observations)),
        actions=len(actions),
        rated=len({r.action for r in submission.actions if r.rating or (r.action in told and r.update)} & actions),
        file=winner.path,
        sign_off=submission.sign_off,
        control=totals_of(submission.observations).shown,
    )


def _due_measures(framework: Framework, period: Period, key: str) -> int:
    return sum(m.about(period) is not None for m in framework.measures_of(key, period))


def _first_received(key: str, winner: Version, ledger: Ledger) -> datetime:
    # A correction after the due date does not make a return late that was certified in time.
    first = ledger.first_in_state(key, winner.submission.state)
    return min(first, winner.received) if first else winner.received
