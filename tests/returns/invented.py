"""An invented council with every unit, polarity, frequency and scheme that a return has to cope with."""

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
    Scheme,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.records import Observation
from perfbook.scoring.schemes import RED_AMBER_GREEN, STAR_CIRCLE_TRIANGLE

PERIOD = parse("2031-32 Q3")
DUE = datetime(2032, 1, 16, 17, 0, tzinfo=UTC)
CREATED = datetime(2032, 1, 3, 9, 0, tzinfo=UTC)

POINTS = Scheme(
    "points",
    "Within points",
    (
        Band("met", "Met", "\u2713", "#1B6B3A", Decimal(0), "points"),
        Band("near", "Nearly met", "~", "#8A5A00", Decimal("2.5"), "points"),
        Band("missed", "Not met", "\u2717", "#B3261E"),
    ),
    exception_from=2,
    trend_tolerance=Decimal(1),
)

_PERCENT, _COUNT = Unit.parse("percent"), Unit.parse("count")


def _measure(number: int, title: str, unit: Unit, decimals: int, polarity: str, **more: object) -> Measure:
    return Measure(
        key=f"k{number:03d}",
        code=f"HS{number}",
        title=title,
        priority="homes",
        directorate="housing",
        unit=unit,
        decimals=decimals,
        polarity=polarity,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


_SHARE = {"minimum": Decimal(0), "maximum": Decimal(1)}

MEASURES = (
    _measure(
        1,
        "Tenants satisfied with how their complaint about anti-social behaviour was handled",
        _PERCENT,
        1,
        "higher",
        numerator="Tenants who said that they were satisfied or very satisfied",
        denominator="Tenants who answered the survey",
        definition="Share of tenants whose case was closed in the period and who were satisfied with its handling.",
        **_SHARE,
    ),
    _measure(2, "Rent lost on empty homes", _PERCENT, 2, "lower", **_SHARE),
    _measure(3, "Homes brought back into use", _COUNT, 0, "higher", minimum=Decimal(0), maximum=Decimal(500)),
    _measure(4, "Average days to let a home", Unit.parse("days"), 1, "lower", minimum=Decimal(0)),
    _measure(5, "Arrears of current tenants", Unit.parse("\u00a3"), 0, "lower", maximum=Decimal(5_000_000)),
    _measure(
        6,
        "Households in temporary accommodation",
        Unit.parse("rate per 10,000"),
        1,
        "lower",
        numerator="Households in temporary accommodation on the last day",
        denominator="Households in the borough",
        scheme="rag",
    ),
    _measure(7, "Occupancy of sheltered schemes", _PERCENT, 0, "range", scheme="points", **_SHARE),
    _measure(8, "Applications to the housing register", _COUNT, 0, "none"),
    _measure(9, "Recycled share of demolition waste, a quarter in arrears", _PERCENT, 1, "higher", arrears=1, **_SHARE),
    _measure(
        10,
        "Repairs done at the first visit",
        _PERCENT,
        1,
        "higher",
        frequency="monthly",
        numerator="Repairs done at the first visit",
        denominator="Repairs done",
        scheme="points",
        **_SHARE,
    ),
    _measure(11, "Homes that meet the decency standard", _PERCENT, 1, "higher", frequency="yearly", **_SHARE),
    _measure(12, "Change in homelessness presentations on the year before", _PERCENT, 1, "lower"),
    _measure(13, "Withdrawn measure", _COUNT, 0, "higher", last=parse("2030-31 Q4")),
)

_TARGETS = {
    "k001": Target(Decimal("0.85")),
    "k002": Target(Decimal("0.0125")),
    "k003": Target(Decimal(120)),
    "k004": Target(Decimal("21.5")),
    "k005": Target(Decimal(1_250_000)),
    "k006": Target(Decimal("3.2")),
    "k007": Target(Decimal("0.9"), Decimal("0.96")),
    "k009": Target(Decimal("0.7")),
    "k010": Target(Decimal("0.92")),
    "k012": Target(Decimal("-0.05")),
}


def framework() -> Framework:
    """The framework; its version is fixed."""
    by_key = {measure.key: measure for measure in MEASURES}
    targets: dict[tuple[str, Period], Target] = {}
    for key, target in _TARGETS.items():
        about = by_key[key].about(PERIOD)
        assert about is not None
        targets[key, about] = target
    return Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=MEASURES,
        directorates=(Directorate("housing", "Housing & Estates", "Head of Housing"), Directorate("parks", "Parks")),
        priorities=(Priority("homes", "Good homes"),),
        schemes={s.key: s for s in (STAR_CIRCLE_TRIANGLE, RED_AMBER_GREEN, POINTS)},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets=targets,
        benchmarks=(Benchmark("k001", "80.6% median of peers", Decimal("0.806"), "80.6%"),),
        version="version-one",
    )


def history() -> dict[tuple[str, Period], Observation]:
    """Two earlier quarters and the same quarter last year, with gaps."""
    past: dict[tuple[str, Period], Observation] = {}

    def add(key: str, back: int, actual: str | None, status: str = "provided", commentary: str = "") -> None:
        measure = next(m for m in MEASURES if m.key == key)
        about = measure.about(PERIOD)
        assert about is not None
        period = about.shift(-back)
        past[key, period] = Observation(
            key,
            period,
            period,
            status,  # type: ignore[arg-type]
            Decimal(actual) if actual else None,
            commentary=commentary,
        )

    for key, values in {
        "k001": ("0.761", "0.802", "0.841"),
        "k002": ("0.0131", "0.0128", "0.0141"),
        "k003": ("88", "41", "97"),
        "k004": ("24.1", "23.9", "22.0"),
        "k005": ("1310000", "1275000", "1402500"),
        "k006": ("3.4", "3.1", "2.9"),
        "k007": ("0.95", "0.97", "0.9"),
        "k008": ("1204", "1180", "1091"),
        "k010": ("0.915", "0.922", "0.93"),
        "k012": ("-0.021", "0.034", "0.012"),
    }.items():
        for back, value in zip((1, 2, PER_YEAR_BACK[key == "k010"]), values, strict=True):
            add(key, back, value)
    add("k009", 1, None, "delayed")
    add(
        "k001",
        1,
        "0.761",
        commentary="Satisfaction fell while two officers were away; few surveys came back in November and letters went "
        "out a week late.",
    )
    return past


PER_YEAR_BACK = {False: 4, True: 12}
