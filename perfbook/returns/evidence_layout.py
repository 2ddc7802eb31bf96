"""The layout of the sheet Evidence of a return, from which its writer and its reader both derive.

A fixed number of rows, each free for one piece of evidence; rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from perfbook.returns.layout import MARK, Column, with_queries

SHEET = "Evidence"
EVIDENCE_MARK = f"{MARK}evidence"
EVIDENCE = "evidence"
SUPPORTS, SHOWS, WHERE = "supports", "shows", "where"
INPUT_KEYS = (SUPPORTS, SHOWS, WHERE)
ROWS = 20
ROW_KEYS = tuple(f"evidence-{number:02d}" for number in range(1, ROWS + 1))
COLUMNS: tuple[Column, ...] = (
    Column(SUPPORTS, "What it supports", 36, "input"),
    Column(SHOWS, "What it shows", 46, "input"),
    Column(WHERE, "Where it is", 44, "input"),
    Column("check", "Check", 34, "live"),
    Column("known", "known", 8, "hidden"),
    Column("problem", "problem", 8, "hidden"),
    Column("asked", "Evidence is asked for", 44, "locked"),
    Column("named", "Named", 11, "live"),
    Column("label", "label", 8, "hidden"),
    Column("code", "code", 8, "hidden"),
)
INPUT_HEADERS = {column.key: column.header for column in COLUMNS if column.key in INPUT_KEYS}
KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW, FIRST_ROW = range(5)


def columns(*, asked: bool = False) -> tuple[Column, ...]:
    """The columns after the hidden key column; `asked`: with those of a book that goes back with queries."""
    return with_queries(COLUMNS, INPUT_KEYS) if asked else COLUMNS
