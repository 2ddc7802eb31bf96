"""What is checked across: plain rows, whatever they were read from. A return, a quarter and a framework are all this.

Figures are as people see them: 76.8 for 76.8 %. What is not known is None or empty, and then nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar

from perfbook._once import Once
from perfbook._quick import quick
from perfbook.checks.across.dates import Span, half_of
from perfbook.checks.said import Said
from perfbook.checks.signs import signs_of
from perfbook.framework.model import Calculation, Polarity, Unit
from perfbook.workbook.numfmt import display

T = TypeVar("T")
Direction = Literal["improved", "consistent", "worse", ""]
Outcome = Literal["met", "near", "missed", ""]
Progress = Literal["done", "good", "poor", ""]


NUMBER = Unit("number", "number")


@quick
@dataclass(frozen=True)
class Spot:
    """Where something stands. `key` is that of a measure, an action, a section or a line of a grid."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    key: str = ""
    about: str = ""


NOWHERE = Spot()


@quick
@dataclass(frozen=True)
class Figure:
    """One figure of a row, as shown and as understood: `typed` as somebody typed it, or empty with a `number_format`.

    `label` is the head of its column (`Q2`, `2016-17`, `Target`), `span` the days that it is about, where known, and
    `window` those days as written. `cumulative` is the second figure of `60 (122 cum)`; `unit` what stands beside the
    number; `remark` what stands in the cell besides, `ends` the last day of the period under which it is printed,
    `said` what the report says of its movement, `where` the part of the report in which it stands.
    """

    typed: str
    value: Decimal | None = None
    label: str = ""
    decimals: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    cumulative: Decimal | None = None
    unit: str = ""
    remark: str = ""
    window: str = ""
    span: Span | None = None
    ends: date | None = None
    said: str = ""
    where: str = ""
    number_format: str = ""
    spot: Spot = NOWHERE

    @cached_property
    def text(self) -> str:
        """The figure as people see it: as typed, else in its number format."""
        if self.typed or not self.number_format or self.value is None:
            return self.typed
        return display(self.value.scaleb(-2) if "%" in self.number_format else self.value, self.number_format)

    @property
    def half(self) -> Decimal:
        """Half of the last place that is shown: by so much it may be rounded."""
        return half_of(self.decimals)


@quick
@dataclass(frozen=True)
class Text:
    """A text of a row: `kind` is its column (`commentary`, `update`, ...). `said` is the text taken apart, `lower` in
    small letters: what a rule looks for stands there before it looks closely (`Subject.texts_of`).
    """

    kind: str
    text: str
    spot: Spot = NOWHERE
    said: Said = field(init=False, repr=False, compare=False)
    lower: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held = self.__dict__
        held["said"] = told = Said(held["text"])
        held["lower"] = told.lower


@quick
@dataclass(frozen=True)
class Quote:
    """A figure that a text gives, with what it says that it is and of when (`Q2`, a month, or empty)."""

    item: str
    text: str
    period: str = ""
    spot: Spot = NOWHERE


@quick
@dataclass(frozen=True)
class Line:
    """One measure.

    `now` is the figure of this period, `before` are those of the earlier ones of this year, `years` those of whole
    years, oldest first each, `start` what it is compared with where neither suits, `earlier` what the report before
    printed of the same columns. `outcome` and `score` are what was published or chosen, as is `trend`; `aim` the
    direction that the council says it wants. `per_year` counts the periods of a year. `explain` tells that the figure
    calls for an explanation; in a return, that its texts say nothing of what is being done, too. `trend_spot` is where
    the trend stands, if not beside the score. `figures` are all of the measure itself, oldest first; `is_percent` tells
    that they are percentages.
    """

    title: str
    code: str = ""
    key: str = ""
    group: str = ""
    unit: Unit = NUMBER
    polarity: Polarity | Literal[""] = ""
    calculation: Calculation | Literal[""] = ""
    now: Figure | None = None
    before: tuple[Figure, ...] = ()
    years: tuple[Figure, ...] = ()
    last_year: Figure | None = None
    start: Figure | None = None
    earlier: tuple[Figure, ...] = ()
    target: Figure | None = None
    targets: tuple[Figure, ...] = ()
    comparators: tuple[Figure, ...] = ()
    score: str = ""
    outcome: Outcome = ""
    trend: Direction = ""
    annual: Direction = ""
    aim: str = ""
    texts: tuple[Text, ...] = ()
    quotes: tuple[Quote, ...] = ()
    per_year: int = 4
    explain: bool = False
    ranged: bool = False
    trend_spot: Spot = NOWHERE
    spot: Spot = NOWHERE
    figures: tuple[Figure, ...] = field(init=False, repr=False, compare=False)
    is_percent: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held = self.__dict__
        held["is_percent"] = held["unit"].kind == "percent"
        known = (*held["years"], held["start"], held["last_year"], *held["before"], held["now"])
        held["figures"] = tuple([each for each in known if each is not None])

    @property
    def name(self) -> str:
        """The measure as people know it."""
        return f"{self.code} {self.title}".strip()

    @property
    def adds(self) -> bool:
        """Whether the figures of a year's periods add up: those of counts, tonnages and money do."""
        return self.unit.kind == "currency" or self.unit.label.lower() in ("count", "tonnes")

    def place(self, figure: Figure) -> Spot:
        """Where a figure stands; of one that nobody typed, as a target of a framework, the row that is asked about."""
        return self.spot if figure.spot == NOWHERE else figure.spot


