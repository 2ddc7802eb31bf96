"""Family W: a figure that a text says is the measure's, though it is far from the cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from perfbook.checks.across._near import IN_SCALE
from perfbook.checks.across._told import ITSELF, LINE, ONE_OF_THEM, clause_at, figures_in, holds, is_about, suits
from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.numbers import IS_SPELT, SPELT_FIRST, Number, count_of, numbers_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Subject, Text
from perfbook.checks.said import Said, long_words, small
from perfbook.checks.signs import sign_of
from perfbook.framework.typed import own_scale

_OF_OTHERS = re.compile(
    r"\b(?:national\w*|region\w*|england|english|neighbours?|peers?|targets?|plan(?:ned)?|forecast\w*|expect\w*|last"
    r"|previous|earlier|before|since|will|would|could|should|each|per|of which|of whom|including|additional|new|budget"
    r"|year(?! \d\b)|until"
    r"|q[1-4]|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


def _is_known(number: Number, line: Line) -> bool:
    """Whether a number is a figure of the row, or of what it is compared with."""
    known = (*line.figures, line.target, *line.targets, *line.comparators)
    if any(each.text == number.text for each in known if each):
        return True
    values = [
        value for each in known if each for value in (each.value, each.numerator, each.denominator, each.cumulative)
    ]
    return any(value is not None and number.holds(value) for value in values)


# These stand in titles and in any sentence.
_ANYWHERE = frozenset(
    {"after", "from", "have", "into", "over", "than", "that", "their", "them", "they", "this", "under", "which", "with"}
)


@lru_cache(maxsize=4096)
def _words_of(title: str) -> frozenset[str]:
    """The longer words of a title by which a sentence can be told to be about it."""
    words = long_words(title)
    return words - _ANYWHERE or words


def _is_of(clause: str, line: Line) -> bool:
    words = _words_of(line.title)
    return len(words & Said(clause).words) * 2 >= len(words) > 0


def _may_be_of(lower: str, line: Line) -> bool:
    """Whether a text in small letters may name half of the longer words of a title."""
    words = _words_of(line.title)
    return sum([word in lower for word in words]) * 2 >= len(words) > 0


# -- Stands at ---------------------------------------------------------------------------------------------------------

_STANDS = re.compile(
    r"^(?P<subject>[a-z][a-z '\u2019-]{2,60}?)\s(?:now\s|currently\s)?"
    r"(?:stands?|amounts?|comes?|(?:is|are)(?=\s(?:now|currently)))"
    r"\s(?:now\s|currently\s)?(?:(?:at|to)\s)?(?:about\s|around\s|some\s)?(?=[£\d])",
    re.IGNORECASE,
)
_STANDING = (
    *("stands at", "stand at", "stands now", "amounts to", "amount to", "comes to", "come to"),
    *(" is now ", " are now ", " is currently ", " are currently ", " currently stand", " now stand"),
)


_FOR_EACH = re.compile(
    r"\s(?:for each|for every|per|each|every|a (?:head|home|person|day|week|month|year)|of)\b", re.IGNORECASE
)


def _stands(line: Line, text: Text, sentence: Said) -> Iterator[Hit]:
    # Nearly always it gives the figure as the cell does.
    if line.now and line.now.text in sentence.text:
        return
    match = _STANDS.match(sentence.text)
    if match is None or not is_about(match["subject"], line) or _OF_OTHERS.search(match[0]):
        return
    number = next((each for each in figures_in(sentence.text, line) if each.start >= match.end() - 1), None)
    if number is None or number.start > match.end() + 1 or _FOR_EACH.match(sentence.text, number.end):
        return
    if suits(number, line) and not _is_known(number, line):
        yield _hit(text, sentence.text[: number.end], line)


def _hit(text: Text, words: str, line: Line) -> Hit:
    figure = line.now.text if line.now else ""
    return Hit(text.spot, f"The text says “{' '.join(words.split())}”, but the figure is {figure}.")


# -- More than, fewer than ---------------------------------------------------------------------------------------------

_BOUND = re.compile(
    r"\b(?:(?P<least>more than|over|at least|in excess of|exceed(?:ing|ed|s)?)"
    r"|(?P<most>fewer than|less than|under))\s\Z",
    re.IGNORECASE,
)
_BOUNDS = ("more than ", "over ", "at least ", "in excess of ", "exceed", "fewer than ", "less than ", "under ")
_LONGEST = len("  in excess of  ")
# What follows them: a figure in digits or in words.
_FIGURE = re.compile(rf"(?:ing|ed|s)?\s?(?:[£.0-9]|(?:{'|'.join(sorted(SPELT_FIRST))})\b)")
# What is further away is the bound of something else.
_NEAR = Decimal("0.25")


def _bounds(line: Line, text: Text, sentence: Said, value: Decimal) -> Iterator[Hit]:
    for number in figures_in(sentence.text, line):
        before = max(0, number.start - _LONGEST)
        bound = _BOUND.search(sentence.text, before, number.start) if suits(number, line) else None
        if bound is None or abs(number.low - value) > _NEAR * abs(value) or _is_exactly_known(number, line):
            continue
        clause = clause_at(sentence.text, number, line)
        is_wrong = number.low > value if bound["least"] else number.low < value
        if is_wrong and _is_of(clause, line) and not _OF_OTHERS.search(clause):
            yield _hit(text, sentence.text[bound.start() : number.end], line)


def _gives_bound(lower: str) -> bool:
    """Whether one of the words of a bound stands before a figure in a text in small letters."""
    for part in _BOUNDS:
        place = lower.find(part)
        while place >= 0:
            if _FIGURE.match(lower, place + len(part)):
                return True
            place = lower.find(part, place + 1)
    return False


def _may_be_near(told: Said, line: Line, value: Decimal) -> bool:
    """Whether a figure of a sentence may be so near the row's that it can be a bound of it."""
    known = float(value)
    room = _ROUGHLY * abs(known)
    if own_scale(line.unit) or (abs(known) - room < _MOST_SPELT and told.signs & IS_SPELT):
        return True
    # One in thousands or more is given with less than a thousandth in digits.
    most = (abs(known) + room) / 1000
    return any(abs(figure - known) <= room or figure <= most for figure in told.figures)


