"""Figures inside sentences: which numbers are figures, what they are called, when they were so."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.framework.model import Action, TextCorrection
from perfbook.framework.periods import parse
from perfbook.narrative.beside import Listed, beside
from perfbook.narrative.pick import pick
from perfbook.narrative.told import BASELINE, Told, told
from perfbook.records import ActionReport
from tests.framework.test_plan import PLAN

Q1, Q2 = parse("2020-21 Q1"), parse("2020-21 Q2")


def found(text: str) -> list[tuple[str, str, str]]:
    """Number with unit, label, time of each figure."""
    return [(f"{each.number}{each.unit}", each.label, each.when) for each in pick(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Homes with smart meters rose to 41.5% at 30 June 2021.",
            [("41.5%", "Homes with smart meters", "30 June 2021")],
        ),
        ("1,204 trees were planted in quarter 2.", [("1204", "trees were planted", "quarter 2")]),
        ("We repaired about £1.2m of roads.", [("1.2£m", "roads, repaired", "")]),
        (
            "Visits by age: under 5 0.9% (12), over 60 4.1% (57).",
            [("0.9%", "Visits by age: under 5", ""), ("4.1%", "Visits by age: over 60", "")],
        ),
        (
            "Recycling was 38% (national: 44%), landfill 6%.",
            [("38%", "Recycling", ""), ("44%", "Recycling: national", ""), ("6%", "landfill", "")],
        ),
        ("The rate fell to 14.2 per 1,000 residents.", [("14.2per 1,000", "rate", "")]),
        (
            "Of 310 pupils aged 11 to 16, 97% finished within 12 weeks.",
            [("310", "pupils aged 11 to 16", ""), ("97%", "finished within 12 weeks", "")],
        ),
    ],
)
def test_a_figure_has_its_label_and_its_time(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert found(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Phase 2 began on 3rd May 2021 and ends by March 2023.",
        "Answered within 10 working days, for those aged 16 to 25.",
        "The strategy 2021-25 replaces that of 2016.",
        "Opened 08:30, room B12, levels 1 to 3.",
        "",
        "Nothing reported.",
    ],
)
def test_dates_ages_spans_and_references_are_no_figures(text: str) -> None:
    assert found(text) == []


def test_any_text_is_survived() -> None:
    for text in ("(" * 200 + "5", "9" * 400, "5% " * 500, "\u0661\u0662 %", ": 4", "4", "%", "£", "1,2,3,4"):
        assert isinstance(pick(text), tuple)


def plan(*corrections: TextCorrection) -> list[tuple[str, str, Decimal, str, str, str]]:
    """The figures of an action with a baseline and two updates."""
    action = Action(
        "act-1",
        "A1",
        "Repairs",
        "care",
        priority=PLAN.priorities[0].key,
        baseline="Repairs on time were 80% and open repairs 410.",
        direction="repairs on time: to increase; open repairs: to decrease",
    )
    framework = replace(PLAN, actions=(action,), text_corrections=corrections)
    reports = (
        ActionReport("act-1", Q1, update="Repairs on time rose to 82%. Open repairs: 430."),
        ActionReport("act-1", Q2, update="Repairs on time were 82% again, open repairs 390."),
    )
    return [
        (each.when, each.figure.label, each.figure.number, each.since_baseline, each.since_last, each.correction)
        for each in told(framework, reports)
    ]


def test_each_figure_is_compared_with_the_baseline_and_the_time_before() -> None:
    rows = [(when, number, base, last) for when, _, number, base, last, _ in plan()]
    assert rows == [
        ("Baseline", Decimal(80), "", ""),
        ("Baseline", Decimal(410), "", ""),
        ("2020-21 Q1", Decimal(82), "better", "better"),
        ("2020-21 Q1", Decimal(430), "worse", "worse"),
        ("2020-21 Q2", Decimal(82), "better", "same"),
        ("2020-21 Q2", Decimal(390), "better", "better"),
    ]


def test_a_person_corrects_leaves_out_and_adds() -> None:
    rows = plan(
        TextCorrection("act-1", Q1, "Open repairs", "correct", number=Decimal(403), reason="A slip.", by="Officer"),
        TextCorrection("act-1", None, "open repairs", "leave out", reason="Another count."),
        TextCorrection("act-1", Q2, "", "add", "Repairs by contractors", Decimal(12), reason="In a picture."),
    )
    assert [(when, label, number) for when, label, number, *_ in rows if number in (403, 410, 12)] == [
        ("2020-21 Q1", "Open repairs", Decimal(403)),
        ("2020-21 Q2", "Repairs by contractors", Decimal(12)),
    ]
    assert [correction for *_, correction in rows if correction] == [
        "Corrected: A slip. (Officer)",
        "Added: In a picture.",
    ]


def test_texts_that_the_rules_were_not_made_for(shared: Path) -> None:
    """The short updates of another council, of which the figures are listed: the count that docs name."""
    listed = numbers = labels = 0
    with (shared / "data/sandwell_2023_q3/actions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["figures"]]
    for row in rows:
        wanted = [one for part in row["figures"].split(";") if (one := _listed(part))]
        figures = [Told("x", None, None, each) for each in pick(row["update_short"])]
        left = [(each.figure.number, each.figure.unit) for each in figures]
        for one in wanted:
            if (one.number, one.unit) in left:
                left.remove((one.number, one.unit))
                numbers += 1
        listed += len(wanted)
        labels += sum(match is not None for match in beside(wanted, figures, {"x": "x"}))
    assert (listed, numbers, labels) == (109, 91, 65)


_VALUE = re.compile(
    r"(?:(?:over|about|nearly) )?(£?)\s?([\d,]+(?:\.\d+)?)\s?(k|m|bn|million)?\s?(%?)\+?", re.IGNORECASE
)


def _listed(part: str) -> Listed | None:
    label, _, value = part.rpartition("=")
    match = _VALUE.fullmatch(value.strip())
    if match is None:
        return None
    unit = "%" if match[4] else f"{match[1]}{(match[3] or '').lower()}"
    return Listed("x", label.strip(), BASELINE, Decimal(match[2].replace(",", "")), unit)
