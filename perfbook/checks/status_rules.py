"""Family S, the status of a row against its figure."""

from __future__ import annotations

from perfbook.checks._vars import (
    ACTION,
    CHOSEN,
    CHOSEN_WORDS,
    COMMENTARY,
    FIGURE,
    FORECAST,
    NO_FIGURE,
    NO_FIGURE_DUE,
    SIGNED,
    STATUS,
    shown,
)
from perfbook.checks.asked import Asked
from perfbook.checks.rule import Rule
from perfbook.scoring.expr import Lit, all_, any_, call, if_, is_blank, is_number, join


def _is_asked_first(asked: Asked) -> bool:
    """What may be given anew may stay blank."""
    return not asked.again


S101 = Rule(
    code="S101",
    severity="warning",
    certified="error",
    title="No figure and no status",
    about="actual",
    needs=_is_asked_first,
    condition=if_(
        all_(NO_FIGURE, is_blank(STATUS)),
        any_(*(call("not", is_blank(filled)) for filled in (SIGNED, FORECAST, COMMENTARY, ACTION))),
        False,
    ),
    found=Lit("There is no figure and no status."),
    remedy="Type the figure, or choose a status.",
    trips={"commentary": "Rising since May."},
    passes={"commentary": "Collection paused.", "status": "Delayed"},
)

S102 = Rule(
    code="S102",
    severity="warning",
    title="A status that says there is no figure, and a figure",
    about="status",
    condition=if_(is_number(FIGURE), NO_FIGURE_DUE, False),
    found=join("The status is ", STATUS, ", but the figure is ", shown(FIGURE), "."),
    remedy="Clear the figure, or change the status to Provided.",
    trips={"entered": 0.5, "typed": 0.5, "status": "Delayed"},
    passes={"status": "Delayed"},
)

S103 = Rule(
    code="S103",
    severity="warning",
    certified="error",
    title="Provided, but no figure",
    about="actual",
    condition=if_(NO_FIGURE, call("eq", STATUS, "provided"), False),
    found=Lit("The status is Provided, but there is no figure."),
    remedy="Type the figure, or choose another status.",
    trips={"status": "Provided"},
    passes={"entered": 0.5, "typed": 0.5, "status": "Provided"},
)

# Rows that are not due have no rules: where this one is asked, a figure is due by the calendar.
S105 = Rule(
    code="S105",
    severity="warning",
    title="Not due, but the calendar says that it is",
    about="status",
    condition=all_(call("eq", STATUS, "not due"), call("not", is_number(FIGURE))),
    found=Lit("The status is Not due, but by the framework a figure is due."),
    remedy="Type the figure, or choose Delayed or Not available.",
    sure="likely",
    trips={"status": "Not due"},
    passes={"status": "Delayed"},
)

S108 = Rule(
    code="S108",
    severity="warning",
    title="No target, and no score was chosen",
    about="chosen_words",
    needs=lambda asked: asked.is_chosen,
    condition=if_(is_number(FIGURE), is_blank(CHOSEN_WORDS), False),
    found=Lit("There is no target, so a person chooses the score, and none is chosen."),
    remedy="Choose one in the column Your score.",
    trips={"entered": 0.5, "typed": 0.5},
    passes={"entered": 0.5, "typed": 0.5, "chosen_words": "Amber"},
)

S109 = Rule(
    code="S109",
    severity="error",
    title="A chosen score that the scheme does not have",
    about="chosen_words",
    needs=lambda asked: asked.is_chosen,
    condition=all_(call("not", is_blank(CHOSEN_WORDS)), call("not", is_number(CHOSEN))),
    found=join("\u201c", call("trim", CHOSEN_WORDS), "\u201d is no score of the scheme."),
    remedy="Choose one from the list.",
    trips={"entered": 0.5, "typed": 0.5, "chosen_words": "Purple"},
    passes={"entered": 0.5, "typed": 0.5, "chosen_words": "A"},
)

S110 = Rule(
    code="S110",
    severity="warning",
    title="A score was chosen although there is a target",
    about="chosen_words",
    needs=lambda asked: asked.scheme.chosen_without_target and asked.has_target,
    condition=call("not", is_blank(CHOSEN_WORDS)),
    found=join("The score ", call("trim", CHOSEN_WORDS), " was chosen, but there is a target, which decides."),
    remedy="Clear it. If the score by the target misleads, say so in the commentary.",
    trips={"entered": 0.5, "typed": 0.5, "chosen_words": "Green"},
    passes={"entered": 0.5, "typed": 0.5},
)

STATUS_RULES: tuple[Rule, ...] = (S101, S102, S103, S105, S108, S109, S110)
