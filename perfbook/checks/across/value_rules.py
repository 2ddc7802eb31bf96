"""Family V across a row: units that change from cell to cell, windows of dates that are not the period's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from perfbook.checks.across.dates import days_in, exchanges_in, last_of, month_of
from perfbook.checks.across.figures import COUNT, PERCENT, plain, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Subject, Text
from perfbook.framework.model import Unit
from perfbook.framework.typed import contradicts
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.text import day_in_words

_PLAIN_WORDS = {"percent": "a percentage", "currency": "money"}


def _clash(figure: Figure, line: Line) -> str:
    """What is wrong with the unit of a figure, in words; empty where nothing is."""
    # What nobody typed is shown in the number format of its measure.
    if figure.value is None or not figure.typed.strip():
        return ""
    others = [each.unit for each in (*line.figures, line.target) if each is not None and each is not figure]
    if line.unit.kind == "percent" and "%" not in figure.unit and any("%" in each for each in others):
        if figure.unit and not contradicts(figure.unit, line.unit):
            return ""
        return "it has no % sign, as the others of the row have"
    if line.unit.kind == "currency" and "£" not in figure.unit and any("£" in each for each in others):
        return "it has no £ sign, as the others of the row have"
    if figure.unit and contradicts(figure.unit, line.unit):
        kind = _PLAIN_WORDS.get(line.unit.kind, f"in {line.unit.label}")
        return f"the measure is {kind}"
    return ""


def _targets(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in (line.target, *line.targets):
            clash = _clash(figure, line) if figure and figure.typed else ""
            if figure and clash:
                yield Hit(figure.spot, f"The target is typed as “{figure.text}”: {clash}.")


def _figures(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in (*line.figures, *line.comparators):
            if not figure.typed:
                continue
            clash = _clash(figure, line)
            # A row in which a sign is missing more often than not is written without.
            if clash:
                label = f" under {figure.label}" if figure.label else ""
                yield Hit(figure.spot, f"“{figure.text}”{label}: {clash}.")


def _windows(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in line.figures:
            for day in days_in(figure.window):
                if day.exact is None:
                    yield Hit(figure.spot, f"The figure is about “{figure.window}”, but there is no {day.text}.")


# The newest that there is may end within the period; what ends before it began is another period's.
_SHORT_OF, _BEYOND = -80, 20


_LAST = re.compile(r"(?:the )?(?:last|previous) (?:quarter|term|period)", re.IGNORECASE)


def _apart(figure: Figure) -> int | None:
    """How many days after its period a figure's window ends; None where its days are not known."""
    days = days_in(figure.window)
    if not (figure.span and figure.ends and days) or any(day.exact is None for day in days):
        return None
    return (figure.span.end - figure.ends).days


