"""Kill -9, a full disk and a refused right in the middle of a consolidation: a sample. benchmarks/kill.py does all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_whatever_stops_a_run_nothing_is_lost_and_the_next_one_puts_it_right() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "kill.py"), "--sample", "12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " faults, 0 wrong" in done.stdout, done.stdout
    # Some runs ended before the scorecard was written, some after.
    assert "the old scorecard" in done.stdout