# A little more than is compared with exact numbers afterwards; no number that is written out is larger.
_ROUGHLY, _MOST_SPELT = 0.2501, 100


def _is_exactly_known(number: Number, line: Line) -> bool:
    known = (*line.figures, line.target, *line.targets, *line.comparators)
    return any(each.value is not None and abs(each.value - number.low) <= each.half for each in known if each)


# -- Digits that changed places ---------------------------------------------------------------------------------------

_ELSEWHERE = re.compile(
    r"\b(?:national\w*|region\w*|england|neighbours?|targets?|plan(?:ned)?|last|previous|before|since|of which|of whom"
    r"|across)\b",
    re.IGNORECASE,
)


class _Swaps(NamedTuple):
    """What a figure may be with its digits in another order: then nines lie between them."""

    exact: Decimal
    value: float
    scale: int

    @staticmethod
    def of(now: Figure, value: Decimal) -> _Swaps | None:
        """None of a figure that is too small for it."""
        known, scale = abs(float(value)), 10**now.decimals
        return _Swaps(value, known, scale) if known * scale >= _HUNDRED else None

    def may_be_in(self, told: Said) -> bool:
        """Whether a figure of a text may be one of them."""
        return next(self._apart(told), None) is not None

    def has_its_digits(self, told: Said) -> bool:
        """Whether a figure of a text has the same digits, noughts aside, or is said to be of thousands or more."""
        digits = _but_noughts(f"{self.exact:f}")
        for figure in told.figures:
            if _but_noughts(repr(figure)) == digits or figure > _LARGE:
                return True
        return bool(IN_SCALE.search(told.outline))

    def _apart(self, told: Said) -> Iterator[float]:
        """The figures of a text that differ from it by nines."""
        value = self.value
        low, high = value / 10, value * 10
        for figure in told.figures:
            if low < figure < high and figure != value and round((figure - value) * self.scale) % 9 == 0:
                yield figure


def _but_noughts(number: str) -> list[str]:
    return sorted(sign for sign in number if "1" <= sign <= "9")


# A figure whose digits are not written out one by one any more.
_LARGE = 1e15


