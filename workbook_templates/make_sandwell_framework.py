"""Sandwell's framework from the published figures: the actions of its business plan, rated in four steps.

Called by make_frameworks.py. References stand as the report types them where it uses letters that only look Latin.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from perfbook.framework.model import Action, Band, Deliverable, Directorate, Framework, Priority, PublishedTotal, Scheme
from perfbook.framework.periods import parse
from perfbook.framework.version import with_version
from perfbook.workbook.lookalikes import latin, strange_letters

Row = Mapping[str, str]
Q3 = parse("2023-24 Q3")

FOUR_STEP = Scheme(
    key="four-step",
    name="Four-step rating",
    bands=(
        Band("complete", "Complete", "\u2714", "#0B4F9C"),
        Band("on_track", "On Track", "\u25cf", "#1B6B3A"),
        Band("medium_issue", "Medium issue or slippage", "\u25b2", "#8A5A00"),
        Band("significant_issues", "Significant issues", "\u2716", "#B3261E"),
    ),
    exception_from=3,
)
# What the report prints, and the band that it means.
RATINGS = {
    "Complete": "complete",
    "On Track": "on_track",
    "Medium Issue/Slippage": "medium_issue",
    "Significant issues/risks/slippage": "significant_issues",
}
# How often each stands in the report.
PRINTED = {"complete": 47, "on_track": 138, "medium_issue": 42, "significant_issues": 5}
THEMES = {
    "The Best Start in Life for Children and Young People": "best-start",
    "People Live Well and Age Well": "live-well",
    "Strong Resilient Communities": "communities",
    "Quality Homes in Thriving Neighbourhoods": "homes",
    "A Connected and Accessible Sandwell": "connected",
    "A Strong and Inclusive Economy": "economy",
    "One Council One Team": "one-team",
}
# By the letters of the reference: key, name, role.
DIRECTORATES = {
    "CH": ("children", "Children and Education", "Director of Children and Education"),
    "PH": ("public-health", "Public Health", "Director of Public Health"),
    "ASC": ("adults", "Adult Social Care", "Director of Adult Social Care"),
    "BE": ("borough-economy", "Borough Economy", "Director of Borough Economy"),
    "H": ("housing", "Housing", "Director of Housing"),
    "R": ("regeneration", "Regeneration and Growth", "Director of Regeneration and Growth"),
    "ACE": ("assistant-chief-executive", "Assistant Chief Executive", "Assistant Chief Executive"),
    "LG": ("law-governance", "Law and Governance", "Director of Law and Governance"),
    "F": ("finance", "Finance", "Director of Finance"),
}
# References under which the report prints two different actions.
TWO_ACTIONS = frozenset({"PH2", "H15"})
# Rows without an action's text.
UNTITLED = {
    "38": "(the report prints no text, and points to another action)",
    "45": "(the report prints a fragment, probably of the action above)",
}
_USABLE = frozenset({"typed", "homoglyph", "spacing", "punctuation"})


def rows_of(folder: Path) -> list[Row]:
    """The rows of the report, in its order."""
    with (folder / "actions.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def group_of(row: Row) -> tuple[str, str]:
    """What makes two rows one action: the reference, and the text where the reference is missing or used twice."""
    reference = row["bp_ref_normalised"]
    if not reference:
        return "", f"row {row['row']}"
    return reference, row["action_short"] if reference in TWO_ACTIONS else ""


def keys_of(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """The key of each action, in the order in which they first appear."""
    groups = dict.fromkeys(group_of(row) for row in rows)
    return {group: f"san-a{number:03d}" for number, group in enumerate(groups, 1)}


def deliverable_keys(rows: Iterable[Row]) -> dict[str, str]:
    """The key of each deliverable by its reference."""
    return {code: f"san-d{number:03d}" for number, code in enumerate(dict.fromkeys(r["cp_ref"] for r in rows), 1)}


def sandwell(folder: Path) -> Framework:
    """Sandwell's framework from the folder of its published figures."""
    rows = rows_of(folder)
    keys, places = keys_of(rows), deliverable_keys(rows)
    used = dict.fromkeys(row["directorate_prefix"] for row in rows)
    return with_version(
        Framework(
            council="Sandwell",
            year_start=4,
            reporting="quarterly",
            measures=(),
            directorates=tuple(
                Directorate(key, name, role, f"{key}@sandwell.example")
                for key, name, role in (DIRECTORATES[prefix] for prefix in DIRECTORATES if prefix in used)
            ),
            priorities=tuple(Priority(key, name) for name, key in THEMES.items()),
            schemes={FOUR_STEP.key: FOUR_STEP},
            default_scheme=FOUR_STEP.key,
            published_totals=tuple(PublishedTotal(Q3, "rating", key, count) for key, count in PRINTED.items()),
            published_ratings={
                (keys[group_of(row)], places[row["cp_ref"]], Q3): RATINGS.get(row["rating_as_printed"], "none")
                for row in rows
            },
            deliverables=tuple(
                _deliverable(key, [row for row in rows if row["cp_ref"] == code]) for code, key in places.items()
            ),
            actions=tuple(
                _action(key, [row for row in rows if group_of(row) == group], places) for group, key in keys.items()
            ),
        )
    )


def _written(typed: str) -> tuple[str, str]:
    """A reference as it is read, and as it stands where that differs."""
    return (latin(typed), typed) if strange_letters(typed) else (typed, "")


def _deliverable(key: str, rows: list[Row]) -> Deliverable:
    typed = next((row["cp_ref_as_typed"] for row in rows if strange_letters(row["cp_ref_as_typed"])), "")
    code, written = _written(typed if latin(typed) == rows[0]["cp_ref"] else rows[0]["cp_ref"])
    theme = next((row["sub_theme"] for row in rows if row["sub_theme"]), "")
    # One heading is cut off in the report.
    theme = theme.partition(" (")[0]
    return Deliverable(key, code, rows[0]["deliverable_short"], THEMES[rows[0]["theme"]], theme, written)


def _action(key: str, rows: list[Row], places: Mapping[str, str]) -> Action:
    usable = [row["bp_ref_as_typed"] for row in rows if row["bp_ref_basis"] in _USABLE]
    code, written = _written(usable[0] if usable else rows[0]["bp_ref_normalised"])
    others = [typed for typed in dict.fromkeys(usable[1:]) if typed not in (code, written)]
    notes = [f"The report also writes {', '.join(others)}."] if others else []
    if not usable:
        reading = "It stands for none that is known." if not code else f"{code} is our reading."
        notes.append(f"The report prints {rows[0]['bp_ref_as_typed'] or 'no reference'}. {reading}")
    return Action(
        key=key,
        code=code,
        title=UNTITLED.get(rows[0]["row"], rows[0]["action_short"]),
        directorate=DIRECTORATES[rows[0]["directorate_prefix"]][0],
        deliverables=tuple(dict.fromkeys(places[row["cp_ref"]] for row in rows)),
        note=" ".join(notes),
        written=written,
    )
