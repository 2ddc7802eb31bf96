"""An invented council in the middle of its quarter: returns in chosen states, a workspace without any workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from perfbook.chasing.rules import ChasingRules, MailSettings
from perfbook.framework.model import Framework
from perfbook.framework.periods import parse
from perfbook.records import Finding, Quarter, ReturnRecord, ReturnState
from perfbook.settings import ZONE, Settings
from perfbook.workspace import Workspace
from tests.unattended.council import framework as bare_framework

PERIOD = parse("2025-26 Q4")
# Good Friday is 3 April, Easter Monday 6 April: the due day has Easter close before it.
DUE = date(2026, 4, 10)
SENDER = "performance@elmbridge.example"


def at(day: date | str, hour: int = 2) -> datetime:
    chosen = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(chosen, time(hour), ZONE)


def framework(count: int = 3, **emails: str) -> Framework:
    """So many services, each with a mailbox of its own unless `d01="..."` says otherwise."""
    made = bare_framework(count, 1)
    directorates = tuple(
        replace(
            each,
            role=f"Head of {each.name}",
            email=emails.get(each.key, f"{each.key}@elmbridge.example"),
            escalation_role="Chief Executive",
            escalation_email="chief@elmbridge.example",
        )
        for each in made.directorates
    )
    return replace(made, directorates=directorates)


def quarter(
    day: date | str,
    states: Mapping[str, ReturnState],
    *,
    made: Framework | None = None,
    findings: tuple[Finding, ...] = (),
    due: date = DUE,
    hour: int = 2,
) -> Quarter:
    """The quarter as it stands in the small hours of a day."""
    model = made or framework()
    deadline = datetime.combine(due, time(23, 59, 59), ZONE)
    records = tuple(
        ReturnRecord(
            key,
            f"issue-{key}",
            state,
            deadline,
            at(day) if state in ("certified", "provisional") else None,
            measures=1,
            answered=int(state != "not started"),
            file="" if state == "not started" else f"{key}.xlsx",
        )
        for key, state in states.items()
    )
    return Quarter(model, PERIOD, at(day, hour), (PERIOD,), (), records, (), findings)


def finding(
    key: str, code: str = "V104", found: str = "12% is far from last quarter's 80%.", cell: str = "H5"
) -> Finding:
    return Finding(code, "warning", f"{key}.xlsx", "Measures", cell, f"{key}-m01", found, "", "Check it.")


def workspace(root: Path, mail: MailSettings | None = None, rules: ChasingRules | None = None) -> Workspace:
    """A workspace of settings and an archive; letters need no more."""
    settings = Settings("Elmbridge Vale", PERIOD, chasing=rules or ChasingRules(), mail=mail or MailSettings(SENDER))
    return Workspace(root, settings)
