"""Each file is looked into by a process of its own, which can be ended without harm to anything else.

    with Readers(framework, period, limits, files=40) as readers:
        future = readers.submit(Job("a.xlsx", data))
        future.result()

The processes start when the first file comes, serve one file after the other and are kept for the next run. They are
plain children that run `reading_process` and nothing else. The pools of the standard library and of pebble start theirs
by importing the caller's main module again where there is no fork, so a script without a guard would begin anew in each
of them; here a script needs none. What a process answers is taken apart by a reader that makes records and nothing
else, for it comes from where strangers' files are read.

A file is given up when its process takes too long or too much memory, or dies. A dying process may be no fault of the
file, nor may memory that an earlier file left behind: then a fresh process tries once more, so that the verdict on a
file depends on nothing but the file.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from perfbook.collecting import outcomes, slices
from perfbook.collecting._messages import Setup
from perfbook.collecting._reader_process import Gone, ReaderProcess
from perfbook.collecting.intake import Examined
from perfbook.collecting.outcomes import Verdict, verdict
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns.opening import OPENING, Opening
from perfbook.settings import ReadingSettings

_MOST_PROCESSES = 4
# So many files keep one process busy for as long as another takes to start.
_FILES_A_PROCESS = 12
# A file that tells the truth of itself has what it wants the third time.
_MOST_ASKED = 5
_LOOK = 0.02
_KEEP = 30.0
_MEGABYTE = 1_000_000


T = TypeVar("T")


@dataclass(frozen=True)
class ReadingLimits:
    """What one file may take: seconds on the clock, bytes of memory of its process, and what it may unpack to.

    `processes` is how many files are read at once, 0 for as many as are worth their start.
    """

    seconds: float = 30.0
    memory: int = 300_000_000
    processes: int = 0
    opening: Opening = OPENING


def reading_limits(settings: ReadingSettings, root: Path) -> ReadingLimits:
    """The limits that perfbook.toml sets, with the passwords of the workspace at `root`. Raises WorkspaceError."""
    return ReadingLimits(
        seconds=settings.seconds,
        memory=settings.memory * _MEGABYTE,
        processes=settings.processes,
        opening=Opening(
            parts=settings.parts,
            unpacked=settings.unpacked * _MEGABYTE,
            ratio=settings.ratio,
            passwords=settings.passwords(root),
        ),
    )


@dataclass(frozen=True)
class Job:
    """One file to look into; `path` and `expected` as in `intake.examine`.

    `directorate` is whose return it seems to be, by its name.
    """

    path: str
    data: bytes
    expected: bool = False
    directorate: str = ""


class Readers:
    """Processes that look into files. Leave the `with` block to give them back."""

    def __init__(
        self,
        framework: Framework | None,
        period: Period | None,
        limits: ReadingLimits | None = None,
        *,
        files: int = 1,
    ) -> None:
        self._limits = limits = limits or ReadingLimits()
        large = framework is not None and len(framework.measures) > slices.WHOLE
        self._slices = slices.Slices(framework) if framework and large else None
        told = self._slices.base if self._slices else framework
        self._setup = Setup(told, period, limits.opening, limits.memory, limits.seconds)
        worth = min(_MOST_PROCESSES, os.cpu_count() or 1, 1 + files // _FILES_A_PROCESS)
        self.count = limits.processes or worth
        self._idle: queue.LifoQueue[ReaderProcess | None] = queue.LifoQueue()
        for _ in range(self.count):
            self._idle.put(None)
        self._busy: dict[ReaderProcess, float] = {}
        self._lock = threading.Lock()
        self._room = threading.Semaphore(2 * self.count)
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="perfbook-reader")
        self._closing = threading.Event()
        self._guard: threading.Thread | None = None

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with self._lock:
                for busy in self._busy:
                    busy.kill(Gone.STOPPED)
        self._threads.shutdown(cancel_futures=True)
        self._closing.set()
        if self._guard:
            self._guard.join()
        while not self._idle.empty():
            idle = self._idle.get()
            if idle is not None:
                _POOL.give_back(idle)

    def submit(self, job: Job) -> Future[Examined]:
        """Look into a file. Waits while enough files are under way. The future may raise ReadingError."""
        self._room.acquire()
        self._watch_over()
        future = self._threads.submit(self._examine, job)
        future.add_done_callback(lambda _: self._room.release())
        return future

    def flush(self) -> None:
        """Nothing is held back here; see `spread`."""

    def _watch_over(self) -> None:
        if self._guard is None:
            self._guard = threading.Thread(target=self._watch, name="perfbook-guard", daemon=True)
            self._guard.start()

    def ask(self, request: object, kind: type[T]) -> T | Verdict:
        """The record that answers a request, or the verdict on what it is about. Raises ReadingError."""
        self._watch_over()
        process = self._idle.get()
        try:
            if process is not None and not process.is_alive:
                process.end()
                process = None
            reader = process or _POOL.take()
            process, fresh = reader, not reader.served
            answer = self._ask(reader, request, kind)
            # Of what an earlier file left behind this one is innocent, and any process may die once.
            if answer is Gone.CRASHED or (answer is Gone.TOO_MUCH_MEMORY and not fresh):
                reader.end()
                process = reader = ReaderProcess()
                answer = self._ask(reader, request, kind)
            return self._verdict(answer) if isinstance(answer, Gone) else answer
        finally:
            if process is not None and process.memory() > self._limits.memory // 2:
                process.end()
            self._idle.put(process)

    def _examine(self, job: Job) -> Examined:
        part = self._slices.of(job.directorate) if self._slices else None
        for _ in range(_MOST_ASKED):
            answer = self.ask((job.path, job.data, job.expected, part), Examined)
            if isinstance(answer, Verdict):
                return Examined(verdict=answer)
            if answer.wants is None or self._slices is None:
                return answer
            # Each time it has more, until it has all that the file is about.
            part = self._slices.wanted(answer.wants)
        return Examined(verdict=verdict(outcomes.FAILED))

    def _ask(self, process: ReaderProcess, request: object, kind: type[T]) -> T | Gone:
        process.set_up(self._setup)
        with self._watched(process):
            return process.ask(request, kind)

    def _verdict(self, gone: Gone) -> Verdict:
        if gone is Gone.TOO_SLOW:
            return verdict(outcomes.TOO_SLOW, seconds=f"{self._limits.seconds:g}")
        return verdict(outcomes.TOO_MUCH_MEMORY if gone is Gone.TOO_MUCH_MEMORY else outcomes.CRASHED)

    @contextlib.contextmanager
    def _watched(self, process: ReaderProcess) -> Iterator[None]:
        with self._lock:
            self._busy[process] = time.monotonic() + self._limits.seconds
        try:
            yield
        finally:
            with self._lock:
                del self._busy[process]

    def _watch(self) -> None:
        """End processes that take too long or too much."""
        while not self._closing.wait(_LOOK):
            with self._lock:
                for process, deadline in self._busy.items():
                    if time.monotonic() > deadline:
                        process.kill(Gone.TOO_SLOW)
                    elif process.memory() > self._limits.memory:
                        process.kill(Gone.TOO_MUCH_MEMORY)


class _Pool:
    """Processes that wait for the next run: for half a minute, or until the program ends."""

    def __init__(self) -> None:
        self._idle: list[ReaderProcess] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        atexit.register(self.close)

    def take(self) -> ReaderProcess:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_alive:
                    return process
                process.end()
        return ReaderProcess()

    def give_back(self, process: ReaderProcess) -> None:
        if not process.is_alive:
            process.end()
            return
        with self._lock:
            self._idle.append(process)
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(_KEEP, self.close)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
            if self._timer:
                self._timer.cancel()
        for process in idle:
            process.end()


_POOL = _Pool()
