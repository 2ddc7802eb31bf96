"""The sheets of framework.xlsx and their columns: the one definition from which reader and writer both derive.

Headers and sheet names are what officers see; `name_of` is how tolerantly both are recognised again.
"""

from __future__ import annotations

import re
from typing import Literal

from perfbook.framework.adjustment_sheet import ADJUSTMENT_WORDS, ADJUSTMENTS, MOVES
from perfbook.framework.check_sheets import CHECKS, DECISIONS, REPLIES, SEVERITIES, SUPPRESSIONS
from perfbook.framework.layout import EVIDENCE, OF_MEASURE, Column, Layout
from perfbook.framework.model import CALCULATIONS, DIRECTIONS, ENTERED, FORECASTS, FREQUENCIES, POLARITIES
from perfbook.framework.plan_sheets import ACTIONS, DELIVERABLES, GRIDS, PUBLISHED_RATINGS, SECTIONS
from perfbook.framework.published_sheets import PUBLISHED, PUBLISHED_STATEMENTS, PUBLISHED_TOTALS
from perfbook.framework.sum_sheet import SUMS
from perfbook.framework.text_figure_sheet import DOINGS, TEXT_FIGURES

# In books that we write: title, purpose, an empty row, the headers, then the rows. The reader looks for the headers.
TITLE_ROW, PURPOSE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 3, 4
SPARE_ROWS = 200
PERIOD_WIDTHS = {"Targets": 13.0, "Past figures": 19.0}

YES_NO = ("yes", "no")
LIMIT_UNITS: tuple[Literal["% of target", "points"], ...] = ("% of target", "points")
MOVEMENTS = ("improved", "consistent", "worse")
GROUPS = ("measures", "score", "trend", "annual", "actions", "rating")
ACTION_COUNTS = ("placements", "distinct", "unreferenced", "several")
MEASURE_COUNTS = ("total", "due", "not_due", "delayed", "reported", "missing", "not_available")
UNITS = ("percent", "count", "number", "£", "£m", "days", "days per FTE", "rate per 1,000", "rate per 10,000")

# Fixed lists for drop-downs, on the hidden sheet; open ones let other words through with a warning.
LISTS: dict[str, tuple[str, ...]] = {
    "list_units": UNITS,
    "list_good_is": POLARITIES,
    "list_frequencies": FREQUENCIES,
    "list_calculations": CALCULATIONS,
    "list_entered": ENTERED,
    "list_forecasts": FORECASTS,
    "list_yes_no": YES_NO,
    "list_limit_units": LIMIT_UNITS,
    "list_directions": DIRECTIONS,
    "list_movements": MOVEMENTS,
    "list_groups": GROUPS,
    "list_severities": SEVERITIES,
    "list_decisions": DECISIONS,
    "list_adjustments": tuple(ADJUSTMENT_WORDS.values()),
    "list_doings": DOINGS,
}
OPEN_LISTS = frozenset({"list_units", "list_bands", "list_rows"})
# Lists that grow with their sheet: (sheet, field).
RANGES: dict[str, tuple[str, str]] = {
    "list_measures": ("Measures", "key"),
    "list_rows": ("Measures", "key"),
    "list_priorities": ("Priorities", "name"),
    "list_directorates": ("Directorates", "name"),
    "list_bands": ("Schemes", "band"),
    "list_checks": ("Checks", "code"),
}
SCHEME_LIST = "list_schemes"
MOST_SCHEMES = 20

