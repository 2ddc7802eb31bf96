"""Family W: what a text says of the row's figure beside that of another period, which it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from perfbook.checks.across._named_periods import PERIOD, figure_now, is_of, meant, periods_in, told_of_periods
from perfbook.checks.across._told import ITSELF, LINE, ONE_OF_THEM, figures_in, holds, is_about, suits
from perfbook.checks.across.dates import MONTHS
from perfbook.checks.across.figures import COUNT, PERCENT, plain, read_figure
from perfbook.checks.across.numbers import Number
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Subject, Text
from perfbook.checks.said import Said, long_words, short, small, words_from
from perfbook.checks.signs import sign_of

# -- Which way it went -------------------------------------------------------------------------------------------------

_QUALITY = ITSELF | {"performance", "timeliness", "compliance", "position", "results", "this"}
_UP = r"rose|risen|increased|grew|grown|went up|gone up|climbed|(?:is|are|was) (?:up|higher)"
_DOWN = r"fell|fallen|decreased|dropped|went down|gone down|(?:is|are|was) (?:down|lower)"
_BETTER = r"improved|(?:is|are|was) (?:better|improved)"
_WORSE = r"worsened|deteriorated|(?:is|are|was) worse"
_SAME = (
    r"(?:is|are|was|were|remains?|remained|has remained|have remained|stayed|has stayed)\s"
    r"(?:largely |broadly |almost |virtually )?(?:unchanged|stable|static|level|steady|the same|constant)"
)
_ADVERB = r"(?:\s(?:slightly|gradually|steadily|sharply|markedly|significantly|again|further|also|now))?"
_THEN = r"(?:since|from|on|than|over|against|as|with|to|in)\s(?:in\s|at\s|the\s)*"
_MOVED = re.compile(
    rf"^(?P<subject>[a-z][a-z '\u2019-]{{1,60}}?)(?:\s(?:has|have|had))?{_ADVERB}"
    rf"\s(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<better>{_BETTER})|(?P<worse>{_WORSE})|(?P<same>{_SAME}))\b"
    rf"(?:(?!\s(?:in|since|after|but|when|where|for|of)\s)[^.;:\d]){{0,60}}?\s?\b{_THEN}\Z",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"^(?:there (?:is|was|has been) )?(?:an?|another|a further|further)\s(?:[a-z]+\s)?"
    r"(?:(?P<up>increase|rise|growth)|(?P<down>decrease|fall|drop|reduction)|(?P<better>improvement)|(?P<worse>deterioration))"
    rf"\s(?:in|of)\s(?P<subject>[a-z][a-z '\u2019-]{{1,60}}?)\s(?:compared\s|was seen\s)?{_THEN}\Z",
    re.IGNORECASE,
)
# What says of the figure itself, without naming it, how good it is.
_IMPLIED = re.compile(
    r"^(?:(?:there (?:was|is|has been)|(?:this|it) (?:is|was)|we (?:saw|have seen)|overall,?)\s)?"
    r"(?:an?\s|another\s|a further\s)?"
    r"(?:(?!no\b|not\b|little\b|hardly\b)[a-z]+\s){0,2}?"
    r"(?:(?P<better>improvement|better (?:result|performance|figure|quarter))"
    r"|(?P<worse>deterioration|worse (?:result|performance|figure|quarter)))"
    rf"\s{_THEN}(?:both\s(?:in\s|the\s)*)?\Z",
    re.IGNORECASE,
)
_MORE_OF = re.compile(
    r"(?:^|[.;:,]\s)(?:(?P<up>more)|(?P<down>fewer))\s(?P<subject>[a-z]+)(?:\s[a-z]+){0,3}?\sthan\s(?:in\s|at\s|during\s|the\s)*\Z",
    re.IGNORECASE,
)
_MOVES = (
    *("more ", "fewer "),
    *("rise", "rose", "incre", "grew", "growth", "up ", "climb", "higher", "fell", "fall", "decrea", "drop", "down "),
    *("lower", "reduc", "improv", "better", "worse", "deterior", "unchang", "stable", "static", "steady", " same"),
    *(" level", "constant"),
)
# What stands right before a period with which a figure is compared, and how far it begins before it at most.
_ENDS = re.compile(rf"\b{_THEN}(?:both\s(?:in\s|the\s)*)?\Z", re.IGNORECASE)
_FAR = 80
# Between two periods with which one figure is compared.
_AND = re.compile(r",?\s(?:and|or)\s(?:(?:on|since|to|with|than)\s)?(?:the\s)?", re.IGNORECASE)
# What is said to be the same may differ by so much of itself.
_A_LITTLE = Decimal("0.1")


def _directions(subject: Subject) -> Iterator[Hit]:
    for line, text, sentence in told_of_periods(subject):
        now = figure_now(line)
        if now is None or line.now is None:
            continue
        moved, ended = None, 0
        for named in periods_in(sentence.lower) if holds(sentence.lower, _MOVES) else ():
            if moved is None or not _AND.fullmatch(sentence.text[ended : named.start()]):
                before = sentence.text[: named.start()].lstrip()
                moved = _move(before) if _ENDS.search(before[-_FAR:]) else None
            ended = named.end()
            was = meant(line, named) if moved else None
            if moved is None or was is None or was.value is None:
                continue
            parts = moved.groupdict()
            said = next((name for name in ("up", "down", "better", "worse") if parts.get(name)), "same")
            if _is_moved(parts.get("subject"), said, moved.re is _MORE_OF, line) and _contradicts(
                said, line, now, was.value
            ):
                words = _short(sentence.text[: named.end()])
                figures = f"{line.now.text} after {was.text} in {was.label or 'the period before'}"
                yield Hit(text.spot, f"The text says “{words}”, but the figure is {figures}.")
                break


# What is granted before something else is said: `Whilst below target, this is an improvement on the same period ...`.
_GRANTED = re.compile(r"(?:whilst|while|although|though|despite|even though) [^,.;]{3,80}, ", re.IGNORECASE)


def _move(before: str) -> re.Match[str] | None:
    granted = _GRANTED.match(before)
    before = before[granted.end() :] if granted else before
    return _MOVED.match(before) or _NOUN.match(before) or _IMPLIED.match(before) or _MORE_OF.search(before)


def _is_moved(subject: str | None, said: str, counted: bool, line: Line) -> bool:
    """Whether it is the figure of the row that moved."""
    if subject is None:
        return True
    if counted:
        return not line.is_percent and is_about(f"number of {subject}", line)
    return is_about(subject, line, _QUALITY if said in ("better", "worse") else ITSELF)


def _contradicts(said: str, line: Line, now: Decimal, was: Decimal) -> bool:
    if said == "same":
        return abs(now - was) > _A_LITTLE * abs(was) if was else bool(now)
    if said in ("up", "down"):
        return now < was if said == "up" else now > was
    if line.polarity not in ("higher", "lower") or now == was:
        return False
    return (
        (now > was) != (line.polarity == "higher") if said == "better" else (now > was) == (line.polarity == "higher")
    )


def _short(text: str) -> str:
    return short(" ".join(text.split()))


# -- The figure of another period --------------------------------------------------------------------------------------

_NUMBER_FIRST = re.compile(r"(?:\s[a-z]+){0,2}\s?\(?(?:\s?(?:in|at|for|during))?(?:\sthe)?\s?", re.IGNORECASE)
_PERIOD_FIRST = re.compile(
    r"(?:['\u2019]s)?\s(?:figure\s|result\s|performance\s|outturn\s)?(?:was|were|stood\sat|came\sto|:)\s", re.IGNORECASE
)
_OF_OTHERS = re.compile(
    r"\b(?:more|fewer|less|extra|new|additional|further|national\w*|region\w*|england|english|average|target\w*|plan\w*"
    r"|forecast\w*|by|of which|of whom|including|alone)\b",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    r"\b(?:correct\w*|restated?|revised|provisional|original\w*|first reported|previously reported|not \d)",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"^(?:up|down|compared|this (?:is|compares)|against|from)\b", re.IGNORECASE)
_NAMES_IT = re.compile(r"\b(?:result|figure|performance|outturn)\b", re.IGNORECASE)
_TIMES = 2


def _others(subject: Subject) -> Iterator[Hit]:
    of, values = None, [0.0]
    for line, text, sentence in told_of_periods(subject):
        if line is not of:
            of, values = line, [float(e.value) for e in (*line.before, line.last_year) if e and e.value]
        if not _are_like(sentence.figures, values):
            continue
        periods = [(named, was) for named in periods_in(sentence.lower) if (was := meant(line, named)) and was.value]
        if not periods or not _is_beside_any(sentence.lower):
            continue
        numbers = tuple(number for number in figures_in(sentence.text, line) if suits(number, line))
        for named, was in periods:
            number = _beside(sentence.text, named, numbers)
            if not was.value or number is None:
                continue
            # Any of them may be the figure of the period; far from it, it is one of something else.
            if any(each.holds(was.value, was.half) for each in numbers) or not _is_like(number.value, was.value):
                continue
            if _RESTATED.search(text.text) or not _is_told_of(sentence, line, numbers, number):
                continue
            words = sentence.text[min(number.start, named.start()) : max(number.end, named.end())]
            yield Hit(
                text.spot,
                f"The text says “{_short(words)}”, but the figure of {was.label or 'that period'} is {was.text}.",
            )
            break


# In small letters, what a number is followed by where it stands right before the name of a period.
_NUMBER_NAMED = re.compile(
    r"[0-9]\s?(?:%|per ?cent|[kmb]n?)?(?:\s[a-z]++){0,2}\s?\(?(?:\s?(?:in|at|for|during))?(?:\sthe)?\s?(?:end\sof\s)?"
    rf"(?:same|last|prev|prec|first|second|third|quarter|q|a\syear|one\syear|period|month|year|{'|'.join(MONTHS)})"
)
_WAS = (" was ", " were ", " stood at ", " came to ", ": ")


def _is_beside_any(lower: str) -> bool:
    """Whether a figure may stand beside the name of a period in a sentence in small letters."""
    return holds(lower, _WAS) or bool(_NUMBER_NAMED.search(lower))


def _are_like(figures: Sequence[float], values: Sequence[float]) -> bool:
    """Whether a figure is like one of some values and not the same."""
    for value in values:
        for figure in figures:
            if figure != value and figure <= _TIMES * value and value <= _TIMES * figure:
                return True
    return False


def _is_like(one: Decimal, other: Decimal) -> bool:
    return bool(one) and one <= _TIMES * other and other <= _TIMES * one


def _beside(sentence: str, named: re.Match[str], numbers: tuple[Number, ...]) -> Number | None:
    """The number that stands right before or after the name of a period."""
    for number in numbers:
        if number.end <= named.start():
            between = sentence[number.end : named.start()]
            if _NUMBER_FIRST.fullmatch(between) and not _OF_OTHERS.search(between):
                return number
        elif number.start >= named.end() and _PERIOD_FIRST.fullmatch(sentence[named.end() : number.start]):
            return number
    return None


def _is_told_of(sentence: Said, line: Line, numbers: tuple[Number, ...], number: Number) -> bool:
    others = tuple(each for each in numbers if each is not number)
    if _OF_OTHERS.search(sentence.text[max(0, number.start - 25) : number.start]):
        return False
    itself = _COMPARES.match(sentence.text) or _NAMES_IT.search(sentence.text[: number.start])
    return bool(itself) or is_of(sentence, line, others)


# -- By how much -------------------------------------------------------------------------------------------------------

_BY = re.compile(
    r"\b(?:(?P<up>up|rose|risen|increased?|rise|grew|grown)|(?P<down>down|fell|fallen|fall|dropped|drop|decreased?|reduced"
    r"|reduction)|improved|improvement)(?:\s(?:slightly|again|further))?(?:\s(?:by|of))?\s\Z",
    re.IGNORECASE,
)
_THERE = r"\s(?:in\s|at\s|the\s)*"
_ON = re.compile(
    rf"\s?(?:percentage\spoints?)?\s?(?:on|since|from|than|over|compared (?:with|to)){_THERE}", re.IGNORECASE
)
_MORE = re.compile(
    rf"(?:\s[a-z]+)?\s(?:(?P<up>more|higher)|(?P<down>fewer|less|lower))(?:\s(?P<noun>[a-z]+))?\sthan{_THERE}",
    re.IGNORECASE,
)
_CHANGE = r"\s(?:(?P<up>increase|rise|growth)|(?P<down>reduction|fall|drop|decrease))"
_CHANGE_ON = re.compile(rf"{_CHANGE}\s(?:on|since|from|over|compared (?:with|to)){_THERE}", re.IGNORECASE)
_CHANGE_AFTER = re.compile(_CHANGE, re.IGNORECASE)
_THIS_IS = re.compile(r",?\s(?:this|it|that)\s(?:is|was|means|represents)\s(?:an?\s)?", re.IGNORECASE)
_STARTS = re.compile(r"^(?:up|down|this is|it is|that is|compared (?:with|to))\b", re.IGNORECASE)
_FACTOR = re.compile(
    r"^(?P<subject>[a-z][a-z '\u2019-]{1,60}?)(?:\s(?:has|have|had))?(?:\s(?:more than|almost|nearly|about|roughly))?\s"
    r"(?P<word>halved|doubled|trebled|tripled|quadrupled)\b",
    re.IGNORECASE,
)
_FACTORS = {
    "halved": (Decimal("0.35"), Decimal("0.65")),
    "doubled": (Decimal("1.7"), Decimal("2.9")),
    "trebled": (Decimal("2.5"), Decimal("3.9")),
    "tripled": (Decimal("2.5"), Decimal("3.9")),
    "quadrupled": (Decimal("3.4"), Decimal(5)),
}
_FACTOR_WORDS = sign_of(*_FACTORS)
_CHANGES = (" by ", " of ", "up ", "down ", "than ", "reduc", "increase", " rise ", " fall ", " drop ", "growth")


# What there are more or fewer of by so many.
_FEWER = re.compile(r"^\s(?:more|fewer|less)\s([a-z]+)\b", re.IGNORECASE)


def _amounts(subject: Subject) -> Iterator[Hit]:
    are_factors = subject.signs & _FACTOR_WORDS
    for line, text, sentence in told_of_periods(subject):
        now = figure_now(line)
        if now is None or line.now is None:
            continue
        if are_factors:
            yield from _factors(line, text, sentence)
        periods = [
            (named, was)
            for named in (periods_in(sentence.lower) if holds(sentence.lower, _CHANGES) else ())
            if (_ENDS.search(sentence.text[: named.start()][-_FAR:]) or named.start() < _FAR)
            and (was := meant(line, named))
        ]
        numbers = figures_in(sentence.text, line) if periods else ()
        for named, was in periods:
            found = _changed(sentence.text, named, numbers) if was.value is not None else None
            if was.value is None or found is None:
                continue
            number, way = found
            others = tuple(each for each in numbers if each is not number)
            counted = _FEWER.match(sentence.text[number.end :]) if not line.is_percent else None
            is_counted = counted is not None and is_about(f"number of {counted[1]}", line)
            is_told = _STARTS.match(sentence.text) or is_counted or is_of(sentence, line, others)
            if not (is_told or _is_called_alike(sentence.text, line)):
                continue
            if _is_other(number, way, line, line.now, was):
                words = words_from(sentence.text, number.start - 15, named.end())
                moved = _difference(line, now - was.value)
                yield Hit(text.spot, f"“{_short(words)}”: from {was.text} to {line.now.text} is {moved}.")
                break


_ONE_WORD = re.compile(r"(?:the |our )?(?P<word>[a-z]{7,}) (?:is|are|was|were|has|have) ", re.IGNORECASE)
_STEM = 7


def _is_called_alike(sentence: str, line: Line) -> bool:
    """Whether the subject is one word that begins as a word of the title does: `Collection` of tax collected."""
    match = _ONE_WORD.match(sentence)
    stem = match["word"][:_STEM].lower() if match else ""
    return bool(stem) and any(word.startswith(stem) for word in long_words(line.title))


def _changed(sentence: str, named: re.Match[str], numbers: tuple[Number, ...]) -> tuple[Number, int] | None:
    """The amount of a change since a period that is named, and its direction; 0 where it may be either."""
    for number in numbers:
        between = sentence[number.end : named.start()]
        before = _BY.search(sentence[: number.start]) if _ON.fullmatch(between) else None
        told = before or ("than" in between.lower() and _MORE.fullmatch(between)) or _CHANGE_ON.fullmatch(between)
        if number.start >= named.end() and _THIS_IS.fullmatch(sentence[named.end() : number.start]):
            told = _CHANGE_AFTER.match(sentence, number.end)
        elif number.end > named.start():
            continue
        if told:
            return number, 1 if told["up"] else -1 if told["down"] else 0
    return None


def _is_other(number: Number, way: int, line: Line, now: Figure, was: Figure) -> bool:
    if now.value is None or was.value is None:
        return False
    moved, half = now.value - was.value, now.half + was.half
    if line.is_percent:
        if number.kind not in ("points", "percent") and number.after not in ("percentage", "points", "point"):
            return False
    elif number.kind == "percent":
        return bool(was.value) and not number.holds(100 * abs(moved) / was.value, Decimal(1))
    elif not suits(number, line):
        return False
    share = number.kind == "percent" and was.value and number.holds(100 * abs(moved) / was.value, Decimal(1))
    return way * moved < 0 or (not share and not number.holds(abs(moved), half))


def _difference(line: Line, moved: Decimal) -> str:
    amount = plain(abs(moved))
    return (
        f"a {'rise' if moved > 0 else 'fall'} of {amount}{' points' if line.is_percent else ''}"
        if moved
        else "no change"
    )


def _factors(line: Line, text: Text, sentence: Said) -> Iterator[Hit]:
    match = _FACTOR.match(sentence.text)
    if match is None or line.now is None or not line.now.value or not is_about(match["subject"], line):
        return
    named = PERIOD.search(sentence.lower, match.end())
    if named is None:
        return
    was = meant(line, named)
    least, most = _FACTORS[small(match["word"])]
    if was and was.value and not least <= line.now.value / was.value <= most:
        yield Hit(text.spot, f"The text says “{match['word']}”, but {was.text} became {line.now.text}.")


# -- The rules ---------------------------------------------------------------------------------------------------------


def _says(text: str, now: str = "54.5%", was: str = "60.1%", last: str = "50%") -> Subject:
    unit = PERCENT if "%" in now else COUNT
    line = replace(
        LINE,
        unit=unit,
        now=read_figure(now, unit, "Q2", ends=date(2031, 9, 30)),
        before=(read_figure(was, unit, "Q1", ends=date(2031, 6, 30)),),
        last_year=read_figure(last, unit, "Q2 of last year"),
        texts=(Text("commentary", text),),
    )
    return Subject((line,))


W116 = AcrossRule(
    code="W116",
    severity="warning",
    title="A direction since a period that its figure does not bear out",
    find=_directions,
    remedy="Correct the text or the figure.",
    example="60.1% in Q1 and 54.5% in Q2: “Performance has improved since the last quarter.”",
    trips=_says("Performance has improved since the last quarter."),
    passes=(
        _says("Performance has improved on the same quarter last year."),
        _says("Demand has increased since the last quarter."),
        _says("The figure has fallen since Q1."),
    ),
)
W117 = AcrossRule(
    code="W117",
    severity="warning",
    title="A text that gives the figure of another period otherwise",
    find=_others,
    remedy="Correct one of them, or say that the earlier figure was restated.",
    example="60.1% in Q1: “54.5%, compared with 61.3% in Q1.”",
    trips=_says("54.5%, compared with 61.3% in Q1."),
    passes=(
        _says("54.5%, compared with 60.1% in Q1 and 50% in the same quarter last year."),
        _says("54.5%, while the region had an average of 61.3% in Q1."),
        _says("The result for Q1, first reported as 61.3%, was corrected."),
    ),
)
W118 = AcrossRule(
    code="W118",
    severity="warning",
    title="A change by so much that the figures do not bear out",
    find=_amounts,
    remedy=ONE_OF_THEM,
    example="60.1% in Q1 and 54.5% in Q2: “Down by 8 percentage points on the previous quarter.”",
    trips=_says("Down by 8 percentage points on the previous quarter."),
    passes=(
        _says("Down by 5.6 percentage points on the previous quarter."),
        _says("Demand is up by 8 percentage points on the previous quarter."),
        _says("Invoices paid in time: 54, 6 fewer than in June.", "54", "60"),
    ),
)
RULES = (W116, W117, W118)
