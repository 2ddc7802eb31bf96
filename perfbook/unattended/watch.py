"""The watch: looks at the returns folder, consolidates when its files have settled, and answers the mailbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from perfbook.collecting.scan import list_files, reachable
from perfbook.errors import BusyError, PerfbookError, UsageError
from perfbook.framework.periods import Period
from perfbook.settings import FILE_NAME, WatchSettings, read_settings
from perfbook.unattended import mailbox, nightly
from perfbook.workbook.text import file_name

Tell = Callable[[str], None]
# What failed is tried again, but not at every look.
_AGAIN = 60.0
_BUSY = 10.0

Sight = tuple[tuple[str, int, int], ...]


@dataclass
class _Folder:
    """What is known of one period's folder: what it held at the last look and since when, and what was consolidated."""

    seen: Sight | None = None
    since: float = 0.0
    done: Sight | None = None
    not_before: float = 0.0
    complained: str = ""


@dataclass
class Watch:
    """A watch over one workspace. `look` once, or `run` until told to stop.

    `clock` counts seconds from anywhere and never goes back; `now` gives seconds since 1970, as files have them.
    """

    root: Path
    tell: Tell
    tables: mailbox.Tables = mailbox.tables_for
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    folders: dict[str, _Folder] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set."""
        while not stop.is_set():
            every = WatchSettings.every
            try:
                every = self.look()
            except PerfbookError as error:
                self.tell(" ".join(str(error).split()))
            except OSError as error:
                self.tell(f"The system refused: {error.strerror or error}.")
            stop.wait(every)

    def look(self) -> int:
        """One look: answer the mailbox, then consolidate what has settled. The answer is when to look again (s)."""
        settings = read_settings(self.root / FILE_NAME)
        for answered in mailbox.answer_all(self.root, self.tables, self.now()):
            self.tell(f"{answered.request}: {answered.error or f'answered for {answered.period}'}")
        for period in settings.nightly.periods or (settings.period,):
            place = self.root / settings.returns_folder / file_name(period.label)
            self._period(period, place, settings.watch.settle)
        return settings.watch.every

    def _period(self, period: Period, place: Path, settle: int) -> None:
        folder = self.folders.setdefault(period.label, _Folder())
        try:
            seen = sight(place)
        except OSError as error:
            self._complain(folder, f"{place} cannot be opened: {error.strerror or error}. It is tried again.")
            return
        clock = self.clock()
        if seen != folder.seen:
            folder.seen, folder.since = seen, clock
        if seen == folder.done or clock < folder.not_before:
            return
        # Files that nobody has touched for long need not be watched for as long again.
        lying = max((changed for _, _, changed in seen), default=0) / 1e9 <= self.now() - settle
        if lying or clock - folder.since >= settle:
            self._consolidate(period, folder, seen)

    def _consolidate(self, period: Period, folder: _Folder, seen: Sight) -> None:
        try:
            night = nightly.run_night(self.root, period=period.label, name=nightly.WATCH)
        except BusyError as error:
            folder.not_before = self.clock() + _BUSY
            self._complain(folder, str(error))
            return
        if night.is_good:
            folder.done, folder.complained = seen, ""
            result = night.periods[0].result if night.periods else ""
            self.tell(f"{period.label}: " + ("nothing to do" if result == "unchanged" else "consolidated"))
        else:
            folder.not_before = self.clock() + _AGAIN
            self._complain(folder, f"{period.label}: {night.failed}")

    def _complain(self, folder: _Folder, sentence: str) -> None:
        """Say something, but not the same again and again."""
        if folder.complained != sentence:
            folder.complained = sentence
            self.tell(sentence)


def sight(place: Path) -> Sight:
    """The files of a folder that may be returns, each with size and modification time (ns). Raises OSError."""
    found = []
    for entry in list_files(place):
        # Excel's own lock files come and go with every look that a person takes.
        if entry.verdict is None:
            try:
                status = reachable(entry.place).stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            found.append((entry.path, status.st_size, status.st_mtime_ns))
    return tuple(found)


def prepare(root: Path) -> None:
    """Make the mailbox. Raises UsageError where that cannot be done."""
    try:
        mailbox.mailbox_folder(root).mkdir(exist_ok=True)
    except OSError as error:
        where = mailbox.mailbox_folder(root)
        raise UsageError(
            f"{where} cannot be made: {error.strerror or error}. Ask for the right to write there."
        ) from error
