"""Family K: references that stand in another's place, and abbreviations with swapped letters."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from perfbook.checks.across.figures import COUNT
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Item, Line, Spot, Subject, Text, Written
from perfbook.workbook.lookalikes import latin

_CODE = re.compile(r"([A-Z]{1,5})[ .]?(\d{1,4})[a-z]?", re.IGNORECASE)


def _parted(typed: str) -> tuple[str, int] | None:
    """The letters and the number of a code; None for what is none."""
    match = _CODE.fullmatch(latin(typed).strip())
    return (match[1].upper(), int(match[2])) if match else None


def _columns(subject: Subject) -> dict[str, list[Written]]:
    columns: dict[str, list[Written]] = defaultdict(list)
    for each in subject.codes:
        if each.typed.strip():
            columns[each.column].append(each)
    return columns


# -- Abbreviations with two letters swapped ----------------------------------------------------------------------------

_SHORT = re.compile(r"\b[A-Z]{4,7}\b")


def _swapped_letters(subject: Subject) -> Iterator[Hit]:
    used: dict[str, list[Spot]] = defaultdict(list)
    for text, spot in _titles(subject):
        for short in _shorts(text):
            used[short].append(spot)
    # The commoner of two is right; of two that are as common the first.
    ranked = sorted(used, key=lambda short: -len(used[short]))
    for place, short in enumerate(ranked):
        right = next((each for each in ranked[:place] if _one_swap(each, short)), "")
        if right:
            yield Hit(used[short][0], f"“{short}” here, “{right}” elsewhere: two letters are swapped.")


@lru_cache(maxsize=4096)
def _shorts(title: str) -> tuple[str, ...]:
    """The abbreviations of a title, each once; titles come again every quarter."""
    return tuple(dict.fromkeys(_SHORT.findall(title)))


def _titles(subject: Subject) -> Iterator[tuple[str, Spot]]:
    """What measures, actions and comparators are called."""
    for line in subject.lines:
        yield line.title, line.spot
        yield from ((each.label, each.spot) for each in line.comparators)
    yield from ((item.title, item.spot) for item in subject.items)


def _one_swap(one: str, other: str) -> bool:
    """Whether two neighbours among the letters of one are the other way round in the other."""
    if len(one) != len(other):
        return False
    differ = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(differ) != 2 or differ[1] - differ[0] != 1:
        return False
    first, second = differ
    return one[first] == other[second] and one[second] == other[first]


# -- Two codes in one cell ---------------------------------------------------------------------------------------------

_PARTS = re.compile(r"\s*(?:[,;/&+]|\band\b)\s*")


def _two_in_one(subject: Subject) -> Iterator[Hit]:
    for written in _columns(subject).values():
        whole = {each.typed.strip() for each in written}
        letters = Counter(parted[0] for each in whole if (parted := _parted(each)))
        for each in written:
            parts = [part for part in _PARTS.split(each.typed.strip()) if part]
            if len(parts) > 1 and all(part in whole or _is_like(part, letters) for part in parts):
                yield Hit(each.spot, f"“{each.typed}” is {len(parts)} codes in one cell.")


def _is_like(part: str, letters: Counter[str]) -> bool:
    parted = _parted(part)
    return bool(parted) and letters[parted[0]] > 1 if parted else False


# -- A code of another column, and one that stands alone ---------------------------------------------------------------

_OFTEN = 3


def _misplaced(subject: Subject) -> Iterator[Hit]:
    columns = _columns(subject)
    letters = {
        column: Counter(parted[0] for each in written if (parted := _parted(each.typed)))
        for column, written in columns.items()
    }
    for column, written in columns.items():
        for each in written:
            parted = _parted(each.typed)
            if not parted or letters[column][parted[0]] > 1:
                continue
            for other, others in columns.items():
                same = other != column and any(_parted(one.typed) == parted for one in others)
                if same and letters[other][parted[0]] >= _OFTEN:
                    yield Hit(each.spot, f"“{each.typed}” stands under {column}, and is one of {other}.")


def _alone(subject: Subject) -> Iterator[Hit]:
    """Letters that no other code of a column has, with a number that fits the series around it."""
    for written in _columns(subject).values():
        known = [_parted(each.typed) for each in written]
        letters = Counter(parted[0] for parted in known if parted)
        for place, parted in enumerate(known):
            if not parted or letters[parted[0]] > 1:
                continue
            for other, step in ((place - 1, 1), (place + 1, -1)):
                near = known[other] if 0 <= other < len(known) else None
                if near and letters[near[0]] >= _OFTEN and near[1] + step == parted[1]:
                    right = f"{near[0]}{parted[1]}"
                    # A series of its own that happens to begin here.
                    if (near[0], parted[1]) in known:
                        continue
                    yield Hit(
                        written[place].spot,
                        f"“{written[place].typed}” is the only reference with {parted[0]}; beside "
                        f"{written[other].typed} it may be {right}.",
                    )
                    break


# -- A code under another's heading ------------------------------------------------------------------------------------

_ROWS = 5


def _other_headings(subject: Subject) -> Iterator[Hit]:
    for column, written in _columns(subject).items():
        under: dict[str, Counter[str]] = defaultdict(Counter)
        for each in written:
            if each.under:
                under[each.typed][each.under] += 1
        split = [code for code, headings in under.items() if len(headings) > 1]
        # Where codes are at home under several headings, one more is nothing odd.
        if len(written) < _ROWS or not under or len(split) * 5 > len(under):
            continue
        for each in written:
            headings = under[each.typed]
            if each.typed not in split or headings[each.under] > 1:
                continue
            home, often = headings.most_common(1)[0]
            if often > 1 and home != each.under:
                yield Hit(
                    each.spot, f"{column} {each.typed} stands under “{each.under}” here, and under “{home}” elsewhere."
                )


# -- Two codes swapped -------------------------------------------------------------------------------------------------


def _swapped(subject: Subject) -> Iterator[Hit]:
    known = {(item.code, item.place): item for item in subject.items if item.code and item.place}
    for (code, place), item in known.items():
        other = known.get((place, code))
        if other and code != place and other is not item and (code, place) > (place, code):
            yield Hit(
                item.spot,
                f"{code} under {place}, and {place} under {code}: “{item.title}” and “{other.title}”. One has the two "
                "swapped.",
            )


# -- The rules ---------------------------------------------------------------------------------------------------------


def _labels(*labels: str) -> Subject:
    figures = tuple(Figure("1st", label=label) for label in labels)
    return Subject((Line("Applications decided", "EX1", unit=COUNT, comparators=figures),))


def _coded(*typed: str, column: str = "Ref") -> tuple[Written, ...]:
    return tuple(Written(column, each) for each in typed)


def _headed(*rows: tuple[str, str]) -> Subject:
    return Subject(codes=tuple(Written("Outcome", typed, under=under) for typed, under in rows))


def _placed(*rows: tuple[str, str]) -> Subject:
    return Subject(
        items=tuple(Item("Retrofit homes", code, place=place, texts=(Text("update", ""),)) for code, place in rows)
    )


_SERIES = ("B2", "B3", "B4", "L1", "L2", "L3")
_HOMES, _CARE = "Homes", "Care"

K110 = AcrossRule(
    code="K110",
    severity="info",
    title="An abbreviation with two letters swapped",
    find=_swapped_letters,
    remedy="Write it in one way.",
    example="“DCLG ranking” in one place, “DCGL ranking” in another",
    trips=_labels("DCLG ranking", "DCGL ranking"),
    passes=(_labels("DCLG ranking", "DCLG ranking"), _labels("DCLG ranking", "CDGL ranking"), _labels("SEN", "SNE")),
    between=True,
)
K111 = AcrossRule(
    code="K111",
    severity="info",
    title="Two codes in one cell",
    find=_two_in_one,
    remedy="Give it one code, and the other a column of its own.",
    example="“KI 484, BCI” among KI 480, KI 481 and BCI",
    trips=Subject(codes=_coded("KI 480", "KI 481", "BCI", "KI 484, BCI")),
    passes=(
        Subject(codes=_coded("KI 480", "KI 481", "BCI", "KI 484a")),
        Subject(codes=_coded("KI 480", "KI 481", "BCI", "R&D")),
    ),
    between=True,
)
K112 = AcrossRule(
    code="K112",
    severity="info",
    title="A reference that belongs to another column",
    find=_misplaced,
    remedy="Give the reference that belongs here.",
    example="B4 among CH1 and PH2, where B2, B3 and B4 are those of the other column",
    trips=Subject(codes=(*_coded(*_SERIES), *_coded("CH1", "CH2", "PH2", "B4", column="Action"))),
    passes=(
        Subject(codes=(*_coded(*_SERIES), *_coded("CH1", "CH2", "PH2", "B4", "B5", column="Action"))),
        Subject(codes=(*_coded(*_SERIES), *_coded("CH1", "CH2", "PH2", "B9", column="Action"))),
    ),
    between=True,
)
K113 = AcrossRule(
    code="K113",
    severity="info",
    title="A reference with letters of its own in the series of others",
    find=_alone,
    remedy="Type the reference anew.",
    example="IR1 before B2, B3 and B4",
    trips=Subject(codes=_coded("IR1", *_SERIES)),
    passes=(
        Subject(codes=_coded("B1", *_SERIES)),
        Subject(codes=_coded(*_SERIES, "E1")),
        Subject(codes=_coded("B1", "IR1", *_SERIES)),
    ),
    between=True,
)
K114 = AcrossRule(
    code="K114",
    severity="info",
    title="A code under another heading than elsewhere",
    find=_other_headings,
    remedy="Correct the code or the heading.",
    example="outcome 7 under “Homes” once, and under “Care” in two other rows",
    trips=_headed(*((number, _HOMES) for number in "5667"), *((number, _CARE) for number in "7789")),
    passes=(
        _headed(*((number, _HOMES) for number in "5666"), *((number, _CARE) for number in "7789")),
        _headed(*((number, _HOMES) for number in "5677"), *((number, _CARE) for number in "5677")),
    ),
    published=True,
)
K115 = AcrossRule(
    code="K115",
    severity="info",
    title="Two references swapped",
    find=_swapped,
    remedy="Put each in its place.",
    example="H11 under H15, and H15 under H11",
    trips=_placed(("H15", "H11"), ("H11", "H15")),
    passes=(_placed(("H15", "H11"), ("H11", "H12")), _placed(("H15", "H15"), ("H11", "H15"))),
    between=True,
)

RULES = (K110, K111, K112, K113, K114, K115)
