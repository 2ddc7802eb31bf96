"""Checking returns: processor time for a return of 60 measures in bulk, and for one of 300, beside reading the cells.

What is measured is what a collection does for each row: everything that follows from the entries, every rule of a row
and of its texts; and then what a quarter's rows and texts show beside each other.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from perfbook.checks import rows  # noqa: E402
from perfbook.checks.across.findings import quarter_findings  # noqa: E402
from perfbook.checks.asked import Asked  # noqa: E402
from perfbook.checks.text_rules import text_findings  # noqa: E402
from perfbook.scoring.expr import Cell  # noqa: E402
from tests.checks.clean import Case, as_observations, case  # noqa: E402

RETURNS, SMALL, LARGE = 40, 60, 300
LIMIT_SMALL, LIMIT_LARGE = 5.0, 50.0
Row = tuple[Asked, dict[str, Cell]]


def rows_of(made: Case) -> list[Row]:
    """The rows of a return: what each asks for and what is filled in it."""
    found: list[Row] = []
    for key, entry in made.entries.items():
        measure = made.framework.by_key[key]
        about = measure.about(made.period)
        assert about is not None
        before = made.history.get((key, made.framework.before(measure, about)))
        inputs: dict[str, Cell] = {
            **entry,
            "earlier": before.actual if before else None,
            "last_commentary": before.commentary if before else None,
        }
        found.append((rows.asked(made.framework, measure, about, made.period), inputs))
    return found


def milliseconds(returns: list[list[Row]]) -> float:
    """Processor time per return, the least of five rounds."""
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for one in returns:
            for asked, inputs in one:
                rows.row_findings(asked, inputs)
                text_findings({"commentary": str(inputs["commentary"])}, asked.measure.key)
        rounds.append((time.process_time() - started) * 1000 / len(returns))
    return min(rounds)


def milliseconds_across(cases: list[Case]) -> float:
    """Processor time per return of the checks across rows, the least of five rounds."""
    present = [as_observations(made) for made in cases]
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for made, observations in zip(cases, present, strict=True):
            quarter_findings(made.framework, made.period, made.history.values(), observations)
        rounds.append((time.process_time() - started) * 1000 / len(cases))
    return min(rounds)


def main() -> None:
    """Print the table; end with 1 where a return takes too long."""
    small, large = [case(seed, SMALL) for seed in range(RETURNS)], [case(seed, LARGE) for seed in range(3)]
    times = (
        ("rows and texts", SMALL, milliseconds([rows_of(made) for made in small]), LIMIT_SMALL),
        ("rows and texts", LARGE, milliseconds([rows_of(made) for made in large]), LIMIT_LARGE),
        ("across rows", SMALL, milliseconds_across(small), LIMIT_SMALL),
        ("across rows", LARGE, milliseconds_across(large), LIMIT_LARGE),
    )
    print(f"{'':16}{'measures in a return':>22}{'ms':>8}{'us a row':>10}{'limit ms':>10}")
    for what, count, took, limit in times:
        print(f"{what:16}{count:22}{took:8.2f}{1000 * took / count:10.1f}{limit:10.0f}")
    if any(took > limit for _, _, took, limit in times):
        raise SystemExit("checking a return took too long")


if __name__ == "__main__":
    main()
