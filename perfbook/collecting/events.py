"""The lines of the archive's log: events, each sealed and chained to the one before.

A line carries its event's data and a random salt; what is chained is the seal, a hash over both. So the data of a line
can be redacted and the salt dropped: the chain still holds, and nobody can find the old data by trying. What stands in
a redacted line instead is vouched for by the `redacted` event that came of it, which has the hash of it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

# What becomes of a file; then what people and other rooms do with its figures.
KINDS_OF_FILES = ("received", "accepted", "merged", "superseded", "rejected", "ignored")
KINDS = (
    "issued",
    *KINDS_OF_FILES,
    "adjusted",
    "explained",
    "reported",
    "consolidated",
    "framework",
    "chased",
    "closed",
    "reopened",
    "released",
    "redacted",
)
# Events of versions whose figures count.
COUNTING = ("accepted", "merged")
# Fields of an event that name further bytes that are kept: what a version said, what a report showed, and the framework
# that it was about.
KEPT = ("figures", "snapshot", "measured")
ORIGIN = "0" * 64
_RESTORE = "Restore the archive from a backup."


@dataclass(frozen=True)
class Event:
    """One line of the log. `at` is aware; `previous` is the hash of the line before, `hash` of this one.

    `salt` is what `data` was sealed with. A redacted line has none, and its `seal` is kept instead; lines of before
    lines were sealed have neither.
    """

    seq: int
    at: datetime
    kind: str
    data: Mapping[str, Any]
    previous: str
    hash: str
    salt: str = ""
    seal: str = ""


@dataclass(frozen=True)
class NewEvent:
    """An event that is about to be appended."""

    kind: str
    at: datetime
    data: Mapping[str, Any]


def chained(new: NewEvent, last: Event | None) -> Event:
    """A new event after the last one. Raises ValueError for an unknown kind or a time without a zone."""
    if new.kind not in KINDS:
        raise ValueError(f"{new.kind!r} is not a kind of event")
    if new.at.tzinfo is None:
        raise ValueError("the time of an event needs a zone")
    seq, previous = (last.seq + 1, last.hash) if last else (1, ORIGIN)
    # Through JSON and back, so that an event is the same before and after it was written.
    data = json.loads(json.dumps(dict(new.data)))
    at = datetime.fromisoformat(new.at.isoformat())
    bare = Event(seq, at, new.kind, data, previous, "", secrets.token_hex(16))
    return replace(bare, hash=_hash(bare, dump(data)))


def redacted(event: Event, data: Mapping[str, Any]) -> Event:
    """The same line with other data. Raises ValueError for a line that was never sealed."""
    if not (event.salt or event.seal):
        raise ValueError(f"line {event.seq} is not sealed")
    seal = event.seal or _seal(event, dump(event.data))
    return replace(event, data=json.loads(json.dumps(dict(data))), salt="", seal=seal)


def vouching(events: Iterable[Event]) -> dict[str, str]:
    """What a `redacted` event says of redacted lines: by their number the hash of the data that they have now."""
    return {str(event.seq): hashlib.sha256(dump(event.data)).hexdigest() for event in events}


def line(event: Event) -> bytes:
    """An event as a line of the log."""
    return _line(event, dump(event.data))


def _line(event: Event, data: bytes) -> bytes:
    """The same, with its data written already: in the order of their names that of `at` comes before it."""
    first, rest = dump(_frame(event) | _sealed(event) | {"hash": event.hash}).split(b",", 1)
    return first + b',"data":' + data + b"," + rest + b"\n"


def dump(fields: Mapping[str, Any]) -> bytes:
    """A table as ASCII JSON; the same always gives the same bytes."""
    return json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def read_log(data: bytes, path: Path) -> tuple[list[Event], list[str]]:
    """The events of a log, and its problems. A last line without its end was never acknowledged: it is left out."""
    events: list[Event] = []
    problems: list[str] = []
    previous = ORIGIN
    for number, bare in enumerate(data.split(b"\n")[:-1], start=1):
        written = bare + b"\n"
        where = f"Line {number} of {path}"
        event = _parse(written)
        if event is None:
            problems.append(f"{where} was altered: it is not what its hash says. {_RESTORE}")
            # The hash that the line claims keeps one altered line from accusing all that follow.
            previous = _claimed_hash(written) or previous
            continue
        if event.previous != previous or event.seq != number:
            problems.append(f"{where} does not follow the line before it. {_RESTORE}")
        events.append(event)
        previous = event.hash
    return events, problems + _unvouched(events, path)


def _unvouched(events: Iterable[Event], path: Path) -> list[str]:
    """Redacted lines whose data is not what a redaction put there."""
    events = tuple(events)
    vouched: dict[str, Any] = {}
    for event in events:
        if event.kind == "redacted":
            vouched |= event.data.get("lines") or {}
    return [
        f"Line {event.seq} of {path} was altered: no redaction put there what it says. {_RESTORE}"
        for event in events
        if event.seal and vouched.get(str(event.seq)) != vouching([event])[str(event.seq)]
    ]


def _parse(written: bytes) -> Event | None:
    """The event of a line; None unless the line is byte for byte what its event writes."""
    try:
        fields = json.loads(written)
        event = Event(
            seq=fields["seq"],
            at=datetime.fromisoformat(fields["at"]),
            kind=fields["kind"],
            data=fields["data"],
            previous=fields["previous"],
            hash=fields["hash"],
            salt=fields.get("salt", ""),
            seal=fields.get("seal", ""),
        )
        data = dump(event.data)
        return event if _hash(event, data) == event.hash and _line(event, data) == written else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _claimed_hash(written: bytes) -> str:
    try:
        fields = json.loads(written)
        return str(fields["hash"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _sealed(event: Event) -> dict[str, Any]:
    return {name: value for name in ("salt", "seal") if (value := getattr(event, name))}


def _frame(event: Event) -> dict[str, Any]:
    return {"seq": event.seq, "at": event.at.isoformat(), "kind": event.kind, "previous": event.previous}


def _seal(event: Event, data: bytes) -> str:
    return hashlib.sha256(event.salt.encode("ascii") + b"\n" + data).hexdigest()


def _hash(event: Event, data: bytes) -> str:
    """The hash of an event whose data was written as `data`."""
    if not (event.salt or event.seal):
        return hashlib.sha256(dump(_frame(event) | {"data": dict(event.data)})).hexdigest()
    return hashlib.sha256(dump(_frame(event) | {"seal": event.seal or _seal(event, data)})).hexdigest()
