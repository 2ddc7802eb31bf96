"""The errors that perfbook raises, as one tree.

    PerfbookError                 anything that a person can put right; exit code 2 unless said otherwise
    ├── UsageError                something that cannot be was asked for (unknown period, no such folder)
    ├── WorkspaceError            no workspace here, or its perfbook.toml cannot be used
    │   └── StyleError            a house style that cannot be read or used: contrast, logo
    ├── PeriodError               a text that is not a period, or a period of the wrong kind
    ├── FrameworkError            framework.xlsx has mistakes; carries all of them, each with its cell
    ├── UnreadableFileError       a workbook that cannot be read as a return; carries the code of its outcome
    ├── LimitError                a workbook that we were about to write breaks a limit of Excel
    ├── BusyError                 another consolidation of this workspace is running; exit code 3
    ├── CannotWriteError          an output could not be written; exit code 4, the old one is whole
    ├── ArchiveError              the archive does not verify
    └── ReadingError              the process in which files are read could not be started

A message says what was found, where, and what to do. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PerfbookError(Exception):
    """The root: anything that a person can put right.

    `exit_code` is what the command line ends with (DESIGN: 2 wrong use, 3 busy, 4 could not write).
    """

    exit_code = 2


class UsageError(PerfbookError):
    """Something was asked for that cannot be: an unknown period, a folder that is not there."""


class WorkspaceError(PerfbookError):
    """There is no workspace here, or its perfbook.toml cannot be used."""


class StyleError(WorkspaceError):
    """The house style of perfbook.toml cannot be used: a contrast falls short, or the logo cannot be read."""


class PeriodError(PerfbookError):
    """A text that is not a period, or a period of the wrong kind."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a framework workbook: where it is, what is wrong and what to do."""

    sheet: str
    cell: str
    found: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{place}: {self.found} {self.remedy}"


class FrameworkError(PerfbookError):
    """The framework cannot be used; `problems` lists every mistake that was found, in sheet order."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        count = len(self.problems)
        listing = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{file} has {count} mistake{'' if count == 1 else 's'}:\n{listing}")


class UnreadableFileError(PerfbookError):
    """A file of the shared folder cannot be read as a return.

    `code` is the code of the file's outcome, `reason` a sentence that a manager understands.
    """

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class LimitError(PerfbookError):
    """A workbook that we were about to write breaks a limit of Excel."""


class BusyError(PerfbookError):
    """Another consolidation of this workspace is running."""

    exit_code = 3


class CannotWriteError(PerfbookError):
    """An output could not be written; the one that was there before is whole."""

    exit_code = 4


class ArchiveError(PerfbookError):
    """The archive does not verify: a line or a blob is not what its hash says."""


class ReadingError(PerfbookError):
    """The process in which files are read could not be started."""
