"""Writing the blank returns of a period: which are wanted, which lie there already, and what is recorded of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook._files import write_whole
from perfbook.adjusting import adjusted_past
from perfbook.collecting.archive import digest_of
from perfbook.collecting.dividing import divide
from perfbook.collecting.history import history
from perfbook.collecting.issue import Entry, known_issues, register_issues
from perfbook.collecting.ledger import read_ledger
from perfbook.errors import UsageError
from perfbook.framework.model import Framework
from perfbook.framework.parts import split, whole_of
from perfbook.framework.periods import Period
from perfbook.parallel import Workers, in_order, local, worth
from perfbook.returns.batches import Blanks, batches, build_batch
from perfbook.returns.identity import issue_id, return_names
from perfbook.settings import ZONE, By

if TYPE_CHECKING:
    from perfbook.workspace import Workspace

Progress = Callable[[int, int, str], None]
# Returns of usual size: so many keep a process busy for as long as it takes to start, and go to it at a time.
_START = 8
_BATCH = 4


@dataclass(frozen=True)
class Generated:
    """What `generate` did: blank returns written, and those `kept` back.

    Kept back are files that are there already, which are left as they are, and those not there of returns that were
    received already: see `received`.
    """

    period: Period
    folder: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    received: tuple[Path, ...] = ()


def generate(
    workspace: Workspace,
    period: Period,
    directorate: str | None,
    by: By | None,
    now: datetime,
    progress: Progress | None = None,
) -> Generated:
    """Write them; see `Workspace.generate`. For whoever holds the workspace's lock."""
    whole = workspace.framework.at(period)
    wanted = _wanted(whole, period, directorate)
    folder, archive = workspace.returns_folder(period), workspace.archive
    past = history(whole, archive, period)
    parts = divide(whole, archive, period, wanted, by, workspace.settings.returns_by)
    framework = split(whole, parts, period)
    keys = tuple(key for key in framework.expected(period) if whole_of(whole, key) in wanted)
    standing = read_ledger(archive, framework, period, ZONE).standing.values()
    filled = {a.directorate for a in standing if a.state != "not started"} if directorate is None else set()
    paths = {key: folder / name for key, name in return_names(framework, keys, period).items()}
    there = {key for key in keys if paths[key].exists()}
    write = [key for key in keys if key not in there and key not in filled]
    issued = known_issues(archive)
    # What was issued is recorded by its bytes, also where the file itself is kept back.
    build = [key for key in keys if key in write or issue_id(framework, key, period) not in issued]
    earlier = adjusted_past(framework, past, period)
    blanks = Blanks(
        framework,
        period,
        earlier.figures,
        earlier.reports,
        past.texts,
        past.lines,
        due=workspace.settings.due_at(period),
        created=_issue_day(now),
        house=workspace.house,
    )
    entries: list[Entry] = []
    if progress:
        progress(0, len(build), "")
    for key, data in _built(blanks, build, workspace.workers):
        path = paths[key]
        if key in write:
            write_whole(path, data)
        entries.append((key, issue_id(framework, key, period), path.name, digest_of(data)))
        if progress:
            progress(len(entries), len(build), path.name)
    register_issues(archive, framework, period, entries, now, parts)
    kept = [key for key in keys if key not in write]
    return Generated(
        period,
        folder,
        tuple(paths[key] for key in write),
        tuple(paths[key] for key in kept),
        tuple(paths[key] for key in kept if key not in there),
    )


def _built(blanks: Blanks, keys: Sequence[str], workers: Workers | None) -> Iterator[tuple[str, bytes]]:
    """The returns of directorates, in their order: by the workers that there are, or as many as are worth it here."""
    processes = worth(len(keys), _START)
    if workers is None and processes < 2:
        yield from ((key, blanks.build(key)) for key in keys)
        return
    with contextlib.nullcontext(workers) if workers else local(processes) as found:
        for several, books in in_order(found, build_batch, batches(blanks, keys, _BATCH)):
            yield from zip(several, books, strict=True)


def _wanted(framework: Framework, period: Period, wanted: str | None) -> tuple[str, ...]:
    keys = framework.expected(period)
    if wanted is None:
        return keys
    names = {d.key: d.name for d in framework.directorates if d.key in keys}
    found = tuple(k for k, name in names.items() if wanted.lower() in (k.lower(), name.lower()))
    if not found:
        raise UsageError(
            f"There is no directorate {wanted!r} in {period.label}. There are: {', '.join(names.values())}."
        )
    return found


def _issue_day(now: datetime) -> datetime:
    # The day is enough for a document's properties, and a second run on the same day gives the same bytes.
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
