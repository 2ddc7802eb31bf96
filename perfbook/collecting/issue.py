"""Recording which returns were sent out, so that a return that comes back can be told from one that was made up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from perfbook.collecting.archive import Archive, Event, NewEvent
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period

Entry = tuple[str, str, str, bytes]


def register_issues(
    archive: Archive, framework: Framework, period: Period, entries: Iterable[Entry], as_at: datetime
) -> tuple[Event, ...]:
    """Record returns as issued: (directorate key, issue id, file name, bytes) each; an issue is recorded once.

    Raises CannotWriteError.
    """
    known = {event.data["issue"] for event in archive.events("issued")}
    new: list[NewEvent] = []
    for directorate, issue, name, data in entries:
        if issue in known:
            continue
        known.add(issue)
        fields = {
            "issue": issue,
            "directorate": directorate,
            "period": period.label,
            "framework": framework.version,
            "file": name,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        new.append(NewEvent("issued", as_at, fields))
    return archive.append_all(new)
