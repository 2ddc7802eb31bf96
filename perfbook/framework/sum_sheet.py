"""The sheet Sums of framework.xlsx: measures whose figures are parts of another measure's."""

from __future__ import annotations

from perfbook.framework.layout import OF_MEASURE, Column, Layout

SUMS = Layout(
    "Sums",
    "Measures whose figures are parts of another measure's: of each period the parts together have to be the whole.",
    (
        *OF_MEASURE,
        Column(
            "whole",
            "Part of",
            12,
            "The key of the measure of which this one is a part. Choose it from the list.",
            "choice",
            "list_measures",
            required=True,
        ),
    ),
    needed=False,
    rare=True,
)
