"""Family W, texts against their own figures: changes, sides, lists and sums that a text does not bear out itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfbook.checks.across._told import LINE, ONE_OF_THEM, says
from perfbook.checks.across.dates import days_in
from perfbook.checks.across.figures import PERCENT, plain, read_figure
from perfbook.checks.across.numbers import count_of, numbers_in, shares_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Quote, Subject
from perfbook.checks.said import DIGITS, Said

_FROM_TO = re.compile(
    rf"\b(?P<word>up|down|rose|risen|rise|grew|increased?|fell|fallen|fall|dropped|decreased?|reduced|improved|declined)\b"
    rf"[^.;\d]{{0,40}}\bfrom (?P<was>£?(?:{DIGITS}))\s?(?P<unit>%)?\s?(?:[a-z ]{{0,25}})?"
    rf"\bto (?P<now>£?(?:{DIGITS}))\s?(?P<unit2>%)?"
    rf"(?:[^.;%]{{0,30}}?[(,]\s?(?:(?:an?|of|by|up|down|increase|rise|fall|drop|reduction|change)\s){{0,4}}"
    rf"(?P<change>(?:{DIGITS}))\s?%(?!\s(?:of|in)\b))?",
    re.IGNORECASE,
)
# How each of them begins, in small letters, so far before its figure at most.
_FROM_WORD = re.compile(
    r"\b(?:up|down|rose|risen|rise|grew|increased?|fell|fallen|fall|dropped|decreased?|reduced|improved|declined)\b"
)
_FROM_FAR = 60
_FALLING = re.compile(r"down|fell|fall|dropped|decreas|reduc|declin", re.IGNORECASE)


def _changes(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with("from "):
        for match in _from_to(text.said):
            was, now = (Decimal(match[name].strip("£").replace(",", "")) for name in ("was", "now"))
            if (
                match["word"].lower() != "improved"
                and was != now
                and (now < was) != bool(_FALLING.match(match["word"]))
            ):
                yield Hit(
                    text.spot,
                    f"“{_short(match[0])}”: {plain(now)} is {'less' if now < was else 'more'} than {plain(was)}.",
                )
            elif match["change"] and was and not match["unit2"]:
                said = Decimal(match["change"].replace(",", ""))
                right = 100 * abs(now - was) / was
                half = Decimal(5).scaleb(-len(match["change"].partition(".")[2]) - 1)
                if min(abs(right - said), abs(right + 100 - said)) > half:
                    yield Hit(
                        text.spot,
                        f"“{_short(match[0])}”: from {plain(was)} to {plain(now)} is {plain(right, 1)}%, "
                        f"not {plain(said)}%.",
                    )


def _from_to(told: Said) -> Iterator[re.Match[str]]:
    """Where `_FROM_TO` matches, tried at the words with which it can begin before a figure, and not at every place."""
    if "from0" not in told.outline and "from.0" not in told.outline:
        return
    lower, ended = told.lower, 0
    place = lower.find("from ")
    while place >= 0:
        for word in _FROM_WORD.finditer(lower, max(ended, place - _FROM_FAR), place):
            match = _FROM_TO.match(told.text, word.start()) if word.start() >= ended else None
            if match:
                yield match
                ended = match.end()
        place = lower.find("from ", place + 1)


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:88]}\u2026"


_SIDE = re.compile(
    rf"(?P<mine>{DIGITS})\s?(?P<unit>%)?[,;]?\s(?:which\s(?:is|was)\s)?(?:just\s|slightly\s|well\s)?"
    r"(?P<side>below|above|lower than|higher than|under)"
    rf"\s(?:the\s|our\s)?(?P<whose>national|regional|england|english|statistical neighbours?|target|average|region)\b"
    rf"[^.;\d]{{0,30}}?(?P<theirs>{DIGITS})\s?(?P<unit2>%)?(?![\d/]|\s?(?:points?|percentage))",
    re.IGNORECASE,
)


_SIDES = ("below", "above", "er than", "under")
# What every one of them holds: a figure right before its side.
_ON_A_SIDE = re.compile(r"[0-9%][,;]?\s(?:which|just|slightly|well|below|above|lower|higher|under)\s")
_SIDE_WORDS = frozenset({"below", "above", "lower", "higher", "under"})


def _sides(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with(*_SIDES) if subject.names(_SIDE_WORDS) else ():
        for match in _SIDE.finditer(text.text) if _ON_A_SIDE.search(text.lower) else ():
            mine, theirs = (Decimal(match[name].replace(",", "")) for name in ("mine", "theirs"))
            below = match["side"].lower() in ("below", "lower than", "under")
            if match["unit"] == match["unit2"] and mine != theirs and (mine < theirs) != below:
                yield Hit(
                    text.spot,
                    f"“{_short(match[0])}”: {plain(mine)} is {'more' if mine > theirs else 'less'} than "
                    f"{plain(theirs)}.",
                )


# -- Lists and sums ----------------------------------------------------------------------------------------------------

_ANNOUNCED = re.compile(
    r"\b(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s(?:[a-z-]+\s){0,3}?"
    r"(?P<noun>[a-z]{3,}s)\b(?:\s[a-z]+){0,5}\s?:\s*(?P<list>.+)",
    re.IGNORECASE | re.DOTALL,
)
_BULLET = re.compile(r"(?m)^\s*(?:[-\u2022*\u2013]|\d{1,2}[.)])\s+")
_NOT_LISTED = frozenset({"days", "weeks", "months", "years", "hours", "minutes", "times", "points", "pounds"})


def _lists(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with(":"):
        # Three or more that follow are parted so.
        if text.text.count(";") < 2 and text.text.count("\n") < 2:
            continue
        match = _ANNOUNCED.search(text.text)
        if not match or match["noun"].lower() in _NOT_LISTED:
            continue
        bullets = len(_BULLET.findall(match["list"]))
        listed = bullets or len([part for part in match["list"].partition(".")[0].split(";") if part.strip()])
        said = count_of(match["count"])
        if listed >= 3 and said is not None and listed != said:
            yield Hit(text.spot, f"The text announces {match['count']} {match['noun']}, and {listed} follow.")


_TOGETHER = re.compile(
    r"\b(?P<sum>\d{1,3}(?:,\d{3})+|\d+)(?:\s(?P<what>[a-z]+))?(?:\s[a-z]+)?\s(?:together|in total|altogether|in all)\b",
    re.IGNORECASE,
)


_ALL_WORDS = frozenset({"together", "altogether", "total", "all"})


def _text_sums(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with("together", "in total", "in all") if subject.names(_ALL_WORDS) else ():
        for said_of in text.said.sentences:
            match = _TOGETHER.search(said_of.text)
            if not match:
                continue
            sentence = said_of.text
            before = sentence[: match.start()]
            wholes = shares_in(before)
            parts = [
                number
                for number in numbers_in(before)
                if number.kind == "number" and not any(s.start < number.start < s.end for s in wholes)
            ]
            said = count_of(match["sum"])
            total = sum((part.value for part in parts), Decimal(0))
            exact = not any(part.approximate or part.low != part.high for part in parts)
            # Of other things than those before it, it is no sum of them.
            other = match["what"] and match["what"].lower() not in {part.after for part in parts}
            if 2 <= len(parts) <= 8 and not other and exact and said is not None and total != said:
                added = " + ".join(plain(part.value) for part in parts)
                yield Hit(text.spot, f"“{_short(sentence)}”: {added} is {plain(total)}, not {plain(said)}.")


# -- One comparator in two places --------------------------------------------------------------------------------------

_DULL = frozenset({"the", "average", "all", "group", "of", "rate", "quarter"})


def _comparators(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for place, one in enumerate(line.comparators):
            for other in line.comparators[place + 1 :]:
                if one.value is None or other.value is None or abs(one.value - other.value) <= one.half + other.half:
                    continue
                shared = (set(_label(one)) & set(_label(other))) - _DULL
                if shared and one.where != other.where:
                    yield Hit(
                        other.spot,
                        f"{other.label} is {other.text} in {other.where}, but {one.text} in {one.where}.",
                    )


def _label(figure: Figure) -> list[str]:
    return re.findall(r"[a-z]{3,}|\d{4}", figure.label.lower())


def _same_month(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for quote in line.quotes:
            numbers = numbers_in(quote.text)
            days = {day.exact for day in days_in(quote.item) if day.has_year}
            for figure in line.comparators if days and len(numbers) == 1 else ():
                same = days & {day.exact for day in days_in(figure.label) if day.has_year}
                if same and figure.value is not None and not numbers[0].holds(figure.value):
                    yield Hit(
                        quote.spot,
                        f"The text gives {numbers[0].text} ({quote.item}), and {figure.label} is {figure.text}.",
                    )


_TOTAL = re.compile(r"\b(?:total|number|count)\b", re.IGNORECASE)
_OF_QUARTER = re.compile(r"\bq(?:uarter|tr)?\.?\s?([1-4])\b", re.IGNORECASE)


def _counts_behind(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or now.numerator is None or now.denominator is None:
            continue
        title = set(re.findall(r"[a-z]{6,}", line.title.lower()))
        for quote in line.quotes:
            numbers = numbers_in(quote.text)
            named = _OF_QUARTER.search(quote.item)
            other = named and not now.label.endswith(named[1])
            told = set(re.findall(r"[a-z]{6,}", quote.item.lower()))
            if (
                len(numbers) != 1
                or numbers[0].kind != "number"
                or other
                or not _TOTAL.search(quote.item)
                or not title & told
            ):
                continue
            if not any(numbers[0].holds(count) for count in (now.numerator, now.denominator)):
                yield Hit(quote.spot, f"The text says “{quote.item}: {numbers[0].text}”, but the figure is {now.text}.")


# -- The rules ---------------------------------------------------------------------------------------------------------


def _compared(first: str, second: str) -> Subject:
    figures = [
        replace(read_figure(text, PERCENT, "Family group average"), where=where)
        for text, where in ((first, "the scorecard"), (second, "the appendix"))
    ]
    return Subject((replace(LINE, comparators=tuple(figures)),))


def _quoted(item: str, text: str) -> Subject:
    now = read_figure("54.4% (87/160)", PERCENT, "Q2")
    february = read_figure("4.9%", PERCENT, "4.9% (Feb 2031)")
    return Subject((replace(LINE, now=now, comparators=(february,), quotes=(Quote(item, text),)),))


W106 = AcrossRule(
    code="W106",
    severity="warning",
    title="A change in a text that its own figures do not bear out",
    find=_changes,
    remedy=ONE_OF_THEM,
    example="“Visitors rose from 89 to 226 a day, 124%.”",
    trips=says("Visitors rose from 89 to 226 a day, 124%."),
    passes=(
        says("Visitors rose from 89 to 226 a day, 154%."),
        says("The backlog fell from 226 to 89."),
        says("Up from 12 in May to 30 in June, in 40% of wards."),
    ),
)
W107 = AcrossRule(
    code="W107",
    severity="warning",
    title="Below or above, against the figures beside it",
    find=_sides,
    remedy="Correct the word or the figure.",
    example="“The rate is 14.1, just below the national 13.1.”",
    trips=says("The rate is 14.1, just below the national 13.1."),
    passes=(says("The rate is 12.1, just below the national 13.1."), says("At 14.1, it is 2 points below target.")),
)
W108 = AcrossRule(
    code="W108",
    severity="info",
    title="A text that announces so many, and as many do not follow",
    find=_lists,
    remedy="Count again, or say what is missing.",
    example="“Four areas for improvement: delays; decisions; transfers.”",
    trips=says("Four areas for improvement: delays; decisions; transfers."),
    passes=(
        says("Three areas for improvement: delays; decisions; transfers."),
        says("Two officers left: the work went on in May; June; July."[:30]),
    ),
)
W109 = AcrossRule(
    code="W109",
    severity="warning",
    title="A sum in a text that does not add up",
    find=_text_sums,
    remedy=ONE_OF_THEM,
    example="“14 of 35 are complete, 15 on track, 31 together.”",
    trips=says("14 of 35 are complete, 15 on track, 31 together."),
    passes=(says("14 of 35 are complete, 15 on track, 29 together."),),
)
W110 = AcrossRule(
    code="W110",
    severity="warning",
    title="One comparator with different figures in different places",
    find=_comparators,
    remedy=ONE_OF_THEM,
    example="family group average 41.1% in the scorecard, 38.0% in the appendix",
    trips=_compared("41.1%", "38.0%"),
    passes=(_compared("41.1%", "41%"),),
    published=True,
)

W111 = AcrossRule(
    code="W111",
    severity="warning",
    title="A text that gives a comparator of the same month otherwise",
    find=_same_month,
    remedy=ONE_OF_THEM,
    example="comparator 4.9% (Feb 2031), and 3.9% for February 2031 in the text",
    trips=_quoted("latest figure, February 2031", "3.9%"),
    passes=(_quoted("latest figure, February 2031", "4.9%"), _quoted("latest figure, March 2031", "3.9%")),
    published=True,
)
W112 = AcrossRule(
    code="W112",
    severity="warning",
    title="A count in a text that is not the count behind the figure",
    find=_counts_behind,
    remedy=ONE_OF_THEM,
    example="54.4% (87/160), and 106 invoices in total in the text",
    trips=_quoted("invoices in total", "106"),
    passes=(
        _quoted("invoices in total", "160"),
        _quoted("invoices of one firm", "106"),
        _quoted("total invoices, quarter 1", "106"),
    ),
    published=True,
)

RULES = (W106, W107, W108, W109, W110, W111, W112)
