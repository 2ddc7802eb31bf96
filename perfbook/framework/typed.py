"""Values as people type them: `76.8% (113/147)`, `5.89 Days`, `1.54% (V=£1,339,112)`, `New Measure`, `Delay with data`.

`read_typed` turns a cell's value into number, fraction, unit, status and basis, and keeps what it could not place.
Nothing is ever converted on a hunch: a number cell is what Excel stored, and a unit that does not suit stays visible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from perfbook._quick import quick
from perfbook.framework.model import Measure, PastFigure, Place, Unit, ValueStatus
from perfbook.records import Basis
from perfbook.scoring.rounding import as_decimal15, round_half_away
from perfbook.workbook.text import clean_text

CellValue = str | float | int | bool | None


@quick
@dataclass(frozen=True)
class Typed:
    """A typed value, understood.

    Numbers are in stored units of the measure (percentages as fractions). `status` is None for an empty cell and for
    text that is neither a number nor a known status; `decimals` are the places that were typed or shown (of the
    percentage, for percentages), None where unknown. `cumulative` is the second figure of `60 (122 cum)`. `companion`
    is what stood in brackets and is not a fraction, as typed. `unit` is the unit that was typed beside the number, if
    any. `mark` is a footnote mark behind the figure (`54*`). `leftover` is text that was not understood.
    """

    status: ValueStatus | None
    number: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    basis: Basis = "in period"
    cumulative: Decimal | None = None
    companion: str = ""
    unit: str = ""
    decimals: int | None = None
    leftover: str = ""
    mark: str = ""


_NOTHING = Typed(None)


def read_typed(value: CellValue, unit: Unit) -> Typed:
    """The meaning of a cell's value for a measure of the given unit. Never raises.

    A number is taken as Excel stored it: 0.768 in a measure in percent is 76.8 %, and 76.8 there is 7680 %. Text is
    read as it would be typed: `100` and `100%` in a measure in percent are both 100 %. A per cent sign in another
    measure is kept as the unit, beside the number as typed.
    """
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return Typed(None, leftover=str(value).upper())
    if isinstance(value, str):
        return _read_text(value, unit)
    try:
        return Typed("provided", as_decimal15(value))
    except (ValueError, ArithmeticError, TypeError):
        return Typed(None, leftover=str(value))


# --- Words --------------------------------------------------------------------------------------------------------

_STATUSES: dict[ValueStatus, str] = {
    "new": r"new(?: (?:measure|indicator|kpi|pi))?",
    "delayed": r"delay(?:ed)?|delay(?:ed)? (?:with|in) (?:the )?data|(?:data )?(?:is )?delayed|delayed data|data delay",
    "not due": r"(?:data )?not (?:yet )?due(?: (?:this|until|till|yet)\b.*)?",
    "not available": (
        r"n/a|na|n\.a\.?|not applicable|(?:data |figures? |yet )?(?:are |is )?(?:not (?:yet )?available|unavailable)"
        r"|no data(?: available)?|-+|\.{2,}"
    ),
    "withdrawn": r"(?:measure |indicator )?(?:withdrawn|discontinued)",
}
# What follows a status after a dash, colon or bracket is a remark, which stays as leftover.
_STATUS_PATTERNS = {
    status: re.compile(rf"(?:{words})\.?(?:\s*[-:;,(]\s*(?P<remark>[^-].*))?", re.IGNORECASE | re.DOTALL)
    for status, words in _STATUSES.items()
}
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_NOUGHT = frozenset({"nil", "zero"})
_YEAR_TO_DATE = re.compile(r"\b(?:cum|cumul|cumulative|ytd|year[ -]to[ -]date|to date)\b\.?", re.IGNORECASE)
_ROLLING = re.compile(r"\brolling\b", re.IGNORECASE)

# --- Numbers ------------------------------------------------------------------------------------------------------

# Commas part thousands, as they do here; a comma is decimal only where it can be nothing else (`76,8`, `1.234,56`).
_DIGITS = (
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]{1,2}"
    r"|[0-9]+,[0-9]{1,2}|0,[0-9]+"
    r"|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?"
    r"|\.[0-9]+)(?![0-9.,]*[0-9])"
)
_NUMBER = (
    r"(?P<sign>[-+]?)(?P<pounds>(?:£|gbp) ?)?(?P<sign2>(?<=£)-)?"
    rf"(?P<digits>{_DIGITS})"
    r"(?P<scale>\s?(?:k|m|mn|bn|thousand|million|billion)(?![A-Za-z]))?"
)
_WHOLE = re.compile(
    rf"{_NUMBER}\s*(?P<unit>(?:[A-Za-z%£][A-Za-z%£ /.'-]*?)?(?:\bper [0-9,]+)?)\s*(?:\((?P<bracket>[^()]*)\))?\s*",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\(\s*(?P<inner>[£0-9.][^()/]*)\)\s*(?P<after>%?)")
_FRACTION = re.compile(rf"(?P<top>{_DIGITS})\s*(?:/|\bout of\b|\bof\b)\s*(?P<bottom>{_DIGITS})", re.IGNORECASE)
_PERCENT = re.compile(r"%|per ?cent\b|pct\b", re.IGNORECASE)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
_UNIT_SCALE = re.compile(r"£\s*(?P<scale>k|m|mn|bn|000s?|thousands?|millions?|billions?)\b", re.IGNORECASE)

# What a unit measures. Two units contradict each other where both are known and share nothing.
_TIME = {
    "minute": r"min(?:ute)?s?",
    "hour": r"h(?:ou)?rs?",
    "day": r"days?",
    "week": r"w(?:ee)?ks?",
    "month": r"months?|mths?",
    "year": r"years?|yrs?",
}
_TIMES = {word: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for word, words in _TIME.items()}
_MONEY = re.compile(r"£|\b(?:gbp|pounds?)\b", re.IGNORECASE)
_SHARE = re.compile(r"%|\bper ?cent|\bpct\b|\bpp\b", re.IGNORECASE)
_PER = re.compile(r"\bper ([\d,]+)", re.IGNORECASE)
_COUNTED = re.compile(r"count|no\.?|(?:number|count) of\b.*", re.IGNORECASE)
# Signs that stand for a footnote and are no part of a number.
_MARKED = re.compile(r"(?P<figure>.*[0-9%)])\s?(?P<mark>[*\u2020\u2021\u00a7]{1,3})")
_DATE_LIKE = re.compile(r"0[0-9]")

_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_MINUS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Longer than this is running text; nobody types such a figure.
_LONGEST = 300
_LARGEST, _SMALLEST = Decimal("1E300"), Decimal("1E-300")


def _read_text(value: str, unit: Unit) -> Typed:
    original = clean_text(value, drop_zero_width=True).strip()
    text = _MINUS.sub("-", _SPACES.sub(" ", original)).translate(_FULL_WIDTH).replace("\u2026", "...").strip()
    if not text:
        return Typed(None)
    if len(text) > _LONGEST:
        return Typed(None, leftover=original)
    understood = _status(text) or _fraction_alone(text) or _figure(text, unit) or _marked(text, unit)
    return understood or Typed(None, leftover=original)


def _marked(text: str, unit: Unit) -> Typed | None:
    """A figure with a footnote mark behind it."""
    match = _MARKED.fullmatch(text)
    understood = _figure(match["figure"], unit) if match else None
    return replace(understood, mark=match["mark"]) if match and understood else None


def _status(text: str) -> Typed | None:
    for status, pattern in _STATUS_PATTERNS.items():
        match = pattern.fullmatch(text)
        if match:
            remark = (match["remark"] or "").strip()
            return Typed(status, leftover=remark[:-1].strip() if remark.endswith(")") and "(" not in remark else remark)
    return None


def _fraction_alone(text: str) -> Typed | None:
    inner = text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text
    parts = _fraction(inner)
    return Typed("provided", numerator=parts[0], denominator=parts[1]) if parts else None


def _figure(text: str, unit: Unit) -> Typed | None:
    negative = _NEGATIVE.fullmatch(text)
    if negative:
        understood = _figure(negative["inner"].strip() + negative["after"], unit)
        if understood is None or understood.number is None:
            return None
        return replace(understood, number=-understood.number)
    if text.lower() in _NOUGHT:
        return Typed("provided", Decimal(0), decimals=0)
    match = _WHOLE.fullmatch(text)
    number = _decimal(match["digits"]) if match else None
    if match is None or number is None:
        return None
    if "-" in (match["sign"], match["sign2"]):
        number = -number
    typed_unit = match["unit"].strip()
    if typed_unit.lower() in _ORDINALS:
        return None
    decimals: int | None = _places(match["digits"])
    scale = (match["scale"] or "").strip().lower()
    pounds = bool(match["pounds"]) or unit.kind == "currency"
    if scale == "m" and not pounds:
        # Without a currency it may be metres, months or minutes.
        scale, typed_unit = "", f"m {typed_unit}".strip()
    if scale:
        own = own_scale(unit)
        number = number.scaleb(_SCALES[scale] - own)
        decimals = decimals if _SCALES[scale] == own else None
    basis: Basis = "in period"
    if _YEAR_TO_DATE.search(typed_unit):
        basis, typed_unit = "year to date", _YEAR_TO_DATE.sub("", typed_unit).strip()
    if match["pounds"]:
        typed_unit = f"£ {typed_unit}".strip()
    percent = _PERCENT.match(typed_unit)
    if percent:
        typed_unit = f"% {typed_unit[percent.end() :].strip()}".strip()
    understood = Typed("provided", _stored(number, unit), basis=basis, unit=typed_unit, decimals=decimals)
    return _with_bracket(understood, (match["bracket"] or "").strip(), unit)


def _with_bracket(understood: Typed, bracket: str, unit: Unit) -> Typed:
    """What stood in brackets: the fraction, the year to date, the basis, or a companion that stays as it is."""
    if not bracket:
        return understood
    parts = _fraction(bracket)
    if parts:
        return replace(understood, numerator=parts[0], denominator=parts[1])
    if _YEAR_TO_DATE.search(bracket):
        rest = _YEAR_TO_DATE.sub("", bracket).strip(" :=-")
        if not rest:
            return replace(understood, basis="year to date")
        second = _figure(rest, unit)
        if second and second.number is not None and not second.companion:
            return replace(understood, cumulative=second.number)
    if _ROLLING.search(bracket):
        return replace(understood, basis="rolling", companion=bracket)
    return replace(understood, companion=bracket)


def _fraction(text: str) -> tuple[Decimal, Decimal] | None:
    match = _FRACTION.fullmatch(text)
    # `05/06` is a day, not a share.
    if not match or _DATE_LIKE.match(match["top"]) or _DATE_LIKE.match(match["bottom"]):
        return None
    top, bottom = _decimal(match["top"]), _decimal(match["bottom"])
    return (top, bottom) if top is not None and bottom is not None else None


def _stored(number: Decimal, unit: Unit) -> Decimal:
    return as_decimal15(number.scaleb(-2) if unit.kind == "percent" else number)


def _decimal(digits: str) -> Decimal | None:
    """The number that digits with separators stand for; None where no cell could hold it."""
    plain = digits.replace(" ", "")
    if _has_decimal_comma(plain):
        plain = plain.replace(".", "").replace(",", ".")
    number = Decimal(plain.replace(",", ""))
    if number and not _SMALLEST < abs(number) < _LARGEST:
        return None
    return as_decimal15(number)


def _has_decimal_comma(plain: str) -> bool:
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma < 0 or dot > comma:
        return False
    return dot >= 0 or (plain.count(",") == 1 and (len(plain) - comma != 4 or plain.startswith("0,")))


def _places(digits: str) -> int | None:
    if "e" in digits.lower():
        return None
    plain = digits.replace(" ", "")
    if _has_decimal_comma(plain):
        return len(plain) - plain.rfind(",") - 1
    return len(plain.partition(".")[2])


def own_scale(unit: Unit) -> int:
    """The power of ten in which a measure in money counts: 6 for `£m`."""
    match = _UNIT_SCALE.search(unit.label)
    if not match or unit.kind != "currency":
        return 0
    word = match["scale"].lower()
    return 3 if word.startswith("000") else _SCALES[word.removesuffix("s")]


@lru_cache(maxsize=4096)
def contradicts(typed: str, unit: Unit) -> bool:
    """Whether a unit that was typed beside a figure cannot be the measure's: `2 weeks` where days are counted.

    Words that name no known unit contradict nothing.
    """
    said, own = _measured(typed), _measured(unit.label)
    if not said:
        return False
    if not own:
        return "percent" in said
    shared = said.keys() & own.keys()
    return not shared or any(not said[kind] & own[kind] for kind in shared)


def _measured(label: str) -> dict[str, frozenset[str]]:
    """What a unit measures, by kind: `{"time": {"day"}}`; empty where it names nothing that is known."""
    found = {
        "time": frozenset(word for word, pattern in _TIMES.items() if pattern.search(label)),
        "money": frozenset({"pound"} if _MONEY.search(label) else ()),
        "percent": frozenset({"percent"} if _SHARE.search(label) else ()),
        "per": frozenset(number.replace(",", "") for number in _PER.findall(label)),
        "count": frozenset({"count"} if _COUNTED.fullmatch(label.strip()) else ()),
    }
    return {kind: words for kind, words in found.items() if words}


def same_scale(one: Unit, other: Unit) -> bool:
    """Whether figures in one unit may stand as figures in the other: only the words may differ."""
    alike = (one.kind, one.multiplier, own_scale(one)) == (other.kind, other.multiplier, own_scale(other))
    return alike and not contradicts(one.label, other)


def figure_of(understood: Typed, unit: Unit) -> Fraction | Decimal | None:
    """The figure that a typed value stands for, in stored units and not rounded.

    A fraction decides over a typed figure (DESIGN, Judging a figure); None where there is neither.
    """
    top, bottom = understood.numerator, understood.denominator
    if top is not None and bottom:
        return Fraction(top) * unit.multiplier / Fraction(bottom)
    return understood.number


def past_figure(understood: Typed, measure: Measure, shown: str, place: Place) -> PastFigure | None:
    """A figure of an earlier period as a measure shows it; None for what is neither a figure nor a status."""
    figure = figure_of(understood, measure.unit)
    if understood.status is None or (understood.status == "provided" and figure is None):
        return None
    actual = None if figure is None else round_half_away(figure, measure.places)
    return PastFigure(
        understood.status, actual, shown, place, understood.companion, understood.cumulative, understood.mark
    )
