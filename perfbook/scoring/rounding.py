"""Rounding as a spreadsheet rounds: half away from zero, on the 15 significant digits that it shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

Number = int | float | Decimal | Fraction

# Wide enough for the largest number of a cell with all its places.
_WIDE = Context(prec=700, rounding=ROUND_HALF_UP)
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)


def as_decimal15(value: Number) -> Decimal:
    """The value on 15 significant digits, which is what a spreadsheet keeps of a typed number.

    `0.1 + 0.2` becomes 0.3. Raises ValueError for NaN and infinity.
    """
    if isinstance(value, float):
        # Of the two noughts one has a sign, and each counts as the other.
        return _of_float(value) if value else _plain(Decimal(f"{value:.15g}"))
    if not isinstance(value, (Decimal, int)) and isinstance(value, Fraction):  # the second question takes a while
        with localcontext() as context:
            context.prec = 40
            exact = Decimal(value.numerator) / Decimal(value.denominator)
            context.prec = 15
            context.rounding = ROUND_HALF_UP
            return _plain(+exact)
    return _plain(significant(Decimal(value)))


def significant(value: Decimal) -> Decimal:
    """A decimal on 15 significant digits, in whatever way it is written. Raises ValueError as `as_decimal15` does."""
    rounded = _FIFTEEN.plus(value)
    if not rounded.is_finite():
        raise ValueError(f"{value} is not a number that a cell can hold")
    return rounded


@lru_cache(maxsize=4096)
def _of_float(value: float) -> Decimal:
    # No more digits than that already.
    rounded = Decimal(f"{value:.15g}")
    if rounded.is_finite():
        return _plain(rounded)
    raise ValueError(f"{value} is not a number that a cell can hold")


def round_half_away(value: Number, places: int) -> Decimal:
    """The value with `places` decimal places, halves away from zero.

    Floats are first taken on 15 significant digits; integers, decimals and fractions are exact.
    """
    if isinstance(value, float):
        value = as_decimal15(value)
    if not isinstance(value, (Decimal, int)) and isinstance(value, Fraction):
        scaled = abs(value) * Fraction(10) ** places
        whole = (scaled + Fraction(1, 2)).__floor__()
        value = Decimal(f"{whole if value >= 0 else -whole}E{-places}")
    rounded = _WIDE.quantize(Decimal(value), Decimal((0, (1,), -places)))
    if not rounded:
        return abs(rounded)  # no negative nought
    return rounded if places >= 0 else Decimal(f"{rounded:f}")


def rounded_to(value: Decimal, quantum: Decimal) -> Decimal:
    """As `round_half_away`, to the places of a quantum (0.01 for two), which are not below nought."""
    rounded = value if value.same_quantum(quantum) else _WIDE.quantize(value, quantum)
    return rounded or abs(rounded)  # no negative nought


def _plain(value: Decimal) -> Decimal:
    if value == value.to_integral_value():
        return Decimal(f"{value:f}").quantize(Decimal(1)) if abs(value) < Decimal("1E15") else value
    return value.normalize()
