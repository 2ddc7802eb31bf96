"""The bytes of one file: read from the folder, or from the record where they are known to be there."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from perfbook.collecting.archive import Archive
from perfbook.collecting.scan import Limits, Listed, Scanned, read_listed
from perfbook.collecting.seen import SeenFiles


def snapshot(entry: Listed, zone: tzinfo, limits: Limits, archive: Archive, seen: SeenFiles | None) -> Scanned:
    """The bytes of one file: from the archive where they are known, else from the folder."""
    if seen:
        scanned = read_listed(entry, zone, limits, known=seen.known)
        if not scanned.sha256:
            return scanned
        data = archive.find(scanned.sha256)
        if data is not None:
            return replace(scanned, data=data)
    return read_listed(entry, zone, limits)
