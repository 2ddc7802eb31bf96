"""Sending by SMTP: how each letter ended is known, or said not to be known.

A letter counts as sent when the server has accepted it after its text. What fails before that is tried again another
time; a connection that breaks between the end of the text and the answer leaves the letter `unsure`.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType

from perfbook.chasing.letters import Letter
from perfbook.chasing.record import Outcome
from perfbook.chasing.rules import MailSettings
from perfbook.errors import PerfbookError, UsageError

USER, PASSWORD = "PERFBOOK_SMTP_USER", "PERFBOOK_SMTP_PASSWORD"


class MailError(PerfbookError):
    """The mail server cannot be used now: nothing was sent, and the letters wait."""

    exit_code = 4


@dataclass(frozen=True)
class Delivery:
    """How one letter ended, and why in the server's words."""

    outcome: Outcome
    reason: str = ""


class Post:
    """A connection to the mail server; opened with the first letter, again after one that broke."""

    def __init__(self, mail: MailSettings) -> None:
        if not mail.host or not mail.sender:
            raise UsageError("To send, write host and from in the section [mail] of perfbook.toml.")
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._drop()

    def open(self) -> None:
        """Make sure that there is a connection. Raises MailError where there cannot be one."""
        self._connected()

    def send(self, letter: Letter) -> Delivery:
        """Hand one letter to the server. Raises MailError where the server cannot be used at all."""
        server = self._connected()
        try:
            return self._handed(server, letter)
        except smtplib.SMTPResponseException as error:
            # An answer, though not a good one: nothing was accepted.
            self._drop()
            return Delivery("failed", _answer(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Delivery("failed", _said(error))

    def _handed(self, server: smtplib.SMTP, letter: Letter) -> Delivery:
        code, said = server.mail(self._mail.sender)
        if code != 250:
            server.rset()
            return Delivery("failed", _answer(code, said))
        refused = []
        for number, address in enumerate((letter.to, *letter.copies)):
            code, said = server.rcpt(address)
            if code in (250, 251):
                continue
            # 4xx passes, such as a mailbox that is full or a server that wants to be asked again.
            if number == 0:
                server.rset()
                return Delivery("refused" if code >= 500 else "failed", f"{address}: {_answer(code, said)}")
            refused.append(f"{address}: {_answer(code, said)}")
        code, said = server.docmd("DATA")
        if code != 354:
            server.rset()
            return Delivery("failed", _answer(code, said))
        return self._text(server, letter, refused)

    def _text(self, server: smtplib.SMTP, letter: Letter, refused: list[str]) -> Delivery:
        try:
            server.send(_quoted(letter.data))
            code, said = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Delivery("unsure", f"The connection broke before the server answered: {_said(error)}")
        if code == 250:
            return Delivery("sent", "; ".join(f"copy refused: {each}" for each in refused))
        if code == 421:
            self._drop()
        return Delivery("failed", _answer(code, said))

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = _connect(self._mail)
            except (smtplib.SMTPException, OSError) as error:
                raise MailError(
                    f"The mail server {self._mail.host}:{self._mail.port} cannot be used: {_said(error)} What is not "
                    "sent waits for the next run; check the section [mail] of perfbook.toml, user and password."
                ) from error
        return self._server

    def _drop(self) -> None:
        if self._server:
            with contextlib.suppress(OSError):
                self._server.close()
        self._server = None


def _connect(mail: MailSettings) -> smtplib.SMTP:
    trusted = ssl.create_default_context(cafile=mail.ca_file or None)
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout, context=trusted)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout)
    try:
        server.ehlo()
        if mail.security == "starttls":
            server.starttls(context=trusted)
            server.ehlo()
        user = os.environ.get(USER) or mail.user
        if user:
            if mail.security == "none":
                raise UsageError('A password is sent over TLS only. Write security = "starttls" or "tls" in [mail].')
            _log_in(server, user, _password(user))
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        server.login(user, password)
        return
    # smtplib knows ASCII only; the mechanism itself is UTF-8 (RFC 4616).
    secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, said = server.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _password(user: str) -> str:
    """The password of a user: from the environment, else from the system's keyring where that is installed."""
    password = os.environ.get(PASSWORD)
    if password:
        return password
    with contextlib.suppress(ImportError):
        keyring = importlib.import_module("keyring")
        try:
            password = str(keyring.get_password("perfbook", user) or "")
        except Exception as error:  # a keyring has backends of its own, each with its own errors
            raise UsageError(f"The system's keyring could not be asked: {error}. Set {PASSWORD} instead.") from error
    if not password:
        raise UsageError(
            f"There is no password for {user} on the mail server. Set the environment variable {PASSWORD}, or store it "
            f'with: keyring set perfbook "{user}".'
        )
    return password


def _quoted(data: bytes) -> bytes:
    """The text as SMTP sends it: lines end in CRLF, those that begin with a dot get another, a dot alone is the end."""
    lines = data.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + each if each.startswith(b".") else each for each in lines) + b"\r\n.\r\n"


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"it answered {code} {' '.join(text.split())[:200]}".rstrip(" .") + "."


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError) or str(error).endswith("timed out"):
        return "it did not answer in time."
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{text or type(error).__name__}".rstrip(".") + "."
