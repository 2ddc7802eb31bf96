"""Family S3, scores, trends and symbols that were published or chosen, against the figures and against each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from perfbook.checks.across.figures import COUNT, PERCENT, digits, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import NOWHERE, NUMBER, Direction, Figure, Hit, Line, Outcome, Subject, Symbol, Text
from perfbook.checks.signs import sign_of

_MOST_PERCENT = 200


def _against_target(line: Line) -> bool | None:
    """Whether the figure meets its target; None where that cannot be said."""
    now, target = line.now, line.target
    if now is None or target is None or now.value is None or target.value is None:
        return None
    if now.cumulative is not None:
        return _on_course(line, now.cumulative, target.value) if line.adds else None
    if line.polarity not in ("higher", "lower"):
        return None
    if _part_of_a_year(line):
        # Of what a council wants less of, so little that it lies well within whatever is added up.
        parts = [each.value for each in (*line.before, now) if each.value is not None]
        return _on_course(line, sum(parts, Decimal(0)), target.value) or None if line.polarity == "lower" else None
    # A percentage beside a tonnage: they cannot be compared.
    if line.is_percent and max(now.value, target.value) > _MOST_PERCENT:
        return None
    return now.value >= target.value if line.polarity == "higher" else now.value <= target.value


# By so much what is on course is ahead of its share, so that an amber cannot mean that it may yet fall behind.
_AHEAD = Decimal("1.05")


def _on_course(line: Line, cumulative: Decimal, target: Decimal) -> bool | None:
    """Whether what was counted since the start of the year is ahead of the share of the year that has passed."""
    if line.polarity not in ("higher", "lower"):
        return None
    share = target * (len(line.before) + 1) / line.per_year
    return cumulative >= share * _AHEAD if line.polarity == "higher" else cumulative * _AHEAD <= share


def _part_of_a_year(line: Line) -> bool:
    """Whether the figure is of a part of a year, and the target of a whole one."""
    now, target = line.now, line.target
    if now is None or target is None or now.value is None or not target.value:
        return False
    years = [each.value for each in line.years if each.value]
    # Counts and money add up over the year; other figures seldom lie far below both.
    return bool(years) and (
        line.adds or line.unit == NUMBER or all(now.value < Decimal("0.6") * min(year, target.value) for year in years)
    )


def _scores(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        met = _against_target(line) if line.outcome else None
        if met is None or line.now is None or line.target is None:
            continue
        if met and line.outcome in ("missed", "near") and line.now.value != line.target.value:
            whole = line.now.cumulative is None and not _part_of_a_year(line)
            meets = "meets" if whole else "is ahead of its share of"
            yield Hit(
                line.spot, f"{line.now.text} {meets} the target of {line.target.text}, but is marked {line.score}."
            )
        # Work that is not spread over the year may catch up.
        if not met and line.outcome == "met" and line.now.cumulative is None:
            yield Hit(
                line.spot, f"{line.now.text} misses the target of {line.target.text}, but is marked {line.score}."
            )


def _trends(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if not line.trend and not line.annual:
            continue
        was = line.before[-1] if line.before else None
        for said, earlier, when in ((line.trend, was, "the period before"), (line.annual, line.last_year, "last year")):
            moved = _moved(line, earlier)
            if said and moved and said != moved and earlier and line.now:
                spot = line.spot if line.trend_spot == NOWHERE else line.trend_spot
                yield Hit(spot, f"{line.now.text} after {earlier.text} in {when} is marked {said}, but is {moved}.")


def _moved(line: Line, earlier: Figure | None) -> Direction:
    if line.now is None or earlier is None or line.now.value is None or earlier.value is None:
        return ""
    if line.polarity not in ("higher", "lower"):
        return ""
    if line.now.value == earlier.value:
        return "consistent"
    return "improved" if (line.now.value > earlier.value) == (line.polarity == "higher") else "worse"


def _without_target(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if (
            line.outcome
            and not line.ranged
            and line.now
            and line.now.value is not None
            and (line.target is None or line.target.value is None)
        ):
            typed = f" (“{line.target.text}”)" if line.target and line.target.text else ""
            yield Hit(line.spot, f"The figure is marked {line.score}, but there is no target{typed}.")


def _without_figure(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        figures = [each for each in (*line.before, line.now) if each]
        if line.score and figures and line.now and line.now.value is None:
            if line.score.casefold() == line.now.text.casefold() or any(each.value is not None for each in line.before):
                continue
            typed = f" (“{line.now.text}”)" if line.now.text else ""
            yield Hit(line.spot, f"The measure is marked {line.score}, but there is no figure{typed}.")


def _same_as_target(subject: Subject) -> Iterator[Hit]:
    same = []
    for line in subject.lines:
        now, target = line.now, line.target
        if now is None or target is None or now.value is None or now.value != target.value:
            continue
        if digits(now.value) >= 3 or (now.decimals and now.value != now.value.to_integral_value()):
            words = f"The target, {target.text}, is the very figure of {now.label or 'this period'}."
            same.append(Hit(line.place(target), words))
    # The targets of a return were set before its figures: one may be met to the last digit, not several.
    if not subject.rows_checked or len(same) >= _SEVERAL:
        yield from same
    for line in subject.lines:
        yield from _overwritten(line)


_SEVERAL = 3
_FAR = Decimal("0.25")


def _overwritten(line: Line) -> Iterator[Hit]:
    """A target of last year that is last year's very figure, and far from this year's."""
    was, target = line.last_year, line.target
    if was is None or not was.value or target is None or not target.value:
        return
    for aim in line.targets:
        far = aim.value is not None and abs(aim.value - target.value) > _FAR * abs(target.value)
        if "last year" in aim.label and far and aim.value == was.value:
            yield Hit(
                aim.spot,
                f"The {aim.label}, {aim.text}, is the very figure of {was.label or 'last year'}; this year's is "
                f"{target.text}.",
            )


# What a council wants less of, and more of, whatever it is called.
_LESS = re.compile(
    r"\b(?:exclusions?|complaints received|arrears|absence|sickness|vacanc(?:y|ies)|turnover|homelessness acceptances"
    r"|re-?offending|reoffen\w+|offences|accidents|injur(?:y|ies)|deaths?|fly[- ]tips|delayed transfers|neet"
    r"|missing (?:from|in)|going missing|potholes reported|rent loss|void (?:properties|homes)|abandoned"
    r"|missed (?:bins?|collections?|appointments?)|burglar(?:y|ies)|rough sleep(?:ers?|ing)|sleeping rough|overdue"
    r"|hazards?|(?:in|use of) temporary accommodation|delayed discharges?)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:satisfaction|satisfied|compliments|recycled|recycling|collected|completed (?:in|within|on) time"
    r"|within timescales?|determined within|(?:good or|good and) outstanding)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:reduc|prevent|fewer|less|not |without|dealt|resolved|answered|respon|removed|cleared)", re.IGNORECASE
)
# A title that says itself which way its figure is to go.
_TOLD = re.compile(
    r"(?:(?P<up>increase|raise|maximise)|reduce|decrease|minimise|lower) (?:in )?the (?:overall |total |average )?"
    r"(?:number|percentage|proportion|rate|share|amount|level|time|cost)\b",
    re.IGNORECASE,
)
# A share of them of which something was done, be it good or bad that they are there.
_DEALT_WITH = re.compile(
    r"\b(?:recovered|registered|repaid|written off|investigated|inspected|visited|processed|closed|completed|concluded"
    r"|reviewed|assessed|followed up|made safe|within|in time|on time)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\bto (?P<up>increase|rise|grow|improve upwards)\b|\bto (?P<down>decrease|fall|reduce)\b", re.IGNORECASE
)


def _polarities(subject: Subject) -> Iterator[Hit]:
    # Which direction is better is the framework's to say, not a return's.
    in_return = subject.rows_checked and subject.end is not None
    for line in () if in_return else subject.lines:
        wanted = _WANTED.search(line.aim) if line.aim else None
        said = ("higher" if wanted["up"] else "lower") if wanted else line.polarity
        words = f"the aim is “{line.aim}”" if wanted else f"{line.polarity} is said to be better"
        if said not in ("higher", "lower"):
            continue
        title = line.title
        told = _TOLD.match(title)
        if told and bool(told["up"]) != (said == "higher"):
            yield Hit(line.spot, f"The title says “{told[0]}”, but {words}.")
            continue
        if _NEGATED.search(title):
            continue
        less, more = _LESS.search(title), _MORE.search(title)
        if said == "higher" and less and not more and not _DEALT_WITH.search(title):
            yield Hit(line.spot, f"Of “{less[0]}” a council wants less, but {words}.")
        elif said == "lower" and more and not less:
            yield Hit(line.spot, f"Of “{more[0]}” a council wants more, but {words}.")


_IDEAL = re.compile(
    r"\b(?P<low>\d+(?:\.\d+)?)\s?%?\s?(?:-|\u2013|to)\s?(?P<high>\d+(?:\.\d+)?)\s?%?\s(?:as|is|are|being)\s(?:the\s|an\s)?"
    r"(?:ideal|healthy|optimal|optimum|desirable|right|acceptable)|\b(?:ideal|healthy|optimal|desirable) range\b",
    re.IGNORECASE,
)
# One of these stands in every such text.
_IDEALS = sign_of("ideal", "healthy", "optimal", "optimum", "desirable", "right", "acceptable")


def _ranges(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines if subject.signs & _IDEALS else ():
        if line.polarity not in ("higher", "lower"):
            continue
        for text in line.texts:
            match = _IDEAL.search(text.text) if text.said.signs & _IDEALS else None
            if match:
                yield Hit(
                    line.spot,
                    f"The text says “{match[0]}”, but {line.polarity} is said to be better without end.",
                )


def _two_meanings(subject: Subject) -> Iterator[Hit]:
    meanings: dict[str, dict[str, list[Symbol]]] = defaultdict(lambda: defaultdict(list))
    for each in subject.symbols:
        if each.symbol and each.meaning:
            meanings[each.symbol][each.meaning].append(each)
    for symbol, used in meanings.items():
        if len(used) > 1:
            rarest = min(used.values(), key=len)[0]
            said = " and ".join(f"“{meaning}” ({len(rows)})" for meaning, rows in used.items())
            yield Hit(rarest.spot, f"The symbol {symbol} stands for {said}.")


_OUTCOMES = {"met": "on or beyond its target", "near": "near its target", "missed": "below its target"}


def _two_outcomes(subject: Subject) -> Iterator[Hit]:
    known: dict[str, Line] = {}
    for line in subject.lines:
        if not line.key or not line.outcome:
            continue
        first = known.setdefault(line.key, line)
        if first.outcome != line.outcome:
            yield Hit(
                line.spot,
                f"{line.score} says {_OUTCOMES[line.outcome]}; elsewhere the measure is marked {first.score}, "
                f"{_OUTCOMES[first.outcome]}.",
            )


def _unexplained(subject: Subject) -> Iterator[Hit]:
    if not subject.legend:
        return
    seen: set[str] = set()
    for each in subject.symbols:
        if each.symbol and each.symbol not in subject.legend and each.symbol not in seen:
            seen.add(each.symbol)
            yield Hit(each.spot, f"The legend does not say what {each.symbol} stands for.")


_NAMES_A_TARGET = re.compile(
    r"\b(?:within|on|above|below|over|under|meets?|met|exceed\w*|miss\w*)\s(?:the |its |our |their )?target(?! of\b)",
    re.IGNORECASE,
)
_IS = re.compile(
    r"(?:^|[.;]\s)(?:the\s|our\s)?(?:performance|figure|result|rate|it|this)\s(?:is|was|remains)\s(?:\w+\s){0,2}?"
    r"(?:within|on|above|below|over|under)\s(?:the |its |our )?target(?! of\b)",
    re.IGNORECASE,
)


def _is_given(figure: Figure | None) -> bool:
    return figure is not None and (figure.value is not None or bool(figure.text.strip(" -")))


def _no_such_target(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if line.ranged or _is_given(line.target) or any(map(_is_given, line.targets)):
            continue
        for figure in line.figures:
            match = _NAMES_A_TARGET.search(figure.said) if figure.said else None
            if match:
                yield Hit(figure.spot, f"{figure.text} is said to be “{figure.said}”, but the row has no target.")
        for text in line.texts:
            found = _IS.search(text.text) if "target" in text.lower else None
            if found and line.now and line.now.value is not None:
                yield Hit(text.spot, f"The text says “{found[0].strip(' .;')}”, but the row has no target.")


def _line(
    now: str,
    target: str,
    outcome: Outcome = "",
    *,
    before: str = "70%",
    trend: Direction = "",
    polarity: Literal["higher", "lower"] = "higher",
    title: str = "Invoices paid in time",
    aim: str = "",
    text: str = "",
) -> Subject:
    words = {"met": "green", "near": "amber", "missed": "red", "": ""}
    return Subject(
        (
            Line(
                title,
                "EX1",
                unit=PERCENT,
                polarity=polarity,
                now=read_figure(now, PERCENT, "Q2"),
                before=(read_figure(before, PERCENT, "Q1"),) if before else (),
                target=read_figure(target, PERCENT, "Target") if target else None,
                outcome=outcome,
                score=words[outcome],
                trend=trend,
                aim=aim,
                texts=(Text("commentary", text),) if text else (),
            ),
        )
    )


def _symbols(*used: tuple[str, str]) -> Subject:
    return Subject(symbols=tuple(Symbol(symbol, meaning) for symbol, meaning in used))


def _twice(first: Outcome, second: Outcome) -> Subject:
    lines = (replace(_line("86%", "85%", outcome).lines[0], key="k1", now=None) for outcome in (first, second))
    return Subject(tuple(lines))


def _annual() -> Subject:
    """A count with a target for the whole year, which half a year cannot meet."""
    line = _line("60%", "250%", "met").lines[0]
    year = read_figure("341", COUNT, "2030-31")
    now, target = read_figure("122", COUNT, "Q2"), read_figure("250", COUNT)
    return Subject((replace(line, unit=COUNT, years=(year,), now=now, target=target),))


S301 = AcrossRule(
    code="S301",
    severity="warning",
    title="A score against the figure and its target",
    find=_scores,
    remedy="Correct the score, the figure or which direction is better.",
    example="76.8% against a target of 85%, marked green",
    trips=_line("76.8%", "85%", "met"),
    passes=(_line("86.8%", "85%", "met"), _line("76.8%", "85%", "near"), _annual()),
)
S302 = AcrossRule(
    code="S302",
    severity="warning",
    title="A trend against the movement of the figure",
    find=_trends,
    remedy="Correct the trend or the figures.",
    example="76.8% after 70%, marked worse",
    trips=_line("76.8%", "85%", trend="worse"),
    passes=(_line("76.8%", "85%", trend="improved"), _line("76.8%", "85%")),
)
S303 = AcrossRule(
    code="S303",
    severity="warning",
    title="A score without a target",
    find=_without_target,
    remedy="Give the target, or leave the score out.",
    example="76.8% marked green, target “No target”",
    trips=_line("76.8%", "No target", "met"),
    passes=(_line("76.8%", "85%", "missed"), _line("76.8%", "No target")),
    sure="certain",
)
S304 = AcrossRule(
    code="S304",
    severity="warning",
    title="A score without a figure",
    find=_without_figure,
    remedy="Give the figure, or leave the score out.",
    example="“tba” marked green",
    trips=_line("tba", "85%", "met", before=""),
    passes=(_line("86%", "85%", "met"), _line("tba", "85%")),
    sure="certain",
    published=True,
)
S305 = AcrossRule(
    code="S305",
    severity="info",
    title="A target that is the very figure of the period",
    find=_same_as_target,
    remedy="Make sure that the target was not overwritten.",
    example="76.8% against a target of 76.8%",
    trips=_line("76.8%", "76.8%"),
    passes=(_line("76.8%", "85%"), _line("100%", "100%"), _line("53%", "53%")),
    sure="possible",
)
S306 = AcrossRule(
    code="S306",
    severity="warning",
    title="A measure that is marked the wrong way round",
    find=_polarities,
    remedy="Say which direction is better.",
    example="Permanent exclusions, with the aim “to increase”",
    trips=_line("0.2%", "0.1%", title="Permanent exclusions", polarity="lower", aim="target: to increase"),
    passes=(
        _line("0.2%", "0.1%", title="Permanent exclusions", polarity="lower", aim="target: to decrease"),
        _line("80%", "90%", title="Complaints received and answered in time"),
        _line("80%", "90%", title="Deaths registered in five days"),
        _line("80%", "90%", title="Increase the number of volunteers"),
    ),
)
S307 = AcrossRule(
    code="S307",
    severity="warning",
    title="A range that is said to be ideal, where more or less is always better",
    find=_ranges,
    remedy="Give the measure a range, or correct the text.",
    example="lower is better, and the text says “10-15% is ideal”",
    trips=_line("12%", "10%", polarity="lower", text="For this service 10-15% is ideal."),
    passes=(_line("12%", "10%", polarity="lower", text="In 10-15% of cases the form is ideal."),),
)
S308 = AcrossRule(
    code="S308",
    severity="warning",
    title="One symbol with two meanings",
    find=_two_meanings,
    remedy="Give each meaning a symbol of its own, and a word beside it.",
    example="a yellow circle for “exceeds target” and for “on target”",
    trips=_symbols(("\u25cf", "exceeds target"), ("\u25cf", "on target"), ("\u25b2", "below target")),
    passes=(_symbols(("\u25cf", "exceeds target"), ("\u25b2", "below target")),),
    sure="certain",
    published=True,
)
S309 = AcrossRule(
    code="S309",
    severity="warning",
    title="One measure with different scores in different places",
    find=_two_outcomes,
    remedy="Score it once.",
    example="green in the scorecard, amber in the appendix",
    trips=_twice("met", "near"),
    passes=(_twice("met", "met"),),
    sure="certain",
    published=True,
)
S310 = AcrossRule(
    code="S310",
    severity="info",
    title="A symbol that the legend does not explain",
    find=_unexplained,
    remedy="Use the symbols of the legend, or explain this one.",
    example="a circle, where the legend knows a star and a triangle",
    trips=replace(_symbols(("\u25cf", "")), legend=frozenset("\u2605\u25b2")),
    passes=(replace(_symbols(("\u25b2", "")), legend=frozenset("\u2605\u25b2")), _symbols(("\u25cf", ""))),
    sure="certain",
    published=True,
)

S311 = AcrossRule(
    code="S311",
    severity="info",
    title="A target that a text names, and a row that has none",
    find=_no_such_target,
    remedy="Give the target, or say what the figure is measured against.",
    example="no target, and “Performance is within target.”",
    trips=_line("76.8%", "", text="Performance is within target."),
    passes=(
        _line("76.8%", "85%", text="Performance is within target."),
        _line("76.8%", "", text="Repairs of one firm are on target."),
        _line("76.8%", "", text="There is no target for this measure."),
    ),
)

RULES = (S301, S302, S303, S304, S305, S306, S307, S308, S309, S310, S311)
