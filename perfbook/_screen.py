"""The screen of a terminal, and progress on it."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console

_WIDE = 200


def console() -> Console:
    """The screen; in a pipe, lines are not wrapped and carry no colour."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(width=_WIDE, highlight=False, color_system=None)


class Progress:
    """A progress bar on standard error, or nothing at all where nobody watches."""

    def __init__(self, title: str, *, shown: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._title = title
        self._bar = (
            RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            if shown
            else None
        )
        self._task = self._bar.add_task(title, total=None) if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int, name: str) -> None:
        if self._bar and self._task is not None:
            description = f"{self._title} {name}".strip()
            self._bar.update(self._task, completed=done, total=total, description=description)
