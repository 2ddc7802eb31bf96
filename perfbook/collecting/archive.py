"""The record: bytes as received, and an append-only, hash-chained log of what happened to them.

    blobs/ab/<sha256>   the bytes of one file, named after their own hash
    log.jsonl           one event a line: at, data, hash, kind, previous, seq (ASCII, keys sorted)
    log.head            number and hash of the last line: shows when whole lines were cut off the end of the log
    log.torn            what a kill left of a line that was being written; set aside, never dropped

The head is written after the log, so a kill leaves it behind the log and never ahead. The log is there before the
first blob: blobs without a log mean that the log was lost. Plain files only, for network shares: no memory mapping, no
database, no locks (the workspace has one lock). Everything that perfbook shows can be rebuilt from here.

Nothing is ever taken out but by a redaction: see `rewrite`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perfbook._files import write_whole
from perfbook.collecting.events import (
    COUNTING,
    KEPT,
    KINDS,
    ORIGIN,
    Event,
    NewEvent,
    chained,
    dump,
    line,
    read_log,
    redacted,
    vouching,
)
from perfbook.errors import ArchiveError, CannotWriteError

__all__ = ["COUNTING", "KINDS", "ORIGIN", "Archive", "Event", "NewEvent", "Verification", "digest_of"]

Progress = Callable[[int, int, str], None]
_SHA256 = 64
_RESTORE = (
    "Restore it from a backup of the workspace. Where there is none, move the whole folder {folder} away: the returns "
    "that still lie in their folders are then read anew."
)
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Verification:
    """What reading the whole archive found: how many events and blobs, and each problem as a sentence.

    `redacted` counts the files whose bytes were taken out. `unfinished` says that a redaction was interrupted after it
    was recorded: the next run deletes what it left.
    """

    events: int
    blobs: int
    problems: tuple[str, ...]
    redacted: int = 0
    unfinished: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether there is no problem."""
        return not self.problems


# What is seen of a log that is not there.
_NOTHING = (0, 0)


