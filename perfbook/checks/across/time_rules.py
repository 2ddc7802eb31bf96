"""Family T across a row: what cannot be, given the figures of other periods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from statistics import median

from perfbook.checks.across.figures import COUNT, PERCENT, digits, plain, read_figure
from perfbook.checks.across.numbers import numbers_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Subject
from perfbook.framework.model import Unit


def _cumulative(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or now.value is None or now.cumulative is None:
            continue
        parts = [each.value for each in (*line.before, now)]
        if any(part is None for part in parts):
            continue
        known = [part for part in parts if part is not None]
        total = sum(known, Decimal(0))
        room = sum((each.half for each in (*line.before, now)), Decimal(0)) + _last_place(now.cumulative) / 2
        slipped = _slipped(known, now.cumulative)
        if abs(total - now.cumulative) > room or (total != now.cumulative and slipped):
            added = " + ".join(plain(part) for part in known)
            yield Hit(
                now.spot,
                f"“{now.text}”: {added} is {plain(total)}, not {plain(now.cumulative)}.",
                f"With {plain(slipped)} it would be." if slipped else "",
            )


def _slipped(parts: list[Decimal], total: Decimal) -> Decimal | None:
    """What one part would be with its point a place further, if the sum were then exact: `£.03m` for £.3m."""
    for part in parts if len(parts) > 1 else ():
        for other in (part * 10, part / 10):
            if part and sum(parts, -part) + other == total:
                return other
    return None


def _last_place(value: Decimal) -> Decimal:
    """One of the last digit in which a figure is given: 0.1m for 2.0m, but 1m for 2m."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0)) if isinstance(exponent, int) else Decimal(1)


