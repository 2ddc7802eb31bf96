"""Picks the figures out of a text, each with its label, its unit and the time that it names.

By the shape of a sentence alone: nothing here knows what a text is about. Dates, ages, spans of time, references and
the denominators of rates are numbers, and no figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_YEAR = r"(?:19|20)\d{2}"
_SPAN_UNITS = r"(?:hours?|days?|weeks?|months?|years?|minutes?)"
# What says when: kept, as the time of the figures near it.
_TIMES = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?"
    rf"|{_MONTH} {_YEAR}"
    rf"|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    rf"|{_YEAR} ?[-/\u2013] ?\d{{2,4}}"
    rf"|\b(?:quarter|qtr|q) ?[1-4]\b"
    rf"|\b[1-4](?:st|nd|rd|th) quarter\b"
    rf"|\b(?:end of|start of|since|until|by|in|of|during|from|to|year|before) (?:the )?(?:end of )?"
    rf"{_MONTH}(?: {_YEAR})?"
    r"|\b(?:last|this|previous|next) (?:quarter|year|month)\b"
    rf"|(?<=\b(?:in|of|by) ){_YEAR}\b|(?<=\bsince ){_YEAR}\b|(?<=\buntil ){_YEAR}\b|(?<=\bduring ){_YEAR}\b",
    re.IGNORECASE,
)
# Numbers that belong to words: what is counted, and for whom.
_NAMES = re.compile(
    r"\b(?:aged?|ages) \d{1,3}(?: ?(?:to|-|\u2013|and) ?\d{1,3})?(?: and over)?"
    r"|\b\d{1,3}(?: ?(?:to|-|\u2013|and) ?\d{1,3})?[ -]year[ -]olds?\b|\bper \d{1,3}(?:,\d{3})+"
    r"|\b\d{1,2}[-\u2013]\d{1,2}\b(?! ?%)"
    rf"|\b(?:within|in|under|over|last|past|than|every|after|for|first|next)(?: the)?(?: last| first| next)? "
    rf"\d+ (?:working )?{_SPAN_UNITS}\b"
    r"|\b(?:levels?|phases?|stages?|steps?|tiers?|versions?|parts?|sections?|markers?|grades?|bands?|options?|items?"
    r"|pages?|routes?|lots?|blocks?|appendix|table|figure|year|no\.|number) \d+(?:(?:, | and | to |-| & )\d+)*"
    r"|\b(?:under|over) \d+(?= \d)|\bunder-?\d+s?\b|\bover-?\d+s\b"
    r"|\b\d{1,2}:\d{2}\b|\b[A-Za-z]+\d[\w-]*|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?P<about>\b(?:approximately|about|around|roughly|nearly|almost|some|over|more than|less than|under|up to"
    r"|at least|fewer than) )?"
    r"(?P<pounds>\u00a3 ?)?(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d,]*\d)"
    r"(?P<scale> ?(?:k|m|bn|million|thousand|billion)\b)?"
    r"(?P<percent> ?%| per ?cent\b| percentage points?\b| points?\b)?"
    r"(?P<rate> per [\u25ab,]+)?"
    r"(?: (?:[a-z]+ )?\u25ab[\u25ab\u2013-]*)?"
    r"(?: ?\((?P<count>\d{1,3}(?:,\d{3})+|\d+)\))?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_BOUNDARY = re.compile(
    r"[,;()]|\bafter\b|\bagainst\b|\bof which\b|\bcompared (?:to|with)\b|\bwhile\b|\bbut\b|\band\b(?= *$)",
    re.IGNORECASE,
)
_AND = re.compile(r" ?and\b", re.IGNORECASE)
_OF = re.compile(r" of\b", re.IGNORECASE)
_LATER_RATE = re.compile(r"\bper [\u25ab,]+")
_QUALIFIES = re.compile(
    r" (?:before|after|in|at|for|among|across|nationally|regionally|locally|elsewhere)\b", re.IGNORECASE
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that begin or end what a figure is, and are no part of it.
_LEADING = _set(
    "a about academic after against also an and are as at been before between both but by down during end far "
    "for from had has have in is it its now of on only our so some start than that the then there these this "
    "those to up was we were which while who whose with year"
)
_TRAILING = _set(
    "a about again an and are at be been between by came come decreased decreasing down dropped fallen "
    "during falling fell for from gone grew had has have improved improving in increased increasing is just made "
    "making now of on only or reached remained remains risen rising rose slightly stand stands stayed still "
    "stood that the to together: total up was went were with"
)
_PLACE = "\u25a1"


@dataclass(frozen=True)
class Picked:
    """One figure of a text.

    `label` says what it is; what it stands under comes first, before a colon. `number` is in the `unit` (`%`, `£`, `per
    10,000`, or empty for a count). `count` is what stood in brackets beside it. `when` are the words of the text that
    say when, empty where none do. `shown` is the figure as it stands, with `roughly` (`over`, `about`) before it.
    """

    label: str
    number: Decimal
    unit: str
    shown: str
    when: str = ""
    roughly: str = ""
    count: Decimal | None = None


def pick(text: str) -> tuple[Picked, ...]:
    """The figures of a text, in its order."""
    return tuple(each for sentence in _SENTENCE.split(text) for each in _of_sentence(" ".join(sentence.split())))


def _of_sentence(sentence: str) -> list[Picked]:
    masked, times = _masked(sentence)
    figures = list(_FIGURE.finditer(masked))
    head = _heading(sentence, masked, figures)
    last = ""
    found: list[Picked] = []
    for place, figure in enumerate(figures):
        start = figures[place - 1].end() if place else len(head)
        end = figures[place + 1].start() if place + 1 < len(figures) else len(masked)
        left, right = masked[start : figure.start()], masked[figure.end() : end]
        own = _own(left, right, first=not place)
        if found and _is_count(masked, figure) and found[-1].count is None:
            # A number alone in brackets counts what the figure before it is a share of.
            found[-1] = replace(found[-1], count=Decimal(figure["digits"].replace(",", "")))
            continue
        inside = masked.count("(", 0, figure.start()) > masked.count(")", 0, figure.start())
        over = _cleaned(sentence[: len(head)], masked[: len(head)])
        over = last or over if inside or not own else over
        words = _words(sentence, masked, start, figure, own)
        label = ": ".join(part for part in dict.fromkeys((over, words)) if part)
        where = "" if own and own[0] != "before" else _qualifier(sentence, masked, figure, right)
        if not inside:
            last = label or last
        qualified = ", ".join(part for part in (label or last, where) if part)
        unit = _rate(sentence, figure, right)
        found.append(_picked(sentence, figure, qualified, _when(times, masked, figures, place), unit))
    return found


def _heading(sentence: str, masked: str, figures: list[re.Match[str]]) -> str:
    """What stands before a colon, ahead of all figures."""
    colon = masked.find(":")
    return sentence[: colon + 1] if figures and 0 <= colon < figures[0].start() else ""


def _masked(sentence: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The sentence with the numbers that are no figures blotted out, and the times that it names."""
    times = [(match.start(), match.end(), match[0]) for match in _TIMES.finditer(sentence)]
    masked = sentence
    for start, end, _ in times:
        masked = masked[:start] + _PLACE * (end - start) + masked[end:]
    for match in _NAMES.finditer(masked):
        masked = masked[: match.start()] + re.sub(r"[\d,]", "\u25ab", match[0]) + masked[match.end() :]
    return masked, times


