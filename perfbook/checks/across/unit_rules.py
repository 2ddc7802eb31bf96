"""Family V: what a measure and its texts count, against what they are called and against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.numbers import Number, numbers_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Item, Line, Quote, Spot, Subject, Text
from perfbook.checks.said import small
from perfbook.checks.signs import sign_of
from perfbook.framework.model import Unit

# -- National measures -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _National:
    """A measure that the government defines: its figures lie between `low` and `high`, at one key stage."""

    name: str
    low: int
    high: int
    stage: int


# Secondary accountability measures, Department for Education: ten slots of nine points; a school's Progress 8 lies
# between -2 and 2, and that of a group of pupils little beyond.
_NATIONALS = (_National("attainment 8", 0, 90, 4), _National("progress 8", -4, 4, 4), _National("ebacc aps", 0, 9, 4))
_NAMED = sign_of("attainment", "progress", "ebacc")
_STAGE = re.compile(r"\b(?:ks|key stage )\s?(\d)\b", re.IGNORECASE)
_SCORED = re.compile(
    r"\b(?P<name>attainment 8|progress 8|ebacc aps)(?: (?:score|average|figure|was|is|of|at))*[ :=]{1,3}"
    r"(?P<figure>-?\d+(?:\.\d+)?)(?![\d/]|\.\d|,\d)\s?(?P<unit>%)?",
    re.IGNORECASE,
)


def _national(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        title = line.title.lower()
        if "8" not in title and "aps" not in title:
            continue
        national = next((each for each in _NATIONALS if each.name in title), None)
        if national:
            yield from _of_national(line, national)
    # Most returns name none of them.
    for text, spot in _all_said(subject) if subject.has_quotes or subject.signs & _NAMED else ():
        if " 8" not in text and "APS" not in text:
            continue
        for match in _SCORED.finditer(text):
            national = next(each for each in _NATIONALS if each.name == small(match["name"]))
            value = Decimal(match["figure"])
            if match["unit"] or not national.low <= value <= national.high:
                yield Hit(spot, f"“{match[0].strip()}”: {_range(national, bool(match['unit']))}.")


def _of_national(line: Line, national: _National) -> Iterator[Hit]:
    stage = _STAGE.search(line.title)
    known = [
        each for each in (line.now, *reversed(line.before), *reversed(line.years)) if each and each.value is not None
    ]
    if stage and int(stage[1]) != national.stage:
        yield Hit(
            line.place(known[0]) if known else line.spot,
            f"“{line.title}”: {national.name.capitalize()} is measured at key stage {national.stage}.",
        )
        return
    # The share of a national figure, and a gap, are other things.
    if line.is_percent and not any("%" in each.unit for each in known):
        return
    if "%" in line.title or "percent" in line.title.lower():
        return
    for figure in known:
        if "%" in figure.unit or not national.low <= (figure.value or Decimal(0)) <= national.high:
            said = f"“{figure.text}” of “{line.title}”"
            yield Hit(line.place(figure), f"{said}: {_range(national, '%' in figure.unit)}.")
            return


def _range(national: _National, percent: bool) -> str:
    score = f"{national.name.capitalize()} is a score from {national.low} to {national.high}"
    return f"{score}, not a percentage" if percent else score


def _all_said(subject: Subject) -> Iterator[tuple[str, Spot]]:
    """What texts say: figure by figure where that is known, else whole."""
    for row in subject.rows:
        if row.quotes:
            yield from ((f"{quote.item}: {quote.text}", quote.spot) for quote in row.quotes)
        else:
            yield from ((text.text, text.spot) for text in row.texts)
    yield from ((text.text, text.spot) for text in subject.texts)


# -- Ratios ------------------------------------------------------------------------------------------------------------

_RATIO = re.compile(
    r"£\s?(?P<much>\d+(?:\.\d+)?)\b[^£]{1,80}\b(?:for (?:every|each)|per) £\s?(?P<of>\d+)\b", re.IGNORECASE
)
# So many times what is promised is no ratio any more.
_NO_RATIO = 250
_SUMS = ("£k", "£m", "£bn")


def _ratios(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        match = _RATIO.search(line.title) if "£" in line.title else None
        if not match:
            continue
        sums = [
            each
            for each in (line.target, *line.figures)
            if each
            and each.value is not None
            and (line.unit.label in _SUMS or abs(each.value) > _NO_RATIO * Decimal(match["much"]))
        ]
        if sums:
            yield Hit(
                line.place(sums[0]),
                f"The title promises £{match['much']} for every £{match['of']}, but the figures are sums, such as "
                f"{sums[0].text}.",
            )


# -- A percentage without its sign -------------------------------------------------------------------------------------

# What is no percentage although its figure looks like one.
_OTHER_UNIT = re.compile(
    r"\b(?:rate|ratio|score|scores|index|average|mean|median|days?|weeks?|months?|years?|hours?|minutes?|fte|times|points?|"
    r"tonnes?|kwh?|miles?|km|caseload|cases|people|per|age|aged|rank\w*|number|no|attainment|progress|nps|reading)\b|£",
    re.IGNORECASE,
)
_GOES_ON = frozenset(
    ("", "against", "compared", "nationally", "regionally", "locally", "versus", "vs", "in", "at", "and", "do", "are")
)


def _without_sign(subject: Subject) -> Iterator[Hit]:
    if not subject.has_quotes:
        for text in subject.every_text:
            if text.lower.count("%") >= _SIGNED:
                yield from _of_text(text)
        return
    for row in subject.rows:
        if row.quotes:
            yield from _of_quotes(row.quotes)
        else:
            for text in row.texts:
                if text.lower.count("%") >= _SIGNED:
                    yield from _of_text(text)
    for text in subject.texts:
        if text.lower.count("%") >= _SIGNED:
            yield from _of_text(text)


def _of_quotes(quotes: tuple[Quote, ...]) -> Iterator[Hit]:
    """Of the figures of one cell those that have no sign, while others have."""
    cells: dict[Spot, list[tuple[Quote, Number]]] = {}
    for quote in quotes:
        for number in numbers_in(quote.text):
            cells.setdefault(quote.spot, []).append((quote, number))
    for spot, known in cells.items():
        signed = [number.value for _, number in known if number.kind == "percent"]
        for quote, number in known:
            if _lacks(number, signed) and not number.after and not _OTHER_UNIT.search(quote.item):
                yield Hit(spot, f"“{quote.item}: {number.text}” has no % sign, as the figures beside it have.")
                break


def _of_text(text: Text) -> Iterator[Hit]:
    if not (_BARE.search(text.lower) and _POINT.search(text.lower)):
        return
    numbers = numbers_in(text.text)
    signed = [number.value for number in numbers if number.kind == "percent"]
    for number in numbers:
        if not _lacks(number, signed) or number.after not in _GOES_ON:
            continue
        if not _OTHER_UNIT.search(" ".join(text.text[: number.start].split()[-6:])):
            yield Hit(text.spot, f"“{number.text}” has no % sign, as the figures beside it have.")
            return


_SIGNED = 2
_BARE = re.compile(r"[0-9]\.[0-9]+(?![0-9%]|\s?%|\s?per)")
# A point that may be that of such a figure: not one of pounds, nor of points.
_POINT = re.compile(
    r"(?:c|ca|approx)\.|(?<![0-9])\.[0-9]|[0-9](?<!£[0-9])(?<!£[0-9]{2})(?<!£[0-9]{3})\.[0-9]+(?![0-9%]|\s?(?:per|points?\b))"
)
_ALIKE = Decimal("1.5")


def _lacks(number: Number, signed: list[Decimal]) -> bool:
    """Whether a bare figure with decimals lies among percentages."""
    if number.kind != "number" or number.low != number.high or "." not in number.text or len(signed) < _SIGNED:
        return False
    return min(signed) / _ALIKE <= number.value <= min(max(signed) * _ALIKE, Decimal(100))


# -- Counted otherwise than before -------------------------------------------------------------------------------------

_OTHERWISE = re.compile(
    r"\b(?:earlier|previous|prior) (?:months|quarters|figures|years|periods|data) (?:were )?"
    r"(?:counted|calculated|measured|included|excluded)\b"
    r"|\b(?:definition|method|methodology|calculation|basis) "
    r"(?:has |have |was |were )?(?:been )?(?:changed|revised|amended)\b"
    r"|\bnot (?:directly )?comparable\b|\b(?:counted|calculated|measured) differently\b"
    r"|\bchange (?:of|in) (?:the )?(?:definition|method|methodology|counting)\b",
    re.IGNORECASE,
)


# One of these words stands where a text says so.
_SAY_OTHERWISE = sign_of(
    *("counted", "calculated", "measured", "included", "excluded", "changed", "revised", "amended", "comparable"),
    *("differently", "change"),
)


def _otherwise(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines if subject.signs & _SAY_OTHERWISE else ():
        said = next((found for text in line.texts if (found := _said_otherwise(text))), "")
        now = line.now
        if not said or now is None or now.value is None:
            continue
        earlier: list[Figure] = [each for each in (*line.years, line.last_year, *line.before) if each is not None]
        known = [each for each in earlier if each.value is not None]
        if known:
            yield Hit(
                now.spot,
                f"{now.text} after {known[-1].text}: by its text (“{said}”) the two count different things.",
            )


def _said_otherwise(text: Text) -> str:
    match = _OTHERWISE.search(text.text) if text.said.signs & _SAY_OTHERWISE else None
    return match[0] if match else ""


# -- The rules ---------------------------------------------------------------------------------------------------------

_SCORE = Unit("score", "number")
_POUNDS = Unit("£m", "currency")


def _titled(title: str, text: str, unit: Unit = COUNT, target: str = "", said: str = "") -> Subject:
    line = Line(
        title,
        "EX1",
        unit=unit,
        now=read_figure(text, unit, "Q2"),
        before=(read_figure(text, unit, "Q1"),),
        target=read_figure(target, unit, "Target") if target else None,
        texts=(Text("commentary", said),) if said else (),
    )
    return Subject((line,))


def _says(text: str, *quotes: tuple[str, str]) -> Subject:
    item = Item(
        "Open three libraries",
        "A1",
        texts=(Text("update", text),),
        quotes=tuple(Quote(name, figure) for name, figure in quotes),
    )
    return Subject(items=(item,))


V208 = AcrossRule(
    code="V208",
    severity="warning",
    title="A national measure in a unit, a range or at a stage that it does not have",
    find=_national,
    remedy="Correct the figure, the unit or the title.",
    example="Attainment 8 of 23.1%; “Progress 8 -069”",
    trips=_titled("Attainment 8 of children in care", "23.1%", PERCENT),
    passes=(
        _titled("Attainment 8 of children in care", "23.1", _SCORE),
        _titled("% of pupils in schools above the national Attainment 8", "61%", PERCENT),
        _says("KS4 Progress 8 was -0.69, after Progress 8: -1.2."),
    ),
    sure="certain",
)
V209 = AcrossRule(
    code="V209",
    severity="info",
    title="A ratio by its title, with figures that are sums",
    find=_ratios,
    remedy="Give the ratio, or call the measure after what it counts.",
    example="“Secure £4 of investment for every £1 of support”, and £12.3m",
    trips=_titled("Secure £4 of investment for every £1 of support", "£12.3m", _POUNDS),
    passes=(
        _titled("Secure £4 of investment for every £1 of support", "£3.85", Unit("£", "currency")),
        _titled("Investment secured", "£12.3m", _POUNDS),
    ),
)
V210 = AcrossRule(
    code="V210",
    severity="info",
    title="A figure without its % sign among percentages",
    find=_without_sign,
    remedy="Type the sign, or say what is counted.",
    example="“Visits in time 97.9 against 97.6 nationally; reviews 94.1% against 80.2%.”",
    trips=_says("Visits in time 97.9 against 97.6 nationally; reviews 94.1% against 80.2%."),
    passes=(
        _says("Visits in time 97.9% against 97.6% nationally; reviews 94.1% against 80.2%."),
        _says("The average caseload is 18.4 against 19.2; 15.1% and 20.3% of posts were vacant."),
        _says("", ("posts filled", "94.1%"), ("average days", "80.2"), ("posts vacant", "5.9%")),
        _says("Two of 97.5 posts are vacant, 2.1% against 80.2%."),
    ),
)
V211 = AcrossRule(
    code="V211",
    severity="info",
    title="A figure that is counted otherwise than those before it",
    find=_otherwise,
    remedy="Work the earlier ones out anew, or say that they cannot be compared.",
    example="54 after 60: “July counts full-time equivalents; earlier months counted people.”",
    trips=_titled("Agency staff", "54", said="July counts full-time equivalents; earlier months counted people."),
    passes=(
        _titled("Agency staff", "54", said="July counts two more people than earlier months."),
        _titled("Agency staff", "54", said="A method that has been agreed is used."),
    ),
    sure="possible",
)

RULES = (V208, V209, V210, V211)
