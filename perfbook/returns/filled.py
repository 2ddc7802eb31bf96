"""What a return is filled with when it goes back to its manager: their own entries, and what we ask about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from perfbook.records import SEVERITIES, Severity
from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout

# The text of a section, as on the sheet Service summary.
SECTION_TEXT = "text"
# What a manager enters on Measures, on Actions, on Service summary and on Evidence.
ENTERED = (
    *layout.INPUT_KEYS,
    *actions_layout.INPUT_KEYS,
    SECTION_TEXT,
    *evidence_layout.INPUT_KEYS,
)
Entry = str | float | int | bool | Decimal | date | None


@dataclass(frozen=True)
class Query:
    """One question about a cell, with all its reasons: `column` is the key of its column, `words` say what was found.

    `refused` is what an officer answered to an earlier explanation; empty where there was none.
    """

    codes: tuple[str, ...]
    severity: Severity
    column: str
    words: str
    remedy: str
    refused: str = ""

    @property
    def said(self) -> str:
        """The question as one passage."""
        return " ".join(part for part in (self.found, self.remedy) if part)

    @property
    def found(self) -> str:
        """What was found, and why an explanation of it was not accepted."""
        return f"{self.words} Your explanation was not accepted: {self.refused}" if self.refused else self.words


@dataclass(frozen=True)
class AskedRow:
    """A row with queries as it stands in the book: its number from 1, its name, letters and heads of columns by key."""

    sheet: str
    row: int
    name: str
    letters: Mapping[str, str]
    queries: tuple[Query, ...]
    heads: Mapping[str, str]

    def about(self, query: Query) -> str:
        """What a query is about, in words: where there are several, with the head of its column."""
        return self.name if len(self.queries) == 1 else f"{self.name}: {self.heads[query.column]}"


@dataclass(frozen=True)
class Elsewhere:
    """One question that is about no row. `sheet` is where it is, `field` a field of the sign-off, `name` what it is
    about.
    """

    code: str
    severity: Severity
    sheet: str
    words: str
    remedy: str
    field: str = ""
    name: str = ""


@dataclass(frozen=True)
class Settled:
    """What an officer decided about an explanation: the measure's name, what was asked, the decision and why."""

    name: str
    asked: str
    decision: str
    reason: str


@dataclass(frozen=True)
class Filled:
    """Entries by (key of the row, key of the column), the sign-off by the key of its field, queries by (what the row is
    a row of, key of the row).

    `answers` is the SHA-256 of the version that the entries come from.
    """

    entries: Mapping[tuple[str, str], Entry] = field(default_factory=lambda: MappingProxyType({}))
    sign_off: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    queries: Mapping[tuple[str, str], tuple[Query, ...]] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: tuple[Elsewhere, ...] = ()
    settled: tuple[Settled, ...] = ()
    answers: str = ""

    @property
    def goes_back(self) -> bool:
        """Whether the book goes back with queries."""
        return bool(self.answers)

    def mark(self) -> tuple[tuple[str, str], ...]:
        """What the identity sheet keeps: which version was asked about, and what the book held when it went back."""
        return ((layout.ANSWERS, self.answers), (layout.CONTENT, content_of(self.entries, self.sign_off)))


BLANK = Filled()


def one_each_cell(queries: Iterable[Query]) -> tuple[Query, ...]:
    """Queries about one cell as one, as grave as the gravest: an odd figure is one question, however many reasons."""
    together: dict[str, list[Query]] = {}
    for query in queries:
        together.setdefault(query.column, []).append(query)
    return tuple(_one(several) for several in together.values())


def _one(several: Sequence[Query]) -> Query:
    ordered = sorted(several, key=lambda query: SEVERITIES.index(query.severity))
    return Query(
        tuple(dict.fromkeys(code for query in ordered for code in query.codes)),
        ordered[0].severity,
        ordered[0].column,
        " ".join(dict.fromkeys(query.words for query in ordered)),
        " ".join(dict.fromkeys(query.remedy for query in ordered if query.remedy)),
        " ".join(dict.fromkeys(query.refused for query in ordered if query.refused)),
    )


def content_of(entries: Mapping[tuple[str, str], Entry], sign_off: Mapping[str, Entry]) -> str:
    """A fingerprint of all that is filled in: 16 hexadecimal digits, whatever the order."""
    lines = [f"{row}\t{column}\t{_plain(entry)}" for (row, column), entry in entries.items() if _is_entered(column)]
    lines += [f"{field}\t\t{_plain(entry)}" for field, entry in sign_off.items()]
    parts = sorted(line for line in lines if not line.endswith("\t"))
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:16]


def _is_entered(column: str) -> bool:
    return column in ENTERED or column.startswith((grids_layout.FIGURE, layout.REPLY))


def _plain(entry: Entry) -> str:
    if entry is None:
        return ""
    if isinstance(entry, bool | str):
        return " ".join(str(entry).split())
    if isinstance(entry, date):
        return entry.isoformat()
    return f"{float(entry) if isinstance(entry, Decimal) else entry:.15g}"
