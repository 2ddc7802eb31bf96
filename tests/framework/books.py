"""A small framework and its workbook for tests, written by us, then edited as an officer would."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from perfbook.errors import FrameworkError
from perfbook.framework.book import read_framework
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Adjustment,
    Band,
    Benchmark,
    Directorate,
    Framework,
    Measure,
    Move,
    PastFigure,
    Place,
    Priority,
    Published,
    PublishedTotal,
    Scheme,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.version import with_version
from perfbook.scoring.schemes import BUILT_IN

CREATED = datetime(2020, 10, 1, 9, 0, tzinfo=UTC)
NOWHERE = Place("framework.xlsx", "Past figures", "")
Edit = Callable[[Workbook], object]


def written(framework: Framework, *periods: Period) -> bytes:
    # Few spare rows: opening and saving them over and over is what takes time here.
    return write_framework(framework, created=CREATED, periods=periods, spare_rows=10)


def read(path: Path, like: Framework) -> Framework:
    return read_framework(
        path,
        council=like.council,
        year_start=like.year_start,
        reporting=like.reporting,
        default_scheme=like.default_scheme,
    )


def bare(framework: Framework) -> Framework:
    """The framework without the places of its figures."""
    return replace(
        framework,
        targets={key: replace(target, place=None) for key, target in framework.targets.items()},
        past={key: replace(figure, place=NOWHERE) for key, figure in framework.past.items()},
        adjustments=tuple(replace(each, place=NOWHERE) for each in framework.adjustments),
    )


def edited(data: bytes, edit: Edit, path: Path) -> Path:
    book = load_workbook(io.BytesIO(data))
    edit(book)
    book.save(path)
    return path


def problems(data: bytes, edit: Edit, path: Path, like: Framework) -> list[str]:
    """What the reader says of the workbook after an edit, each mistake as it is shown."""
    with pytest.raises(FrameworkError) as caught:
        read(edited(data, edit, path), like)
    return [str(problem) for problem in caught.value.problems]


Q1, Q2, Q3 = (parse(f"2020-21 Q{n}") for n in (1, 2, 3))
YEAR, SEPTEMBER = parse("2020-21"), parse("Sep 2020")


def past_figure(status: str, actual: str | None, shown: str, companion: str = "") -> PastFigure:
    return PastFigure(status, None if actual is None else D(actual), shown, NOWHERE, companion)  # type: ignore[arg-type]


THREE_STEPS = Scheme(
    "steps",
    "Three steps",
    (
        Band("met", "Met", "M", "#1B6B3A", D(0), "points"),
        Band("near", "Near", "N", "#8A5A00", D("2.5"), "points"),
        Band("missed", "Not met", "X", "#B3261E"),
    ),
    exception_from=2,
    trend_tolerance=D("0.5"),
)

FRAMEWORK = with_version(
    Framework(
        council="Plainshire",
        year_start=4,
        reporting="quarterly",
        measures=(
            Measure(
                key="m-001",
                code="A1",
                title="Answered on time",
                priority="people",
                directorate="care",
                unit=Unit.parse("percent"),
                decimals=1,
                polarity="higher",
                numerator="Answered on time",
                denominator="Due",
                minimum=D(0),
                maximum=D(1),
                definition="Line one\nLine two",
            ),
            Measure(
                "m-002",
                "A1",
                "Days lost",
                "place",
                "streets",
                Unit.parse("days per FTE"),
                2,
                "lower",
                calculation="cumulative",
                scheme="steps",
                owner="Head of Streets",
                minimum=D(0),
                maximum=D("20.5"),
            ),
            Measure("m-003", "", "Vacancies", "place", "streets", Unit.parse("percent"), 0, "range", arrears=1),
            Measure(
                "m-004",
                "007",
                "Savings",
                "place",
                "care",
                Unit.parse("£"),
                0,
                "none",
                frequency="yearly",
                first=Q1,
                last=Q3,
            ),
            Measure("m-005", "M5", "Visits", "people", "care", Unit.parse("count"), 0, "higher", frequency="monthly"),
        ),
        directorates=(
            Directorate("care", "Care & Health", "Head of Care", "care@plain.example"),
            Directorate("streets", "Streets"),
        ),
        priorities=(Priority("people", "People, first"), Priority("place", "A better place")),
        schemes={**BUILT_IN, "steps": THREE_STEPS},
        default_scheme="rag",
        adjustments=(
            Adjustment(
                "correct",
                Q2,
                "Keyed one row too low",
                "Officer",
                NOWHERE,
                "m-001",
                D("0.769"),
                status="provided",
                shown="76.8% (113/147)",
            ),
            Adjustment(
                "enter", Q2, "The service is closed", "Officer", NOWHERE, "m-002", status="delayed", shown="Delayed"
            ),
            Adjustment(
                "score", Q2, "Agreed with scrutiny", "Head of Policy", NOWHERE, "m-002", band="near", shown="Near"
            ),
            Adjustment("provisional", SEPTEMBER, "Awaits the audit", "Officer", NOWHERE, "m-005"),
            Adjustment("accept", Q3, "The council had another name", "Officer", NOWHERE, file="a folder/Care.xlsx"),
        ),
        moves=(Move("m-002", Q1, "care"),),
        targets={
            ("m-001", Q2): Target(D("0.85"), None, "85.0%"),
            ("m-001", Q3): Target(None, None, "No target"),
            ("m-002", Q2): Target(D("5.25"), None, "5.25 days"),
            ("m-003", Q1): Target(D("0.1"), D("0.15"), "10-15%"),
            ("m-004", YEAR): Target(D(1500000), None, "£1,500,000"),
            ("m-005", SEPTEMBER): Target(D(1200), None, "1,200"),
        },
        past={
            ("m-001", Q1): past_figure("provided", "0.769", "76.8% (113/147)"),
            ("m-001", Q2): past_figure("provided", "0.71", "71.0% (292)", "292"),
            ("m-002", Q1): past_figure("provided", "2.06", "2.06 Days"),
            ("m-002", Q2): past_figure("provided", "4.3", "4.3"),
            ("m-003", Q1): past_figure("delayed", None, "Delay with data"),
            ("m-005", SEPTEMBER): past_figure("new", None, "New Measure"),
        },
        published={
            ("m-001", Q2): Published("71.0% (292)", "red", "worse", "consistent"),
            ("m-002", Q2): Published("4.3", "met", "improved", ""),
            ("m-003", Q1): Published("", "", "", ""),
        },
        published_totals=(PublishedTotal(Q2, "measures", "total", 5), PublishedTotal(Q2, "score", "red", 1)),
        benchmarks=(
            Benchmark("m-001", "80.6% national median", D("0.806"), "80.6%"),
            Benchmark("m-001", "Local measure"),
            Benchmark("m-002", "5.69 days elsewhere", D("5.69"), "5.69", "March 2019"),
        ),
    )
)
DATA = written(FRAMEWORK, Q2, Q3)
