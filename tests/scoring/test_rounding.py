from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.scoring.rounding import as_decimal15, round_half_away


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.125, 2, "0.13"),
        (1.005, 2, "1.01"),  # Python's own round says 1.0
        (2.675, 2, "2.68"),
        (0.285, 2, "0.29"),
        (1250, -2, "1300"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(1, 2000), 3, "0.001"),
        (Decimal("1E20"), 1, "100000000000000000000.0"),
        (-0.4, 0, "0"),
    ],
)
def test_halves_go_away_from_zero_on_the_digits_that_are_shown(value: float, places: int, expected: str) -> None:
    assert round_half_away(value, places) == Decimal(expected)


def test_each_nought_keeps_its_sign_whichever_came_first() -> None:
    for _ in range(2):
        assert (str(as_decimal15(0.0)), str(as_decimal15(-0.0)), str(as_decimal15(0))) == ("0", "-0", "0")


def test_a_number_of_another_kind_keeps_its_digits_after_an_equal_one() -> None:
    assert (str(as_decimal15(1e16)), str(as_decimal15(10**16))) == ("1E+16", "1.00000000000000E+16")


def test_a_moment_is_no_number() -> None:
    with pytest.raises(TypeError):
        as_decimal15(datetime(2032, 1, 2))  # type: ignore[arg-type]  # noqa: DTZ001


def test_fifteen_digits_are_kept() -> None:
    assert as_decimal15(0.1 + 0.2) == Decimal("0.3")
    assert as_decimal15(1234567890123456789) == Decimal(1234567890123460000)
    assert as_decimal15(Fraction(2, 3)) == Decimal("0.666666666666667")
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not a number"):
            as_decimal15(bad)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_rounding_is_never_further_than_half_a_unit(value: Decimal) -> None:
    assert abs(round_half_away(value, 2) - value) <= Decimal("0.005")
