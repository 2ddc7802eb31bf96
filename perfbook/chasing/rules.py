"""The sections [chasing] and [mail] of perfbook.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from perfbook.errors import WorkspaceError
from perfbook.framework.address import address_problem

Nation = Literal["england", "wales", "scotland", "northern ireland"]
Security = Literal["starttls", "tls", "none"]
Until = Literal["received", "certified"]

NATIONS: tuple[Nation, ...] = ("england", "wales", "scotland", "northern ireland")
SECURITIES: tuple[Security, ...] = ("starttls", "tls", "none")
UNTIL: tuple[Until, ...] = ("received", "certified")
_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_CHASING = {
    "nation",
    "before_days",
    "first_days",
    "second_days",
    "escalate_days",
    "until",
    "queries",
    "thanks",
    "escalate_to",
    "link",
    "attach",
}
_MAIL = {"from", "reply_to", "host", "port", "security", "user", "ca_file", "timeout_seconds"}


@dataclass(frozen=True)
class ChasingRules:
    """When and how managers are chased; all days are working days of the nation.

    `before` counts back from the due day; `first`, `second` and `escalate` count on from the last day of grace, 0
    leaves that stage out. Chasing stops when a return is `until`. `link` is the folder of returns as managers see it (a
    share or a web address; empty: as this machine sees it), `attach` sends a copy of the file instead.
    """

    nation: Nation = "england"
    before: int = 5
    first: int = 3
    second: int = 10
    escalate: int = 15
    until: Until = "received"
    queries: bool = True
    thanks: bool = True
    escalate_to: str = ""
    link: str = ""
    attach: bool = False


@dataclass(frozen=True)
class MailSettings:
    """How mail is sent. The password is never here: it comes from the environment or the system's keyring."""

    sender: str = ""
    reply_to: str = ""
    host: str = ""
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    ca_file: str = ""
    timeout: int = 30


class Reader(Protocol):
    """What reads perfbook.toml."""

    path: Path

    def section(self, name: str, known: set[str]) -> dict[str, Any]:
        """A section as a dictionary."""

    def whole(self, table: dict[str, Any], section: str, name: str, default: int, least: int, most: int) -> int:
        """A whole number."""

    def error(self, name: str, wrong: str) -> WorkspaceError:
        """What to raise."""


def read_chasing(reader: Reader) -> ChasingRules:
    """The section [chasing]. Raises WorkspaceError."""
    table, standard = reader.section("chasing", _CHASING), ChasingRules()
    days = {
        name: reader.whole(table, "chasing", f"{name}_days", getattr(standard, name), 0, 60)
        for name in ("before", "first", "second", "escalate")
    }
    later = [days[name] for name in ("first", "second", "escalate") if days[name]]
    if later != sorted(set(later)):
        raise reader.error("chasing", "must have first_days below second_days below escalate_days (0 leaves one out)")
    return ChasingRules(
        nation=_choice(reader, table, "chasing", "nation", NATIONS, standard.nation),
        until=_choice(reader, table, "chasing", "until", UNTIL, standard.until),
        queries=_switch(reader, table, "queries", standard.queries),
        thanks=_switch(reader, table, "thanks", standard.thanks),
        escalate_to=_address(reader, table, "chasing", "escalate_to"),
        link=_text(reader, table, "chasing", "link"),
        attach=_switch(reader, table, "attach", standard.attach),
        **days,
    )


def read_mail(reader: Reader) -> MailSettings:
    """The section [mail]. Raises WorkspaceError."""
    table, standard = reader.section("mail", _MAIL), MailSettings()
    security: Security = _choice(reader, table, "mail", "security", SECURITIES, standard.security)
    return MailSettings(
        sender=_address(reader, table, "mail", "from"),
        reply_to=_address(reader, table, "mail", "reply_to"),
        host=_text(reader, table, "mail", "host"),
        port=reader.whole(table, "mail", "port", _PORTS[security], 1, 65_535),
        security=security,
        user=_text(reader, table, "mail", "user"),
        ca_file=_text(reader, table, "mail", "ca_file"),
        timeout=reader.whole(table, "mail", "timeout_seconds", standard.timeout, 1, 600),
    )


def _choice(
    reader: Reader, table: dict[str, Any], section: str, name: str, options: tuple[Any, ...], usual: Any
) -> Any:
    value = table.get(name, usual)
    if value not in options:
        raise reader.error(f"{section}.{name}", f"must be one of {', '.join(options)}, not {value!r}")
    return value


def _switch(reader: Reader, table: dict[str, Any], name: str, usual: bool) -> bool:
    value = table.get(name, usual)
    if not isinstance(value, bool):
        raise reader.error(f"chasing.{name}", f"must be true or false, not {value!r}")
    return value


def _text(reader: Reader, table: dict[str, Any], section: str, name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or any(letter in value for letter in "\r\n\0"):
        raise reader.error(f"{section}.{name}", f"must be a text in one line, not {value!r}")
    return value.strip()


def _address(reader: Reader, table: dict[str, Any], section: str, name: str) -> str:
    value = _text(reader, table, section, name)
    if value and (problem := address_problem(value)):
        raise reader.error(f"{section}.{name}", f"{problem}: write one address, like performance@example.org")
    return value
