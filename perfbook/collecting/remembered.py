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
from perfbook.returns.opening import Opening

# What another run may see otherwise: the machine was busy, or something broke.
_PASSING = (outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY, outcomes.CRASHED, outcomes.FAILED)
_LIBRARIES = ("python-calamine", "msoffcrypto-tool", "olefile", "defusedxml")
_CHECK = 32


class Remembered:
    """The readings of one folder."""

    def __init__(self, seen: SeenFiles, framework: Framework, period: Period, opening: Opening) -> None:
        self._seen = seen
        about = hashlib.sha256()
        _feed(about.update, (framework, period, opening, opening.passwords, code_version()))
        self._about = about.hexdigest()

    def recall(self, path: str, sha256: str, expected: bool) -> Examined | None:
        """What was made of a file; None where it has to be read."""
        kept = self._seen.reading(path, self._key(sha256, expected))
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
            self._seen.note_reading(path, self._key(sha256, expected), hashlib.sha256(packed).digest() + packed)

    def _key(self, sha256: str, expected: bool) -> str:
        return f"{sha256} {int(expected)} {self._about}"


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


def _feed(update: Callable[[bytes], object], value: object) -> None:
    """Put a value into a hash, all of it, in an order that does not depend on the run."""
    if is_dataclass(value) and not isinstance(value, type):
        update(f"{type(value).__name__}(".encode())
        for field in fields(value):
            _feed(update, getattr(value, field.name))
    elif isinstance(value, Mapping):
        update(b"{")
        for digest, item in sorted(((_digest(key), item) for key, item in value.items()), key=lambda pair: pair[0]):
            update(digest)
            _feed(update, item)
    elif isinstance(value, set | frozenset):
        update(b"<")
        for digest in sorted(_digest(item) for item in value):
            update(digest)
    elif isinstance(value, tuple | list):
        update(b"[")
        for item in value:
            _feed(update, item)
    else:
        update(repr(value).encode("utf-8", "surrogatepass"))
    update(b",")


def _digest(value: object) -> bytes:
    found = hashlib.sha256()
    _feed(found.update, value)
    return found.digest()
