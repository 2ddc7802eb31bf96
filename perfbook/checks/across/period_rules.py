"""Family T: figures that cannot be of the period, the population or the thing that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from perfbook.checks.across.dates import MONTHS, days_in, last_of, month_of
from perfbook.checks.across.figures import COUNT, PERCENT, digits, plain, read_figure
from perfbook.checks.across.numbers import numbers_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Quote, Spot, Subject
from perfbook.framework.model import Unit

# -- A target far behind what was reached ------------------------------------------------------------------------------

_HALF = 2


def _unlike_the_target(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        was = line.years[-1] if line.years else None
        target = line.target
        # Counts and money of a year have targets of a quarter.
        if was is None or target is None or not was.value or not target.value or line.adds or line.unit == COUNT:
            continue
        behind = was.value > _HALF * target.value if line.polarity == "higher" else target.value > _HALF * was.value
        if line.polarity in ("higher", "lower") and min(was.value, target.value) > 0 and behind:
            yield Hit(
                line.place(was),
                f"{was.text} in {was.label}, and a target of {target.text}: more than {_HALF} times worse "
                "than what was reached.",
            )


# -- Figures of a measure that is not due ------------------------------------------------------------------------------

_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly)\b|\bnot due (?:till|until|before)\b", re.IGNORECASE)


def _before_it_is_due(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or now.value is not None or not _YEARLY.search(now.text):
            continue
        given = next((each for each in reversed(line.before) if each.value is not None), None)
        if given:
            yield Hit(given.spot, f"{given.label} shows {given.text}, though {now.label} says “{now.text}”.")


# -- Populations that rates imply --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Population:
    """The least and the most that a rate with its count is taken of, and where it is said."""

    line: int
    text: str
    low: Decimal
    high: Decimal
    spot: Spot

    def meets(self, other: _Population) -> bool:
        """Whether both may be of one population."""
        return self.low <= other.high and other.low <= self.high


_PER = re.compile(r"\bper\s(?P<per>[1-9]\d{0,2}(?:,\d{3})+|1\d{3,5}|\d{2,3}k)\b", re.IGNORECASE)
# Two councils' populations differ by more; those of one by whom they count, such as an age, differ by more too.
_NEAR = Decimal("0.015")


def _populations(subject: Subject) -> Iterator[Hit]:
    """Of several rates on one population the one that is on a slightly other one."""
    by_multiplier: dict[int, list[_Population]] = {}
    for number, line in enumerate(subject.lines):
        for multiplier, found in _implied(number, line):
            by_multiplier.setdefault(multiplier, []).append(found)
    for known in by_multiplier.values():
        for one in known:
            agree = [each for each in known if not each.meets(one) and _near(each, one)]
            alike = [each for each in agree if any(each.meets(other) and each.line != other.line for other in agree)]
            # Two others that agree, though they count different things, tell which one is wrong.
            if alike and not any(each.meets(one) for each in known if each is not one):
                other = alike[0]
                yield Hit(
                    one.spot,
                    f"“{one.text}” is a rate on about {plain((one.low + one.high) / 2, 0)}, but “{other.text}” and "
                    f"others are on about {plain((other.low + other.high) / 2, 0)}.",
                )


def _near(one: _Population, other: _Population) -> bool:
    return abs(one.low + one.high - other.low - other.high) <= _NEAR * (one.low + one.high)


def _implied(number: int, line: Line) -> Iterator[tuple[int, _Population]]:
    now = line.now
    if now and line.unit.multiplier > 1 and now.value and now.numerator and not now.denominator:
        yield from _one(number, line.unit.multiplier, now.text, (now.value, now.half, now.numerator), now.spot)
    for quote in line.quotes:
        numbers = numbers_in(quote.text)
        if len(numbers) != 2 or "(" not in quote.text:
            continue
        rate, count = numbers
        named = _PER.search(quote.item)
        multiplier = int(re.sub(r"\D", "", named["per"].replace("k", "000"))) if named else line.unit.multiplier
        whole = count.kind == "number" and count.value == count.value.to_integral_value()
        if multiplier > 1 and whole and rate.kind in ("number", "per") and digits(rate.value) > 2:
            yield from _one(number, multiplier, quote.text, (rate.value, rate.half, count.value), quote.spot)


def _one(
    number: int, multiplier: int, text: str, figures: tuple[Decimal, Decimal, Decimal], spot: Spot
) -> Iterator[tuple[int, _Population]]:
    rate, half, count = figures
    if rate > half and count > 0:
        whole = count * multiplier
        yield multiplier, _Population(number, text, whole / (rate + half), whole / (rate - half), spot)


# -- A baseline within the period --------------------------------------------------------------------------------------

_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b", re.IGNORECASE)


def _late_baselines(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        first = next((each for each in (*line.before, line.now) if each and each.value is not None), None)
        start = line.start
        if start is None or start.value is None or first is None or first.ends is None or not start.window:
            continue
        ended = _ended(start, first.ends)
        begins = first.ends - timedelta(days=round(365 / line.per_year) - 2)
        if ended and begins <= ended <= first.ends:
            yield Hit(
                start.spot,
                f"{start.label.capitalize()}, {start.text}, is of “{start.window}”, which lies within {first.label}, "
                "which is compared with it.",
            )


def _ended(figure: Figure, near: date) -> date | None:
    """The last day of a figure's window; without a year that of the year of `near`."""
    days = days_in(figure.window)
    if days:
        last = days[-1]
        return last.exact if last.exact is None or last.has_year else _in_year(last.exact, near.year)
    if figure.span:
        return figure.span.end
    named = _MONTH.search(figure.window)
    return last_of(near.year, month_of(named[0])) if named else None


