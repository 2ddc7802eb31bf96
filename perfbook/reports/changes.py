"""What changed since the last report: each report leaves in the archive what it showed, and the next compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from perfbook.collecting.archive import Archive, Event
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework_changes import differences, face_of, kept_face
from perfbook.moving import Change, Shown, changes, keep_shown, last_kept, loaded, table_of
from perfbook.reports.story import Story
from perfbook.scorecard.words import moment

_KIND, _NOTHING = "reported", "Nothing"


@dataclass(frozen=True)
class Since:
    """The changes since an earlier day's report; `when` is empty where there was none. `framework` is what the
    framework has otherwise than then."""

    when: str
    changes: tuple[Change, ...] = ()
    framework: tuple[Change, ...] = ()


def since_last(archive: Archive, story: Story, framework: Framework, period: Period, as_at: datetime) -> Since:
    """What changed since the last report of an earlier day, so that several reports of one day all say the same.

    Raises ArchiveError where the log is broken; what an earlier report showed and is lost is as if it had never been.
    """
    event = last_kept(archive, _KIND, period, as_at)
    before = loaded(archive, event) if event else None
    if event is None or before is None:
        return Since("")
    return Since(
        moment(event.at), tuple(changes(before, _shown(story))), tuple(_of_framework(archive, event, framework))
    )


def _of_framework(archive: Archive, event: Event, framework: Framework) -> Iterator[Change]:
    before = loaded(archive, event, "measured")
    if before is not None:
        for key, code, title, field, was, is_now in differences(before, face_of(framework)):
            yield Change(field, f"{code} {title}".strip(), was or _NOTHING, is_now or _NOTHING, key)


def remember(archive: Archive, story: Story, framework: Framework, period: Period, as_at: datetime) -> None:
    """Keep what this report shows, and its framework, unless the last one showed the same."""
    keep_shown(archive, _KIND, period, as_at, _shown(story), kept_face(framework))


def _shown(story: Story) -> Shown:
    deeds = [deed for group in story.plan for deed in group.deeds]
    return table_of(
        {line.key: [line.name, line.actual, line.score] for line in story.lines},
        {each.key: [each.directorate, each.state] for each in story.sent},
        {deed.key: [f"{deed.code} {deed.title}".strip(), deed.rating] for deed in deeds},
    )
