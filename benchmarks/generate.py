"""Blank returns for a combined authority: `perfbook generate`, beside one process of XlsxWriter alone.

Every call that perfbook makes on a worksheet is noted down for some of the returns and made again on bare workbooks, in
one process: the same texts, numbers, formulas, formats, validations, conditional formats and sparklines. Time on the
clock, since generating works in several processes; beside it the processor time of all of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.returns import PERIOD, build, framework, note, past  # noqa: E402
from perfbook.framework.book_writer import write_framework  # noqa: E402
from perfbook.framework.model import Framework  # noqa: E402
from perfbook.framework.version import with_version  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from perfbook.workspace import open_workspace  # noqa: E402

RETURNS, MEASURES, SAMPLE = 400, 60, 20
LEAST = 1.7
NOW = datetime(2032, 1, 3, 9, 0, tzinfo=ZONE)
TOML = f'council = "Elmbridge Vale"\nperiod = "{PERIOD.label}"\nscheme = "star-circle-triangle"\n'


def council(returns: int) -> Framework:
    """A directorate for each return."""
    return with_version(framework(MEASURES, tuple(f"d{number:05}" for number in range(returns))))


def make(root: Path, returns: int) -> None:
    """A workspace of so many directorates."""
    root.mkdir(parents=True)
    (root / "perfbook.toml").write_text(TOML, encoding="utf-8")
    data = write_framework(council(returns), created=NOW, periods=[PERIOD], spare_rows=1)
    (root / "framework.xlsx").write_bytes(data)


def used() -> float:
    """Seconds of processor time of this process, of those that it ended, and of those that still run."""
    times = os.times()
    living = 0.0
    for child in psutil.Process().children(recursive=True):
        spent = child.cpu_times()
        living += spent.user + spent.system
    return times.user + times.system + times.children_user + times.children_system + living


def main() -> None:
    """Print the table; end with 1 where it is not so much faster as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("returns", nargs="?", type=int, default=RETURNS)
    returns = parser.parse_args().returns
    sample = min(SAMPLE, returns)
    made = council(sample)
    history = past(made)
    plainly = [note(lambda key=each.key: build(made, history, key)) for each in made.directorates]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "council"
        make(root, returns)
        workspace = open_workspace(root)
        started, spent = time.perf_counter(), used()
        _ = workspace.framework
        reading = time.perf_counter() - started
        started, spent = time.perf_counter(), used()
        written = workspace.generate(as_at=NOW).written
        ours, processor = time.perf_counter() - started, used() - spent
        size = sum(path.stat().st_size for path in written) / len(written)
        started = time.perf_counter()
        workspace.generate(as_at=NOW)
        again = time.perf_counter() - started
        shutil.rmtree(workspace.returns_folder(PERIOD))
    started, spent = time.perf_counter(), time.process_time()
    for each in plainly:
        each.again()
    scale = returns / sample
    plain, alone = (time.perf_counter() - started) * scale, (time.process_time() - spent) * scale
    print(f"{len(written)} returns of {MEASURES} measures, {size / 1000:.0f} KB each; {os.cpu_count()} cores")
    print(f"XlsxWriter alone / perfbook: {plain / ours:.2f} on the clock, {alone / processor:.2f} of processor time\n")
    print(f"{'':44}{'clock s':>9}{'processor s':>13}")
    print(f"{'perfbook generate':44}{ours:9.1f}{processor:13.1f}")
    print(f"{f'XlsxWriter alone, one process ({sample} scaled)':44}{plain:9.1f}{alone:13.1f}")
    print(f"{'perfbook generate, all there already':44}{again:9.1f}")
    print(f"{'reading framework.xlsx before it':44}{reading:9.1f}")
    if plain / ours < LEAST:
        raise SystemExit(f"perfbook should be at least {LEAST} times faster than one process of XlsxWriter")


if __name__ == "__main__":
    main()
