"""Chasing a quarter's returns: which letters there are, and what became of each.

By default nothing leaves the machine and nothing is remembered: the letters are written as drafts. `send` hands them to
the mail server, `by_hand` writes them for a person to send; both are recorded in the archive.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from perfbook._files import write_whole
from perfbook.chasing.letters import Letter, Office, letters
from perfbook.chasing.post import MailError, Post
from perfbook.chasing.record import Noted, note, noted, past_of
from perfbook.chasing.stages import Call, calls
from perfbook.errors import UsageError
from perfbook.records import Quarter
from perfbook.reports.make import template_of
from perfbook.returns.identity import return_name
from perfbook.workbook.text import file_name

if TYPE_CHECKING:
    from perfbook.workspace import Workspace

Way = Literal["draft", "by_hand", "send"]
Result = Literal["draft", "written", "sent", "refused", "failed", "unsure"]
Log = Callable[..., None]
_DRAFT = "draft"
_BIGGEST = 10_000_000


@dataclass(frozen=True)
class Handled:
    """One letter and what became of it; `path` is its .eml file, `reason` why it was not sent."""

    letter: Letter
    result: Result
    path: Path | None = None
    reason: str = ""


@dataclass(frozen=True)
class Chasing:
    """One round of letters. `problems` keep letters from being written, `open` are earlier ones that a person must see
    to (refused, or nobody knows whether they went), `failed` says why the mail server could not be used."""

    period: str
    way: Way
    handled: tuple[Handled, ...]
    problems: tuple[str, ...] = ()
    open: tuple[Noted, ...] = ()
    failed: str = ""

    @property
    def exit_code(self) -> int:
        """4 where the mail server could not be used, 1 where a person must look, else 0."""
        if self.failed:
            return MailError.exit_code
        bad = any(each.result in ("refused", "failed", "unsure") for each in self.handled)
        return int(bad or bool(self.problems) or bool(self.open))

    def count(self, *results: Result) -> int:
        """How many letters ended so."""
        return sum(each.result in results for each in self.handled)

    def summary(self) -> dict[str, Any]:
        """The round in counts, for a night's summary."""
        results = [each.result for each in self.handled]
        return {
            **{result: results.count(result) for result in dict.fromkeys(results)},
            "problems": list(self.problems),
            "open": len(self.open),
            "failed": self.failed,
        }

    def as_json(self) -> dict[str, Any]:
        """The answer of `chase --json`."""
        return {
            "period": self.period,
            "way": self.way,
            "letters": [
                {
                    "to": each.letter.to,
                    "copies": list(each.letter.copies),
                    "stages": {call.record.directorate: call.stage for call in each.letter.calls},
                    "subject": each.letter.subject,
                    "result": each.result,
                    "reason": each.reason,
                    "file": str(each.path) if each.path else "",
                }
                for each in self.handled
            ],
            "problems": list(self.problems),
            "open": [
                {"to": each.to, "at": each.at.isoformat(), "outcome": each.outcome, "reason": each.reason}
                for each in self.open
            ],
            "failed": self.failed,
        }


def chase(workspace: Workspace, quarter: Quarter, way: Way, log: Log) -> Chasing:
    """Write, or send, the letters that a quarter calls for now. The workspace's lock must be held.

    Raises UsageError where there is no sender or mail server in the settings, WorkspaceError for a template that cannot
    be filled, CannotWriteError.
    """
    settings, archive, period = workspace.settings, workspace.archive, quarter.period
    sender = settings.mail.sender
    if not sender and way != "draft":
        raise UsageError("Letters need a sender: write from in the section [mail] of perfbook.toml.")
    earlier = noted(archive, period)
    past = past_of(earlier, _addresses(workspace, quarter))
    called = calls(quarter, settings.chasing, settings.grace_days, past)
    office = _office(workspace, quarter, sender or "performance@council.invalid")
    made, problems = letters(called, office)
    folder = workspace.outputs_folder(period) / "chasers"
    _remove_drafts(folder)
    still = tuple(each for each in earlier if each.outcome == "unsure" or _still_refused(each, called))
    round_ = Chasing(period.label, way, (), problems, still)
    for each in problems:
        log("no address", reason=each)
    if way == "draft":
        return replace(round_, handled=tuple(_drafted(folder, letter) for letter in made))
    if way == "by_hand":
        return replace(round_, handled=tuple(_written(workspace, quarter, folder, made, log)))
    return _sent(workspace, quarter, folder, made, round_, log)


