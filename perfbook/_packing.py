"""Values of ours as bytes, to be handed to another process."""

from __future__ import annotations

import io
import pickle
from collections.abc import Collection
from dataclasses import is_dataclass
from types import MappingProxyType
from typing import Any


class _Pickler(pickle.Pickler):
    """Knows the one kind of value of a framework that Python itself does not pack."""

    def reducer_override(self, value: object) -> Any:
        return (frozen, (dict(value),)) if isinstance(value, MappingProxyType) else NotImplemented


def frozen(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A table that cannot be changed."""
    return MappingProxyType(table)


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
