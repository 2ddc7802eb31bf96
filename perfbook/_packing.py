"""Values of ours as bytes, to be handed to another process."""

from __future__ import annotations

import io
import pickle
from collections.abc import Collection
from dataclasses import is_dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo


class _Pickler(pickle.Pickler):
    """Knows the kinds of values that Python itself does not pack, or not so that `records_of` would take them."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, MappingProxyType):
            return frozen, (dict(value),)
        return (zone_of, (value.key,)) if isinstance(value, ZoneInfo) else NotImplemented


def frozen(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A table that cannot be changed."""
    return MappingProxyType(table)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name."""
    return ZoneInfo(name)


def pack(value: object) -> bytes:
    """A value as bytes for `pickle.loads`."""
    packed = io.BytesIO()
    _Pickler(packed).dump(value)
    return packed.getvalue()


def records_of(data: bytes, plain: Collection[tuple[str, str]]) -> object:
    """The records of ours in bytes, with values of these `plain` kinds (module and name) and nothing else.

    Raises anything for bytes that hold something else.
    """
    return _RecordsOnly(io.BytesIO(data), plain).load()


class _RecordsOnly(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, plain: Collection[tuple[str, str]]) -> None:
        super().__init__(file)
        self._plain = plain

    def find_class(self, module: str, name: str) -> Any:
        is_plain = (module, name) in self._plain
        found = super().find_class(module, name) if is_plain or module.startswith("perfbook.") else None
        if is_plain or (isinstance(found, type) and is_dataclass(found)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no record")
