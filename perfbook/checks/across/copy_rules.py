"""Family X across rows: texts that were copied, dragged, left to stand, or that name whom they should not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from perfbook.checks.across.dates import days_in, last_of, month_of
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Item, Line, Spot, Subject, Text
from perfbook.checks.said import listed, short, small, words_from
from perfbook.checks.signs import sign_of

_Rows = list[tuple[str, str, Text]]


# Shorter texts, such as "On track.", may well stand in several rows.
LONG_ENOUGH = 25


def _copies(subject: Subject) -> Iterator[Hit]:
    rows = subject.row_texts
    bare = [text.said.bare for *_, text in rows]
    if len(set(bare)) == len(rows):
        return
    often = Counter(bare)
    told = [(text.said.plain, code, title, text) for code, title, text in rows if often[text.said.bare] > 1]
    known: dict[tuple[str, str], dict[str, tuple[str, Text]]] = defaultdict(dict)
    under = {text.spot: item.place for item in subject.items if item.place for text in item.texts}
    for plain, code, title, text in told:
        if len(plain) >= LONG_ENOUGH:
            known[text.kind, plain].setdefault(code, (title, text))
    for alike in known.values():
        (_, (first, one)), *others = alike.items()
        # One text may be true of several steps of one thing, as are those under one deliverable.
        place = under.get(one.spot)
        unlike = next(
            (
                text
                for _, (title, text) in others
                if _are_unlike(first, title) and (place is None or under.get(text.spot) != place)
            ),
            None,
        )
        if unlike:
            yield Hit(unlike.spot, f"Word for word the same text stands in {listed(list(alike))}.")


# Titles of unlike things have these in common.
_DULL = frozenset(
    {
        *("after", "from", "have", "into", "over", "since", "than", "that", "their", "this", "under", "which", "with"),
        *("number", "percent", "percentage", "proportion", "rate", "total", "within", "without"),
        *("all", "and", "any", "are", "for", "has", "its", "not", "our", "out", "per", "the", "was", "who"),
    }
)


def _are_unlike(one: str, other: str) -> bool:
    """Whether two titles are of things of which hardly one text is true: not half of the words of the shorter are in
    both, be it that they share one, as “Missed bin collections” and “Garden waste collections” do."""
    first, second = _words(one), _words(other)
    return len(first & second) * 2 < min(len(first), len(second)) or not first or not second


@lru_cache(maxsize=4096)
def _words(title: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]{3,}", title.lower()) if word not in _DULL)


_NUMBER = re.compile(r"\d+")


def _dragged(subject: Subject) -> Iterator[Hit]:
    columns: dict[str, list[Text]] = defaultdict(list)
    for _, _, text in subject.row_texts:
        columns[text.kind].append(text)
    for texts in columns.values():
        yield from _runs(texts)


def _runs(texts: Sequence[Text]) -> Iterator[Hit]:
    """What counts up in a column of texts."""
    begun = [text.said.beginning for text in texts]
    if not any(first == second == third for first, second, third in zip(begun, begun[1:], begun[2:], strict=False)):
        return
    run: list[Text] = []
    for text in (*texts, Text("", "")):
        if run and _counts_on(run[-1], text):
            run.append(text)
            continue
        if len(run) >= 3:
            first, last = run[0].text, run[-1].text
            # Which of them is right, if any, only its writer knows.
            for each in run:
                yield Hit(each.spot, f"{len(run)} rows count up: from “{_short(first)}” to “{_short(last)}”.")
        run = [text]


def _counts_on(before: Text, after: Text) -> bool:
    """Whether a text is the one before it with one number larger by one."""
    one, other = before.said, after.said
    # What stands before the first number tells most texts apart.
    if one.digit < 0 or one.digit != other.digit or one.text[: one.digit] != other.text[: one.digit]:
        return False
    return one.shape == other.shape and _next(_numbers(before.text), _numbers(after.text))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(found) for found in _NUMBER.findall(text) if len(found) < 7)


def _next(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one number is larger by one, and the others are the same."""
    if len(one) != len(other):
        return False
    moved = [after - before for before, after in zip(one, other, strict=True)]
    return moved.count(1) == 1 and moved.count(0) == len(moved) - 1


