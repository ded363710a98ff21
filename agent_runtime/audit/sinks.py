"""Hands audit entries to a log outside (syslog or a webhook): each at least once, in the order of its chain."""

import hashlib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx
import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, RowMapping, and_, func, insert, select, update
from sqlmodel import SQLModel
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from agent_runtime.audit.models import AuditEntry, AuditForwarded, AuditHead
from agent_runtime.errors import BadSetting, Refused, TenureError
from agent_runtime.http.signatures import key_of, signed_headers

_ENTRY = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_HEAD = SQLModel.metadata.tables[str(AuditHead.__tablename__)]
_DONE = SQLModel.metadata.tables[str(AuditForwarded.__tablename__)]
BATCH = 100
ATTEMPTS = 4
SECONDS = 10
# Facility 13 (log audit), severity 6 (informational): RFC 5424, 6.2.1.
_PRIORITY = 13 * 8 + 6
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SETTING = "TENURE_AUDIT_SINK"


class Sink(Protocol):
    """Takes lines of JSON; raises an error of ours when it is not certain that all were taken."""

    def deliver(self, lines: Sequence[bytes], now: datetime) -> None:
        """Hands over `lines`, each a JSON object without a line break."""


class _Later(Exception):
    """The receiver is not there, or said that it will take it later."""


def open_sink(address: str, secret: SecretStr | None = None, *, pause: Callable[[float], None] = sleep) -> Sink:
    """The receiver at `address`: syslog://host:port, syslog+tls://host:port, syslog+unix:/dev/log, or https://….

    A webhook needs `secret` (whsec_…); plain http is taken for this machine only. `pause` waits between attempts.
    Raises BadSetting.
    """
    parts = urlsplit(address)
    if parts.username or parts.password:
        raise BadSetting(f"{_SETTING} carries a password.", fix="Put the secret into TENURE_AUDIT_SINK_SECRET.")
    if parts.scheme in ("syslog", "syslog+tls", "syslog+unix"):
        return Syslog(parts)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return Webhook(address, key_of(secret or SecretStr(""), "TENURE_AUDIT_SINK_SECRET"), pause)
    raise BadSetting(
        f"{_SETTING} cannot be used: {address}.",
        fix="Use syslog://host:port, syslog+tls://host:port, syslog+unix:/dev/log or https://….",
    )


def forward(engine: Engine, sink: Sink, receiver: str, now: datetime) -> int:
    """Hands on everything that `receiver` has not had yet; gives the number of entries.

    How far it came is noted after each batch, so what breaks off goes on there; what was handed over and not noted
    comes again, with the same `id`. Raises what the sink raises.
    """
    total = 0
    while True:
        with engine.connect() as connection:
            rows = _waiting(connection, receiver)
        if not rows:
            return total
        sink.deliver([line_of(row) for row in rows], now)
        with engine.begin() as connection:
            _note(connection, receiver, rows)
        total += len(rows)


def line_of(row: RowMapping) -> bytes:
    """An entry as one line of JSON; `id` is the same each time."""
    content = {"id": f"{row['account_id']}:{row['seq']}"} | dict(row)
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Syslog:
    """RFC 5424 over TCP with the lengths before each message (RFC 6587), over TLS, or on the socket of this machine.

    TCP tells that the lines arrived at the other machine's system, not that its log has them; a webhook does.
    """

    parts: SplitResult

    def deliver(self, lines: Sequence[bytes], now: datetime) -> None:
        """Writes one message a line; raises TenureError when the log cannot be reached."""
        head = f"<{_PRIORITY}>1 {now.isoformat()} {socket.gethostname()} tenure - audit - ".encode()
        messages = [head + line for line in lines]
        try:
            if self.parts.scheme == "syslog+unix":
                self._write_here(messages)
            else:
                self._write_there(messages)
        except OSError as error:
            raise _not_reached(f"{self.parts.geturl()}: {error}") from error

    def _write_here(self, messages: list[bytes]) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(SECONDS)
            channel.connect(self.parts.path)
            for message in messages:
                channel.send(message)

    def _write_there(self, messages: list[bytes]) -> None:
        host, port = self.parts.hostname or "localhost", self.parts.port or 601
        channel = socket.create_connection((host, port), timeout=SECONDS)
        if self.parts.scheme == "syslog+tls":
            channel = ssl.create_default_context().wrap_socket(channel, server_hostname=host)
        with closing(channel):
            channel.sendall(b"".join(b"%d %s" % (len(message), message) for message in messages))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A batch as one POST, signed as Standard Webhooks has it; taken when the answer is 2xx."""

    address: str
    key: bytes
    pause: Callable[[float], None]

    def deliver(self, lines: Sequence[bytes], now: datetime) -> None:
        """Posts until it is taken, a few times; raises TenureError when it was not."""
        body = b'{"type":"audit.entries","entries":[' + b",".join(lines) + b"]}"
        headers = {"content-type": "application/json"} | signature_headers(self.key, body, now)
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=1, max=SECONDS),
            retry=retry_if_exception_type(_Later),
            sleep=self.pause,
            reraise=True,
        )
        try:
            with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
                attempts(self._post, client, body, headers)
        except _Later as error:
            raise _not_reached(str(error)) from error

    def _post(self, client: httpx.Client, body: bytes, headers: dict[str, str]) -> None:
        try:
            answer = client.post(self.address, content=body, headers=headers)
        except httpx.TransportError as error:
            raise _Later(f"{self.address}: {error}") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Later(f"{self.address} answered {answer.status_code}")
        if not answer.is_success:
            raise Refused(
                f"{self.address} answered {answer.status_code}; the entries were not taken.",
                fix="Correct TENURE_AUDIT_SINK or its secret; the next run goes on there.",
            )


def signature_headers(key: bytes, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; the same body has the same id each time."""
    return signed_headers([key], "msg_" + hashlib.sha256(body).hexdigest()[:32], body, now)


def _not_reached(what: str) -> TenureError:
    return TenureError(
        f"The audit's receiver was not reached: {what}.", fix="Nothing is lost: the next run goes on there."
    )


def _waiting(connection: Connection, receiver: str) -> list[RowMapping]:
    """The next entries by account and number, for as many accounts as fill a batch."""
    done = func.coalesce(_DONE.c.seq, 0)
    same = and_(_DONE.c.account_id == _HEAD.c.account_id, _DONE.c.receiver == receiver)
    behind = select(_HEAD.c.account_id, done).select_from(_HEAD.outerjoin(_DONE, same)).where(_HEAD.c.seq > done)
    rows: list[RowMapping] = []
    for account_id, seq in connection.execute(behind.order_by(_HEAD.c.account_id).limit(BATCH)).all():
        query = select(_ENTRY).where(_ENTRY.c.account_id == account_id, _ENTRY.c.seq > seq)
        query = query.order_by(_ENTRY.c.seq).limit(BATCH - len(rows))
        rows += connection.execute(query).mappings().all()
        if len(rows) >= BATCH:
            break
    return rows


def _note(connection: Connection, receiver: str, rows: Sequence[RowMapping]) -> None:
    reached = {row["account_id"]: row["seq"] for row in rows}
    for account_id, seq in reached.items():
        here = (_DONE.c.receiver == receiver, _DONE.c.account_id == account_id)
        if connection.execute(update(_DONE).where(*here).values(seq=seq)).rowcount == 0:
            connection.execute(insert(_DONE), {"receiver": receiver, "account_id": account_id, "seq": seq})
