"""Family K, codes and ratings: how they are written, what they stand for, and what the text beside them says."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Hit, Item, Progress, Spot, Subject, Text, Written
from perfbook.checks.said import few, listed
from perfbook.workbook.lookalikes import latin, strange_letters

_USUAL = re.compile(r"[A-Z]{1,5}[ .]?\d{1,4}[a-z]?", re.IGNORECASE)
_PARTED = re.compile(r"([A-Z]+)([ .-]*)(\d+[a-z]?)", re.IGNORECASE)


def _strange(subject: Subject) -> Iterator[Hit]:
    for each in subject.codes:
        strange = strange_letters(each.typed)
        if strange:
            yield Hit(each.spot, f"“{each.typed}” is written with {strange}, which only look Latin.")


def _shape(typed: str) -> str:
    """A code with its letters and digits as one sign each: `ACE 27` is `A9`."""
    return re.sub(r"\d+", "9", re.sub(r"[a-z]+", "A", re.sub(r"[ .]", "", latin(typed)), flags=re.IGNORECASE))


def _mistyped(subject: Subject) -> Iterator[Hit]:
    columns: dict[str, list[Written]] = defaultdict(list)
    for each in subject.codes:
        if each.typed.strip():
            columns[each.column].append(each)
    for written in columns.values():
        shapes = Counter(_shape(each.typed) for each in written)
        usual, often = shapes.most_common(1)[0]
        # Of a few all others have to be alike.
        if usual != "A9" or often < (0.6 * len(written) if len(written) >= 5 else max(2, len(written) - 1)):
            continue
        for each in written:
            plain = latin(each.typed)
            if len(written) < 5 and not re.search(r"\d", plain):
                continue
            if not _USUAL.fullmatch(plain) and re.fullmatch(r"\W*\w{1,5}(?: \w{1,4})?\W*", plain):
                other = _neighbour(written, written.index(each))
                yield Hit(each.spot, f"“{each.typed}” is not written like the other references, such as {other}.")


def _neighbour(written: Sequence[Written], place: int) -> str:
    """The nearest reference that is written as usual."""
    usual = [number for number, each in enumerate(written) if _USUAL.fullmatch(each.typed)]
    return written[min(usual, key=lambda number: abs(number - place))].typed


def _variants(subject: Subject) -> Iterator[Hit]:
    styles: dict[str, dict[str, list[Written]]] = defaultdict(lambda: defaultdict(list))
    for each in subject.codes:
        match = _PARTED.fullmatch(latin(each.typed.strip()))
        if match:
            styles[match[1].upper()][match[2]].append(each)
    for prefix, used in styles.items():
        if len(used) < 2:
            continue
        usual = max(used, key=lambda style: len(used[style]))
        odd = [each for style, rows in used.items() if style != usual for each in rows]
        names = list(dict.fromkeys(each.typed for each in odd))
        yield Hit(
            odd[0].spot,
            f"References with {prefix} are written in {len(used)} ways: {listed(names)} beside {used[usual][0].typed}.",
        )


def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]{3,}", title.lower()))


def _alike(one: str, other: str) -> bool:
    """Whether two titles may be of one thing."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return True
    return len(first & second) * 2 >= min(len(first), len(second))


def _titles(subject: Subject) -> Iterator[tuple[str, str, Spot]]:
    # Codes of measures are the framework's, not a return's; of those of actions its reader says it already.
    in_return = subject.rows_checked and subject.end is not None
    for line in () if in_return else subject.lines:
        yield line.code, line.title, line.spot
    for item in () if subject.rows_checked else subject.items:
        yield item.code, item.title, item.spot
    for each in subject.codes:
        if each.title:
            yield each.typed, each.title, each.spot


def _two_things(subject: Subject) -> Iterator[Hit]:
    known: dict[str, list[tuple[str, Spot]]] = defaultdict(list)
    for code, title, spot in _titles(subject):
        if code and title and not any(_alike(title, other) for other, _ in known[code]):
            known[code].append((title, spot))
    for code, things in known.items():
        if len(things) > 1:
            named = "; ".join(few([title for title, _ in things]))
            yield Hit(things[1][1], f"{code} stands for {len(things)} things: {named}.")


_LONG_ENOUGH = 12


def _two_codes(subject: Subject) -> Iterator[Hit]:
    known: dict[tuple[str, str], dict[str, Spot]] = defaultdict(dict)
    for code, title, spot in _titles(subject):
        if code and len(title) >= _LONG_ENOUGH:
            # What several directorates report is a row for each of them.
            thing = subject.holders.get(spot.key, ""), " ".join(title.casefold().split())
            known[thing].setdefault(latin(code).replace(" ", ""), spot)
    for (_, title), codes in known.items():
        if len(codes) > 1:
            yield Hit(list(codes.values())[1], f"“{title}” stands under {' and '.join(few(list(codes)))}.")


