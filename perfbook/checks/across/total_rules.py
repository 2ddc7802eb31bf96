"""Family P, totals: parts that are not their whole, percentages of another base, counts that rows do not bear out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from perfbook.checks.across.figures import COUNT, PERCENT, plain, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Group, Hit, Line, Quote, Stated, Subject
from perfbook.framework.model import Unit


def _values(figures: tuple[Figure, ...]) -> list[Decimal]:
    return [each.value for each in figures if each.value is not None]


def _room(figures: tuple[Figure, ...]) -> Decimal:
    """By how much a sum of rounded figures may miss its total; whole numbers of cases are not rounded."""
    return sum((each.half for each in figures if each.decimals or "%" in each.unit), Decimal(0))


def _groups(subject: Subject) -> Iterator[Group]:
    yield from subject.groups
    for line in subject.lines:
        if line.quotes:
            yield from _parts_of(line.quotes)


_PART = re.compile(r"^(?:of which|of whom|of these|thereof|including)\b", re.IGNORECASE)


def _parts_of(quotes: tuple[Quote, ...]) -> Iterator[Group]:
    """A figure of a text and those of which it says `of which`."""
    whole: Quote | None = None
    parts: list[Figure] = []
    for quote in (*quotes, Quote("", "")):
        if _PART.match(quote.item):
            parts.append(read_figure(quote.text, COUNT, quote.item, spot=quote.spot))
            continue
        if whole and len(parts) > 1:
            yield Group(
                whole.item, tuple(parts), read_figure(whole.text, COUNT, whole.item, spot=whole.spot), spot=whole.spot
            )
        whole, parts = quote, []


def _sums(subject: Subject) -> Iterator[Hit]:
    for group in _groups(subject):
        whole, values = group.whole, _values(group.parts)
        if whole is None or whole.value is None or len(values) < 2 or len(values) < len(group.parts):
            continue
        total = sum(values, Decimal(0))
        room = _room(group.parts) + (whole.half if whole.decimals else Decimal(0))
        # A rounded sum that misses by its last place alone is said elsewhere, if at all.
        if abs(total - whole.value) > room or (whole.decimals and abs(total - whole.value) > whole.half * 2 > 0):
            added = " + ".join(plain(value) for value in values)
            yield Hit(
                group.spot, f"{group.title}: {added} is {plain(total)}, not {whole.text}.", _on_base(group, total)
            )


def _on_base(group: Group, total: Decimal) -> str:
    """Whether the percentages beside the parts are of their sum."""
    shares, values = _values(group.shares), _values(group.parts)
    if not total or len(shares) != len(values):
        return ""
    fit = all(
        abs(100 * value / total - share) <= each.half
        for value, share, each in zip(values, shares, group.shares, strict=True)
    )
    return f"The percentages are of {plain(total)}." if fit else ""


def _hundred(subject: Subject) -> Iterator[Hit]:
    for group in subject.groups:
        shares = group.shares or tuple(each for each in group.parts if "%" in each.unit)
        values = _values(shares)
        if len(values) < 3 or len(values) < len(shares) or (group.whole and not group.shares):
            continue
        total = sum(values, Decimal(0))
        if abs(total - 100) > sum((each.half for each in shares), Decimal(0)) and 80 < total < 120:
            added = " + ".join(f"{plain(value)}%" for value in values)
            yield Hit(group.spot, f"{group.title}: {added} is {plain(total)}%, not 100%.")


def _shares(subject: Subject) -> Iterator[Hit]:
    for group in subject.groups:
        values = _values(group.parts)
        base = group.whole.value if group.whole else sum(values, Decimal(0))
        if not base or len(values) != len(group.shares) or _on_base(group, sum(values, Decimal(0))):
            continue
        for part, share in zip(group.parts, group.shares, strict=True):
            if part.value is None or share.value is None:
                continue
            right = 100 * part.value / base
            if abs(right - share.value) > 2 * share.half:
                yield Hit(
                    share.spot,
                    f"{group.title}, {part.label}: {part.text} of {plain(base)} is {plain(right, share.decimals)}%, "
                    f"not {share.text}.",
                )


def _counts(subject: Subject) -> Iterator[Hit]:
    for stated in subject.stated:
        figure = stated.figure
        if stated.counted is None or figure.value is None:
            continue
        room = figure.half if "%" in figure.unit else Decimal(0)
        if abs(figure.value - stated.counted) > room + (Decimal("0.01") if room else 0):
            sign = "%" if room else ""
            where = f" ({figure.label})" if figure.label else ""
            yield Hit(
                figure.spot,
                f"{stated.what}: {figure.text} is stated{where}, but the rows give {plain(stated.counted, 1)}{sign}.",
            )


def _disagreeing(subject: Subject) -> Iterator[Hit]:
    seen: dict[str, Stated] = {}
    for stated in subject.stated:
        known = seen.setdefault(stated.what.casefold(), stated)
        if known is stated or known.figure.value is None or stated.figure.value is None:
            continue
        # Where the rows are known, they tell which of them is wrong.
        if stated.counted is not None:
            continue
        if known.figure.value != stated.figure.value:
            yield Hit(
                stated.figure.spot,
                f"{stated.what}: {stated.figure.text} in {stated.figure.label}, but {known.figure.text} in "
                f"{known.figure.label}.",
            )


_DULL = frozenset({"number", "percentage", "total", "share", "given", "within", "received", "reported"})
_CLOSE_POINTS = Decimal("1.5")


def _content(title: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]{4,}", title.lower())) - _DULL


def _shares_of_others(subject: Subject) -> Iterator[Hit]:
    counts: list[Line] | None = None
    for line in subject.lines:
        now = line.now
        if now is None or now.value is None or not now.numerator or now.denominator or not line.is_percent:
            continue
        if counts is None:
            counts = [each for each in subject.lines if each.unit == COUNT and each.now and each.now.value]
        for other in counts:
            whole = other.now.value if other.now else None
            if not whole or whole < now.numerator or len(_content(line.title) & _content(other.title)) < 2:
                continue
            right = 100 * now.numerator / whole
            if now.half < abs(right - now.value) <= _CLOSE_POINTS:
                yield Hit(
                    now.spot,
                    f"“{now.text}”: {plain(now.numerator)} of {plain(whole)} ({other.title}) is "
                    f"{plain(right, now.decimals)}%.",
                )


_WHOLE_OF = re.compile(r"\b(?:reported|received|opened|referred|due)\b", re.IGNORECASE)
_PART_OF = re.compile(r"\b(?:repaired|answered|resolved|closed|completed|responded to|dealt with)\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _things(title: str) -> tuple[str, str]:
    """What a title is about, without what there was to do and without what was done; empty where it names no such."""
    whole, part = (
        " ".join(pattern.sub("", title).lower().split()) if pattern.search(title) else ""
        for pattern in (_WHOLE_OF, _PART_OF)
    )
    return whole, part


def _more_than_all(subject: Subject) -> Iterator[Hit]:
    wholes = {_things(line.title)[0]: line for line in subject.lines}
    for line in subject.lines:
        thing = _things(line.title)[1]
        whole = wholes.get(thing) if thing else None
        if whole is None or line.unit != whole.unit:
            continue
        known = {figure.label: figure for figure in whole.figures}
        for figure in reversed(line.figures):
            every = known.get(figure.label)
            if every and every.value and figure.value and figure.value > every.value:
                yield Hit(
                    figure.spot,
                    f"{line.title}: {figure.text} in {figure.label}, but only {every.text} ({whole.title}).",
                )
                break


def _declared(subject: Subject) -> Iterator[Hit]:
    for group in subject.sums:
        whole, values = group.whole, _values(group.parts)
        if whole is None or whole.value is None or len(values) < len(group.parts):
            continue
        total = sum(values, Decimal(0))
        room = _room((*group.parts, whole))
        if abs(total - whole.value) > room:
            named = " + ".join(f"{each.text} ({each.label})" for each in group.parts)
            yield Hit(
                group.spot, f"{group.title}: {named} is {plain(total, whole.decimals)}, but {whole.text} is given."
            )


def _of(parts: tuple[str, ...], whole: str = "", shares: tuple[str, ...] = ()) -> Subject:
    labels = ("Upheld", "In part", "Not upheld", "Other")
    return Subject(
        groups=(
            Group(
                "Complaints",
                tuple(read_figure(text, COUNT, label) for text, label in zip(parts, labels, strict=False)),
                read_figure(whole, COUNT, "All") if whole else None,
                tuple(read_figure(text, PERCENT, label) for text, label in zip(shares, labels, strict=False)),
            ),
        )
    )


def _days(*texts: str) -> Subject:
    unit = Unit("days", "number")
    *parts, whole = (
        read_figure(text, unit, label) for text, label in zip(texts, ("Long-term", "Short-term", "All"), strict=True)
    )
    return Subject(sums=(Group("Days of absence", tuple(parts), whole),))


def _pair(title: str, text: str, other: str, count: str) -> Subject:
    unit = PERCENT if "%" in text else COUNT
    lines = (
        Line(title, unit=unit, now=read_figure(text, unit, "Q2")),
        Line(other, unit=COUNT, now=read_figure(count, COUNT, "Q2")),
    )
    return Subject(lines)


def _stated(*figures: tuple[str, str, int | None]) -> Subject:
    return Subject(
        stated=tuple(
            Stated("Measures below target", read_figure(text, COUNT, label), None if rows is None else Decimal(rows))
            for text, label, rows in figures
        )
    )


P101 = AcrossRule(
    code="P101",
    severity="warning",
    title="Parts that do not add up to their whole",
    find=_sums,
    remedy="Correct one of them, or say what is missing.",
    example="413 complaints; 62 upheld, 66 in part, 215 not upheld, 26 other",
    trips=_of(("62", "66", "215", "26"), "413", ("17%", "18%", "58%", "7%")),
    passes=(_of(("62", "66", "215", "70"), "413"), _of(("62", "66"))),
    published=True,
)
P102 = AcrossRule(
    code="P102",
    severity="warning",
    title="Percentages that do not add up to 100",
    find=_hundred,
    remedy="Correct one of them, or say what is missing.",
    example="17%, 18%, 58% and 12%",
    trips=_of(("62", "66", "215", "26"), "", ("17%", "18%", "58%", "12%")),
    passes=(_of(("62", "66", "215", "26"), "", ("17%", "18%", "58%", "7%")),),
    published=True,
)
P103 = AcrossRule(
    code="P103",
    severity="warning",
    title="A percentage beside a count that is not its share",
    find=_shares,
    remedy="Correct one of them, or say what the percentage is of.",
    example="62 (17%), 66 (24%), 215 (58%) and 26 (7%) of 369",
    trips=_of(("62", "66", "215", "26"), "369", ("17%", "24%", "58%", "7%")),
    passes=(_of(("62", "66", "215", "26"), "369", ("17%", "18%", "58%", "7%")),),
    published=True,
)
P104 = AcrossRule(
    code="P104",
    severity="warning",
    title="A count of rows that the rows do not bear out",
    find=_counts,
    remedy="Count again.",
    example="4 measures below target are stated, and 3 rows are",
    trips=_stated(("4", "section 1", 3)),
    passes=(_stated(("3", "section 1", 3)), _stated(("4", "section 1", None))),
    sure="certain",
    published=True,
)
P105 = AcrossRule(
    code="P105",
    severity="warning",
    title="One count in two places that differ",
    find=_disagreeing,
    remedy="Count again.",
    example="16% at risk in section 1, 15% at risk in the summary",
    trips=_stated(("16", "section 1", None), ("15", "the summary", None)),
    passes=(_stated(("16", "section 1", None), ("16", "the summary", None)),),
    sure="certain",
    published=True,
)

P106 = AcrossRule(
    code="P106",
    severity="warning",
    title="A percentage whose count is not that share of another measure",
    find=_shares_of_others,
    remedy="Correct one of them, or say what the percentage is of.",
    example="71.0% (292) of complaints answered in time, and 413 complaints",
    trips=_pair("Corporate complaints answered in time", "71.0% (292)", "Corporate complaints received", "413"),
    passes=(
        _pair("Corporate complaints answered in time", "70.7% (292)", "Corporate complaints received", "413"),
        _pair("Homes let in time", "71.0% (292)", "Corporate complaints received", "413"),
    ),
)
P107 = AcrossRule(
    code="P107",
    severity="info",
    title="More done than there was to do",
    find=_more_than_all,
    remedy="Make sure that both count the same cases, or say which earlier ones are among them.",
    example="3,564 potholes reported in Q2, 7,311 repaired",
    trips=_pair("Potholes repaired", "7,311", "Potholes reported", "3,564"),
    passes=(
        _pair("Potholes repaired", "3,311", "Potholes reported", "3,564"),
        _pair("Kerbs repaired", "7,311", "Potholes reported", "3,564"),
    ),
    sure="possible",
)
P108 = AcrossRule(
    code="P108",
    severity="warning",
    title="Measures that are not the sum that the framework declares",
    find=_declared,
    remedy="Correct one of them, or say what is missing.",
    example="Sums says that long-term and short-term absence are all absence: 3.51 and 0.83 days, and 4.56",
    trips=_days("3.51", "0.83", "4.56"),
    passes=(_days("3.51", "0.83", "4.35"), _days("3.51", "tba", "4.56"), _days("3", "1", "4")),
    sure="certain",
    between=True,
)
RULES = (P101, P102, P103, P104, P105, P106, P107, P108)
