"""A night in which nothing changed, for a council of 40 returns: the whole process, from its start to its exit code.

Beside it a night in which everything is read and the scorecard is written, and one on which lateness moves on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.unattended.council import AFTER_DUE, BEFORE_DUE, make_workspace  # noqa: E402

RETURNS = 40
MEASURES = 10
RUNS = 5
LIMIT = 1.0


def night(root: Path, cache: str, as_at: str) -> tuple[float, int]:
    """One nightly run: seconds of wall time and the exit code."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "LOCALAPPDATA": cache, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    command = [sys.executable, "-m", "perfbook", "nightly", "-w", str(root), "--as-at", as_at]
    done = subprocess.run(command, env=environment, check=False)
    return time.perf_counter() - started, done.returncode


def main() -> None:
    """Print the table; end with 1 where a quiet night takes too long."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        root = Path(folder) / "council"
        make_workspace(root, RETURNS, MEASURES, unsigned=2)
        full = night(root, cache, BEFORE_DUE.isoformat())
        quiet = [night(root, cache, BEFORE_DUE.isoformat()) for _ in range(RUNS)]
        late = night(root, cache, AFTER_DUE.isoformat())
        after = [night(root, cache, AFTER_DUE.isoformat()) for _ in range(RUNS)]
    middle = sorted(quiet + after)[RUNS]
    print(f"{RETURNS} returns of {MEASURES} measures{'':10}{'wall s':>8}{'exit':>6}")
    for name, (seconds, code) in (
        ("everything is read and written", full),
        ("nothing changed (middle of ten)", middle),
        ("the due date has passed", late),
    ):
        print(f"{name:36}{seconds:8.2f}{code:6}")
    codes = {code for _, code in quiet}, {code for _, code in after}
    if codes != ({0}, {1}):
        raise SystemExit(f"lateness did not move on: exit codes {codes}")
    if middle[0] >= LIMIT:
        raise SystemExit(f"a night in which nothing changed took {middle[0]:.2f} s, more than {LIMIT:.0f} s")


if __name__ == "__main__":
    main()
