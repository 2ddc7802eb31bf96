"""Collecting 20 to 10,000 returns of 60 measures, beside what people use instead and beside the floor.

    python benchmarks/collect.py [--sizes 20,400,2000] [--processes 2] [--sample 40] [--keep FILE] [--data FILE]

One run, the same files for all. Each line is measured in a process of its own, once its libraries and its framework
are loaded: seconds on the clock, seconds of processor time of it and of the processes that it started, and the highest
memory of it and of the largest of those. On a machine that is busy the clock says little: both ratios are printed.
Lines that loop over files take a sample of them and are scaled a file.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from _memory import Children  # noqa: E402

# The sheets that a return is read from: those that bear its marks.
SHEETS = ("Start", "Measures", "_perfbook")
LOOPS = ("pandas-openpyxl", "pandas-calamine", "openpyxl")
LINES = ("nothing", *LOOPS, "bytes", "calamine", "read", "rows", "whole", "again", "worked", "changed", "scorecard")
# What follows once the returns are collected.
AFTER = ("history", "checks across", "settle", "quarter", "moves and curves", "feedback", "account")
MOST_FOR_SCORECARD = 20
# From where on growth is looked at.
BASE = 400


@dataclass
class Taken:
    """What one line took: seconds on the clock and of processors, megabytes; `parts` are spans within it."""

    files: int
    wall: float
    cpu: float
    memory: float
    workers: float
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)


# -- the lines, each run in a process of its own -----------------------------------------------------------------------


def files_of(root: Path, most: int = 0) -> list[Path]:
    """The returns, or some of them from all over the folder."""
    found = sorted(next((root / "returns").iterdir()).iterdir())
    step = max(1, len(found) // most) if most else 1
    return found[::step][:most] if most else found


def pandas_loop(engine: str, paths: Sequence[Path]) -> None:
    """What most people write."""
    import pandas

    for path in paths:
        pandas.read_excel(path, sheet_name=list(SHEETS), header=None, engine=engine)


def openpyxl_loop(paths: Sequence[Path]) -> None:
    """The same without pandas."""
    import openpyxl

    for path in paths:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for name in SHEETS:
            for row in book[name].iter_rows(values_only=True):
                list(row)
        book.close()


def calamine_one(path: Path) -> int:
    """The floor, one file: the values of the sheets and nothing else."""
    import python_calamine

    book = python_calamine.load_workbook(str(path))
    return sum(len(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in SHEETS)


def calamine_floor(processes: int, paths: Sequence[Path]) -> None:
    """The floor with as many processes."""
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(calamine_one, paths, chunksize=8))


def hash_floor(paths: Sequence[Path]) -> None:
    """Reading the bytes, and hashing them."""
    from _council import digest

    for path in paths:
        digest(path)


@contextmanager
def spans(parts: dict[str, tuple[float, float]], places: dict[str, list[tuple[object, str]]]) -> Iterator[None]:
    """Measure what some functions take, where they are called from."""
    kept: list[tuple[object, str, Any]] = []

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            wall, own = time.perf_counter(), time.process_time()
            try:
                return work(*args, **more)
            finally:
                before = parts.get(name, (0.0, 0.0))
                taken = time.perf_counter() - wall, time.process_time() - own
                parts[name] = before[0] + taken[0], before[1] + taken[1]

        return run

    for name, several in places.items():
        for holder, attribute in several:
            work = getattr(holder, attribute)
            kept.append((holder, attribute, work))
            setattr(holder, attribute, timed(name, work))
    try:
        yield
    finally:
        for holder, attribute, work in kept:
            setattr(holder, attribute, work)


def read_only(root: Path, size: int, processes: int, parts: dict[str, tuple[float, float]]) -> None:
    """Snapshot, identify and read (with the checks of single rows), without a record."""
    from _council import PERIOD

    from perfbook.collecting.archive import digest_of
    from perfbook.collecting.isolation import Job, Readers, ReadingLimits
    from perfbook.collecting.scan import list_files, read_listed
    from perfbook.returns.identity import return_names
    from perfbook.settings import ZONE

    workspace = council(root, size)
    framework, folder = workspace.framework, workspace.returns_folder(PERIOD)
    # A collection knows from its record to whom each file was sent.
    names = return_names(framework, (each.key for each in framework.directorates), PERIOD)
    sent_to = {name: key for key, name in names.items()}
    under_way = []
    with Readers(framework, PERIOD, ReadingLimits(processes=processes), files=size) as readers:
        for listed in list_files(folder, limits(workspace)):
            scanned = read_listed(listed, ZONE)
            digest_of(scanned.data)
            under_way.append(readers.submit(Job(scanned.path, scanned.data, True, sent_to.get(scanned.path, ""))))
        for future in under_way:
            if future.result().submission is None:
                raise SystemExit(f"A return was not read: {future.result().verdict}")


@cache
def council(root: Path, size: int) -> Any:
    """The workspace; its framework is at hand before the clock starts."""
    from _council import open_council

    return open_council(root, size)


def limits(workspace: Any) -> Any:
    """The limits of a scan."""
    from perfbook.collecting.scan import limits_of

    return limits_of(workspace.settings.folder)


def checks_of_rows(root: Path, size: int, parts: dict[str, tuple[float, float]]) -> None:
    """Reading a sample in this process, with what the checks of single rows take in it."""
    from _council import PERIOD

    from perfbook.collecting.intake import examine
    from perfbook.returns import _row_reader

    framework = council(root, size).framework
    several = {"checks of rows": [(_row_reader, "row_findings"), (_row_reader, "text_findings")]}
    with spans(parts, several):  # type: ignore[arg-type]
        for path in files_of(root, 40):
            examine(path.read_bytes(), path=path.name, framework=framework, period=PERIOD)


def spans_of_collect() -> dict[str, list[tuple[object, str]]]:
    """What is measured within a collection, by where it is called from."""
    from perfbook import conversing
    from perfbook import workspace as room
    from perfbook.collecting import collect as collecting
    from perfbook.collecting.archive import Archive
    from perfbook.collecting.isolation import Readers
    from perfbook.collecting.run import Run

    return {
        "collect": [(conversing, "collect")],
        "decide": [(Run, "decide")],
        "archive": [(Archive, "store"), (Archive, "append_all"), (Archive, "demand"), (collecting, "read_ledger")],
        "history": [(conversing, "history")],
        "checks across": [(conversing, "findings_across")],
        "settle": [(conversing, "settle_collected"), (conversing, "settle")],
        "quarter": [(conversing, "quarter_of")],
        "moves and curves": [
            (conversing, name)
            for name in ("with_closings", "with_curves", "with_moves", "with_framework_changes", "with_copies")
        ],
        "feedback": [(room, "write_feedback")],
        "account": [(room, "account")],
        "scan": [(collecting, "list_files")],
        "waiting for readers": [(Run, "await_readers"), (Readers, "submit")],
    }


def whole(
    root: Path, size: int, processes: int, parts: dict[str, tuple[float, float]], *, remembers: bool = True
) -> None:
    """All of `perfbook collect`, but for reading framework.xlsx; or of a collection that `remembers` no answer."""
    from _council import AS_AT, PERIOD

    from perfbook.collected import collect_told

    made = council(root, size)
    reading = replace(made.settings.reading, processes=processes)
    workspace = replace(made, settings=replace(made.settings, reading=reading))
    workspace.__dict__["framework"] = made.framework
    with spans(parts, spans_of_collect()):
        if remembers:
            told = collect_told(root, lambda: nullcontext(workspace), period=PERIOD.label, as_at=AS_AT, screen=False)
            found = told.answer
        else:
            found = workspace.converse(period=PERIOD, as_at=AS_AT).as_json()
    if found["returns"]["received"] != size:
        raise SystemExit(f"Not every return was received: {found['returns']}")


def scorecard(root: Path, size: int) -> None:
    """The scorecard of what was collected."""
    from _council import AS_AT, PERIOD

    from perfbook.scorecard import build_scorecard

    build_scorecard(council(root, size).look(period=PERIOD, as_at=AS_AT))


def change_some(root: Path, size: int) -> None:
    """Ten corrections."""
    from _council import change

    change(council(root, size), min(10, size))


def run_line(name: str, root: Path, size: int, processes: int, sample: int) -> Taken:
    """One line, here."""
    parts: dict[str, tuple[float, float]] = {}
    some = files_of(root, sample)
    lines: dict[str, tuple[int, Callable[[], None]]] = {
        "nothing": (size, lambda: None),
        LOOPS[0]: (len(some), partial(pandas_loop, "openpyxl", some)),
        LOOPS[1]: (len(some), partial(pandas_loop, "calamine", some)),
        LOOPS[2]: (len(some), partial(openpyxl_loop, some)),
        "calamine": (size, partial(calamine_floor, processes, files_of(root))),
        "bytes": (size, partial(hash_floor, files_of(root))),
        "read": (size, partial(read_only, root, size, processes, parts)),
        "rows": (len(files_of(root, 40)), partial(checks_of_rows, root, size, parts)),
        "whole": (size, partial(whole, root, size, processes, parts)),
        "again": (size, partial(whole, root, size, processes, parts)),
        "worked": (size, partial(whole, root, size, processes, parts, remembers=False)),
        "changed": (size, partial(whole, root, size, processes, parts)),
        "scorecard": (size, partial(scorecard, root, size)),
    }
    files, work = lines[name]
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401

    import perfbook.scorecard
    import perfbook.workspace  # noqa: F401

    if name not in (*LOOPS, "calamine", "bytes"):
        from perfbook.cli import GARBAGE

        gc.set_threshold(*GARBAGE)  # as every command does
        council(root, size)
    children = Children()
    before = seconds()
    wall = time.perf_counter()
    work()
    wall = time.perf_counter() - wall
    from perfbook.collecting import isolation

    isolation._POOL.close()
    # What they took counts once they have ended.
    if "loky" in sys.modules:
        from loky import get_reusable_executor

        get_reusable_executor(reuse=True).shutdown(wait=True)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return Taken(files, wall, seconds() - before, own.ru_maxrss / 1000, children.stop(), parts)


def seconds() -> float:
    """Seconds of processor time of this process and of those that it started and that have ended."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def line(name: str, root: Path, size: int, processes: int, sample: int = 40) -> Taken:
    """One line in a process of its own."""
    command = [sys.executable, __file__, "--line", name, "--root", str(root), "--sizes", str(size)]
    command += ["--processes", str(processes), "--sample", str(sample)]
    cache = str(root / "cache")
    done = subprocess.run(command, env={**os.environ, "XDG_CACHE_HOME": cache}, check=False, stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{name}, {size} returns: failed")
    return Taken(**json.loads(done.stdout))


# -- the table ---------------------------------------------------------------------------------------------------------


@dataclass
class Size:
    """All that was measured of one number of returns."""

    size: int
    lines: dict[str, Taken]

    def ms(self, name: str, cpu: bool) -> float | None:
        """Milliseconds a file; None where it was not measured."""
        taken = self.lines.get(name)
        return (taken.cpu if cpu else taken.wall) / taken.files * 1000 if taken else None

    def part(self, name: str, part: str, cpu: bool) -> float | None:
        """Milliseconds a file of a span within a line, of the parent alone."""
        taken = self.lines.get(name)
        pair = taken.parts.get(part) if taken else None
        return pair[cpu] / taken.files * 1000 if taken and pair else None

    def less(self, name: str, parts: Sequence[str], cpu: bool) -> float | None:
        """A line without some spans."""
        whole = self.ms(name, cpu)
        return None if whole is None else whole - sum(self.part(name, part, cpu) or 0 for part in parts)


Value = Callable[[Size, bool], float | None]


def over(one: Value, other: Value, times: float = 1) -> Value:
    """One value over another."""

    def found(size: Size, cpu: bool) -> float | None:
        above, below = one(size, cpu), other(size, cpu)
        return times * above / below if above is not None and below else None

    return found


def of(name: str) -> Value:
    """A line."""
    return lambda size, cpu: size.ms(name, cpu)


def without(name: str, parts: Sequence[str]) -> Value:
    """A line without some spans."""
    return lambda size, cpu: size.less(name, parts, cpu)


def measure(root: Path, size: int, processes: int, sample: int, wanted: Sequence[str]) -> Size:
    """The lines of one size."""
    from _council import make

    said(f"{size} returns: making")
    make(root, size)
    found: dict[str, Taken] = {}
    for name in wanted:
        if name == "scorecard" and size > MOST_FOR_SCORECARD:
            continue
        if name == "changed":
            change_some(root, size)
        found[name] = line(name, root, size, processes, sample)
        said(f"  {name}: {found[name].wall:.2f} s, {found[name].cpu:.2f} s of processors")
    return Size(size, found)


def said(words: str) -> None:
    """Progress."""
    print(words, file=sys.stderr, flush=True)


def table(sizes: Sequence[Size], processes: int) -> Iterator[str]:
    """The lines of the table."""
    cores = "two cores" if os.cpu_count() == 2 else f"{os.cpu_count()} cores"
    yield f"Collecting returns of 60 measures, {processes} reading processes, {cores}"
    yield ""
    yield f"{'':58}" + "".join(f"{f'{s.size:,}':>16}" for s in sizes)
    yield f"{'Ratios: by the clock / by processor time':58}" + "".join(f"{'returns':>16}" for _ in sizes)

    def row(name: str, value: Value, form: str = "{:.1f}") -> str:
        cells = []
        for each in sizes:
            pair = [value(each, cpu) for cpu in (False, True)]
            cells.append(" / ".join("-" if v is None else form.format(v) for v in pair))
        return f"{name:58}" + "".join(f"{cell:>16}" for cell in cells)

    yield row("pandas with openpyxl over snapshot + identify + read", over(of(LOOPS[0]), of("read")))
    yield row("snapshot + identify + read over calamine, same sheets", over(of("read"), of("calamine")), "{:.2f}")
    yield row("pandas with openpyxl over collect, without feedback", over(of(LOOPS[0]), without("whole", ["feedback"])))
    yield row("pandas with openpyxl over collecting alone", over(of(LOOPS[0]), without("whole", AFTER)))
    for name, words in (("again", "nothing changed"), ("worked", "the same worked out"), ("changed", "10 changed")):
        yield row(f"again, {words}: % of the first", over(of(name), of("whole"), 100), "{:.2f}")
    if len(sizes) > 1:
        base = next((each for each in sizes if each.size == BASE), sizes[0])
        for name, words in (("read", "reading"), ("whole", "all")):
            growth = over(of(name), lambda _, cpu, name=name: base.ms(name, cpu))
            yield row(f"{words}: time a return over that at {base.size:,}", growth, "{:.2f}")
        memory = [s.lines["whole"].memory if "whole" in s.lines else None for s in sizes]
        first = base.lines["whole"].memory if "whole" in base.lines else None
        yield f"{f'memory of the parent over that at {base.size:,}':58}" + "".join(
            f"{f'{m / first:.2f}' if m and first else '-':>16}" for m in memory
        )
    yield ""
    yield "Milliseconds a return: by the clock / of processors"
    names = {
        LOOPS[0]: "a loop of pandas with openpyxl (sample)",
        LOOPS[1]: "a loop of pandas with calamine (sample)",
        LOOPS[2]: "a loop of openpyxl, read-only (sample)",
        "calamine": "python-calamine, the same sheets, as many processes",
        "bytes": "reading and hashing the bytes",
        "read": "snapshot + identify + read, with checks of rows",
        "rows": "reading in one process, no messages (sample)",
        "whole": "all of perfbook collect",
        "again": "again, nothing changed",
        "worked": "the same worked out, as for a scorecard",
        "changed": "again, 10 changed",
        "scorecard": "the scorecard",
    }
    for name, words in names.items():
        if any(name in s.lines for s in sizes):
            yield row(words, of(name), "{:.2f}")
    yield row("collecting alone: without what follows it", without("whole", AFTER), "{:.2f}")
    yield ""
    yield "Within: milliseconds a return, by the clock / of the parent's processor time"
    titles = {"rows": "reading", "whole": "collect", "worked": "worked out", "changed": "10 changed"}
    for which, title in titles.items():
        for part in dict.fromkeys(part for s in sizes if which in s.lines for part in s.lines[which].parts):
            yield row(f"{title}: {part}", lambda s, cpu, w=which, p=part: s.part(w, p, cpu), "{:.2f}")
    yield ""
    yield f"{'Megabytes at most':58}" + "".join(f"{'parent / worker':>16}" for _ in sizes)
    for name in ("nothing", "read", "whole", "again", "worked", "changed"):
        lines = [s.lines.get(name) for s in sizes]
        cells = [f"{each.memory:.0f} / {each.workers:.0f}" if each else "-" for each in lines]
        words = "the framework alone" if name == "nothing" else names[name]
        yield f"{words:58}" + "".join(f"{cell:>16}" for cell in cells)


def written(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a table, but for those in which nothing was measured."""
    yield from (line for line in lines if not line[58:].strip() or set(line[58:]) - set(" -/"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="20,400,2000")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--lines", default=",".join(LINES))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--line", default="")
    parser.add_argument("--root", type=Path, default=Path())
    wanted = parser.parse_args()
    sizes = [int(each) for each in wanted.sizes.split(",")]
    if wanted.line:
        print(json.dumps(vars(run_line(wanted.line, wanted.root, sizes[0], wanted.processes, wanted.sample))))
        return
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "council"
            found.append(measure(root, size, wanted.processes, wanted.sample, wanted.lines.split(",")))
            shutil.rmtree(root)
    text = "\n".join(written(table(found, wanted.processes))) + "\n"
    print(text, end="")
    if wanted.keep:
        wanted.keep.write_text(text, encoding="utf-8")
    if wanted.data:
        measured = {str(each.size): {name: vars(taken) for name, taken in each.lines.items()} for each in found}
        wanted.data.write_text(json.dumps(measured, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
