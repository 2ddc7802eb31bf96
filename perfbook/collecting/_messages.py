"""What a run and the process that looks into files say to each other: messages, each after its length."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns.opening import Opening

_LENGTH = struct.Struct("<Q")
_LONGEST = 200_000_000


@dataclass(frozen=True)
class Setup:
    """What a process has to know for a run. `memory` is in bytes, `seconds` on the clock for one file.

    Without a framework it only reads sheets, and says what files are.
    """

    framework: Framework | None
    period: Period | None
    opening: Opening
    memory: int
    seconds: float


@dataclass(frozen=True)
class Single:
    """One file by itself, as in `intake.inspect`; `file` is its name."""

    file: str
    data: bytes


@dataclass(frozen=True)
class Sheets:
    """A spreadsheet of which every sheet and cell is wanted; `file` is its name."""

    file: str
    data: bytes


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message and its length."""
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > _LONGEST:
        return None
    body = pipe.read(length)
    return body if len(body) == length else None
