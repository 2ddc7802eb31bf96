"""What the modules of family W share: which figures may be the measure's, and the measure of their examples."""

from __future__ import annotations

from dataclasses import replace

from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.numbers import Number, numbers_in
from perfbook.checks.across.subject import Line, Subject, Text
from perfbook.framework.typed import own_scale

__all__ = ["LINE", "ONE_OF_THEM", "figures_in", "says", "suits"]

ONE_OF_THEM = "Correct one of them."

LINE = Line(
    "Invoices paid in time",
    "EX1",
    unit=PERCENT,
    polarity="higher",
    now=read_figure("54.5%", PERCENT, "Q2"),
    before=(read_figure("60.1%", PERCENT, "Q1"),),
    target=read_figure("85%", PERCENT, "Target"),
)


def says(text: str, **changes: object) -> Subject:
    """The measure of the examples with a commentary."""
    return Subject((replace(LINE, texts=(Text("commentary", text),), **changes),))  # type: ignore[arg-type]


def figures_in(text: str, line: Line) -> tuple[Number, ...]:
    """The figures of a text as the measure counts: of one in millions £2.3m is 2.3."""
    numbers, scale = numbers_in(text), own_scale(line.unit)
    return (
        tuple(_scaled(number, -scale) if number.kind == "money" else number for number in numbers) if scale else numbers
    )


def _scaled(number: Number, scale: int) -> Number:
    low, high, half = (value.scaleb(scale) for value in (number.low, number.high, number.half))
    return replace(number, low=low, high=high, half=half)


def suits(number: Number, line: Line) -> bool:
    """Whether a figure of a text is of the kind that the measure counts."""
    kinds = {"percent": ("percent",), "currency": ("money",)}.get(line.unit.kind, ("number",))
    if line.unit.kind == "percent" and number.kind == "number" and not number.after:
        return number.low != number.low.to_integral_value()
    if line.unit.multiplier > 1:
        return number.kind == "per" or (number.kind == "number" and number.low != number.low.to_integral_value())
    return number.kind in kinds
