"""Letters: the calls of one person in one message, in words from templates that officers may change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from perfbook.chasing.stages import REMINDERS, Call, Stage
from perfbook.errors import WorkspaceError
from perfbook.framework.model import Action, Framework, Measure
from perfbook.records import ReturnRecord
from perfbook.scorecard.lists import STATE_WORDS
from perfbook.settings import ZONE
from perfbook.workbook.text import clean_text

FRAME = "chasers/message.txt"
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True)
class Item:
    """One return as a template sees it."""

    directorate: str
    role: str
    period: str
    due: str
    days: int
    state: str
    answered: int
    measures: int
    link: str
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """One message to one person. `parts` are its calls; `message` is ready to be sent or written as .eml."""

    to: str
    copies: tuple[str, ...]
    calls: tuple[Call, ...]
    subject: str
    message_id: str
    message: EmailMessage

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Its stages, the most serious first."""
        return _in_order(call.stage for call in self.calls)

    @property
    def data(self) -> bytes:
        """The bytes of an .eml file."""
        return self.message.as_bytes(policy=SMTP)


@dataclass(frozen=True)
class Office:
    """What letters need to know of the council: who writes, how returns are linked, where templates are."""

    framework: Framework
    period: str
    as_at: datetime
    sender: str
    reply_to: str
    escalate_to: str
    link: Callable[[Call], str]
    template: Callable[[str], tuple[bytes, str]]
    attachment: Callable[[Call], tuple[str, bytes] | None]


def letters(calls: Sequence[Call], office: Office) -> tuple[tuple[Letter, ...], tuple[str, ...]]:
    """One letter a person, and what keeps others from being written. Raises WorkspaceError for a wrong template."""
    people: dict[tuple[bool, str], list[Call]] = {}
    problems: list[str] = []
    for call in calls:
        directorate = office.framework.directorate(call.record.directorate)
        escalated = call.stage == "escalation"
        address = (directorate.escalation_email or office.escalate_to) if escalated else directorate.email
        if not address:
            column = "Escalation e-mail" if escalated else "E-mail"
            problems.append(
                f"{directorate.name} has no address to write to. Fill in {column} on the sheet Directorates of "
                "framework.xlsx."
            )
            continue
        people.setdefault((escalated, address.casefold()), []).append(call)
    words = _Words(office)
    return tuple(_letter(found, office, words) for found in people.values()), tuple(problems)


def _letter(calls: list[Call], office: Office, words: _Words) -> Letter:
    first = office.framework.directorate(calls[0].record.directorate)
    escalated = calls[0].stage == "escalation"
    to, role = first.email, first.role
    copies: tuple[str, ...] = ()
    if escalated:
        to, role = first.escalation_email or office.escalate_to, first.escalation_role
        others = [office.framework.directorate(call.record.directorate).email for call in calls]
        copies = tuple(dict.fromkeys(each for each in others if each and each.casefold() != to.casefold()))
    stages = _in_order(call.stage for call in calls)
    subjects, parts = [], []
    for stage in stages:
        items = [_item(call, office) for call in calls if call.stage == stage]
        subject, part = words.stage(stage, items)
        subjects.append(subject)
        parts.append(part)
    subject, body = words.frame(role or first.name, subjects[0], parts)
    message_id = _message_id(calls, office, to)
    message = EmailMessage(policy=SMTP)
    message["From"] = _addressed(office.sender, f"{office.framework.council} performance team")
    message["To"] = _addressed(to, role)
    if copies:
        message["Cc"] = ", ".join(copies)
    if office.reply_to:
        message["Reply-To"] = office.reply_to
    message["Subject"] = subject
    message["Date"] = format_datetime(office.as_at.astimezone(ZONE))
    message["Message-ID"] = message_id
    # So that out-of-office notes do not answer a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    _attach(message, calls, office, message_id)
    return Letter(to, copies, tuple(calls), subject, message_id, message)


def _attach(message: EmailMessage, calls: Iterable[Call], office: Office, message_id: str) -> None:
    files = [file for call in calls if call.stage in REMINDERS and (file := office.attachment(call))]
    for name, data in files:
        message.add_attachment(data, maintype=_XLSX[0], subtype=_XLSX[1], filename=name)
    if files:
        # The same letter has the same bytes.
        message.set_boundary(f"=={hashlib.sha256(message_id.encode()).hexdigest()[:32]}==")


