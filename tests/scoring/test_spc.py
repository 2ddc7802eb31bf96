"""XmR limits as published worked examples have them, the rules of special causes, and the icons."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.scoring import spc
from perfbook.scoring.spc import Limits, Signal, assurance, last_signal, limits, moving_ranges, signals, variation

# Wheeler, "Making Sense of Data" (2003), page 382: the data set to use when verifying software.
WHEELER = (5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200)
# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rates of ten batches.
NIST = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")
# NHSRplotthedots, vignette "Deviations from Excel defaults": a series with one outlier.
PLOT_THE_DOTS = (1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)


def figures(values: Sequence[object]) -> tuple[D, ...]:
    return tuple(D(str(value)) for value in values)


def shown(values: Sequence[int], places: int = 0) -> list[str]:
    return [each.words for each in signals(figures(values), places)]


# --- Published examples -------------------------------------------------------------------------------------------


def test_the_data_set_that_wheeler_verifies_software_with() -> None:
    ranges = (695, 0, 375, 315, 140, 55, 200, 305, 55, 280, 115, 460, 385, 222, 1737)
    assert moving_ranges(figures(WHEELER)) == figures(ranges)
    found = limits(figures(WHEELER))
    assert [round(each, 2) for each in (found.mean, found.average_range, found.lower, found.upper)] == [
        D("4135.50"),
        D("355.93"),
        D("3188.72"),
        D("5082.28"),
    ]
    # The book has 1163.19, with the constant 3.268; tables of today have 3.267.
    assert round(found.range_limit * D("3.268") / spc.RANGE, 2) == D("1163.19")
    assert [place for place, each in enumerate(signals(figures(WHEELER), 0)) if each.rule == spc.OUTSIDE] == [15]


def test_the_flow_rates_of_the_handbook_of_nist() -> None:
    found = limits(figures(NIST))
    assert (found.mean, round(found.average_range, 4)) == (D("50.81"), D("1.8778"))
    # The handbook divides by 1.128 where this multiplies by 2.66 / 3: 55.8041 and 45.8159.
    assert abs(found.upper - D("55.8041")) < D("0.001")
    assert abs(found.lower - D("45.8159")) < D("0.001")
    assert not any(each.rule for each in signals(figures(NIST), 1))


def test_the_series_of_plot_the_dots_with_every_moving_range() -> None:
    """The mean is 1.94 as in the vignette; without the outlier's two ranges it has 4.6 and -0.72."""
    values = figures(PLOT_THE_DOTS)
    found = limits(values)
    assert round(found.mean, 2) == D("1.94")
    kept = [each for each in moving_ranges(values) if each < found.range_limit]
    screened = Limits(found.mean, sum(kept, D(0)) / len(kept))
    assert (round(screened.upper, 1), round(screened.lower, 2)) == (D("4.6"), D("-0.72"))
    assert [round(each, 4) for each in (found.upper, found.lower)] == [D("6.9515"), D("-3.0626")]
    # Four grey points, one blue, twelve grey.
    assert [place for place, each in enumerate(signals(values, 0)) if each.rule] == [4]


def test_the_peak_flow_rates_of_wheeler() -> None:
    """Page 130 of the same book: 183.1, 52.4; its limits, 322.5 and 43.7, were made from rounded figures."""
    values = figures((120, 140, 100, 150, 260, 150, 100, 120, 300, 300, 275, 300, 140, 170, 150, 150, 190, 180))
    found = limits(values)
    assert [round(each, 1) for each in (found.mean, found.average_range)] == [D("183.1"), D("52.4")]
    assert abs(found.upper - D("322.5")) < D("0.3")
    assert abs(found.lower - D("43.7")) < D("0.3")


# --- Rules --------------------------------------------------------------------------------------------------------


def test_seven_in_a_row_on_one_side_and_no_fewer() -> None:
    low, high = "seven in a row below the mean", "seven in a row above the mean"
    assert shown((4, 5, 4, 5, 4, 5, 4, 8, 7, 8, 7, 8, 7, 8)) == [low] * 7 + [high] * 7
    assert shown((4, 5, 4, 5, 4, 5, 8, 7, 8, 7, 8, 7)) == [""] * 12


