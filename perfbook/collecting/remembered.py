"""What files said when they were read last, so that the same bytes need not be read again.

It lies beside what is known of the files themselves (`seen`), and like it changes no result: a reading counts only for
the same bytes under the same name, for the same framework, period, limits, passwords and the same code. Anything else
in its place is passed over, and the file is read.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import lru_cache
from importlib import metadata

from perfbook._code import own_state
from perfbook._digest import digest_of, framework_digest
from perfbook.collecting import outcomes
from perfbook.collecting._reader_process import take_apart
from perfbook.collecting.intake import Examined
from perfbook.collecting.seen import SeenFiles
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Change
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
        self._about = digest_of((framework_digest(framework), period, opening, code_version()))

    def recall(self, path: str, sha256: str, expected: bool) -> Examined | None:
        """What was made of a file; None where it has to be read."""
        found = _taken_apart(self._seen.reading(path, (self._key(sha256), self._key(sha256, expected))))
        return found if isinstance(found, Examined) else None

    def figures(self, path: str) -> str:
        """Under which hash the record has what `recall` answered of a file; empty where that is not known."""
        return self._seen.figures(path)

    def note_figures(self, path: str, figures: str) -> None:
        """Remember under which hash the record has what was made of a file, neither more nor less."""
        self._seen.note_figures(path, figures)

    def note(self, path: str, sha256: str, expected: bool, found: Examined) -> None:
        """Remember what was made of a file."""
        if found.verdict is None or found.verdict.code not in _PASSING:
            # Whether a return was expected there matters only of what is none (see `intake.examine`).
            depends = found.verdict is not None and found.verdict.code in _BY_EXPECTATION
            key = self._key(sha256, expected) if depends else self._key(sha256)
            self._seen.note_reading(path, key, _packed(found))

    def changes(
        self, directorate: str, about: object, zone: tzinfo, work: Callable[[], tuple[Change, ...]]
    ) -> tuple[Change, ...]:
        """What has changed in a return, its moments in a zone; kept while it is `about` the same versions."""
        # No file of the folder has such a name.
        path, key = f"//changes of {directorate}", digest_of((self._about, about))
        known = _taken_apart(self._seen.reading(path, (key, key)))
        if isinstance(known, tuple) and all(isinstance(each, Change) for each in known):
            return tuple(_in(zone, each) for each in known)
        found = work()
        self._seen.note_reading(path, key, _packed(tuple(_in(UTC, each) for each in found)))
        return found

    def _key(self, sha256: str, expected: bool | None = None) -> str:
        return f"{sha256} {expected} {self._about}"


def _packed(value: object) -> bytes:
    packed = zlib.compress(pickle.dumps(value), 1)
    return hashlib.sha256(packed).digest() + packed


def _taken_apart(kept: bytes | None) -> object:
    """What was packed; None for what is spoilt."""
    if kept is None or hashlib.sha256(kept[_CHECK:]).digest() != kept[:_CHECK]:
        return None
    try:
        return take_apart(zlib.decompress(kept[_CHECK:]))
    except Exception:  # what is spoilt fails in any way
        return None


def _in(zone: tzinfo, change: Change) -> Change:
    return replace(change, was=change.was.astimezone(zone), now=change.now.astimezone(zone))


@lru_cache(maxsize=1)
def code_version() -> str:
    """What tells one state of perfbook, and of the libraries that read files, from another."""
    found = hashlib.sha256(own_state().encode())
    for name in _LIBRARIES:
        found.update(f"{name} {metadata.version(name)}\n".encode())
    return found.hexdigest()
