"""Submissions from the record: what a version said when it was accepted."""

from __future__ import annotations

from perfbook.collecting import recorded
from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import Accepted
from perfbook.errors import UnreadableFileError
from perfbook.framework.model import Framework
from perfbook.records import Submission
from perfbook.returns import reader


def restore(archive: Archive, accepted: Accepted, framework: Framework) -> Submission:
    """The submission of an accepted version, as it was recorded then.

    An archive of before figures were recorded has only the workbook, which is read again by today's framework. Raises
    ArchiveError where what is needed is missing or altered, UnreadableFileError where it cannot be understood.
    """
    if accepted.figures:
        return recorded.load(archive.load(accepted.figures), accepted.path)
    if accepted.sha256 in archive.redacted():
        raise UnreadableFileError(recorded.UNREADABLE, "The workbook was redacted, and its figures were not recorded.")
    data = archive.load(accepted.sha256)
    try:
        return reader.read_return(data, file=accepted.path, framework=framework)
    except (UnreadableFileError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a library's panic is no Exception
        raise UnreadableFileError("R101", "The workbook that was kept cannot be read.") from error
