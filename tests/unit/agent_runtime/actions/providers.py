"""Stand-ins for providers: a mail server that breaks off where a test wants it, a folder of sent mail."""

import socket
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Result, Sent, Unknown
from agent_runtime.actions.senders import Profile
from agent_runtime.settings import MailServer

SECRET = "canary-pass-7Q"
ANA = Profile(user_id="u1", name="Ana Müller", address="ana@we.test", server="office")


@dataclass
class Mails:
    """A handler of aiosmtpd: keeps what it takes. `fault` is asked first, with the step and the server."""

    taken: list[Envelope] = field(default_factory=list)
    fault: Callable[[str, Server], str | None] = lambda step, server: None

    async def handle_RCPT(self, server: Server, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        if answer := self.fault("RCPT", server):
            return answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        if answer := self.fault("DATA", server):
            return answer
        self.taken.append(envelope)
        return self.fault("AFTER", server) or "250 OK"


def hang_up(server: Server) -> str:
    """Breaks the connection off, so that no reply arrives."""
    assert isinstance(server.transport, WriteTransport)
    server.transport.abort()
    return "250 never heard"


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def mail_server(mails: Mails, *, password: str = "") -> Iterator[MailServer]:
    """A real SMTP server on this machine for as long as the block lasts."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == password
        return AuthResult(success=good)

    wanted: dict[str, Any] = {"authenticator": check, "auth_require_tls": False}
    port = free_port()
    controller = Controller(mails, hostname="127.0.0.1", port=port, **(wanted if password else {}))
    controller.start()
    try:
        yield MailServer(host="127.0.0.1", port=port, security="plain")
    finally:
        with suppress(OSError):
            controller.stop()


@dataclass
class FakeSentFolder:
    """A folder of sent mail in memory; `away` makes it unreachable."""

    mails: list[bytes] = field(default_factory=list)
    away: bool = False

    def has(self, message_id: str) -> bool:
        self._reach()
        return any(message_id.encode() in mail for mail in self.mails)

    def add(self, mail: bytes) -> None:
        self._reach()
        self.mails.append(mail)

    def _reach(self) -> None:
        if self.away:
            raise ConnectionError("away")


@dataclass
class Provider:
    """A provider whose next answers are given; counts the effects it had, by action."""

    answers: list[Result | Exception] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    settles_after: timedelta = timedelta(minutes=10)
    _lock: Lock = field(default_factory=Lock)

    def execute(self, action: ActionRow) -> Result:
        with self._lock:
            answer = self.answers.pop(0) if self.answers else Sent()
            if isinstance(answer, Sent):
                self.effects.append(action.id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find(self, action: ActionRow) -> Found:
        with self._lock:
            if self.found:
                return self.found.pop(0)
        return Found.THERE if action.id in self.effects else Found.ABSENT


@dataclass
class LossyProvider(Provider):
    """Has its effect, and its reply is lost."""

    def execute(self, action: ActionRow) -> Result:
        with self._lock:
            self.effects.append(action.id)
        return Unknown(reasons.LOST)
