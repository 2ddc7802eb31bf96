"""The layout of the sheet Service summary of a return, from which its writer and its reader both derive.

One row a heading, with a text to write; rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfbook.framework.model import Section
from perfbook.returns.facts import Fact
from perfbook.returns.layout import MARK, Column, with_queries

SHEET = "Service summary"
SECTIONS_MARK = f"{MARK}sections"
SECTION = "section"
TEXT = "text"
INPUT_KEYS = (TEXT,)
COLUMNS: tuple[Column, ...] = (
    Column("title", "Heading", 24, "locked"),
    Column("hint", "What to write", 30, "locked"),
    Column(TEXT, "Text", 84, "input"),
    Column("check", "Check", 22, "live"),
    Column("needed", "needed", 8, "hidden"),
    Column("level", "level", 8, "hidden"),
    Column("todo", "to do", 8, "hidden"),
    Column("problem", "problem", 8, "hidden"),
    Column("last_text", "What was written last time", 50, "locked"),
)
INPUT_HEADERS = {column.key: column.header for column in COLUMNS if column.key in INPUT_KEYS}
KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW, FIRST_ROW = range(5)


def columns(*, asked: bool = False) -> tuple[Column, ...]:
    """The columns after the hidden key column; `asked`: with those of a book that goes back with queries."""
    return with_queries(COLUMNS, INPUT_KEYS) if asked else COLUMNS


def facts_of_sections(sections: Iterable[Section]) -> Iterator[Fact]:
    """The locked cells of the rows of some headings."""
    for section in sections:
        yield Fact(section.key, "title", section.key, f"Heading of the row of {section.title}", section.title)
        yield Fact(section.key, "hint", section.key, f"What to write under {section.title}", section.hint)
