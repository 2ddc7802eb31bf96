"""Family W: by how much a text says that a target was met or missed, and on which side of others it has the figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfbook.checks.across._told import LINE, holds
from perfbook.checks.across.dates import half_of
from perfbook.checks.across.figures import PERCENT, plain, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Line, Subject, Text
from perfbook.checks.said import DIGITS
from perfbook.checks.signs import sign_of

# What a sentence, or a part of one, begins with that is about the figure itself.
_ITSELF = (
    r"(?:^|[.;,]\s|\b(?:and|but)\s)"
    r"(?:(?:we|this|it|that|which|(?:the |our |overall )*(?:performance|figure|result|rate|outturn|service))\s"
)

# -- By how much -------------------------------------------------------------------------------------------------------

_ADVERBS = (
    r"(?:(?:has|have|had|is|are|was|were|remains?|now|still|again|just|narrowly|comfortably|well|about)\s){0,3})?"
)
_AMOUNT = rf"(?P<by>{DIGITS})\s?(?P<unit>%|per ?cent(?!age)|percentage points?|ppts?|pp|points?|[a-z]+)?"
_BY_SO_MUCH = (
    re.compile(
        rf"{_ITSELF}{_ADVERBS}(?:exceed(?:ed|s)?|beat|surpassed|missed|above|below|ahead of|behind|short of|over|under)"
        rf"\s(?:the |our |its )?target\sby\s{_AMOUNT}(?![\w%])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_ITSELF}{_ADVERBS}{_AMOUNT}\s(?:above|below|ahead of|behind|short of|over|under|better than|worse than)"
        r"\s(?:the |our |its )?target\b(?!\s(?:for|in|at|among|set|of|range)\b)",
        re.IGNORECASE,
    ),
)
_TARGETS = sign_of("target")
_SIDES = (
    "target by ",
    "above ",
    "below ",
    "ahead of ",
    "behind ",
    "short of ",
    "over ",
    "under ",
    "better than ",
    "worse than ",
)
# An amount before a side, in small letters.
_BEFORE_SIDE = re.compile(
    r"[0-9]\s?(?:%|[a-z]+(?:\s[a-z]+)?)?\s(?:above|below|ahead|behind|short|over|under|better|worse)\s"
)
_POINTS = ("point", "pp", "percentage")


def _amounts(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines if subject.signs & _TARGETS else ():
        now, target = line.now, line.target
        if (
            now is None
            or target is None
            or now.value is None
            or target.value is None
            or line.calculation == "cumulative"
        ):
            continue
        for text in line.texts:
            if text.said.signs & _TARGETS and text.said.digit >= 0 and holds(text.lower, _SIDES):
                yield from _by_so_much(line, text, (now, now.value), (target, target.value))


def _by_so_much(line: Line, text: Text, reached: tuple[Figure, Decimal], aim: tuple[Figure, Decimal]) -> Iterator[Hit]:
    (now, value), (target, wanted) = reached, aim
    apart = abs(value - wanted)
    share = 100 * apart / abs(wanted) if wanted else Decimal(0)
    behind, before = _BY_SO_MUCH
    patterns = [behind] if "target by " in text.lower else []
    patterns += [before] if _BEFORE_SIDE.search(text.lower) else []
    for pattern in patterns:
        for match in pattern.finditer(text.text):
            said = Decimal(match["by"].replace(",", ""))
            half = half_of(len(match["by"].partition(".")[2]))
            unit = (match["unit"] or "").lower()
            is_share = unit == "%" or unit.startswith("per ")
            if is_share and abs(share - said) <= max(half, Decimal(1)):
                continue
            # Of another unit than the figure's, it is of something else.
            if not (line.is_percent and (is_share or unit.startswith(_POINTS))) and not (
                not line.is_percent and (is_share or not unit or unit == line.unit.label.lower())
            ):
                continue
            if (is_share and not line.is_percent) or abs(apart - said) > half + now.half + target.half:
                words = match[0].strip(" .,;")
                points = " points" if line.is_percent else ""
                yield Hit(
                    text.spot, f"“{words}”: {now.text} is {plain(apart)}{points} from the target of {target.text}."
                )


# -- On which side of others -------------------------------------------------------------------------------------------

_BESIDE = re.compile(
    rf"{_ITSELF}(?:(?:is|are|remains?|stays?)\s)(?:(?:now|still|again|well|just|slightly|far|also|both)\s){{0,2}})"
    r"(?:(?P<above>above|higher than)|(?P<below>below|lower than)"
    r"|(?P<better>better than|ahead of)|(?P<worse>worse than|behind))"
    r"\s(?:(?:the|our|that of|its)\s){0,2}(?:(?:statistical|nearest|closest|average of)\s){0,2}"
    r"(?P<whose>neighbours?|national|england|english|regional|region)(?:['\u2019]s?)?\b"
    r"(?!\s(?:target|minimum|standard|threshold|guidance|for|in)\b)",
    re.IGNORECASE,
)
_OTHERS = sign_of("neighbour", "neighbours", "national", "england", "english", "regional", "region")
_CALLED = {
    "neighbour": ("neighbour", "family group"),
    "national": ("national", "england", "english"),
    "england": ("national", "england", "english"),
    "english": ("national", "england", "english"),
    "region": ("region",),
}


def _sides(subject: Subject) -> Iterator[Hit]:
    if not subject.signs & _OTHERS:
        return
    for line in subject.lines:
        now = line.now
        if not line.comparators or now is None or now.value is None:
            continue
        for text in line.texts:
            for match in _BESIDE.finditer(text.text) if text.said.signs & _OTHERS else ():
                other = _comparator(line, match["whose"].lower())
                if other is None or other.value is None or now.value == other.value:
                    continue
                is_above = bool(match["above"] or match["better"])
                if match["better"] or match["worse"]:
                    if line.polarity not in ("higher", "lower"):
                        continue
                    is_above = is_above == (line.polarity == "higher")
                if (now.value > other.value) != is_above:
                    words = match[0].strip(" .,;")
                    yield Hit(
                        text.spot,
                        f"The text says “{words}”, but the figure is {now.text}, and {other.label} has {other.text}.",
                    )


def _comparator(line: Line, whose: str) -> Figure | None:
    """The one figure of others that is meant; None where there are several or none."""
    names = next(called for word, called in _CALLED.items() if whose.startswith(word))
    found = [each for each in line.comparators if any(name in each.label.lower() for name in names)]
    return found[0] if len(found) == 1 else None


# -- The rules ---------------------------------------------------------------------------------------------------------


def _says(text: str) -> Subject:
    others = (read_figure("57%", PERCENT, "Statistical neighbours"), read_figure("50%", PERCENT, "England"))
    return Subject((replace(LINE, texts=(Text("commentary", text),), comparators=others),))


W121 = AcrossRule(
    code="W121",
    severity="warning",
    title="So much above or below the target, which the figures do not bear out",
    find=_amounts,
    remedy="Correct the text or the figure.",
    example="54.5% against a target of 85%: “We missed the target by 3.5 percentage points.”",
    trips=_says("We missed the target by 3.5 percentage points."),
    passes=(
        _says("We missed the target by 30.5 percentage points."),
        _says("We are 30.5 points below our target, and the north team 3.5."),
        _says("The north team was 3.5 points below target."),
    ),
)
W122 = AcrossRule(
    code="W122",
    severity="warning",
    title="Above or below others, whose figure in the row does not bear it out",
    find=_sides,
    remedy="Correct the text, or the figure of the others.",
    example="54.5%, statistical neighbours 57%: “Performance is above our statistical neighbours.”",
    trips=_says("Performance is above our statistical neighbours."),
    passes=(
        _says("Performance is below our statistical neighbours and above England."),
        _says("Spending is above our statistical neighbours."),
        _says("Performance is above the regional average."),
    ),
)
RULES = (W121, W122)
