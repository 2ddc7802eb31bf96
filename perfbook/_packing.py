"""Values of ours as bytes, to be handed to another process."""

from __future__ import annotations

import io
import pickle
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
