"""Which letter a return calls for at a moment: pure rules, no clock and no mail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from perfbook.chasing.days import is_working_day, on_or_before, shifted
from perfbook.chasing.rules import ChasingRules
from perfbook.collecting.outcomes import is_for_officers
from perfbook.records import Finding, Quarter, ReturnRecord
from perfbook.sent import findings_of
from perfbook.settings import ZONE

Stage = Literal["before", "due", "first", "second", "escalation", "query", "thanks"]
# Reminders in the order in which they come; none comes after a later one.
REMINDERS: tuple[Stage, ...] = ("before", "due", "first", "second", "escalation")
STAGES: tuple[Stage, ...] = (*REMINDERS, "query", "thanks")


@dataclass(frozen=True)
class Past:
    """What a return was written about already: reminders by their due day, findings asked about, thanks."""

    reminders: frozenset[tuple[date, Stage]] = frozenset()
    asked: frozenset[str] = frozenset()
    thanked: bool = False


@dataclass(frozen=True)
class Call:
    """A return calls for a letter. `findings` are those to be asked about, `days` late in calendar days."""

    record: ReturnRecord
    stage: Stage
    due: date
    days: int = 0
    findings: tuple[Finding, ...] = ()


def calls(quarter: Quarter, rules: ChasingRules, grace_days: int, past: Mapping[str, Past]) -> tuple[Call, ...]:
    """The letters that the quarter's returns call for at its as-at time; none on days on which nobody works."""
    today = quarter.as_at.astimezone(ZONE).date()
    if not is_working_day(today, rules.nation):
        return ()
    found = (
        _call(quarter, record, rules, grace_days, past.get(record.directorate, Past())) for record in quarter.returns
    )
    return tuple(call for call in found if call)


def _call(quarter: Quarter, record: ReturnRecord, rules: ChasingRules, grace_days: int, past: Past) -> Call | None:
    due, today = _day(record.due), _day(quarter.as_at)
    if record.state == "certified" or (rules.until == "received" and record.is_received):
        return _answered(quarter, record, rules, past, due)
    stage = reminder(due, today, rules, grace_days)
    if stage is None:
        return None
    later = REMINDERS[REMINDERS.index(stage) :]
    if any((due, each) in past.reminders for each in later):
        return None
    return Call(record, stage, due, max((today - due).days, 0))


def reminder(due: date, today: date, rules: ChasingRules, grace_days: int) -> Stage | None:
    """The reminder that is in force on a working day for a return that has not come; None between two of them."""
    notice, last = on_or_before(due, rules.nation), due + timedelta(days=grace_days)
    if today <= last:
        if today >= notice:
            return "due"
        return "before" if rules.before and today >= shifted(notice, -rules.before, rules.nation) else None
    after: list[tuple[Stage, int]] = [("escalation", rules.escalate), ("second", rules.second), ("first", rules.first)]
    return next((stage for stage, days in after if days and today >= shifted(last, days, rules.nation)), None)


def _answered(quarter: Quarter, record: ReturnRecord, rules: ChasingRules, past: Past, due: date) -> Call | None:
    """A return that came: questions about it, else thanks, each once."""
    found = [each for each in findings_of(quarter, record) if not is_for_officers(each.code)]
    if found:
        new = tuple(each for each in found if fingerprint(each) not in past.asked)
        return Call(record, "query", due, findings=new) if new and rules.queries else None
    if record.state == "certified" and rules.thanks and not past.thanked:
        return Call(record, "thanks", due)
    return None


def fingerprint(finding: Finding) -> str:
    """What tells a finding from others for good: not its cell, which moves when rows are inserted."""
    text = "\n".join((finding.code, finding.measure, finding.found))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
