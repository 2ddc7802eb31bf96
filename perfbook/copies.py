"""Read-only copies of the returns behind the figures that a scorecard shows, beside it, so that a link opens them.

What lies in the shared folder is changed by its managers, and nothing is written there; the archive has the bytes as
they were read, under names that nobody knows. The copies bear the returns' names and the beginning of their hash.
"""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from perfbook._files import remove_file, write_whole
from perfbook.collecting.archive import Archive
from perfbook.records import Quarter, Source
from perfbook.workbook.text import file_name, shortened

FOLDER = "returns as read"
_HASH, _STEM = 12, 60
_OURS = re.compile(rf" [0-9a-f]{{{_HASH}}}\.[A-Za-z0-9]+$")


def copy_name(source: Source) -> str:
    """The name of the copy of a return, short enough for Excel's 218 characters of a path."""
    name = PurePosixPath(file_name(PurePosixPath(source.file).name))
    stem = shortened(name.stem, _STEM).strip(" .")
    return f"{stem} {source.sha256[:_HASH]}{name.suffix.lower() or '.xlsx'}"


def with_copies(quarter: Quarter) -> Quarter:
    """The quarter with where the copies lie, from its scorecard, by SHA-256.

    Those behind its own figures, those of the period before and of the same period last year.
    """
    files = {source.sha256: source for source in _sources(quarter)}
    return replace(quarter, copies={sha256: f"{FOLDER}/{copy_name(each)}" for sha256, each in files.items()})


def _sources(quarter: Quarter) -> Iterator[Source]:
    wanted = {quarter.period, quarter.period.previous, quarter.period.same_last_year}
    own = [each.own for each in quarter.adjusted if each.own]
    for observation in (*quarter.observations, *own):
        if observation.source and observation.source.sha256 and observation.reported_in in wanted:
            yield observation.source
    for report in quarter.actions:
        if report.source and report.source.sha256 and report.period in wanted:
            yield report.source


def write_copies(folder: Path, archive: Archive, copies: Mapping[str, str]) -> None:
    """Write the copies below the folder of the scorecard, for reading only; those that nothing leads to any more go.

    A file whose bytes the archive has no more has no copy. Raises CannotWriteError.
    """
    wanted = {}
    for digest, place in copies.items():
        path = folder / place
        data = None if path.is_file() else archive.find(digest)
        if data is not None:
            write_whole(path, data)
            path.chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH)
        if data is not None or (path.is_file() and digest not in archive.redacted()):
            wanted[path.name] = path
    for path in sorted((folder / FOLDER).glob("*")) if (folder / FOLDER).is_dir() else ():
        if _OURS.search(path.name) and path.name not in wanted:
            with contextlib.suppress(OSError):  # Windows removes no file that is for reading only
                path.chmod(stat.S_IREAD | stat.S_IWRITE)
            remove_file(path)
