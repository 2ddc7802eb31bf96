"""The sheet Text figures of framework.xlsx: what officers correct in the figures that were picked out of texts."""

from __future__ import annotations

from perfbook.framework.layout import Column, Layout

# What may be done with a picked figure.
DOINGS = ("correct", "leave out", "add")

TEXT_FIGURES = Layout(
    "Text figures",
    "Corrections of figures that were picked out of baselines and updates: they count from the next run on.",
    (
        Column("key", "Action", 12, "The key of the action in whose text the figure stands.", required=True),
        Column(
            "period",
            "Period",
            13,
            "The reporting period of the update, such as 2021-22 Q1. Blank: the baseline.",
            "period",
        ),
        Column(
            "found",
            "Label as picked",
            44,
            "The label as the scorecard's sheet Text figures has it. Blank where a figure is added.",
            "long text",
        ),
        Column(
            "doing",
            "What to do",
            11,
            "correct: what you fill in to the right counts. leave out: it is no figure. add: the text has it too.",
            "choice",
            "list_doings",
            required=True,
        ),
        Column("label", "Label", 44, "What the figure is. Blank: as it was picked.", "long text"),
        Column("number", "Number", 11, "The number alone: 74 for 74%. Blank: as it was picked.", "number"),
        Column("unit", "Unit", 14, "Such as %, £k, per 10,000. Blank: as it was picked."),
        Column("about", "Figure for", 16, "What it is about: a period, or words. Blank: as it was picked."),
        Column("reason", "Reason", 44, "Why. Readers see it beside the figure.", "long text", required=True),
        Column("by", "Corrected by", 24, "The role that decided it. A role, not a person's name."),
    ),
    needed=False,
    rare=True,
)
