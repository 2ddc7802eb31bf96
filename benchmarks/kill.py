"""Kill -9, a full disk and a refused right at every file operation of a consolidation.

For each operation and each kind of fault a run is disturbed there. Then: the archive verifies, the scorecard is the old
or the new one, the originals are as they were, nothing ended in a traceback; and the next run comes to what an
undisturbed one comes to, and the one after that writes the same scorecard byte for byte. (A kill in the instant in
which the lock is written leaves one that does not say whose it is. It is free after three minutes, skipped here.)

    python benchmarks/kill.py              all of them
    python benchmarks/kill.py --command consolidate
    python benchmarks/kill.py --sample 20  so many, evenly spread: what the tests do
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from perfbook._files import write_whole  # noqa: E402
from perfbook._lock import RECORD_NAME  # noqa: E402
from perfbook.collecting.archive import Archive  # noqa: E402
from tests.support.faults import KINDS, Faults  # noqa: E402
from tests.unattended.council import AFTER_DUE, PERIOD, SENT, fill, make_workspace  # noqa: E402

RUNS = ("collect", "consolidate")


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit code (negative: the signal), its answer, what it said on standard error."""

    code: int
    answer: str
    said: str


def prepare(root: Path) -> Path:
    """A workspace with a scorecard, and what came since: a version, a copy, what is broken and what is no return."""
    workspace = make_workspace(root / "council", 4, 2, unsigned=2)
    environment(root)
    run(root, "consolidate")
    folder = workspace.returns_folder(PERIOD)
    blank = next(path for path in sorted(folder.iterdir()) if "01" in path.name)
    filled = fill(blank.read_bytes(), ["d01-m01", "d01-m02"], 5)
    put(blank, filled)
    put(folder / "Copy of it.xlsx", fill(blank.read_bytes(), ["d01-m01", "d01-m02"], 6))
    put(folder / "broken.xlsx", filled[:3000])
    put(folder / "notes.pdf", b"%PDF")
    put(folder / "~$open.xlsx", b"owner")
    return folder


def put(path: Path, data: bytes) -> None:
    """A file that lies there since long."""
    path.write_bytes(data)
    os.utime(path, (SENT.timestamp(), SENT.timestamp()))


