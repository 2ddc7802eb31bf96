"""A period from the record alone: every file as it was seen last, as if it still lay in the folder.

What comes and goes (files that somebody has open, unfinished downloads) is not in the record, and so not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from perfbook.collecting.archive import Archive, Event
from perfbook.collecting.events import KINDS_OF_FILES
from perfbook.collecting.outcomes import Verdict
from perfbook.collecting.scan import Scanned
from perfbook.framework.periods import Period


def replay(archive: Archive, period: Period, zone: tzinfo) -> tuple[Scanned, ...]:
    """The files of a period, in the order of their paths. Raises ArchiveError where the log is broken."""
    last: dict[str, list[Event]] = {}
    for event in archive.events():
        if event.kind in KINDS_OF_FILES and event.data["period"] == period.label:
            if event.kind == "received":
                last[event.data["path"]] = [event]
            elif event.data.get("gone"):
                last.pop(event.data["path"], None)
            else:
                last.setdefault(event.data["path"], []).append(event)
    order = sorted(last.items(), key=lambda item: (item[0].casefold(), item[0]))
    return tuple(scanned for path, events in order for scanned in _scanned(archive, path, events, zone))


def _scanned(archive: Archive, path: str, events: list[Event], zone: tzinfo) -> Iterator[Scanned]:
    first, judged = events[0], events[-1]
    if first.kind != "received" or (judged is not first and not judged.data["sha256"]):
        # It could not be read when it was seen last, or nothing in it was worth keeping.
        yield Scanned(path, modified=_modified(judged, zone), verdict=_verdict(judged))
        return
    digest, modified = first.data["sha256"], _modified(first, zone)
    data = archive.find(digest)
    if data is not None or digest in archive.redacted():
        yield Scanned(path, data or b"", modified, sha256=digest)
    elif judged is not first:
        # What was refused and then lost changes no figure.
        yield Scanned(path, modified=modified, verdict=_verdict(judged))


def _modified(event: Event, zone: tzinfo) -> datetime | None:
    written = event.data.get("modified", "")
    return datetime.fromisoformat(written).astimezone(zone) if written else None


def _verdict(event: Event) -> Verdict:
    return Verdict(event.kind, event.data["code"], event.data["reason"])  # type: ignore[arg-type]