def _sent(
    workspace: Workspace, quarter: Quarter, folder: Path, made: Iterable[Letter], round_: Chasing, log: Log
) -> Chasing:
    """Send letter by letter, each noted before and after; a dead server ends the round, and the rest waits."""
    done: list[Handled] = []
    archive, period, at = workspace.archive, quarter.period, quarter.as_at
    with contextlib.ExitStack() as stack:
        post = stack.enter_context(Post(workspace.settings.mail)) if made else None
        for letter in made:
            assert post is not None
            try:
                post.open()
            except MailError as error:
                log("mail server", reason=str(error))
                return replace(round_, handled=tuple(done), failed=str(error))
            path = folder / _name(letter, at)
            write_whole(path, letter.data)
            note(archive, period, letter, "sending", at)
            delivery = post.send(letter)
            note(archive, period, letter, delivery.outcome, at, delivery.reason)
            stages = {call.record.directorate: call.stage for call in letter.calls}
            log("letter", to=letter.to, outcome=delivery.outcome, reason=delivery.reason, stages=stages)
            kept = path
            if delivery.outcome == "failed":
                # It will be written again when it is tried again.
                kept = None  # type: ignore[assignment]
                with contextlib.suppress(OSError):
                    path.unlink()
            done.append(Handled(letter, delivery.outcome, kept, delivery.reason))  # type: ignore[arg-type]
    return replace(round_, handled=tuple(done))


def _written(
    workspace: Workspace, quarter: Quarter, folder: Path, made: Iterable[Letter], log: Log
) -> Iterable[Handled]:
    for letter in made:
        path = folder / _name(letter, quarter.as_at)
        write_whole(path, b"X-Unsent: 1\r\n" + letter.data)
        note(workspace.archive, quarter.period, letter, "written", quarter.as_at)
        log("letter", to=letter.to, outcome="written", file=path.name)
        yield Handled(letter, "written", path)


def _drafted(folder: Path, letter: Letter) -> Handled:
    path = folder / file_name(f"{_DRAFT} {letter.to} {letter.stages[0]}.eml")
    # Outlook opens a message with this line for writing, not for reading.
    write_whole(path, b"X-Unsent: 1\r\n" + letter.data)
    return Handled(letter, "draft", path)


def _remove_drafts(folder: Path) -> None:
    if folder.is_dir():
        for path in folder.glob(f"{_DRAFT} *.eml"):
            with contextlib.suppress(OSError):
                path.unlink()


def _name(letter: Letter, at: datetime) -> str:
    return file_name(f"{at:%Y-%m-%d} {letter.to} {letter.stages[0]}.eml")


def _addresses(workspace: Workspace, quarter: Quarter) -> dict[str, frozenset[str]]:
    """The addresses that each directorate's letters go to now."""
    fallback = workspace.settings.chasing.escalate_to
    return {
        each.key: frozenset(
            address.casefold() for address in (each.email, each.escalation_email or fallback) if address
        )
        for each in quarter.framework.directorates
    }


def _still_refused(letter: Noted, called: tuple[Call, ...]) -> bool:
    """Whether a refused letter is not made up for by one to another address."""
    return letter.outcome == "refused" and not any(call.record.directorate in letter.stages for call in called)


def _office(workspace: Workspace, quarter: Quarter, sender: str) -> Office:
    settings, period = workspace.settings, quarter.period
    folder = workspace.returns_folder(period)

    def name_of(call: Call) -> str:
        return call.record.file or return_name(quarter.framework, call.record.directorate, period)

    def link(call: Call) -> str:
        if settings.chasing.attach and attachment(call):
            return ""
        return _link(settings.chasing.link, folder, name_of(call))

    def attachment(call: Call) -> tuple[str, bytes] | None:
        if not settings.chasing.attach:
            return None
        path = folder / name_of(call)
        try:
            data = path.read_bytes() if path.stat().st_size <= _BIGGEST else None
        except OSError:
            return None
        return (path.name, data) if data else None

    return Office(
        framework=quarter.framework,
        period=period.label,
        as_at=quarter.as_at,
        sender=sender,
        reply_to=settings.mail.reply_to,
        escalate_to=settings.chasing.escalate_to,
        link=link,
        template=lambda name: template_of(workspace.root, name),
        attachment=attachment,
    )


def _link(base: str, folder: Path, name: str) -> str:
    """Where a return is, in angle brackets: mail programs then take blanks as part of it."""
    if base.lower().startswith(("http://", "https://")):
        return f"<{base.rstrip('/')}/{quote(name)}>"
    if base:
        slash = "\\" if "\\" in base else "/"
        return f"<{base.rstrip(slash)}{slash}{name.replace('/', slash)}>"
    path = folder.joinpath(*PurePosixPath(name).parts)
    return f"<{path}>" if str(path).startswith("\\\\") else f"<{path.absolute().as_uri()}>"
