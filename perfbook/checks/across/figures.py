"""Figures as they are typed, for the rows that are checked; and how messages say them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from perfbook.checks.across.dates import span_of
from perfbook.checks.across.numbers import count_of
from perfbook.checks.across.subject import Figure, Spot
from perfbook.framework.model import Unit
from perfbook.framework.typed import Typed, read_typed

PERCENT = Unit("percent", "percent")
COUNT = Unit("count", "number")


class About(TypedDict, total=False):
    """What else is known of a figure: the fields of `Figure` of the same names.

    `ends` is the last day of the period under which it is printed.
    """

    window: str
    said: str
    ends: date | None
    spot: Spot


def read_figure(text: str, unit: Unit, label: str = "", **about: Unpack[About]) -> Figure:
    """A typed figure as it stands in a row."""
    return figure_of(read_typed(text, unit), unit, text, label, **about)


def figure_of(understood: Typed, unit: Unit, text: str, label: str = "", **about: Unpack[About]) -> Figure:
    """The figure that a typed value is, in the units in which it is shown."""
    window = about.get("window", "")
    scale = 2 if unit.kind == "percent" else 0
    value = understood.number
    if value is None and understood.denominator and understood.numerator is not None:
        value = understood.numerator * unit.multiplier / understood.denominator
    return Figure(
        typed=text,
        value=None if value is None else value.scaleb(scale),
        label=label,
        decimals=understood.decimals or 0,
        # A count alone in brackets is what the rate counts.
        numerator=understood.numerator if understood.numerator is not None else count_of(understood.companion),
        denominator=understood.denominator,
        cumulative=None if understood.cumulative is None else understood.cumulative.scaleb(scale),
        unit=understood.unit,
        remark=" ".join(part for part in (understood.companion, understood.leftover) if part),
        span=span_of(window) if window else None,
        **about,
    )


def plain(value: Decimal, decimals: int | None = None) -> str:
    """A number as people read it, with so many decimals at most."""
    number = value if decimals is None else round(value, decimals)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits(value: Decimal) -> int:
    """How many significant digits a figure has as it is shown: 78.87 has four, 1,200 has two."""
    return len(value.normalize().as_tuple().digits) if value else 0
