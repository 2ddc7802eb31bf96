"""One collection from its files to its outcomes: identify ► read ► decide.

Every file of the folder ends in one outcome, every expected return in one state. What was accepted once stands until a
better or newer version of it is accepted, whatever becomes of its file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from perfbook.checks.evidence_rules import GENERAL
from perfbook.checks.registry import settle
from perfbook.collecting import outcomes, recorded
from perfbook.collecting.archive import Archive, Event, digest_of
from perfbook.collecting.changes import kept_changes
from perfbook.collecting.evidence import Looked, look_for, may_be_evidence
from perfbook.collecting.intake import Examined
from perfbook.collecting.isolation import Job, Readers
from perfbook.collecting.journal import Journal
from perfbook.collecting.ledger import Accepted, Ledger
from perfbook.collecting.merge import Merged, lacking, may_merge, merge
from perfbook.collecting.once import one_each, one_report_each
from perfbook.collecting.outcomes import Verdict, finding, verdict
from perfbook.collecting.queries import queries
from perfbook.collecting.remembered import Remembered
from perfbook.collecting.scan import Scanned
from perfbook.collecting.spread import SpreadReaders
from perfbook.collecting.standing import restore
from perfbook.collecting.states import Moment, state_of, state_of_none
from perfbook.collecting.versions import RANK, Choice, Version, choose
from perfbook.collecting.words import Words, quoted_value
from perfbook.errors import UnreadableFileError
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import (
    ActionReport,
    Change,
    Evidence,
    FileRecord,
    Finding,
    GridFigure,
    Observation,
    ReturnRecord,
    SectionText,
    Submission,
)


@dataclass(frozen=True)
class Collected:
    """One period as it stands: an outcome a file, a state a return, figures and findings of the versions that count.

    `observations` are of returns of this period only; `submissions` are the versions that count.
    """

    files: tuple[FileRecord, ...]
    returns: tuple[ReturnRecord, ...]
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    submissions: tuple[Submission, ...]
    actions: tuple[ActionReport, ...] = ()
    sections: tuple[SectionText, ...] = ()
    changes: tuple[Change, ...] = ()
    grids: tuple[GridFigure, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class _File:
    """One file on its way through: read, kept, looked into."""

    scanned: Scanned
    sha256: str
    examined: Examined


class Run:
    """One collection. `take` files, then `decide`; `journal` is then what the log has to learn."""

    def __init__(
        self,
        framework: Framework,
        period: Period,
        archive: Archive,
        ledger: Ledger,
        as_at: datetime,
        zone: ZoneInfo,
        remembered: Remembered | None = None,
        *,
        replaying: bool = False,
    ) -> None:
        self.remembered = remembered
        self.replaying = replaying
        self.framework = framework
        self.period = period
        self.archive = archive
        self.as_at = as_at
        self.zone = zone
        self.ledger = ledger
        self.journal = Journal(framework, period, archive, self.ledger, as_at, zone)
        self.words = Words(framework, as_at)
        self.redacted = archive.redacted()
        self.files: dict[str, _File] = {}
        self.under_way: dict[str, Future[Examined]] = {}
        self.times: dict[str, datetime] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.findings: list[Finding] = []
        self.merged: dict[str, Merged] = {}
        self.changes: list[Change] = []

    def take(self, scanned: Scanned, readers: Readers | SpreadReaders) -> None:
        """Keep the bytes of one file and have them looked into, unless it is known what they say."""
        path = scanned.path
        if scanned.verdict:
            self.files[path] = _File(scanned, "", Examined(verdict=scanned.verdict))
            return
        digest = scanned.sha256 or digest_of(scanned.data)
        gone = self.redacted.get(digest)
        if gone:
            judged = verdict(outcomes.REDACTED, when=self.words.when(gone.at.astimezone(self.zone)))
            self.files[path] = _File(replace(scanned, data=b""), "", Examined(verdict=judged))
            return
        if not scanned.sha256:
            self.archive.store(scanned.data)
        self.times[path] = self.journal.received(scanned, digest)
        sent_to = self.ledger.sent_to(path)
        expected = bool(sent_to)
        known = self.remembered.recall(path, digest, expected) if self.remembered else None
        if known is None:
            self.under_way[path] = readers.submit(Job(path, scanned.data, expected, sent_to))
        # The bytes are in the archive now; a thousand returns need not be in memory too.
        self.files[path] = _File(replace(scanned, data=b""), digest, known or Examined())

    def await_readers(self) -> None:
        """Wait until every file is looked into."""
        for path, future in self.under_way.items():
            file = self.files[path] = replace(self.files[path], examined=future.result())
            if self.remembered:
                self.remembered.note(path, file.sha256, bool(self.ledger.sent_to(path)), file.examined)

    def decide(self, deadline: datetime, due: datetime) -> Collected:
        """Give every file its outcome and every return its state."""
        choices = self._choose()
        for path, file in sorted(self.files.items()):
            if file.examined.verdict:
                self.verdicts[path] = self._of_whole(file) or file.examined.verdict
        for key, choice in choices.items():
            self._settle(key, choice)
            self._note_changes(key, choice.winner)
        looked = self._look_for_evidence(choices)
        for path, file in self.files.items():
            where = self._directorate_of(path, file)
            self.journal.judged(path, file.sha256, where, self.verdicts[path], file.scanned.modified)
        records = tuple(self._file_record(path, file) for path, file in self.files.items())
        moment = Moment(self.as_at, due, deadline)
        returns = tuple(self._return_record(key, choices.get(key), records, moment) for key in self._expected())
        submissions = tuple(self.merged[key].submission for key in choices)
        found = [f for s in submissions for f in s.findings] + self.findings
        figures, actions = one_each(self.framework, submissions), one_report_each(self.framework, submissions)
        texts = tuple(text for submission in submissions for text in submission.sections)
        changes = tuple(self.changes)
        grids = tuple(figure for submission in submissions for figure in submission.grids)
        return Collected(
            records, returns, figures, tuple(found), submissions, actions, texts, changes, grids, looked.rows
        )

    def _look_for_evidence(self, choices: Mapping[str, Choice]) -> Looked:
        """The evidence that returns name beside the list of files; of a file that is named the reason says so."""
        standing = {path for path, _ in self.ledger.standing}
        free = {
            path
            for path, judged in self.verdicts.items()
            if may_be_evidence(judged)
            and path not in standing
            and not (self.files[path].examined.directorate or self.ledger.sent_to(path))
        }
        rows = [(row, choices[key].winner.path) for key in choices for row in self.merged[key].submission.evidence]
        looked = look_for(rows, self.verdicts, free)
        for path, keys in looked.named.items():
            names = "; ".join(f"{file} for {self.words.names([about]) or GENERAL}" for file, about in keys)
            self.verdicts[path] = verdict(outcomes.EVIDENCE, names=names)
        self.findings += settle(looked.findings, self.framework, self.period)
        return looked

    def _of_whole(self, file: _File) -> Verdict | None:
        """The verdict on the book of a whole directorate whose owners have books of their own."""
        found, key = file.examined.verdict, file.examined.directorate
        if not (found and found.code == outcomes.NOT_EXPECTED and key in self.ledger.divided):
            return None
        code = outcomes.WHOLE_BLANK if file.sha256 in self.ledger.blanks else outcomes.WHOLE
        return verdict(code, directorate=self.words.name(key), period=self.period)

    # Versions

    def _choose(self) -> dict[str, Choice]:
        versions: dict[str, list[Version]] = {key: [] for key in self._expected()}
        for path, file in self.files.items():
            submission = file.examined.submission
            if submission:
                versions.setdefault(submission.directorate, []).append(self._present(path, file, submission))
        for (path, key), accepted in self.ledger.standing.items():
            # What lies under the same name now takes its place, unless that is a blank.
            there = [v.submission for v in versions.get(key, ()) if v.path == path]
            blank = all(submission.state == "not started" for submission in there)
            replaced = there and (accepted.state == "not started" or not blank)
            # A directorate that is not expected any more (it merged with another, say) keeps what was accepted of it.
            if not replaced and (key in versions or accepted.state != "not started"):
                absent = self._absent(accepted)
                if absent:
                    versions.setdefault(key, []).append(absent)
        return {key: choose(found, self.words.name(key), self.as_at) for key, found in versions.items() if found}

    def _present(self, path: str, file: _File, submission: Submission) -> Version:
        judged = self.ledger.judged.get(path)
        stands = self.ledger.standing.get((path, submission.directorate))
        if stands and stands.sha256 == file.sha256 and stands.figures and not self._is_recorded(path, stands):
            # A measure that went to another directorate meanwhile keeps the figure that was accepted for it.
            with contextlib.suppress(UnreadableFileError):  # recorded by a newer perfbook
                submission = recorded.carried(submission, restore(self.archive, stands, self.framework))
        return Version(
            path=path,
            sha256=file.sha256,
            submission=submission,
            received=self.times[path],
            counted=bool(judged and judged.kind == "accepted" and stands and stands.sha256 == file.sha256),
            issued_name=self.ledger.has_issued_name(path),
        )

    def _is_recorded(self, path: str, accepted: Accepted) -> bool:
        """Whether the record has what was read in a file now, neither more nor less."""
        return self.remembered is not None and accepted.figures == self.remembered.figures(path)

    def _note_recorded(self, winner: Version, figures: str) -> None:
        """Remember that the record has just what was read; not where something was carried over into it."""
        if self.remembered and figures and self.files[winner.path].examined.submission is winner.submission:
            self.remembered.note_figures(winner.path, figures)

    def _absent(self, accepted: Accepted) -> Version | None:
        """A version that counted and whose file is gone, or holds something else now."""
        try:
            submission = restore(self.archive, accepted, self.framework)
        except UnreadableFileError as error:
            self._say(outcomes.BLOB_UNREADABLE, accepted.path, when=self.words.when(accepted.at), reason=error.reason)
            return None
        issued = self.ledger.has_issued_name(accepted.path)
        return Version(accepted.path, accepted.sha256, submission, accepted.received, False, True, issued)

    def _settle(self, key: str, choice: Choice) -> None:
        """Judge the versions of one return, and say what a person should know of them."""
        winner = choice.winner
        merged = self.merged[key] = merge(winner, [version for version, _ in choice.losers])
        if winner.present:
            self._accept(key, choice)
        else:
            self._say_absent(key, winner)
        for loser, judged in choice.losers:
            measures = merged.added.get((loser.path, loser.sha256))
            if measures:
                self._merge(key, winner, loser, measures)
            elif loser.present:
                self.verdicts[loser.path] = judged
                self._say_other(winner, loser, judged, merged)
            else:
                # It stood until now; from here on it is history, even if the winner goes.
                self._say_other(winner, loser, judged, merged, gone=True)
                self.journal.verdict(loser.path, loser.sha256, key, judged, gone=True)
        self.findings += queries(winner, merged.conflicts, lambda about: self.words.names([about]))
        if winner.submission.issue not in self.ledger.issues:
            self._say(outcomes.NOT_ISSUED, winner.path)

    def _merge(self, key: str, winner: Version, copy: Version, measures: Sequence[str]) -> None:
        names = self.words.names(measures)
        judged = verdict(outcomes.MERGED, directorate=self.words.name(key), other=winner.path, measures=names)
        self._say(outcomes.COPY_ADDED, winner.path, other=copy.path, measures=names)
        if not copy.present:
            self._say_absent(key, copy)
            return
        self.verdicts[copy.path] = judged
        stands, known = self.ledger.standing.get((copy.path, key)), self.ledger.judged.get(copy.path)
        if not (known and known.kind == "merged" and stands and stands.sha256 == copy.sha256):
            self._note_recorded(copy, self.journal.counts(key, copy, judged, ""))

    def _note_changes(self, key: str, winner: Version) -> None:
        """What has changed in a return since it was certified, cell by cell."""
        for change in kept_changes(self.remembered, key, self.ledger, winner, self.archive, self.framework):
            self.changes.append(change)
            if change.is_of_sign_off:
                continue  # who signed again, or when, is no question, and that it is signed less is said already
            was, now = self.words.one_after_another(change.was, change.now)
            values = {
                "field": change.field,
                "measure": change.name,
                "before": quoted_value(change.before),
                "after": quoted_value(change.after),
                "was": was,
                "now": now,
            }
            place = {"sheet": change.sheet, "cell": change.cell, "about": change.measure}
            said = finding(outcomes.CHANGED_AFTER, change.file, **place, **values)
            said = replace(said, about=change.period.label)
            if change.answers or not change.is_latest:
                said = replace(said, severity="info", remedy="")
            self.findings.append(said)

    def _say_other(
        self, winner: Version, loser: Version, judged: Verdict, merged: Merged, *, gone: bool = False
    ) -> None:
        """Say that another version lies there, unless it is the same or its conflicts are said one by one."""
        if judged.code == outcomes.SAME_CONTENT or not loser.submission.started:
            return
        if loser.sha256 == winner.submission.answers:
            return  # the one that counts answers what was asked about this one
        more = lacking(merged.submission, loser.submission)
        if more:
            names = self.words.names(more)
            self._say(outcomes.HOLDS_MORE, winner.path, other=loser.path, reason=judged.reason, measures=names)
        elif not gone and not may_merge(loser, winner):
            self._say(outcomes.ANOTHER_VERSION, winner.path, other=loser.path, reason=judged.reason)

    def _accept(self, key: str, choice: Choice) -> None:
        winner = choice.winner
        state, name = winner.submission.state, self.words.name(key)
        earlier = self.ledger.before(winner.path, key)
        judged = self.ledger.judged.get(winner.path)
        if winner.counted and earlier:
            before = earlier.before
            result = self._recorded(judged) or verdict(
                outcomes.UNCHANGED, directorate=name, when=self.words.when(earlier.at), state=state
            )
            self._record_again(key, winner, result, earlier)
        else:
            same = earlier is not None and earlier.sha256 == winner.sha256
            before = "" if earlier is None else earlier.before if same else earlier.state
            if choice.moved_from:
                result = verdict(outcomes.MOVED, directorate=name, other=choice.moved_from, state=state)
            else:
                again = same or _was_superseded(judged, winner.sha256)
                code = outcomes.COUNTS_AGAIN if again else outcomes.NEW_VERSION if earlier else outcomes.ACCEPTED
                result = verdict(code, directorate=name, state=state)
            self._note_recorded(winner, self.journal.counts(key, winner, result, before))
        self.verdicts[winner.path] = result
        if before in ("certified", "provisional") and RANK[state] < RANK[before]:  # type: ignore[index]
            self._say(outcomes.LESS_SIGNED_NOW, winner.path, before=before, state=state)

    def _recorded(self, judged: Event | None) -> Verdict | None:
        """What a run of this very moment said, where it is replayed: then it is new, and not unchanged since."""
        if not (self.replaying and judged and judged.at == self.as_at):
            return None
        return Verdict("accepted", judged.data["code"], judged.data["reason"])

    def _record_again(self, key: str, winner: Version, judged: Verdict, earlier: Accepted) -> None:
        """Record what today's framework reads in the same bytes, where that is news."""
        if earlier.figures:
            if self._is_recorded(winner.path, earlier):
                return
            try:
                before = restore(self.archive, earlier, self.framework)
            except UnreadableFileError:  # it was recorded by a newer perfbook
                return
            units = recorded.units_then(self.archive.load(earlier.figures))
            same_units = units == recorded.units_now(winner.submission, self.framework)
            # Not the order: what was carried over stands last.
            now = winner.submission
            same = set(now.observations) == set(before.observations) and set(now.actions) == set(before.actions)
            same = same and set(now.sections) == set(before.sections) and set(now.grids) == set(before.grids)
            same = same and set(now.evidence) == set(before.evidence)
            if same_units and same:
                self._note_recorded(winner, earlier.figures)
                return
        self._note_recorded(winner, self.journal.counts(key, winner, judged, earlier.before))

    def _say_absent(self, key: str, winner: Version) -> None:
        self.journal.absent.add((winner.path, key))
        accepted = self.ledger.standing[winner.path, key]
        there = self.verdicts.get(winner.path)
        moment = self.words.when(accepted.at)
        if there and there.outcome == "ignored":
            return
        file = self.files.get(winner.path)
        blank = file.examined.submission if file else None
        if blank and blank.directorate == key:
            self._say(outcomes.BLANK_NOW, winner.path, when=moment)
            return
        if there and there.outcome == "rejected":
            self._say(outcomes.FILE_REJECTED, winner.path, when=moment, reason=there.reason)
        else:
            self._say(outcomes.FILE_GONE, winner.path, when=moment)

    # Records

    def _file_record(self, path: str, file: _File) -> FileRecord:
        judged = self.verdicts[path]
        directorate = self._directorate_of(path, file)
        return FileRecord(
            path, judged.outcome, judged.code, judged.reason, directorate, file.sha256, file.scanned.modified
        )

    def _directorate_of(self, path: str, file: _File) -> str:
        if file.examined.directorate:
            return file.examined.directorate
        return self.ledger.sent_to(path) if self.verdicts[path].outcome == "rejected" else ""

    def _return_record(
        self, key: str, choice: Choice | None, files: Sequence[FileRecord], moment: Moment
    ) -> ReturnRecord:
        about = (self.framework, self.period, key, self.ledger)
        if choice is None:
            return state_of_none(*about, files, moment)
        return state_of(*about, choice.winner, self.merged[key].submission, moment)

    # Words

    def _expected(self) -> tuple[str, ...]:
        return self.framework.expected(self.period)

    def _say(self, code: str, path: str, **values: object) -> None:
        self.findings.append(finding(code, path, **{key: str(value) for key, value in values.items()}))


def _was_superseded(judged: Event | None, digest: str) -> bool:
    return judged is not None and judged.kind == "superseded" and judged.data["sha256"] == digest