def _ratings(subject: Subject) -> Iterator[Hit]:
    known: dict[str, list[Item]] = defaultdict(list)
    for item in subject.items:
        if item.code:
            known[item.code].append(item)
    for code, items in known.items():
        first = items[0]
        other = next((each for each in items if each.rating != first.rating and _alike(each.title, first.title)), None)
        if other is None:
            continue
        said = " and ".join(
            f"{each.rating or 'no rating'}{f' under {each.place}' if each.place else ''}" for each in (first, other)
        )
        yield Hit(other.spot, f"{code} has {said}.")


_UNFINISHED = re.compile(
    r"\b(?:(?:is|are|being|still|now)\s(?:being\s)?(?:prepared|finalised|developed|reviewed|finished|drafted|delivered|"
    r"explored|planned|recruited)|in (?:development|progress|draft|preparation)|under way|underway|ongoing|"
    r"work continues|continues?\b|(?:is|are|approval|council|cabinet|report|completion|launch)?\s?due\b|"
    r"(?:to|will) be (?:\w+ed|held|done|made|set)|awaits?|awaiting|still\b|not yet|remains? to|next steps?|in part)\b",
    re.IGNORECASE,
)
_STOPPED = re.compile(
    r"\b(?:on hold|paused|suspended|stalled|halted|at risk|behind (?:schedule|plan|target)|not (?:yet )?started|"
    r"no progress|slipp(?:ed|ing|age)|off[- ]track)\b",
    re.IGNORECASE,
)


# What was done is named before what goes on; a part of the work is on hold.
_EXCUSED: Mapping[Progress, re.Pattern[str]] = {
    "done": re.compile(r"\b(?:completed?|signed off|finished|approved|published|adopted)\b", re.IGNORECASE),
    "good": re.compile(r"\b(?:one|two|three|some|parts?|except)\b[^.;]{0,25}$", re.IGNORECASE),
}
# What was on hold and is not any more.
_GONE_ON = re.compile(r"\b(?:restart|re-?start|resum|recommenc|re-?open)\w*|\b(?:lifted|no longer)\b", re.IGNORECASE)
# What is not done by being written down.
_TO_BE_DONE = re.compile(
    r"\b(?:implement\w*|embed\w*|deliver(?:ed|y)?|roll(?:ed)?[ -]?out|launch(?:ed)?|put in place)\b", re.IGNORECASE
)
_ONLY_PLANNED = re.compile(
    r"^(?:the |an? )?(?:[\w-]+ )?(?:plans?|proposals?|milestones?)\b[^.;]{0,40}"
    r"\b(?:set|agreed|drafted|made|written|developed)\b",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"\b(?:approval|sign-off|decision|consent)\s(?:is\s|are\s)?(?:still\s)?(?:due|awaited|pending|outstanding)\b",
    re.IGNORECASE,
)
# The part that is on hold is the one after which the action is called.
_NAMED_PART = re.compile(r"\b([a-z]{4,})\s(?:part|element|strand|workstream)s?\b[^.;]{0,15}$", re.IGNORECASE)


def _goes_on(subject: Subject) -> Iterator[Hit]:
    yield from _said(subject, "done", _UNFINISHED, "but the text goes on")


def _on_hold(subject: Subject) -> Iterator[Hit]:
    yield from _said(subject, "good", _STOPPED, "but the text says")


def _said(subject: Subject, progress: Progress, pattern: re.Pattern[str], words: str) -> Iterator[Hit]:
    for item in subject.items:
        if item.progress != progress:
            continue
        for text in item.texts:
            match = (_not_yet(item, text.text) if progress == "done" else None) or _unexcused(
                item, text.text, progress, pattern
            )
            if match:
                yield Hit(text.spot, f"The rating is {item.rating}, {words} “{match[0].strip()}”.")
                break


def _unexcused(item: Item, text: str, progress: Progress, pattern: re.Pattern[str]) -> re.Match[str] | None:
    match = pattern.search(text)
    if not match:
        return None
    if progress == "good" and _GONE_ON.search(_sentence_at(text, match.start())):
        return None
    excuse = _EXCUSED[progress].search(text[: match.start()])
    if not excuse:
        return match
    if progress == "done":
        return match if _TO_BE_DONE.search(item.title) else None
    part = _NAMED_PART.search(text[: match.start()])
    return match if part and part[1].lower() in item.title.lower() else None


def _sentence_at(text: str, place: int) -> str:
    """The sentence in which a place of a text stands."""
    return text[text.rfind(". ", 0, place) + 1 : place] + text[place:].partition(". ")[0]