def _own(left: str, right: str, *, first: bool) -> tuple[str, int, int] | None:
    """Where a figure's own words are: before it, after it, or both; where those before it begin and those after end."""
    begin = 0
    if not first:
        # What the figure before is about ends at the first boundary; without one all of it is the other's.
        told = _QUALIFIES.match(left)
        boundary = _AND.match(left) or _BOUNDARY.search(left, told.end() if told else 0)
        begin = boundary.end() if boundary else len(left)
    boundary = _BOUNDARY.search(right)
    end = boundary.start() if boundary else len(right)
    if _has_words(left[begin:]):
        # `62% of journeys`: what it is a share of comes after it, whatever stands before.
        return ("both" if _OF.match(right) and _has_words(right[:end]) else "before"), begin, end
    return ("after", begin, end) if _has_words(right[:end]) else None


def _has_words(text: str) -> bool:
    return any(word not in _LEADING and word not in _TRAILING for word in re.findall(r"[^\W\d_]+", text.casefold()))


def _qualifier(sentence: str, masked: str, figure: re.Match[str], right: str) -> str:
    """What a figure is told of after it: `89 before lockdown`, `82% nationally`."""
    opening = _QUALIFIES.match(right)
    if opening is None:
        return ""
    boundary = _BOUNDARY.search(right, opening.end())
    end = figure.end() + (boundary.start() if boundary else len(right))
    words = _cleaned(sentence[figure.end() : end], masked[figure.end() : end])
    if not words or not _has_words(masked[figure.end() : end]):
        return ""
    kept = opening[0].strip().casefold()
    return f"{kept} {words}" if kept in ("before", "after") and not words.casefold().startswith(kept) else words


