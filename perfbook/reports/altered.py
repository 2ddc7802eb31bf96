"""What changed, section by section, as a report shows it: the rows of the scorecard's sheet Changes as plain texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from perfbook.scorecard.blocks import Row, Value
from perfbook.scorecard.change_rows import change_rows
from perfbook.scorecard.view import View


@dataclass(frozen=True)
class Altered:
    """One change: of what, for which period, what it was and what it is. `was` and `since` are when it was so and
    since when it is so, empty where that is not known; `by` is the role that sent or decided it."""

    code: str
    title: str
    about: str
    what: str
    before: str
    now: str
    was: str
    since: str
    by: str
    why: str


@dataclass(frozen=True)
class AlteredSection:
    """The changes of one kind: `Since the last consolidation`, `Adjusted`."""

    name: str
    rows: tuple[Altered, ...]


def altered_of(view: View) -> tuple[AlteredSection, ...]:
    """Every section that has changes, in the order of the sheet Changes; sections of one name stand together."""
    rows, _ = change_rows(view)
    names = list(dict.fromkeys(str(row[0]) for row in rows))
    together = sorted(rows, key=lambda row: names.index(str(row[0])))
    return tuple(
        AlteredSection(name, tuple(_altered(row) for row in found))
        for name, found in groupby(together, key=lambda row: str(row[0]))
    )


def _altered(row: Row) -> Altered:
    code, title, about, what, before, now = (str(text or "") for text in row[1:7])
    was, since, by, why = row[7:11]
    return Altered(code, title, about, what, before, now, _day(was), _day(since), str(by or ""), str(why or ""))


def _day(serial: Value) -> str:
    """The day of a time as a spreadsheet counts it: `16 Oct 2017`."""
    if not isinstance(serial, float):
        return ""
    day = (datetime(1899, 12, 30) + timedelta(days=serial)).date()  # noqa: DTZ001
    return f"{day.day} {day:%b %Y}"
