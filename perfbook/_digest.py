"""A hash of what records hold, by which a run knows that it starts from the same as the one before."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from perfbook.framework.model import Framework


def digest_of(value: object) -> str:
    """A hash of all that a value of plain data and records holds, the same in every run."""
    found = _Digest()
    _Spelling(found).dump(value)
    return found.hexdigest()


def framework_digest(framework: Framework) -> str:
    """The hash of a framework, worked out once: more than its version, by which it asks for the same figures."""
    return framework.once("digest", lambda: digest_of(framework))


class _Digest:
    """What is written to it is not held, only hashed."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.hexdigest = self._hash.hexdigest

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Hash some more."""
        self._hash.update(data)
        return len(data)


class _Spelling(pickle.Pickler):
    """Writes down records by their fields alone, each time that it meets one: for a framework of many thousands."""

    def __init__(self, file: _Digest) -> None:
        super().__init__(file, protocol=4)
        self.fast = True  # what is one object in one run may be two of the same in the next

    def reducer_override(self, value: object) -> Any:
        kind = type(value)
        if kind not in _FIELDS:
            names = _fields_of(kind)
            many = len(names) > 1
            one = attrgetter(*names) if many else lambda record: (getattr(record, names[0]),)
            _FIELDS[kind] = one if names else None
        getter = _FIELDS[kind]
        if getter:
            return kind, getter(value)
        return (dict, (dict(value),)) if isinstance(value, MappingProxyType) else NotImplemented


# How the fields of each kind of record are had at once; None for what is no record.
_FIELDS: dict[type, Callable[[Any], tuple[Any, ...]] | None] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
