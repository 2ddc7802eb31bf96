"""A directorate that is asked for everything: measures, actions, a section, a grid and evidence."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
from openpyxl.utils import get_column_letter

from perfbook.collecting.archive import Archive, digest_of
from perfbook.collecting.collect import collect
from perfbook.collecting.history import history
from perfbook.collecting.issue import register_issues
from perfbook.collecting.terms import Terms
from perfbook.feedback.conversation import Conversation, feedback_books, settle_collected
from perfbook.framework.model import Decision, Framework, Section
from perfbook.framework.version import with_version
from perfbook.quarter import quarter_of
from perfbook.records import Change, Finding
from perfbook.records import Quarter as Collected
from perfbook.returns import layout
from perfbook.returns.identity import issue_id, return_name
from perfbook.returns.writer import build_return
from tests.framework.books import Q2
from tests.framework.test_plan import PLAN
from tests.returns.test_grids import WORKFORCE

LONDON = ZoneInfo("Europe/London")
DUE = datetime(2020, 10, 19, 17, 0, tzinfo=UTC)
OUTLOOK = Section("outlook", "Outlook", "What comes next.", directorates=("care",), needed=True)
CARE = PLAN.measures_of("care", Q2)
FRAMEWORK = with_version(
    replace(
        PLAN,
        actions=tuple(replace(a, evidence=a.key == "a-1") for a in PLAN.actions),
        sections=(OUTLOOK,),
        grids=(WORKFORCE,),
    )
)
NAME = return_name(FRAMEWORK, "care", Q2)
Cell = tuple[str, str, str]


class Cells:
    """Where the cells of a return are, by sheet and hidden keys; found with openpyxl, apart from the reader."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def at(self, sheet: str, row: str, column: str) -> str:
        found = self.book[sheet]
        number = next(cell.row for cell in found["A"] if cell.value == row)
        letter = next(get_column_letter(cell.column) for cell in found[1] if cell.value == column)
        return f"{letter}{number}"

    def value(self, sheet: str, row: str, column: str) -> object:
        return self.book[sheet][self.at(sheet, row, column)].value

    def note(self, sheet: str, row: str, column: str) -> str:
        note = self.book[sheet][self.at(sheet, row, column)].comment
        return note.text if note else ""

    def typed(self, values: Mapping[Cell, object]) -> bytes:
        for (sheet, row, column), value in values.items():
            self.book[sheet][self.at(sheet, row, column)] = value
        written = io.BytesIO()
        self.book.save(written)
        return written.getvalue()


@dataclass
class Quarter:
    """The shared folder of one directorate, collected again and again."""

    root: Path
    framework: Framework = FRAMEWORK
    day: int = 5

    @property
    def archive(self) -> Archive:
        return Archive(self.root / "archive")

    @property
    def path(self) -> Path:
        return self.root / "returns" / NAME

    def issue(self) -> bytes:
        first = datetime(2020, 10, 1, tzinfo=LONDON)
        data = build_return(self.framework, "care", Q2, {}, due=DUE, created=first)
        entry = ("care", issue_id(self.framework, "care", Q2), NAME, digest_of(data))
        register_issues(self.archive, self.framework, Q2, [entry], first)
        return data

    def put(self, data: bytes) -> None:
        self.day += 1
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(data)
        stamp = datetime(2020, 10, self.day, 10, 0, tzinfo=LONDON).timestamp()
        os.utime(self.path, (stamp, stamp))

    def collect(self) -> Round:
        now = datetime(2020, 10, self.day, 20, 0, tzinfo=LONDON)
        collected = collect(
            framework=self.framework,
            period=Q2,
            folder=self.path.parent,
            archive=self.archive,
            as_at=now,
            terms=Terms(DUE, 2),
        )
        settlings = settle_collected(self.framework, Q2, self.archive, collected, now)
        past = history(self.framework, self.archive, Q2)
        quarter = quarter_of(self.framework, Q2, now, past, collected)
        told = Conversation(
            quarter, self.framework, collected.returns, collected.submissions, settlings, past, collected, (0, 0, 0)
        )
        books = feedback_books(told, self.archive, due=DUE)
        asked = tuple(each.finding for each in settlings if each.is_open)
        return Round(books[NAME].data if NAME in books else b"", asked, collected.changes, quarter)

    def decide(self, *decisions: Decision) -> None:
        self.framework = replace(self.framework, decisions=decisions)


@dataclass(frozen=True)
class Round:
    """What one evening's collection made: the book that goes back, what is asked in it, what changed."""

    book: bytes
    asked: tuple[Finding, ...]
    changes: tuple[Change, ...]
    quarter: Collected

    def codes(self, sheet: str) -> set[str]:
        return {finding.code for finding in self.asked if finding.sheet == sheet}


def signed(state: str = "Certified") -> dict[Cell, object]:
    return {
        (layout.START, layout.SIGN_STATE, layout.VALUE_COLUMN): state,
        (layout.START, layout.SIGN_ROLE, layout.VALUE_COLUMN): "Head of Care",
        (layout.START, layout.SIGN_DATE, layout.VALUE_COLUMN): "14/10/2020",
    }
