"""One file by itself, wherever it lies, read as a collection reads it: in a process of its own, within limits."""

from __future__ import annotations

import os
from pathlib import Path

from perfbook.collecting._messages import Single
from perfbook.collecting.intake import Inspected
from perfbook.collecting.isolation import Readers, ReadingLimits, reading_limits
from perfbook.collecting.issue import issued_parts
from perfbook.collecting.outcomes import Verdict
from perfbook.errors import PeriodError, UnreadableFileError, UsageError, WorkspaceError
from perfbook.framework.model import Framework
from perfbook.framework.parts import split
from perfbook.records import Submission
from perfbook.returns.identity import Identity
from perfbook.workspace import Workspace, open_workspace


def read_return(path: str | os.PathLike[str], framework: Framework) -> Submission:
    """One return workbook as a submission.

    A process of its own reads it, with the limits and the passwords of the workspace in which it lies, if it lies in
    one. Raises UnreadableFileError, which says why it cannot be read; UsageError for a file that cannot be opened;
    ReadingError where no process can be started.
    """
    file = Path(path)
    found = inspect_file(file, file_bytes(file), workspace_near(file), framework)
    if found.submission:
        return found.submission
    if found.verdict:
        raise UnreadableFileError(found.verdict.code, found.verdict.reason)
    raise UnreadableFileError("R103", f"{file.name} is a framework, not a return.")


def inspect_file(file: Path, data: bytes, workspace: Workspace | None, framework: Framework | None = None) -> Inspected:
    """What a file is, and with a framework what it says. Raises ReadingError, WorkspaceError for a lost password."""
    limits = reading_limits(workspace.settings.reading, workspace.root) if workspace else ReadingLimits()
    with Readers(framework, None, limits) as readers:
        found = readers.ask(Single(file.name, data), Inspected)
    return Inspected(verdict=found) if isinstance(found, Verdict) else found


def file_bytes(file: Path) -> bytes:
    """The bytes of a file that somebody named. Raises UsageError."""
    try:
        return file.read_bytes()
    except IsADirectoryError as error:
        raise UsageError(f"{file} is a folder. Name the files in it.") from error
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror or error}. Check the path.") from error


def workspace_near(file: Path) -> Workspace | None:
    """The workspace in which a file lies; None where it lies in none, or in one that cannot be used."""
    try:
        return open_workspace(file.resolve().parent)
    except WorkspaceError:
        return None


def framework_of(workspace: Workspace, identity: Identity) -> Framework:
    """The framework that a return is to be read with: with owners for directorates where it is an owner's book."""
    framework = workspace.framework
    try:
        period = workspace.period(identity.period)
    except PeriodError:
        return framework  # the reading says so
    return split(framework, issued_parts(workspace.archive, period), period)
