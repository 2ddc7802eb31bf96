"""What the modules of family W share: which figures may be the measure's, and the measure of their examples."""

from __future__ import annotations

import re
from dataclasses import replace

from perfbook.checks.across.dates import MONTHS
from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.numbers import Number, numbers_in
from perfbook.checks.across.subject import Line, Subject, Text
from perfbook.framework.typed import own_scale

__all__ = ["ITSELF", "LINE", "ONE_OF_THEM", "clause_at", "figures_in", "holds", "is_about", "says", "suits"]

ONE_OF_THEM = "Correct one of them."

LINE = Line(
    "Invoices paid in time",
    "EX1",
    unit=PERCENT,
    polarity="higher",
    now=read_figure("54.5%", PERCENT, "Q2"),
    before=(read_figure("60.1%", PERCENT, "Q1"),),
    target=read_figure("85%", PERCENT, "Target"),
)


def says(text: str, **changes: object) -> Subject:
    """The measure of the examples with a commentary."""
    return Subject((replace(LINE, texts=(Text("commentary", text),), **changes),))  # type: ignore[arg-type]


def figures_in(text: str, line: Line) -> tuple[Number, ...]:
    """The figures of a text as the measure counts: of one in millions £2.3m is 2.3, and so is £2.3."""
    numbers, scale = numbers_in(text), own_scale(line.unit)
    if not scale:
        return numbers
    return tuple(_scaled(each, -scale) if each.kind == "money" and each.low >= _THOUSAND else each for each in numbers)


_THOUSAND = 1000


def _scaled(number: Number, scale: int) -> Number:
    low, high, half = (value.scaleb(scale) for value in (number.low, number.high, number.half))
    return replace(number, low=low, high=high, half=half)


def holds(lower: str, parts: tuple[str, ...]) -> bool:
    """Whether a text in small letters holds one of these parts."""
    for part in parts:  # noqa: SIM110 (a third of the time)
        if part in lower:
            return True
    return False


_PARTED = re.compile(r",\s|;\s|\s[\u2013\u2014-]\s|\s\(|\)\s?")


def clause_at(sentence: str, number: Number, line: Line) -> str:
    """What commas, dashes and brackets part of a sentence around a figure, without the end of the row's own period."""
    ends = [match.span() for match in _PARTED.finditer(sentence)]
    first = max((end for _, end in ends if end <= number.start), default=0)
    last = min((start for start, _ in ends if start >= number.end), default=len(sentence))
    clause = sentence[first:last]
    if line.now is None or line.now.ends is None:
        return clause
    month = MONTHS[line.now.ends.month - 1]
    return re.sub(rf"\b(?:at|as at|on|by) (?:the end of |\d\d? )?{month}\b", "", clause, flags=re.IGNORECASE)


def suits(number: Number, line: Line) -> bool:
    """Whether a figure of a text is of the kind that the measure counts."""
    kinds = {"percent": ("percent",), "currency": ("money",)}.get(line.unit.kind, ("number",))
    if line.unit.kind == "percent" and number.kind == "number" and not number.after:
        return number.low != number.low.to_integral_value()
    if line.unit.multiplier > 1:
        return number.kind == "per" or (number.kind == "number" and number.low != number.low.to_integral_value())
    return number.kind in kinds


# What the figure itself is called.
ITSELF = frozenset(
    {"figure", "rate", "percentage", "proportion", "share", "number", "total", "result", "outturn", "it"}
)
_COUNTED = re.compile(
    r"^(?:overall,?\s|the\s|our\s|this\s)*(?:(?:total\s|overall\s)?(?:number|proportion|percentage|share|rate|level)s?\sof\s)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:overall,?\s|the\s|our\s|this\squarter\s|this\squarter'?s?\s)*", re.IGNORECASE)


_SOME_OF_THEM = re.compile(r"\b(?:in|at|aged|under|over|from|for|by|to|on|who)\b", re.IGNORECASE)


def is_about(subject: str, line: Line, own: frozenset[str] = ITSELF) -> bool:
    """Whether the subject of a sentence is what the measure counts."""
    counted = _COUNTED.match(subject)
    words = re.findall(r"[a-z]+", (_COUNTED if counted else _LEADING).sub("", subject).lower())
    if not words:
        return subject.strip().lower() in own
    if not counted and words[-1] in own and len(words) == 1:
        return True
    title = {word.rstrip("s") for word in re.findall(r"[a-z]+", line.title.lower())}
    long = [word for word in words if len(word) > 3 and word not in ("with", "from", "that")]
    held = [word for word in long if word.rstrip("s") in title]
    # Of `the number of homes with damp` the first word is what is counted.
    if counted:
        # Of those in tents or aged under 25 there may be more where there are fewer of all.
        if len(held) < len(long) and _SOME_OF_THEM.search(subject, counted.end()):
            return False
        return bool(held) and held[0] == long[0] and len(held) * 2 >= len(long)
    return bool(long) and (len(held) == len(long) or (words[-1] in own and len(held) == len(long) - 1))
