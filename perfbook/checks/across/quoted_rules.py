"""Family W: figures that a text gives and that the row's own figure cannot be made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from perfbook.checks.across._told import LINE, ONE_OF_THEM, says
from perfbook.checks.across.dates import MONTHS, half_of, month_of
from perfbook.checks.across.figures import PERCENT, plain, read_figure
from perfbook.checks.across.numbers import numbers_in, shares_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Quote, Spot, Subject
from perfbook.checks.said import DIGITS
from perfbook.checks.signs import sign_of

_QUARTER = re.compile(r"\bQ(?:uarter|tr)?\.?\s?([1-4])\b", re.IGNORECASE)

# -- Points that are called per cent -----------------------------------------------------------------------------------

_CHANGE = re.compile(
    r"\b(?:rise|risen|rose|increase[sd]?|growth|grew|fall|fell|fallen|drop(?:ped)?|decreased?|reduction|up|down)\b"
    r"(?P<by>\s(?:by|of)?\s?(?:about |around |some )?\d[\d.]*\s?(?:%|per ?cent\b)(?!\s?(?:points?|of\b)))?",
    re.IGNORECASE,
)
# What the outline of such a text shows: how those words end, and what stands between them and a percentage.
_ENDS = "se|en|es|ed|th|ew|ll|op|on|up|wn"
_BETWEEN = [f"{first}{second}" for first in ("", "by", "of") for second in ("", "about", "around", "some")]
_BY = re.compile(rf"0(?=[0.]*(?:%|percent))(?:{'|'.join([f'(?<=(?:{_ENDS}){between}0)' for between in _BETWEEN])})")
_LAST_YEAR = re.compile(r"\b(?:last year|year before|year ago|previous year)\b", re.IGNORECASE)
# A smaller change may be both.
_PLAIN_POINTS = 2


def _points(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if not line.is_percent or now is None or now.value is None:
            continue
        for quote, said in _changes(line):
            numbers = [number for number in numbers_in(said) if number.kind == "percent"]
            was = _compared(line, quote.item)
            if len(numbers) != 1 or was is None or not was.value or was.value < 1:
                continue
            points = abs(now.value - was.value)
            share = 100 * points / was.value
            # About so many: then both may be meant.
            near = max(numbers[0].half, Decimal(1))
            if points < _PLAIN_POINTS or abs(share - numbers[0].value) <= near or not numbers[0].holds(points):
                continue
            yield Hit(
                quote.spot,
                f"“{said.strip()}”: from {was.text} to {now.text} is {plain(points)} points, or {plain(share, 0)}%.",
            )


def _changes(line: Line) -> Iterator[tuple[Quote, str]]:
    """What texts say of a change, and the words that hold its figure."""
    for quote in line.quotes:
        if _CHANGE.search(quote.item):
            yield quote, quote.text
    for text in line.texts:
        for sentence in text.said.sentences if _BY.search(text.said.outline) else ():
            is_share = "%" in sentence.lower or "cent" in sentence.lower
            match = _CHANGE.search(sentence.text) if is_share and sentence.has_figure else None
            if match and match["by"]:
                yield Quote(sentence.text, sentence.text, "", text.spot), match["by"]


def _compared(line: Line, words: str) -> Figure | None:
    """The figure with which a text compares."""
    if _LAST_YEAR.search(words):
        return line.last_year
    named = _QUARTER.search(words)
    if named:
        return next((each for each in line.before if each.label.upper().endswith(f"Q{named[1]}")), None)
    return line.before[-1] if line.before else None


# -- Months that do not make their quarter -----------------------------------------------------------------------------

_NAMED_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b", re.IGNORECASE)
_IN_MONTH = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})\b[^\d.;]{{0,15}}(?P<figure>\d{{1,3}}(?:\.\d+)?\s?%)", re.IGNORECASE
)
_THREE = 3
# No month of a quarter has more of its cases than this.
_MOST = Decimal("0.6")


_RANGED = sign_of("ranged", "ranges", "ranging")
_OF_MONTHS = re.compile(
    r"^(?:our |the |these )?(?P<monthly>(?:monthly|weekly)\s)?(?:performance|figures?|results?|rates?)\s(?:by month\s)?"
    rf"(?:has |have )?rang(?:ed|es|ing)\s(?:from|between)\s(?P<one>{DIGITS})\s?%?"
    rf"(?:\s(?:in|for)\s(?P<first>{'|'.join(MONTHS)}))?"
    rf"\s(?:to|and)\s(?P<other>{DIGITS})\s?%",
    re.IGNORECASE,
)


def _beyond_months(line: Line) -> Iterator[Hit]:
    """A figure that lies beyond the range of its months."""
    now = line.now
    if now is None or now.value is None or line.calculation in ("cumulative", "rolling"):
        return
    for text in line.texts:
        for sentence in text.said.sentences if text.said.signs & _RANGED else ():
            match = _OF_MONTHS.match(sentence.text)
            if match and (match["monthly"] or match["first"]):
                ends = sorted(Decimal(match[name].replace(",", "")) for name in ("one", "other"))
                half = now.half + max(half_of(len(match[name].partition(".")[2])) for name in ("one", "other"))
                if not ends[0] - half <= now.value <= ends[1] + half:
                    yield Hit(text.spot, f"The text says “{match[0]}”, but the figure is {now.text}.")


def _months(subject: Subject) -> Iterator[Hit]:
    if subject.signs & _RANGED:
        for line in subject.lines:
            if line.is_percent:
                yield from _beyond_months(line)
    for line in subject.lines:
        if not line.is_percent:
            continue
        by_month = list(_by_month(line)) if line.quotes or _signs(line) >= _THREE else []
        for figure in (line.now, *line.before) if len(by_month) >= _THREE else ():
            if figure is None or figure.value is None or figure.ends is None or not _QUARTER.search(figure.label):
                continue
            months = {(figure.ends.month - back - 1) % 12 + 1 for back in range(_THREE)}
            known: dict[int, tuple[Decimal, Spot]] = {}
            for month, value, spot in by_month:
                if month in months:
                    known.setdefault(month, (value, spot))
            if len(known) < _THREE:
                continue
            values = sorted(value for value, _ in known.values())
            rest = (1 - _MOST) / 2
            least = _MOST * values[0] + rest * (values[1] + values[2])
            most = _MOST * values[2] + rest * (values[0] + values[1])
            if not least - figure.half <= figure.value <= most + figure.half:
                yield Hit(
                    next(spot for value, spot in known.values() if value in (values[0], values[-1])),
                    f"The months are {', '.join(f'{plain(value)}%' for value, _ in known.values())}: {figure.text} in "
                    f"{figure.label} would need nearly all cases in one of them.",
                )


def _signs(line: Line) -> int:
    """How many percentages with their sign the texts of a row hold."""
    return sum([text.lower.count("%") for text in line.texts])


def _by_month(line: Line) -> Iterator[tuple[int, Decimal, Spot]]:
    """The percentages that texts give of single months."""
    for quote in line.quotes:
        month = _NAMED_MONTH.fullmatch(quote.period.strip())
        numbers = numbers_in(quote.text) if month else ()
        if month and len(numbers) == 1 and numbers[0].kind == "percent":
            yield month_of(month[1]), numbers[0].value, quote.spot
    for text in line.texts:
        named = sum(month in text.lower for month in MONTHS) if "%" in text.text else 0
        for match in _IN_MONTH.finditer(text.text) if named >= _THREE else ():
            yield month_of(match["month"]), Decimal(match["figure"].rstrip("% ")), text.spot


# -- More answers than there were --------------------------------------------------------------------------------------

_ASKS = re.compile(r"\b(?:satisf\w+|survey\w*|respond\w*|rated)\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\b(?:surveys?|questionnaires?|forms|responses?|answers?)\b[^.;]{0,20}\b(?:completed|returned|received|answered)\b",
    re.IGNORECASE,
)
_THAT_ANSWER = re.compile(
    r"^\s(?:\w+\s){0,2}(?:surveys|questionnaires|forms)\s(?:were\s|have been\s)?(?:completed|returned|answered)",
    re.IGNORECASE,
)


def _answers(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or not now.denominator or not _ASKS.search(line.title):
            continue
        for said, count, spot in _answered(line):
            if count < now.denominator:
                yield Hit(
                    spot, f"The text says “{said}”, but {plain(now.denominator)} answers stand behind {now.text}."
                )


def _answered(line: Line) -> Iterator[tuple[str, Decimal, Spot]]:
    for quote in line.quotes:
        numbers = numbers_in(quote.text)
        if len(numbers) == 1 and numbers[0].kind == "number" and _ANSWERS.search(quote.item):
            yield f"{quote.item}: {quote.text}", numbers[0].value, quote.spot
    for text in line.texts:
        if not any(word in text.lower for word in ("survey", "questionnaire", "forms")):
            continue
        for share in shares_in(text.text):
            after = _THAT_ANSWER.match(text.text[share.end :])
            if after:
                yield share.text + after[0], share.part, text.spot


# -- The rules ---------------------------------------------------------------------------------------------------------


def _asked(text: str, figure: str = "76.9% (113/147)") -> Subject:
    line = says(text).lines[0]
    return Subject((replace(line, title="Tenants satisfied with repairs", now=read_figure(figure, PERCENT, "Q2")),))


def _of_months(text: str) -> Subject:
    line = says(text).lines[0]
    return Subject((replace(line, now=read_figure("74%", PERCENT, "Q1", ends=date(2031, 6, 30)), before=()),))


def _rose(text: str) -> Subject:
    line = replace(LINE, now=read_figure("17.5%", PERCENT, "Q2"), before=(read_figure("6.4%", PERCENT, "Q1"),))
    return Subject((replace(line, texts=says(text).lines[0].texts),))


W113 = AcrossRule(
    code="W113",
    severity="info",
    title="Percentage points that a text calls per cent",
    find=_points,
    remedy="Write percentage points, or give the change in per cent.",
    example="6.4% in Q1 and 17.5% in Q2: “The share rose by 11%.”",
    trips=_rose("The share rose by 11%."),
    passes=(
        _rose("The share rose by 11 percentage points."),
        _rose("The share rose by 173%."),
        _rose("Demand rose by 20%."),
        _rose("The share is up 11% of the target."),
    ),
)
W114 = AcrossRule(
    code="W114",
    severity="info",
    title="Months that do not make their quarter",
    find=_months,
    remedy=ONE_OF_THEM,
    example="74% in the quarter, and “April 89%, May 85%, June 73%.”",
    trips=_of_months("April 89%, May 85%, June 73%."),
    passes=(
        _of_months("April 79%, May 75%, June 69%."),
        _of_months("April 89%, May 85%."),
        _of_months("July 89%, August 85%, September 83%."),
    ),
)
W115 = AcrossRule(
    code="W115",
    severity="warning",
    title="More answers behind a figure than a text says there were",
    find=_answers,
    remedy=ONE_OF_THEM,
    example="76.9% (113/147), and “86 of 142 surveys were completed.”",
    trips=_asked("86 of 142 surveys were completed."),
    passes=(
        _asked("147 of 310 surveys were completed."),
        _asked("86 of 142 surveys were sent by post."),
        _asked("86 of 142 surveys were completed.", "76.9%"),
    ),
)

RULES = (W113, W114, W115)
