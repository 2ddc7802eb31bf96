"""A measure beside each of its benchmarks: better, the same, or worse; in Python and as a formula of the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from perfbook.framework.model import Benchmark, Framework, Measure
from perfbook.scorecard.words import benchmark_line
from perfbook.scoring import rules
from perfbook.scoring.expr import to_excel
from perfbook.scoring.judge import Judgement, movement

_WORDS = {1: "better", 0: "the same", -1: "worse"}
# What is written into a formula: a text literal holds 255 characters, a formula 8,192.
_LONGEST_LINE, _LONGEST = 200, 8000


def compared_text(framework: Framework, judgement: Judgement) -> str:
    """The benchmarks of a measure, a line each, with how its figure of the period stands to them."""
    measure = judgement.measure
    scheme = replace(framework.scheme_of(measure), trend_tolerance=Decimal(0))
    lines = []
    for each in framework.benchmarks_of(measure.key):
        line = benchmark_line(measure, each)
        found = None
        if is_comparable(measure, each):
            ends = judgement.target, judgement.target_high
            found = movement(scheme, measure, judgement.actual, each.value, *ends)
        lines.append(line if found is None else f"{line} ({_WORDS[found]})")
    return "\n".join(lines)


def longest_text(framework: Framework, measure: Measure) -> str:
    """The longest that a cell may have to show, whatever period is chosen."""
    return "\n".join(
        benchmark_line(measure, each) + (f" ({_WORDS[0]})" if is_comparable(measure, each) else "")
        for each in framework.benchmarks_of(measure.key)
    )


def compared_formula(framework: Framework, measure: Measure, cells: Mapping[str, str]) -> str:
    """The same as a formula, without the leading `=`; empty where nothing is compared.

    `cells` are references to the figure (`actual`) and the ends of its target (`target`, `target_high`).
    """
    benchmarks = framework.benchmarks_of(measure.key)
    if not any(is_comparable(measure, each) for each in benchmarks):
        return ""
    parts = []
    for each in benchmarks:
        text = '"' + benchmark_line(measure, each).replace('"', '""') + '"'
        if is_comparable(measure, each):
            rule = rules.movement(measure.polarity, measure.places)
            found = to_excel(rule, {**cells, "earlier": f"{each.value:f}"})
            words = ",".join(f'" ({_WORDS[step]})"' for step in (-1, 0, 1))
            text += f'&IF(ISNUMBER({found}),CHOOSE({found}+2,{words}),"")'
        parts.append(text)
    formula = "&CHAR(10)&".join(parts)
    return formula if len(formula) <= _LONGEST else ""


def is_comparable(measure: Measure, benchmark: Benchmark) -> bool:
    """Whether a benchmark has a figure that the measure's own stands beside: not that of a period of a running sum."""
    line = benchmark_line(measure, benchmark)
    plain = len(line) <= _LONGEST_LINE and "\n" not in line
    return benchmark.value is not None and measure.polarity != "none" and not measure.runs and plain
