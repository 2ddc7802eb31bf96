"""The warm demonstration: wall time, processor time and peak memory, beside a bare import in the same run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

RUNS = 3
IMPORTS = "import pandas, openpyxl, xlsxwriter, python_calamine, rich, click"


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of wall and processor time, and the largest memory seen, in MB."""

    wall: float
    processor: float
    memory: float


def measure(arguments: list[str]) -> Run:
    """Run a command and watch it, with all its children."""
    started = time.perf_counter()
    process = psutil.Popen(arguments, stdout=subprocess.DEVNULL)
    memory, processor = 0.0, 0.0
    while process.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            memory = max(memory, sum(one.memory_info().rss for one in family) / 1e6)
            processor = max(processor, sum(sum(one.cpu_times()[:2]) for one in family))
        except psutil.Error:
            pass
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return Run(time.perf_counter() - started, processor, memory)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "demo"
        demo = [sys.executable, "-m", "perfbook", "demo", "dudley", "--to", str(target)]
        bare = [sys.executable, "-c", IMPORTS]
        for command in (bare, demo):
            measure(command)
        pairs = [(measure(bare), measure(demo)) for _ in range(RUNS)]
    print(f"{'':24}{'wall s':>10}{'cpu s':>10}{'peak MB':>10}")
    for name, runs in (("import of libraries", [b for b, _ in pairs]), ("perfbook demo", [d for _, d in pairs])):
        middle = sorted(runs, key=lambda run: run.wall)[len(runs) // 2]
        print(f"{name:24}{middle.wall:10.2f}{middle.processor:10.2f}{middle.memory:10.0f}")
    ratio = sorted(d.wall / b.wall for b, d in pairs)[len(pairs) // 2]
    print(f"demo / import: {ratio:.1f}")


if __name__ == "__main__":
    main()