def _not_yet(item: Item, text: str) -> re.Match[str] | None:
    """What shows at once that an action is not complete: a decision still due, or a plan of what is to be done."""
    planned = _ONLY_PLANNED.search(text) if _TO_BE_DONE.search(item.title) else None
    return _PENDING.search(text) or planned


_NOT_STARTED = re.compile(r"not (?:yet )?(?:started|begun|commenced)|to start", re.IGNORECASE)
_WAS_DONE = re.compile(
    r"\b(?:completed|finished|delivered|opened|launched|adopted|installed|fully in place)\b", re.IGNORECASE
)
# What is not done yet, or is the condition for something else.
_TO_COME = re.compile(
    r"\b(?:not|no|to be|until|once|when|after|before|if|will|due|should|expected|planned|other|previous|earlier|last)\b"
    r"[^.;]{0,40}$",
    re.IGNORECASE,
)


def _done_unstarted(subject: Subject) -> Iterator[Hit]:
    for item in subject.items:
        if not _NOT_STARTED.fullmatch(item.rating):
            continue
        for text in item.texts:
            match = next(
                (each for each in _WAS_DONE.finditer(text.text) if not _TO_COME.search(text.text[: each.start()])), None
            )
            if match:
                yield Hit(text.spot, f"The rating is {item.rating}, but the text says “{match[0]}”.")


_CODED = re.compile(r"[A-Z]{1,5}[ .-]?\d{1,4}[a-z]?\b", re.IGNORECASE)


def _titles_of_others(subject: Subject) -> Iterator[Hit]:
    known = {code: title for code, title, _ in _titles(subject)}
    for code, title, spot in _titles(subject):
        begins = _CODED.match(title)
        if begins and begins[0] != code and begins[0] in known:
            yield Hit(spot, f"The title of {code} begins with {begins[0]}, the code of “{known[begins[0]]}”.")


_NUMBERED = re.compile(r"(\d+)\.(\d+)")


def _gaps(subject: Subject) -> Iterator[Hit]:
    columns: dict[tuple[str, str], list[tuple[int, Written]]] = defaultdict(list)
    for each in subject.codes:
        match = _NUMBERED.fullmatch(each.typed)
        if match:
            columns[each.column, match[1]].append((int(match[2]), each))
    for (_, prefix), rows in columns.items():
        numbers = [number for number, _ in rows]
        if len(numbers) < 5 or len(numbers) < 0.8 * max(numbers) or numbers != sorted(numbers):
            continue
        for number in range(min(numbers) + 1, max(numbers)):
            if number not in numbers:
                after = next(each for found, each in rows if found > number)
                yield Hit(after.spot, f"{prefix}.{number} is missing: the numbers go on with {after.typed}.")


def _coded(*typed: str, title: str = "") -> Subject:
    return Subject(codes=tuple(Written("Ref", each, title) for each in typed))


def _item(code: str, title: str, rating: str, text: str = "", place: str = "") -> Item:
    progress: dict[str, Progress] = {"Complete": "done", "On Track": "good"}
    return Item(
        title, code, rating=rating, place=place, progress=progress.get(rating, ""), texts=(Text("update", text),)
    )


def _items(*items: Item) -> Subject:
    return Subject(items=items)


_LIBRARIES = "Open three libraries"

