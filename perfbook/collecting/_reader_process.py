"""One process that looks into files: started, asked, watched and ended from here (see `isolation`)."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TypeVar

import psutil

from perfbook._packing import pack, records_of
from perfbook.collecting._messages import Setup, receive, send
from perfbook.errors import ReadingError

T = TypeVar("T")
# -P: what lies in the current folder, a shared one perhaps, is never taken for a library.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from perfbook.collecting.reading_process import main; main()"
)
# What Rust and Python say before they give up on a limit that the system sets.
_OUT_OF_MEMORY = ("memory allocation of", "MemoryError")
_START_WITHIN = 300.0  # seconds; so long only where it hangs, however busy the machine
_PLAIN = {
    ("decimal", "Decimal"),
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
}


class Gone(enum.Enum):
    """Why a process gave no answer."""

    TOO_SLOW = enum.auto()
    TOO_MUCH_MEMORY = enum.auto()
    CRASHED = enum.auto()
    STOPPED = enum.auto()


class ReaderProcess:
    """A process that waits for files. `served` is how many it was given.

    Raises ReadingError where it cannot be started.
    """

    def __init__(self) -> None:
        self.served = 0
        self._setup: Setup | None = None
        self._ended_for: Gone | None = None
        # What a library prints when it dies is for nobody's screen, but tells of what it died.
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 (closed in end)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, json.dumps(_paths())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows no console flashes up
            )
        except (OSError, ValueError) as error:
            self._last_words.close()
            raise ReadingError(f"The process that reads files cannot be started: {error}.") from error
        limit = threading.Timer(_START_WITHIN, self._process.kill)
        limit.daemon = True
        limit.start()
        ready = receive(self._pipe(self._process.stdout))
        limit.cancel()
        # It says its own number: on Windows what was started may be a launcher of the Python that runs.
        try:
            self._system = psutil.Process(int(ready or b"none"))
        except (ValueError, psutil.Error):
            words = self._said().strip().splitlines()
            self.end()
            said = f": {words[-1]}" if words else ""
            raise ReadingError(f"The process that reads files ended at its start{said}.") from None

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._ended_for is None and self._process.poll() is None

    def set_up(self, setup: Setup) -> None:
        """Tell it what the run is about, unless it knows. A dead process shows when it is asked."""
        if setup is self._setup:
            return
        with contextlib.suppress(OSError):
            send(self._pipe(self._process.stdin), pack(setup))
        self._setup = setup

    def ask(self, request: object, kind: type[T]) -> T | Gone:
        """Have it answer a request with a record of a kind; why there is none otherwise."""
        self.served += 1
        try:
            send(self._pipe(self._process.stdin), pickle.dumps(request))
            answer = receive(self._pipe(self._process.stdout))
            found = take_apart(answer) if answer is not None else None
        except Exception:  # a spoilt answer fails in any way, and what sent it is not to be believed
            found = None
        if isinstance(found, kind):
            return found
        self._kill()
        self._process.wait()
        if self._ended_for:
            return self._ended_for
        said = self._said()
        return Gone.TOO_MUCH_MEMORY if any(words in said for words in _OUT_OF_MEMORY) else Gone.CRASHED

    def memory(self) -> int:
        """The bytes that it takes at the moment; 0 for one that has ended."""
        try:
            return int(self._system.memory_info().rss)
        except psutil.Error:
            return 0

    def kill(self, reason: Gone) -> None:
        """End it in the middle of a file."""
        self._ended_for = self._ended_for or reason
        self._kill()

    def end(self) -> None:
        """End it, and let go of all that belongs to it; can be called twice."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._last_words):
            with contextlib.suppress(OSError):
                self._pipe(pipe).close()

    def _kill(self) -> None:
        self._process.kill()
        with contextlib.suppress(AttributeError, psutil.Error):
            self._system.kill()

    def _said(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._last_words.seek(0)
            return self._last_words.read(100_000).decode("utf-8", "replace")
        return ""

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def take_apart(answer: bytes) -> object:
    """The records in an answer. Raises anything for bytes that are none."""
    return records_of(answer, _PLAIN)


def _paths() -> list[str]:
    """Where this program finds its libraries, as full paths; and where it was found itself."""
    own = str(Path(__file__).resolve().parents[2])
    known = [os.path.abspath(path) for path in sys.path if path]  # noqa: PTH100 (a zip file is no Path to resolve)
    return known if own in known else [*known, own]
