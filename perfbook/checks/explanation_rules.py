"""Family E, explanations: those that are missing, and those that explain nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from perfbook.checks._vars import CALLED, COMMENTARY, LAST_COMMENTARY, REASON
from perfbook.checks.asked import Asked
from perfbook.checks.explain import CALLS, can_call
from perfbook.checks.rule import Knob, Rule, tuned
from perfbook.scoring.expr import Expr, Lit, all_, any_, call, if_, is_blank, join

# What stands where a text is still to be written, without full stops and question marks, as `|word|word|`.
PLACEHOLDERS = (
    "|tbc|tba|tbd|tbd later|x|xx|xxx|xxxx|see above|see below|as above|as before|as last quarter|as previous|ditto"
    "|to follow|update to follow|commentary to follow|to be confirmed|to be added|pending|commentary|comment|text|"
)
# What says nothing where something is asked for, and is an answer elsewhere. The `||` is what is all punctuation.
NOTHING_SAID = "|n/a|na|none|nil|-|--|\u2013|ok|no comment|no comments|no change|no update|same|not applicable||"
_LONGEST = 30


def _explained(asked: Asked) -> bool:
    """Whether anything can call for an explanation in the row."""
    return any(asked.is_asked(code) and can_call(asked, code) for code in CALLS)


def _can_call(code: str) -> Callable[[Asked], bool]:
    return lambda asked: can_call(asked, code)


def _among(value: Expr, words: str) -> Expr:
    """Whether a text is one of a list, whatever its capitals, its spaces, full stops and question marks."""
    return if_(call("lt", call("length", value), _LONGEST), call("among", value, Lit(words)), False)


_IS_CALLED = call("gt", CALLED, 0)
_IS_PLACEHOLDER = all_(
    call("not", is_blank(COMMENTARY)),
    any_(_among(COMMENTARY, PLACEHOLDERS), all_(_IS_CALLED, _among(COMMENTARY, NOTHING_SAID))),
)


def _missing(code: str) -> Expr:
    return all_(call("eq", CALLED, CALLS.index(code) + 1), is_blank(COMMENTARY))


# A warning also in certified returns: councils publish such figures, and the scorecard lists what is not explained.
E101 = Rule(
    code="E101",
    severity="warning",
    title="The score calls for an explanation",
    about="commentary",
    needs=_can_call("E101"),
    condition=_missing("E101"),
    found=join(REASON, ", and the commentary is empty."),
    remedy="Say why, and what is being done.",
    trips={"entered": 0.5, "typed": 0.5, "status": "Provided"},
    passes={"entered": 0.5, "typed": 0.5, "commentary": "Demand doubled in May."},
)

E102 = Rule(
    code="E102",
    severity="warning",
    title="An explanation that is too short",
    about="commentary",
    needs=_explained,
    condition=all_(
        _IS_CALLED,
        call("not", is_blank(COMMENTARY)),
        call("lt", call("length", COMMENTARY), tuned("E102")),
        call("not", _IS_PLACEHOLDER),
    ),
    found=join(
        "The commentary has ",
        call("length", COMMENTARY),
        if_(call("eq", call("length", COMMENTARY), 1), " character", " characters"),
        "; ",
        tuned("E102"),
        " or more are asked for.",
    ),
    remedy="Say why, and what is being done.",
    knob=Knob("How many characters an explanation has at least.", Decimal(12), most=Decimal(1000)),
    trips={"entered": 0.5, "typed": 0.5, "commentary": "Staffing."},
    passes={"entered": 0.5, "typed": 0.5, "commentary": "Two posts were vacant until June."},
)

E103 = Rule(
    code="E103",
    severity="warning",
    title="The explanation of the last time again",
    about="commentary",
    needs=_explained,
    condition=all_(
        _IS_CALLED,
        call("not", is_blank(COMMENTARY)),
        # What the row shows of the last time may go on after the commentary.
        call("eq", call("trim", COMMENTARY), call("left", call("trim", LAST_COMMENTARY), call("length", COMMENTARY))),
    ),
    found=Lit("The commentary is word for word what was said the last time."),
    remedy="Say what has happened since.",
    trips={
        "entered": 0.5,
        "typed": 0.5,
        "commentary": "Two posts were vacant until June.",
        "last_commentary": "Two posts were vacant until June.",
    },
    passes={
        "entered": 0.5,
        "typed": 0.5,
        "commentary": "Both posts are filled since July.",
        "last_commentary": "Two posts were vacant until June.",
    },
)

E104 = Rule(
    code="E104",
    severity="warning",
    title="A placeholder instead of a text",
    about="commentary",
    condition=_IS_PLACEHOLDER,
    found=join("The commentary says only \u201c", call("trim", COMMENTARY), "\u201d."),
    remedy="Write the explanation, or clear the cell where none is asked for.",
    sure="likely",
    trips={"entered": 0.9, "typed": 0.9, "commentary": "tbc"},
    passes={"entered": 0.9, "typed": 0.9, "commentary": "The new contract starts in July (date tbc)."},
)

E105 = Rule(
    code="E105",
    severity="warning",
    title="A missing figure calls for an explanation",
    about="commentary",
    condition=_missing("E105"),
    found=join(REASON, ", and the commentary is empty."),
    remedy="Say why there is no figure, and when it comes.",
    trips={"status": "Delayed"},
    passes={"status": "Delayed", "commentary": "The supplier sends the data in August."},
)

E106 = Rule(
    code="E106",
    severity="info",
    title="A marked change for the worse calls for an explanation",
    about="commentary",
    needs=_can_call("E106"),
    condition=_missing("E106"),
    found=join(REASON, ", and the commentary is empty."),
    remedy="Say what has changed.",
    sure="possible",
    knob=Knob(
        "How much worse: in points for percentages, else in % of the earlier figure (for counts by 10 at least). "
        "Blank: 10 points, 25 %.",
        None,
        most=Decimal(10_000),
    ),
    trips={"entered": 0.86, "typed": 0.86, "earlier": 0.995},
    passes={"entered": 0.86, "typed": 0.86, "earlier": 0.9},
)

EXPLANATION_RULES: tuple[Rule, ...] = (E101, E102, E103, E104, E105, E106)
