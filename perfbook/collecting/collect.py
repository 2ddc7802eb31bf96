"""Collecting one period: scan ► snapshot ► identify ► read ► decide ► log.

Every file of the folder ends in one outcome, every expected return in one state. What was accepted once stands until a
better or newer version of it is accepted, whatever becomes of its file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from perfbook.checks.evidence_rules import GENERAL
from perfbook.checks.registry import settle
from perfbook.collecting import outcomes, recorded
from perfbook.collecting.archive import COUNTING, Archive, Event, NewEvent, digest_of
from perfbook.collecting.changes import late_changes
from perfbook.collecting.evidence import Looked, look_for, may_be_evidence
from perfbook.collecting.intake import Examined
from perfbook.collecting.isolation import Job, Readers, ReadingLimits
from perfbook.collecting.ledger import Accepted, Ledger, read_ledger, received_of
from perfbook.collecting.merge import Merged, lacking, may_merge, merge, says_figure
from perfbook.collecting.once import last_of_each, one_each, one_report_each
from perfbook.collecting.outcomes import Verdict, finding, verdict
from perfbook.collecting.queries import queries
from perfbook.collecting.replay import replay
from perfbook.collecting.scan import LIMITS, Limits, Listed, Scanned, list_files, read_listed
from perfbook.collecting.seen import SeenFiles
from perfbook.collecting.standing import restore
from perfbook.collecting.versions import RANK, Choice, Version, choose, received_at, when
from perfbook.errors import UnreadableFileError, UsageError
from perfbook.framework.model import Action, Framework, GridLine, Measure, Section
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
from perfbook.returns.control import totals_of
from perfbook.returns.identity import issue_id
from perfbook.workbook.text import shortened

Progress = Callable[[int, int, str], None]


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


def collect(
    *,
    framework: Framework,
    period: Period,
    folder: Path | None,
    archive: Archive,
    as_at: datetime,
    due: datetime,
    grace_days: int,
    zone: str = "Europe/London",
    progress: Progress | None = None,
    limits: Limits = LIMITS,
    seen: SeenFiles | None = None,
    reading: ReadingLimits | None = None,
) -> Collected:
    """Read what lies in a folder into the archive; `as_at` and `due` are aware.

    Without a folder the period is taken from the archive alone, as it was seen last, and nothing is written. Files that
    `seen` knows to be unchanged are taken from the archive. A process of its own looks into each file, within the
    limits of `reading`. Originals are only read. A run over an unchanged folder adds nothing to the log.
    Raises UsageError where the folder cannot be opened or a time has no zone, ArchiveError where the archive is broken,
    CannotWriteError where it cannot be written, ReadingError where no process can be started.
    """
    here = ZoneInfo(zone)
    for moment in (as_at, due):
        demand_zone(moment)
    if folder is None:
        archive, seen = archive.preview(), None
    archive.demand()
    run = _Run(framework, period, archive, as_at.astimezone(here), here, replaying=folder is None)
    try:
        listed: Sequence[Listed | Scanned] = list_files(folder, limits) if folder else replay(archive, period, here)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be opened: {error.strerror or error}.") from error
    with Readers(framework, period, reading, files=len(listed)) as readers:
        for number, entry in enumerate(listed):
            if progress:
                progress(number, len(listed), entry.path)
            scanned = entry if isinstance(entry, Scanned) else _read(entry, here, limits, archive, seen)
            run.take(scanned, readers)
        run.await_readers()
    collected = run.decide(due.astimezone(here) + timedelta(days=grace_days), due)
    archive.append_all(run.events)
    if seen:
        for file in run.files.values():
            if file.sha256 and not file.scanned.sha256:
                seen.note(file.scanned, file.sha256)
        seen.keep()
    if progress:
        progress(len(listed), len(listed), "")
    return collected


def _read(entry: Listed, zone: ZoneInfo, limits: Limits, archive: Archive, seen: SeenFiles | None) -> Scanned:
    """The bytes of one file: from the archive where they are known, else from the folder."""
    if seen:
        scanned = read_listed(entry, zone, limits, known=seen.known)
        if not scanned.sha256:
            return scanned
        data = archive.find(scanned.sha256)
        if data is not None:
            return replace(scanned, data=data)
    return read_listed(entry, zone, limits)


def demand_zone(moment: datetime) -> None:
    """Raises UsageError for a time without a zone."""
    if moment.tzinfo is None:
        raise UsageError(
            f"The time {moment.isoformat(sep=' ')} has no time zone. Give it one, such as "
            f'datetime(..., tzinfo=ZoneInfo("Europe/London")).'
        )


@dataclass(frozen=True)
class _File:
    """One file on its way through: read, kept, looked into."""

    scanned: Scanned
    sha256: str
    examined: Examined


class _Run:
    """One collection. `take` files, then `decide`; `events` is then what the log has to learn."""

    def __init__(
        self,
        framework: Framework,
        period: Period,
        archive: Archive,
        as_at: datetime,
        zone: ZoneInfo,
        *,
        replaying: bool = False,
    ) -> None:
        self.replaying = replaying
        self.framework = framework
        self.period = period
        self.archive = archive
        self.as_at = as_at
        self.zone = zone
        self.ledger: Ledger = read_ledger(archive, framework, period, zone)
        self.redacted = archive.redacted()
        self.files: dict[str, _File] = {}
        self.under_way: dict[str, Future[Examined]] = {}
        self.times: dict[str, datetime] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.events: list[NewEvent] = []
        self.findings: list[Finding] = []
        self.merged: dict[str, Merged] = {}
        self.changes: list[Change] = []
        self.absent: set[tuple[str, str]] = set()

    def take(self, scanned: Scanned, readers: Readers) -> None:
        """Keep the bytes of one file and have them looked into."""
        path = scanned.path
        if scanned.verdict:
            self.files[path] = _File(scanned, "", Examined(verdict=scanned.verdict))
            return
        digest = scanned.sha256 or digest_of(scanned.data)
        gone = self.redacted.get(digest)
        if gone:
            judged = verdict(outcomes.REDACTED, when=self._when(gone.at.astimezone(self.zone)))
            self.files[path] = _File(replace(scanned, data=b""), "", Examined(verdict=judged))
            return
        if not scanned.sha256:
            self.archive.store(scanned.data)
        self._note_received(scanned, digest)
        expected = bool(self.ledger.sent_to(path))
        self.under_way[path] = readers.submit(Job(path, scanned.data, expected))
        # The bytes are in the archive now; a thousand returns need not be in memory too.
        self.files[path] = _File(replace(scanned, data=b""), digest, Examined())

    def await_readers(self) -> None:
        """Wait until every file is looked into."""
        for path, future in self.under_way.items():
            self.files[path] = replace(self.files[path], examined=future.result())

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
            self._note_judged(path, file)
        records = tuple(self._file_record(path, file) for path, file in self.files.items())
        returns = tuple(self._return_record(key, choices.get(key), records, deadline, due) for key in self._expected())
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
            names = "; ".join(f"{file} for {self._names([about]) or GENERAL}" for file, about in keys)
            self.verdicts[path] = verdict(outcomes.EVIDENCE, names=names)
        self.findings += settle(looked.findings, self.framework, self.period)
        return looked

    def _of_whole(self, file: _File) -> Verdict | None:
        """The verdict on the book of a whole directorate whose owners have books of their own."""
        found, key = file.examined.verdict, file.examined.directorate
        if not (found and found.code == outcomes.NOT_EXPECTED and key in self.ledger.divided):
            return None
        code = outcomes.WHOLE_BLANK if file.sha256 in self.ledger.blanks else outcomes.WHOLE
        return verdict(code, directorate=self._name(key), period=self.period)

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
        return {key: choose(found, self._name(key), self.as_at) for key, found in versions.items() if found}

    def _present(self, path: str, file: _File, submission: Submission) -> Version:
        judged = self.ledger.judged.get(path)
        stands = self.ledger.standing.get((path, submission.directorate))
        if stands and stands.sha256 == file.sha256 and stands.figures:
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

    def _absent(self, accepted: Accepted) -> Version | None:
        """A version that counted and whose file is gone, or holds something else now."""
        try:
            submission = restore(self.archive, accepted, self.framework)
        except UnreadableFileError as error:
            self._say(outcomes.BLOB_UNREADABLE, accepted.path, when=self._when(accepted.at), reason=error.reason)
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
                self._log_verdict(loser.path, loser.sha256, key, judged, gone=True)
        self.findings += queries(winner, merged.conflicts, lambda about: self._names([about]))
        if winner.submission.issue not in self.ledger.issues:
            self._say(outcomes.NOT_ISSUED, winner.path)

    def _merge(self, key: str, winner: Version, copy: Version, measures: Sequence[str]) -> None:
        names = self._names(measures)
        judged = verdict(outcomes.MERGED, directorate=self._name(key), other=winner.path, measures=names)
        self._say(outcomes.COPY_ADDED, winner.path, other=copy.path, measures=names)
        if not copy.present:
            self._say_absent(key, copy)
            return
        self.verdicts[copy.path] = judged
        stands, known = self.ledger.standing.get((copy.path, key)), self.ledger.judged.get(copy.path)
        if not (known and known.kind == "merged" and stands and stands.sha256 == copy.sha256):
            self._log_counting(key, copy, judged, "")

    def _note_changes(self, key: str, winner: Version) -> None:
        """What has changed in a return since it was certified, cell by cell."""
        for change in late_changes(key, self.ledger, winner, self.archive, self.framework):
            self.changes.append(change)
            if change.is_of_sign_off:
                continue  # who signed again, or when, is no question, and that it is signed less is said already
            values = {
                "field": change.field,
                "measure": change.name,
                "before": _said(change.before),
                "after": _said(change.after),
                "was": self._when(change.was),
                "now": self._when(change.now),
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
            names = self._names(more)
            self._say(outcomes.HOLDS_MORE, winner.path, other=loser.path, reason=judged.reason, measures=names)
        elif not gone and not may_merge(loser, winner):
            self._say(outcomes.ANOTHER_VERSION, winner.path, other=loser.path, reason=judged.reason)

    def _accept(self, key: str, choice: Choice) -> None:
        winner = choice.winner
        state, name = winner.submission.state, self._name(key)
        earlier = self.ledger.before(winner.path, key)
        judged = self.ledger.judged.get(winner.path)
        if winner.counted and earlier:
            before = earlier.before
            result = self._recorded(judged) or verdict(
                outcomes.UNCHANGED, directorate=name, when=self._when(earlier.at), state=state
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
            self._log_counting(key, winner, result, before)
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
                return
        self._log_counting(key, winner, judged, earlier.before)

    def _say_absent(self, key: str, winner: Version) -> None:
        self.absent.add((winner.path, key))
        accepted = self.ledger.standing[winner.path, key]
        there = self.verdicts.get(winner.path)
        moment = self._when(accepted.at)
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
        self,
        key: str,
        choice: Choice | None,
        files: Sequence[FileRecord],
        deadline: datetime,
        due: datetime,
    ) -> ReturnRecord:
        measures = sum(m.about(self.period) is not None for m in self.framework.measures_of(key, self.period))
        actions = {action.key for action in self.framework.actions_of(key, self.period)}
        # One that is told in words is answered by its words.
        told = {action.key for action in self.framework.actions_of(key, self.period) if action.baseline}
        if choice is None:
            rejected = next((f for f in files if f.outcome == "rejected" and f.directorate == key), None)
            lost = next((a for a in reversed(self.ledger.accepted) if a.directorate == key), None)
            return ReturnRecord(
                directorate=key,
                issue=issue_id(self.framework, key, self.period),
                state="unreadable" if rejected or lost else "not started",
                due=due,
                overdue=self.as_at > deadline,
                measures=measures,
                actions=len(actions),
                file=rejected.path if rejected else lost.path if lost else "",
            )
        submission = self.merged[key].submission
        asked = {m.key for m in self.framework.measures_of(key, self.period)}
        signed = submission.sign_off is not None
        received = self._first_received(key, choice.winner) if signed else None
        certified = submission.state == "certified"
        return ReturnRecord(
            directorate=key,
            issue=submission.issue,
            state=submission.state,
            due=due,
            received=received,
            late=bool(certified and received and received > deadline),
            overdue=not certified and self.as_at > deadline,
            measures=measures,
            answered=sum(o.measure in asked and says_figure(o) for o in last_of_each(submission.observations)),
            actions=len(actions),
            rated=len({r.action for r in submission.actions if r.rating or (r.action in told and r.update)} & actions),
            file=choice.winner.path,
            sign_off=submission.sign_off,
            control=totals_of(submission.observations).shown,
        )

    def _first_received(self, key: str, winner: Version) -> datetime:
        # A correction after the due date does not make a return late that was certified in time.
        first = self.ledger.first_in_state(key, winner.submission.state)
        return min(first, winner.received) if first else winner.received

    # The log

    def _note_received(self, scanned: Scanned, digest: str) -> None:
        known = self.ledger.received.get(scanned.path)
        if known and known.data["sha256"] == digest:
            self.times[scanned.path] = received_of(known, self.period, self.zone)
            return
        self.times[scanned.path] = received_at(self.as_at, scanned.modified, self.period)
        fields = {
            "period": self.period.label,
            "path": scanned.path,
            "sha256": digest,
            "size": len(scanned.data),
            "modified": scanned.modified.isoformat() if scanned.modified else "",
        }
        self.events.append(NewEvent("received", self.as_at, fields))

    def _log_counting(self, key: str, version: Version, judged: Verdict, before: str) -> None:
        """Record a version that counts, and all that it says (see `recorded`)."""
        fields = {
            "period": self.period.label,
            "path": version.path,
            "sha256": version.sha256,
            "code": judged.code,
            "reason": judged.reason,
            "directorate": key,
            "issue": version.submission.issue,
            "state": version.submission.state,
            "received": version.received.isoformat(),
            "before": before,
            "figures": self.archive.store(recorded.dump(version.submission, self.framework)),
        }
        kind = judged.outcome if judged.outcome in COUNTING else "accepted"
        self.events.append(NewEvent(kind, self.as_at, fields))

    def _note_judged(self, path: str, file: _File) -> None:
        """Record an outcome that is news; those that count are recorded where they are decided."""
        judged = self.verdicts[path]
        if judged.outcome in (*COUNTING, "unchanged") or not judged.logged:
            return
        known = self.ledger.judged.get(path)
        # Of a file whose bytes are not kept its time is known from here alone.
        modified = file.scanned.modified.isoformat() if file.scanned.modified and not file.sha256 else ""
        news = (judged.outcome, file.sha256, judged.code if judged.outcome != "superseded" else "", modified)
        if known:
            code = known.data["code"] if known.kind != "superseded" else ""
            if (known.kind, known.data["sha256"], code, known.data.get("modified", "")) == news:
                return
        self._log_verdict(path, file.sha256, self._directorate_of(path, file), judged, modified=modified)

    def _log_verdict(
        self, path: str, digest: str, directorate: str, judged: Verdict, *, gone: bool = False, modified: str = ""
    ) -> None:
        fields = {
            "period": self.period.label,
            "path": path,
            "sha256": digest,
            "code": judged.code,
            "reason": judged.recorded or judged.reason,
            "directorate": directorate,
            **({"modified": modified} if modified else {}),
            **({"gone": True} if gone else {}),
            # What lay here before still counts.
            **({"kept": True} if not gone and (path, directorate) in self.absent else {}),
        }
        self.events.append(NewEvent(judged.outcome, self.as_at, fields))

    # Words

    def _expected(self) -> tuple[str, ...]:
        return self.framework.expected(self.period)

    def _name(self, key: str) -> str:
        """A directorate as people know it, or the key of one that the framework no longer has."""
        return next((each.name for each in self.framework.directorates if each.key == key), key)

    def _names(self, measures: Sequence[str]) -> str:
        """Measures and actions as people know them: code and title, or the key of what the framework no longer has."""
        sections = {section.key: section for section in self.framework.sections}
        everything: dict[str, Measure | Action | Section | GridLine] = {
            **{line.key: line for grid in self.framework.grids for line in grid.lines},
            **sections,
            **self.framework.actions_by_key,
            **self.framework.by_key,
        }
        known = [(key, everything.get(key)) for key in measures]
        return "; ".join(_named(each) if each else key for key, each in known)

    def _when(self, moment: datetime) -> str:
        return when(moment, self.as_at)

    def _say(self, code: str, path: str, **values: object) -> None:
        self.findings.append(finding(code, path, **{key: str(value) for key, value in values.items()}))


def _was_superseded(judged: Event | None, digest: str) -> bool:
    return judged is not None and judged.kind == "superseded" and judged.data["sha256"] == digest


def _said(value: str) -> str:
    return f"\u201c{shortened(value, 60)}\u201d" if value else "blank"


def _named(each: Measure | Action | Section | GridLine) -> str:
    if isinstance(each, GridLine):
        return each.label
    return each.title if isinstance(each, Section) else f"{each.code} {each.title}".strip()
