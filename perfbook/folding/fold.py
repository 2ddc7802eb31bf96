"""A collection of those directorates alone to which something happened, put into what the others came to before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook.account import account
from perfbook.checks.across.findings import in_order, part_findings, parts_of
from perfbook.checks.across.shown import Shown, is_alike
from perfbook.collecting.archive import Archive
from perfbook.collecting.collect import Undertaken, listed_files, undertake
from perfbook.collecting.history import history
from perfbook.collecting.ledger import Ledger, read_ledger
from perfbook.collecting.outcomes import TOO_MANY
from perfbook.collecting.scope import OutsideScopeError, Scope, scope_of
from perfbook.collecting.seen import seen_files
from perfbook.collecting.terms import terms_of
from perfbook.consolidation import Consolidation
from perfbook.conversing import settled, write_feedback
from perfbook.feedback.conversation import Conversation
from perfbook.folding.answer import answer_of, found_in
from perfbook.folding.plain import is_plain_part
from perfbook.folding.share import NoShareError, Share, by_directorate, earlier_by, less, shares_of, shown_by, total
from perfbook.folding.store import Kept, Store, StoreError
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework_changes import with_framework_changes
from perfbook.memo import MOST_SHOWN, Memo, end_of_day, stamp_of
from perfbook.quarter import quarter_of
from perfbook.records import FileRecord, FrameworkChange, Quarter

if TYPE_CHECKING:
    from perfbook.workspace import Progress, Workspace

# What becomes of figures once they are collected.
_OF_OTHERS = ("reported", "consolidated", "chased", "released")
# Where more than one directorate in so many is concerned there is little to be saved.
_PART = 4


class _WholeError(Exception):
    """The whole quarter has to be worked out; nothing was recorded."""


@dataclass(frozen=True)
class Folded:
    """What a run came to: `done`, as a collection answers it, with findings and returns one by one if it `has_all`;
    and what is to be kept: `kept`, and the shares of the directorates that were worked out with what they show."""

    done: Consolidation
    kept: Kept
    shares: Mapping[str, Share]
    shown: Mapping[str, Shown]
    has_all: bool


@dataclass(frozen=True)
class _Part:
    """Some directorates, worked out: their shares now and `before`, the records of files, the books that were made."""

    shares: Mapping[str, Share] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    before: Mapping[str, Share] = field(default_factory=dict)
    files: Mapping[str, FileRecord] = field(default_factory=dict)
    made: frozenset[Path] = frozenset()


def fold(
    workspace: Workspace,
    memo: Memo,
    period: Period,
    now: datetime,
    progress: Progress | None = None,
    *,
    screen: bool = True,
) -> Folded | None:
    """A collection at `now` as it follows from the shares that are kept; None where the whole has to be worked out.

    Findings and returns of all are there where a `screen` is to show them. Raises as `Workspace.collect` does.
    """
    store = Store(workspace.root, period)
    try:
        kept = store.kept()
        if kept and _holds(kept, memo, now, stamp_of(workspace.feedback_folder(period))):
            folding = _Folding(workspace, memo, period, now, store, kept, progress)
            # Asked once the framework is read.
            return folding.fold(screen=screen) if memo.stands() else None
    except (_WholeError, NoShareError, StoreError):
        pass
    return None


def _holds(kept: Kept, memo: Memo, now: datetime, books: object) -> bool:
    """Whether what is kept is of the same workspace, in a time when nothing else became late."""
    same = memo.around and (kept.around, kept.zone, kept.books) == (memo.around, str(now.tzinfo), books)
    in_time = kept.as_at <= now < kept.until and memo.trusts(kept.since, now)
    return bool(same) and in_time and _goes_on(kept, memo.log())


def _goes_on(kept: Kept, log: bytes) -> bool:
    """Whether the record's log is as it was, but for what changes nothing that is collected."""
    then, since = log[: kept.log_size], log[kept.log_size :]
    if hashlib.sha256(then).hexdigest() != kept.log:
        return False
    try:
        return all(json.loads(line)["kind"] in _OF_OTHERS for line in since.splitlines())
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


