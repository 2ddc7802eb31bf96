"""How much memory the processes that a process started have at most, each for itself.

The system's own highest mark of a child counts what it shared with its parent when it was started, which is all that
the parent had. So they are looked at while they run: what each has for itself, and its share of what it shares.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

_EVERY = 0.2


class Children:
    """Looks at the processes below this one until `stop`; `most` is then the megabytes of the largest."""

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop looking; the megabytes."""
        self._over.set()
        self._thread.join()
        return self.most

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            for number in _below(os.getpid()):
                self.most = max(self.most, _megabytes(number))


def _below(parent: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            numbers = [int(each) for each in task.read_text().split()]
        except OSError:
            continue
        for number in numbers:
            found += [number, *_below(number)]
    return found


def _megabytes(process: int) -> float:
    """What a process has for itself, and its share of what several have."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)