def _two_years(subject: Subject) -> Iterator[Hit]:
    rows = [(code, text.said.beginning) for code, _, text in subject.row_texts]
    counts = Counter(rows)
    if len(counts) == len(rows):
        return
    known: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for row, (code, _, text) in zip(rows, subject.row_texts, strict=True):
        if counts[row] > 1 and text.said.digit >= 0:
            known[code, text.said.shape].append(text)
    for (code, _), texts in known.items():
        different = list({text.text: text for text in texts}.values())
        if len(different) == 2 and len(different[0].text) >= LONG_ENOUGH:
            one, other = different
            if days_in(one.text) != days_in(other.text):
                yield Hit(
                    other.spot,
                    f"{code} is said to be “{_short(one.text)}” in one place and “{_short(other.text)}” in another.",
                )


def _short(text: str) -> str:
    return short(text, 80)


_POINTERS = re.compile(
    r"^(?:as (?:per )?(?:q(?:tr)?\.?\s?[1-4]|above|below|before|last (?:time|quarter))|see (?:above|below|previous)"
    r"|same as|ditto)\b"
    r"|\bpointer to\b|\b(?:the|in) action above\b",
    re.IGNORECASE,
)
# A service may report that it checks with finance, and asks tenants about repairs: a note has no subject, or is of what
# is written. A question in brackets may be one that a survey asked or a review is to answer: in a note somebody is
# called, what is written is doubted, or no more than a word or two is questioned.
_WRITTEN = r"(?:figures?|numbers?|data|totals?|targets?|dates?)"
_DOUBTED = (
    rf"(?:is|are|was|were) (?:this|these|that|it|they) (?:\w+ ){{0,2}}?(?:right|correct|true|ok|final|latest|{_WRITTEN}"
    r"|current|included|up to date)"
    rf"|(?:right|correct|latest|which|what|whose|old|new|final|same) (?:{_WRITTEN}|year|quarter|version)"
    r"|still (?:right|true|correct|current|valid|the case)|should (?:this|it|we) (?:be|say|read|include|mention)"
)
_QUESTION = (
    r"\((?:(?-i:[A-Z][a-z]+)\s?[:,\u2013-]\s[^()?]{2,60}|[^()?\s]+(?:\s[^()?\s]+)?"
    rf"|[^()?]{{0,40}}\b(?:{_DOUBTED})\b[^()?]{{0,40}})\?\)"
)
_NOTES = re.compile(
    rf"\?\?|{_QUESTION}|\[(?:note|check|comment)\b"
    r"|(?:(?:^|[.;:!?(\[\u2013-])\s*(?:please |still |also |i |nb:? )*"
    r"(?:check with|ask \w+ (?:for|to|about|if)|needs? to check|to be checked|not sure (?:if|whether|what))"
    rf"|\b(?:(?:{_WRITTEN}|this|these) (?:(?:is|are|still|need|needs) )*to be checked"
    r"|i(?:['\u2019]m| am) not sure (?:if|whether|what)|can (?:you|someone|we) (?:check|confirm|please)"
    r"|do we (?:have|know|need)|delete (?:this|before)|draft text|nb:? to))\b",
    re.IGNORECASE,
)
# One of these words stands in every note that has no question mark.
_NOTED = sign_of(
    *("check", "checked", "ask", "confirm", "please", "do", "sure", "delete", "draft", "nb", "note", "comment")
)
# How a text begins, or what it holds, that points elsewhere.
_POINTING = ("as ", "see ", "same as", "ditto")
_POINTED = sign_of("pointer", "action")


def _notes(subject: Subject) -> Iterator[Hit]:
    for text in subject.every_text:
        match = _NOTES.search(text.text) if text.said.signs & _NOTED or "?" in text.lower else None
        if match:
            yield Hit(text.spot, f"“{_around(text.text, match)}” reads like a note to oneself.")


def _old_news(subject: Subject) -> Iterator[Hit]:
    for text in subject.every_text:
        may_be = text.lower.startswith(_POINTING) or text.said.signs & _POINTED
        match = _POINTERS.search(text.text) if may_be else None
        if match:
            yield Hit(text.spot, f"“{_around(text.text, match)}” says nothing of this period.")


