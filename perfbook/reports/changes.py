"""What changed since the last report: each report leaves in the archive what it showed, and the next compares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from perfbook.collecting.archive import Archive
from perfbook.framework.periods import Period
from perfbook.moving import Change, Shown, changes, keep_shown, last_shown, table_of
from perfbook.reports.story import Story
from perfbook.scorecard.words import moment

_KIND = "reported"


@dataclass(frozen=True)
class Since:
    """The changes since an earlier day's report; `when` is empty where there was none."""

    when: str
    changes: tuple[Change, ...] = ()


def since_last(archive: Archive, story: Story, period: Period, as_at: datetime) -> Since:
    """What changed since the last report of an earlier day, so that several reports of one day all say the same.

    Raises ArchiveError where the log is broken; what an earlier report showed and is lost is as if it had never been.
    """
    found = last_shown(archive, _KIND, period, as_at)
    if found is None:
        return Since("")
    was, before = found
    return Since(moment(was), tuple(changes(before, _shown(story))))


def remember(archive: Archive, story: Story, period: Period, as_at: datetime) -> None:
    """Keep what this report shows, unless the last one showed the same."""
    keep_shown(archive, _KIND, period, as_at, _shown(story))


def _shown(story: Story) -> Shown:
    deeds = [deed for group in story.plan for deed in group.deeds]
    return table_of(
        {line.key: [line.name, line.actual, line.score] for line in story.lines},
        {each.key: [each.directorate, each.state] for each in story.sent},
        {deed.key: [f"{deed.code} {deed.title}".strip(), deed.rating] for deed in deeds},
    )
