"""A small council, its returns filled as people fill them, and its shared folder."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from perfbook.collecting.archive import Archive, digest_of
from perfbook.collecting.collect import Collected, collect
from perfbook.collecting.issue import register_issues
from perfbook.collecting.terms import Terms
from perfbook.framework.model import Directorate, Framework, Measure, PastFigure, Place, Priority, Unit
from perfbook.framework.periods import Period, parse
from perfbook.records import FileRecord, ReturnRecord
from perfbook.returns import layout
from perfbook.returns.identity import issue_id, return_name
from perfbook.returns.writer import build_return
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from tests.returns.places import Places

LONDON = ZoneInfo("Europe/London")
PERIOD = parse("2031-32 Q3")
ISSUED = datetime(2032, 1, 2, 9, 0, tzinfo=LONDON)
IN_TIME = datetime(2032, 1, 12, 10, 0, tzinfo=LONDON)
DUE = datetime(2032, 1, 16, 23, 59, 59, tzinfo=LONDON)
IN_GRACE = datetime(2032, 1, 18, 10, 0, tzinfo=LONDON)
TOO_LATE = datetime(2032, 1, 20, 10, 0, tzinfo=LONDON)
NOW = datetime(2032, 1, 21, 8, 0, tzinfo=LONDON)
TERMS = Terms(DUE, grace_days=2)


def _measure(key: str, directorate: str, arrears: int = 0, **more: object) -> Measure:
    return Measure(
        key=key,
        code=key.upper(),
        title=f"Measure {key}",
        priority="all",
        directorate=directorate,
        unit=Unit.parse("count"),
        decimals=0,
        polarity="higher",
        arrears=arrears,
        **more,  # type: ignore[arg-type]
    )


MEASURES = (
    _measure("h1", "housing"),
    _measure("h2", "housing"),
    _measure("h3", "housing", arrears=1),
    _measure("h4", "housing", frequency="yearly"),
    _measure("p1", "parks"),
    _measure("s1", "schools"),
    _measure("s2", "schools", last=parse("2031-32 Q2")),
    _measure("l1", "libraries", last=parse("2030-31 Q4")),
)


def council(version: str = "v1", name: str = "Elmbridge Vale", **more: object) -> Framework:
    """Three directorates that return in PERIOD, one that does no longer."""
    return Framework(
        council=name,
        year_start=4,
        reporting="quarterly",
        measures=MEASURES,
        directorates=(
            Directorate("housing", "Housing & Estates"),
            Directorate("parks", "Parks"),
            Directorate("schools", "Schools"),
            Directorate("libraries", "Libraries"),
        ),
        priorities=(Priority("all", "Everything"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        version=version,
        **more,  # type: ignore[arg-type]
    )


def past_figure(actual: int, cell: str) -> PastFigure:
    return PastFigure("provided", Decimal(actual), str(actual), Place("framework.xlsx", "Past figures", cell))


@cache
def blank(directorate: str, period: str = PERIOD.label, version: str = "v1", name: str = "Elmbridge Vale") -> bytes:
    """A return as it is sent out."""
    return build_return(council(version, name), directorate, parse(period), {}, due=DUE, created=ISSUED)


def filled(
    directorate: str,
    figures: Mapping[str, str | int],
    state: str = "",
    *,
    commentary: str = "",
    **which: str,
) -> bytes:
    """A return with figures typed into it and, if wanted, signed; the same bytes for the same arguments."""
    return _filled(directorate, tuple(figures.items()), state, commentary, tuple(which.items()))


@cache  # openpyxl writes the time of day into its files
def _filled(
    directorate: str,
    figures: tuple[tuple[str, str | int], ...],
    state: str,
    commentary: str,
    which: tuple[tuple[str, str], ...],
) -> bytes:
    data = blank(directorate, **dict(which))
    places = Places(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, value in figures:
        book[layout.MEASURES][places.measure(key, layout.ACTUAL)] = value
        if commentary:
            book[layout.MEASURES][places.measure(key, layout.COMMENTARY)] = commentary
    if state:
        book[layout.START][places.start(layout.SIGN_STATE)] = state
        book[layout.START][places.start(layout.SIGN_ROLE)] = "Head of Service"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def name_of(directorate: str, period: Period = PERIOD) -> str:
    return return_name(council(), directorate, period)


@dataclass(frozen=True)
class Share:
    """A shared folder and the archive beside it."""

    root: Path
    framework: Framework

    @property
    def folder(self) -> Path:
        return self.root / "returns"

    @property
    def archive(self) -> Archive:
        return Archive(self.root / "archive")

    def put(self, name: str, data: bytes, modified: datetime = IN_TIME) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (modified.timestamp(), modified.timestamp()))
        return path

    def issue(self, period: Period = PERIOD) -> None:
        entries = [
            (
                directorate.key,
                issue_id(self.framework, directorate.key, period),
                return_name(self.framework, directorate.key, period),
                digest_of(blank(directorate.key, period.label)),
            )
            for directorate in self.framework.directorates
            if self.framework.measures_of(directorate.key, period)
        ]
        register_issues(self.archive, self.framework, period, entries, ISSUED)

    def collect(self, as_at: datetime = NOW, *, period: Period = PERIOD, terms: Terms = TERMS, **more: object) -> Run:
        collected = collect(
            framework=self.framework,
            period=period,
            folder=self.folder,
            archive=self.archive,
            as_at=as_at,
            terms=terms,
            **more,  # type: ignore[arg-type]
        )
        return Run(collected)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.archive.events()]

    def under(self, framework: Framework) -> Share:
        return replace(self, framework=framework)


@dataclass(frozen=True)
class Run:
    """What a collection found, by name."""

    collected: Collected

    def file(self, path: str) -> FileRecord:
        return next(file for file in self.collected.files if file.path == path)

    def verdict(self, path: str) -> tuple[str, str]:
        file = self.file(path)
        return file.outcome, file.code

    def record(self, directorate: str) -> ReturnRecord:
        return next(record for record in self.collected.returns if record.directorate == directorate)

    def figure(self, measure: str) -> Decimal | None:
        return next(o.actual for o in self.collected.observations if o.measure == measure)

    @property
    def codes(self) -> list[str]:
        """Codes of the findings that collecting itself made."""
        return sorted(f.code for f in self.collected.findings if f.code.startswith("I"))
