"""Spoilt returns without end, each looked into as a collection would: nothing may escape.

    python benchmarks/fuzz.py [MINUTES] [SEED]

Ten minutes by default. Ends with 1 where a file made the reading die or fail in a way that nobody had thought of; its
number and the seed make the file again (tests/support/fuzz.py).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.collecting.bad_inputs.fuzzing import fuzz, originals  # noqa: E402
from tests.support.fuzz import spoilt_files  # noqa: E402


def until(end: float, files: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Files, as long as there is time."""
    for numbered in files:
        if time.monotonic() > end:
            return
        yield numbered


def main() -> int:
    """Print how the files ended; 1 where one escaped."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000_000
    started = time.monotonic()
    done = fuzz(until(started + 60 * minutes, spoilt_files(seed, originals())))
    spent = time.monotonic() - started
    total = sum(done.codes.values())
    print(f"seed {seed}: {total} files in {spent:.0f} s, {total / spent:.0f} a second")
    for code, count in done.codes.most_common():
        print(f"  {code:5} {count:7}")
    for what, numbers in (("given up", done.given_up), ("escaped", done.escapes)):
        for number, code in numbers:
            print(f"{what}: number {number} ({code})")
    print(f"{len(done.escapes)} escaped")
    return 1 if done.escapes else 0


if __name__ == "__main__":
    sys.exit(main())
