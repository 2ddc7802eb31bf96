"""`perfbook check`: the linter alone, on files that lie anywhere: returns and framework workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbook.checks.across.findings import framework_findings, quarter_findings
from perfbook.checks.registry import settle
from perfbook.collecting.history import past_observations
from perfbook.collecting.intake import Kind
from perfbook.errors import FrameworkError, UsageError
from perfbook.framework.book import read_framework
from perfbook.framework.model import FREQUENCIES, Framework
from perfbook.reading import file_bytes, framework_of, inspect_file, workspace_near
from perfbook.records import SEVERITIES, Finding, Submission
from perfbook.settings import FRAMEWORK_NAME
from perfbook.workspace import Workspace, open_workspace

MISTAKE = "F001"
_NOWHERE = ("", "", "", "")  # file, sheet, cell, measure
_APRIL = 4


@dataclass(frozen=True)
class Checked:
    """One file: what it is taken for, and what was found. `Finding.file` is the path as it was given."""

    path: str
    kind: Kind
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
    data, workspace = file_bytes(file), given or workspace_near(file)
    found = inspect_file(file, data, workspace)
    if found.kind == "framework":
        return _named(path, "framework", _check_framework(file, given))
    if found.identity:
        if workspace is None:
            raise UsageError(
                f"{file} is a return, and what it is to be checked against is not known. Name the workspace with -w."
            )
        framework = framework_of(workspace, found.identity)
        found = inspect_file(file, data, workspace, framework)
        if found.submission:
            return _named(path, "return", _findings(found.submission, framework))
    refused = [Finding(found.verdict.code, "error", *_NOWHERE, found.verdict.reason, "", "")] if found.verdict else []
    return _named(path, found.kind, refused)


def _named(path: str, kind: Kind, findings: Iterable[Finding]) -> Checked:
    return Checked(path, kind, tuple(finding.of_file(path) for finding in findings))


def _findings(submission: Submission, framework: Framework) -> Iterable[Finding]:
    """Those of a return, and those of rules that look across its cells, rows and periods."""
    period = submission.period
    past = past_observations(framework, period)
    across = quarter_findings(framework, period, past, submission.observations, submission.actions, submission.sections)
    return (*submission.findings, *settle(across, framework, period))


# -- Framework workbooks -----------------------------------------------------------------------------------------------


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
    near = given or workspace_near(file)
    workspace = near if given or (near and near.root / FRAMEWORK_NAME == file.resolve()) else None
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