def _words(sentence: str, masked: str, start: int, figure: re.Match[str], own: tuple[str, int, int] | None) -> str:
    """The own words of a figure."""
    if own is None:
        return ""
    side, begin, end = own
    before = slice(start + begin, figure.start())
    after = slice(figure.end(), figure.end() + end)
    sides = {"before": (before,), "after": (after,), "both": (after, before)}[side]
    return ", ".join(filter(None, (_cleaned(sentence[each], masked[each]) for each in sides)))


def _is_count(masked: str, figure: re.Match[str]) -> bool:
    alone = masked[: figure.start()].endswith("(") and masked[figure.end() :].startswith(")")
    return alone and figure[0] == figure["digits"] and "." not in figure["digits"]


def _rate(sentence: str, figure: re.Match[str], right: str) -> str:
    """`per 10,000`, beside a figure or after what it counts."""
    if figure["rate"]:
        return sentence[figure.start("rate") : figure.end("rate")].strip()
    boundary = _BOUNDARY.search(right)
    later = _LATER_RATE.search(right[: boundary.start()] if boundary else right)
    return sentence[figure.end() + later.start() : figure.end() + later.end()].strip() if later else ""


def _cleaned(words: str, masked: str) -> str:
    """A label: without times, and without the words that only link it to its figure."""
    kept = "".join(" " if sign == _PLACE else letter for letter, sign in zip(words, masked, strict=True))
    parts = [part for part in re.split(r"[\s:]+", kept.replace("(", " ").replace(")", " ")) if part]
    while parts and parts[0].casefold().strip(",.;") in _LEADING | {""}:
        parts.pop(0)
    while parts and parts[-1].casefold().strip(",.;") in _TRAILING | {""}:
        parts.pop()
    return " ".join(parts).strip(" ,.;:")


def _when(times: list[tuple[int, int, str]], masked: str, figures: list[re.Match[str]], place: int) -> str:
    """The time nearest to a figure: in its own part of the sentence, else before all figures."""
    figure = figures[place]
    start = figures[place - 1].end() if place else 0
    end = figures[place + 1].start() if place + 1 < len(figures) else len(masked)
    boundary = _BOUNDARY.search(masked[figure.end() : end])
    end = figure.end() + boundary.start() if boundary and place + 1 < len(figures) else end
    if place:
        opening = _BOUNDARY.search(masked[start : figure.start()])
        start = start + opening.end() if opening else start
    own = [words for first, last, words in times if start <= first and last <= end]
    lead = [words for first, last, words in times if last <= figures[0].start()]
    return " to ".join(own or lead)


def _picked(sentence: str, figure: re.Match[str], label: str, when: str, rate: str) -> Picked:
    scale = (figure["scale"] or "").strip().casefold()
    percent = (figure["percent"] or "").strip().casefold()
    unit = ""
    if figure["pounds"]:
        unit = f"\u00a3{scale}" if scale else "\u00a3"
    elif percent:
        unit = "%" if percent == "%" or (percent.startswith("per") and "point" not in percent) else "points"
    elif rate:
        unit = rate
    elif scale:
        unit = scale
    count = figure["count"]
    roughly = (figure["about"] or "").strip()
    return Picked(
        label=label,
        number=Decimal(figure["digits"].replace(",", "")),
        unit=unit,
        # Not the masked words: an age or a denominator has its digits again.
        shown=sentence[figure.start() + len(figure["about"] or "") : figure.end()].strip(),
        when=when,
        roughly=roughly.casefold(),
        count=Decimal(count.replace(",", "")) if count else None,
    )
