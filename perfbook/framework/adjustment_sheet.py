"""The sheet Adjustments of framework.xlsx: what officers change by hand, and the words in which they say so."""

from __future__ import annotations

from perfbook.framework.layout import OF_MEASURE, Column, Layout
from perfbook.framework.model import AdjustmentKind

ADJUSTMENT_WORDS: dict[AdjustmentKind, str] = {
    "correct": "correct the figure",
    "score": "set the score",
    "enter": "enter on behalf",
    "provisional": "mark as provisional",
    "accept": "accept a file",
    "rating": "set the rating",
}
# In place of a band, where a figure is not to be scored.
NOT_SCORED = "not scored"
# In place of a rating, where a person says that there is none.
UNRATED = "not rated"

_KEY, *_FOLLOWING = OF_MEASURE
ADJUSTMENTS = Layout(
    "Adjustments",
    "What you change by hand, with the reason: it counts, and the return's own figure stays visible beside it.",
    (
        Column(
            "what",
            "Adjustment",
            20,
            "What you do: correct the figure, set the score, enter on behalf, mark as provisional, accept a file, or "
            "set the rating of an action.",
            "choice",
            "list_adjustments",
            required=True,
        ),
        Column(
            "key",
            _KEY.header,
            _KEY.width,
            "The measure's key, or the action's; code and title follow. Blank where you accept a file.",
            "choice",
            "list_rows",
        ),
        *_FOLLOWING,
        Column(
            "period",
            "Period",
            13,
            "The period that the figure is about, such as 2020-21 Q2; for a file the period of the return.",
            "period",
            required=True,
        ),
        Column(
            "value",
            "Value",
            20,
            "The right figure, such as 76.8% (113/147); on behalf also a word such as Delayed; for a score or a rating "
            "the band's key or word, or not scored, not rated. Blank for provisional and for a file.",
            "figure",
        ),
        Column(
            "deliverable",
            "Under",
            12,
            "Only for a rating: the deliverable, by reference or key. Blank: in every place where the action stands, "
            "but those that have a row of their own.",
            spare=True,
            of_actions=True,
        ),
        Column(
            "update",
            "Update",
            40,
            "Only for a rating: the update that counts instead of the return's. Blank: the return's.",
            "long text",
            spare=True,
            of_actions=True,
        ),
        Column(
            "progress",
            "Done",
            9,
            "Only for a rating: how much is done, such as 40%. Blank: what the return says.",
            "share",
            spare=True,
            of_actions=True,
        ),
        Column(
            "revised",
            "Revised date",
            16,
            "Only for a rating: the revised date, a day or words. Blank: what the return says.",
            "day",
            spare=True,
            of_actions=True,
        ),
        Column(
            "file",
            "File",
            40,
            "Only where you accept a file: its name in the returns folder, as the sheet Files of the scorecard has it.",
            "long text",
        ),
        Column("reason", "Reason", 60, "Why; readers see it wherever the figure is shown.", "long text", required=True),
        Column("by", "Decided by", 28, "Who decided it, as readers should see it.", required=True),
    ),
    needed=False,
)
MOVES = Layout(
    "Moves",
    "What another directorate reported before: earlier periods are collected from whoever owed them then.",
    (
        Column("item", "Key of measure or action", 16, "Its key on the sheet Measures or Actions.", required=True),
        Column(
            "until",
            "Reported until",
            14,
            "The last reporting period in which the other directorate reported it, such as 2020-21 Q2.",
            "period",
            required=True,
        ),
        Column(
            "directorate",
            "By directorate",
            44,
            "Who reported it until then. A directorate that is no more stays on Directorates, and gets no return.",
            "choice",
            "list_directorates",
            required=True,
        ),
        Column("note", "Note", 46, "Anything officers should know.", "long text"),
    ),
    needed=False,
)
