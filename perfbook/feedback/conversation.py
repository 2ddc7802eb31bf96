"""One round of the conversation: what was answered is recorded, what is open goes back as a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from perfbook import __version__
from perfbook._grouped import grouped
from perfbook.collecting.archive import Archive
from perfbook.collecting.collect import Collected
from perfbook.collecting.history import History
from perfbook.feedback.explained import explanations, new_explanations
from perfbook.feedback.kept import KeptBooks, fingerprint
from perfbook.feedback.settle import Settling, settle
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.parallel import Workers
from perfbook.records import Finding, Quarter, ReturnRecord, Submission
from perfbook.returns import layout
from perfbook.returns.identity import return_names
from perfbook.workbook.palette import STANDARD, HouseStyle


@dataclass(frozen=True)
class Conversation:
    """A quarter as it stands, the versions that count, and each finding with what was said about it.

    `framework`, `returns` and `submissions` are those by which returns were sent out: where each owner has a book of
    their own, by owner. `sizes` say how many findings there are of each group.
    """

    quarter: Quarter
    framework: Framework
    returns: tuple[ReturnRecord, ...]
    submissions: tuple[Submission, ...]
    settlings: tuple[Settling, ...]
    past: History
    collected: Collected
    sizes: tuple[int, int, int]

    @property
    def findings_in_groups(self) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
        """The findings of returns, those of collecting them, and those of rows beside each other."""
        found = tuple(each.finding for each in self.settlings)
        own, said, _ = self.sizes
        return found[:own], found[own : own + said], found[own + said :]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names under which returns were sent out, by directorate."""
        return return_names(self.framework, [record.directorate for record in self.returns], self.quarter.period)


@dataclass(frozen=True)
class Book:
    """One book that goes back: of a directorate (a key), as bytes.

    `is_new_issue` where the framework has changed since the return was sent out; `is_kept` where it lies there already,
    made from the same.
    """

    directorate: str
    data: bytes
    is_new_issue: bool
    is_kept: bool = False


def settle_collected(
    framework: Framework, period: Period, archive: Archive, collected: Collected, at: datetime
) -> tuple[Settling, ...]:
    """Record what was answered, and say of each finding how it stands. Raises ArchiveError, CannotWriteError."""
    archive.append_all(new_explanations(archive, framework, period, collected.submissions, at))
    explained = explanations(archive, period)
    return settle(framework, period, collected.findings, collected.observations, explained, collected.submissions)


def feedback_books(
    found: Conversation,
    archive: Archive,
    *,
    due: datetime,
    kept: KeptBooks | None = None,
    house: HouseStyle = STANDARD,
    workers: Workers | None = None,
) -> dict[str, Book]:
    """The books that go back, by the names under which the returns were sent out.

    A return goes back once it is signed or overdue, while something in it is open. What `kept` knows to be made from
    the same is not made again. Many are made by `workers`, or by as many processes as are worth it here. Raises
    ArchiveError.
    """
    from perfbook._digest import framework_digest
    from perfbook.feedback.book import Asked, made_books

    about = framework_digest(found.framework) if kept else ""
    council = fingerprint(__version__, layout.checksum(), about, due, house) if kept else ""
    past = found.past.by_directorate(found.framework) if kept else {}
    records = {record.directorate: record for record in found.returns}
    names = found.names
    by_file = grouped(enumerate(found.settlings), lambda item: item[1].finding.file)
    books: dict[str, Book | None] = {}
    to_make: dict[str, tuple[Asked, str]] = {}
    for submission in found.submissions:
        record = records.get(submission.directorate)
        if record is None or not _goes_back(record, submission):
            continue
        files = {submission.file, *(source.file for source in submission.sources)}
        # In the order in which they were found, whichever file they are about.
        settlings = [each for _, each in sorted(each for file in files for each in by_file.get(file, ()))]
        if not any(each.is_open for each in settlings):
            continue
        name = names[submission.directorate]
        is_new_issue = submission.framework_version != found.framework.version
        # Of owners' books, what was written belongs to the whole directorate.
        key = submission.directorate
        before = [past.get(each) for each in (key, key.rpartition("/")[0])]
        inputs = fingerprint(council, before, submission, settlings) if kept else ""
        there = kept.get(name, inputs) if kept else None
        if there is not None:
            books[name] = Book(submission.directorate, there, is_new_issue, is_kept=True)
            continue
        books[name] = None  # in their order, whichever are made
        to_make[name] = Asked(submission, tuple(settlings), _arrived(submission, due)), inputs
    asked = [each for each, _ in to_make.values()]
    made = made_books(found.framework, asked, archive, found.past, due=due, house=house, workers=workers)
    for (name, (each, inputs)), data in zip(to_make.items(), made, strict=True):
        submission = each.submission
        is_new_issue = submission.framework_version != found.framework.version
        books[name] = Book(submission.directorate, data, is_new_issue)
        if kept:
            kept.note(name, inputs, data)
    return {name: book for name, book in books.items() if book}


def _goes_back(record: ReturnRecord, submission: Submission) -> bool:
    return submission.started and (record.is_received or record.overdue)


def _arrived(submission: Submission, due: datetime) -> datetime:
    """The day on which the newest of it arrived: the same content gives the same book, whenever it is made."""
    times = [source.received for source in submission.sources if source.received]
    newest = max(times, default=due)
    return newest.replace(hour=0, minute=0, second=0, microsecond=0)