MEASURES = Layout(
    "Measures",
    "One row a measure: what it is, who returns it, how it is judged. Add new ones below; never re-use a key.",
    (
        Column(
            "key",
            "Key",
            12,
            "Permanent and unique: letters, digits, hyphens. Figures are kept under it: never change or re-use it.",
            "key",
            required=True,
        ),
        Column("code", "Code", 10, "What the council calls the measure. It may change, and need not be unique."),
        Column("title", "Title", 52, "The measure's title, as reports show it.", "long text", required=True),
        Column(
            "priority",
            "Priority",
            30,
            "A priority of the council plan, from the sheet Priorities.",
            "choice",
            "list_priorities",
            required=True,
        ),
        Column(
            "directorate",
            "Directorate",
            28,
            "Who returns the figure, from the sheet Directorates.",
            "choice",
            "list_directorates",
            required=True,
        ),
        Column("owner", "Owner", 22, "The role that answers for the figure. A role, not a person's name."),
        Column(
            "unit",
            "Unit",
            16,
            "percent, count, £, days, or words of your own. `rate per 10,000` multiplies a fraction by 10,000.",
            "choice",
            "list_units",
            required=True,
        ),
        Column(
            "decimals",
            "Decimals",
            9.5,
            "How many decimals are shown, 0 to 6; 1 shows 76.8%. Figures are compared as they are shown.",
            "whole",
            required=True,
        ),
        Column(
            "polarity",
            "Good is",
            9,
            "higher or lower: which way is better. range: good within a range. none: not scored.",
            "choice",
            "list_good_is",
            required=True,
        ),
        Column(
            "frequency",
            "Frequency",
            12,
            "How often there is a new figure. Blank: as often as returns are sent out.",
            "choice",
            "list_frequencies",
        ),
        Column(
            "calculation",
            "Calculation",
            12,
            "snapshot: of the period alone. cumulative: since the start of the year. rolling: the last twelve months. "
            "Blank: snapshot.",
            "choice",
            "list_calculations",
        ),
        Column(
            "arrears",
            "Arrears",
            8.5,
            "How many of its own periods the figure comes late: 1 for a quarterly figure that is a quarter behind. "
            "Blank: 0.",
            "whole",
        ),
        Column(
            "scheme",
            "Scheme",
            19,
            "How it is scored, from the sheet Schemes. Blank: the council's usual scheme.",
            "choice",
            SCHEME_LIST,
        ),
        Column(
            "numerator",
            "Numerator",
            30,
            "For a figure made from two numbers: what the upper one counts. The return then asks for both numbers.",
            "long text",
        ),
        Column(
            "denominator",
            "Denominator",
            30,
            "For a figure made from two numbers: what the lower one counts.",
            "long text",
        ),
        Column(
            "minimum",
            "Lowest plausible",
            10.5,
            "A figure below this is queried. For percentages type it with the % sign. Blank: no limit.",
            "figure",
        ),
        Column(
            "maximum",
            "Highest plausible",
            10.5,
            "A figure above this is queried. For percentages type it with the % sign. Blank: no limit.",
            "figure",
        ),
        Column(
            "first",
            "First period",
            12,
            "The first period in which the measure is reported, such as 2020-21 Q1. Blank: always.",
            "period",
        ),
        Column(
            "last",
            "Last period",
            12,
            "The last period in which the measure is reported; how a measure is withdrawn. Blank: still in force.",
            "period",
        ),
        Column(
            "definition",
            "Definition",
            46,
            "How the figure is worked out; managers see it beside their return.",
            "long text",
        ),
        Column("note", "Note", 46, "Anything officers should know. It is not shown to managers.", "long text"),
        EVIDENCE,
        Column(
            "entered",
            "Entered",
            13,
            "Of a cumulative or rolling measure, what managers type. in period: the figure of the period alone; the "
            "year to date, or the rolling twelve months, is worked out. Blank: the figure that runs.",
            "choice",
            "list_entered",
            spare=True,
            rare=True,
        ),
        Column(
            "due",
            "Due in",
            8.5,
            "Of a yearly measure, the number of the reporting period in which it is asked for: 3 for the third. "
            "Blank: the one in which the year ends.",
            "whole",
            spare=True,
            rare=True,
        ),
        Column(
            "again",
            "Given again",
            9,
            "How many periods before the return's may be given anew in it, where figures are restated. Blank: 0.",
            "whole",
            spare=True,
            rare=True,
        ),
        Column(
            "forecast",
            "Forecast",
            18,
            "How the end of the year is told, of a cumulative measure: straight line, or last year's profile. own, or "
            "blank: as the return forecasts it.",
            "choice",
            "list_forecasts",
            spare=True,
            rare=True,
        ),
    ),
)

