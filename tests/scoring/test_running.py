"""Figures that add up over the year, the targets that they are scored against, and scores that a person chooses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import parse
from perfbook.records import Observation
from perfbook.scoring.judge import count, index, judge, year_to_date
from perfbook.scoring.schemes import RED_AMBER_GREEN

Q1, Q2, Q3 = parse("2031-32 Q1"), parse("2031-32 Q2"), parse("2031-32 Q3")
YEAR = parse("2031-32")
JOBS = Measure(
    "jobs",
    "J",
    "Jobs created",
    "p",
    "d",
    Unit.parse("count"),
    0,
    "higher",
    calculation="cumulative",
    entered="in period",
)


def _framework(*measures: Measure, targets: dict[str, Target]) -> Framework:
    return Framework(
        council="Plainshire",
        year_start=4,
        reporting="quarterly",
        measures=measures,
        directorates=(Directorate("d", "D"),),
        priorities=(Priority("p", "P"),),
        schemes={"rag": replace(RED_AMBER_GREEN, chosen_without_target=True)},
        default_scheme="rag",
        targets={(key, YEAR): target for key, target in targets.items()},
    )


def _said(period: str, actual: int | None, *, given: int | None = None, chosen: str = "") -> Observation:
    about = parse(f"2031-32 {period}")
    to_date = None if given is None else D(given)
    figure = None if actual is None else D(actual)
    return Observation("jobs", about, about, "provided", figure, to_date=to_date, chosen=chosen)


@pytest.mark.parametrize(
    ("said", "running"),
    [
        ((_said("Q1", 62), _said("Q2", 60), _said("Q3", 10)), 132),
        # What was given counts, and later periods go on from it.
        ((_said("Q1", 62), _said("Q2", 60, given=127), _said("Q3", 10)), 137),
        ((_said("Q2", 60, given=122), _said("Q3", 10)), 132),
        # A sum wants each of the year's figures.
        ((_said("Q1", 62), _said("Q3", 10)), None),
        ((_said("Q1", 62), _said("Q2", None), _said("Q3", 10)), None),
    ],
)
def test_the_year_to_date_is_what_was_given_or_the_sum(said: tuple[Observation, ...], running: int | None) -> None:
    assert year_to_date(JOBS, index(said), Q3) == running


def test_it_begins_anew_with_the_year() -> None:
    last = parse("2030-31 Q4")
    said = (Observation("jobs", last, last, "provided", D(90)), _said("Q1", 62))
    assert year_to_date(JOBS, index(said), Q1) == 62


def test_what_is_typed_since_the_start_of_the_year_is_the_year_to_date() -> None:
    typed = replace(JOBS, entered="year to date")
    assert year_to_date(typed, index((_said("Q1", 62), _said("Q2", 122))), Q2) == 122
    assert year_to_date(replace(JOBS, calculation="snapshot"), index((_said("Q1", 62),)), Q1) is None


def test_the_year_to_date_is_scored_against_its_share_of_the_yearly_target() -> None:
    framework = _framework(JOBS, targets={"jobs": Target(D(235), None, "235")})
    assert [framework.target("jobs", period).value for period in (Q1, Q2, Q3)] == [59, 118, 176]  # type: ignore[union-attr]
    (row,) = judge(framework, index((_said("Q1", 62), _said("Q2", 60))), Q2)
    # 60 alone would be red.
    assert (row.actual, row.to_date, row.target, row.year_target, row.band) == (60, 122, 118, 235, 1)
    (row,) = judge(framework, index((_said("Q1", 62), _said("Q2", 10))), Q2)
    assert (row.to_date, row.band) == (72, 3)
    # Without the first quarter nobody knows.
    (row,) = judge(framework, index((_said("Q2", 60),)), Q2)
    assert (row.state, row.to_date, row.band) == ("reported", None, 0)
    assert count(framework, (row,)).score["not_scored"] == 1


def test_a_target_of_its_own_period_comes_before_the_years() -> None:
    framework = _framework(JOBS, targets={"jobs": Target(D(235), None, "235")})
    framework = replace(framework, targets={**framework.targets, ("jobs", Q2): Target(D(80), None, "80")})
    assert framework.target("jobs", Q2) == Target(D(80), None, "80")
    snapshot = replace(JOBS, calculation="snapshot")
    assert _framework(snapshot, targets={"jobs": Target(D(235))}).target("jobs", Q1) == Target(D(235))
    words = _framework(JOBS, targets={"jobs": Target(None, None, "No target")})
    assert words.target("jobs", Q2) == Target(None, None, "No target")


@pytest.mark.parametrize(("chosen", "band"), [("green", 1), ("red", 3), ("", 0)])
def test_a_person_chooses_where_there_is_no_target(chosen: str, band: int) -> None:
    measure = replace(JOBS, calculation="snapshot")
    without = _framework(measure, targets={"jobs": Target(None, None, "No target")})
    (row,) = judge(without, index((_said("Q1", 62, chosen=chosen),)), Q1)
    assert row.band == band
    neither = _framework(replace(measure, polarity="none"), targets={})
    (row,) = judge(neither, index((_said("Q1", 62, chosen=chosen),)), Q1)
    assert row.band == band
    # A target decides, whatever was chosen.
    (row,) = judge(_framework(measure, targets={"jobs": Target(D(100))}), index((_said("Q1", 62, chosen="green"),)), Q1)
    assert row.band == 3


def test_a_yearly_figure_is_asked_for_in_its_own_quarter() -> None:
    homes = replace(JOBS, frequency="yearly", calculation="snapshot", due=3)
    assert [homes.about(period) for period in (Q1, Q2, Q3)] == [None, None, YEAR]
    assert homes.abouts(Q3) == (YEAR,)
    late = replace(homes, due=1, arrears=1)
    assert late.about(Q1) == YEAR.previous
    assert late.about(Q3) is None
    (row,) = judge(_framework(homes, targets={}), {}, Q2)
    assert row.state == "not due"
