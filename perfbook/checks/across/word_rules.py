"""Family W, text against figures: what a text says of figures, beside the figures themselves.

A figure in a text is compared with the cell only where it is all but the cell's, or is said to be the target: what is
far from it is a figure of something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from perfbook.checks.across._near import Near, known_of
from perfbook.checks.across._told import LINE, ONE_OF_THEM, clause_at, figures_in, says, suits
from perfbook.checks.across.dates import month_of
from perfbook.checks.across.figures import COUNT, PERCENT, plain, read_figure
from perfbook.checks.across.numbers import (
    SPELT,
    Number,
    may_give_share,
    numbers_in,
    shares_in,
    spelt_in,
)
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Quote, Subject, Text
from perfbook.checks.said import DIGITS, Said, has_word, long_words, matches_at
from perfbook.checks.signs import marked, sign_of

# -- Figures that a text quotes ----------------------------------------------------------------------------------------

_ITSELF = marked("performance", "figure", "rate", "result", "outturn", "compliance", "total")
_NAMES_IT = sign_of(*_ITSELF)
_NOT_THE_FIGURE = re.compile(
    r"\b(?:change|rise|risen|rising|rose|increas\w*|decreas\w*|fall\w*|fell|gap|differen\w*|drop\w*|dip\w*|grow\w*|grew|grown|"
    r"since|by|more|fewer|less|extra|additional|new|national\w*|region\w*|england|english|neighbours?|peers?|average|benchmark|"
    r"comparator|target\w*|threshold|ceiling|minimum|maximum|limit|forecast\w*|project(?:ed|ion)s?|expect\w*|plan(?:ned)?|"
    r"last|previous\w*|earlier|before|was|were|had been|peak|same|of which|of whom|among|without|outside|not|each|per|"
    r"first|april|may|june|july|august|october|november|december|january|february|march|monthly|weekly)\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\bQ(?:uarter|tr)?\.?\s?([1-4])\b", re.IGNORECASE)
_CLOSE = Decimal("0.05")


def _quotes(line: Line, itself: Collection[str], may_be: Callable[[str], bool]) -> Iterator[tuple[Quote, bool]]:
    """The figures that texts quote, and whether the text is known to be about the measure's own figure.

    `itself` are those of `_ITSELF` that any text has. `may_be` tells of a sentence in small letters, and of several,
    whether a rule may have anything to say of it, which is less work than to read it.
    """
    for quote in line.quotes:
        yield quote, True
    words = long_words(line.title) if line.texts else frozenset()
    for text in line.texts:
        lower = text.lower
        # Most texts are about something else, which is soon seen: by the words that stand anywhere in them.
        named = [word for word in itself if word in lower] if text.said.signs & _NAMES_IT else []
        title = [word for word in words if word in lower]
        if not _is_half(words, title):
            if not named:
                continue
            title = []
        if not _may_be_in(lower, named, title, len(words), may_be) or not text.said.has_figure:
            continue
        for sentence in text.said.sentences:
            if not (_is_of(sentence, named, words) and sentence.has_figure and may_be(sentence.lower)):
                continue
            if numbers_in(sentence.text):
                quarter = _QUARTER.search(sentence.text) if "q" in sentence.lower else None
                yield Quote(sentence.text, sentence.text, f"Q{quarter[1]}" if quarter else "", text.spot), False


def _may_be_in(
    lower: str, itself: Sequence[str], title: Sequence[str], length: int, may_be: Callable[[str], bool]
) -> bool:
    """Whether a rule may have anything to say of a text in small letters: asked of what full stops part, which is a
    sentence or a few."""
    for part in lower.split(". "):
        for word in itself:
            if word in part:
                break
        else:
            if not title or len([word for word in title if word in part]) * 2 < length:
                continue
        if may_be(part):
            return True
    return False


def _is_of(sentence: Said, itself: Sequence[str], words: frozenset[str]) -> bool:
    """Whether a sentence names the figure, or half of the longer words of a title."""
    lower = sentence.lower
    for word in itself:
        if word in lower and has_word(lower, word):
            return True
    return _is_half(words, [word for word in words if word in lower]) and _is_half(words, words & sentence.words)


def _is_half(words: Collection[str], held: Collection[str]) -> bool:
    return len(held) * 2 >= len(words) > 0


def _meant(line: Line, quote: Quote) -> Figure | None:
    """The figure of the row that a quote of a period can be about; None where it is of another time."""
    if not quote.period or re.search(r"\b(?:current|now|end (?:of )?september|to date)\b", quote.period, re.IGNORECASE):
        return line.now
    named = _QUARTER.search(quote.period)
    if named:
        return next((each for each in (line.now, *line.before) if each and _ends(each, f"Q{named[1]}")), None)
    now = line.now
    return now if now and now.ends and month_of(quote.period) == now.ends.month else None


def _ends(figure: Figure, quarter: str) -> bool:
    return figure.label.upper().endswith(quarter.upper())


def _misquoted(subject: Subject) -> Iterator[Hit]:
    itself, spelt = subject.marks & _ITSELF, spelt_in(subject.marks)
    for line in subject.lines:
        if not line.texts and not line.quotes:
            continue
        for quote, own in _quotes(line, itself, Near(line, spelt).holds):
            figure = _meant(line, quote)
            if figure is None or figure.value is None:
                figure = next((each for each in reversed(line.before) if each.value is not None), None) if own else None
            numbers = [number for number in figures_in(quote.text, line) if suits(number, line)]
            if figure is None or not figure.value or len(numbers) != 1:
                continue
            number = numbers[0]
            about = _clause(quote.item, number, line) if quote.item == quote.text else quote.item
            if abs(number.value - figure.value) > _CLOSE * abs(figure.value) or _NOT_THE_FIGURE.search(about):
                continue
            if not any(number.holds(value) for value in known_of(line)):
                yield Hit(
                    quote.spot,
                    f"The text says {_told(quote, number)}, but the figure{_under(figure)} is {figure.text}.",
                )


def _clause(sentence: str, number: Number, line: Line) -> str:
    """What commas part of a sentence around a figure, if that names the measure too; else the sentence."""
    clause = clause_at(sentence, number, line)
    return clause if _is_of(Said(clause), sorted(_ITSELF), long_words(line.title)) else sentence


def _told(quote: Quote, number: Number) -> str:
    words = number.text if quote.item == quote.text else f"{quote.item}: {number.text}"
    return f"“{words}”"


def _under(figure: Figure) -> str:
    return f" of {figure.label}" if figure.label else ""


_TARGET = re.compile(r"\btargets?\b", re.IGNORECASE)
_OTHER_TARGET = re.compile(
    r"\b(?:outside|national|minimum|old|previous|former|last year|before|interim|against|above|below|over|under|met|"
    r"miss\w*|exceed\w*|beat\w*|short|percent(?:age)? of|share of|of target|towards?)\b",
    re.IGNORECASE,
)
# What says in a text that a target is another: that a figure is below or short of it is said of the row's own, too.
_NOT_OURS = re.compile(
    r"\b(?:outside|national|minimum|old|previous|former|last year|before|interim|percent(?:age)? of|share of|of target"
    r"|towards?)\b",
    re.IGNORECASE,
)
# A target of something else: `For dental checks the target is 85%.`
_FOR_ANOTHER = re.compile(
    r"(?:^|[.;:,]\s)(?:for|in|on|of|among) (?P<what>[a-z '\u2019-]{3,60}?),?\s(?:the|our|its)\s\Z", re.IGNORECASE
)
_LATER = re.compile(r"\s(?:for|by|from|in) (?!(?:the|this) (?:quarter|year)\b)", re.IGNORECASE)
_TARGET_FIGURE = re.compile(
    rf"\btarget\s(?:is|was set at|of|remains)\s(?P<figure>£?(?:{DIGITS})\s?(?:%|per ?cent|[km]\b)?)", re.IGNORECASE
)
_FIGURE_TARGET = re.compile(
    rf"\b(?:the|our|its)\s(?P<figure>£?(?:{DIGITS})\s?(?:%|per ?cent|[km]\b)?)\starget\b(?!\s(?:for|in|by|set)\b)",
    re.IGNORECASE,
)
# How it ends in outline.
_TARGETED = re.compile("0(?:%|percent|[km])?target")
_A_PART = re.compile(r"\b(?:quarter(?:ly)?|month(?:ly)?)\b", re.IGNORECASE)


def _target_quotes(line: Line) -> Iterator[tuple[Quote, Number]]:
    for quote in line.quotes:
        numbers = [number for number in numbers_in(quote.text) if not line.is_percent or number.kind == "percent"]
        if _TARGET.search(quote.item) and not _OTHER_TARGET.search(quote.item) and len(numbers) == 1:
            yield quote, numbers[0]
    for text in line.texts:
        for match in matches_at(_TARGET_FIGURE, text.said, "target") if "target" in text.lower else ():
            if not _is_own_target(text.text, match, line):
                continue
            # `quarterly target of 58`
            words = text.text[text.text.rfind(" ", 0, max(match.start() - 1, 0)) + 1 : match.end()]
            for number in numbers_in(match["figure"]):
                yield Quote(words, words, spot=text.spot), number
        for match in _FIGURE_TARGET.finditer(text.text) if _TARGETED.search(text.said.outline) else ():
            for number in figures_in(match["figure"], line):
                if suits(number, line):
                    yield Quote(match[0], match[0], spot=text.spot), number


def _is_own_target(text: str, match: re.Match[str], line: Line) -> bool:
    """Whether a target that a text names may be that of the row."""
    if _NOT_OURS.search(text[max(0, match.start() - 20) : match.start()]) or _LATER.match(text, match.end()):
        return False
    other = _FOR_ANOTHER.search(text[: match.start()])
    return other is None or not long_words(other["what"]) or bool(long_words(other["what"]) & long_words(line.title))


def _other_targets(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if line.target is None or (line.target.value is None and not line.target.text.strip(" -")):
            continue
        for quote, number in _target_quotes(line):
            if line.target.value is None:
                yield Hit(
                    quote.spot, f"The text gives a target, {_told(quote, number)}, but the row has {line.target.text}."
                )
                continue
            part = _part_of_target(line, quote)
            allowed = [each.value for each in (line.target, *line.targets) if each.value is not None]
            if part is None and not any(number.holds(each) for each in allowed):
                yield Hit(quote.spot, f"The text says {_told(quote, number)}, but the target is {line.target.text}.")
            elif part is not None and not any(number.holds(each) for each in (part, *allowed)):
                yield Hit(
                    quote.spot,
                    f"The text says {_told(quote, number)}, but the target, {line.target.text}, is {plain(part, 2)} "
                    f"for each {_A_PART.search(quote.item)[0].lower().removesuffix('ly')}.",  # type: ignore[index]
                )


def _part_of_target(line: Line, quote: Quote) -> Decimal | None:
    """What a year's target is for the quarter or month of which a text speaks."""
    named = _A_PART.search(quote.item)
    if named is None or line.is_percent or line.target is None or line.target.value is None:
        return None
    return line.target.value / (12 if "month" in named[0].lower() else line.per_year)


