"""Checking returns: processor time on one core for returns of 60 measures in bulk, and for one of 300.

What is measured is what a collection does with each return: for each row everything that follows from the entries,
every rule of a row and of its texts; and then what a quarter's rows and texts show beside each other. Every measure of
every return has a commentary of its own, with figures, dates and words, and a third have a recovery action: no text
comes twice, so that what is remembered of a text helps only where one text is asked several things.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.commentary import TITLES, action, commentary  # noqa: E402
from perfbook.checks import rows  # noqa: E402
from perfbook.checks.across.findings import quarter_findings  # noqa: E402
from perfbook.checks.text_rules import Facts, text_findings  # noqa: E402
from perfbook.cli import GARBAGE  # noqa: E402
from perfbook.framework.model import Framework, Measure  # noqa: E402
from perfbook.framework.periods import Period  # noqa: E402
from perfbook.records import Finding, Observation, Source  # noqa: E402
from perfbook.scoring.expr import Cell  # noqa: E402
from perfbook.workbook.numfmt import display  # noqa: E402
from tests.checks.clean import as_observations, case  # noqa: E402

SMALL, LARGE = (200, 60), (10, 300)
LIMITS = {SMALL: 5.0, LARGE: 25.0}
ROUNDS = 5
Inputs = dict[str, Cell]


@dataclass(frozen=True)
class Return:
    """A return: what is filled in each row, by measure, and what a collection understands of it."""

    framework: Framework
    period: Period
    past: tuple[Observation, ...]
    rows: tuple[tuple[Measure, Period, Inputs, Facts], ...]
    present: tuple[Observation, ...]


def made(seed: int, measures: int) -> Return:
    """One return; the same seed gives the same."""
    chance, base = random.Random(seed), case(seed, measures)
    measured = tuple(replace(each, title=chance.choice(TITLES)) for each in base.framework.measures)
    framework = replace(base.framework, measures=measured)
    found, present = [], []
    for number, seen in enumerate(as_observations(base), start=11):
        measure, about = framework.by_key[seen.measure], seen.period
        before = base.history.get((measure.key, framework.before(measure, about)))
        last_year = base.history.get((measure.key, about.same_last_year))
        earlier = before.actual if before else None
        shown, other = (
            display(figure, measure.number_format) if figure is not None else "not known"
            for figure in (seen.actual, earlier)
        )
        text = commentary(chance, measure.title, shown, other)
        doing = action(chance) if chance.random() < 0.34 else ""
        known: Inputs = {"earlier": earlier, "last_year": last_year.actual if last_year else None}
        known |= {"last_commentary": before.commentary if before else None}
        inputs: Inputs = {**base.entries[measure.key], **known, "commentary": text, "action": doing}
        target = framework.target(measure.key, about)
        aim = target.value if target and target.high is None else None
        facts = Facts(measure, seen.actual, earlier, last_year.actual if last_year else None, aim)
        found.append((measure, about, inputs, facts))
        source = Source("return.xlsx", "Measures", f"J{number}", str(seen.actual), shown)
        present.append(replace(seen, commentary=text, action=doing, source=source))
    return Return(framework, base.period, tuple(base.history.values()), tuple(found), tuple(present))


def of_rows(one: Return) -> list[Finding]:
    """The findings of its rows and of their texts."""
    found: list[Finding] = []
    for measure, about, inputs, facts in one.rows:
        asked = rows.asked(one.framework, measure, about, one.period)
        found += rows.row_findings(asked, inputs)
        words = {"commentary": str(inputs["commentary"]), "action": str(inputs["action"])}
        found += text_findings(words, measure.key, facts)
    return found


def across(one: Return) -> Sequence[Finding]:
    """The findings across its rows."""
    return quarter_findings(one.framework, one.period, one.past, one.present)


def milliseconds(check: Callable[[Return], Sequence[Finding]], size: tuple[int, int]) -> float:
    """Processor time per return, the least of some rounds, each over returns that were not seen before."""
    count, measures = size
    rounds = []
    for number in range(ROUNDS):
        returns = [made(number * count + seed, measures) for seed in range(count)]
        # What is made for the benchmark alone is not gone through again and again by the collector of garbage.
        gc.collect()
        gc.freeze()
        started = time.process_time()
        for one in returns:
            check(one)
        rounds.append((time.process_time() - started) * 1000 / count)
    return min(rounds)


def main() -> None:
    """Print the table; end with 1 where a return takes too long."""
    gc.set_threshold(*GARBAGE)  # as every command does
    slow = False
    print(f"{'':16}{'measures in a return':>22}{'ms':>8}{'us a row':>10}{'limit ms':>10}")
    for size, limit in LIMITS.items():
        parts = {"rows and texts": milliseconds(of_rows, size), "across rows": milliseconds(across, size)}
        parts["both"] = sum(parts.values())
        for what, took in parts.items():
            shown = f"{limit:10.0f}" if what == "both" else ""
            print(f"{what:16}{size[1]:22}{took:8.2f}{1000 * took / size[1]:10.1f}{shown}")
        slow |= parts["both"] > limit
    if slow:
        raise SystemExit("checking a return took too long")


if __name__ == "__main__":
    main()
