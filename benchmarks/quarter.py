"""A simulated quarter: 40 managers, 90 nights, with lateness, corrections, damaged files, power cuts and missed nights.

    python benchmarks/quarter.py [SEED]

is no timing: it ends with 1 where anything that was shown is not true. The tests do a smaller one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from perfbook import _cache  # noqa: E402
from perfbook.chasing.post import PASSWORD  # noqa: E402
from tests.chasing.server import SECRET, running  # noqa: E402
from tests.support.simulation import Simulation, summary_of  # noqa: E402

MANAGERS, NIGHTS, DUE_DAYS = 40, 90, 19


def main() -> None:
    """Run it and print what was found."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 2024
    os.environ[PASSWORD] = SECRET
    started = time.perf_counter()

    def progress(night: int) -> None:
        if sys.stderr.isatty():
            print(f"\rnight {night + 1} of {NIGHTS}", end="", file=sys.stderr)

    with tempfile.TemporaryDirectory() as place, running(Path(place), "starttls") as server:
        # The user's own cache is left alone.
        _cache.cache_folder = lambda: Path(place) / "cache"
        simulation = Simulation(
            Path(place) / "council", server, managers=MANAGERS, nights=NIGHTS, due_days=DUE_DAYS, seed=seed
        )
        result = simulation.run(progress)
    print(json.dumps(summary_of(result), indent=1))
    print(f"{MANAGERS} managers, {NIGHTS} nights, seed {seed}: {time.perf_counter() - started:.0f} s")
    if result.faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
