"""The sheet Replies of framework.xlsx, read and filled: what officers decided about managers' explanations."""

from __future__ import annotations

import re

from perfbook.framework._content import Content
from perfbook.framework._register import choose, period_in
from perfbook.framework._subjects import Subjects, named
from perfbook.framework._tables import Problems, Table, required
from perfbook.framework.check_sheets import DECISIONS, REPLIES
from perfbook.framework.model import KIND_OF, Decision, Framework, Frequency
from perfbook.framework.periods import Period

_CODE = re.compile(r"[A-Z][0-9]{3}")


def read_decisions(
    table: Table, subjects: Subjects, problems: Problems, *, year_start: int, reporting: Frequency
) -> tuple[Decision, ...]:
    """The decisions, in the order of their rows. `reporting` is how often returns are sent out."""
    required(problems, REPLIES, table.rows)
    found: list[Decision] = []
    seen: dict[tuple[str, Period, str], int] = {}
    for row in table.rows:
        key = subjects.answerable(row, problems)
        measure = subjects.measures.get(key) if key else None
        period = period_in(problems, row["period"], year_start)
        code = row["check"].words.upper()
        if code and not _CODE.fullmatch(code):
            problems.add(row["check"], f"{code!r} is not the code of a finding.", "Write it like V102.")
            continue
        decision = choose(problems, row["decision"], DECISIONS, "", "accept or refuse")
        if key is None or period is None or not code or not decision:
            continue
        kind = measure.period_kind if measure else KIND_OF[reporting]
        if period.kind != kind:
            what = f"The measure is {measure.frequency}" if measure else f"Returns are {reporting}"
            words = f"{what}, but {period} is a {period.kind}."
            problems.add(row["period"], words, f"Name the {kind} that the figure is about.")
            continue
        place = (key, period, code)
        if place in seen:
            words = f"{code} of {key!r} for {period} is decided in row {seen[place]} already."
            problems.add(row["key"], words, "Remove one of the rows.")
            continue
        seen[place] = row.number
        found.append(Decision(key, period, code, decision == "accept", row["reason"].words, row["by"].words))
    return tuple(found)


def decisions_content(framework: Framework) -> Content:
    """The decisions."""
    return [
        {
            "key": each.measure,
            "code": named(framework, each.measure)[0],
            "title": named(framework, each.measure)[1],
            "period": each.period.label,
            "check": each.code,
            "decision": "accept" if each.accepts else "refuse",
            "reason": each.reason,
            "by": each.role,
        }
        for each in framework.decisions
    ]
