"""A quarter from the archive alone, for a night that cannot reach the returns folder. Nothing is written here."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from perfbook.collecting import outcomes
from perfbook.collecting.ledger import Ledger, read_ledger
from perfbook.framework.periods import Period
from perfbook.records import FileRecord, Quarter, ReturnRecord
from perfbook.settings import ZONE
from perfbook.workbook.text import file_name
from perfbook.workspace import Workspace


def quarter_from_archive(workspace: Workspace, period: Period, as_at: datetime, notice: str) -> Quarter | None:
    """The quarter from the record alone, as if every file still lay where it was; None where nothing was recorded.

    Nothing is written. Raises ArchiveError.
    """
    ledger = read_ledger(workspace.archive, workspace.framework, period, ZONE)
    if not ledger.judged:
        return None
    with tempfile.TemporaryDirectory(prefix="perfbook") as nothing:
        (Path(nothing) / file_name(period.label)).mkdir()
        settings = replace(workspace.settings, returns_folder=nothing)
        quarter = Workspace(workspace.root, settings).look(period=period, as_at=as_at)
    files = _files(ledger)
    rejected = {file.directorate: file.path for file in files if file.outcome == "rejected" and file.directorate}
    return replace(
        quarter,
        files=files,
        findings=tuple(f for f in quarter.findings if f.code != outcomes.FILE_GONE),
        returns=tuple(_as_recorded(record, rejected) for record in quarter.returns),
        notice=notice,
    )


def _files(ledger: Ledger) -> tuple[FileRecord, ...]:
    """The outcome of each file as the archive knows it."""
    found = []
    for path, event in sorted(ledger.judged.items()):
        data = event.data
        outcome = "unchanged" if event.kind == "accepted" else event.kind
        found.append(
            FileRecord(path, outcome, data["code"], data["reason"], data["directorate"], data["sha256"])  # type: ignore[arg-type]
        )
    return tuple(found)


def _as_recorded(record: ReturnRecord, rejected: dict[str, str]) -> ReturnRecord:
    if record.state == "not started" and not record.file and record.directorate in rejected:
        return replace(record, state="unreadable", file=rejected[record.directorate])
    return record
