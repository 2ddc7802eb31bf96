"""Dudley: what directorates bring beside their measures, a table of their workforce and a summary of the service.

Used by make_frameworks.py and by sample_returns/make_samples.py. Of the headings of the published summaries those stand
here under which services write: the measures of a directorate and its workforce are tables of their own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from perfbook.framework.model import Grid, GridLine, Section
from perfbook.framework.plan import column_key

# Who brings them, by the name in the report: the key.
WRITERS = {
    "Commercial & Customer Service Inc. ICT": "customer-service-ict",
    "Public Realm": "public-realm",
    "Adult Social Care": "adult-social-care",
    "Regeneration & Enterprise": "regeneration",
    "Childrens Services": "childrens-services",
}
STAFF, POSITIONS = "Staff", "Positions"
HEADCOUNT = "staff-headcount"
# Group, its lines by the name in the report, and the decimals of their percentages.
_GROUPS = (
    ("Gender", {"Female": "female", "Male": "male"}, 0),
    ("Disability", {"Disabled": "disabled", "Not Disabled": "not-disabled", "Undisclosed": "disability-unknown"}, 2),
    ("Ethnicity", {"BME": "bme", "White": "white", "Undisclosed": "ethnicity-unknown"}, 2),
)
_CONTRACTS = {"Full time": "full-time", "Part time": "part-time", "Casual": "casual"}


def _lines(*, percent: bool) -> tuple[GridLine, ...]:
    """A line for each part of each group; the heads add up to the headcount."""
    return tuple(
        GridLine(
            f"{'share' if percent else 'staff'}-{key}",
            name.capitalize() if name != "BME" else "Black and minority ethnic",
            group,
            "" if percent else HEADCOUNT,
            decimals if percent else 0,
            percent,
        )
        for group, names, decimals in _GROUPS
        for name, key in names.items()
    )


WORKFORCE = Grid(
    "workforce",
    "Workforce",
    (STAFF,),
    (
        GridLine(HEADCOUNT, "Headcount, without casual staff"),
        GridLine("staff-fte", "Full-time equivalents", decimals=2),
        *_lines(percent=False),
    ),
    tuple(WRITERS.values()),
)
SHARES = Grid(
    "workforce-shares",
    "Workforce in percent",
    (STAFF,),
    (*_lines(percent=True), GridLine("share-turnover", "Turnover in the period", decimals=2, percent=True)),
    tuple(WRITERS.values()),
)
CONTRACTS = Grid(
    "contracts",
    "Positions by contract",
    (POSITIONS,),
    (
        GridLine("positions", "All positions"),
        *(GridLine(f"positions-{key}", name, "Contract", "positions") for name, key in _CONTRACTS.items()),
        GridLine("position-shares", "All positions, in percent", percent=True),
        *(
            GridLine(
                f"position-shares-{key}", f"{name}, in percent", "Contract, in percent", "position-shares", 0, True
            )
            for name, key in _CONTRACTS.items()
        ),
    ),
    ("childrens-services",),
)
GRIDS = (WORKFORCE, SHARES, CONTRACTS)
# Key: the heading in the report, and what belongs there. The overview is asked for.
_HEADINGS = {
    "benchmarking": ("Benchmarking", "How the service stands beside others, and how that is known."),
    "overview": ("Overview of Service Delivery", "What was delivered in the period, and what stood in the way."),
    "achievements": ("Service Achievements", "What the service is proud of: figures, awards, thanks."),
    "improvement": ("Opportunities for Improvement", "What was learnt, from complaints too, and what changes now."),
    "scrutiny": (
        "Additional information relevant to Corporate Scrutiny",
        "What members should know beside all this. If there is nothing, say so.",
    ),
}
SECTIONS = tuple(
    Section(key, title, hint, tuple(WRITERS.values()), needed=key == "overview")
    for key, (title, hint) in _HEADINGS.items()
)

Cells = Mapping[tuple[str, str], str]


def workforce_cells(folder: Path) -> Mapping[str, Cells]:
    """What each directorate (a key) enters in its grids, by (key of the line, key of the column), as published."""
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in _rows(folder / "workforce.csv"):
        cells = found[WRITERS[row["directorate"]]]
        for line, column, text in _places(row):
            if text:
                cells[line, column_key(column)] = text
    return found


def _places(row: Mapping[str, str]) -> list[tuple[str, str, str]]:
    group, category, number, percent = row["group"], row["category"], row["count_as_typed"], row["percent_as_typed"]
    if group in ("Headcount", "FTE"):
        return [(HEADCOUNT if group == "Headcount" else "staff-fte", STAFF, number)]
    if group == "Turnover":
        return [("share-turnover", STAFF, percent)]
    if group.startswith("Contract type"):
        ending = "" if category == "Grand Total" else f"-{_CONTRACTS[category]}"
        return [(f"positions{ending}", POSITIONS, number), (f"position-shares{ending}", POSITIONS, percent)]
    key = next(names[category] for name, names, _ in _GROUPS if name == group)
    return [(f"staff-{key}", STAFF, number), (f"share-{key}", STAFF, percent)]


def summary_texts(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """What each directorate (a key) writes under each heading (a key), with the figures that the report gives there."""
    figures: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows(folder / "service_figures.csv"):
        if "own count" in row["unit"]:
            continue
        subject = row["subject"][0].lower() + row["subject"][1:]
        subject = row["subject"] if row["subject"][1:2].isupper() else subject
        figures[row["directorate"], row["section"]].append(f"{subject}: {row['value_as_typed']}")
    keys = {title: key for key, (title, _) in _HEADINGS.items()}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(folder / "service_summary.csv"):
        told = figures[row["directorate"], row["section"]]
        text = " ".join(filter(None, (row["example_own_words"], f"In figures: {'; '.join(told)}." if told else "")))
        if text and row["section"] in keys:
            found[WRITERS[row["directorate"]]][keys[row["section"]]] = text
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
