"""A quarter from the archive alone, for a night that cannot reach the returns folder. Nothing is written here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.workspace import Workspace


def quarter_from_archive(workspace: Workspace, period: Period, as_at: datetime, notice: str) -> Quarter | None:
    """The quarter from the record alone, as if every file still lay where it was; None where nothing was recorded.

    Nothing is written. Raises ArchiveError.
    """
    if not any(event.data["period"] == period.label for event in workspace.archive.events("received")):
        return None
    return replace(workspace.recall(period=period, as_at=as_at), notice=notice)