TARGETS = Layout(
    "Targets",
    "One row a measure, one column for each period that a figure is about, or for a whole year.",
    OF_MEASURE,
    by_period=True,
)
PAST_FIGURES = Layout(
    "Past figures",
    "Figures from before perfbook, as they were published; later ones come from the returns. One column a period.",
    OF_MEASURE,
    by_period=True,
)
BENCHMARKS = Layout(
    "Benchmarks",
    "What a measure is compared with outside the council. A measure may have several rows.",
    (
        *OF_MEASURE,
        Column(
            "label",
            "Benchmark as written",
            52,
            "As reports show it: 80.6% HouseMark Median.",
            "long text",
            required=True,
        ),
        Column("value", "Value", 12, "The figure alone, for charts. Blank where there is none.", "figure"),
        Column(
            "dated",
            "As at",
            20,
            "The day or the period that it is about: 31 March 2020, 2018-19, or words. Blank: not known.",
            spare=True,
        ),
    ),
)
DIRECTORATES = Layout(
    "Directorates",
    "Who fills a return: each directorate listed here gets one.",
    (
        Column("key", "Key", 24, "Short, permanent and unique: letters, digits, hyphens.", "key", required=True),
        Column("name", "Name", 44, "As it is shown, and as the sheet Measures names it.", required=True),
        Column("role", "Role", 34, "Who answers for the return. A role, not a person's name."),
        Column(
            "email",
            "E-mail",
            36,
            "Where reminders go: the mailbox of the role, one address. Blank: none are written.",
            "email",
        ),
        Column(
            "escalation_role",
            "Escalation role",
            30,
            "Who is told when a return stays away. A role, not a person's name.",
            spare=True,
        ),
        Column(
            "escalation_email",
            "Escalation e-mail",
            36,
            "That role's mailbox, one address. Blank: the one that perfbook.toml names.",
            "email",
            spare=True,
        ),
    ),
)
PRIORITIES = Layout(
    "Priorities",
    "The priorities of the council plan, in the order in which the scorecard shows them.",
    (
        Column("key", "Key", 24, "Short, permanent and unique: letters, digits, hyphens.", "key", required=True),
        Column("name", "Name", 64, "As it is shown, and as the sheet Measures names it.", required=True),
    ),
)
SCHEMES = Layout(
    "Schemes",
    "How a figure becomes a score: one row a band, best first, each with its limit. Without limits a person chooses.",
    (
        Column("scheme", "Scheme", 21, "A short key; the same for each of the scheme's bands.", "key", required=True),
        Column("name", "Name", 26, "The scheme's name, the same for each of its bands.", required=True),
        Column(
            "position", "Position", 9.5, "1 for the best band, 2 for the next, without gaps.", "whole", required=True
        ),
        Column("band", "Band key", 20, "Short and permanent, with underscores: below_target.", "key", required=True),
        Column("word", "Word", 28, "What readers see: Below target.", required=True),
        Column("symbol", "Symbol", 9, "One or two characters that can be told apart without colour.", required=True),
        Column("colour", "Colour", 11, "As #RRGGBB, dark enough to be read on white.", "colour", required=True),
        Column(
            "limit",
            "Limit",
            9,
            "How far short of the target a figure of this band may be: 0 for target or better. Blank in the last band, "
            "and in all bands where a person chooses.",
            "number",
        ),
        Column(
            "limit_unit",
            "Limit unit",
            14,
            "% of target, or points in the measure's own unit (percentage points). Blank: % of target.",
            "choice",
            "list_limit_units",
        ),
        Column(
            "explain",
            "Explanation needed",
            13,
            "yes from the first band that calls for an explanation, and in each band below it.",
            "choice",
            "list_yes_no",
        ),
        Column(
            "tolerance",
            "Movement tolerance %",
            13,
            "A movement of up to this many % of the earlier figure still counts as consistent. Blank: 0.",
            "number",
        ),
        Column(
            "chosen",
            "Chosen without target",
            12,
            "yes: where a measure has no target, a person chooses the score in the return. The same for each band.",
            "choice",
            "list_yes_no",
            spare=True,
            rare=True,
        ),
        Column(
            "only_if",
            "Only if",
            24,
            "A direction that the band wants beside its limit: a green only if not worse than last year. Blank: none.",
            "choice",
            "list_directions",
            spare=True,
            rare=True,
        ),
        Column(
            "or_if",
            "Or if",
            24,
            "A direction that is enough, however far off the target: amber, or if improved on last year, so that red "
            "is only what has not improved. Blank: none.",
            "choice",
            "list_directions",
            spare=True,
            rare=True,
        ),
    ),
)
READ_ME = "Read me"
HIDDEN = "Lists"
LAYOUTS: tuple[Layout, ...] = (
    MEASURES,
    TARGETS,
    PAST_FIGURES,
    BENCHMARKS,
    DELIVERABLES,
    ACTIONS,
    SECTIONS,
    GRIDS,
    DIRECTORATES,
    PRIORITIES,
    SCHEMES,
    PUBLISHED,
    PUBLISHED_TOTALS,
    PUBLISHED_STATEMENTS,
    PUBLISHED_RATINGS,
    CHECKS,
    SUPPRESSIONS,
    REPLIES,
    ADJUSTMENTS,
    TEXT_FIGURES,
    SUMS,
    MOVES,
)

_ANYTHING_ELSE = re.compile(r"[^0-9a-z%]+")


def name_of(text: str) -> str:
    """A header or sheet name without what does not matter: case, spaces of any kind, hyphens, line breaks."""
    return _ANYTHING_ELSE.sub("", text.casefold())
