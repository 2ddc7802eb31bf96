"""One look at a quarter: collected or from the record, with all that is asked about it; and the books that go back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook._files import remove_file, write_changed
from perfbook._rubbish import seldom_looked_for
from perfbook.adjusting import adjusted_past, record_adjustments
from perfbook.chasing.curve import with_curves
from perfbook.checks.registry import settle
from perfbook.closing import with_closings
from perfbook.collecting.archive import Archive, digest_of
from perfbook.collecting.collect import Collected, collect
from perfbook.collecting.history import history
from perfbook.collecting.issue import issued_parts, register_issues
from perfbook.collecting.joining import join_files, join_returns, joined_submissions
from perfbook.collecting.seen import seen_files
from perfbook.collecting.terms import terms_of
from perfbook.copies import with_copies
from perfbook.errors import UsageError
from perfbook.feedback.conversation import Conversation, feedback_books, settle_collected
from perfbook.feedback.kept import kept_books
from perfbook.feedback.settle import Settling
from perfbook.framework.model import Framework
from perfbook.framework.parts import split
from perfbook.framework.periods import Period
from perfbook.framework_changes import with_framework_changes
from perfbook.moving import with_moves
from perfbook.quarter import findings_across, quarter_of, recall_findings
from perfbook.records import Finding
from perfbook.returns.identity import issue_id
from perfbook.settings import FILE_NAME, ZONE

if TYPE_CHECKING:
    from perfbook.workspace import Workspace

Progress = Callable[[int, int, str], None]


@seldom_looked_for()
def conversation_of(
    workspace: Workspace,
    archive: Archive,
    period: Period,
    as_at: datetime | None,
    progress: Progress | None = None,
    *,
    collecting: bool = True,
) -> Conversation:
    """A period as it stands at `as_at`, with what is asked about it; without `collecting` from the record alone.

    For whoever holds the workspace's lock, or hands in an archive for looking ahead. Raises UsageError where the
    period has no folder, and as `collect` does.
    """
    now = as_at or datetime.now(ZONE)
    folder = workspace.returns_folder(period)
    if collecting and not folder.is_dir():
        raise UsageError(_no_folder(workspace, archive, period))
    framework = workspace.framework.at(period)
    divided = split(framework, issued_parts(archive, period), period)
    with seen_files(workspace.root, folder, workspace.settings.folder.recheck) as seen:
        collected = collect(
            framework=divided,
            period=period,
            folder=folder if collecting else None,
            archive=archive,
            as_at=now,
            terms=terms_of(workspace.settings, workspace.root, period, workspace.workers),
            seen=seen,
            progress=progress,
        )
    past = history(framework, archive, period)
    across = findings_across(framework, period, past, collected, workspace.root)
    record = archive if collecting else archive.preview()
    sent, settlings, sizes = settled(framework, period, record, collected, across, now)
    collected = replace(sent, findings=tuple(each.finding for each in settlings))
    if divided is not framework:
        collected = replace(
            collected,
            files=join_files(framework, collected.files),
            returns=join_returns(framework, divided, period, collected.returns),
            submissions=joined_submissions(framework, collected.submissions),
        )
    record_adjustments(record, framework, now)
    recall_findings(framework, workspace.root)
    quarter = with_closings(quarter_of(framework, period, now, past, collected), archive)
    quarter = with_framework_changes(with_moves(with_curves(quarter, archive, workspace.settings), archive), archive)
    quarter = with_copies(quarter)
    earlier = adjusted_past(framework, past, period)
    return Conversation(quarter, divided, sent.returns, sent.submissions, settlings, earlier, sent, sizes)


def _no_folder(workspace: Workspace, archive: Archive, period: Period) -> str:
    """What to do where a period's folder is not there; returns that went out lie on a drive that is not connected."""
    folder, settings = workspace.returns_folder(period), workspace.root / FILE_NAME
    if not any(event.data["period"] == period.label for event in archive.events("issued")):
        return (
            f"There is no folder {folder}. Run perfbook generate for {period.label}, or put the folder right "
            f"in {settings}."
        )
    return (
        f"There is no folder {folder}, though returns for {period.label} went out. Connect the drive, or put the "
        f"folder right in {settings}. What was received until now: perfbook consolidate --no-collect."
    )


def settled(
    framework: Framework,
    period: Period,
    archive: Archive,
    collected: Collected,
    across: Sequence[Finding],
    now: datetime,
) -> tuple[Collected, tuple[Settling, ...], tuple[int, int, int]]:
    """What was collected with all findings as the framework wants them, how each stands, and how many there are of each
    group: of returns, of collecting them, and of rows `across`. What was answered is recorded."""
    own = sum(len(submission.findings) for submission in collected.submissions)
    groups = (collected.findings[:own], collected.findings[own:], across)
    found = [settle(group, framework, period) for group in groups]
    collected = replace(collected, findings=tuple(chain.from_iterable(found)))
    settlings = settle_collected(framework, period, archive, collected, now)
    first, second, third = map(len, found)
    return collected, settlings, (first, second, third)


def write_feedback(
    workspace: Workspace, found: Conversation, *, partly: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write the books that go back; all of them, and those that were kept. `partly` where it is about some directorates
    alone: books of others are left as they are."""
    settings, period = workspace.settings, found.quarter.period
    folder = workspace.feedback_folder(period)
    kept = kept_books(workspace.root, folder, period)
    wanted = feedback_books(
        found,
        workspace.archive,
        due=settings.due_at(period),
        kept=kept,
        house=workspace.house,
        workers=workspace.workers,
    )
    entries = []
    for name, book in wanted.items():
        if not book.is_kept:
            write_changed(folder / name, book.data)
        if book.is_new_issue:
            issue = issue_id(found.framework, book.directorate, period)
            entries.append((book.directorate, issue, name, digest_of(book.data)))
    names = found.names.values()
    for name in names:
        # What is answered needs no book any more.
        if name not in wanted:
            remove_file(folder / name)
    register_issues(workspace.archive, found.framework, period, entries, found.quarter.as_at)
    kept.keep(partly=names if partly else None)
    return tuple(folder / name for name in wanted), tuple(folder / n for n, book in wanted.items() if book.is_kept)