def environment(root: Path) -> None:
    """Let the cache lie beside the workspace, where it is watched too."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        os.environ[name] = str(root / "cache")


def run(root: Path, command: str, kind: str = "", at: int = 0) -> Ended:
    """One run of perfbook in a process of its own, disturbed or not."""
    if hasattr(os, "fork"):
        child = os.fork()
        if not child:
            _child(root, command, kind, at)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
    else:
        arguments = [sys.executable, __file__, "--child", str(root), command, kind or "none", str(at)]
        code = subprocess.run(arguments, check=False).returncode
    answer, said = (root / name for name in ("answer", "said"))
    return Ended(code, answer.read_text("utf-8"), said.read_text("utf-8"))


def _child(root: Path, command: str, kind: str, at: int) -> None:
    """Run perfbook here, and end the process."""
    for number, name in ((1, "answer"), (2, "said")):
        handle = os.open(root / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
    sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")  # noqa: SIM115
    from perfbook.cli import main

    faults = Faults((root / "council", root / "cache"), kind, at)
    faults.install()
    code = 99
    try:
        main([command, "-w", str(root / "council"), "--as-at", AFTER_DUE.isoformat(), "--json"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 98
    except BaseException:  # what must not happen
        import traceback

        traceback.print_exc()
    finally:
        faults.kind = ""
        sys.stdout.flush()
        sys.stderr.flush()
        write_whole(root / "operations", json.dumps(faults.noted).encode())
        os._exit(code)


def seen(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The originals: bytes and times."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


def scorecard(root: Path) -> bytes:
    """The scorecard as it lies there."""
    (path,) = (path for path in (root / "council" / "outputs").rglob("* scorecard.xlsx"))
    return path.read_bytes()


def plain(ended: Ended) -> dict[str, Any]:
    """What a run came to, whether it was the first to see it or not."""
    answer = json.loads(ended.answer)
    for file in answer["files"]:
        if file["outcome"] in ("accepted", "unchanged"):
            file |= {"outcome": "counts", "code": "", "reason": ""}
    # Which book was there already depends on how far the run before came; how the scorecard was written, too.
    feedback = [book["file"] for book in answer["feedback"]]
    return answer | {"outputs": {}, "scorecard": {}, "feedback": feedback}


def applies(kind: str, operation: str) -> bool:
    """Whether a kind of fault is another one than a kill at this operation: only a write can be torn or lack room."""
    name, _, _ = operation.partition(" ")
    if kind == "torn":
        return name == "write"
    return kind != "full" or name not in ("read", "scandir", "listdir", "unlink", "remove")


class Trial:
    """The workspace before, what undisturbed runs make of it, and every fault."""

    def __init__(self, home: Path, command: str) -> None:
        self.home, self.command = home, command
        self.start = home / "start"
        self.work = home / "work"
        self.folder = prepare(self.start)
        self.old = scorecard(self.start)
        self.again()
        self.first = run(self.work, command)
        self.operations: list[str] = json.loads((self.work / "operations").read_bytes())
        run(self.work, "consolidate")
        self.news = {self.old, scorecard(self.work)}
        if command == "consolidate":
            self.again()
            run(self.work, command)
            self.news.add(scorecard(self.work))
            run(self.work, command)
        self.last = scorecard(self.work)
        self.counts: Counter[str] = Counter()

    def again(self) -> None:
        """Everything as it was before."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.start, self.work)
        environment(self.work)

    def age_lock(self) -> bool:
        """A lock that does not say whose it is counts for three minutes: let them pass."""
        record = self.work / "council" / RECORD_NAME
        torn = b"}" not in record.read_bytes()
        if torn:
            self.counts["next runs that had to wait for three minutes"] += 1
            os.utime(record, (time.time() - 600, time.time() - 600))
        return torn

    def disturb(self, kind: str, at: int) -> list[str]:
        """One disturbed run and two undisturbed ones; what was wrong."""
        self.again()
        folder = self.work / self.folder.relative_to(self.start)
        before = seen(folder)
        ended = run(self.work, self.command, kind, at)
        wrong = []
        if "Traceback" in ended.said:
            wrong.append(f"traceback: {ended.said.strip().splitlines()[-1]}")
        if ended.code not in (0, 1, 2, 4, -9, 137):
            wrong.append(f"exit code {ended.code}: {ended.said.strip()}")
        now = scorecard(self.work)
        self.counts[f"{kind}: ended with {ended.code}, the {'old' if now == self.old else 'new'} scorecard"] += 1
        if now not in self.news:
            wrong.append("the scorecard is neither the old nor the new one")
        found = Archive(self.work / "council" / "archive").verify()
        wrong += found.problems
        if seen(folder) != before:
            wrong.append("an original was touched")
        after = run(self.work, "consolidate")
        if after.code == 3 and self.age_lock():
            after = run(self.work, "consolidate")
        if after.code != 1:
            return [*wrong, f"the next run ended with {after.code}: {after.said.strip()}"]
        if plain(after) != plain(self.first):
            wrong.append("the next run came to something else")
        run(self.work, "consolidate")
        if scorecard(self.work) != self.last:
            wrong.append("the run after that wrote another scorecard")
        wrong += Archive(self.work / "council" / "archive").verify().problems
        left = [path.name for path in (self.work / "council").rglob("*.tmp")]
        if kind in ("kill", "torn"):
            wrong += [f"a temporary file stayed: {name}" for name in left]
        else:
            self.counts["runs that could not remove a temporary file"] += bool(left)
        return wrong


def main() -> None:
    """Print what happened; end with 1 where anything was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--command", choices=RUNS)
    parser.add_argument("--child", nargs=4, default=None)
    options = parser.parse_args()
    if options.child:
        root, command, kind, at = options.child
        _child(Path(root), command, kind.replace("none", ""), int(at))
    started, total, failures = time.perf_counter(), 0, []
    for command in [options.command] if options.command else RUNS[1:] if options.sample else RUNS:
        with tempfile.TemporaryDirectory() as home:
            trial = Trial(Path(home), command)
            numbers = range(1, len(trial.operations) + 1)
            faults = [(kind, at) for at in numbers for kind in KINDS if applies(kind, trial.operations[at - 1])]
            if options.sample:
                by_kind = [[fault for fault in faults if fault[0] == kind] for kind in KINDS]
                each = options.sample // len(KINDS)
                faults = [fault for found in by_kind for fault in found[:: -(-len(found) // each)]]
            for kind, at in faults:
                wrong = trial.disturb(kind, at)
                total += 1
                for each in wrong:
                    failures.append(f"{command}, {kind} at {at} ({trial.operations[at - 1]}): {each}")
                    print(failures[-1], flush=True)
            print(f"{command}: {len(trial.operations)} file operations, {len(faults)} disturbed runs", flush=True)
            for name, count in sorted(trial.counts.items()):
                print(f"  {count:5} {name}")
    print(f"{total} faults, {len(failures)} wrong, {time.perf_counter() - started:.0f} s")
    raise SystemExit(bool(failures))


if __name__ == "__main__":
    main()
