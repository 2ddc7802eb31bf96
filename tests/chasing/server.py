"""A real mail server on loopback, with TLS and passwords, that can refuse, dawdle, hang up and die."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, SECRET = "perfbook", "corréct horse"


@dataclass
class Handler:
    """What the server does with mail. `refused` by address: the answer; `on_data`: answer, `hang` or `drop`."""

    received: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    on_data: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert server.transport is not None
        self.tls.append(server.transport.get_extra_info("ssl_object") is not None)
        what = self.on_data.pop(0) if self.on_data else "250 OK"
        if what == "hang":
            await asyncio.sleep(600)  # ended with the connection, when the other side gives up
        if what in ("drop", "keep and drop"):
            if what == "keep and drop":
                self._keep(envelope)
            assert server.transport is not None
            server.transport.abort()
            return "451 gone"
        if what.startswith("250"):
            self._keep(envelope)
        return what if what != "hang" else "451 too late"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append((tuple(envelope.rcpt_tos), message))

    def authenticator(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        good = data.login.decode() == USER and data.password.decode() == SECRET
        self.logins.append(data.login.decode())
        return AuthResult(success=good, handled=False)

    @property
    def addresses(self) -> list[str]:
        """To whom mail came, in order."""
        return [to[0] for to, _ in self.received]


@dataclass(frozen=True)
class Server:
    """A running server."""

    handler: Handler
    port: int
    ca_file: str


@contextlib.contextmanager
def running(folder: Path, security: str) -> Iterator[Server]:
    """A server on a free port of loopback: `starttls` (required, with a password), `tls` or `none`."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    handler = Handler()
    options: dict[str, object] = {}
    if security == "starttls":
        options = {"tls_context": context, "require_starttls": True}
    if security != "none":
        options |= {"auth_required": True, "authenticator": handler.authenticator}
    if security == "tls":
        options |= {"auth_require_tls": False}
    controller = _Controller(handler, "localhost", 0, ssl_context=context if security == "tls" else None, **options)
    with warnings.catch_warnings():
        # It knows of no TLS but STARTTLS, and warns with each connection.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        controller.start()
        try:
            assert controller.server is not None
            yield Server(handler, controller.server.sockets[0].getsockname()[1], str(ca_file))
        finally:
            controller.stop()


class _Controller(Controller):  # type: ignore[misc]
    """A controller for a port that the system chooses."""

    def _trigger_server(self) -> None:
        # Its own way is to connect to the port that it was told, which is 0 here.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
