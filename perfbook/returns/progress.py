"""The line that says what remains: `3 of 12 measures to go, 1 explanation missing.`"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """References to the hidden columns that count, one number a measure that is due: 1 or 0."""

    todo: str
    unexplained: str
    problem: str


def formula(tally: Tally) -> str:
    """The line as a formula."""
    total, todo = f"COUNT({tally.todo})", f"SUM({tally.todo})"
    missing, problems = f"SUM({tally.unexplained})", f"SUM({tally.problem})"
    return (
        f'=IF({total}=0,"No measure is due.",'
        f'IF({todo}=0,"Every measure is filled",{todo}&" of "&{total}&IF({total}=1," measure"," measures")&" to go")'
        f'&IF({missing}=0,"",", "&{missing}&IF({missing}=1," explanation"," explanations")&" missing")'
        f'&IF({problems}=0,"",", "&{problems}&IF({problems}=1," row"," rows")&" to check")&".")'
    )


def line(total: int, todo: int, missing: int = 0, problems: int = 0) -> str:
    """The same line in Python."""
    if not total:
        return "No measure is due."
    parts = [f"{todo} of {total} measure{'' if total == 1 else 's'} to go" if todo else "Every measure is filled"]
    if missing:
        parts.append(f"{missing} explanation{'' if missing == 1 else 's'} missing")
    if problems:
        parts.append(f"{problems} row{'' if problems == 1 else 's'} to check")
    return ", ".join(parts) + "."
