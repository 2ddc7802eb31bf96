"""What the log says of one period: what was sent out, what was seen under each name, what counted."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import PurePosixPath

from perfbook._grouped import grouped
from perfbook.collecting.archive import COUNTING, Archive, Event
from perfbook.collecting.events import KINDS_OF_FILES
from perfbook.collecting.versions import RANK, received_at
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ReturnState
from perfbook.returns.identity import return_names


@dataclass(frozen=True)
class Accepted:
    """A version that counts or counted: the data of one `accepted` or `merged` event.

    `before` is the state that it replaced, `figures` the hash of what it said then; empty in older archives.
    """

    path: str
    sha256: str
    directorate: str
    state: ReturnState
    received: datetime
    at: datetime
    before: str = ""
    figures: str = ""


@dataclass(frozen=True)
class Ledger:
    """The log of one period, by name of the file.

    `received` and `judged` hold the last such event under each path; `standing` what was accepted and not superseded
    since, by (path, directorate), copies that were merged among them; `accepted` everything that ever counted in its
    own right, oldest first. `issues` are all issue ids sent out, `names` the files' names with the directorate that
    each was sent to, `blanks` the hashes of what was sent out, `divided` the directorates whose owners have books of
    their own.
    """

    received: Mapping[str, Event]
    judged: Mapping[str, Event]
    standing: Mapping[tuple[str, str], Accepted]
    accepted: tuple[Accepted, ...]
    issues: frozenset[str]
    names: Mapping[str, str]
    blanks: frozenset[str] = frozenset()
    divided: frozenset[str] = frozenset()

    def only(self, directorates: Collection[str]) -> Ledger:
        """The same with what stands of some directorates alone."""
        return replace(
            self, standing={place: each for place, each in self.standing.items() if place[1] in directorates}
        )

    def sent_to(self, path: str) -> str:
        """The directorate to which a file of this name was sent out, or whose return it held; empty where unknown."""
        known = self.names.get(_name(path), "")
        held = self._by_path.get(path)
        return known or (held[-1].directorate if held else "")

    def has_issued_name(self, path: str) -> bool:
        """Whether a return was sent out under the name of this file."""
        return _name(path) in self.names

    def before(self, path: str, directorate: str) -> Accepted | None:
        """The last version of a return that counted under a name."""
        return next((a for a in reversed(self._by_path.get(path, ())) if a.directorate == directorate), None)

    def accepted_of(self, directorate: str) -> tuple[Accepted, ...]:
        """Every version of a return that ever counted, oldest first."""
        return self._by_directorate.get(directorate, ())

    def first_in_state(self, directorate: str, state: ReturnState) -> datetime | None:
        """When a return was first received in a state at least as good."""
        times = [a.received for a in self.accepted_of(directorate) if RANK[a.state] >= RANK[state]]
        return min(times, default=None)

    @cached_property
    def _by_path(self) -> Mapping[str, tuple[Accepted, ...]]:
        return grouped(self.accepted, lambda accepted: accepted.path)

    @cached_property
    def _by_directorate(self) -> Mapping[str, tuple[Accepted, ...]]:
        return grouped(self.accepted, lambda accepted: accepted.directorate)


def read_ledger(archive: Archive, framework: Framework, period: Period, zone: tzinfo) -> Ledger:
    """The ledger of one period. Raises ArchiveError where the log is broken."""
    received: dict[str, Event] = {}
    judged: dict[str, Event] = {}
    standing: dict[tuple[str, str], Accepted] = {}
    accepted: list[Accepted] = []
    issues: set[str] = set()
    issued = return_names(framework, framework.expected(period), period)
    names = {_name(name): key for key, name in issued.items()}
    blanks: set[str] = set()
    divided: set[str] = set()
    for event in archive.events():
        if event.kind == "issued":
            issues.add(event.data["issue"])
        if event.data.get("period") != period.label:
            continue
        if event.kind == "issued":
            names[_name(event.data["file"])] = event.data["directorate"]
            blanks.add(event.data["sha256"])
            divided.add(event.data.get("part_of", ""))
        elif event.kind == "received":
            received[event.data["path"]] = event
        elif event.kind in KINDS_OF_FILES:
            path, directorate = event.data["path"], event.data["directorate"]
            # A version whose file is gone was judged; what lies under its name now was not.
            if not event.data.get("gone"):
                judged[path] = event
            if event.kind in COUNTING:
                made = accepted_of(event, zone)
                standing[path, directorate] = made
                if event.kind == "accepted":
                    accepted.append(made)
            elif event.kind == "superseded" and not event.data.get("kept"):
                standing.pop((path, directorate), None)
    return Ledger(
        received,
        judged,
        standing,
        tuple(accepted),
        frozenset(issues),
        names,
        frozenset(blanks),
        frozenset(divided - {""}),
    )


def accepted_of(event: Event, zone: tzinfo) -> Accepted:
    """The data of an `accepted` or a `merged` event."""
    data = event.data
    return Accepted(
        path=data["path"],
        sha256=data["sha256"],
        directorate=data["directorate"],
        state=data["state"],
        received=datetime.fromisoformat(data["received"]).astimezone(zone),
        at=event.at.astimezone(zone),
        before=data["before"],
        figures=data.get("figures", ""),
    )


def received_of(event: Event, period: Period, zone: tzinfo) -> datetime:
    """When the version of a `received` event arrived."""
    written = event.data["modified"]
    modified = datetime.fromisoformat(written).astimezone(zone) if written else None
    return received_at(event.at.astimezone(zone), modified, period)


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", PurePosixPath(path).name).casefold()