def _other_windows(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in line.figures:
            ends, apart = figure.ends, _apart(figure)
            if figure.value is not None and _LAST.fullmatch(figure.window):
                yield Hit(figure.spot, f"The figure under {figure.label} is about “{figure.window}”.")
            if ends and apart is not None and not _SHORT_OF < apart < _BEYOND:
                when = "after the period" if apart > 0 else "before the period begins"
                yield Hit(
                    figure.spot,
                    f"The figure under {figure.label} is about “{figure.window}”, which ends {when}.",
                    f"The period ends on {day_in_words(ends)}.",
                )


_MOST = 2


def _lonely_windows(subject: Subject) -> Iterator[Hit]:
    """Of rows that belong together those whose window ends on another day than the period's, as the others' do."""
    columns: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for line in subject.lines:
        for figure in line.figures if line.group else ():
            if figure.value is not None and figure.span and figure.span.start:
                columns[line.group, figure.label].append(figure)
    for figures in columns.values():
        right = [each for each in figures if _apart(each) == 0]
        for figure in figures:
            apart = _apart(figure)
            # What ends further away is said to be another period's.
            if len(right) < _MOST or not apart or not _SHORT_OF < apart < _BEYOND:
                continue
            yield Hit(
                figure.spot,
                f"The figure under {figure.label} is about “{figure.window}”, the others beside it are about "
                f"“{right[0].window}”.",
            )


_QUARTER = re.compile(r"\bQ(?:tr)?\.?\s?([1-4])\b", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(r"\b([A-Z][a-z]{2,8})\.?\s['\u2019]?(\d\d)\b")


def _other_periods(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in (*line.before, line.now):
            if figure is None or figure.value is None or not figure.remark:
                continue
            named, own = _QUARTER.search(figure.remark), _QUARTER.search(figure.label)
            other = bool(named and own and named[1] != own[1])
            month = _MONTH_AND_YEAR.search(figure.remark)
            if month and figure.ends and month_of(month[1]):
                other = other or last_of(2000 + int(month[2]), month_of(month[1])) < figure.ends - timedelta(days=95)
                other = other or _before(figure, month)
            if other:
                yield Hit(figure.spot, f"“{figure.text}” stands under {figure.label}, and names another period.")


def _before(figure: Figure, month: re.Match[str]) -> bool:
    """Whether a month lies before the quarter that ends with a figure's period."""
    if figure.ends is None or not _QUARTER.search(figure.label):
        return False
    return last_of(2000 + int(month[2]), month_of(month[1])) <= figure.ends - timedelta(days=88)


def _fractions(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in line.figures:
            top, bottom = figure.numerator, figure.denominator
            if figure.value is None or top is None or not bottom:
                continue
            right = round_half_away((100 if line.is_percent else line.unit.multiplier) * top / bottom, figure.decimals)
            if right != figure.value:
                yield Hit(figure.spot, f"“{figure.text}”: {plain(top)}/{plain(bottom)} is {plain(right)}.")


# A text speaks of the days of its period or of days to come; what stands after these words is no day to come.
_AS_AT = re.compile(
    r"\b(?:as (?:at|of)|correct (?:at|on)|snapshot (?:at|of|on)|extracted on|position (?:at|on))\s+$", re.IGNORECASE
)
_LONG_AFTER, _NEARBY = timedelta(days=61), timedelta(days=31)


def _month_first(subject: Subject) -> Iterator[Hit]:
    end = subject.end
    if end is None:
        return
    begin = subject.start or end - timedelta(days=92)
    for text in subject.texts_with("/"):
        for day in exchanges_in(text.text) if text.lower.count("/") > 1 else ():
            read = day.month_first
            if read is None:
                continue
            if day.day_first is None:
                yield Hit(text.spot, f"“{day.text}” has the month first: it is meant to be {day_in_words(read)}.")
            elif (
                day.day_first > end + _LONG_AFTER
                and begin - _NEARBY <= read <= end + _NEARBY
                and _AS_AT.search(text.text[: day.place])
            ):
                yield Hit(
                    text.spot,
                    f"“{day.text}” is {day_in_words(day.day_first)}, long after the period; with the month first "
                    f"it would be {day_in_words(read)}.",
                )


_CUT_OFF = re.compile(r"\d\.(?!\d)\s?%")


def _cut_off(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in (*line.figures, *line.comparators):
            if _CUT_OFF.search(figure.text):
                yield Hit(figure.spot, f"“{figure.text}” has a point and nothing after it.")


_SHARE = Line("Invoices paid in time", "EX1", unit=PERCENT, polarity="higher")
_NOW = read_figure("97.7%", PERCENT, "Q2")
_SEPTEMBER = date(2031, 9, 30)


def _with_now(text: str, *, window: str = "", unit: Unit = PERCENT, target: str = "98%") -> Subject:
    now = read_figure(text, unit, "Q2", window=window, ends=_SEPTEMBER)
    before = read_figure("97.5%" if unit is PERCENT else "12", unit, "Q1")
    aim = read_figure(target, unit, "Target")
    return Subject((replace(_SHARE, unit=unit, now=now, before=(before,), target=aim),), end=_SEPTEMBER)


def _dated(text: str) -> Subject:
    """A row of a quarter to the end of September, with a commentary."""
    subject = _with_now("97.7%")
    return replace(subject, lines=(replace(subject.lines[0], texts=(Text("commentary", text),)),))


def _beside(*ends: str) -> Subject:
    """Rows of one group, with windows of a year that end so."""
    lines = _with_now("97.7%").lines * len(ends)
    windows = (f"01/{int(end[3:5]) % 12 + 1:02}/2030 and {end}" for end in ends)
    nows = (read_figure("97.7%", PERCENT, "Q2", window=window, ends=_SEPTEMBER) for window in windows)
    return Subject(tuple(replace(line, group="1", now=now) for line, now in zip(lines, nows, strict=True)))


V201 = AcrossRule(
    code="V201",
    severity="warning",
    title="A target typed in another unit than the figures",
    find=_targets,
    remedy="Type the target in the unit of the measure.",
    example="Q1 97.5%, Q2 97.7%, target 98",
    trips=_with_now("97.7%", target="98"),
    passes=(_with_now("97.7%"), _with_now("14", unit=COUNT, target="15")),
)
V202 = AcrossRule(
    code="V202",
    severity="warning",
    title="A figure typed in another unit than the rest of its row",
    find=_figures,
    remedy="Type it in the unit of the measure.",
    example="Q1 97.5%, Q2 97.7",
    trips=_with_now("97.7"),
    passes=(_with_now("97.7%"), _with_now("14", unit=COUNT, target="15")),
)
V203 = AcrossRule(
    code="V203",
    severity="warning",
    title="A window of dates with a day that there is not",
    find=_windows,
    remedy="Correct the date.",
    example="a figure from 1st October 2030 to 31st September 2031",
    trips=_with_now("97.7%", window="1st October 2030 to 31st September 2031"),
    passes=(_with_now("97.7%", window="1st October 2030 to 30th September 2031"),),
    sure="certain",
    published=True,
)
V204 = AcrossRule(
    code="V204",
    severity="warning",
    title="A window of dates that is not the period's",
    find=_other_windows,
    remedy="Give the figure of this period, or say why it is another's.",
    example="under Q2 a figure from 01/07/2030 to 30/06/2031",
    trips=_with_now("97.7%", window="01/07/2030 and 30/06/2031"),
    passes=(
        _with_now("97.7%", window="01/10/2030 and 30/09/2031"),
        _with_now("97.7%", window="01/09/2030 and 31/08/2031"),
        _with_now("97.7%", window="2030-31"),
    ),
    published=True,
)
V205 = AcrossRule(
    code="V205",
    severity="warning",
    title="A figure that names another period than its column",
    find=_other_periods,
    remedy="Give the figure of this period, or choose a status.",
    example="under Q2 “97.7% (Q4 fig)”",
    trips=_with_now("97.7% (Q4 fig)"),
    passes=(_with_now("97.7% (Q2 fig)"), _with_now("97.7% (113/147)")),
)

V206 = AcrossRule(
    code="V206",
    severity="warning",
    title="A fraction that is not the figure beside it",
    find=_fractions,
    remedy="Correct one of them.",
    example="“76.8% (113/147)”",
    trips=_with_now("76.8% (113/147)"),
    passes=(_with_now("76.9% (113/147)"), _with_now("76.8% (113)")),
    sure="certain",
    published=True,
)

V207 = AcrossRule(
    code="V207",
    severity="info",
    title="A figure that breaks off after its point",
    find=_cut_off,
    remedy="Type the figure whole.",
    example="“38.%”",
    trips=_with_now("38.%"),
    passes=(_with_now("38.5%"), _with_now("38%")),
    published=True,
)

V212 = AcrossRule(
    code="V212",
    severity="info",
    title="A window of dates that is not that of the rows beside it",
    find=_lonely_windows,
    remedy="Give the figure of the same days, or say in the text why they are others.",
    example="under Q2 one figure to 31/08/2031, where two beside it are to 30/09/2031",
    trips=_beside("30/09/2031", "30/09/2031", "31/08/2031"),
    passes=(
        _beside("30/09/2031", "30/09/2031", "30/09/2031"),
        _beside("31/08/2031", "31/08/2031", "30/09/2031"),
    ),
    published=True,
)

V213 = AcrossRule(
    code="V213",
    severity="info",
    title="A date in a text with its month first",
    find=_month_first,
    remedy="Write the day first, or the month as a word.",
    example="in July to September, “97.7% as at 09/12/2031” for 12 September",
    trips=_dated("Invoices paid in time: 97.7% as at 09/12/2031."),
    passes=(
        _dated("Invoices paid in time: 97.7% as at 12/09/2031."),
        _dated("The new system is to run by 09/12/2031."),
        _dated("All of 09/08/2031 and 8/9 of the rest."),
    ),
    sure="possible",
)

RULES = (V201, V202, V203, V204, V205, V206, V207, V212, V213)
