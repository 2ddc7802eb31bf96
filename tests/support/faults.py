"""Kills this process, or makes a file operation fail, at the Nth operation below some folders; counts them.

What counts: opening, reading, writing, flushing to the disk and cutting files; making, renaming, deleting, listing,
changing the rights of entries; connecting to SQLite. Everything goes through `io.open` or `os`, since perfbook writes
through nothing else.
"""

from __future__ import annotations

import builtins
import errno
import functools
import io
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

KINDS = ("kill", "torn", "full", "denied")


class Faults:
    """Counts the operations below `roots`, and at number `at` (from 1) does what `kind` says.

    `kill` ends the process as kill -9 does; `torn` too, but of a write half is done. From then on `full` fails what
    writes with ENOSPC; `denied` fails that one operation with EACCES. `noted` names every operation.
    """

    def __init__(self, roots: tuple[Path, ...], kind: str = "", at: int = 0) -> None:
        self.roots = tuple(os.fspath(root) for root in roots)
        self.kind, self.at = kind, at
        self.noted: list[str] = []
        self._handles: dict[int, str] = {}

    def install(self) -> None:
        """Take the place of the functions that work on files, until the process ends."""
        opened = self._open(io.open)
        io.open = builtins.open = opened
        os.open = self._os_open(os.open)
        for name, writes in (
            *(("replace", True), ("rename", True), ("mkdir", True), ("unlink", False), ("remove", False)),
            *(("chmod", True), ("truncate", True), ("scandir", False), ("listdir", False)),
        ):
            setattr(os, name, self._named(name, getattr(os, name), writes=writes))
        os.fsync = self._of_handle("fsync", os.fsync)
        os.write = self._of_handle("write", os.write)
        sqlite3.connect = self._sqlite(sqlite3.connect)

    def step(self, name: str, path: str, *, writes: bool, half: Callable[[], object] | None = None) -> None:
        """One operation is about to happen."""
        self.noted.append(f"{name} {path}")
        number = len(self.noted)
        if self.kind in ("kill", "torn") and number == self.at:
            if self.kind == "torn" and half:
                half()
            os.kill(os.getpid(), signal.SIGKILL) if hasattr(signal, "SIGKILL") else os._exit(137)
        if self.kind == "full" and number >= self.at and writes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        if self.kind == "denied" and number == self.at:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    def _place(self, path: Any) -> str:
        """The path as it is noted, from the folder that it lies in; empty where it is none of ours."""
        if isinstance(path, int):
            return self._handles.get(path, "")
        text = os.fsdecode(os.fspath(path))
        for root in self.roots:
            if text == root or text.startswith(root + os.sep):
                return text.removeprefix(root).lstrip(os.sep) or "."
        return ""

    def _named(self, name: str, real: Callable[..., Any], *, writes: bool) -> Callable[..., Any]:
        @functools.wraps(real)
        def called(path: Any = ".", *more: Any, **options: Any) -> Any:
            place = self._place(path)
            if place:
                self.step(name, place, writes=writes)
            return real(path, *more, **options)

        return called

    def _of_handle(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def called(handle: int, *more: Any) -> Any:
            place = self._handles.get(handle, "")
            if place:
                self.step(name, place, writes=True, half=lambda: _half(real, handle, more))
            return real(handle, *more)

        return called

    def _os_open(self, real: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(real)
        def called(path: Any, flags: int, *more: Any, **options: Any) -> int:
            place = self._place(path)
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if place:
                self.step("open", place, writes=writes)
            handle = real(path, flags, *more, **options)
            self._handles.pop(handle, None)
            if place and writes:
                self._handles[handle] = place
            return handle

        return called

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def called(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            place, writes = self._place(file), any(letter in mode for letter in "wax+")
            if place and not isinstance(file, int):
                self.step("open", place, writes=writes)
            made = real(file, mode, *more, **options)
            if place:
                self._watch(made, place, writes=writes)
            return made

        return called

    def _watch(self, file: Any, place: str, *, writes: bool) -> None:
        """Have the methods of an open file counted."""
        self._handles[file.fileno()] = place
        for name in ("write", "truncate", "flush") if writes else ("read",):
            real = getattr(file, name)

            def called(*more: Any, name: str = name, real: Callable[..., Any] = real) -> Any:
                def half() -> None:
                    if name == "write":
                        real(more[0][: len(more[0]) // 2])
                        io.BufferedWriter.flush(file) if isinstance(file, io.BufferedWriter) else None

                self.step(name, place, writes=writes, half=half)
                return real(*more)

            setattr(file, name, called)

    def _sqlite(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def called(path: Any, *more: Any, **options: Any) -> Any:
            place = self._place(path)
            try:
                if place:
                    self.step("connect", place, writes=True)
            except OSError as error:
                raise sqlite3.OperationalError("unable to open database file") from error
            return real(path, *more, **options)

        return called


def _half(real: Callable[..., Any], handle: int, more: tuple[Any, ...]) -> None:
    if more:
        real(handle, more[0][: len(more[0]) // 2])
