"""What a measure's words and figures suggest: its unit, its decimals, which way is good, how it is calculated.

Nothing here is certain. Each guess comes with the reason, which the officer reads beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Generic, TypeVar

from perfbook.framework.model import Calculation, Polarity, Unit
from perfbook.framework.typed import read_typed
from perfbook.importing.source import SourceCell
from perfbook.importing.words import polarity_of, unit_of
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display

T = TypeVar("T")
_NUMBER = Unit.parse("number")
_PERCENT = Unit.parse("percent")
_POUNDS = re.compile(r"\u00a3\s*-?[\d.,]+\s*(k|m|mn|bn|million|thousand)?\b", re.IGNORECASE)
_BARE = re.compile(r"-?(?:[0-9]+\.?[0-9]{0,12}|\.[0-9]{1,12})")
_MOST_DECIMALS = 6
_COMPUTED = 3  # more decimals than that in a cell without a format were not typed


@dataclass(frozen=True)
class Guess(Generic[T]):
    """A value and the reason for it."""

    value: T
    because: str


# --- Units ------------------------------------------------------------------------------------------------------------

_COUNT = re.compile(r"(?:the |total |average )*(?:number|no\.?|numbers|count|volume|#)\s+(?:of\b|\w)", re.IGNORECASE)
_SHARE = re.compile(
    r"^\s*%|^(?:the )?(?:percent|per cent|proportion|share of)|\(\s*%\s*\)|%\s*(?:of|age)?\s*$"
    r"|\bpercentage\b|\bper cent\b|%\s+(?:of|who|with|that)\b|\bas a %|,\s*%",
    re.IGNORECASE,
)
_RATE = re.compile(r"\b(?:per|/)\s*(1,?000|10,?000|100,?000|1k|10k|100k|million)\b", re.IGNORECASE)
_DAYS = re.compile(r"\b(?:working |calendar )?(days|weeks|hours|minutes|months)\b", re.IGNORECASE)
_TIMED = re.compile(
    r"\b(?:average|mean|median|time|duration|length|lost|taken|\((?:working |calendar )?(?:days|weeks"
    r"|hours|minutes|months)\))",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\u00a3\s*(m|mn|k|millions?|000s?|thousands?)?\b|\(\s*\u00a3\s*(m|k|000s?)?\s*\)", re.IGNORECASE)


def guess_unit(title: str, header: str, figures: Sequence[SourceCell]) -> Guess[Unit]:
    """The unit that figures are written in, else that the title names, else a plain number."""
    written = [word for word in map(_written_unit, figures) if word]
    if written:
        label, count = Counter(written).most_common(1)[0]
        if label.startswith("\u00a3"):
            label = min(
                (word for word in written if word.startswith("\u00a3")), key=lambda word: "\u00a3km".find(word[-1])
            )
        if 2 * count >= len(figures) or len(written) == len(figures) or count > 1 or _SHARE.search(title):
            label = "days per FTE" if label == "days" and "per fte" in title.casefold() else label
            return Guess(Unit.parse(label), f"its figures are written with {_sign(label)}")
    numbers = [number for cell in figures if (number := number_of(cell, _NUMBER)) is not None]
    for words, where in ((title, "its title"), (header, "the header of its figures")):
        found = _named_unit(words)
        if found and found[0] == "percent" and "percent" not in written and any(abs(n) > 100 for n in numbers):
            if written:
                return Guess(Unit.parse(written[0]), f"{where} says {found[1]!r}, but a figure is beyond 100")
            break  # no share is beyond the whole
        if found:
            return Guess(Unit.parse(found[0]), f"{where} says {found[1]!r}")
    if numbers and all(number == int(number) for number in numbers):
        return Guess(Unit.parse("count"), "its figures are whole numbers, and neither they nor its title name a unit")
    return Guess(_NUMBER, "neither its figures nor its title name a unit")


def number_of(cell: SourceCell, unit: Unit) -> Decimal | None:
    """The number of a cell as it stands there; None where there is none."""
    if isinstance(cell.value, str):
        return read_typed(cell.value, unit).number
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return as_decimal15(cell.value)
    return None


def _sign(label: str) -> str:
    return "a % sign" if label == "percent" else "a \u00a3 sign" if label == "\u00a3" else repr(label)


def _written_unit(cell: SourceCell) -> str:
    """The unit that is written with one figure, as frameworks name it."""
    if isinstance(cell.value, str):
        pounds = _POUNDS.search(cell.value)
        if pounds:
            scale = (pounds[1] or "").lower()
            return "\u00a3" + ("m" if scale.startswith(("m", "b")) else "k" if scale.startswith(("k", "t")) else "")
        typed = read_typed(cell.value, _PERCENT)
        if typed.number is None:
            ends = re.fullmatch(r"[\d.]+\s*%?\s*(?:-|\u2013|to)\s*[\d.]+\s*%", cell.value.strip())
            return "percent" if ends else ""
        word = typed.unit.casefold().strip()
        return "percent" if word.startswith("%") else unit_of(word) if word else ""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        if "%" in cell.number_format:
            return "percent"
        if "\u00a3" in cell.number_format:
            return "\u00a3"
    return ""


def _named_unit(words: str) -> tuple[str, str] | None:
    """The unit that a title or header names, and the words by which it does."""
    rate = _RATE.search(words)
    if rate:
        number = {"1k": "1,000", "10k": "10,000", "100k": "100,000", "million": "1,000,000"}.get(
            rate[1].lower(), rate[1]
        )
        return f"rate per {int(number.replace(',', '')):,}", rate[0]
    share = _SHARE.search(words)
    count = _COUNT.match(words)
    if count and not (share and share[0].strip().startswith("(")):
        days = _DAYS.search(words)
        if days and days.start() < 25 and _TIMED.search(words):
            return _per_fte(days[1].lower(), words), days[0]
        return "count", " ".join(count[0].split()[:2])
    if share:
        return "percent", share[0].strip()
    money = _MONEY.search(words)
    if money:
        scale = (money[1] or money[2] or "").lower()
        return "\u00a3" + ("m" if scale.startswith("m") else "k" if scale.startswith(("k", "t", "0")) else ""), money[0]
    days = _DAYS.search(words)
    if days and _TIMED.search(words):
        return _per_fte(days[1].lower(), words), days[0]
    return None


def _per_fte(unit: str, words: str) -> str:
    return f"{unit} per FTE" if "per fte" in words.casefold() else unit


# --- Scale and decimals -----------------------------------------------------------------------------------------------


def in_points(figures: Sequence[SourceCell]) -> Guess[bool] | None:
    """Whether the numbers of a measure in percent that show no % are points (76.8) rather than shares (0.768).

    None where there are no such numbers.
    """
    bare = [abs(number) for cell in figures if (number := bare_number(cell)) is not None]
    if not bare:
        return None
    if max(bare) > 1:
        return Guess(True, f"its figures go up to {max(bare):g}, so 1 stands for 1 %")
    known = [
        float(abs(share) * 100)
        for cell in figures
        if bare_number(cell) is None and (share := number_of(cell, _PERCENT)) is not None
    ]
    if known and median(known) <= 1:
        return Guess(True, "its other figures, written with a % sign, are as small")
    return Guess(False, "its figures are at most 1, so 1 stands for 100 %")


def bare_number(cell: SourceCell) -> Decimal | None:
    """The number of a cell of which nothing says whether it is a percentage, also where it is text; else None."""
    value = cell.value
    if isinstance(value, str):
        return as_decimal15(float(value)) if _BARE.fullmatch(value.strip()) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" not in cell.number_format:
        return as_decimal15(value)
    return None


def decimals_of(figures: Sequence[SourceCell], unit: Unit, points: bool) -> Guess[int]:
    """The most decimals that the figures show; of numbers that were computed and never rounded one is enough."""
    found: list[int] = []
    for cell in figures:
        places, typed = _decimals(cell, unit, points)
        if places is not None:
            found.append(min(places, _MOST_DECIMALS) if typed or places <= _COMPUTED else 1)
    if not found:
        return Guess(1 if unit.kind == "percent" else 0, "there is no figure to go by")
    most = max(found)
    return Guess(most, "")


def _decimals(cell: SourceCell, unit: Unit, points: bool) -> tuple[int | None, bool]:
    bare = bare_number(cell)
    if unit.kind == "percent" and bare is not None and not points:
        return len(f"{bare * 100:f}".rstrip("0").partition(".")[2]), isinstance(cell.value, str)
    if isinstance(cell.value, str):
        parts = re.split(r"(?<=[0-9%])\s*(?:-|\u2013|\bto\b)\s*(?=[0-9\u00a3])", cell.value)
        places = [read_typed(part, unit).decimals for part in parts]
        return max((place for place in places if place is not None), default=None), True
    if not isinstance(cell.value, int | float) or isinstance(cell.value, bool):
        return None, False
    shown = display(cell.value, cell.number_format or "General")
    digits = re.search(r"\d(?:[\d,]*\d)?(?:\.(\d+))?", shown)
    return (len(digits[1] or "") if digits else None), cell.number_format not in ("", "General", "@")


# --- Which way is good ------------------------------------------------------------------------------------------------

# fmt: off
_GOOD = (
    r"\bwithin\b", r"on time", r"in time", r"timel", r"answered", r"resolved", r"satisf", r"compliment",
    r"complet", r"improv", r"increas", r"achiev", r"\brecycl", r"attend(?!.*absence)", r"\bpass", r"collected",
    r"collection rate", r"new homes", r"affordable", r"jobs? (?:created|secured|safeguarded)", r"\bemployment\b",
    r"visit", r"particip", r"take[- ]?up", r"uptake", r"good or (?:outstanding|better)", r"outstanding",
    r"success", r"attainment", r"created", r"delivered", r"supported", r"engag", r"invest", r"income", r"saving",
    r"independen", r"apprentic", r"online", r"user", r"permanen", r"immunis", r"vaccin", r"assessed", r"reviewed",
    r"trained", r"qualif", r"expected (?:standard|level)", r"good level of development", r"\bpaid\b", r"protected",
    r"secure[ds]?\b", r"growth", r"participat", r"volunteer", r"brought back", r"licen[cs]ed", r"member",
    r"positive", r"quit", r"energy efficien", r"tree", r"clean", r"complian", r"coverage", r"availab",
    r"self-?serv", r"customer", r"receiv", r"prevented", r"repaired", r"effective", r"\bgain",
    r"(?:into|getting a|in) (?:work|job|employment)\b", r"still (?:active|at home)", r"at home", r"health check",
    r"signpost", r"met\b", r"maintained", r"early help",
)
_BAD = (
    r"\breduc", r"decreas", r"fewer", r"\bless\b", r"\blost\b", r"sickness", r"absence", r"absent", r"complaint",
    r"missed", r"overdue", r"\blate\b", r"delay", r"error", r"\bwait", r"days to", r"time (?:taken|to)",
    r"turnaround", r"average (?:time|days|number of (?:working |calendar )?days)", r"cost per", r"arrears",
    r"\bdebt", r"\bvoid", r"vacan", r"empty", r"crime", r"offen[cd]", r"burglar", r"anti-?social", r"unemploy",
    r"\bneet\b", r"not in (?:education|employment)", r"obes", r"overweight", r"smok(?!.*quit)", r"death",
    r"mortality", r"injur", r"killed", r"accident", r"admission", r"admitted", r"re-?referral", r"repeat",
    r"second or subsequent", r"exclu(?:sion|ded)", r"homeless", r"temporary accommodation", r"emission",
    r"\bco2\b", r"residual", r"landfill", r"fly-?tip", r"litter", r"graffiti", r"contaminat", r"turnover",
    r"agency", r"overspen", r"backlog", r"reject", r"\bfail", r"\bfalls?\b", r"evict", r"poverty", r"pothole",
    r"abandon", r"caseload", r"\bcyp in care\b", r"looked after children", r"duration of",
    r"requiring (?:maintenance|repair)", r"\bbed and breakfast\b", r"under[- ]?18 conception", r"teenage",
    r"dropout", r"drop-out", r"no longer", r"unavailable", r"downtime", r"outage", r"land ?fill", r"looked after",
    r"child protection", r"children in (?:need|care)", r"residential care", r"missing", r"nights? in",
    r"calls? (?:lost|abandoned)",
)
# fmt: on
_GOODS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _GOOD)
_BADS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _BAD)
# What is done in time, or done about it, is good, whatever it is about: `complaints answered within 20 days`.
_DONE = re.compile(
    r"\bwithin\b|on time|in time|timel|answered|resolved|satisf|complet|reviewed|assessed|prevented|repaired|recycl",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judged:
    """A figure beside its target and the light that was given to it, in stored units.

    `wide`: the target may be that of the whole year, so a figure below it is none of its reaching it.
    """

    actual: Decimal
    target: Decimal
    light: str
    wide: bool = False


def guess_polarity(title: str, ranges: bool, judged: Sequence[Judged]) -> Guess[Polarity]:
    """Which way is good: by the targets, the scores that were given, or the words of the title; `none` where nothing
    tells, for a wrong score is worse than none."""
    if ranges:
        return Guess("range", "its target is a range")
    votes = Counter(vote for vote in map(_vote, judged) if vote)
    if votes and len(votes) == 1:
        polarity: Polarity = "higher" if "higher" in votes else "lower"
        return Guess(polarity, "the scores given to its figures fit their targets only so")
    bracket = next((found for found in map(polarity_of, re.findall(r"\(([^()]+)\)", title)) if found), "")
    if bracket in ("higher", "lower") and "better" in title.casefold():
        return Guess(bracket, "its title says so")  # type: ignore[arg-type]
    first = title.strip()
    good = next((found for pattern in _GOODS if (found := pattern.search(first))), None)
    bad = next((found for pattern in _BADS if (found := pattern.search(first))), None)
    leading = re.match(
        r"(?:to )?(increase|improve|maximise|raise|grow|secure|reduce|decrease|lower|minimise|cut)",
        first,
        re.IGNORECASE,
    )
    if leading:
        word = leading[1].lower()
        return Guess(
            "lower" if word in {"reduce", "decrease", "lower", "minimise", "cut"} else "higher",
            f"its title says {word!r}",
        )
    if good and bad:
        timely = _DONE.search(first)
        return (
            Guess("higher", f"its title says {timely[0]!r}") if timely else Guess("lower", f"its title says {bad[0]!r}")
        )
    if good:
        return Guess("higher", f"its title says {good[0]!r}")
    if bad:
        return Guess("lower", f"its title says {bad[0]!r}")
    return Guess("none", "neither its title nor its scores tell which way is good; until you say, it is not scored")


def _vote(judged: Judged) -> str:
    if judged.actual == judged.target or judged.light not in ("red", "green"):
        return ""
    if judged.wide and judged.actual < judged.target:
        return ""
    above, good = judged.actual > judged.target, judged.light == "green"
    return "higher" if above == good else "lower"


def guess_calculation(title: str, header: str, figures: Sequence[SourceCell]) -> Guess[Calculation]:
    """How the figure is calculated, by words of the title, of the header of its figures, or beside them."""
    both = with_both(figures)
    if both:
        return Guess("cumulative", f"{both.words!r} has the figure of the period and that of the year to date")
    for words, where in ((title, "its title"), (header, "the header of its figures")):
        rolling = re.search(r"\brolling\b|\b(?:last|previous) (?:12|twelve) months\b", words, re.IGNORECASE)
        if rolling:
            return Guess("rolling", f"{where} says {rolling[0]!r}")
        summed = re.search(r"\bcumulative\b|\bytd\b|\byear to date\b|\bcum\.?\b", words, re.IGNORECASE)
        if summed:
            return Guess("cumulative", f"{where} says {summed[0]!r}")
    return Guess("snapshot", "nothing says otherwise")


def with_both(figures: Sequence[SourceCell]) -> SourceCell | None:
    """The first figure with the year to date beside it: `60 (122 cum)`; None where there is none."""
    for cell in figures:
        units = (_NUMBER, _PERCENT) if isinstance(cell.value, str) else ()
        if any(read_typed(cell.words, unit).cumulative is not None for unit in units):
            return cell
    return None
