"""Where the year will end, and what the rest of it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal as D

import pytest

from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import Period, parse
from perfbook.records import Observation
from perfbook.scoring.forecast import forecast_of
from perfbook.scoring.judge import index
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE

Q1, Q2, Q3, Q4 = (parse(f"2031-32 Q{n}") for n in (1, 2, 3, 4))
FALLS = Measure(
    "f", "F", "Falls", "p", "d", Unit.parse("count"), 0, "lower", calculation="cumulative", forecast="straight line"
)


def framework(measure: Measure, target: str = "37", about: Period = Q4) -> Framework:
    return Framework(
        council="Plainshire",
        year_start=4,
        reporting="quarterly",
        measures=(measure,),
        directorates=(Directorate("d", "D"),),
        priorities=(Priority("p", "P"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets={("f", about): Target(D(target))} if target else {},
    )


def held(figures: Mapping[Period, str | None], own: str = "") -> dict[tuple[str, Period], Observation]:
    return dict(
        index(
            Observation("f", p, p, "provided", D(f) if f else None, forecast=D(own) if own else None)
            for p, f in figures.items()
        )
    )


def test_a_straight_line_goes_on_as_the_year_has_gone() -> None:
    found = forecast_of(framework(FALLS), FALLS, held({Q2: "22"}), Q2)
    assert (found.to_date, found.annual, found.value, found.gap, found.band) == (22, 37, 44, 7, 3)
    assert found.hold == "Not more than 7 in each of the 2 quarters that remain"


def test_figures_of_the_period_alone_are_added_up_first() -> None:
    adding = replace(FALLS, entered="in period")
    found = forecast_of(framework(adding), adding, held({Q1: "6", Q2: "7", Q3: "8"}), Q3)
    assert (found.to_date, found.value, found.gap, found.band) == (21, 28, -9, 1)
    assert found.hold == "Not more than 16 in the quarter that remains"


def test_last_years_profile_has_the_share_that_was_reached_then() -> None:
    profile = replace(FALLS, forecast="last year's profile")
    past = {Q2.same_last_year: "30", Q4.same_last_year: "40"}
    found = forecast_of(framework(profile), profile, held({Q2: "22"} | past), Q2)
    assert found.value == 29  # 22 x 40 / 30
    assert forecast_of(framework(profile), profile, held({Q2: "22"}), Q2).value is None
    nought = past | {Q2.same_last_year: "0"}
    assert forecast_of(framework(profile), profile, held({Q2: "22"} | nought), Q2).value is None


def test_the_services_own_forecast_is_taken_as_it_is() -> None:
    own = replace(FALLS, forecast="own", calculation="snapshot")
    found = forecast_of(framework(own, about=parse("2031-32")), own, held({Q2: "22"}, own="36"), Q2)
    assert (found.value, found.gap, found.band, found.hold) == (36, -1, 1, "")


@pytest.mark.parametrize(
    ("polarity", "period", "figure", "words"),
    [
        ("lower", Q1, "10", "Not more than 9 in each of the 3 quarters that remain"),
        ("lower", Q3, "37", "Not more than 0 in the quarter that remains"),
        ("lower", Q3, "41", "The year's target is passed by 4"),
        ("lower", Q4, "30", ""),
        ("higher", Q1, "10", "At least 9 in each of the 3 quarters that remain"),
        ("higher", Q2, "10", "At least 14 in each of the 2 quarters that remain"),
        ("higher", Q3, "37", "The year's target is reached"),
        ("none", Q1, "10", ""),
    ],
)
def test_what_the_rest_of_the_year_may_hold_is_rounded_to_the_safe_side(
    polarity: str, period: Period, figure: str, words: str
) -> None:
    measure = replace(FALLS, polarity=polarity)  # type: ignore[arg-type]
    assert forecast_of(framework(measure), measure, held({period: figure}), period).hold == words


def test_nothing_is_told_of_what_is_not_known() -> None:
    found = forecast_of(framework(FALLS, target=""), FALLS, held({Q2: None}), Q2)
    assert (found.value, found.gap, found.band, found.hold) == (None, None, None, "")
    found = forecast_of(framework(FALLS, target=""), FALLS, held({Q2: "22"}), Q2)
    assert (found.value, found.gap, found.band, found.hold) == (44, None, 0, "")
