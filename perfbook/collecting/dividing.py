"""Which directorates return in parts, one an owner: as was asked for, unless it was done the other way already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfbook.collecting.archive import COUNTING, Archive
from perfbook.collecting.issue import issued_parts
from perfbook.errors import UsageError
from perfbook.framework.model import Framework
from perfbook.framework.parts import Part, parts_of
from perfbook.framework.periods import Period
from perfbook.settings import By


def divide(
    framework: Framework, archive: Archive, period: Period, wanted: Sequence[str], by: By | None, usual: By
) -> tuple[Part, ...]:
    """The parts of all directorates that return by owner: those that were sent out, and those that are `wanted` so.

    `by` is what was asked for, `usual` what the settings say. Raises UsageError where a directorate returned the other
    way already.
    """
    issued = issued_parts(archive, period)
    divided = {part.directorate for part in issued}
    whole = _returned_whole(archive, period)
    found = {part.key: part for part in issued}
    for key in wanted:
        name = framework.directorate(key).name
        if by == "directorate" and key in divided:
            raise UsageError(
                f"{name} returns {period.label} by owner: the owners\u2019 books were sent out. "
                "Leave --by out, or name another directorate with --directorate."
            )
        if by == "owner" and key in whole:
            raise UsageError(
                f"{name} has returned the book of the whole directorate for {period.label} ({whole[key]}), so it "
                "cannot be divided any more. Name the other directorates with --directorate."
            )
        if key in divided or ((by or usual) == "owner" and key not in whole):
            # What was sent out stays in its book, whatever the framework says of owners now.
            held = {item for part in issued for item in part.items if part.directorate == key}
            for part in parts_of(framework, key, period):
                known = found[part.key].items if part.key in found else frozenset()
                if part.items - held:
                    found[part.key] = replace(part, items=known | (part.items - held))
    return tuple(found.values())


def _returned_whole(archive: Archive, period: Period) -> dict[str, str]:
    """The directorates, or owners' books, of which something that was filled in has counted, and its file."""
    return {
        event.data["directorate"]: event.data["path"]
        for event in archive.events()
        if event.kind in COUNTING and event.data["period"] == period.label and event.data["state"] != "not started"
    }