def _summed_rates(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if not line.is_percent:
            continue
        if now and now.value is not None and now.cumulative is not None and line.before:
            parts = [each.value for each in (*line.before, now) if each.value is not None]
            total = sum(parts, Decimal(0))
            if len(parts) > 1 and abs(total - now.cumulative) <= now.half * (len(parts) + 1):
                added = " + ".join(f"{plain(part)}%" for part in parts)
                yield Hit(now.spot, f"“{now.text}” adds up rates of several periods: {added}.")
        yield from _summed_in_texts(line)


_OF_THE_YEAR = re.compile(r"\b(?:year|to date|ytd|so far|in total|overall|altogether)\b", re.IGNORECASE)


_OF_WHAT = re.compile(r"\sof\b", re.IGNORECASE)


def _summed_in_texts(line: Line) -> Iterator[Hit]:
    for text in line.texts:
        if text.lower.count("%") < _SEVERAL_ROWS:
            continue
        for sentence in text.said.sentences:
            is_of_year = _OF_THE_YEAR.search(sentence.text)
            rates = [number for number in numbers_in(sentence.text) if number.kind == "percent"] if is_of_year else []
            if len(rates) < _SEVERAL_ROWS:
                continue
            *parts, total = rates
            of_what = _OF_WHAT.match(sentence.text, total.end)
            if not of_what and sum((part.value for part in parts), Decimal(0)) == total.value:
                added = " + ".join(part.text for part in parts)
                yield Hit(text.spot, f"“{total.text}” adds up rates of several periods: {added}.")


def _restated(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if not line.earlier:
            continue
        known = {figure.label: figure for figure in line.earlier if figure.value is not None}
        for figure in line.figures:
            was = known.get(figure.label)
            if was and figure.value is not None and was.value is not None and figure.value != was.value:
                if abs(figure.value - was.value) <= figure.half + was.half:
                    continue
                yield Hit(
                    figure.spot,
                    f"{figure.label} is {figure.text} now, and was {was.text} in the report before.",
                    _shifted_words(line, figure),
                )


def _shifted_words(line: Line, figure: Figure) -> str:
    other = next((each for each in line.earlier if each.value == figure.value and each.label != figure.label), None)
    return (
        f"There {other.text} stood under {other.label}." if other and figure.value and digits(figure.value) > 2 else ""
    )


_TELLING = 3


def _shifted(subject: Subject) -> Iterator[Hit]:
    yield from _same_columns(subject)
    for line in subject.lines:
        if not line.earlier:
            yield from _same_as_whole_year(line) if line.years else ()
            continue
        known = {figure.label for figure in line.earlier}
        was = {(figure.value, figure.label) for figure in line.earlier if figure.value}
        for figure in line.figures if was else ():
            if figure.value is None or digits(figure.value) < _TELLING:
                continue
            others = [label for value, label in was if value == figure.value and label != figure.label]
            if others and figure.label in known and (figure.value, figure.label) not in was:
                yield Hit(
                    figure.spot, f"{figure.label} shows {figure.text}, which the report before had under {others[0]}."
                )
        yield from _same_as_whole_year(line)


_SEVERAL_ROWS = 3


def _same_columns(subject: Subject) -> Iterator[Hit]:
    """Rows whose figure of last year is that of the period before to the last digit, where most are so."""
    known = [(line, line.last_year, line.before[-1]) for line in subject.lines if line.last_year and line.before]
    same = [
        (line, last, was)
        for line, last, was in known
        if last.value is not None and last.value == was.value != 100 and digits(last.value) >= _TELLING
    ]
    for line, last, was in same if len(same) >= _SEVERAL_ROWS and len(same) * 2 > len(known) else ():
        yield Hit(
            line.place(last), f"{last.label} shows {last.text}, the very figure of {was.label}, as in other rows."
        )


def _same_as_whole_year(line: Line) -> Iterator[Hit]:
    """The first figure of a year that is the whole year's before, to the last digit."""
    first = line.before[0] if line.before else line.now
    last = line.years[-1] if line.years else None
    if first is None or last is None or first.value is None or last.value is None:
        return
    if first.value == last.value and digits(first.value) >= _TELLING and first.value != 100:
        yield Hit(first.spot, f"{first.label} shows {first.text}, the very figure of {last.label}.")


# A part of a year that is larger than the whole year before by more than a stock of cases moves.
_TOO_LARGE = Decimal("1.3")


def _larger_than_a_year(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        last = line.years[-1] if line.years else None
        if last is None or not last.value:
            continue
        if line.unit.kind == "percent" or line.unit.multiplier != 1 or line.calculation == "rolling" or not line.adds:
            continue
        larger = [
            each for each in (*line.before, line.now) if each and each.value and each.value > _TOO_LARGE * last.value
        ]
        if larger:
            said = ", ".join(f"{each.text} in {each.label}" for each in larger)
            yield Hit(larger[-1].spot, f"{said}, but {last.text} in the whole of {last.label}.")


_PEOPLE = re.compile(
    r"\b(?:population|residents?|people|children|adults?|pupils|aged|over 65|households)\b", re.IGNORECASE
)
_LITTLE, _LARGE = Decimal("0.03"), Decimal("0.5")


def _bases(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        # A share is of other cases every time; a rate is of a population.
        if line.unit.multiplier == 1:
            continue
        known = [(figure, base) for figure in (*line.before, line.now) if figure and (base := _base(line, figure))]
        for (was, old), (figure, new) in pairwise(known):
            middle = ((old[0] + old[1]) / 2, (new[0] + new[1]) / 2)
            moved = abs(middle[1] - middle[0]) / middle[0]
            # What is given beside a rate may be other cases every time; who is counted moves a little.
            given = figure.denominator or was.denominator
            if given and not (_PEOPLE.search(line.name) and _LITTLE < moved < _LARGE):
                continue
            if (new[0] > old[1] or new[1] < old[0]) and moved * 250 > 1:
                yield Hit(
                    figure.spot,
                    f"“{figure.text}” is a rate on about {plain(middle[1], 0)}, but “{was.text}” in "
                    f"{was.label} is one on about {plain(middle[0], 0)}.",
                )


def _base(line: Line, figure: Figure) -> tuple[Decimal, Decimal] | None:
    """The least and the most that a rate with its count in brackets is taken of."""
    if figure.denominator:
        return figure.denominator, figure.denominator
    if not figure.value or not figure.numerator or figure.value <= figure.half:
        return None
    count = figure.numerator * line.unit.multiplier
    return count / (figure.value + figure.half), count / (figure.value - figure.half)


def _moved_windows(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for was, figure in pairwise([each for each in (*line.before, line.now) if each]):
            same = figure.value is not None and figure.value == was.value and digits(figure.value) >= _TELLING
            if same and figure.span and was.span and figure.span != was.span and figure.value != 100:
                yield Hit(
                    figure.spot,
                    f"{figure.text} again, though “{was.window}” has become “{figure.window}”.",
                )


_SLIPS = ((7, 14), (70, 140))
_SEVERAL = 4


def _slips(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if len(line.figures) < _SEVERAL - 1:
            continue
        known = [figure for figure in line.figures if figure.value]
        # Of one figure fewer the target, too, tells how large they are.
        if line.target and line.target.value and len(known) == _SEVERAL - 1:
            known.append(line.target)
        sizes = [abs(figure.value) for figure in known if figure.value]
        # None is further from the middle of the others than the largest from the smallest.
        if len(known) < _SEVERAL or max(sizes) < _SLIPS[0][0] * min(sizes):
            continue
        for figure in known:
            if figure is line.target:
                continue
            others = [abs(each.value) for each in known if each is not figure and each.value]
            middle = median(others)
            value = abs(figure.value or Decimal(0))
            if any(each > 2 * middle or 2 * each < middle for each in others):
                continue
            ratio = max(value, middle) / min(value, middle)
            if any(low <= ratio <= high for low, high in _SLIPS):
                yield Hit(
                    figure.spot,
                    f"{figure.text} under {figure.label} is about {'ten' if ratio < 20 else 'a hundred'} times "
                    f"{'larger' if value > middle else 'smaller'} than the others of the row.",
                )


_RATE = Unit("rate per 10,000", "number", 10_000)


def _row(unit: Unit, before: str, now: str, *, years: tuple[str, ...] = (), earlier: tuple[str, ...] = ()) -> Subject:
    labels = ("2028-29", "2029-30", "2030-31")[-len(years) :]
    return Subject(
        (
            Line(
                "Homes let",
                "EX1",
                unit=unit,
                years=tuple(read_figure(text, unit, label) for text, label in zip(years, labels, strict=False)),
                before=(read_figure(before, unit, "Q1"),),
                now=read_figure(now, unit, "Q2"),
                earlier=tuple(
                    read_figure(text, unit, label) for text, label in zip(earlier, ("2030-31", "Q1"), strict=False)
                ),
            ),
        )
    )


def _counted(before: str, now: str) -> Subject:
    """A row of rates with their counts in brackets, and windows of dates."""
    figures = []
    for text, label, window in ((before, "Q1", "01/07/2030 to 30/06/2031"), (now, "Q2", "01/10/2030 to 30/09/2031")):
        figures.append(read_figure(text, _RATE, label, window=window))
    return Subject((Line("Children in care", "EX2", unit=_RATE, before=(figures[0],), now=figures[1]),))


T201 = AcrossRule(
    code="T201",
    severity="warning",
    title="A cumulative figure that does not add up",
    find=_cumulative,
    remedy="Correct one of them.",
    example="Q1 62, Q2 “60 (132 cum)”",
    trips=_row(COUNT, "62", "60 (132 cum)"),
    passes=(_row(COUNT, "62", "60 (122 cum)"), _row(Unit("£m", "currency"), "£1.7m", "£.3m (£2m cum)")),
    sure="certain",
    published=True,
)
T202 = AcrossRule(
    code="T202",
    severity="warning",
    title="Rates of several periods added up",
    find=_summed_rates,
    remedy="Work the rate out anew, from the counts since the start of the year.",
    example="Q1 28.9%, Q2 “53.5% (82.4% cum)”",
    trips=_row(PERCENT, "28.9%", "53.5% (82.4% cum)"),
    passes=(_row(COUNT, "62", "60 (122 cum)"), _row(PERCENT, "28.9%", "53.5%")),
)
T203 = AcrossRule(
    code="T203",
    severity="warning",
    title="A figure of an earlier period that has changed since the report before",
    find=_restated,
    remedy="Say that it was restated, and why, or put it right.",
    example="2030-31 is 25.2 now, and was 37.1 in the report before",
    trips=_row(COUNT, "62", "60", years=("25.2",), earlier=("37.1", "62")),
    passes=(_row(COUNT, "62", "60", years=("25.2",), earlier=("25.2", "62")),),
    sure="certain",
    published=True,
)
T204 = AcrossRule(
    code="T204",
    severity="info",
    title="A column that shows another period's figure",
    find=_shifted,
    remedy="Make sure that no column has shifted.",
    example="2030-31 78.87%, Q1 78.87%, Q2 81.90%",
    trips=_row(PERCENT, "78.87%", "81.90%", years=("78.87%",)),
    passes=(_row(PERCENT, "78.81%", "81.90%", years=("78.87%",)), _row(COUNT, "12", "14", years=("12",))),
    sure="possible",
)
T205 = AcrossRule(
    code="T205",
    severity="info",
    title="A part of the year that is larger than the whole year before",
    find=_larger_than_a_year,
    remedy="Make sure that both are counted in the same way.",
    example="2,872 in the year 2030-31, then Q1 4,675",
    trips=_row(COUNT, "4,675", "3,564", years=("6638", "2872")),
    passes=(_row(COUNT, "675", "564", years=("6638", "2872")), _row(PERCENT, "45%", "50%", years=("20%",))),
    sure="possible",
)
T206 = AcrossRule(
    code="T206",
    severity="warning",
    title="A rate on another base than in the period before",
    find=_bases,
    remedy="Say which population is meant, and work both out on the same one.",
    example="Q1 21.6 per 10,000 with 149 cases, Q2 23.3 per 10,000 with 162",
    trips=_counted("21.6 (149)", "23.3 (162)"),
    passes=(_counted("21.6 (149)", "23.5 (162)"),),
)
T207 = AcrossRule(
    code="T207",
    severity="info",
    title="The same figure, though its window of dates has moved",
    find=_moved_windows,
    remedy="Make sure that it was worked out anew.",
    example="21.6 for the year to June, and 21.6 for the year to September",
    trips=_counted("21.6", "21.6"),
    passes=(_counted("21.6", "21.7"), _counted("22", "22")),
    sure="possible",
    published=True,
)
T208 = AcrossRule(
    code="T208",
    severity="warning",
    title="A figure ten or a hundred times from the others of its row",
    find=_slips,
    remedy="Make sure that the decimal point is where it belongs.",
    example="79.55, then 7.21, 7.82, 7.5 and 8.5",
    trips=_row(Unit("days", "number"), "7.5", "8.5", years=("79.55", "7.21", "7.82")),
    passes=(_row(Unit("days", "number"), "7.5", "8.5", years=("17.55", "7.21", "7.82")),),
)

RULES = (T201, T202, T203, T204, T205, T206, T207, T208)
