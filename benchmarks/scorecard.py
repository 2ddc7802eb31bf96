"""A scorecard of 1,000 measures over 40 periods: written, calculated by LibreOffice, and beside XlsxWriter alone.

    python benchmarks/scorecard.py [MEASURES] [PERIODS]

Wall time and processor time of each, the size of the file, and the ratio to XlsxWriter making the same calls on a bare
workbook. Ends with 1 beyond the limits: written within 30 s of one core, opened and recalculated within 20 s of one
core, below 15 MB. Both limits are of processor time: on a busy machine the wall says how busy it is.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from returns import Call, again, formats_of, noted  # noqa: E402

from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit  # noqa: E402
from perfbook.framework.periods import Period, parse, span  # noqa: E402
from perfbook.records import Observation, Quarter, ReturnRecord  # noqa: E402
from perfbook.scorecard import build_scorecard  # noqa: E402
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE  # noqa: E402
from tests.support.office import Office  # noqa: E402

MEASURES, PERIODS = 1000, 40
LAST = parse("2031-32 Q4")
AS_AT = datetime(2032, 4, 20, 9, 0, tzinfo=UTC)
WRITTEN, RECALCULATED, MEGABYTES = 30.0, 20.0, 15.0
DIRECTORATES, PRIORITIES = 12, 8


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s by the clock{self.processor:8.1f} s of the processor"


def council(measures: int, periods: tuple[Period, ...]) -> Quarter:
    """A council that measures a good deal, each quarter, with every figure and target of ten years."""
    units = (Unit.parse("percent"), Unit.parse("count"), Unit.parse("rate per 10,000"))
    made = tuple(
        Measure(
            f"m{number:04d}",
            f"M{number}",
            f"Measure number {number} of a council that counts a good deal",
            f"p{number % PRIORITIES}",
            f"d{number % DIRECTORATES}",
            units[number % 3],
            1 if number % 3 != 1 else 0,
            ("higher", "lower", "range", "higher")[number % 4],
            calculation="cumulative" if number % 10 == 0 else "snapshot",
            entered="in period",
        )
        for number in range(measures)
    )
    framework = Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=made,
        directorates=tuple(Directorate(f"d{number}", f"Directorate {number}") for number in range(DIRECTORATES)),
        priorities=tuple(Priority(f"p{number}", f"Priority {number}") for number in range(PRIORITIES)),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets={
            (measure.key, period): Target(Decimal("0.5"), Decimal("0.6") if measure.polarity == "range" else None)
            for measure in made
            for period in periods
        },
        version="benchmark",
    )
    observations = tuple(
        Observation(
            measure.key,
            period,
            period,
            "provided",
            Decimal(300 + (row * 37 + place * (row % 7 + 3) * 13) % 400) / 1000,
            commentary=f"What the service says of measure {row} in {period.label}." if place % 4 == 0 else "",
        )
        for row, measure in enumerate(made)
        for place, period in enumerate(periods)
    )
    returns = tuple(
        ReturnRecord(f"d{n}", f"i{n}", "certified", AS_AT, AS_AT, False, False, 1, 1, f"returns/{n}.xlsx")
        for n in range(DIRECTORATES)
    )
    return Quarter(framework, periods[-1], AS_AT, periods, observations, returns, (), ())


def timed(work: Callable[[], object]) -> Taken:
    """What one run takes here."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - wall, time.process_time() - processor)


def recalculated(path: Path) -> tuple[Taken, Taken]:
    """What LibreOffice takes to open the workbook, and to calculate all of it again."""
    with Office() as office:
        # One book before, so that the program itself is there.
        first = path.with_name("first.xlsx")
        first.write_bytes(build_scorecard(council(2, (LAST.previous, LAST))))
        office.open(first).close()
        process = psutil.Process(office.process_id)

        def used() -> float:
            # The program that was started hands the work to another.
            times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
            return float(sum(each.user + each.system for each in times))

        def measured(work: Callable[[], object]) -> Taken:
            wall, before = time.perf_counter(), used()
            work()
            return Taken(time.perf_counter() - wall, used() - before)

        books = []
        opened = measured(lambda: books.append(office.open(path)))
        calculated = measured(books[0].recalculate)
        return opened, calculated


def main() -> int:
    """Print the figures; 1 beyond a limit."""
    count, depth = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (MEASURES, PERIODS)
    quarter = council(count, tuple(span(LAST.shift(1 - depth), LAST)))
    made: list[bytes] = []
    ours = timed(lambda: made.append(build_scorecard(quarter)))
    calls: list[Call] = []
    names: dict[str, int] = {}
    with noted(calls, names):
        build_scorecard(quarter)
    own = ("xf_index", "dxf_index", "xf_format_indices", "dxf_format_indices")
    properties = {
        id(each): {name: value for name, value in vars(each).items() if name not in own}
        for call in calls
        for each in formats_of((*call[2], call[3]))
    }
    plain = timed(lambda: again(calls, names, properties))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scorecard.xlsx"
        path.write_bytes(made[0])
        opened, calculated = recalculated(path)
    megabytes = len(made[0]) / 1e6
    print(f"{count:,} measures, {depth} periods, {len(calls):,} calls, {megabytes:.1f} MB (at most {MEGABYTES:.0f})")
    print(f"{'written by perfbook':28}{ours} (at most {WRITTEN:.0f})")
    print(f"{'XlsxWriter alone':28}{plain}")
    print(f"{'opened in LibreOffice':28}{opened}")
    print(f"{'recalculated there':28}{calculated} (at most {RECALCULATED:.0f})")
    print(f"perfbook / XlsxWriter: {ours.processor / plain.processor:.2f}")
    beyond = ours.processor > WRITTEN or calculated.processor > RECALCULATED or megabytes > MEGABYTES
    return int(beyond)


if __name__ == "__main__":
    sys.exit(main())