def _item(call: Call, office: Office) -> Item:
    directorate = office.framework.directorate(call.record.directorate)
    record = call.record
    named: tuple[Measure | Action, ...] = (*office.framework.measures, *office.framework.actions)
    codes = {each.key: f"{each.code} {each.title}".strip() for each in named}
    return Item(
        directorate=directorate.name,
        role=directorate.role,
        period=office.period,
        due=day_text(call.due),
        days=call.days,
        state=_state(record),
        answered=record.answered + record.rated,
        measures=record.measures + record.actions,
        link=office.link(call),
        findings=tuple(
            ": ".join(part for part in (codes.get(each.measure, ""), each.message) if part) for each in call.findings
        ),
    )


def _state(record: ReturnRecord) -> str:
    """The state in words; where each owner has a book, also whose is still to come."""
    open_ = [part.owner for part in record.parts if part.owner and not part.is_received]
    waiting = f", still to come from: {'; '.join(open_)}" if open_ else ""
    return f"{STATE_WORDS[record.state].lower()}{waiting}"


def day_text(day: date) -> str:
    """A day as letters write it: `Monday 19 October 2020`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _in_order(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The most serious first: the last reminder, then questions, then thanks."""
    order = [*reversed(REMINDERS), "query", "thanks"]
    return tuple(sorted(set(stages), key=order.index))


def _addressed(address: str, name: str) -> str:
    local, _, domain = address.rpartition("@")
    return str(Address(" ".join(clean_text(name).split()), local, domain))


def _message_id(calls: Iterable[Call], office: Office, to: str) -> str:
    """The same for the same letter, so that a mail server that sees it twice can tell."""
    facts = sorted(
        f"{call.record.directorate} {call.stage} {call.due} {[each.found for each in call.findings]}" for call in calls
    )
    text = "\n".join((office.framework.council, office.period, to.casefold(), *facts))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"<{digest}@{office.sender.rpartition('@')[2]}>"


class _Words:
    """The templates, each read once. A template's first line is its subject."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._sources: dict[str, tuple[str, str]] = {}
        self._environment = SandboxedEnvironment(
            autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_plain
        )

    def stage(self, stage: Stage, items: Sequence[Item]) -> tuple[str, str]:
        """Subject and body of a stage for its returns."""
        return self._filled(f"chasers/{stage}.txt", {"returns": items, "one": len(items) == 1})

    def frame(self, role: str, subject: str, parts: Sequence[str]) -> tuple[str, str]:
        """Subject and body of the whole letter."""
        subject, body = self._filled(FRAME, {"role": role, "subject": subject, "parts": parts})
        return subject, f"{body}\n"

    def _filled(self, name: str, values: Mapping[str, object]) -> tuple[str, str]:
        source, shown = self._source(name)
        council = self._office.framework.council
        facts = {"council": council, "period": self._office.period, "as_at": day_text(self._today)}
        try:
            text = self._environment.from_string(source).render(**facts, **values)
        except TemplateError as error:
            number = getattr(error, "lineno", None)
            line = f" (line {number})" if number else ""
            raise WorkspaceError(
                f"{shown} cannot be filled: {str(error.message or error).rstrip('.')}{line}. Put it right, or move the "
                "file away for the usual template."
            ) from error
        head, _, body = text.lstrip().partition("\n")
        if not head.lower().startswith("subject:"):
            raise WorkspaceError(f"{shown} does not begin with a line like: Subject: Your return is due. Add one.")
        return " ".join(head[len("subject:") :].split()), body.strip("\n")

    def _source(self, name: str) -> tuple[str, str]:
        if name not in self._sources:
            data, shown = self._office.template(name)
            try:
                self._sources[name] = data.decode("utf-8-sig"), shown
            except UnicodeDecodeError as error:
                raise WorkspaceError(f"{shown} is not plain text. Save it as UTF-8.") from error
        return self._sources[name]

    @property
    def _today(self) -> date:
        return self._office.as_at.astimezone(ZONE).date()


def _plain(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value