K101 = AcrossRule(
    code="K101",
    severity="info",
    title="A reference with letters that only look Latin",
    find=_strange,
    remedy="Type the reference anew.",
    example="“H5” with the Cyrillic letter \u041d",
    trips=_coded("\u041d5"),
    passes=(_coded("H5"),),
    sure="certain",
    between=True,
)
K102 = AcrossRule(
    code="K102",
    severity="info",
    title="A reference that is not written like the others of its column",
    find=_mistyped,
    remedy="Type the reference anew.",
    example="01 among O2, O3, O4, O5 and O6",
    trips=_coded("01", "O2", "O3", "O4", "O5", "O6"),
    passes=(_coded("O1", "O2", "O3", "O4", "O5"), _coded("01", "02", "03", "04", "05")),
    between=True,
)
K103 = AcrossRule(
    code="K103",
    severity="info",
    title="References written in several ways",
    find=_variants,
    remedy="Write them in one way, so that a search finds them.",
    example="ACE 27 and PH.6 beside ACE1 and PH5",
    trips=_coded("ACE1", "ACE2", "ACE 27"),
    passes=(_coded("ACE1", "ACE2", "PH 5"),),
    sure="certain",
    between=True,
)
K104 = AcrossRule(
    code="K104",
    severity="info",
    title="One code for several things",
    find=_two_things,
    remedy="Give each a code of its own.",
    example="H15 for “Open three libraries” and for “Replace the diesel fleet”",
    trips=_items(_item("H15", _LIBRARIES, ""), _item("H15", "Replace the diesel fleet", "")),
    passes=(_items(_item("H15", _LIBRARIES, ""), _item("H15", "Open the three libraries", "")),),
    between=True,
)
K105 = AcrossRule(
    code="K105",
    severity="info",
    title="One thing under several codes",
    find=_two_codes,
    remedy="Keep one of them.",
    example="“Open three libraries” under H11 and H15",
    trips=_items(_item("H11", _LIBRARIES, ""), _item("H15", _LIBRARIES, "")),
    passes=(_items(_item("H11", _LIBRARIES, ""), _item("H15", "Replace the diesel fleet", "")),),
    between=True,
)
K106 = AcrossRule(
    code="K106",
    severity="warning",
    title="One action with different ratings in different places",
    find=_ratings,
    remedy="Rate it once.",
    example="PH6 without a rating under L15, On Track under L9",
    trips=_items(_item("PH6", _LIBRARIES, "", place="L15"), _item("PH6", _LIBRARIES, "On Track", place="L9")),
    passes=(_items(_item("PH6", _LIBRARIES, "On Track"), _item("PH6", _LIBRARIES, "On Track")),),
    published=True,
)
K107 = AcrossRule(
    code="K107",
    severity="info",
    title="Complete, but the text goes on",
    find=_goes_on,
    remedy="Rate it as it stands, or say what is left and who does it.",
    example="Complete: “The plan is in development.”",
    trips=_items(_item("A1", _LIBRARIES, "Complete", "The plan is in development.")),
    passes=(
        _items(_item("A1", _LIBRARIES, "Complete", "All three opened in May.")),
        _items(_item("A1", _LIBRARIES, "On Track", "The plan is in development.")),
        _items(_item("A1", "Write a strategy", "Complete", "Strategy signed off; action plan in development.")),
        _items(_item("A1", "Plan the move", "Complete", "Plan and milestones set.")),
    ),
    sure="possible",
)
K108 = AcrossRule(
    code="K108",
    severity="info",
    title="On track, but on hold",
    find=_on_hold,
    remedy="Rate it as it stands.",
    example="On Track: “On hold until the guidance is published.”",
    trips=_items(_item("A1", _LIBRARIES, "On Track", "On hold until the guidance is published.")),
    passes=(
        _items(_item("A1", _LIBRARIES, "On Track", "Two opened; the third follows.")),
        _items(_item("A1", _LIBRARIES, "On Track", "Two opened; some events are on hold.")),
        _items(_item("A1", _LIBRARIES, "On Track", "Works, which were on hold until May, have resumed.")),
    ),
)
K109 = AcrossRule(
    code="K109",
    severity="info",
    title="A number that is missing in a numbering",
    find=_gaps,
    remedy="Make sure that no row was lost.",
    example="3.1, 3.2, 3.3, 3.5, 3.6",
    trips=_coded("3.1", "3.2", "3.3", "3.5", "3.6"),
    passes=(_coded("3.1", "3.2", "3.3", "3.4", "3.5"),),
    published=True,
)

K116 = AcrossRule(
    code="K116",
    severity="info",
    title="Not started, but the text says that it is done",
    find=_done_unstarted,
    remedy="Rate it as it stands.",
    example="Not Started: “All three opened in May.”",
    trips=_items(_item("A1", _LIBRARIES, "Not Started", "All three opened in May.")),
    passes=(
        _items(_item("A1", _LIBRARIES, "Not Started", "Work begins once the budget has been adopted.")),
        _items(_item("A1", _LIBRARIES, "Not Started", "They will be opened in May.")),
        _items(_item("A1", _LIBRARIES, "Complete", "All three opened in May.")),
    ),
    sure="possible",
)
K117 = AcrossRule(
    code="K117",
    severity="info",
    title="A title that begins with the code of another row",
    find=_titles_of_others,
    remedy="Make sure that no two codes have changed places.",
    example="H15 “H16 Open three libraries” and H16 “Replace the diesel fleet”",
    trips=_items(_item("H15", "H16 Open three libraries", ""), _item("H16", "Replace the diesel fleet", "")),
    passes=(
        _items(_item("H15", "H15 Open three libraries", ""), _item("H16", "Replace the diesel fleet", "")),
        _items(_item("H15", "A34 Widen the road", ""), _item("H16", "Replace the diesel fleet", "")),
    ),
    between=True,
)

RULES = (K101, K102, K103, K104, K105, K106, K107, K108, K109, K116, K117)
