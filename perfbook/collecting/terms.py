"""On what terms returns are collected: until when, and what a folder and a file in it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from perfbook.collecting.isolation import ReadingLimits, reading_limits
from perfbook.collecting.scan import LIMITS, Limits, limits_of
from perfbook.framework.periods import Period
from perfbook.parallel import Workers
from perfbook.settings import ZONE, Settings


@dataclass(frozen=True)
class Terms:
    """Returns are due at `due`, an aware time, and overdue `grace_days` later; times are told in `zone`.

    `files` is what is looked at in a folder, `reading` what one file may take. Processes of their own read the files,
    here or where `workers` are.
    """

    due: datetime
    grace_days: int
    zone: ZoneInfo = ZONE
    files: Limits = LIMITS
    reading: ReadingLimits = field(default_factory=ReadingLimits)
    workers: Workers | None = None

    @property
    def deadline(self) -> datetime:
        """The last moment before a return is overdue."""
        return self.due.astimezone(self.zone) + timedelta(days=self.grace_days)


def terms_of(settings: Settings, root: Path, period: Period, workers: Workers | None = None) -> Terms:
    """The terms that the perfbook.toml of a workspace at `root` sets for a period. Raises WorkspaceError."""
    return Terms(
        due=settings.due_at(period),
        grace_days=settings.grace_days,
        files=limits_of(settings.folder),
        reading=reading_limits(settings.reading, root),
        workers=workers,
    )
