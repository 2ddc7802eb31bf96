"""What a return is filled with when it goes back to its manager: their own entries, and what we ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from perfbook.records import Severity

Entry = str | float | int | bool | Decimal | date | None


@dataclass(frozen=True)
class Query:
    """One question about a row. `column` is the key of the column that it is about; `words` say cause and remedy.

    `refused` is what an officer answered to an earlier explanation; empty where there was none.
    """

    code: str
    severity: Severity
    column: str
    words: str
    remedy: str
    refused: str = ""

    @property
    def said(self) -> str:
        """The question as one passage."""
        refused = f"Your explanation was not accepted: {self.refused}" if self.refused else ""
        return " ".join(part for part in (self.words, self.remedy, refused) if part)


@dataclass(frozen=True)
class Filled:
    """Entries by (key of the row, key of the column), the sign-off by the key of its field, queries by key of the row.

    `answers` is the SHA-256 of the version that the entries come from.
    """

    entries: Mapping[tuple[str, str], Entry] = field(default_factory=lambda: MappingProxyType({}))
    sign_off: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    queries: Mapping[str, tuple[Query, ...]] = field(default_factory=lambda: MappingProxyType({}))
    replies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    answers: str = ""

    @property
    def goes_back(self) -> bool:
        """Whether the book goes back with queries."""
        return bool(self.answers)


BLANK = Filled()