def _swapped(line: Line, text: Text, sentence: Said, value: Decimal) -> Iterator[Hit]:
    digits = sorted(sign for sign in f"{value:f}" if sign.isdigit())
    if len(digits) < _THREE or len(set(digits)) < _TWO or _ELSEWHERE.search(sentence.text):
        return
    numbers = [each for each in figures_in(sentence.text, line) if suits(each, line) and not each.approximate]
    if len(numbers) != 1 or _is_known(numbers[0], line) or not _is_of(sentence.text, line):
        return
    said = f"{numbers[0].low:f}"
    if sorted(sign for sign in said if sign.isdigit()) == digits and len(said) == len(f"{value:f}"):
        yield _hit(text, numbers[0].text, line)


_TWO, _THREE, _HUNDRED = 2, 3, 100


# -- On average --------------------------------------------------------------------------------------------------------

_ON_AVERAGE = re.compile(r"\b(?:on average|an average of|the average (?:is|was|time is|time was))\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s\Z", re.IGNORECASE)
_TIMES = frozenset({"minutes", "hours", "days", "weeks", "months", "working", "calendar"})


# What is further away is the average of some of them.
_NEAR_ENOUGH = Decimal("0.3")


def _averages(line: Line, text: Text, sentence: Said, value: Decimal) -> Iterator[Hit]:
    if not _ON_AVERAGE.search(sentence.text) or _OF_OTHERS.search(sentence.text):
        return
    numbers = [each for each in figures_in(sentence.text, line) if suits(each, line)]
    if (
        not numbers
        or numbers[-1].after not in _TIMES
        or numbers[-1].after[:3] not in ("wor", "cal", line.unit.label[:3])
    ):
        return
    low, high = numbers[0], numbers[-1]
    if abs((low.value + high.value) / 2 - value) > _NEAR_ENOUGH * abs(value):
        return
    ranged = len(numbers) == 2 and bool(_BETWEEN.search(sentence.text[: low.start]))
    if (
        (ranged or low is high)
        and not low.low - low.half <= value <= high.high + high.half
        and not _is_known(low, line)
    ):
        yield _hit(text, sentence.text, line)


# -- Shares in words ---------------------------------------------------------------------------------------------------

