"""Recording which returns were sent out, so that a return that comes back can be told from one that was made up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from perfbook.collecting.archive import Archive, Event, NewEvent
from perfbook.framework.model import Framework
from perfbook.framework.parts import Part
from perfbook.framework.periods import Period

# Directorate key, issue id, file name, SHA-256 of the bytes.
Entry = tuple[str, str, str, str]


def register_issues(
    archive: Archive,
    framework: Framework,
    period: Period,
    entries: Iterable[Entry],
    as_at: datetime,
    parts: Iterable[Part] = (),
) -> tuple[Event, ...]:
    """Record returns as issued; an issue is recorded once.

    Of `parts` it is recorded whose they are and what is in them. Raises CannotWriteError.
    """
    by_key = {part.key: part for part in parts}
    known = known_issues(archive)
    new: list[NewEvent] = []
    for directorate, issue, name, digest in entries:
        if issue in known:
            continue
        known.add(issue)
        fields: dict[str, object] = {
            "issue": issue,
            "directorate": directorate,
            "period": period.label,
            "framework": framework.version,
            "file": name,
            "sha256": digest,
        }
        part = by_key.get(directorate)
        if part:
            fields |= {"part_of": part.directorate, "owner": part.owner, "items": sorted(part.items)}
        new.append(NewEvent("issued", as_at, fields))
    return archive.append_all(new)


def known_issues(archive: Archive) -> set[str]:
    """The ids of all returns that were recorded as issued. Raises ArchiveError."""
    return {event.data["issue"] for event in archive.events("issued")}


def issued_parts(archive: Archive, period: Period) -> tuple[Part, ...]:
    """The owners' books that were sent out for a period, as they were sent out last. Raises ArchiveError."""
    found: dict[str, Part] = {}
    for event in archive.events("issued"):
        data = event.data
        if data["period"] == period.label and "part_of" in data:
            found.pop(data["directorate"], None)  # the last one stands last
            items = frozenset(data["items"])
            found[data["directorate"]] = Part(data["directorate"], data["part_of"], data["owner"], items)
    return tuple(found.values())
