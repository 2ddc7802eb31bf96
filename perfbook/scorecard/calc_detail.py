"""The columns of the sheet Calc that the sheet Detail looks up: what a measure is, in texts and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perfbook.framework.model import Framework, Measure
from perfbook.scorecard.calc_columns import Column, cell_of
from perfbook.scorecard.process import has_limits
from perfbook.scorecard.view import View
from perfbook.scorecard.words import POLARITY_WORDS, benchmark_text
from perfbook.workbook.text import clean_text
from perfbook.workbook.writer import Value

_LONGEST = 110
_SIGNS = {"higher": 1, "lower": -1}


def measure_labels(framework: Framework) -> dict[str, str]:
    """What each measure is called where one is chosen, by its key: code and title, no two alike."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for measure in framework.measures:
        label = clean_text(" ".join(f"{measure.code} {measure.title}".split())) or measure.key
        label = label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
        number, unique = 1, label
        # A spreadsheet's comparison does not tell small letters from capitals.
        while unique.casefold() in seen:
            number += 1
            unique = f"{label} ({number})"
        seen.add(unique.casefold())
        found[measure.key] = unique
    return found


def detail_columns(view: View) -> Iterator[Column]:
    """Fixed values of each measure: they change with the framework, not with the period."""
    framework, measures = view.framework, view.framework.measures
    labels = measure_labels(framework)
    names = {priority.key: priority.name for priority in framework.priorities}

    def of(get: Callable[[Measure], Value]) -> Callable[[int], Value]:
        return lambda row: get(measures[row])

    def first_slot(measure: Measure) -> Value:
        found = view.slots.group(measure.period_kind)
        return found[0] if found else 0

    def benchmark(measure: Measure) -> Value:
        """The first that is a figure: not of a measure whose periods add up, beside which it would mislead."""
        values = (each.value for each in framework.benchmarks_of(measure.key) if not measure.adds_up)
        return cell_of(next((value for value in values if value is not None), None))

    yield Column("label", of(lambda m: labels[m.key]))
    yield Column("priority_name", of(lambda m: names.get(m.priority, "")))
    yield Column("owner", of(lambda m: m.owner))
    yield Column("unit", of(lambda m: m.unit.shown))
    yield Column("polarity", of(lambda m: POLARITY_WORDS[m.polarity]))
    yield Column("frequency", of(lambda m: m.frequency.capitalize()))
    yield Column("number_format", of(lambda m: m.number_format))
    yield Column("places", of(lambda m: m.places))
    yield Column("scale", of(lambda m: 100 if m.unit.kind == "percent" else 1))
    yield Column("sign", of(lambda m: _SIGNS.get(m.polarity, 0)))
    yield Column("between", of(lambda m: int(m.polarity == "range")))
    yield Column("limits", of(lambda m: int(has_limits(m))))
    yield Column("adds_up", of(lambda m: int(m.adds_up)))
    yield Column("first_slot", of(first_slot))
    yield Column("benchmark", of(benchmark))
    yield Column("benchmark_text", of(lambda m: benchmark_text(framework, m)))
