"""The words and texts of the scorecard: one place, so that formulas and Python say the same."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from perfbook.framework.model import Band, Benchmark, Framework, Measure
from perfbook.framework.plan import rating_keys, usual_rating_scheme
from perfbook.scoring.judge import MeasureState, band_keys
from perfbook.scoring.ratings import NONE
from perfbook.workbook.numfmt import display

ZONE = ZoneInfo("Europe/London")
STATE_WORDS: dict[MeasureState, str] = {
    "reported": "Reported",
    "missing": "Missing",
    "not available": "Not available",
    "delayed": "Delayed",
    "not due": "Not due",
    "withdrawn": "Withdrawn",
}
DIRECTION_WORDS: dict[int | None, str] = {1: "Improved", 0: "Consistent", -1: "Worse", None: "Not comparable"}
# For lists without icons: up is better, whatever the polarity.
DIRECTION_ARROWS: dict[int | None, str] = {1: "\u2197 ", 0: "\u2192 ", -1: "\u2198 ", None: ""}
DIRECTION_KEYS: dict[str, int] = {"improved": 1, "consistent": 0, "worse": -1}
DIRECTION_LABELS = {
    "improved": "Improved",
    "consistent": "Consistent",
    "worse": "Worse",
    "not_comparable": "Not comparable",
}
MEASURE_LABELS = {
    "total": "Measures in total",
    "due": "Due",
    "not_due": "Not due",
    "delayed": "Delayed",
    "reported": "Reported",
    "missing": "Missing",
    "not_available": "Not available",
}
ACTION_LABELS = {
    "placements": "Actions, counted in each place",
    "distinct": "Different references",
    "unreferenced": "Actions without a reference",
    "several": "References in several places",
}
SEVERITY_WORDS = {"error": "Error", "warning": "Warning", "info": "Note"}
SUPPRESSED_WORD = "Suppressed"
NO_RATING = "No rating"
ALL_DIRECTORATES = "All directorates"
NOT_SCORED = "Not scored"
NO_TARGET = "No target"
NO_COMMENTARY = "No commentary was given."
NO_ACTION = "No recovery action was given."
POLARITY_WORDS = {
    "higher": "Higher is better",
    "lower": "Lower is better",
    "range": "Within the range is best",
    "none": "Not judged",
}


def moment(value: datetime) -> str:
    """A time as people write it, on the clock of the councils."""
    local = value.astimezone(ZONE) if value.tzinfo else value
    return f"{local.day} {local:%B %Y %H:%M}"


def figure_text(measure: Measure, value: Decimal | None) -> str:
    """A figure as the measure shows it; nothing for none."""
    return "" if value is None else display(value, measure.number_format)


def target_text(measure: Measure, target: Decimal | None, high: Decimal | None) -> str:
    """A target as it is shown: `85.0%`, `90% to 96%`; nothing for none."""
    if target is None:
        return ""
    low = figure_text(measure, target)
    return f"{low} to {figure_text(measure, high)}" if high is not None else low


def benchmark_text(framework: Framework, measure: Measure) -> str:
    """The benchmarks of a measure, a line each; a label that holds its figure is not said twice."""
    return "\n".join(benchmark_line(measure, each) for each in framework.benchmarks_of(measure.key))


def benchmark_line(measure: Measure, benchmark: Benchmark) -> str:
    """One benchmark as a line, with its date."""
    if benchmark.label and benchmark.label in benchmark.shown:
        return benchmark.with_date(benchmark.shown)
    if benchmark.shown and benchmark.shown in benchmark.label:
        return benchmark.with_date(benchmark.label)
    shown = benchmark.shown or figure_text(measure, benchmark.value)
    return benchmark.with_date(f"{shown} {benchmark.label}".strip())


def band_label(band: Band) -> str:
    """Symbol and word of a band, as one text."""
    return f"{band.symbol} {band.word}".strip()


def score_labels(framework: Framework) -> dict[str, str]:
    """The label of every band in use by its key, best first, then `not_scored`."""
    bands: dict[str, Band] = {}
    for scheme in (framework.schemes[framework.default_scheme], *framework.schemes.values()):
        for band in scheme.bands:
            bands.setdefault(band.key, band)
    return {key: band_label(bands[key]) for key in band_keys(framework)} | {"not_scored": NOT_SCORED}


def rating_labels(framework: Framework) -> dict[str, str]:
    """The label of every band in which actions can be rated by its key, best first, then `none`."""
    bands: dict[str, Band] = {}
    for scheme in (framework.schemes.get(usual_rating_scheme(framework)), *framework.schemes.values()):
        for band in scheme.bands if scheme else ():
            bands.setdefault(band.key, band)
    return {key: band_label(bands[key]) for key in rating_keys(framework)} | {NONE: NO_RATING}


def in_a_sentence(label: str) -> str:
    """A label in the middle of a sentence: small letters, but for words that are all capitals ("RA red amber")."""
    return " ".join(word if word.isupper() else word.lower() for word in label.split(" "))


def count_labels(framework: Framework) -> tuple[tuple[str, str, str], ...]:
    """Every headline count as (group, outcome, label), in the order in which they are shown.

    Those of measures where there is any measure, those of actions where there is any action.
    """
    groups: dict[str, dict[str, str]] = {}
    if framework.measures or not framework.actions:
        groups = {
            "measures": MEASURE_LABELS,
            "score": score_labels(framework),
            "trend": DIRECTION_LABELS,
            "annual": DIRECTION_LABELS,
        }
    if framework.actions:
        groups |= {"actions": ACTION_LABELS, "rating": rating_labels(framework)}
    return tuple((group, key, label) for group, labels in groups.items() for key, label in labels.items())