class _Folding:
    """One run. What is there is looked at until `_conversed` is certain that the whole need not be worked out."""

    def __init__(
        self,
        workspace: Workspace,
        memo: Memo,
        period: Period,
        now: datetime,
        store: Store,
        kept: Kept,
        progress: Progress | None,
    ) -> None:
        self.workspace, self.memo, self.period, self.now = workspace, memo, period, now
        self.store, self.kept, self.progress = store, kept, progress
        self.framework: Framework = workspace.framework.at(period)
        self.known = {record.path: record for record in kept.records}

    def fold(self, *, screen: bool) -> Folded:
        """The answer, with findings and returns one by one for a `screen`, or where they are few."""
        framework, archive = self.framework, self.workspace.archive
        framework.once("digest", lambda: self.kept.digest)
        # What is lost from the record is said, though nothing changed in the folder.
        archive.demand()
        has_all = screen or bool(framework.actions) or found_in(self.kept.numbers) <= MOST_SHOWN
        shares = self._shares([each.key for each in framework.directorates]) if has_all else None
        before, now = ({stamp[0]: stamp for stamp in stamps} for stamps in (self.kept.files, self.memo.files))
        changed = {path for path in (*before, *now) if before.get(path) != now.get(path)}
        part = self._part(changed, now.keys()) if changed else _Part()
        numbers = less(self.kept.numbers, (share.numbers for share in part.before.values()))
        numbers = total((numbers, *(share.numbers for share in part.shares.values())))
        kept = replace(
            self.kept,
            numbers=numbers,
            names=self._names(part.shares),
            framework_changes=self._framework_changes(archive),
        )
        records = {**self.known, **part.files}
        files = [records[path] for path in now]
        account = answer_of(
            framework, self.period, self.now, kept, files, None if shares is None else {**shares, **part.shares}
        )
        folder = self.workspace.feedback_folder(self.period)
        books = tuple(folder / name for _, name in kept.names)
        there = tuple(path for path in books if path not in part.made)
        done = Consolidation(account.quarter, account, {}, books, there)
        return Folded(done, kept, part.shares, part.shown, has_all=has_all)

    def _framework_changes(self, archive: Archive) -> tuple[FrameworkChange, ...]:
        """What the framework has otherwise: that which was kept, as long as it is compared with the same one."""
        if end_of_day(self.kept.as_at) == end_of_day(self.now):
            return self.kept.framework_changes
        bare = Quarter(self.framework, self.period, self.now, (), (), (), (), ())
        return with_framework_changes(bare, archive).framework_changes

    def _shares(self, keys: Collection[str]) -> dict[str, Share]:
        found = self.store.shares(keys)
        if found.keys() != set(keys):
            raise _WholeError
        return found

    def _names(self, shares: Mapping[str, Share]) -> tuple[tuple[str, str], ...]:
        """The books that go back, in the order of the directorates."""
        books = dict(self.kept.names) | {key: share.book for key, share in shares.items()}
        return tuple((each.key, books[each.key]) for each in self.framework.directorates if books.get(each.key))

    # The directorates to which something happened

    def _part(self, changed: Collection[str], there: Collection[str]) -> _Part:
        workspace, settings = self.workspace, self.workspace.settings
        archive, folder = workspace.archive, workspace.returns_folder(self.period)
        terms = terms_of(settings, workspace.root, self.period, workspace.workers)
        ledger = read_ledger(archive, self.framework, self.period, terms.zone)
        listed = {entry.path: entry for entry in listed_files(folder, terms.files)}
        # Of too many files those are left out that come last, whatever happened to them.
        left_out = [path for path, entry in listed.items() if entry.verdict and entry.verdict.code == TOO_MANY]
        if listed.keys() != set(there) or left_out:
            raise _WholeError
        with seen_files(workspace.root, folder, settings.folder.recheck) as seen:
            keys, paths = self._concerned(frozenset(), changed, ledger)
            while True:
                if len(keys) * _PART > len(self.framework.directorates):
                    raise _WholeError
                scope = scope_of(self.framework, keys)
                try:
                    undertaken = undertake(
                        framework=self.framework,
                        period=self.period,
                        listed=[entry for path, entry in listed.items() if path in paths],
                        archive=archive,
                        as_at=self.now,
                        terms=terms,
                        seen=seen,
                        progress=self.progress,
                        scope=scope,
                        ledger=ledger,
                    )
                    return self._conversed(scope, undertaken)
                except OutsideScopeError as beyond:
                    keys, paths = self._concerned(keys | beyond.directorates, changed, ledger)

    def _concerned(
        self, keys: frozenset[str], changed: Collection[str], ledger: Ledger
    ) -> tuple[frozenset[str], frozenset[str]]:
        """These directorates and those of `changed` files, with all that share a file with them; and their files."""
        paths: frozenset[str] = frozenset()
        while True:
            theirs = {path for path, record in self.known.items() if record.directorate in keys}
            theirs |= {each.path for each in ledger.standing.values() if each.directorate in keys}
            reached = frozenset({*theirs, *changed})
            known = {record.directorate for path in reached if (record := self.known.get(path))}
            sent = {ledger.sent_to(path) for path in reached}
            stood = {each.directorate for each in ledger.standing.values() if each.path in reached}
            found = keys | frozenset({*known, *sent, *stood} - {""})
            if (found, reached) == (keys, paths):
                break
            keys, paths = found, reached
        if any(self.known[path].directorate not in ("", ledger.sent_to(path)) for path in paths if path in self.known):
            raise _WholeError  # a name of one directorate's and the content of another's: both know something to say
        return keys, paths

    def _conversed(self, scope: Scope, undertaken: Undertaken) -> _Part:
        workspace, period, framework, keys = self.workspace, self.period, scope.framework, scope.directorates
        collected, archive = undertaken.collected, workspace.archive
        past = history(framework, archive, period, only=keys)
        # What is said of earlier periods is said of the whole.
        past = replace(past, findings=())
        figures = (*past.observations, *collected.observations)
        parts = parts_of(framework, period, figures, collected.actions, collected.sections)
        across = in_order(framework, chain.from_iterable(part_findings(framework, period, p) for p in parts.values()))
        before, shown = self._shares(keys), shown_by(framework, period, parts, keys)
        by_directorate(framework, collected, (*collected.findings, *across), keys)
        earlier = earlier_by(collected, self.kept.closings, keys)
        if earlier != {key: share.earlier for key, share in before.items()}:
            raise _WholeError
        if past.is_mixed or not is_plain_part(framework, collected) or not self._is_alike_between(shown):
            raise _WholeError
        # From here on it is on record.
        undertaken.keep(partly=True)
        sent, settlings, sizes = settled(framework, period, archive, collected, across, self.now)
        collected = replace(sent, findings=tuple(each.finding for each in settlings))
        quarter = quarter_of(framework, period, self.now, past, collected)
        found = Conversation(quarter, framework, sent.returns, sent.submissions, settlings, past, sent, sizes)
        books, there = write_feedback(workspace, found, partly=True)
        shares, _ = shares_of(found, account(quarter), [path.name for path in books], keys, self.kept.closings)
        files = {file.path: file for file in quarter.files}
        return _Part(shares, shown, before, files, frozenset(books) - frozenset(there))

    def _is_alike_between(self, shown: Mapping[str, Shown]) -> bool:
        """Whether the rules between directorates are certain to say what they said, and nothing of these."""
        framework = self.framework
        for each in self.kept.whole.between:
            item = framework.by_key.get(each.measure) or framework.actions_by_key.get(each.measure)
            file = self.known.get(each.file)
            if (item and item.directorate in shown) or file is None or file.directorate in shown:
                return False
        return is_alike(self.store.shown(shown), shown, self.store.shown_of_others(shown))
