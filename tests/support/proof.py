"""The proof of a workbook that we write: true values, limits of Excel kept, valid by the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from perfbook.conversing import conversation_of
from perfbook.feedback.book import feedback_book
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.workbook.limits import breaches
from perfbook.workspace import Workspace
from tests.support.office import Office, compare_cached


class Prover:
    """Holds each book before three judges, and counts what was judged."""

    def __init__(self, office: Office, audit: Callable[[bytes], list[str]], folder: Path) -> None:
        self.office, self.audit, self.folder = office, audit, folder
        self.books = self.formulas = 0

    def prove(self, name: str, data: bytes) -> None:
        """Every formula carries what LibreOffice calculates; the gate and the validator have nothing to say."""
        assert breaches(data) == [], name
        assert self.audit(data) == [], name
        path = self.folder / f"{self.books}.xlsx"
        path.write_bytes(data)
        found = compare_cached(path, self.office)
        # What is not filled yet is no point of a small line.
        errors = [error for error in found.errors if error.sheet != layout.HISTORY]
        assert (found.mismatches[:3], errors[:3]) == ([], []), name
        path.unlink()
        self.books += 1
        self.formulas += found.formulas


def completed(workspace: Workspace, period: Period, as_at: datetime) -> Iterator[tuple[str, bytes]]:
    """Each return that was received, as perfbook writes it: what goes back to a manager, whether or not it must."""
    found = conversation_of(workspace, workspace.archive, period, as_at)
    for submission in found.submissions:
        settlings = [each for each in found.settlings if each.finding.file == submission.file]
        due = workspace.settings.due_at(period)
        data = feedback_book(
            found.framework, submission, settlings, workspace.archive, found.past, due=due, created=as_at
        )
        yield submission.file, data
