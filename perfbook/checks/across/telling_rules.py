"""Family W, texts against their own figures: changes, sides, lists and sums that a text does not bear out itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfbook.checks.across._told import LINE, ONE_OF_THEM, holds, says
from perfbook.checks.across.dates import days_in
from perfbook.checks.across.figures import PERCENT, plain, read_figure
from perfbook.checks.across.numbers import Number, count_of, numbers_in, shares_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Quote, Subject, Text
from perfbook.checks.said import DIGITS, Said, short
from perfbook.checks.signs import sign_of

_FROM_TO = re.compile(
    rf"\b(?P<word>up|down|rose|risen|rise|grew|increased?|fell|fallen|fall|dropped|decreased?|reduced|improved|declined)\b"
    rf"[^.;\d]{{0,40}}\bfrom (?P<was>£?(?:{DIGITS}))\s?(?P<unit>%)?\s?(?:[a-z ]{{0,25}})?"
    rf"\bto (?P<now>£?(?:{DIGITS}))\s?(?P<unit2>%)?"
    rf"(?:[^.;%]{{0,30}}?[(,]\s?(?:(?:an?|of|by|up|down|increase|rise|fall|drop|reduction|change)\s){{0,4}}"
    rf"(?P<change>(?:{DIGITS}))\s?%(?!\s(?:of|in)\b))?",
    re.IGNORECASE,
)
# How each of them begins, in small letters, so far before its figure at most.
_FROM_WORD = re.compile(
    r"(?:up|down|rose|risen|rise|grew|increased?|fell|fallen|fall|dropped|decreased?|reduced|improved|declined)\b"
)
_FROM_FAR = 60
_FROM = sign_of("from")
_FALLING = re.compile(r"down|fell|fall|dropped|decreas|reduc|declin", re.IGNORECASE)


def _changes(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_of(_FROM):
        for match in _from_to(text.said):
            was, now = (Decimal(match[name].strip("£").replace(",", "")) for name in ("was", "now"))
            if (
                match["word"].lower() != "improved"
                and was != now
                and (now < was) != bool(_FALLING.match(match["word"]))
            ):
                yield Hit(
                    text.spot,
                    f"“{short(match[0])}”: {plain(now)} is {'less' if now < was else 'more'} than {plain(was)}.",
                )
            elif match["change"] and was and not match["unit2"]:
                said = Decimal(match["change"].replace(",", ""))
                right = 100 * abs(now - was) / was
                half = Decimal(5).scaleb(-len(match["change"].partition(".")[2]) - 1)
                if min(abs(right - said), abs(right + 100 - said)) > half:
                    yield Hit(
                        text.spot,
                        f"“{short(match[0])}”: from {plain(was)} to {plain(now)} is {plain(right, 1)}%, "
                        f"not {plain(said)}%.",
                    )


def _from_to(told: Said) -> Iterator[re.Match[str]]:
    """Where `_FROM_TO` matches, tried at the words with which it can begin before a figure, and not at every place."""
    if "from0" not in told.outline and "from.0" not in told.outline:
        return
    lower, ended = told.lower, 0
    place = lower.find("from ")
    while place >= 0:
        for word in _FROM_WORD.finditer(lower, max(ended, place - _FROM_FAR), place):
            match = _FROM_TO.match(told.text, word.start()) if word.start() >= ended else None
            if match:
                yield match
                ended = match.end()
        place = lower.find("from ", place + 1)


_SIDE = re.compile(
    rf"(?P<mine>{DIGITS})\s?(?P<unit>%)?[,;]?\s(?:which\s(?:is|was)\s)?(?:just\s|slightly\s|well\s)?"
    r"(?P<side>below|above|lower than|higher than|under)"
    rf"\s(?:the\s|our\s)?(?P<whose>national|regional|england|english|statistical neighbours?|target|average|region)\b"
    rf"[^.;\d]{{0,30}}?(?P<theirs>{DIGITS})\s?(?P<unit2>%)?(?![\d/]|\s?(?:points?|percentage))",
    re.IGNORECASE,
)


# What the outline of every one of them holds: a figure right before its side.
_ON_A_SIDE = re.compile(r"0(?=[%,;wjsbalhu])%?[,;]?(?:which|just|slightly|well|below|above|lower|higher|under)")
_SIDED = sign_of("below", "above", "lower", "higher", "under")


def _sides(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_of(_SIDED):
        for match in _SIDE.finditer(text.text) if _ON_A_SIDE.search(text.said.outline) else ():
            mine, theirs = (Decimal(match[name].replace(",", "")) for name in ("mine", "theirs"))
            below = match["side"].lower() in ("below", "lower than", "under")
            if match["unit"] == match["unit2"] and mine != theirs and (mine < theirs) != below:
                yield Hit(
                    text.spot,
                    f"“{short(match[0])}”: {plain(mine)} is {'more' if mine > theirs else 'less'} than "
                    f"{plain(theirs)}.",
                )


# -- Lists and sums ----------------------------------------------------------------------------------------------------

_ANNOUNCED = re.compile(
    r"\b(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s(?:[a-z-]+\s){0,3}?"
    r"(?P<noun>[a-z]{3,}s)\b(?:\s[a-z]+){0,5}\s?:\s*(?P<list>.+)",
    re.IGNORECASE | re.DOTALL,
)
_BULLET = re.compile(r"(?m)^\s*(?:[-\u2022*\u2013]|\d{1,2}[.)])\s+")
_NOT_LISTED = frozenset({"days", "weeks", "months", "years", "hours", "minutes", "times", "points", "pounds"})


def _lists(subject: Subject) -> Iterator[Hit]:
    yield from _named(subject)
    for text in subject.texts_with(":"):
        # Three or more that follow are parted so.
        if text.text.count(";") < 2 and text.text.count("\n") < 2:
            continue
        match = _ANNOUNCED.search(text.text)
        if not match or match["noun"].lower() in _NOT_LISTED:
            continue
        bullets = len(_BULLET.findall(match["list"]))
        listed = bullets or len([part for part in match["list"].partition(".")[0].split(";") if part.strip()])
        said = count_of(match["count"])
        if listed >= 3 and said is not None and listed != said:
            yield Hit(text.spot, f"“{match['count']} {match['noun']}” are announced, and {listed} follow.")


# Names of places and things, parted by commas.
_NAMED_LIST = re.compile(
    r"\b(?P<count>three|four|five|six|seven|eight|nine|ten|eleven|twelve|[3-9]|1\d)"
    r"\s(?:(?!(?:two|three|four|five|six|seven|eight|nine|ten)\s)[a-z-]+\s){0,3}?(?P<noun>[a-z]{3,}s)\b"
    r"(?P<between>[^.;:,]{0,40})(?::|,?\s(?:namely|they are|these are))\s(?P<list>[^:;.]+)(?:\.|\Z)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)\b", re.IGNORECASE)
_OF_THEM = re.compile(r"\bof (?:the |our |these )?\Z", re.IGNORECASE)
_SOME = re.compile(
    r"\b(?:including|includes?|such as|for example|e\.?g|among|etc|others?|mainly|more)\b|\d|\(", re.IGNORECASE
)
_LONGEST_NAME = 5


def _named(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with(*_LISTED):
        match = _NAMED_LIST.search(text.text) if ", " in text.text and _may_announce(text.said) else None
        # Of `three of the five blocks` the last number is what is announced, or neither.
        while match and _COUNT.search(match["between"]):
            match = _NAMED_LIST.search(text.text, match.start("noun"))
        if match and _OF_THEM.search(text.text[: match.start()]):
            continue
        if match is None or match["noun"].lower() in _NOT_LISTED or _SOME.search(match["between"] + match["list"]):
            continue
        parts = [part.strip() for part in match["list"].split(", ")]
        # A list within the list ends with `and` before the end.
        if any(len(part.split()) > _LONGEST_NAME or part.startswith("and ") for part in parts[:-1]):
            continue
        last = parts[-1].removeprefix("and ").split()
        said = count_of(match["count"])
        # `Hill and Vale` may be one, and `the hall and the pool` two; but a list ends with an `and` of its own.
        least = len(parts) + (not parts[-1].startswith("and ") and "and" in last)
        most = len(parts) + sum("and" in part.removeprefix("and ").split() for part in parts)
        if said is not None and most >= _THREE and not least <= said <= most and len(last) <= 2 * _LONGEST_NAME:
            yield Hit(text.spot, f"“{match['count']} {match['noun']}” are announced, and {most} follow.")


def _may_announce(told: Said) -> bool:
    """Whether a count may stand before what follows it in a list, with nothing but words between them."""
    for mark in _LISTED:
        *parts, _ = told.lower.split(mark)
        for part in parts:
            words = _PARTED.split(part.rstrip(", "))[-1]
            if _COUNTED.search(words):
                return True
    return False


_PARTED = re.compile(r"[.;:,]")
_LISTED = (": ", "namely", "they are", "these are")
_COUNTED = re.compile("[0-9]|three|four|five|six|seven|eight|nine|ten|eleven|twelve")
_THREE = 3
_TOGETHER = re.compile(
    r"(?<![\w.,])(?P<sum>\d{1,3}(?:,\d{3})+|\d+)(?:\s(?P<what>[a-z]+))?(?:\s[a-z]+)?"
    r"\s(?:together|in total|altogether|in all)\b",
    re.IGNORECASE,
)


_ALL_WORDS = ("together", "altogether", "in total", "in all")
_IN_ALL = sign_of("together", "altogether", "total", "all")
_AGED = re.compile(r"\b(?:aged?|turn(?:s|ed|ing)?)\s\Z", re.IGNORECASE)


def _counted_in(text: str) -> tuple[Number, ...]:
    """The numbers of a text but ages: “3 turned eighteen”."""
    return tuple(number for number in numbers_in(text) if not _AGED.search(text[: number.start]))


def _without_total(parts: list[Number], total: Decimal | None) -> list[Number]:
    """The parts of a total, which some name before them, too: “25 were late, 11 by a day, 14 by more, 25 in all”."""
    return parts[1:] if parts and parts[0].value == total else parts


# A total before its parts: `118 referrals were received: 54 from the police, 31 from schools and 33 from others`.
_PARTS_FOLLOW = re.compile(
    r"(?:^|[.;]\s)(?:there were |we (?:had|saw|received) |some )?"
    r"(?P<sum>\d{1,3}(?:,\d{3})+|\d+)\s(?P<what>[a-z][^.;:\d]{2,60}):\s"
    r"(?P<parts>(?:\d[\d,]*\s[^.;:,\d]{3,40}(?:,\s(?:and\s)?|\sand\s)){2,9}\d[\d,]*\s[^.;:,\d]{3,40})(?=[.;]|\Z)",
    re.IGNORECASE,
)
_SOME_PARTS = re.compile(r"\b(?:including|among|such as|mainly|chiefly|most|largest|example)\b", re.IGNORECASE)
_THE_REST = re.compile(r"\b(?:others?|the rest|elsewhere|remaining|remainder)\b", re.IGNORECASE)
_PART = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+|\d+")


def _following(text: Text) -> Iterator[Hit]:
    for match in _PARTS_FOLLOW.finditer(text.text):
        total = Decimal(match["sum"].replace(",", ""))
        parts = [Decimal(each.replace(",", "")) for each in _PART.findall(match["parts"])]
        whole = sum(parts, Decimal(0))
        # Not all of them need be told, unless there is a rest.
        is_all = _THE_REST.search(match["parts"].rpartition(" and ")[2])
        if (whole > total or (is_all and whole != total)) and not _SOME_PARTS.search(match["what"]):
            added = " + ".join(map(plain, parts))
            yield Hit(text.spot, f"“{short(match[0].lstrip('.; '))}”: {added} is {plain(whole)}, not {plain(total)}.")


# How it stands in the outline.
_BEFORE_PARTS = re.compile("0[^.;:0]{3,60}:0[0,]*[a-z]")


def _text_sums(subject: Subject) -> Iterator[Hit]:
    yield from _amounting(subject)
    for text in subject.texts_with(": "):
        if _BEFORE_PARTS.search(text.said.outline) and len(text.said.figures) > _THREE:
            yield from _following(text)
    for text in subject.texts_of(_IN_ALL):
        for said_of in text.said.sentences if holds(text.lower, _ALL_WORDS) else ():
            match = _TOGETHER.search(said_of.text)
            if not match:
                continue
            sentence = said_of.text
            before = sentence[: match.start()]
            wholes = shares_in(before)
            parts = [
                number
                for number in _counted_in(before)
                if number.kind == "number" and not any(s.start < number.start < s.end for s in wholes)
            ]
            said = count_of(match["sum"])
            parts = _without_total(parts, said)
            total = sum((part.value for part in parts), Decimal(0))
            exact = not any(part.approximate or part.low != part.high for part in parts)
            # Of other things than those before it, it is no sum of them.
            other = match["what"] and match["what"].lower() not in {part.after for part in parts}
            if 2 <= len(parts) <= 8 and not other and exact and said is not None and total != said:
                added = " + ".join(plain(part.value) for part in parts)
                yield Hit(text.spot, f"“{short(sentence)}”: {added} is {plain(total)}, not {plain(said)}.")


_AMOUNTS_TO = re.compile(
    r",?(?<!\bof)\s(?:giving|making|(?:a|in) total of|totalling|adding up to)\s(?:us\s|a total of\s)?\Z", re.IGNORECASE
)
_AFTER_ALL = re.compile(r"\s(?:[a-z]+\s)?(?:in all|altogether|in total)\b", re.IGNORECASE)
# Of whatever is counted before them.
_ANYTHING = frozenset(
    {"buildings", "sites", "places", "cases", "people", "items", "projects", "visits", "events", "pieces"}
)
_UNCOUNTED = re.compile(r"(?:,|\band)\s(?:an?|another|one|the)\s[a-z]", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|ever|overall|cumulative\w*|programme|altogether since)\b", re.IGNORECASE)
_AMOUNTS = ("giving", "making", "total of", "totalling", "adding up to", "in all", "altogether", "in total")


_AMOUNTING = sign_of("giving", "making", "total", "totalling", "adding", "all", "altogether")


def _amounting(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_of(_AMOUNTING):
        for sentence in text.said.sentences if holds(text.lower, _AMOUNTS) else ():
            numbers = _counted_in(sentence.text) if holds(sentence.lower, _AMOUNTS) else ()
            for place, total in enumerate(numbers):
                before, after = sentence.text[: total.start], sentence.text[total.end :]
                named = _AFTER_ALL.match(after) and total.after in _ANYTHING
                if place < 2 or not (_AMOUNTS_TO.search(before) or named) or _SINCE.search(after):
                    continue
                parts = [each for each in numbers[:place] if each.kind == total.kind]
                uncounted = _UNCOUNTED.search(_AMOUNTS_TO.sub("", before))
                is_whole = len(parts) == place
                parts = _without_total(parts, total.value)
                if is_whole and len(parts) > 1 and not uncounted and _is_no_sum(parts, total) and not shares_in(before):
                    added = " + ".join(plain(part.value) for part in parts)
                    whole = sum((part.value for part in parts), Decimal(0))
                    yield Hit(
                        text.spot, f"“{short(sentence.text)}”: {added} is {plain(whole)}, not {plain(total.value)}."
                    )


def _is_no_sum(parts: list[Number], total: Number) -> bool:
    """Whether figures do not add up to their total, though each may be rounded: seldom are all in one direction."""
    known = (*parts, total)
    if total.kind not in ("number", "money") or any(each.approximate or each.low != each.high for each in known):
        return False
    exact = all(each.value == each.value.to_integral_value() for each in known) and total.kind == "number"
    room = Decimal(0) if exact else sum((each.half**2 for each in known), Decimal(0)).sqrt() * Decimal("1.25")
    return abs(sum((part.value for part in parts), Decimal(0)) - total.value) > room


# -- One comparator in two places --------------------------------------------------------------------------------------

_DULL = frozenset({"the", "average", "all", "group", "of", "rate", "quarter"})


def _comparators(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for place, one in enumerate(line.comparators):
            for other in line.comparators[place + 1 :]:
                if one.value is None or other.value is None or abs(one.value - other.value) <= one.half + other.half:
                    continue
                shared = (set(_label(one)) & set(_label(other))) - _DULL
                if shared and one.where != other.where:
                    yield Hit(
                        other.spot,
                        f"{other.label} is {other.text} in {other.where}, but {one.text} in {one.where}.",
                    )


def _label(figure: Figure) -> list[str]:
    return re.findall(r"[a-z]{3,}|\d{4}", figure.label.lower())


def _same_month(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for quote in line.quotes:
            numbers = numbers_in(quote.text)
            days = {day.exact for day in days_in(quote.item) if day.has_year}
            for figure in line.comparators if days and len(numbers) == 1 else ():
                same = days & {day.exact for day in days_in(figure.label) if day.has_year}
                if same and figure.value is not None and not numbers[0].holds(figure.value):
                    yield Hit(
                        quote.spot,
                        f"The text gives {numbers[0].text} ({quote.item}), and {figure.label} is {figure.text}.",
                    )


_TOTAL = re.compile(r"\b(?:total|number|count)\b", re.IGNORECASE)
_OF_QUARTER = re.compile(r"\bq(?:uarter|tr)?\.?\s?([1-4])\b", re.IGNORECASE)


def _counts_behind(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        now = line.now
        if now is None or now.numerator is None or now.denominator is None:
            continue
        title = set(re.findall(r"[a-z]{6,}", line.title.lower()))
        for quote in line.quotes:
            numbers = numbers_in(quote.text)
            named = _OF_QUARTER.search(quote.item)
            other = named and not now.label.endswith(named[1])
            told = set(re.findall(r"[a-z]{6,}", quote.item.lower()))
            if (
                len(numbers) != 1
                or numbers[0].kind != "number"
                or other
                or not _TOTAL.search(quote.item)
                or not title & told
            ):
                continue
            if not any(numbers[0].holds(count) for count in (now.numerator, now.denominator)):
                yield Hit(quote.spot, f"The text says “{quote.item}: {numbers[0].text}”, but the figure is {now.text}.")


# -- The rules ---------------------------------------------------------------------------------------------------------


def _compared(first: str, second: str) -> Subject:
    figures = [
        replace(read_figure(text, PERCENT, "Family group average"), where=where)
        for text, where in ((first, "the scorecard"), (second, "the appendix"))
    ]
    return Subject((replace(LINE, comparators=tuple(figures)),))


def _quoted(item: str, text: str) -> Subject:
    now = read_figure("54.4% (87/160)", PERCENT, "Q2")
    february = read_figure("4.9%", PERCENT, "4.9% (Feb 2031)")
    return Subject((replace(LINE, now=now, comparators=(february,), quotes=(Quote(item, text),)),))


W106 = AcrossRule(
    code="W106",
    severity="warning",
    title="A change in a text that its own figures do not bear out",
    find=_changes,
    remedy=ONE_OF_THEM,
    example="“Visitors rose from 89 to 226 a day, 124%.”",
    trips=says("Visitors rose from 89 to 226 a day, 124%."),
    passes=(
        says("Visitors rose from 89 to 226 a day, 154%."),
        says("The backlog fell from 226 to 89."),
        says("Up from 12 in May to 30 in June, in 40% of wards."),
    ),
)
W107 = AcrossRule(
    code="W107",
    severity="warning",
    title="Below or above, against the figures beside it",
    find=_sides,
    remedy="Correct the word or the figure.",
    example="“The rate is 14.1, just below the national 13.1.”",
    trips=says("The rate is 14.1, just below the national 13.1."),
    passes=(says("The rate is 12.1, just below the national 13.1."), says("At 14.1, it is 2 points below target.")),
)
W108 = AcrossRule(
    code="W108",
    severity="info",
    title="A text that announces so many, and as many do not follow",
    find=_lists,
    remedy="Count again, or say what is missing.",
    example="“Four areas for improvement: delays; decisions; transfers.”",
    trips=says("Four areas for improvement: delays; decisions; transfers."),
    passes=(
        says("Three areas for improvement: delays; decisions; transfers."),
        says("Two officers left: the work went on in May; June; July."[:30]),
        says("Three hubs are open: Ashby, Corley, and Hill and Vale."),
        says("Four hubs are open, among them: Ashby, Corley, Denham."),
    ),
)
W109 = AcrossRule(
    code="W109",
    severity="warning",
    title="A sum in a text that does not add up",
    find=_text_sums,
    remedy=ONE_OF_THEM,
    example="“14 of 35 are complete, 15 on track, 31 together.”",
    trips=says("14 of 35 are complete, 15 on track, 31 together."),
    passes=(
        says("14 of 35 are complete, 15 on track, 29 together."),
        says("£1.2m for roads and £450k for lights, a total of £1.65m."),
        says("12 homes in May and 14 in June, making 80 since the scheme began."),
    ),
)
W110 = AcrossRule(
    code="W110",
    severity="warning",
    title="One comparator with different figures in different places",
    find=_comparators,
    remedy=ONE_OF_THEM,
    example="family group average 41.1% in the scorecard, 38.0% in the appendix",
    trips=_compared("41.1%", "38.0%"),
    passes=(_compared("41.1%", "41%"),),
    published=True,
)

W111 = AcrossRule(
    code="W111",
    severity="warning",
    title="A text that gives a comparator of the same month otherwise",
    find=_same_month,
    remedy=ONE_OF_THEM,
    example="comparator 4.9% (Feb 2031), and 3.9% for February 2031 in the text",
    trips=_quoted("latest figure, February 2031", "3.9%"),
    passes=(_quoted("latest figure, February 2031", "4.9%"), _quoted("latest figure, March 2031", "3.9%")),
    published=True,
)
W112 = AcrossRule(
    code="W112",
    severity="warning",
    title="A count in a text that is not the count behind the figure",
    find=_counts_behind,
    remedy=ONE_OF_THEM,
    example="54.4% (87/160), and 106 invoices in total in the text",
    trips=_quoted("invoices in total", "106"),
    passes=(
        _quoted("invoices in total", "160"),
        _quoted("invoices of one firm", "106"),
        _quoted("total invoices, quarter 1", "106"),
    ),
    published=True,
)

RULES = (W106, W107, W108, W109, W110, W111, W112)
