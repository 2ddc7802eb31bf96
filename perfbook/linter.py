"""`perfbook check`: the linter alone, on files that lie anywhere: returns and framework workbooks."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from perfbook.checks.across.findings import framework_findings, quarter_findings
from perfbook.checks.registry import settle
from perfbook.collecting.history import past_observations
from perfbook.errors import FrameworkError, UnreadableFileError, UsageError, WorkspaceError
from perfbook.framework.book import read_framework
from perfbook.framework.model import FREQUENCIES, Framework
from perfbook.framework.sheets import LAYOUTS, name_of
from perfbook.records import SEVERITIES, Finding
from perfbook.returns import reader
from perfbook.workspace import FRAMEWORK_NAME, Workspace, open_workspace

MISTAKE = "F001"
_ENOUGH_SHEETS = 3
_APRIL = 4


@dataclass(frozen=True)
class Checked:
    """One file: what it is taken for, and what was found. `Finding.file` is the path as it was given."""

    path: str
    kind: Literal["return", "framework", "unknown"]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Report:
    """All files, in the order in which they were named."""

    files: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, suppressed ones too."""
        return tuple(finding for file in self.files for finding in file.findings)

    @property
    def counts(self) -> dict[str, int]:
        """Findings by severity; suppressed ones are counted apart."""
        heard = Counter(finding.severity for finding in self.findings if not finding.suppressed)
        return {each: heard[each] for each in SEVERITIES} | {
            "suppressed": sum(bool(finding.suppressed) for finding in self.findings)
        }

    @property
    def exit_code(self) -> int:
        """1 where there are errors, else 0."""
        return int(self.counts["error"] > 0)

    def as_json(self) -> dict[str, Any]:
        """The answer of `check --json`."""
        return {
            "findings": self.counts,
            "files": [
                {
                    "path": file.path,
                    "kind": file.kind,
                    "findings": [
                        {
                            "code": each.code,
                            "severity": each.severity,
                            "sheet": each.sheet,
                            "cell": each.cell,
                            "measure": each.measure,
                            "found": " ".join(part for part in (each.found, each.expected) if part),
                            "remedy": each.remedy,
                            **({"suppressed": each.suppressed} if each.suppressed else {}),
                        }
                        for each in file.findings
                    ],
                }
                for file in self.files
            ],
        }


def check_files(paths: Sequence[str], workspace: str | None = None) -> Report:
    """Check files. Nothing is written anywhere.

    A return is read with the framework of `workspace`, else of the nearest folder above the file that holds a
    perfbook.toml; a framework workbook alone needs none. Raises UsageError for a file that cannot be opened and for a
    return without a workspace, WorkspaceError and FrameworkError where the workspace cannot be used.
    """
    given = open_workspace(workspace) if workspace is not None else None
    return Report(tuple(_check(path, given) for path in paths))


def _check(path: str, given: Workspace | None) -> Checked:
    file = Path(path)
    try:
        data = file.read_bytes()
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a folder. Name the files in it.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror or error}. Check the path.") from error
    if reader.bears_marks(data):
        return _named(path, "return", _check_return(file, data, given))
    if _is_framework(data):
        return _named(path, "framework", _check_framework(file, given))
    try:
        reader.identify(data, file.name)
    except UnreadableFileError as error:
        return _named(path, "unknown", [_refused(error)])
    return _named(path, "unknown", [])


def _named(path: str, kind: Literal["return", "framework", "unknown"], findings: Iterable[Finding]) -> Checked:
    return Checked(path, kind, tuple(finding.of_file(path) for finding in findings))


def _refused(error: UnreadableFileError) -> Finding:
    return Finding(error.code, "error", "", "", "", "", error.reason, "", "")


# -- Returns -----------------------------------------------------------------------------------------------------------


def _check_return(file: Path, data: bytes, given: Workspace | None) -> Iterable[Finding]:
    try:
        workspace = given or open_workspace(file.resolve().parent)
    except WorkspaceError as error:
        raise UsageError(
            f"{file} is a return, and what it is to be checked against is not known. Name the workspace with -w."
        ) from error
    try:
        submission = reader.read_return(data, file=file.name, framework=workspace.framework)
    except UnreadableFileError as error:
        return [_refused(error)]
    framework, period = workspace.framework, submission.period
    past = past_observations(framework, period)
    across = quarter_findings(framework, period, past, submission.observations, submission.actions, submission.sections)
    return (*submission.findings, *settle(across, framework, period))


# -- Framework workbooks -----------------------------------------------------------------------------------------------


def _is_framework(data: bytes) -> bool:
    """Whether a workbook has sheets of a framework, by their names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            book = package.read("xl/workbook.xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError):
        return False
    there = {name_of(part.partition('"')[0]) for part in book.split(' name="')[1:]}
    return len(there & {name_of(layout.name) for layout in LAYOUTS if layout.needed}) >= _ENOUGH_SHEETS


def _check_framework(file: Path, given: Workspace | None) -> Iterable[Finding]:
    try:
        framework = _framework(file, given)
    except FrameworkError as error:
        return [
            Finding(MISTAKE, "error", "", each.sheet, each.cell, "", each.found, "", each.remedy)
            for each in error.problems
        ]
    return framework_findings(framework)


def _framework(file: Path, given: Workspace | None) -> Framework:
    workspace = given or _own_workspace(file)
    if workspace:
        settings = workspace.settings
        return read_framework(
            file,
            council=settings.council,
            year_start=settings.year_start,
            reporting=settings.reporting,
            default_scheme=settings.scheme,
        )
    return _alone(file)


def _own_workspace(file: Path) -> Workspace | None:
    """The workspace that the file is the framework of."""
    try:
        workspace = open_workspace(file.resolve().parent)
    except WorkspaceError:
        return None
    return workspace if (workspace.root / FRAMEWORK_NAME) == file.resolve() else None


def _alone(file: Path) -> Framework:
    """A framework without settings: read for quarterly returns, or for those that it fits best.

    Nothing but the settings says how often returns are sent out, and a blank Frequency means as often as that.
    """
    least: FrameworkError | None = None
    for reporting in sorted(FREQUENCIES, key=lambda each: each != "quarterly"):
        try:
            return read_framework(file, council="", year_start=_APRIL, reporting=reporting, default_scheme="")
        except FrameworkError as error:
            if least is None or len(error.problems) < len(least.problems):
                least = error
    assert least is not None
    raise least
