"""Collecting one period: scan ► snapshot ► identify ► read ► decide ► log. What is decided, `Run` says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import Ledger, read_ledger
from perfbook.collecting.remembered import Remembered
from perfbook.collecting.replay import replay
from perfbook.collecting.run import Collected, Run
from perfbook.collecting.scan import Limits, Listed, Scanned, list_files
from perfbook.collecting.scope import Scope
from perfbook.collecting.seen import SeenFiles
from perfbook.collecting.snapshot import snapshot
from perfbook.collecting.spread import readers_for
from perfbook.collecting.terms import Terms
from perfbook.errors import UsageError
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period

__all__ = ["Collected", "Undertaken", "collect", "demand_zone", "undertake"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Undertaken:
    """A collection of which the record knows nothing yet."""

    collected: Collected
    _run: Run
    _archive: Archive
    _seen: SeenFiles | None

    def keep(self, *, partly: bool = False) -> Collected:
        """Write down what it found; `partly` where other files of the folder were not looked at."""
        self._archive.append_all(self._run.journal.events)
        if self._seen:
            for file in self._run.files.values():
                if file.sha256 and not file.scanned.sha256:
                    self._seen.note(file.scanned, file.sha256)
            self._seen.keep(partly=partly)
        return self.collected


def collect(
    *,
    framework: Framework,
    period: Period,
    folder: Path | None,
    archive: Archive,
    as_at: datetime,
    terms: Terms,
    seen: SeenFiles | None = None,
    progress: Progress | None = None,
) -> Collected:
    """Read what lies in a folder into the archive, at an aware time.

    Without a folder the period is taken from the archive alone, as it was seen last, and nothing is written. Files that
    `seen` knows to be unchanged are taken from the archive. Originals are only read. A run over an unchanged folder
    adds nothing to the log. Raises UsageError where the folder cannot be opened or a time has no zone, ArchiveError
    where the archive is broken, CannotWriteError where it cannot be written, ReadingError where no process can be
    started.
    """
    for moment in (as_at, terms.due):
        demand_zone(moment)
    if folder is None:
        archive, seen = archive.preview(), None
    archive.demand()
    listed = listed_files(folder, terms.files) if folder else replay(archive, period, terms.zone)
    return undertake(
        framework=framework,
        period=period,
        listed=listed,
        archive=archive,
        as_at=as_at,
        terms=terms,
        seen=seen,
        progress=progress,
        replaying=folder is None,
    ).keep()


def listed_files(folder: Path, limits: Limits) -> Sequence[Listed]:
    """What lies in a folder. Raises UsageError where it cannot be opened."""
    try:
        return list_files(folder, limits)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be opened: {error.strerror or error}.") from error


def undertake(
    *,
    framework: Framework,
    period: Period,
    listed: Sequence[Listed | Scanned],
    archive: Archive,
    as_at: datetime,
    terms: Terms,
    seen: SeenFiles | None = None,
    progress: Progress | None = None,
    replaying: bool = False,
    scope: Scope | None = None,
    ledger: Ledger | None = None,
) -> Undertaken:
    """Decide on what is `listed`, of which the bytes are kept then, and nothing else is written.

    With a `scope` it is some directorates' files alone, read by the whole `framework` and decided by what these
    directorates know; raises OutsideScopeError where one of the files turns out to be of another directorate.
    """
    zone, reading = terms.zone, terms.reading
    remembered = Remembered(seen, framework, period, reading.opening) if seen else None
    known = ledger or read_ledger(archive, framework, period, zone)
    asked = framework
    if scope:
        asked, known = scope.framework, known.only(scope.directorates)
    run = Run(asked, period, archive, known, as_at.astimezone(zone), zone, remembered, replaying=replaying)
    with readers_for(framework, period, reading, len(listed), terms.workers) as readers:
        for number, entry in enumerate(listed):
            if progress:
                progress(number, len(listed), entry.path)
            scanned = entry if isinstance(entry, Scanned) else snapshot(entry, zone, terms.files, archive, seen)
            run.take(scanned, readers)
        readers.flush()
        run.await_readers()
    if scope:
        scope.demand(file.examined.directorate for file in run.files.values())
    collected = run.decide(terms.deadline, terms.due)
    if progress:
        progress(len(listed), len(listed), "")
    return Undertaken(collected, run, archive, seen)


def demand_zone(moment: datetime) -> None:
    """Raises UsageError for a time without a zone."""
    if moment.tzinfo is None:
        raise UsageError(
            f"The time {moment.isoformat(sep=' ')} has no time zone. Give it one, such as "
            f'datetime(..., tzinfo=ZoneInfo("Europe/London")).'
        )