def test_a_figure_on_the_mean_ends_a_run() -> None:
    assert shown((4, 6, 4, 6, 5, 6, 4, 6, 4, 5)) == [""] * 10
    assert limits(figures((6, 4, 6, 4, 5, 5, 5, 5, 5, 5))).mean == 5
    assert shown((6, 4, 6, 4, 5, 5, 5, 5, 5, 5)) == [""] * 10


def test_seven_in_a_row_that_rise_or_fall() -> None:
    rising = shown((50, 40, 60, 44, 45, 46, 47, 48, 49, 50, 30, 50, 40))
    assert rising == ["", "", "", *["seven in a row rising"] * 7, "", "", ""]
    assert "seven in a row rising" not in shown((50, 40, 60, 44, 45, 46, 46, 48, 49, 50, 30, 50, 40))
    falling = shown((30, 60, 50, 49, 48, 47, 46, 45, 44, 60, 30, 40))
    assert falling.count("seven in a row falling") == 8


def test_two_of_three_near_a_limit() -> None:
    base, near = (50, 44) * 6, "two of three near the upper limit"
    values = (*base, 62, 57, 62, 44, 50, 44)
    found = limits(figures(values))
    assert found.mean + found.near < 62 < found.upper
    # The one between them is on their side but not near.
    assert shown(values) == [""] * 12 + [near, "", near, "", "", ""]
    # With the middle one on the other side of the mean they are no signal.
    assert near not in shown((*base, 62, 47, 62, 44, 50, 44))


def test_figures_that_are_all_the_same_have_no_signal() -> None:
    assert shown((7,) * 12) == [""] * 12
    thirds = figures(["0.333"] * 11)
    assert not any(each.rule for each in signals(thirds, 3))


@given(st.lists(st.integers(0, 12), min_size=10, max_size=40))
def test_the_last_point_is_judged_alike_alone(values: list[int]) -> None:
    made = figures(values)
    assert last_signal(made, 0, limits(made)) == signals(made, 0)[-1]


# --- Icons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("polarity", "direction", "words"),
    [
        ("higher", 1, "↑ Improving, high"),
        ("higher", -1, "↓ Concerning, low"),
        ("lower", 1, "↑ Concerning, high"),
        ("lower", -1, "↓ Improving, low"),
        ("range", 1, "↑ Special, high"),
        ("none", -1, "↓ Special, low"),
    ],
)
def test_icons_of_variation_follow_the_polarity(polarity: str, direction: int, words: str) -> None:
    signal = Signal(spc.OUTSIDE, direction)
    assert spc.VARIATION_WORDS[variation(signal, polarity)] == words  # type: ignore[arg-type]
    assert spc.VARIATION_WORDS[variation(Signal(), polarity)] == "∿ Usual variation"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("polarity", "target", "high", "icon"),
    [
        ("higher", 40, None, spc.HITS),
        ("higher", "44.68", None, spc.HITS),
        ("higher", 50, None, spc.HIT_AND_MISS),
        ("higher", 60, None, spc.FAILS),
        ("lower", 60, None, spc.HITS),
        ("lower", 50, None, spc.HIT_AND_MISS),
        ("lower", 40, None, spc.FAILS),
        ("range", 40, 60, spc.HITS),
        ("range", 50, 60, spc.HIT_AND_MISS),
        ("range", 60, 70, spc.FAILS),
        ("range", 30, 40, spc.FAILS),
        ("none", 50, None, None),
        ("higher", None, None, None),
    ],
)
def test_icons_of_assurance(polarity: str, target: object, high: object, icon: int | None) -> None:
    found = Limits(D(50), D(2))  # 44.68 to 55.32
    ends = (None if each is None else D(str(each)) for each in (target, high))
    assert assurance(found, polarity, *ends, 0) == icon  # type: ignore[arg-type]