_SHARE = re.compile(
    r"^(?:about |around |nearly |almost |over |just over |more than |some )?"
    r"(?P<share>half|two thirds|three quarters|a third|one third|a quarter|one quarter) of (?:all |our |the )?",
    re.IGNORECASE,
)
_IN_SO_MANY = re.compile(
    r"^(?:about |around |nearly |almost |over |just over |more than |some )?"
    r"(?P<part>one|two|three|four|five|six|seven|eight|nine)"
    r" (?:in|out of) (?:every )?(?P<whole>two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_SHARES = {"half": 50, "two thirds": 67, "three quarters": 75, "third": 33, "quarter": 25}
_FAR = Decimal(12)
_A_FIGURE = re.compile(r"\D*\d")


def _shares(line: Line, text: Text, sentence: Said, value: Decimal) -> Iterator[Hit]:
    if sentence.digit >= 0 and any(_A_FIGURE.match(number.text) for number in numbers_in(sentence.text)):
        return
    if _OF_OTHERS.search(sentence.text) or not _is_of(sentence.text, line):
        return
    match, parts = _SHARE.match(sentence.text), _IN_SO_MANY.match(sentence.text)
    if match:
        share = Decimal(_SHARES[small(match["share"]).removeprefix("a ").removeprefix("one ")])
        room = _FAR
    elif parts:
        share = 100 * (count_of(parts["part"]) or 0) / (count_of(parts["whole"]) or Decimal(1))
        room = _FAR / 2
    else:
        return
    if abs(value - share) > room:
        yield _hit(text, sentence.text, line)


# -- How a text begins -------------------------------------------------------------------------------------------------

_ABOUT = (
    *("", "c. ", "circa ", "about ", "around ", "some ", "approximately ", "roughly ", "nearly ", "almost "),
    "just over ",
)
_REACHING = (
    *("come down to ", "gone up to ", "risen to ", "fallen to ", "increased to ", "decreased to ", "dropped to "),
    *("improved to ", "grown to ", "reduced to ", " reached ", " rose to ", " fell to "),
)
# What stands right before the figure then.
_LEADS = ("is ", "to ", "reached ", "£", *_ABOUT[1:])
_ABOUTS = frozenset(f"{about}{sign}" for about in _ABOUT for sign in ("", "£"))
_LONGEST_ABOUT = max(map(len, _ABOUTS))
_BEGINS = re.compile(
    r"^(?P<subject>[a-z][a-z '\u2019-]{2,60}?)(?:\s(?:for|in|over|during)\s(?:the|this)\squarter)?\s(?:has\s|have\s)?"
    rf"(?:{'|'.join(each.strip() for each in ('is', *_REACHING))})\s[^\d£.]{{0,14}}(?:c\.\s)?(?=£?\.?\d)",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    r"^[^\d]{0,14}[\d.,]+\s?(?:k|m|thousand|million)?\s(?P<noun>[a-z][a-z '\u2019-]{2,40}?)"
    r"\s(?:were|was|have been|has been)\s(?P<verb>[a-z]+)",
    re.IGNORECASE,
)
_AMONG_ALL = re.compile(
    r"^all (?:of )?(?:the |our )?(?:\d[\d,]* )?(?P<noun>[a-z][a-z '\u2019-]{3,50}?)"
    r" (?:were|was|have been) (?P<rest>[^.;]+)",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:except|but|apart|other than|bar|until|by|since|so far|remaining|rest)\b", re.IGNORECASE)
_SEEN = frozenset({"received", "recorded", "made", "reported", "counted", "seen", "completed"})
# What may follow the figure of the whole quarter, and no more than a part of it.
_WHOLE = re.compile(
    r"\s?(?:[,;)]|\.(?!\d)|\Z"
    r"|(?:and|but|which|against|compared|chiefly|mainly|because|as|owing|due|thanks|this quarter)\b"
    r"|(?:for|in|over|during)\s(?:the|this)\s(?:quarter|period)\b)",
    re.IGNORECASE,
)
# So far a text begins at most before it gives its figure.
_FAR_IN = 90


def _begins(line: Line, text: Text) -> Iterator[Hit]:
    """What a text begins with: `The recycling rate is c. 52%`, `1.2k bins were missed`, `All 14 were in time`."""
    sentence = text.said.sentences[0]
    if line.now is None or line.now.value is None or line.now.text in sentence.text:
        return
    if line.is_percent and sentence.lower.startswith("all "):
        yield from _all_of_them(line, text, sentence, line.now.value)
        return
    stands, counts = _BEGINS.match(sentence.text), None if line.is_percent else _COUNTS.match(sentence.text)
    number = next(iter(figures_in(sentence.text, line)), None) if stands or counts else None
    if number is None or not suits(number, line) or _is_known(number, line):
        return
    if stands and number.start <= stands.end() and _is_own(stands, line) and _WHOLE.match(sentence.text, number.end):
        yield _hit(text, sentence.text[: number.end], line)
    elif counts and _WHOLE.match(sentence.text, counts.end()):
        is_seen = counts["verb"].lower() in {*_SEEN, *_words_of(line.title)}
        if is_seen and is_about(f"number of {counts['noun']}", line) and not _some_of(counts["noun"], line):
            yield _hit(text, sentence.text[: counts.end()], line)


def _some_of(noun: str, line: Line) -> bool:
    """Whether what is counted has a word that the title has not: `missed garden bins`."""
    return not _stems(noun) <= _stems(line.title)


def _stems(words: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]{3,}", words.lower())} - _ANYWHERE - {"the", "our", "all"}


def _is_own(match: re.Match[str], line: Line) -> bool:
    """Whether the subject of a sentence is the figure, by words of its title and nothing else."""
    subject, other = match["subject"], _OF_OTHERS.search(match["subject"])
    if other and other[0].lower() not in line.title.lower():
        return False
    named, title = _stems(subject), _stems(line.title)
    return bool(named & title) and named <= {*title, *ITSELF} and is_about(subject, line)


def _all_of_them(line: Line, text: Text, sentence: Said, value: Decimal) -> Iterator[Hit]:
    match = _AMONG_ALL.match(sentence.text)
    if match is None or value > _NEARLY_ALL or _BUT.search(match["rest"]) or _OF_OTHERS.search(sentence.text):
        return
    title, noun = _stems(line.title), _stems(match["noun"])
    done = title - noun
    # Of whatever the measure counts, and of the very thing that it asks of them.
    if noun and noun <= title and done and len(done & _stems(match["rest"])) * 2 >= len(done):
        yield _hit(text, match[0], line)


_NEARLY_ALL = Decimal(99)


def _may_begin(told: Said, is_percent: bool) -> bool:
    """Whether a text may begin so: most do not, which is soon seen."""
    place, lower = told.digit, told.lower
    if is_percent and lower[:4] == "all ":
        return True
    before = lower[:place] if place <= _FAR_IN else ""
    return before.endswith(_LEADS) if is_percent or place > _LONGEST_ABOUT else before in _ABOUTS


def _far(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or not now.value or not line.texts:
            continue
        value = now.value
        is_percent = line.is_percent
        is_averaged = bool(subject.signs & _AVERAGED) and "average" in line.title.lower()
        for text in line.texts:
            # Most texts have nothing of the kind, which is soon seen.
            told, lower = text.said, text.lower
            signs = told.signs
            if text.kind != "action" and _may_begin(told, is_percent):
                yield from _begins(line, text)
            swaps = _Swaps.of(now, value) if _may_be_of(lower, line) else None
            is_named = swaps is not None and swaps.may_be_in(told)
            stands = signs & _STOOD and holds(lower, _STANDING)
            bound = signs & _BOUNDED and _gives_bound(lower)
            averages = is_averaged and signs & _AVERAGED
            shares = is_percent and signs & _PARTED and holds(lower, _PARTS)
            shares = shares and (is_named or holds(lower, _SOON_SEEN))
            swapped = is_named and swaps is not None and swaps.has_its_digits(told)
            for sentence in told.sentences if swapped or stands or bound or averages or shares else ():
                lower, has_digit = sentence.lower, sentence.digit >= 0
                if stands and has_digit and holds(lower, _STANDING):
                    yield from _stands(line, text, sentence)
                if bound and has_digit and _gives_bound(lower) and _may_be_near(sentence, line, value):
                    yield from _bounds(line, text, sentence, value)
                if averages and has_digit and "average" in lower:
                    yield from _averages(line, text, sentence, value)
                if swapped and has_digit and swaps is not None and swaps.may_be_in(sentence):
                    yield from _swapped(line, text, sentence, value)
                if shares and (" of " in lower[:35] or " in " in lower[:25]):
                    yield from _shares(line, text, sentence, value)


_STOOD = sign_of("stand", "stands", "amount", "amounts", "come", "comes", "now", "currently")
_BOUNDED = sign_of(
    *("more", "over", "least", "excess", "exceed", "exceeds", "exceeded", "exceeding", "fewer", "less", "under")
)
_AVERAGED = sign_of("average")
_PARTED = sign_of(
    *("half", "thirds", "quarters", "third", "quarter"),
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
)
# One of these stands in every text that gives a share in words.
_PARTS = (
    *("half of", "thirds of", "quarters of", "third of", "quarter of"),
    *(f"{part} in " for part in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")),
    " out of ",
)
# One of these stands in every text of which anything can be said.
_SOON_SEEN = (
    *_STANDING,
    *_BOUNDS,
    "average",
    "half of",
    "thirds of",
    "quarters of",
    "third of",
    "quarter of",
    "in ten",
    "of ten",
    *("in two", "in three", "in four", "in five", "in six", "in seven", "in eight", "in nine"),
)


# -- The rule ----------------------------------------------------------------------------------------------------------


def _says(text: str, now: str = "54.5%", title: str = "Invoices paid in time") -> Subject:
    unit = PERCENT if "%" in now else COUNT
    line = replace(LINE, title=title, unit=unit, now=read_figure(now, unit, "Q2"), before=(), target=None)
    return Subject((replace(line, texts=(Text("commentary", text),)),))


W120 = AcrossRule(
    code="W120",
    severity="warning",
    title="A figure that a text says is the measure's, far from the cell",
    find=_far,
    remedy=ONE_OF_THEM,
    example="1,870 visits, and “We had more than 2,000 visits to the museum.”",
    trips=_says("We had more than 2,000 visits to the museum.", "1,870", "Visits to the museum"),
    passes=(
        _says("We had more than 1,800 visits to the museum.", "1,870", "Visits to the museum"),
        _says("We expect more than 2,000 visits to the museum.", "1,870", "Visits to the museum"),
        _says("The figure now stands at 54.5%."),
        _says("Half of the invoices are paid in time."),
        _says("Two thirds of the invoices of one firm were late."),
    ),
)
RULES = (W120,)
