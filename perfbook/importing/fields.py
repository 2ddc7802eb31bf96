"""What a column of a spreadsheet can become: fields, how officers name them, the headers by which they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from perfbook.errors import UsageError
from perfbook.framework.periods import Period
from perfbook.importing.spelling import exact

# Field -> the word that stands in the sheet Import and in --map.
FIELDS: dict[str, str] = {
    "code": "Code",
    "title": "Title",
    "priority": "Priority",
    "directorate": "Directorate",
    "owner": "Owner",
    "email": "E-mail",
    "unit": "Unit",
    "decimals": "Decimals",
    "polarity": "Good is",
    "frequency": "Frequency",
    "calculation": "Calculation",
    "arrears": "Arrears",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "definition": "Definition",
    "note": "Note",
    "benchmark": "Benchmark",
    "actual": "Figure",
    "target": "Target",
    "score": "Score",
    "trend": "Trend",
    "nothing": "Not placed",
}
BY_PERIOD = frozenset({"actual", "target", "score", "trend"})
# Of these a measure may have several columns.
SEVERAL = frozenset({"note", "benchmark", "nothing"})


@dataclass(frozen=True)
class Goal:
    """Where a column goes: a field and, for figures, the period that they are about."""

    field: str
    period: Period | None = None

    def __str__(self) -> str:
        word = FIELDS[self.field]
        return f"{word} {self.period.label}" if self.period else word


NOTHING = Goal("nothing")
_ALSO = {"actual": "actual", "past figure": "actual", "polarity": "polarity", "rag": "score", "email": "email"}
_ALSO |= {
    "comment": "note",
    "commentary": "note",
    "nothing": "nothing",
    "measure": "title",
    "department": "directorate",
}


def goal_of(text: str, year_start: int) -> Goal:
    """The goal that an officer wrote: `Title`, `Target 2020-21 Q1`, `Not placed`. Raises UsageError."""
    words = " ".join(text.split())
    known = {word.casefold(): field for field, word in FIELDS.items()} | {field: field for field in FIELDS} | _ALSO
    for word in sorted(known, key=len, reverse=True):
        if words.casefold() == word:
            return Goal(known[word])
        if known[word] in BY_PERIOD and words.casefold().startswith(f"{word} "):
            period = exact(words[len(word) :], year_start)
            if period is None:
                raise UsageError(f"{words[len(word) + 1 :]!r} is not a period. Write it like 2020-21 Q2 or Sep 2020.")
            return Goal(known[word], period)
    raise UsageError(
        f"{words!r} is nothing that a column can become. Choose one of: {', '.join(FIELDS.values())}; "
        "with a period after Figure, Target, Score and Trend."
    )


_MEASURE = r"(?:key )?(?:performance )?(?:measures?|indicators?|metrics?|kpis?|p\.?i\.?s?|pis?)"
# In this order: the first that fits counts. Each with how surely it says what the column is: 3 in so many words.
_HEADERS: tuple[tuple[str, int, str], ...] = (
    (
        "nothing",
        3,
        r".*\b(?:variance|difference|change|deviation|gap)\b.*|.*\+/-.*|.*\bvs\.?\b.*|.*\bagainst target\b.*",
    ),
    (
        "nothing",
        3,
        r".*\b(?:tolerance|threshold|trigger|intervention)s?\b.*|(?:rank|quartile|row|order|sort)(?:ing)?"
        r"|.*\bforecast\b.*",
    ),
    (
        "benchmark",
        3,
        r".*\b(?:benchmark\w*|comparators?|national|england|english|regional|statistical neighbours?"
        r"|neighbours?|cipfa|peers?|core cities|unitary|family group)\b.*",
    ),
    ("benchmark", 2, r".*\b(?:average|avge?|median|quartile|baselines?|all councils|west midlands|london)\b.*"),
    (
        "polarity",
        3,
        r"polarity|good is|.*\bgood(?: performance)? (?:is|looks? like|means)\b.*|what(?:'"
        r"|\u2019)?s good.*|.*\bbetter(?: is)?\b.*|.*\b(?:high|higher|bigger|up) or (?:low|lower|smaller"
        r"|down)\b.*|.*\bhigh ?/ ?low\b.*|(?:desired|preferred|intended|target) (?:direction|trend"
        r"|outcome direction).*|(?:aim|aiming) (?:to|for)",
    ),
    (
        "trend",
        3,
        r"d\.?o\.?t\.?|.*\bdirection(?: of travel)?\b.*|.*\btrend\w*\b.*|.*\btravel\b.*|.*\barrows?\b.*"
        r"|(?:annual|yearly) comparison",
    ),
    ("score", 3, r".*\b(?:rag|b?ragg?|traffic[ -]lights?|rag status|rag rating)\b.*"),
    (
        "score",
        2,
        r"(?:performance |current |overall |target )?(?:status|score|rating|symbol)|perf\.?|on target\??"
        r"|met\??|target met\??",
    ),
    ("email", 3, r".*\be-?mail\b.*"),
    ("numerator", 3, r".*\bnumerator\b.*"),
    ("denominator", 3, r".*\bdenominator\b.*"),
    ("target", 3, r".*\btargets?\b.*"),
    ("target", 2, r"goal|planned|plan(?:ned)? (?:figure|value|level)|profile"),
    ("actual", 3, r".*\b(?:actuals?|outturns?|results?|achieved|values?|figures?|performance data|reported)\b.*"),
    (
        "code",
        3,
        rf"(?:{_MEASURE} )?(?:codes?|refs?\.?(?:erences?)?(?: no\.?| number)?|no\.?|nos?\.?|numbers?|ids?"
        rf"|i\.d\.|#)|#|(?:pi|ki|mi|ni|bv|bvpi) ?(?:no\.?|ref\.?|code)?|code as typed|unique.*(?:ref|id).*",
    ),
    (
        "title",
        3,
        rf"{_MEASURE}(?: (?:title|name|description|definition|text|detail)s?)?|(?:short )?(?:title"
        rf"|name)(?: of {_MEASURE})?|(?:description|name|title) of (?:the )?{_MEASURE}|what (?:we"
        rf"|is) measured?.*",
    ),
    (
        "unit",
        3,
        r"units?(?: of measure(?:ment)?)?|uom|measured (?:in|as)|(?:data|unit|number|measure)? ?(?:type|format)",
    ),
    ("decimals", 3, r"decimals?(?: places)?|d\.?p\.?s?"),
    (
        "frequency",
        3,
        r".*\bfrequency\b.*|how often.*|reporting (?:cycle|period|interval)|(?:reported|collected|collection)",
    ),
    (
        "calculation",
        3,
        r"calculation(?: type| method)?|cumulative(?:\?| or .*| ?/ ?.*)?|.*\bsnapshot\b.*|(?:figure "
        r"|data )?basis|accumulation",
    ),
    ("arrears", 3, r".*\b(?:arrears|lag)\b.*"),
    ("priority", 3, r".*\bpriorit(?:y|ies)\b.*"),
    ("directorate", 3, r".*\b(?:directorates?|departments?|dept\.?)\b.*"),
    (
        "owner",
        3,
        r".*\b(?:owners?|leads?|accountable|responsib\w+|officers?|managers?|contact|head of service|director|sro)\b.*",
    ),
    (
        "priority",
        2,
        r".*\b(?:themes?|outcomes?|objectives?|ambitions?|aims?|goals?|pledges?|focus areas?|workstreams?"
        r"|pillars?)\b.*",
    ),
    ("directorate", 2, r".*\b(?:services?(?: areas?)?|divisions?|teams?|portfolios?|sub-?groups?|business units?)\b.*"),
    ("priority", 1, r"sections?|categor(?:y|ies)|groups?|areas?|headings?"),
    (
        "note",
        3,
        r".*\b(?:comment\w*|commentar\w+|notes?|narrative|updates?|explanations?|remarks?|reasons?"
        r"|analysis|actions?|context|rationale)\b.*",
    ),
    (
        "definition",
        3,
        r".*\b(?:definitions?|methodolog\w+|how (?:it|this) is|formula|counting rules?|guidance|source|purpose)\b.*",
    ),
    ("definition", 2, r"(?:full |long )?(?:descriptions?|details?)"),
    (
        "actual",
        1,
        r"(?:current |latest |overall )?(?:performance|position|data|level|achievement|ytd|year to date"
        r"|cumulative|year end|full year|annual|total)",
    ),
)
_COMPILED = tuple((field, sure, re.compile(pattern)) for field, sure, pattern in _HEADERS)


@dataclass(frozen=True)
class Known:
    """What a header says of its column: a field and how surely (3 in so many words, 1 hardly)."""

    field: str
    sure: int


def known_header(text: str) -> Known | None:
    """The field that a header names, without what it says of a period."""
    words = " ".join(re.sub(r"[_\n]+", " ", text.casefold()).replace("\u2019", "'").split()).strip(" :.*?")
    if not words or len(words) > 80:
        return None
    for field, sure, pattern in _COMPILED:
        if pattern.fullmatch(words):
            return Known(field, sure)
    return None
