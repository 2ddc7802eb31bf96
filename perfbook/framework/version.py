"""The version of a framework: a fingerprint of what it says, not of the file that says it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from perfbook.framework.model import ENTERED, Framework, Place, Target
from perfbook.framework.periods import Period

_LATER = frozenset({"deliverables", "actions", "sections", "grids", "remarks", "published_statements"})
# How figures are checked, and what officers decided about explanations and figures.
_NOT_MEASURED = (
    "checks",
    "suppressions",
    "decisions",
    "adjustments",
    "moves",
    "text_corrections",
    "published_ratings",
    "sums",
)
# What does not make use of it has the version that it had before anything could.
_WHERE_ASKED = frozenset(
    {
        "evidence",
        "due",
        "chosen_without_target",
        "to_date",
        "again",
        "percent",
        "only_if",
        "or_if",
        "baseline",
        "direction",
        "dated",
        "mark",
    }
)
# Who is told of a late return.
_WHO_IS_TOLD = frozenset({"escalation_role", "escalation_email"})
# How the end of a year is told changes nothing that a return asks for.
_SHOWN = frozenset({"forecast"})


def version_of(framework: Framework) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the framework's content.

    Where a figure stands (its Place), how a target that is a number happens to be formatted and how figures are checked
    do not count: a return that was sent out before asks for the same.
    """
    content = _plain(replace(framework, version="", remarks=()))
    # A framework without them has the version that it had before there were any.
    content = {name: value for name, value in content.items() if value or name not in _LATER}
    for name in _NOT_MEASURED:
        del content[name]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def with_version(framework: Framework) -> Framework:
    """The framework with its version filled in."""
    return replace(framework, version=version_of(framework))


def _plain(value: object) -> Any:
    if isinstance(value, Period):
        return value.label
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, Target):
        # "85%" and "85.0%" in the cell are the same target.
        return [_plain(value.value), _plain(value.high), value.shown if value.value is None else ""]
    if is_dataclass(value):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in fields(value)
            if f.name not in _WHO_IS_TOLD | _SHOWN
            and not isinstance(getattr(value, f.name), Place)
            and (getattr(value, f.name) or f.name not in _WHERE_ASKED)
            and not (f.name == "entered" and getattr(value, f.name) == ENTERED[0])
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return {_name(key): _plain(item) for key, item in value.items()}
    return value


def _name(key: object) -> str:
    return "\t".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
