"""Walsall's corporate plan: the framework of its markers of success, from the published figures.

Called by make_frameworks.py. A marker is told in words, with figures inside: a baseline, and an update each quarter.
Nobody rates it; the scheme of ratings waits for those who want to.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from walsall_plan_texts import TEXTS

from perfbook.framework.model import (
    Action,
    Band,
    CheckSetting,
    Deliverable,
    Directorate,
    Framework,
    Priority,
    Scheme,
    TextCorrection,
)
from perfbook.framework.periods import parse
from perfbook.framework.version import with_version
from perfbook.narrative.told import BASELINE

Row = Mapping[str, str]
Q1, Q2 = parse("2021-22 Q1"), parse("2021-22 Q2")

DIRECTION = Scheme(
    key="direction",
    name="Direction of a marker",
    bands=(
        Band("forward", "Moving forward", "\u25b2", "#1B6B3A"),
        Band("steady", "Steady", "\u25cf", "#0B4F9C"),
        Band("back", "Falling back", "\u25bc", "#B3261E"),
    ),
    exception_from=3,
)
# The label of a focus area as it is printed, its key, and its name.
FOCUS = {
    "People (label cut off)": ("people", "People"),
    "Internal focus: efficient and effective council services": ("internal", "Internal focus"),
    "Children: best start, safe, healthy, learning well": ("children", "Children"),
    "Communities: prospering and resilient": ("communities", "Communities"),
}
DIRECTORATES = {
    "children": Directorate("children", "Children's Services", "Director of Children's Services"),
    "adults": Directorate("adults", "Adult Social Care", "Director of Adult Social Care"),
    "resources": Directorate("resources", "Resources and Transformation", "Director of Resources and Transformation"),
    "economy": Directorate("economy", "Economy, Environment and Communities", "Director of Economy"),
}
# What the words of a lead's role say of the directorate.
LEADS = {
    "active travel": "economy",
    "commissioning": "resources",
    "internal services": "resources",
    "customer systems": "resources",
    "children's services": "children",
    "adult care": "adults",
    "communities": "economy",
    "not stated": "resources",
}
# Marker 12 is printed under another outcome than the two before it.
MISPLACED = {"12": "6"}
JUDGED = "The directorate follows from the role of the lead; this is our reading."


def rows_of(folder: Path) -> list[Row]:
    """The markers in the order of the report."""
    with (folder / "markers.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def key_of(number: str) -> str:
    """The key of a marker."""
    return f"wal-m{int(number):02d}"


def directorate_of(row: Row) -> str:
    """The key of the directorate of a marker's lead."""
    return next(key for words, key in LEADS.items() if words in row["lead_role"])


def walsall_plan(folder: Path) -> Framework:
    """The framework from the folder of published figures."""
    rows = rows_of(folder)
    outcomes = {_outcome(row): row for row in reversed(rows) if row["marker_no"] not in MISPLACED}
    return with_version(
        Framework(
            council="Walsall",
            year_start=4,
            reporting="quarterly",
            measures=(),
            directorates=tuple(DIRECTORATES.values()),
            priorities=tuple(Priority(key, name) for key, name in FOCUS.values()),
            schemes={DIRECTION.key: DIRECTION},
            default_scheme=DIRECTION.key,
            deliverables=tuple(
                Deliverable(f"wal-o{int(number):02d}", f"O{number}", row["outcome_short"], FOCUS[row["focus_area"]][0])
                for number, row in sorted(outcomes.items(), key=lambda item: int(item[0]))
            ),
            actions=tuple(_marker(row) for row in rows),
            # An update without a rating is what every marker has.
            checks={"A102": CheckSetting("A102", on=False)},
            text_corrections=(
                TextCorrection(
                    key_of("8"),
                    Q1,
                    "increase",
                    "correct",
                    label="Canal users a day, increase since before lockdown",
                    reason="The text does not say again what has increased.",
                    by="Performance officer",
                ),
            ),
        )
    )


def _outcome(row: Row) -> str:
    return MISPLACED.get(row["marker_no"], row["outcome_no"])


def _marker(row: Row) -> Action:
    number = row["marker_no"]
    notes = [JUDGED]
    if number in MISPLACED:
        notes.append(f"The report prints it under outcome 7; it stands under {MISPLACED[number]} here.")
    wanted = row["target_direction_as_stated"]
    stated = "" if wanted.startswith("none") else wanted.replace("entering care: not stated;", "")
    return Action(
        key=key_of(number),
        code=f"M{number}",
        title=row["marker_short"],
        directorate=directorate_of(row),
        deliverables=(f"wal-o{int(_outcome(row)):02d}",),
        owner=row["lead_role"].partition("(")[2].rstrip(")").capitalize() or "",
        note=" ".join(notes),
        evidence=row["evidence_present"] == "yes",
        baseline=TEXTS[number][0],
        direction="; ".join(part for part in stated.split(";") if "not stated" not in part),
    )


def published_figures(folder: Path) -> bytes:
    """The figures that the report's texts hold, as `perfbook figures --beside` reads them."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("reference", "label", "period", "number", "unit"))
    when = {"baseline": BASELINE, "Q1": Q1.label, "Q2": Q2.label}
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            number = re.search(r"[0-9][0-9,]*(?:\.[0-9]+)?", row["value_as_typed"])
            assert number is not None
            unit = "" if row["unit"] == "count" else row["unit"]
            place = (f"M{row['marker_no']}", row["measure"], when[row["period"]])
            writer.writerow((*place, number[0].replace(",", ""), unit))
    return target.getvalue().encode()
