"""The sheets of framework.xlsx for checks: what is checked and how, and what needs no answer."""

from __future__ import annotations

from typing import Literal

from perfbook.framework.layout import OF_ROW, Column, Layout

SEVERITIES: tuple[Literal["error", "warning", "info"], ...] = ("error", "warning", "info")

CHECKS = Layout(
    "Checks",
    "What is checked in every return. Leave a cell blank to have it as perfbook has it.",
    (
        Column("code", "Check", 9, "The code of the check, as findings name it.", "key", required=True),
        Column("title", "What it finds", 52, "Nothing to type.", "said"),
        Column("on", "On", 8, "no: the check is not made, nor shown in returns. Blank: yes.", "choice", "list_yes_no"),
        Column("usual", "Usual severity", 17, "How grave perfbook takes it. Nothing to type.", "said"),
        Column(
            "severity",
            "Severity",
            12,
            "error, warning or info, for all returns. An error makes the exit code 1. Blank: as usual.",
            "choice",
            "list_severities",
        ),
        Column("usual_value", "Usual value", 10, "The number that perfbook uses. Nothing to type.", "said"),
        Column("tuning", "Value", 10, "The number by which the check is tuned. Blank: as usual.", "number"),
        Column("about", "What the value is", 64, "Nothing to type.", "said"),
    ),
    needed=False,
)
SUPPRESSIONS = Layout(
    "Suppressions",
    "Findings of single measures, actions, headings or lines that need no answer, with the reason. They stay listed.",
    (
        *OF_ROW,
        Column(
            "check",
            "Check",
            9,
            "The code of the finding, from the sheet Checks.",
            "choice",
            "list_checks",
            required=True,
        ),
        Column("reason", "Reason", 60, "Why it needs no answer; lists show it.", "long text", required=True),
        Column("by", "Decided by", 28, "The role that decided it. A role, not a person's name.", required=True),
        Column(
            "until",
            "Until",
            12,
            "The last period in which it holds, such as 2021-22 Q4. Blank: for good.",
            "period",
        ),
    ),
    needed=False,
)
DECISIONS = ("accept", "refuse")
REPLIES = Layout(
    "Replies",
    "What you decided about explanations: what is accepted is not asked again until something changes.",
    (
        *OF_ROW,
        Column(
            "period",
            "Period",
            13,
            "The period that the figure is about, such as 2020-21 Q2.",
            "period",
            required=True,
        ),
        Column("check", "Check", 9, "The code of the finding, such as V102.", required=True),
        Column(
            "decision",
            "Decision",
            11,
            "accept: it need not be asked again. refuse: it goes back with your reason.",
            "choice",
            "list_decisions",
            required=True,
        ),
        Column(
            "reason", "Reason", 60, "The manager reads it in the next book that goes back.", "long text", required=True
        ),
        Column("by", "Decided by", 28, "The role that decided it. A role, not a person's name."),
    ),
    needed=False,
)
