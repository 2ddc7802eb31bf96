"""Family U, completeness: what is missing beside what is there, where rules of rows do not ask already."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Figure, Hit, Item, Line, Subject, Text, Written
from perfbook.checks.said import listed

_NOTHING = re.compile(
    r"(?:no (?:update|commentary|comment)s?(?: (?:is |was )?(?:available|provided|received|given))?"
    r"|nothing (?:reported|to report)"
    r"|n/?a|-+|none|no (?:further )?(?:details?|content|information))\.?",
    re.IGNORECASE,
)


def _text_of(item: Item) -> str:
    text = " ".join(text.text for text in item.texts).strip()
    return "" if _NOTHING.fullmatch(text) else text


def _rated_only(subject: Subject) -> Iterator[Hit]:
    for item in subject.items:
        if item.rating and not _text_of(item):
            typed = " ".join(text.text for text in item.texts).strip()
            yield Hit(
                item.spot, f"It is rated {item.rating}, but {f'“{typed}”' if typed else 'nothing'} is said of it."
            )


def _told_only(subject: Subject) -> Iterator[Hit]:
    for item in subject.items:
        if not item.rating and _text_of(item):
            yield Hit(item.spot, "There is an update, but no rating.")


def _neither(subject: Subject) -> Iterator[Hit]:
    for item in subject.items:
        # That there is no update may be said in words: then it is no gap that nobody saw.
        if not item.rating and not any(text.text.strip() for text in item.texts):
            yield Hit(item.spot, "It has neither a rating nor an update.")


# What says that there is no figure yet, such as `tba`, is an answer.
_NO_FIGURE = re.compile(r"x+%?|£x+[mk]?|\?+|insert.*|\[.*\]", re.IGNORECASE)


def _missing(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in (line.now, line.target):
            if figure is not None and figure.value is None and _NO_FIGURE.fullmatch(figure.text.strip()):
                yield Hit(figure.spot, f"Under {figure.label} stands “{figure.text}”.")


def _unexplained(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        if line.explain and not any(text.text for text in line.texts):
            yield Hit(line.spot, f"{line.name} is marked {line.score or 'below target'}, and nothing explains it.")


def _without_action(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        kinds = {text.kind for text in line.texts if text.text} if line.explain else frozenset()
        if kinds and "action" not in kinds:
            yield Hit(line.spot, f"{line.name} is explained, but it is not said what is being done.")


def _unproven(subject: Subject) -> Iterator[Hit]:
    for each in subject.unproven:
        said = f" (“{each.typed}”)" if each.typed and each.typed.lower() != "no" else ""
        yield Hit(each.spot, f"There is no evidence for {each.title}{said}.")


def _empty(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts:
        if text.kind == "section" and (not text.text.strip() or _NOTHING.fullmatch(text.text.strip())):
            yield Hit(text.spot, "Nothing is written under this heading.")


def _without_code(subject: Subject) -> Iterator[Hit]:
    columns: dict[str, list[Written]] = defaultdict(list)
    for each in subject.codes:
        columns[each.column].append(each)
    for column, written in columns.items():
        filled = [each for each in written if each.typed.strip()]
        # Where most are blank a reference stands for those below it.
        if len(filled) * 10 < len(written) * 8:
            continue
        for each in written:
            if not each.typed.strip():
                yield Hit(each.spot, f"There is no {column}.")


def _given_before(subject: Subject) -> Iterator[Hit]:
    if not any(line.now for line in subject.lines):
        return
    for line in subject.lines:
        if line.now is None and line.start and line.before and line.before[-1].value is not None:
            last = line.before[-1]
            yield Hit(last.spot, f"{line.title}: {last.text} in {last.label}, and nothing since.")


def _stars(subject: Subject) -> Iterator[Hit]:
    for line in subject.lines:
        for figure in line.figures:
            if figure.typed.endswith("*") and not any(text.text for text in line.texts):
                yield Hit(figure.spot, f"“{figure.typed}” has an asterisk, and nothing says what for.")


_NEARLY_ALL, _MANY = 0.95, 20


def _unscored(subject: Subject) -> Iterator[Hit]:
    """The few rows without a score, where it is said of nearly all, be it that they are not due."""
    rows = [line for line in subject.lines if line.figures]
    blank = [line for line in rows if not line.score]
    if len(rows) < _MANY or len(rows) - len(blank) < _NEARLY_ALL * len(rows):
        return
    for line in blank:
        # What has no figure has a score only where the others that have none say so there.
        if _no_figure(line) and not any(each.score and _no_figure(each) for each in rows):
            continue
        yield Hit(line.spot, f"{line.name} has no score; {len(rows) - len(blank)} of {len(rows)} have one.")


def _no_figure(line: Line) -> bool:
    return line.now is None or line.now.value is None


_HALF, _FEW = 0.5, 5


def _directionless(subject: Subject) -> Iterator[Hit]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in subject.lines:
        if line.group and line.figures:
            groups[line.group].append(line)
    for rows in groups.values():
        silent = [line for line in rows if not line.polarity]
        if not silent or len(rows) < _FEW or len(rows) - len(silent) <= _HALF * len(rows):
            continue
        named = listed([line.name for line in silent])
        yield Hit(
            silent[0].spot,
            f"{len(silent)} of {len(rows)} measures do not say whether more or less is better: {named}.",
        )


def _item(rating: str, text: str) -> Subject:
    return Subject(items=(Item("Open three libraries", "A1", rating=rating, texts=(Text("update", text),)),))


def _line(now: str = "76.8%", *texts: Text) -> Subject:
    figure = read_figure(now, PERCENT, "Q2")
    return Subject(
        (Line("Invoices paid in time", "EX1", unit=PERCENT, now=figure, texts=texts, explain=True, score="red"),)
    )


def _stopped() -> Subject:
    """Two measures, of which one has no figure any more."""
    line = _line().lines[0]
    start, before = read_figure("93.2%", PERCENT, "the start"), read_figure("90.0%", PERCENT, "Q1")
    return Subject((line, replace(line, now=None, start=start, before=(before,))))


_WHY = Text("commentary", "Two posts were vacant.")

U101 = AcrossRule(
    code="U101",
    severity="warning",
    title="A rating without an update",
    find=_rated_only,
    remedy="Write what has been done, and what comes next.",
    example="On Track, and no update",
    trips=_item("On Track", ""),
    passes=(_item("On Track", "Two of them opened."),),
    sure="certain",
    published=True,
)
U102 = AcrossRule(
    code="U102",
    severity="warning",
    title="An update without a rating",
    find=_told_only,
    remedy="Choose a rating.",
    example="“Two of them opened.”, and no rating",
    trips=_item("", "Two of them opened."),
    passes=(_item("On Track", "Two of them opened."), _item("", "No update available")),
    sure="certain",
    published=True,
)
U103 = AcrossRule(
    code="U103",
    severity="warning",
    title="Neither a rating nor an update",
    find=_neither,
    remedy="Choose a rating, and write an update.",
    example="no rating, and no update",
    trips=_item("", ""),
    passes=(_item("On Track", "Two of them opened."), _item("", "No update available")),
    sure="certain",
    published=True,
)
U104 = AcrossRule(
    code="U104",
    severity="warning",
    title="A placeholder where a figure or a target belongs",
    find=_missing,
    remedy="Give the figure, or say when it comes.",
    example="under Q2 “X%”",
    trips=_line("X%", _WHY, Text("action", "Both are filled.")),
    passes=(_line("76.8%", _WHY, Text("action", "Both are filled.")), _line("tba", _WHY)),
    sure="certain",
    published=True,
)
U105 = AcrossRule(
    code="U105",
    severity="warning",
    title="An exception that nothing explains",
    find=_unexplained,
    remedy="Say why, and what is being done.",
    example="76.8% marked red, and no commentary",
    trips=_line(),
    passes=(_line("76.8%", _WHY),),
    sure="certain",
    published=True,
)
U106 = AcrossRule(
    code="U106",
    severity="info",
    title="An exception without an action",
    find=_without_action,
    remedy="Say what is being done.",
    example="76.8% marked red, explained, and no recovery action",
    trips=_line("76.8%", _WHY),
    passes=(_line("76.8%", _WHY, Text("action", "Both are filled.")), _line()),
)
U107 = AcrossRule(
    code="U107",
    severity="warning",
    title="Evidence that is missing",
    find=_unproven,
    remedy="Say where the evidence is.",
    example="a marker of success, and no evidence",
    trips=Subject(unproven=(Written("Evidence", "no", "marker 9"),)),
    passes=(Subject(),),
    sure="certain",
    published=True,
)
U108 = AcrossRule(
    code="U108",
    severity="warning",
    title="A heading without a text",
    find=_empty,
    remedy="Write something, or take the heading out.",
    example="Benchmarking, and nothing under it",
    trips=Subject(texts=(Text("section", ""),)),
    passes=(Subject(texts=(Text("section", "We compare ourselves yearly."),)),),
    sure="certain",
    published=True,
)

U109 = AcrossRule(
    code="U109",
    severity="warning",
    title="A row without a reference, where others have one",
    find=_without_code,
    remedy="Give it its reference.",
    example="five actions, one of them without a reference",
    trips=Subject(codes=tuple(Written("reference", typed) for typed in ("A1", "A2", "A3", "A4", ""))),
    passes=(Subject(codes=tuple(Written("reference", typed) for typed in ("A1", "", "", "A2", ""))),),
    sure="certain",
    published=True,
)
U110 = AcrossRule(
    code="U110",
    severity="warning",
    title="A figure that was given before, and is not now",
    find=_given_before,
    remedy="Give the figure, or say why there is none.",
    example="93.2% at the start, 90.0% in Q1, nothing in Q2",
    trips=_stopped(),
    passes=(Subject((replace(_line().lines[0], start=None),)),),
    published=True,
)

U111 = AcrossRule(
    code="U111",
    severity="info",
    title="An asterisk without a note",
    find=_stars,
    remedy="Say what it stands for.",
    example="“25.2*”, and no note",
    trips=Subject((Line("Cases per worker", now=Figure("25.2*", label="Q2")),)),
    passes=(
        Subject((Line("Cases per worker", now=Figure("25.2", label="Q2")),)),
        Subject((Line("Cases per worker", now=Figure("25.2*", label="Q2"), texts=(Text("note", "* Provisional."),)),)),
    ),
    published=True,
)

_SAY = replace(_line().lines[0], group="1", polarity="higher")
_SILENT = replace(_SAY, score="", polarity="")

U112 = AcrossRule(
    code="U112",
    severity="info",
    title="A row without a score, where nearly all have one",
    find=_unscored,
    remedy="Score it, or say why it is not scored.",
    example="24 measures, one of them without a score",
    trips=Subject((*([_SAY] * 23), _SILENT)),
    passes=(Subject((_SAY,) * 24), Subject((*([_SAY] * 12), *([_SILENT] * 12))), Subject((_SAY, _SILENT))),
    published=True,
)
U113 = AcrossRule(
    code="U113",
    severity="info",
    title="Measures that do not say which direction is better",
    find=_directionless,
    remedy="Say whether more or less is better, or that neither is.",
    example="six measures, one of them without a direction",
    trips=Subject((*([_SAY] * 5), _SILENT)),
    passes=(Subject((_SAY,) * 6), Subject((*([_SAY] * 2), *([_SILENT] * 4)))),
    published=True,
)

RULES = (U101, U102, U103, U104, U105, U106, U107, U108, U109, U110, U111, U112, U113)
