"""When a scorecard cannot be refreshed: a text file beside it says since when, until a run succeeds again.

A book that is there is not edited. Where only the returns folder is out of reach, the book is built again from the
archive and says it itself (see `recall`).
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from perfbook._files import write_whole
from perfbook.collecting.versions import day
from perfbook.errors import CannotWriteError
from perfbook.settings import ZONE

_AGAIN = "The next run that succeeds removes this file."


def is_reachable(folder: Path) -> bool:
    """Whether a folder can be opened."""
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False


def since_text(since: datetime | None) -> str:
    """Since when a scorecard is stale, as a sentence begins."""
    if since is None:
        return "Never refreshed"
    local = since.astimezone(ZONE)
    return f"Stale since {day(local)}, {local:%H:%M}"


def note_path(scorecard: Path) -> Path:
    """Where it is told that a scorecard is stale."""
    return scorecard.with_name(f"{scorecard.stem} is stale.txt")


def put_note(scorecard: Path, since: datetime | None, reason: str) -> None:
    """Tell beside a scorecard that it is stale. Where that cannot be written either, nightly.json tells it."""
    if not scorecard.is_file():
        return
    text = f"{since_text(since)}: {scorecard.name} could not be refreshed.\r\n{reason}\r\n{_AGAIN}\r\n"
    with contextlib.suppress(CannotWriteError):
        write_whole(note_path(scorecard), text.encode("utf-8-sig"))


def remove_note(scorecard: Path) -> None:
    """The scorecard is fresh again."""
    with contextlib.suppress(OSError):
        note_path(scorecard).unlink(missing_ok=True)
