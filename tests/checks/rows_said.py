"""Rows with figures as councils report them, and what the checks across rows say of a text in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.run import across_findings
from perfbook.checks.across.subject import Item, Line, Subject, Text
from perfbook.framework.model import Unit

START, END = date(2031, 7, 1), date(2031, 9, 30)
SHARE = Line(
    "Homes let within 25 days",
    "HS1",
    "k1",
    unit=PERCENT,
    polarity="higher",
    now=read_figure("71.2%", PERCENT, "2031-32 Q2", ends=END),
    before=(read_figure("74.9%", PERCENT, "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=read_figure("66.0%", PERCENT, "2030-31 Q2"),
    target=read_figure("70%", PERCENT, "target"),
)
COUNTED = replace(
    SHARE,
    title="Rough sleepers found in the borough",
    unit=COUNT,
    polarity="lower",
    now=read_figure("31", COUNT, "2031-32 Q2", ends=END),
    before=(read_figure("40", COUNT, "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=read_figure("44", COUNT, "2030-31 Q2"),
    target=read_figure("35", COUNT, "target"),
)
MONEY = replace(
    COUNTED,
    title="Rent arrears of current tenants",
    unit=Unit("£m", "currency"),
    now=read_figure("£2.31m", Unit("£m", "currency"), "2031-32 Q2", ends=END),
    before=(read_figure("£2.40m", Unit("£m", "currency"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=None,
)
DAYS = replace(
    COUNTED,
    title="Average days to let an empty home",
    unit=Unit("days", "number"),
    now=read_figure("27.4", Unit("days", "number"), "2031-32 Q2", ends=END),
    before=(read_figure("28.1", Unit("days", "number"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=read_figure("28", Unit("days", "number"), "target"),
)
MANY = replace(COUNTED, now=read_figure("310", COUNT, "Q2"), before=(), last_year=None, target=None)
RATE = replace(
    COUNTED,
    title="Children looked after, per 10,000 under 18",
    unit=Unit.parse("per 10,000"),
    now=read_figure("71.0 (355/50,000)", Unit.parse("per 10,000"), "2031-32 Q2", ends=END),
    before=(read_figure("70.4 (352/50,000)", Unit.parse("per 10,000"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=None,
)


def codes_of(*lines: Line, items: Iterable[Item] = ()) -> list[str]:
    """The codes of what is found in some rows."""
    subject = Subject(tuple(lines), items=tuple(items), start=START, end=END, rows_checked=True)
    return [finding.code for finding in across_findings(subject)]


def codes_of_text(text: str, line: Line = SHARE) -> list[str]:
    """The codes of what is found in a row with a commentary."""
    return codes_of(replace(line, texts=(Text("commentary", text),)))
