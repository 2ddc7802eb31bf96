"""Family P: parts of a whole that a text counts, which are too many, too few, or shares of something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from perfbook.checks.across._told import ONE_OF_THEM, says
from perfbook.checks.across.figures import plain
from perfbook.checks.across.numbers import Number, count_of, numbers_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Hit, Subject
from perfbook.checks.said import Said, short
from perfbook.checks.signs import marked, sign_of

# -- Parts that shut each other out ------------------------------------------------------------------------------------

# What a thing can be one of at a time. Where there are a word and its opposite, nothing is left besides.
_ONE_OF = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        r"(?:not |partly |partially |in part )?upheld",
        r"on track|off track|at risk|delayed|complete[d]?|not (?:yet )?started|on hold|overdue",
        r"green|amber|red|blue",
        r"approved|refused|withdrawn",
        r"granted|refused|rejected",
        r"allowed|dismissed",
        r"open|closed",
        r"(?:very |fairly |quite |not |dis)?satisfied",
        r"(?:strongly )?(?:agreed?|disagreed?)",
        r"outstanding|good|requires? improvement|inadequate",
        r"improved|stayed the same|unchanged|worsened",
        r"permanent|temporary",
    )
)
_OPPOSITES = re.compile(
    r"\b(?:not upheld|not satisfied|dissatisfied|disagreed?|refused|rejected|dismissed)\b", re.IGNORECASE
)
_OF_ALL = re.compile(
    r"\bof (?:the |our |these |all )?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)\b(?!\s?(?:%|per ?cent))", re.IGNORECASE
)
# How it stands in the outline of a text.
_WHOLES = re.compile(r"of(?:the|our|these|all)?0")
_SEVERAL = 3
_HUNDRED = Decimal(100)
# One of these stands in every sentence that is looked at closely, and in its text.
_STATES = frozenset(
    {
        "upheld",
        "track",
        "risk",
        "delayed",
        "complete",
        "completed",
        "started",
        "hold",
        "overdue",
        "green",
        "amber",
        "red",
    }
    | {"approved", "refused", "withdrawn", "granted", "rejected", "allowed", "dismissed", "open", "closed", "satisfied"}
    | {"dissatisfied", "agree", "agreed", "disagree", "disagreed", "outstanding", "good", "inadequate", "improved"}
    | {"unchanged", "worsened", "permanent", "temporary"}
)
_ALL_STATES = _STATES | {"blue", "improvement", "same"}
_STATED, _MARKS = sign_of(*_STATES), marked(*_ALL_STATES)
_WORD = re.compile(r"[a-z]+")


def _parts(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_of(_STATED):
        if not _WHOLES.search(text.said.outline) and text.lower.count("%") < _SEVERAL:
            continue
        held = [*(_MARKS & text.said.marks)]
        if len(held) == 1 and text.lower.count(held[0]) == 1:
            continue
        for sentence in text.said.sentences:
            is_share = sentence.lower.count("%") >= _SEVERAL
            if not is_share and (sentence.digit < 0 or "of " not in sentence.lower or not _begins(sentence)):
                continue
            if not _STATES & sentence.words or not _are_told_apart(sentence.lower, is_share):
                continue
            found = _counted(sentence, numbers_in(sentence.text))
            if found:
                yield Hit(text.spot, f"“{short(sentence.text)}”: {found}")


def _are_told_apart(lower: str, is_share: bool) -> bool:
    """Whether a sentence in small letters names two states at least, behind the whole if it begins with one."""
    told = lower if is_share else lower[lower.find("of ") :]
    return len([word for word in _WORD.findall(told) if word in _ALL_STATES]) > 1


def _begins(sentence: Said) -> bool:
    """Whether a sentence begins with a whole of which it gives parts, or with a few words before it."""
    place = sentence.lower.find("of ")
    return 0 <= place < _FEW_WORDS and _OF_ALL.search(sentence.text, place) is not None


_FEW_WORDS = 40


def _counted(sentence: Said, numbers: tuple[Number, ...]) -> str:
    """What is wrong with the parts of a sentence, in words; empty where nothing is."""
    percents = [number for number in numbers if number.kind == "percent"]
    if len(percents) >= _SEVERAL and len(percents) == len(numbers):
        room = Decimal("0.5") * len(percents) + Decimal("0.1")
        total = sum((number.value for number in percents), Decimal(0))
        is_all = _is_one_of_each(sentence.text, percents) and bool(_OPPOSITES.search(sentence.text))
        return f"{_added(percents)} is {plain(total)}%." if is_all and abs(total - _HUNDRED) > room else ""
    whole = _OF_ALL.search(sentence.text)
    count = count_of(whole["whole"]) if whole else None
    if whole is None or count is None:
        return ""
    parts = [number for number in numbers if number.kind == "number" and number.start >= whole.end()]
    if len(parts) < 2 or any(part.approximate or part.low != part.high for part in parts):
        return ""
    total = sum((part.value for part in parts), Decimal(0))
    is_all = len(parts) >= _SEVERAL and bool(_OPPOSITES.search(sentence.text))
    if (total > count or (is_all and total < count)) and _is_one_of_each(sentence.text, parts):
        return f"{_added(parts)} is {plain(total)}, not {plain(count)}."
    return ""


def _is_one_of_each(text: str, parts: list[Number]) -> bool:
    """Whether what follows each of the figures says which of one kind of states it counts, and of each another."""
    ends = [*(part.start for part in parts[1:]), len(text)]
    after = [text[part.end : end] for part, end in zip(parts, ends, strict=True)]
    for kind in _ONE_OF:
        states = [" ".join(found[0].lower() for found in kind.finditer(words)) for words in after]
        if all(states) and len(set(states)) == len(states):
            return True
    return False


def _added(parts: list[Number]) -> str:
    return " + ".join(plain(part.value) for part in parts)


# -- Shares of another whole -------------------------------------------------------------------------------------------

_COUNT_AND_SHARE = re.compile(
    r"(?<![\d/.,])(?P<part>\d{1,3}(?:,\d{3})+|\d+)\s?\((?P<share>\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent)\)", re.IGNORECASE
)


_BEGINS = re.compile(
    r"^of (?:the |our |these )?[\d,]+\s[a-z ]{3,40},\s(?:[a-z][a-z '\u2019-]{1,60}\s(?:in|for|with|was|were)\s)?"
    r"[\d,]+\s?\(",
    re.IGNORECASE,
)


def _shares(subject: Subject) -> Iterator[Hit]:
    for text in subject.every_text:
        if "(" not in text.text or "of " not in text.lower or not ("%" in text.lower or "cent" in text.lower):
            continue
        for sentence in text.said.sentences:
            whole = _OF_ALL.search(sentence.text)
            count = count_of(whole["whole"]) if whole else None
            found = list(_COUNT_AND_SHARE.finditer(sentence.text, whole.end())) if whole and count else []
            # One alone may be a share of anything, unless the sentence begins so; several of one whole tell what it is.
            right = [each for each in found if _is_share(each, count)] if count else []
            begins = _BEGINS.match(sentence.text) if len(found) == 1 else None
            if count is None or not (begins or (right and len(found) > 1)):
                continue
            for each in found:
                part = Decimal(each["part"].replace(",", ""))
                if each not in right and part <= count:
                    share = plain(100 * part / count, len(each["share"].partition(".")[2]))
                    yield Hit(text.spot, f"“{each[0]}”: of {plain(count)} that is {share}%.")


def _is_share(match: re.Match[str], whole: Decimal) -> bool:
    places = len(match["share"].partition(".")[2])
    share = 100 * Decimal(match["part"].replace(",", "")) / whole
    return abs(share - Decimal(match["share"])) < Decimal(1).scaleb(-places)


# -- The rules ---------------------------------------------------------------------------------------------------------

P109 = AcrossRule(
    code="P109",
    severity="warning",
    title="Parts in a text that are not their whole",
    find=_parts,
    remedy="Count again, or say what is missing.",
    example="“Of the 40 complaints 12 were upheld, 5 partly upheld and 21 not upheld.”",
    trips=says("Of the 40 complaints 12 were upheld, 5 partly upheld and 21 not upheld."),
    passes=(
        says("Of the 38 complaints 12 were upheld, 5 partly upheld and 21 not upheld."),
        says("Of the 40 complaints 12 were upheld and 5 partly upheld."),
        says("Of the 40 homes 30 have good windows and 25 good doors."),
        says("41% were very satisfied, 32% fairly satisfied and 27% not satisfied."),
    ),
)
P110 = AcrossRule(
    code="P110",
    severity="warning",
    title="A share in a text that is of another whole than those beside it",
    find=_shares,
    remedy=ONE_OF_THEM,
    example="“Of the 40 forms 20 (50%) came by post and 15 (40%) online.”",
    trips=says("Of the 40 forms 20 (50%) came by post and 15 (40%) online."),
    passes=(
        says("Of the 40 forms 20 (50%) came by post and 15 (38%) online."),
        says("Of the 40 forms 20 (15%) came by post."),
    ),
)
RULES = (P109, P110)
