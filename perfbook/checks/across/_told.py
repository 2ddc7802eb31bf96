"""What both modules of family W share: sentences, and the measure of their examples."""

from __future__ import annotations

from dataclasses import replace

from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.subject import Line, Subject, Text

__all__ = ["LINE", "ONE_OF_THEM", "says"]

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
