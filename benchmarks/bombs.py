"""Bombs: how long each takes, and how much memory, until it is rejected or read.

    python benchmarks/bombs.py

Every bomb is looked into as a collection would, by a process that starts for it; memory is the peak of all processes
together. The aim: within 2 s and 300 MB. The processor's time tells more on a busy machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.collecting.bad_inputs import bombs  # noqa: E402

SECONDS, MEGABYTES = 2.0, 300.0
_LOOK_INTO = """
import resource, sys, time
from pathlib import Path
from perfbook.collecting import isolation
from tests.collecting.bad_inputs.draft import framework
from tests.collecting.council import PERIOD
from perfbook.collecting.isolation import Job, Readers
known, data = framework(1), Path(sys.argv[1]).read_bytes()
started = time.perf_counter()
with Readers(known, PERIOD) as readers:
    found = readers.submit(Job("bomb.xlsx", data)).result()
wall = time.perf_counter() - started
isolation._POOL.close()
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, spent.ru_utime + spent.ru_stime, found.verdict.code if found.verdict else "read")
"""


def measure(path: Path) -> tuple[float, float, float, str]:
    """Seconds on the clock and of the processor until the verdict, peak megabytes of all processes, the verdict."""
    process = subprocess.Popen([sys.executable, "-c", _LOOK_INTO, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        total = 0
        try:
            for each in (watched, *watched.children(recursive=True)):
                total += each.memory_info().rss
        except psutil.Error:
            continue
        peak = max(peak, total)
        time.sleep(0.005)
    assert process.stdout is not None
    seconds, spent, code = process.stdout.read().decode().split()
    return float(seconds), float(spent), peak / 1e6, code


def main() -> int:
    """Print the table; 1 where a bomb takes too much."""
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(bombs.good())
        good = measure(path)
        print(f"{'':34} {'clock':>7} {'processor':>11} {'memory':>8}  verdict")
        print(_line("a good return", good, path.stat().st_size))
        for name, make in bombs.BOMBS.items():
            data = make()
            path.write_bytes(data)
            found = min(measure(path) for _ in range(2))
            over = found[0] > SECONDS or found[2] > MEGABYTES
            worst = max(worst, int(over))
            print(_line(name, found, len(data)) + (" OVER" if over else ""), flush=True)
    return worst


def _line(name: str, found: tuple[float, float, float, str], size: int) -> str:
    seconds, spent, megabytes, code = found
    return f"{name:34} {seconds:5.2f} s {spent:9.2f} s {megabytes:5.0f} MB  {code:5} {size / 1e6:6.1f} MB packed"


if __name__ == "__main__":
    sys.exit(main())