# -- Fractions ---------------------------------------------------------------------------------------------------------

_NEAR_POINTS = 3


def _other_shares(subject: Subject) -> Iterator[Hit]:
    itself, is_spelt = subject.marks & _ITSELF, subject.signs & _TEN_OR_MORE
    for line in subject.lines:
        now = line.now
        if not line.is_percent or now is None or now.value is None:
            continue
        if not line.quotes and not is_spelt and not any(map(_may_give_share, line.texts)):
            continue
        for quote, _ in _quotes(line, itself, may_give_share):
            shares = shares_in(quote.text)
            if (
                not shares
                or any(number.kind == "percent" for number in numbers_in(quote.text))
                or _NOT_THE_FIGURE.search(quote.item)
            ):
                continue
            for share in shares:
                right = 100 * share.part / share.whole
                if share.whole < _LEAST_WHOLE or abs(right - now.value) <= now.half * 2:
                    continue
                if abs(100 - right - now.value) <= now.half * 2:
                    yield Hit(
                        quote.spot,
                        f"“{share.text}” is {plain(right, 1)}%; {now.text}, the figure, is the share of the others.",
                    )
                elif abs(right - now.value) <= _NEAR_POINTS and share.whole != now.denominator:
                    yield Hit(quote.spot, f"“{share.text}” is {plain(right, 1)}%, but the figure is {now.text}.")