def _around(text: str, match: re.Match[str]) -> str:
    after = text.find(" ", match.end() + 40)
    return _short(words_from(text, match.start() - 10, after if after >= 0 else len(text)))


_AHEAD = re.compile(
    r"\b(?:until|due(?: (?:by|in|at|for))?|(?:is|are|will be|to be) \w+ by|by(?: the)?(?: end(?: of)?)?"
    r"|expected(?: (?:in|by))?|planned for|scheduled for|(?P<sure>(?:will|(?:plan|hope|aim|intend)s? to)"
    r" (?:\w+ ){1,6}(?:in|on|by)))(?: the)?"
    r"(?: (?:start|end|beginning|early|mid|late)(?: of)?)?\s*$",
    re.IGNORECASE,
)
_PASSED = timedelta(days=120)
# A year that tells of which plan or change something is, is none by which it comes: `left by the 2025-26 restructure`.
_COUNCIL_YEAR = re.compile(
    r"(?P<first>20(?<!\w20)\d\d)\s?[-/\u2013]\s?(?:20)?\d\d\b(?![-/])"
    r"(?!\s(?!(?:and|or|but|as|when|with|to|in|so|for|at|if|which|because|after|once|through|via|across|on|is|are|was|were"
    r"|will|has|have|subject|though|although|while|whilst|unless|financial|academic|school|year)\b)[a-z])"
)
# How it looks in outline.
_TWO_YEARS = re.compile(r"0000[-/]?00")
# What stands in every one of them, and how it meets a day or a month and its year, in small letters.
_SURELY = (
    "will ",
    "plan to ",
    "plans to ",
    "hope to ",
    "hopes to ",
    "aim to ",
    "aims to ",
    "intend to ",
    "intends to ",
)
_COMING = {
    part.partition(" ")[0]: part
    for part in ("until", "due", "by", "expected", "planned for", "scheduled for", *_SURELY)
}
_TO_COME = sign_of(*_COMING)
# The last month of each, in the year that is named or in the one after it.
_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "winter": 14}
_SEASONAL = sign_of(*_SEASONS)
_SEASON = re.compile(rf"\b({'|'.join(_SEASONS)}),? (?:of )?(20\d\d)\b", re.IGNORECASE)
_YEAR = r"((?:19|20)[0-9]{2}|['\u2019]?[0-9]{2}(?![0-9]))"
_MONTH = r"((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_COMES = re.compile(
    r"(?:until|due(?: (?:by|in|at|for))?|by(?: the)?(?: end(?: of)?)?|expected(?: (?:in|by))?|planned for|scheduled for"
    r"|(?:will|(?:plan|hope|aim|intend)s? to) (?:\w+ ){1,6}(?:in|on|by))(?: the)?"
    r"(?: (?:start|end|beginning|early|mid|late)(?: of)?)?"
    rf"\s*(?:[0-9]{{1,2}}[/.]([0-9]{{1,2}})[/.]((?:20)?[0-9]{{2}})|{_MONTH}[\s-]*{_YEAR}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR})"
)


