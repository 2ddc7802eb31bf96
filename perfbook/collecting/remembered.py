"""What files said when they were read last, so that the same bytes need not be read again.

It lies beside what is known of the files themselves (`seen`), and like it changes no result: a reading counts only for
the same bytes under the same name, for the same framework, period, limits, passwords and the same code. Anything else
in its place is passed over, and the file is read.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from perfbook.collecting import outcomes
from perfbook.collecting._reader_process import take_apart
from perfbook.collecting.intake import Examined
from perfbook.collecting.seen import SeenFiles
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import reader
from perfbook.returns.opening import Opening

# What another run may see otherwise: the machine was busy, or something broke.
_PASSING = (outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY, outcomes.CRASHED, outcomes.FAILED)
_BY_EXPECTATION = (outcomes.NO_RETURN, reader.NOT_A_RETURN)
_LIBRARIES = ("python-calamine", "msoffcrypto-tool", "olefile", "defusedxml")
_CHECK = 32


class Remembered:
    """The readings of one folder."""

    def __init__(self, seen: SeenFiles, framework: Framework, period: Period, opening: Opening) -> None:
        self._seen = seen
        self._about = digest_of((framework, period, opening, code_version()))

    def recall(self, path: str, sha256: str, expected: bool) -> Examined | None:
        """What was made of a file; None where it has to be read."""
        kept = self._seen.reading(path, (self._key(sha256), self._key(sha256, expected)))
        if kept is None or hashlib.sha256(kept[_CHECK:]).digest() != kept[:_CHECK]:
            return None
        try:
            found = take_apart(zlib.decompress(kept[_CHECK:]))
        except Exception:  # what is spoilt fails in any way
            return None
        return found if isinstance(found, Examined) else None

    def note(self, path: str, sha256: str, expected: bool, found: Examined) -> None:
        """Remember what was made of a file."""
        if found.verdict is None or found.verdict.code not in _PASSING:
            packed = zlib.compress(pickle.dumps(found), 1)
            # Whether a return was expected there matters only of what is none (see `intake.examine`).
            depends = found.verdict is not None and found.verdict.code in _BY_EXPECTATION
            key = self._key(sha256, expected) if depends else self._key(sha256)
            self._seen.note_reading(path, key, hashlib.sha256(packed).digest() + packed)

    def _key(self, sha256: str, expected: bool | None = None) -> str:
        return f"{sha256} {expected} {self._about}"


@lru_cache(maxsize=1)
def code_version() -> str:
    """What tells one state of perfbook, and of the libraries that read files, from another."""
    found = hashlib.sha256(sys.version.encode())
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*.py")):
        stat = path.stat()
        found.update(f"{path.relative_to(root).as_posix()} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for name in _LIBRARIES:
        found.update(f"{name} {metadata.version(name)}\n".encode())
    return found.hexdigest()


def digest_of(value: object) -> str:
    """A hash of all that a value of plain data and records holds, the same in every run."""
    pieces: list[str] = []
    _spell(value, pieces.append)
    return hashlib.sha256("".join(pieces).encode("utf-8", "surrogatepass")).hexdigest()


def _spell(value: object, write: Callable[[str], object]) -> None:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        write(repr(value))
    elif names := _fields_of(kind):  # type: ignore[arg-type]  # a class is hashable
        write(f"{kind.__name__}(")
        for name in names:
            _spell(getattr(value, name), write)
        write(")")
    elif isinstance(value, Mapping):
        write("{")
        for key, item in sorted((_spelt(key), _spelt(item)) for key, item in value.items()):
            write(f"{key}:{item}")
        write("}")
    elif isinstance(value, set | frozenset):
        write(f"<{sorted(_spelt(item) for item in value)}>")
    elif isinstance(value, tuple | list):
        write("[")
        for item in value:
            _spell(item, write)
        write("]")
    else:
        write(repr(value))
    write(",")


def _spelt(value: object) -> str:
    pieces: list[str] = []
    _spell(value, pieces.append)
    return "".join(pieces)


@lru_cache(maxsize=256)
def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