_LEAST_WHOLE = 10
# By what such a whole is written out.
_TEN_OR_MORE = sign_of(*(word for number, word in SPELT if number >= _LEAST_WHOLE))


def _may_give_share(text: Text) -> bool:
    outline = text.said.outline
    return "of0" in outline or "/0" in outline or "ofthe0" in outline or "ofatotalof0" in outline


# -- Words of direction ------------------------------------------------------------------------------------------------

_UP = re.compile(r"\b(?:increas\w*|rising|rose|risen|grow\w*|grew|higher|gone up|went up)\b", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:decreas\w*|reduc\w*|fall\w*|fell|dip\w*|drop\w*|declin\w*|lower|gone down|went down)\b", re.IGNORECASE
)
_STILL = re.compile(
    r"\b(?:stable|steady|unchanged|no change|stayed the same|remain\w* the same|the same)\b", re.IGNORECASE
)
_A_LITTLE = Decimal("0.1")


def _directions(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        series = [each for each in (line.start, *line.before, line.now) if each is not None]
        for place, figure in enumerate(series):
            if not figure.said or figure.value is None:
                continue
            others = [each for each in (*series[:place], line.last_year) if each and each.value is not None]
            # The first comparison and the last: what a report may mean.
            meant = list({id(each): each for each in (*others[:1], *others[-1:])}.values())
            moves = [figure.value - each.value for each in meant if each.value is not None]
            if meant and _contradicts(figure.said, moves, figure.value):
                than = " and ".join(f"{each.text} ({each.label})" for each in meant)
                yield Hit(
                    figure.spot,
                    f"{_under(figure)[4:] or 'The figure'}: “{figure.said}”, but {figure.text} after {than}.",
                )


def _contradicts(said: str, moves: list[Decimal], value: Decimal) -> bool:
    up, down = bool(_UP.search(said)), bool(_DOWN.search(said))
    if up != down:
        return all(move <= 0 for move in moves) if up else all(move >= 0 for move in moves)
    if _STILL.search(said) and not up:
        return all(abs(move) > _A_LITTLE * abs(value) for move in moves)
    return False


_YEAR = 12


def _annual_pace(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        whole = line.start or line.last_year
        months = whole.span.months if whole and whole.span else None
        if whole is None or months != _YEAR:
            continue
        for figure in (*line.before, line.now):
            part = figure.span.months if figure and figure.span else None
            if figure is None or part is None or not 3 <= part < _YEAR or not _DOWN.search(figure.said):
                continue
            counts = (figure.numerator or figure.value, whole.numerator or whole.value)
            if counts[0] is None or counts[1] is None or counts[0] > counts[1]:
                continue
            pace = counts[0] * _YEAR / part
            if pace > counts[1]:
                yield Hit(
                    figure.spot,
                    f"“{figure.said}”: {plain(counts[0])} in {part} months are {plain(pace, 0)} a year, "
                    f"but {plain(counts[1])} were counted in the whole year ({whole.label}).",
                )


# -- The rules ---------------------------------------------------------------------------------------------------------


def _moved(said: str, now: str = "54.5%", start: str = "57%") -> Subject:
    figure = read_figure(now, PERCENT, "Q2", said=said)
    return Subject((replace(LINE, now=figure, start=read_figure(start, PERCENT, "2030-31")),))


def _paced(now: str, whole: str, window: str) -> Subject:
    return Subject(
        (
            Line(
                "Exclusions",
                "EX2",
                unit=COUNT,
                polarity="lower",
                now=read_figure(now, COUNT, "Q1", window=window, said="reduced"),
                start=read_figure(whole, COUNT, "2029-30", window="2029-30"),
            ),
        )
    )


W101 = AcrossRule(
    code="W101",
    severity="warning",
    title="A text that quotes the figure otherwise than its cell",
    find=_misquoted,
    remedy=ONE_OF_THEM,
    example="54.5%, and “Invoices paid in time: 54.1%.”",
    trips=says("Invoices paid in time: 54.1%."),
    passes=(
        says("Invoices paid in time: 54.5%."),
        says("About 54% of invoices are paid in time."),
        says("Nationally 54.1% of invoices are paid in time."),
        says("Two officers were away, which is 53% of the team."),
    ),
)
W102 = AcrossRule(
    code="W102",
    severity="warning",
    title="A text that gives another target than the cell",
    find=_other_targets,
    remedy=ONE_OF_THEM,
    example="target 85%, and “The target is 94%.”",
    trips=says("The target is 94%."),
    passes=(
        says("The target is 85%."),
        says("The national target of 94% is not ours."),
        says("The quarterly target of 59 was met.", unit=COUNT, target=read_figure("235", COUNT, "Target")),
    ),
)
W103 = AcrossRule(
    code="W103",
    severity="warning",
    title="A fraction in a text that is not the figure",
    find=_other_shares,
    remedy=ONE_OF_THEM,
    example="54.5%, and “The figure is 25 of 55 invoices.”",
    trips=says("The figure is 25 of 55 invoices."),
    passes=(says("The figure is 30 of 55 invoices."), says("Five of 55 teams drive the figure.")),
)
W104 = AcrossRule(
    code="W104",
    severity="warning",
    title="A word of direction that no comparison bears out",
    find=_directions,
    remedy="Correct the word or the figure.",
    example="54.5% after 60.1% and 57%, said to be “increasing”",
    trips=_moved("increasing"),
    passes=(_moved("decreasing"), _moved("increasing", "58%"), _moved("stable", "60%", "61%")),
    published=True,
)
W105 = AcrossRule(
    code="W105",
    severity="warning",
    title="A fall that is none: part of a year against a whole one",
    find=_annual_pace,
    remedy="Compare with the same part of the year before.",
    example="34 from September to June against 36 in the year before, said to be “reduced”",
    trips=_paced("34", "36", "2030-31 academic year up to 30th June 2031"),
    passes=(_paced("14", "36", "2030-31 academic year up to 30th June 2031"), _paced("34", "36", "2030-31")),
    published=True,
)
RULES = (W101, W102, W103, W104, W105)