def _stale(subject: Subject) -> Iterator[Hit]:
    if subject.start is None:
        return
    for text in subject.texts_of(_TO_COME):
        for day in days_in(text.text) if _comes(text, subject.start) else ():
            if day.exact is not None and day.has_year:
                yield from _past(text, day.text, day.place, day.exact, subject.start)
        for season in _SEASON.finditer(text.text) if text.said.signs & _SEASONAL and "20" in text.lower else ():
            month = _SEASONS[small(season[1])]
            last = last_of(int(season[2]) + month // 13, (month - 1) % 12 + 1)
            yield from _past(text, season[0], season.start(), last, subject.start)
        for year in _COUNCIL_YEAR.finditer(text.text) if _TWO_YEARS.search(text.said.outline) else ():
            # Whether it is a school year or a council's, by then it is over.
            yield from _past(text, year[0], year.start(), date(int(year["first"]) + 1, 8, 31), subject.start)


def _past(text: Text, said: str, place: int, last: date, start: date) -> Iterator[Hit]:
    """Whether what is said at a place of a text is to come by it, though its last day lies before the period.

    A little later than planned it may still come; what will be done on a day that is past will not be done then.
    """
    ahead = _AHEAD.search(text.text[:place].rstrip()) if last < start else None
    if ahead and last < (start if ahead["sure"] else start - _PASSED):
        before = words_from(text.text, place - 30, place + len(said))
        yield Hit(text.spot, f"“{before}” still lies ahead in the text, but is past.")


def _comes(text: Text, start: date) -> bool:
    """Whether something may be said in a text to come by a day that is past when a period starts."""
    lower = text.lower
    is_near = is_past = False
    for part in [_COMING[mark] for mark in text.said.marks if mark in _COMING]:
        newest = start if part in _SURELY else start - _PASSED
        place = lower.find(part)
        while place >= 0:
            match = _COMES.match(lower, place)
            if match:
                year, month = _month_in(match)
                # A text that speaks of days of another century alone is about history.
                is_near = is_near or year % 100 <= start.year % 100
                is_past = is_past or (year, month) <= (newest.year, newest.month)
                if is_near and is_past:
                    return True
            place = lower.find(part, place + 1)
    return False


def _month_in(match: re.Match[str]) -> tuple[int, int]:
    """The year and the month by which something comes."""
    month, year = (group.strip("'\u2019") for group in match.groups() if group)
    return int(year) + 2000 * (len(year) < 4), int(month) if month.isdigit() else month_of(month)


_WHOLE = ("available", "published", "provided", "reported", "measure", "quarterly", "annual", "data")


def _cut(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in line.figures:
            words = figure.text.split()
            if figure.value is not None or len(words) < 2:
                continue
            last = words[-1].lower()
            whole = next((word for word in _WHOLE if word.startswith(last) and word != last and len(last) >= 3), "")
            if whole:
                yield Hit(figure.spot, f"“{figure.text}” breaks off before the end of “{whole}”.")


_PERSON = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s(?:[A-Z][a-z]+\s)?[A-Z][a-z]+(?:-[A-Z][a-z]+)?\b")


# Two names, and what belongs to her or him.
_NAMED = re.compile(r"\b[A-Z][a-z]+\s[A-Z][a-z]+(?:-[A-Z][a-z]+)?\sand\s(?:her|his)\b")
_TITLED, _THEIRS = sign_of("mr", "mrs", "ms", "miss", "dr"), sign_of("her", "his")


def _people(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_of(_TITLED):
        for match in _PERSON.finditer(text.text):
            yield Hit(text.spot, f"“{match[0]}” names a person.")
    for text in subject.texts_of(_THEIRS):
        for match in _NAMED.finditer(text.text):
            yield Hit(text.spot, f"“{match[0].rpartition(' and ')[0]}” names a person.")


_ADDRESS = re.compile(
    r"(?:'[^']{1,31}'|\b[A-Za-z_]\w{0,30})!\$?[A-Z]{1,3}\$?\d{1,7}\b|\$[A-Z]{1,3}\$\d{1,7}\b"
    r"|(?<![\w=])=(?:[A-Z]{1,3}\d{1,7}\b|[A-Z]{2,10}\()"
)


def _addresses(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts_with("!", "$", "="):
        match = _ADDRESS.search(text.text)
        if match:
            yield Hit(text.spot, f"“{match[0]}” is the address of a cell.")


def _texts(*rows: tuple[str, str], start: date | None = None) -> Subject:
    items = (
        Item(f"{number * 7} {_THINGS[number % 4]}", code, texts=(Text("update", text, Spot(key=code)),))
        for number, (code, text) in enumerate(rows)
    )
    return Subject(items=tuple(items), start=start)


_THINGS = ("Open libraries", "Replace vehicles", "Hire planners", "Plant trees")


def _cell(text: str) -> Subject:
    return Subject((Line("Offences", "EX1", now=Figure(text, label="Q2")),))


_READY = "The consultation is complete and the framework ready."
_DUE = "The report is due at the end of January {}."
_OCTOBER = date(2031, 10, 1)

X201 = AcrossRule(
    code="X201",
    severity="info",
    title="The text of another row",
    find=_copies,
    remedy="Say what is true of each.",
    example="the same update for A1 and A2",
    trips=_texts(("A1", _READY), ("A2", _READY)),
    passes=(_texts(("A1", _READY), ("A1", _READY)), _texts(("A1", "On track."), ("A2", "On track."))),
    sure="possible",
    between=True,
)
X202 = AcrossRule(
    code="X202",
    severity="warning",
    title="A number or a year that counts up from row to row",
    find=_dragged,
    remedy="Type it anew: a cell was dragged down.",
    example="due in January 2032, January 2033, January 2034",
    trips=_texts(("A1", _DUE.format(2032)), ("A1", _DUE.format(2033)), ("A1", _DUE.format(2034))),
    passes=(
        _texts(("A1", _DUE.format(2032)), ("A2", _DUE.format(2033))),
        _texts(("A1", "12 sold."), ("A2", "12 sold."), ("A3", "12 sold.")),
    ),
)
X203 = AcrossRule(
    code="X203",
    severity="warning",
    title="One action with two dates",
    find=_two_years,
    remedy="Correct one of them.",
    example="A1: until March 2031 in one place, until March 2032 in another",
    trips=_texts(("A1", "The team works until March 2031."), ("A1", "The team works until March 2032.")),
    passes=(_texts(("A1", "The team works until March 2031."), ("A2", "The team works until March 2032.")),),
)
X204 = AcrossRule(
    code="X204",
    severity="info",
    title="A text that says nothing of this period",
    find=_old_news,
    remedy="Say what has happened since, or why nothing has.",
    example="“As Q1; the report follows.”",
    trips=_texts(("A1", "As Q1; the report follows.")),
    passes=(_texts(("A1", "The report went to Cabinet in Q1.")),),
)
X205 = AcrossRule(
    code="X205",
    severity="warning",
    title="A note to oneself",
    find=_notes,
    remedy="Take it out.",
    example="“Need to check the June figure.”",
    trips=_texts(("A1", "Need to check the June figure.")),
    passes=(_texts(("A1", "The auditors will check the June figure.")),),
)
X206 = AcrossRule(
    code="X206",
    severity="warning",
    title="A date that is to come by the text, and is past",
    find=_stale,
    remedy="Correct the date, or bring the text up to date.",
    example="in the third quarter of 2031-32: “the team works until March 2031”",
    trips=_texts(("A1", "The team works until March 2031."), start=_OCTOBER),
    passes=(
        _texts(("A1", "The team works until March 2032."), start=_OCTOBER),
        _texts(("A1", "The plan was agreed in March 2031."), start=_OCTOBER),
        _texts(("A1", "Two schools are planned by the end of 2031-32."), start=_OCTOBER),
        _texts(("A1", "The lease was due in July 2031 and is being signed."), start=_OCTOBER),
    ),
)
X207 = AcrossRule(
    code="X207",
    severity="info",
    title="A word in a cell that breaks off",
    find=_cut,
    remedy="Write it out.",
    example="“annual dat”",
    trips=_cell("annual dat"),
    passes=(_cell("annual data"), _cell("published in June")),
    published=True,
)
X208 = AcrossRule(
    code="X208",
    severity="warning",
    title="A person's name in a text that is published",
    find=_people,
    remedy="Name a role or a team instead.",
    example="“Mrs Example leads the work.”",
    trips=_texts(("A1", "Mrs Example leads the work.")),
    passes=(_texts(("A1", "The head of housing leads the work.")),),
)
X209 = AcrossRule(
    code="X209",
    severity="warning",
    title="The address of a cell in a text",
    find=_addresses,
    remedy="Write what was meant to stand there.",
    example="“Satisfaction is Sheet1!B12 now.”",
    trips=_texts(("A1", "Satisfaction is Sheet1!B12 now.")),
    passes=(_texts(("A1", "Great news! B12 is the bus to take.")), _texts(("A1", "A = good, B = fair, 5=C1 class."))),
)

RULES = (X201, X202, X203, X204, X205, X206, X207, X208, X209)
