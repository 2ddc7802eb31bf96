"""The sheet Replies of framework.xlsx, read and filled: what officers decided about managers' explanations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from perfbook.framework._content import Content
from perfbook.framework._figures import measure_of
from perfbook.framework._register import choose, period_in
from perfbook.framework._tables import Problems, Table, required
from perfbook.framework.check_sheets import DECISIONS, REPLIES
from perfbook.framework.model import Decision, Framework, Measure
from perfbook.framework.periods import Period

_CODE = re.compile(r"[A-Z][0-9]{3}")


def read_decisions(
    table: Table, measures: Mapping[str, Measure], problems: Problems, year_start: int
) -> tuple[Decision, ...]:
    """The decisions, in the order of their rows."""
    required(problems, REPLIES, table.rows)
    found: list[Decision] = []
    seen: dict[tuple[str, Period, str], int] = {}
    for row in table.rows:
        measure = measure_of(row, measures, problems)
        period = period_in(problems, row["period"], year_start)
        code = row["check"].words.upper()
        if code and not _CODE.fullmatch(code):
            problems.add(row["check"], f"{code!r} is not the code of a finding.", "Write it like V102.")
            continue
        decision = choose(problems, row["decision"], DECISIONS, "", "accept or refuse")
        if measure is None or period is None or not code or not decision:
            continue
        if period.kind != measure.period_kind:
            words = f"The measure is {measure.frequency}, but {period} is a {period.kind}."
            problems.add(row["period"], words, f"Name the {measure.period_kind} that the figure is about.")
            continue
        place = (measure.key, period, code)
        if place in seen:
            words = f"{code} of {measure.key!r} for {period} is decided in row {seen[place]} already."
            problems.add(row["key"], words, "Remove one of the rows.")
            continue
        seen[place] = row.number
        found.append(Decision(measure.key, period, code, decision == "accept", row["reason"].words, row["by"].words))
    return tuple(found)


def decisions_content(framework: Framework) -> Content:
    """The decisions."""
    return [
        {
            "key": each.measure,
            "code": framework.by_key[each.measure].code,
            "title": framework.by_key[each.measure].title,
            "period": each.period.label,
            "check": each.code,
            "decision": "accept" if each.accepts else "refuse",
            "reason": each.reason,
            "by": each.role,
        }
        for each in framework.decisions
    ]