class Archive:
    """The archive in a folder, which is made when something is first written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._events: list[Event] | None = None
        self._seen = _NOTHING

    # Public API

    def append(self, kind: str, at: datetime, data: Mapping[str, Any]) -> Event:
        """Add one event to the log. Raises CannotWriteError, ArchiveError."""
        return self.append_all([NewEvent(kind, at, data)])[0]

    def append_all(self, new: Iterable[NewEvent]) -> tuple[Event, ...]:
        """Add events to the log with one write, which is on the disk when this returns."""
        wanted = list(new)
        if not wanted:
            return ()
        known = self._known()
        made: list[Event] = []
        for event in wanted:
            last = made[-1] if made else known[-1] if known else None
            made.append(chained(event, last))
        self._write(b"".join(line(event) for event in made), made[-1])
        known.extend(made)
        return tuple(made)

    def events(self, kind: str | None = None) -> tuple[Event, ...]:
        """The events, oldest first, or those of one kind. Raises ArchiveError where the chain is broken."""
        return tuple(event for event in self._known() if kind is None or event.kind == kind)

    def store(self, data: bytes) -> str:
        """Keep bytes; the answer is their SHA-256, under which `load` finds them. Raises CannotWriteError."""
        digest = digest_of(data)
        path = self._blob(digest)
        self._begin()
        try:
            held = path.read_bytes()
        except OSError:
            held = None
        if held != data:
            write_whole(path, data)
        return digest

    def load(self, digest: str) -> bytes:
        """The bytes with a hash. Raises ArchiveError where they are missing or not what they were."""
        path = self._blob(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            event = self.redacted().get(digest)
            if event:
                raise ArchiveError(f"{path} was redacted on {event.at:%d.%m.%Y}: {event.data['reason']}") from error
            raise ArchiveError(f"{path} is missing from the archive. {self._restore}") from error
        if digest_of(data) != digest:
            raise ArchiveError(f"{path} was altered: its bytes are not those received. {self._restore}")
        return data

    def find(self, digest: str) -> bytes | None:
        """The bytes with a hash; None where they are missing or not what they were."""
        try:
            return self.load(digest)
        except ArchiveError:
            return None

    def redacted(self) -> Mapping[str, Event]:
        """The files whose bytes were taken out, by their SHA-256, each with the event that says why."""
        return {digest: event for event in self.events("redacted") for digest in event.data["files"]}

    def demand(self) -> None:
        """Make sure that all that ever counted is kept. Raises ArchiveError naming the first blob that is not.

        Workbooks are looked at by size, since there may be many; recorded figures are read. What was refused or left
        aside (a virus scanner may have taken it) changes no figure: `verify` reports it. A redaction that was
        interrupted is finished.
        """
        self.finish()
        sizes = {event.data["sha256"]: event.data.get("size") for event in self.events("received")}
        seen: set[str] = set(self.redacted())
        for event in self.events():
            if event.kind in COUNTING and event.data["sha256"] not in seen:
                digest = event.data["sha256"]
                seen.add(digest)
                if not self._is_kept(digest, sizes.get(digest)):
                    self.load(digest)
            figures = event.data.get("figures")
            if figures and figures not in seen:
                seen.add(figures)
                self.load(figures)

    def verify(self, progress: Progress | None = None) -> Verification:
        """Read everything again: each line of the log, each blob, and that each blob the log names is there."""
        events, problems = self._read()
        redacted = {digest for event in events if event.kind == "redacted" for digest in event.data["files"]}
        unfinished = self._is_unfinished(events)
        paths = tuple(self._blob_paths())
        for number, path in enumerate(paths):
            if progress:
                progress(number, len(paths), path.name[:12])
            problems += self._wrong_with(path)
            if path.name in redacted and not unfinished:
                problems.append(f"{path} was redacted and is here again. Delete it.")
        if progress:
            progress(len(paths), len(paths), "")
        held = {path.name for path in paths}
        named = {event.data["sha256"]: event for event in reversed(events) if event.kind == "received"}
        for name in KEPT:
            named |= {event.data[name]: event for event in reversed(events) if event.data.get(name)}
        for digest, event in named.items():
            if digest not in held and digest not in redacted:
                problems.append(f"{self._blob(digest)}, which event {event.seq} names, is missing. {self._restore}")
        return Verification(len(events), len(held), tuple(problems), len(redacted), unfinished)

    def rewrite(
        self, lines: Mapping[int, Mapping[str, Any]], blobs: Iterable[str], at: datetime, data: Mapping[str, Any]
    ) -> Event:
        """Redact: give lines (by number) other data, append a `redacted` event with `data`, delete blobs.

        The chain of the log still holds. The new log takes the place of the old one as a whole; blobs are deleted
        after that, and where that is interrupted `finish` goes on. Raises CannotWriteError, and ValueError for a line
        that was not sealed.
        """
        self.finish()
        known = self._known()
        changed = [redacted(event, lines[event.seq]) if event.seq in lines else event for event in known]
        new = NewEvent("redacted", at, {**data, "lines": vouching(event for event in changed if event.seq in lines)})
        event = chained(new, known[-1] if known else None)
        changed.append(event)
        write_whole(self._journal, dump({"event": event.hash, "blobs": sorted(blobs)}) + b"\n")
        write_whole(self._log, b"".join(line(each) for each in changed))
        self._events, self._seen = changed, self._log_now()
        self._write_head(event)
        self.finish()
        return event

    def finish(self) -> None:
        """Delete what is still to be deleted of a redaction that is in the log. Raises CannotWriteError."""
        journal = self._journal_fields()
        if journal is None:
            return
        event, blobs = journal
        try:
            if any(known.hash == event for known in self._known()):
                for path in (*(self._blob(digest) for digest in blobs), *self._leftovers()):
                    path.unlink(missing_ok=True)
            self._journal.unlink(missing_ok=True)
        except OSError as error:
            raise CannotWriteError(
                f"{error.filename or self.folder} was redacted and could not be deleted: {error.strerror or error}. "
                "Ask for the right to delete there, and run it again."
            ) from error

    def preview(self) -> Archive:
        """The same archive for looking ahead: what is appended or stored stays in memory, and nothing is written."""
        return _Preview(self.folder)

    # Private API

    @property
    def _log(self) -> Path:
        return self.folder / "log.jsonl"

    @property
    def _head(self) -> Path:
        return self.folder / "log.head"

    @property
    def _restore(self) -> str:
        return _RESTORE.format(folder=self.folder)

    @property
    def _torn(self) -> Path:
        return self.folder / "log.torn"

    @property
    def _journal(self) -> Path:
        return self.folder / "redacting.json"

    def _journal_fields(self) -> tuple[str, tuple[str, ...]] | None:
        """The event of a redaction that is under way, and the blobs to delete; None where none is."""
        try:
            fields = json.loads(self._journal.read_bytes())
            return str(fields["event"]), tuple(digest for digest in fields["blobs"] if _is_digest(digest))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _is_unfinished(self, events: Iterable[Event]) -> bool:
        journal = self._journal_fields()
        return journal is not None and any(event.hash == journal[0] for event in events)

    def _leftovers(self) -> Iterator[Path]:
        """What kills left of lines and blobs: it may hold what is to be redacted."""
        yield self._torn
        yield from self.folder.glob(".~*.tmp")
        yield from (self.folder / "blobs").glob("??/.~*.tmp")

    def _blob(self, digest: str) -> Path:
        return self.folder / "blobs" / digest[:2] / digest

    def _is_kept(self, digest: str, size: int | None) -> bool:
        try:
            return self._blob(digest).stat().st_size == size
        except OSError:
            return False

    def _blob_paths(self) -> Iterator[Path]:
        for path in sorted((self.folder / "blobs").glob("??/*")):
            # Temporary files that a kill left behind are no blobs.
            if _is_digest(path.name):
                yield path

    def _wrong_with(self, path: Path) -> list[str]:
        try:
            sound = digest_of(path.read_bytes()) == path.name
        except OSError as error:
            return [f"{path} cannot be read: {error.strerror or error}. {self._restore}"]
        return [] if sound else [f"{path} was altered: its bytes are not those received. {self._restore}"]

    def _begin(self) -> None:
        """Make the log before the first blob; what can be wrong with a log that is there is found where it is read."""
        if self._log.exists():
            return
        self._refuse_lost_log()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _append(self._log, b"")
        except OSError as error:
            raise CannotWriteError(_not_written(self._log, error)) from error

    def _refuse_lost_log(self) -> None:
        if next(self._blob_paths(), None) or self._head.exists():
            raise ArchiveError(f"{self._log} is missing, though files are kept beside it. {self._restore}")

    def _log_bytes(self) -> bytes:
        try:
            return self._log.read_bytes()
        except FileNotFoundError:
            self._refuse_lost_log()
            return b""
        except OSError as error:
            raise ArchiveError(f"{self._log} cannot be read: {error.strerror or error}.") from error

    def _read(self) -> tuple[list[Event], list[str]]:
        # The head first: a log that grows meanwhile is then ahead of it, which is no fault.
        head = self._head_bytes()
        events, problems = read_log(self._log_bytes(), self._log)
        if head is not None and not problems:
            problems += self._against(head, events)
        return events, problems

    def _head_bytes(self) -> bytes | None:
        try:
            return self._head.read_bytes()
        except FileNotFoundError:  # an archive of before there was a head
            return None
        except OSError as error:
            raise ArchiveError(f"{self._head} cannot be read: {error.strerror or error}.") from error

    def _against(self, head: bytes, events: list[Event]) -> list[str]:
        """What is wrong with a log whose lines follow one another, by what the head says of its end."""
        try:
            fields = json.loads(head)
            seq, digest = int(fields["seq"]), str(fields["hash"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return [f"{self._head} was altered: it does not name the last line of the log. {self._restore}"]
        if seq > len(events):
            return [f"{self._log} ends at line {len(events)}, but had {seq}: lines were cut off. {self._restore}"]
        if seq < 1 or events[seq - 1].hash != digest:
            return [f"Line {seq} of {self._log} is not the one that {self._head} names. {self._restore}"]
        return []

    def _known(self) -> list[Event]:
        if self._events is None or self._seen != self._log_now():
            seen = self._log_now()
            events, problems = self._read()
            if problems:
                raise ArchiveError(problems[0])
            self._events, self._seen = events, seen
        return self._events

    def _log_now(self) -> tuple[int, int]:
        """The size of the log and when it changed last: as long as both are the same, it is what was read."""
        try:
            found = self._log.stat()
        except OSError:
            return _NOTHING
        return found.st_size, found.st_mtime_ns

    def _write(self, lines: bytes, last: Event) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._set_torn_line_aside()
            _append(self._log, lines)
            self._seen = self._log_now()
        except OSError as error:
            raise CannotWriteError(_not_written(self._log, error)) from error
        self._write_head(last)

    def _write_head(self, last: Event) -> None:
        # The lines are recorded: a head that cannot be written now lags behind, and the next one catches up.
        with contextlib.suppress(CannotWriteError):
            write_whole(self._head, dump({"seq": last.seq, "hash": last.hash}) + b"\n")

    def _set_torn_line_aside(self) -> None:
        data = self._log_bytes()
        whole = data.rfind(b"\n") + 1
        if whole == len(data):
            return
        # First kept, then cut: a kill in between sets it aside twice, which harms nobody.
        _append(self._torn, data[whole:] + b"\n")
        with self._log.open("r+b") as log:
            log.truncate(whole)
            os.fsync(log.fileno())


class _Preview(Archive):
    """An archive whose additions stay in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._held: dict[str, bytes] = {}

    def store(self, data: bytes) -> str:
        digest = digest_of(data)
        self._held[digest] = data
        return digest

    def _is_kept(self, digest: str, size: int | None) -> bool:
        return digest in self._held or super()._is_kept(digest, size)

    def load(self, digest: str) -> bytes:
        return self._held[digest] if digest in self._held else super().load(digest)

    def _known(self) -> list[Event]:
        return super()._known() if self._events is None else self._events

    def _write(self, lines: bytes, last: Event) -> None:
        pass

    def finish(self) -> None:
        pass

    def rewrite(
        self, lines: Mapping[int, Mapping[str, Any]], blobs: Iterable[str], at: datetime, data: Mapping[str, Any]
    ) -> Event:
        raise NotImplementedError("a preview redacts nothing")


def digest_of(data: bytes) -> str:
    """The SHA-256 under which bytes are kept."""
    return hashlib.sha256(data).hexdigest()


def _is_digest(name: str) -> bool:
    return len(name) == _SHA256 and set(name) <= _HEX


def _append(path: Path, data: bytes) -> None:
    """Append to a file and wait until it is on the disk."""
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _not_written(path: Path, error: OSError) -> str:
    return (
        f"{path} could not be written: {error.strerror or error}. Make room or ask for the right to write there, and "
        "run it again. What was recorded before is whole."
    )
