"""An invented council: every frequency, polarity, state and scheme, over five quarters, with hostile texts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from perfbook.framework.model import (
    Band,
    Benchmark,
    Directorate,
    Framework,
    Measure,
    Priority,
    Published,
    PublishedTotal,
    Scheme,
    Target,
    Unit,
    ValueStatus,
)
from perfbook.framework.periods import Period, parse, span
from perfbook.records import FileRecord, Finding, Observation, Quarter, ReturnRecord, SignOff, Source
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE

FIRST, LAST = parse("2031-32 Q1"), parse("2032-33 Q1")
PERIODS = tuple(span(FIRST, LAST))
AS_AT = datetime(2032, 7, 20, 16, 30, tzinfo=UTC)

FOUR = Scheme(
    "four",
    "Four steps",
    (
        Band("met", "Met", "✓", "#1B6B3A", Decimal(0), "points"),
        Band("close", "Close", "~", "#5B6B00", Decimal("1.5"), "points"),
        Band("off", "Off track", "!", "#8A5A00", Decimal(4), "points"),
        Band("far", "Far off", "✗", "#B3261E"),
    ),
    exception_from=3,
    trend_tolerance=Decimal(1),
)
HOSTILE = ("=1+1", "@SUM(A1)", "<b>bold</b> & more", "+44 20 7946 0000", "-5", "'quoted'", 'say "no"')

_PERCENT, _COUNT = Unit.parse("percent"), Unit.parse("count")


def _measure(key: str, title: str, unit: Unit, decimals: int, polarity: str, **more: object) -> Measure:
    given: dict[str, object] = {"priority": "homes", "directorate": "housing"} | more
    return Measure(key, key.upper(), title, unit=unit, decimals=decimals, polarity=polarity, **given)  # type: ignore[arg-type]


MEASURES = (
    _measure("a1", "Tenants satisfied with how their complaint was handled", _PERCENT, 1, "higher"),
    _measure("a2", "Rent lost on empty homes", _PERCENT, 2, "lower"),
    _measure("a3", "Days to let a home", Unit.parse("days"), 1, "lower"),
    _measure("a4", "Repairs done at the first visit", _PERCENT, 1, "higher", frequency="monthly", scheme="four"),
    _measure("a5", "Homes that meet the decency standard", _PERCENT, 1, "higher", frequency="yearly"),
    _measure("b1", "Occupancy of sheltered schemes", _PERCENT, 0, "range", priority="care", scheme="four"),
    _measure("b2", "Applications received", _COUNT, 0, "none", priority="care", directorate="care"),
    _measure("b3", "Waste recycled, a quarter in arrears", _PERCENT, 1, "higher", arrears=1, directorate="care"),
    _measure("b4", "Net cost of the service", Unit.parse("£"), 0, "lower", priority="care", directorate="care"),
    _measure("b5", "Change in presentations on the year before", _PERCENT, 1, "lower", priority="care"),
    _measure("c1", "Reported late by a partner", _COUNT, 0, "higher", priority="care", directorate="care"),
    _measure("c2", "Nobody answered this one", _COUNT, 0, "higher", directorate="care"),
    _measure("c3", "Stopped after the second quarter", _COUNT, 0, "higher", last=PERIODS[1]),
    _measure("c4", "Pupils in good schools", _PERCENT, 1, "higher", frequency="termly", priority="care"),
    _measure("c5", HOSTILE[0], _COUNT, 0, "lower", priority="care", directorate="care"),
    _measure("c6", "A figure without a target", _COUNT, 2, "higher", priority="care", directorate="care"),
)

# Each measure's figures by steps of its own period back from the last: newest first; a word is a status.
_FIGURES: dict[str, tuple[str, ...]] = {
    "a1": ("0.768", "0.85", "0.849", "0.8075", "0.807", "0.81", "0.70", "0.9", "0.85"),
    "a2": ("0.0125", "0.0131", "0.0119", "0.0125", "0.014", "0.0131", "0.0132", "0.0133"),
    "a3": ("21.5", "22.6", "22.5", "delayed", "20", "24.1"),
    "a4": tuple(f"0.{900 + (step * 7) % 60}" for step in range(27)),
    "a5": ("0.98", "0.97", "0.93"),
    "b1": ("0.9", "0.96", "0.97", "0.885", "0.86", "0.8"),
    "b2": ("1204", "1180", "0", "not available", "1091"),
    "b3": ("0.412", "0.398", "0.405", "0.41", "0.377", "0.4"),
    "b4": ("-12500", "-3000", "0", "4500", "1339112", "-100"),
    "b5": ("-0.021", "0.034", "0.012", "-0.05", "-0.049", "-0.051"),
    "c1": ("delayed", "12", "delayed", "not due", "new"),
    "c3": ("", "", "", "7", "5"),
    "c4": ("0.81", "0.83", "0.79", "0.8"),
    "c5": ("3", "9", "8", "10", "2", "4"),
    "c6": ("1234.56", "0.5", "-0.25", "12", "11"),
}
_TARGETS = {
    "a1": ("0.85", None),
    "a2": ("0.0125", None),
    "a3": ("21.5", None),
    "a4": ("0.92", None),
    "a5": ("0.95", None),
    "b1": ("0.9", "0.96"),
    "b3": ("0.4", None),
    "b4": ("0", None),
    "b5": ("-0.05", None),
    "c1": ("10", None),
    "c3": ("6", None),
    "c4": ("0.82", None),
    "c5": ("5", None),
}


def _observations(measure: Measure) -> list[Observation]:
    about = next(a for p in reversed(PERIODS) if measure.about(p) and (a := measure.about(p)))
    found = []
    for step, text in enumerate(_FIGURES.get(measure.key, ())):
        if not text:
            continue
        word = text.replace(" ", "").isalpha()
        status: ValueStatus = text if word else "provided"  # type: ignore[assignment]
        period = about.shift(-step)
        source = Source(
            f"returns/{measure.directorate} <1>.xlsx",
            "Measures",
            f"H{step + 5}",
            text,
            text,
            "Head of it",
            AS_AT,
            "ab" * 32,
        )
        hostile = HOSTILE[step % len(HOSTILE)]
        found.append(
            Observation(
                measure.key,
                period,
                PERIODS[-1].shift(-step) if measure.period_kind == "quarter" else PERIODS[-1],
                status,
                None if word else Decimal(text),
                commentary="" if step == 1 else f"{hostile}" if step % 2 else "Fewer people answered than before. " * 6,
                action=hostile,
                companion="V=£1" if step == 0 else "",
                source=source,
            )
        )
    return found


def framework() -> Framework:
    """The framework."""
    targets = {}
    for measure in MEASURES:
        low, high = _TARGETS.get(measure.key, (None, None))
        for period in PERIODS:
            about = measure.about(period)
            if about and low:
                targets[measure.key, about] = Target(Decimal(low), Decimal(high) if high else None)
    last = PERIODS[-1]
    return Framework(
        council="Elmbridge & Vale",
        year_start=4,
        reporting="quarterly",
        measures=MEASURES,
        directorates=(Directorate("housing", "Housing & Estates"), Directorate("care", "Adult Care")),
        priorities=(
            Priority("homes", "Good homes"),
            Priority("care", "Care when it is needed"),
            Priority("x", "Unused"),
        ),
        schemes={scheme.key: scheme for scheme in (STAR_CIRCLE_TRIANGLE, FOUR)},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets=targets,
        published={
            ("a1", last): Published("76.8% (113/147)", "below_target", "improved", "worse"),
            ("a2", last): Published("1.31%", "below_target", "improved", "improved"),
            ("a4", parse("Jun 2032")): Published("90.0%", "met", "", ""),
            ("b3", last.previous): Published("Delay with data", "exceeds_target", "", "worse"),
            ("c1", last): Published("12", "", "worse", ""),
            ("a1", PERIODS[0]): Published("80.7%", "exceeds_target", "", ""),
        },
        published_totals=(
            PublishedTotal(last, "measures", "total", 15),
            PublishedTotal(last, "score", "exceeds_target", 4),
            PublishedTotal(last, "trend", "worse", 5),
        ),
        benchmarks=(Benchmark("a1", "80.6% median of peers", Decimal("0.806"), "80.6% median of peers"),),
        version="one",
    )


def quarter(*, period: Period = LAST) -> Quarter:
    """The quarter, with returns in every state, files of several outcomes, findings of each severity."""
    made = framework()
    observations = tuple(each for measure in MEASURES for each in _observations(measure))
    due = datetime(2032, 7, 15, 17, 0, tzinfo=UTC)
    return Quarter(
        made,
        period,
        AS_AT,
        PERIODS,
        observations,
        (
            ReturnRecord(
                "housing",
                "i1",
                "certified",
                due,
                AS_AT,
                True,
                False,
                8,
                7,
                "returns/housing.xlsx",
                SignOff("certified", "Head of Housing", "", "16 July 2032"),
            ),
            ReturnRecord("care", "i2", "in progress", due, None, False, True, 8, 3, "returns/care.xlsx"),
        ),
        (
            FileRecord("housing.xlsx", "accepted", "C000", "Read.", "housing", "ab" * 32, AS_AT),
            FileRecord("=cmd.pdf", "ignored", "C104", "This is not a workbook.", modified=AS_AT),
        ),
        (
            Finding(
                "V104",
                "warning",
                "care.xlsx",
                "Measures",
                "H9",
                "c5",
                HOSTILE[2],
                "Expected less.",
                "Check the figure.",
            ),
            Finding("V001", "error", "care.xlsx", "Measures", "H8", "c1", "There is no figure.", "", "Type one."),
            Finding("V300", "info", "care.xlsx", "Measures", "H8", "", "Saved by another program.", "", ""),
        ),
    )