def _in_year(day: date, year: int) -> date:
    return last_of(year, day.month) if day.day > 28 else day.replace(year=year)


# -- A comparator that is a figure of one's own ------------------------------------------------------------------------

_TELLING = 3


def _own_comparators(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if not line.comparators:
            continue
        own = [each for each in (*line.years, line.last_year, *line.before) if each and each.value]
        for figure in line.comparators:
            value = figure.value
            # The same hundred per cent, or a round figure, is soon met by chance; a year of one's own says so.
            if value is None or digits(value) < _TELLING or value == 100 or _OF_A_YEAR.search(figure.label):
                continue
            same = next((each for each in own if each.value == value), None)
            if same:
                yield Hit(
                    line.place(figure),
                    f"{figure.label} is {figure.text}, the very figure of {same.label or 'an earlier period'}.",
                )


_OF_A_YEAR = re.compile(r"\b(?:our|own|last year|previous|council)\b|\b20\d\d\b|\b\d\d/\d\d\b", re.IGNORECASE)


# -- The rules ---------------------------------------------------------------------------------------------------------


def _aimed(year: str, target: str, unit: Unit = PERCENT) -> Subject:
    line = Line(
        "Pupils who reach the standard",
        "EX1",
        unit=unit,
        polarity="higher",
        years=(read_figure(year, unit, "2030-31"),),
        target=read_figure(target, unit, "Target"),
    )
    return Subject((line,))


def _yearly(before: str, now: str) -> Subject:
    line = Line(
        "People still active after a year",
        "EX1",
        unit=PERCENT,
        before=(read_figure(before, PERCENT, "Q1"),),
        now=read_figure(now, PERCENT, "Q2"),
    )
    return Subject((line,))


_RATE = Unit("rate per 10,000", "number", 10_000)


def _rates(*said: tuple[str, str]) -> Subject:
    lines = (Line(title, unit=_RATE, quotes=(Quote(f"{title} per 10,000", text),)) for title, text in said)
    return Subject(tuple(lines))


def _based(window: str) -> Subject:
    line = Line(
        "People in care homes",
        unit=COUNT,
        start=read_figure("850", COUNT, "baseline", window=window),
        before=(read_figure("848", COUNT, "Q1", ends=date(2031, 6, 30)),),
        now=read_figure("835", COUNT, "Q2", ends=date(2031, 9, 30)),
    )
    return Subject((line,))


def _against(comparator: str, label: str = "England") -> Subject:
    line = _yearly("54.3%", "55.1%").lines[0]
    return Subject((replace(line, comparators=(read_figure(comparator, PERCENT, label),)),))


T209 = AcrossRule(
    code="T209",
    severity="info",
    title="A target that is far behind what was reached the year before",
    find=_unlike_the_target,
    remedy="Make sure that both are of the same thing, or say why so little is aimed at.",
    example="43.5% in 2030-31, and a target of 16%, where more is better",
    trips=_aimed("43.5%", "16%"),
    passes=(_aimed("43.5%", "36%"), _aimed("16%", "43.5%"), _aimed("2,101", "530", COUNT)),
    sure="possible",
)
T210 = AcrossRule(
    code="T210",
    severity="warning",
    title="A figure of a measure that is said not to be due",
    find=_before_it_is_due,
    remedy="Take one of them out, or say what the figure is.",
    example="Q1 88%, Q2 “Annual: not due until June 2032”",
    trips=_yearly("88%", "Annual: not due until June 2032"),
    passes=(_yearly("88%", "87%"), _yearly("88%", "tba"), _yearly("Annual", "Annual: not due until June 2032")),
    published=True,
)
T211 = AcrossRule(
    code="T211",
    severity="warning",
    title="A rate on a slightly other population than the rates beside it",
    find=_populations,
    remedy="Work them out on one population, or say which one is meant.",
    example="65.3 per 10,000 with 648 children, beside 47.6 with 470 and 71.4 with 705",
    trips=_rates(("In care", "65.3 (648 children)"), ("With a plan", "47.6 (470 children)"), ("Seen", "71.4 (705)")),
    passes=(
        _rates(("In care", "65.6 (648 children)"), ("With a plan", "47.6 (470 children)"), ("Seen", "71.4 (705)")),
        _rates(("In care", "65.3 (648 children)"), ("Adults", "20.2 (470 people)"), ("Homes", "30.1 (580 homes)")),
    ),
)
T212 = AcrossRule(
    code="T212",
    severity="info",
    title="A baseline that lies within the period that is compared with it",
    find=_late_baselines,
    remedy="Compare with a day before the period, or say why that is the baseline.",
    example="850 at the end of May, then 848 for April to June",
    trips=_based("end of May"),
    passes=(_based("31st March"), _based("2030-31"), _based("end of March 2031")),
    published=True,
)
T213 = AcrossRule(
    code="T213",
    severity="info",
    title="A comparator that is another period's own figure",
    find=_own_comparators,
    remedy="Make sure that no column has shifted.",
    example="Q1 54.3%, and “England 54.3%”",
    trips=_against("54.3%"),
    passes=(_against("54.4%"), _against("54%"), _against("54.3%", "Our own figure of 2030-31")),
    sure="possible",
)

RULES = (T209, T210, T211, T212, T213)
