"""What a text says of when its figure is: the most of the year, the days that it is about; and shares above all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from perfbook.checks.across._told import LINE, ONE_OF_THEM, holds, says
from perfbook.checks.across.dates import MONTHS, days_in, last_of, month_of
from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Hit, Subject
from perfbook.checks.signs import sign_of
from perfbook.workbook.text import day_in_words

# -- The most and the least of the year --------------------------------------------------------------------------------

_PEAK = re.compile(
    r"\b(?:this|it|which)\s(?:is|was)\s(?:now\s|also\s)?(?:the|our)\s(?:(?P<most>highest|most|largest)|(?P<least>lowest|fewest"
    r"|smallest)|(?P<best>best)|(?P<worst>worst))"
    r"(?:\s(?:figure|result|number|rate|performance|quarter|total|level|count|outturn))?"
    r"\s(?:so\sfar\sthis\syear|this\syear|of\sthe\syear|since\sapril)\b",
    re.IGNORECASE,
)
_PEAKS = sign_of("highest", "lowest", "most", "largest", "fewest", "smallest", "best", "worst")


def _peaks(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines if subject.signs & _PEAKS else ():
        now = line.now.value if line.now else None
        if now is None or line.now is None or line.calculation == "cumulative" or not line.before:
            continue
        for text in line.texts:
            match = _PEAK.search(text.text) if text.said.signs & _PEAKS else None
            if match is None or ((match["best"] or match["worst"]) and line.polarity not in ("higher", "lower")):
                continue
            higher = bool(match["most"] or (match["best"] if line.polarity == "higher" else match["worst"]))
            beyond = next(
                (e for e in line.before if e.value is not None and e.value != now and (e.value > now) == higher), None
            )
            if beyond:
                figures = f"the figure is {line.now.text}, and was {beyond.text} in {beyond.label}"
                yield Hit(text.spot, f"The text says “{match[0]}”, but {figures}.")


# -- The days that a figure is about -----------------------------------------------------------------------------------

_OF_WHEN = re.compile(
    r"^(?:the\s|this\s|these\s|all\s)?(?:position|data|figures?|snapshot|results?)\s"
    r"(?:(?:is|are|was|were|shown|correct|taken|reported|given)\s)*"
    r"(?:as\s(?:at|of)|at|to|up\sto|on|covers?|for|relates?\sto)\s"
    r"(?:the\s)?(?:(?:period|quarter|months?|end)\s)?(?:of\s|from\s|between\s)?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:to|and|until|-|\u2013)\s", re.IGNORECASE)
# The position then was such: of this period something else is said.
_THEN_WAS = re.compile(r",?\s(?:was|were|had|stood|showed|has been|have been)\b", re.IGNORECASE)
_AS_MEANT = re.compile(r"\b(?:latest|provisional|arrears|lag\w*|late|later|delay\w*|published)\b", re.IGNORECASE)
_WHENS = sign_of("position", "data", "figure", "figures", "snapshot", "result", "results")
_WHEN_PARTS = ("position", "data ", "figure", "snapshot", "result")
_BEGIN = re.compile(
    "(?:the |this |these |all )(?:position|data|figure|snapshot|result)|position|data |figure|snapshot|result"
)
_LONGEST_DAY = len("1 October ")


def _other_days(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        ends = line.now.ends if line.now else None
        if ends is None:
            continue
        for text in line.texts:
            # Most sentences begin otherwise, which is soon seen.
            if not text.said.signs & _WHENS or not holds(text.lower, _WHEN_PARTS):
                continue
            for sentence in text.said.sentences:
                may_be = _BEGIN.match(sentence.lower) and sentence.digit >= 0
                match = _OF_WHEN.match(sentence.text) if may_be else None
                last = _last_day(sentence.text, match.end()) if match and not _AS_MEANT.search(text.text) else None
                if last and last <= _months_before(ends, 12 // line.per_year):
                    yield Hit(
                        text.spot,
                        f"“{sentence.text.strip(' .')[:90]}” names a time that ends before the period begins.",
                        f"The period ends on {day_in_words(ends)}.",
                    )


def _last_day(sentence: str, place: int) -> date | None:
    """The day that is named at a place of a sentence; of two with `to` between them the second."""
    days = [day for day in days_in(sentence) if day.place >= place]
    if not days or days[0].place > place + _LONGEST_DAY:
        return None
    first = days[0]
    if len(days) > 1 and _RANGE.fullmatch(sentence[first.place + len(first.text) : days[1].place]):
        first = days[1]
    told = _THEN_WAS.match(sentence, first.place + len(first.text))
    return first.exact if first.has_year and not told else None


def _months_before(ends: date, months: int) -> date:
    """The last day before the months that end on a day."""
    month = ends.year * 12 + ends.month - 1 - months
    return last_of(month // 12, month % 12 + 1)


# -- The months of a quarter -------------------------------------------------------------------------------------------

_ABBREVIATED = "|".join(
    f"{month[:3]}(?:t|{month[3:]})?" if month == "september" else f"{month[:3]}(?:{month[3:]})?" for month in MONTHS
)
_QUARTER_OF = re.compile(
    r"(?:quarter|qtr|q)\.?\s?(?P<number>[1-4]|one|two|three|four)\s?[(,:\u2013-]?\s?"
    rf"(?P<first>{_ABBREVIATED})\.?\s?(?:to|-|\u2013|and)\s?(?P<last>{_ABBREVIATED})\b\)?"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
_QUARTERS = sign_of("quarter", "qtr", "q")


def _other_months(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines if subject.signs & _QUARTERS else ():
        now = line.now
        if now is None or now.ends is None or line.per_year != _FOUR or now.label[-2:-1] != "Q":
            continue
        for text in line.texts:
            for match in _QUARTER_OF.finditer(text.lower) if text.said.signs & _QUARTERS else ():
                first, last = month_of(match["first"]), month_of(match["last"])
                number = _NUMBERS.get(match["number"]) or int(match["number"])
                ends = (now.ends.month + 3 * (number - int(now.label[-1])) - 1) % 12 + 1
                # Other years than the council's have quarters, too.
                if (last - first) % 12 == 2 and last != ends and "calendar" not in text.lower:
                    begins = MONTHS[(ends - 3) % 12]
                    said = text.text[match.start() : match.end()] if len(text.lower) == len(text.text) else match[0]
                    yield Hit(
                        text.spot,
                        f"“{said}”: quarter {number} is {begins.capitalize()} to {MONTHS[ends - 1].capitalize()}.",
                    )


_FOUR = 4

# -- Shares above all --------------------------------------------------------------------------------------------------

# A share of cases of which each was or was not, and not of what was planned.
_SHARE_OF = re.compile(r"\b(?:within|in time|on time|in date|(?:dis)?satisfied|abandoned|first visit)\b", re.IGNORECASE)
_OF_A_PLAN = re.compile(
    r"\b(?:budget|profiled?|targets?|planned|capacity|income|against|compared|growth|change|increase|rise|expected|backlog)\b",
    re.IGNORECASE,
)
_ALL = Decimal(100)


def _above_all(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if not line.is_percent or now is None or now.value is None or now.value <= _ALL or now.denominator:
            continue
        before = any(each.value is not None and each.value > _ALL for each in line.figures if each is not now)
        if not before and _SHARE_OF.search(line.title) and not _OF_A_PLAN.search(line.title):
            yield Hit(now.spot, f"{now.text} is more than all of them.")


# -- The rules ---------------------------------------------------------------------------------------------------------


def _says(text: str, now: str = "54.5%", title: str = LINE.title) -> Subject:
    line = replace(
        says(text).lines[0],
        title=title,
        now=read_figure(now, PERCENT, "Q2", ends=date(2031, 9, 30)),
        before=(read_figure("60.1%", PERCENT, "Q1", ends=date(2031, 6, 30)),),
    )
    return Subject((line,))


W119 = AcrossRule(
    code="W119",
    severity="warning",
    title="The most or the least of the year, though an earlier figure is beyond it",
    find=_peaks,
    remedy="Correct the text or the figure.",
    example="60.1% in Q1 and 54.5% in Q2: “This is the highest figure so far this year.”",
    trips=_says("This is the highest figure so far this year."),
    passes=(_says("This is the lowest figure so far this year."), _says("July was the best month so far this year.")),
)
V214 = AcrossRule(
    code="V214",
    severity="warning",
    title="A text that says that the figure is of an earlier time",
    find=_other_days,
    remedy="Give the figure of this period, or say why it is another's.",
    example="in July to September: “Position as at 30 June 2031.”",
    trips=_says("Position as at 30 June 2031."),
    passes=(
        _says("Position as at 30 September 2031, after 60.1% at 30 June 2031."),
        _says("The latest data are for April to June 2031, as they come a quarter late."),
        _says("Data up to 12 October 2031. The plan was agreed on 30 June 2031."),
    ),
)
V215 = AcrossRule(
    code="V215",
    severity="warning",
    title="More than all of what is counted",
    find=_above_all,
    remedy="Correct it, or say in the title what it is a percentage of.",
    example="104.2% of invoices paid in time",
    trips=_says("", "104.2%"),
    passes=(
        _says("", "100%"),
        _says("", "104.2%", "Income in percent of the profiled budget"),
        _says("", "104.2%", "Homes completed within the year, compared with the plan"),
    ),
)
V216 = AcrossRule(
    code="V216",
    severity="warning",
    title="A quarter with the months of another",
    find=_other_months,
    remedy=ONE_OF_THEM,
    example="in a year that starts in April: “Visits in quarter 3 (July to September)”",
    trips=_says("Visits in quarter 3 (July to September) were up."),
    passes=(
        _says("Visits in quarter 2 (July to September) were up."),
        _says("Visits in Q1 (Apr-Jun) were up."),
        _says("In the third quarter of the calendar year, Q3 (July to September), visits were up."),
    ),
)
RULES = (W119, V214, V215, V216)