@quick
@dataclass(frozen=True)
class Item:
    """One action in one of its places. `progress` is what its rating says of it; `place` the reference of what it
    stands under, as typed; `quotes` are the figures that its texts give, where they are known one by one."""

    title: str
    code: str = ""
    key: str = ""
    place: str = ""
    group: str = ""
    rating: str = ""
    progress: Progress = ""
    texts: tuple[Text, ...] = ()
    quotes: tuple[Quote, ...] = ()
    spot: Spot = NOWHERE


@dataclass(frozen=True)
class Group:
    """Figures that belong together: parts of a whole. `shares` are the percentages that stand beside the parts."""

    title: str
    parts: tuple[Figure, ...]
    whole: Figure | None = None
    shares: tuple[Figure, ...] = ()
    spot: Spot = NOWHERE


@dataclass(frozen=True)
class Symbol:
    """A symbol used with a meaning."""

    symbol: str
    meaning: str
    where: str = ""
    spot: Spot = NOWHERE


@dataclass(frozen=True)
class Stated:
    """A count or share that a report states of its own rows: what it counts, as words; `counted` are the rows' own."""

    what: str
    figure: Figure
    counted: Decimal | None = None


@dataclass(frozen=True)
class Written:
    """A code or reference as somebody typed it, in one kind of column; `under` is the heading above it."""

    column: str
    typed: str
    title: str = ""
    spot: Spot = NOWHERE
    under: str = ""


@dataclass(frozen=True)
class Subject(Once):
    """All that is checked together.

    `end` is the last day of the period that it is about, `start` the first. `rows_checked` tells that the rules of rows
    were asked already, as in every return: then what they ask is not asked again. `sums` are measures of which it is
    declared that they are parts of another. `legend` holds the symbols that the
    report explains, `holders` the directorates that report the measures, by their keys, where there are several.
    """

    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    texts: tuple[Text, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    stated: tuple[Stated, ...] = ()
    sums: tuple[Group, ...] = ()
    codes: tuple[Written, ...] = ()
    unproven: tuple[Written, ...] = ()
    start: date | None = None
    end: date | None = None
    rows_checked: bool = False
    legend: frozenset[str] = frozenset()
    holders: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Line | Item, ...]:
        """Every measure and every action."""
        return (*self.lines, *self.items)

    @cached_property
    def has_quotes(self) -> bool:
        """Whether of any row it is known figure by figure what its texts give."""
        return any(bool(row.quotes) for row in self.rows)

    @cached_property
    def every_text(self) -> tuple[Text, ...]:
        """Every text, of measures, actions and sections."""
        of_rows = [text for row in self.rows for text in row.texts]
        return tuple([text for text in (*of_rows, *self.texts) if text.text])

    @cached_property
    def row_texts(self) -> tuple[tuple[str, str, Text], ...]:
        """Every text of a row, with the code and the title of its measure or action."""
        return tuple([(row.code or row.title, row.title, text) for row in self.rows for text in row.texts if text.text])

    @cached_property
    def marks(self) -> set[str]:
        """The words of its texts that rules look for (`checks.signs`)."""
        return set().union(*[text.said.marks for text in self.every_text])

    @cached_property
    def signs(self) -> int:
        """The signs of the words of its texts: where none has a sign, a rule that looks for it is soon done."""
        return signs_of(self.marks)

    def texts_of(self, sign: int) -> list[Text]:
        """The texts with a sign (`checks.signs`), in their own order."""
        return [text for text in self.every_text if text.said.signs & sign] if self.signs & sign else []

    def texts_with(self, *parts: str) -> list[Text]:
        """The texts that hold one of these parts, which are in small letters; in their own order."""
        found: list[Text] = []
        for text in self.every_text:
            lower = text.lower
            for part in parts:
                if part in lower:
                    found.append(text)
                    break
        return found


@quick
@dataclass(frozen=True)
class Hit:
    """What a rule found: where, and what to say."""

    spot: Spot
    found: str
    expected: str = ""


Hits = Iterable[Hit]
