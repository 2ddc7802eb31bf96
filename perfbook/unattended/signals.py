"""Being told to stop: Ctrl+C, a service manager's stop, a closing console. Only the main thread can be told."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")  # some systems lack some of them
Handler = Callable[[int, FrameType | None], None]


class StoppedError(KeyboardInterrupt):
    """We were told to stop. Not the plain class: Python itself ends by the signal where that passes an import."""


@contextlib.contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """An event that is set when we are told to stop; work under way is finished first, unless told twice."""
    stop = threading.Event()

    def handler(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise StoppedError
        stop.set()

    with _handled_by(handler):
        yield stop


@contextlib.contextmanager
def interrupted_by_stop() -> Iterator[None]:
    """Being told to stop interrupts, as Ctrl+C does, so that everything is cleared away on the way out."""

    def handler(number: int, frame: FrameType | None) -> None:
        raise StoppedError

    with _handled_by(handler):
        yield


@contextlib.contextmanager
def _handled_by(handler: Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = [(number, signal.signal(number, handler)) for number in numbers]
    try:
        yield
    finally:
        for number, old in before:
            signal.signal(number, old)
