"""Connections as a service: made, looked at, ended; opened with their secrets. Never commits."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.clock import Clock
from agent_runtime.connectors.models import ConnectedSystem, ConnectionState, StreamPlace
from agent_runtime.connectors.registry import adapter_of
from agent_runtime.connectors.secrets import kept, revealed
from agent_runtime.errors import BadInput, BadSetting, NotThere
from agent_runtime.rotation import Rotation, forget, forget_others, mark_of
from agent_runtime.settings import Settings
from tools.adapter import Adapter, Opening
from tools.base import Health, Source, State, VendorError, WebhookVerifier, Writer
from tools.http import Buckets
from tools.mail.drafts import Drafts
from tools.notices import Notifier

_connection: Table = ConnectedSystem.__table__  # type: ignore[attr-defined]
_place: Table = StreamPlace.__table__  # type: ignore[attr-defined]
WriterOf = Callable[[str], AbstractContextManager[Writer | None]]
DraftsOf = Callable[[str], AbstractContextManager[Drafts | None]]
_Made = TypeVar("_Made")
_CONNECTED = ConnectionState.CONNECTED.value
# Those of this process: reading, writing and looking at a vendor share its limit.
_BUCKETS = Buckets()


@dataclass(frozen=True, slots=True)
class Means:
    """What a connection is opened with beside its own row; `transport` is None for the network."""

    settings: Settings
    install_key: SecretStr
    clock: Clock
    buckets: Buckets = field(default_factory=lambda: _BUCKETS)
    transport: httpx.BaseTransport | None = None

    def adapter(self, name: str) -> Adapter:
        """The adapter of this name."""
        return adapter_of(name, self.settings.adapters)

    def opening(
        self, engine: Engine, name: str, told: Mapping[str, str], secrets: Mapping[str, SecretStr], since: datetime
    ) -> Opening:
        """What a connection's adapter is opened with; what its vendor replaces of the secrets is kept in the database.

        No transaction may be open while its vendor is asked.
        """

        def rotated(secret: str) -> Rotation:
            given = secrets[secret]
            return Rotation(engine, self.install_key, self.clock, name, secret, given, self.buckets.wait)

        now, buckets = self.clock.now, self.buckets
        return Opening(told, secrets, since, now, buckets, self.transport, rotated=rotated)


@dataclass(frozen=True, slots=True)
class Connected:
    """One connection, with its adapter and what it is opened with; `install_key` is for what is audited of it."""

    name: str
    adapter: Adapter
    opening: Opening
    state: str
    connected_at: datetime
    install_key: SecretStr

    def close(self) -> None:
        """Closes what was opened of it."""
        self.opening.closing.close()

    def source(self) -> Source:
        """What is read."""
        return _made(self.adapter.source, self.opening)

    def writer(self) -> Writer | None:
        """What is written to, with a credential of its own; None where there is none."""
        return _made(self.adapter.writer, self.opening) if self.adapter.writer else None

    def notifier(self) -> Notifier | None:
        """What tells people of ours; None where there is none, or no credential for it."""
        return _made(self.adapter.notifier, self.opening) if self.adapter.notifier else None

    def drafts(self) -> Drafts | None:
        """The drafts of a mailbox; None where it has none, or no credential for writing."""
        return _made(self.adapter.drafts, self.opening) if self.adapter.drafts else None

    def verifier(self) -> WebhookVerifier | None:
        """What tells the vendor's own calls; None where no secret for it was given."""
        return _made(self.adapter.verifier, self.opening) if self.adapter.verifier else None


def _made(make: Callable[[Opening], _Made], opening: Opening) -> _Made:
    """What an adapter opens; BadSetting where an answer or a secret turns out to be unusable, as a broken key."""
    try:
        return make(opening)
    except VendorError as error:
        raise BadSetting(f"{error}.", fix=error.fix) from None


def checked_answers(adapter: Adapter, answers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers as (told, secret); raises BadInput for one that is missing or that nobody asked for."""
    asks = {one.name: one for one in adapter.asks}
    unknown = sorted(set(answers) - set(asks))
    if unknown:
        raise BadInput(f"{adapter.title} does not ask for {unknown[0]}.", fix=f"It asks for: {', '.join(asks)}.")
    given = {name: answers.get(name) or one.default for name, one in asks.items()}
    missing = next((one for name, one in asks.items() if one.needed and not given[name]), None)
    if missing:
        raise BadInput(f"{adapter.title} needs {missing.what}.", fix=missing.where or f"Give it as {missing.name}.")
    told = {name: value for name, value in given.items() if value and not asks[name].secret}
    return told, {name: value for name, value in given.items() if value and asks[name].secret}


def connect(
    connection: Connection, means: Means, name: str, answers: Mapping[str, str], since: datetime, by: str
) -> Connected:
    """Makes a connection, or gives one that is there new answers; how far it was read stays. Audited.

    `name`: that of the adapter, with ":" and a word behind it where there are several of one. Raises BadInput or
    BadSetting with nothing written.
    """
    adapter, now, key = means.adapter(name.partition(":")[0]), means.clock.now(), means.install_key
    told, secret = checked_answers(adapter, answers)
    sealed = {each: kept(value, name, each, key) for each, value in secret.items()}
    before = connection.execute(select(_connection).where(_connection.c.name == name)).one_or_none()
    values: dict[str, Any] = {
        "adapter": adapter.name, "told": told, "secrets": sealed, "since": before.since if before else since,
        "state": _CONNECTED, "health": "", "said": "", "fix": "", "checked_at": None, "due_at": now,
        "connected_by": by, "connected_at": now,
    }  # fmt: skip
    if before:
        connection.execute(update(_connection).where(_connection.c.name == name).values(values))
    else:
        connection.execute(insert(_connection), values | {"name": name})
    _told_audit(connection, means, "connector.connected", name, by, {"secrets": sorted(sealed)})
    connected = opened(connection, means, name)
    for each, given in connected.opening.secrets.items():
        forget_others(connection, name, each, mark_of(given, key))
    return connected


def disconnect(connection: Connection, means: Means, name: str, by: str) -> None:
    """Ends a connection: its secrets are forgotten at once, what was read stays. Audited. Raises NotThere."""
    values: dict[str, Any] = {"state": ConnectionState.DISCONNECTED.value, "secrets": {}, "due_at": None}
    chosen = (_connection.c.name == name, _connection.c.state == _CONNECTED)
    secrets = connection.scalar(select(_connection.c.secrets).where(*chosen))
    if secrets is None:
        raise NotThere(f"{name} is not connected.", fix="tenure sync lists what is.")
    connection.execute(update(_connection).where(*chosen).values(values))
    forget(connection, name, secrets)
    _told_audit(connection, means, "connector.disconnected", name, by, {})


def opened(connection: Connection, means: Means, name: str) -> Connected:
    """A connection with its secrets; raises NotThere or BadSetting."""
    row = connection.execute(
        select(_connection).where(_connection.c.name == name, _connection.c.state == _CONNECTED)
    ).one_or_none()
    if row is None:
        raise NotThere(f"{name} is not connected.", fix=f"tenure connect {name}")
    return _opened(connection.engine, row, means)


def writers_in(engine: Engine, means: Means) -> WriterOf:
    """The writer of a connection by its name, for an executor, which has no transaction; None where there is none."""

    @contextmanager
    def writer_of(name: str) -> Iterator[Writer | None]:
        with engine.connect() as connection:
            found = opened(connection, means, name) if name in connected_names(connection) else None
        try:
            yield found.writer() if found else None
        finally:
            if found:
                found.close()

    return writer_of


def drafts_in(engine: Engine, means: Means) -> DraftsOf:
    """The drafts of a connected mailbox by its name, for an executor; None where there are none."""

    @contextmanager
    def drafts_of(name: str) -> Iterator[Drafts | None]:
        with engine.connect() as connection:
            found = opened(connection, means, name) if name in connected_names(connection) else None
        try:
            yield found.drafts() if found else None
        finally:
            if found:
                found.close()

    return drafts_of


def connected_names(connection: Connection) -> list[str]:
    """What is connected, in a fixed order."""
    query = select(_connection.c.name).where(_connection.c.state == _CONNECTED).order_by(_connection.c.name)
    return list(connection.scalars(query))


def due_names(connection: Connection, now: datetime) -> list[str]:
    """What is to be read now."""
    query = select(_connection.c.name).where(_connection.c.state == _CONNECTED, _connection.c.due_at <= now)
    return list(connection.scalars(query.order_by(_connection.c.due_at, _connection.c.name)))


def set_due(connection: Connection, name: str, at: datetime) -> None:
    """When a connection is read next: later after a read, at once after a webhook."""
    connection.execute(update(_connection).where(_connection.c.name == name).values(due_at=at))


def keep_health(connection: Connection, name: str, health: Health, now: datetime) -> None:
    """What a check or a read found."""
    values = {"health": health.state.value, "said": health.said, "fix": health.fix, "checked_at": now}
    connection.execute(update(_connection).where(_connection.c.name == name).values(values))


def health_of(connection: Connection, name: str) -> State | None:
    """What the last check or read found; None before the first."""
    found = connection.scalar(select(_connection.c.health).where(_connection.c.name == name))
    return State(found) if found else None


def forget_places(connection: Connection, name: str, stream: str | None = None) -> None:
    """Lets everything, or one stream, be read from its beginning; what is known already changes nothing then."""
    chosen = delete(_place).where(_place.c.connection == name)
    connection.execute(chosen if stream is None else chosen.where(_place.c.stream == stream))


def _opened(engine: Engine, row: Row[Any], means: Means) -> Connected:
    secrets = {each: revealed(stored, row.name, each, means.install_key) for each, stored in row.secrets.items()}
    opening = means.opening(engine, row.name, row.told, secrets, row.since)
    return Connected(row.name, means.adapter(row.adapter), opening, row.state, row.connected_at, means.install_key)


def _told_audit(connection: Connection, means: Means, event: str, name: str, by: str, payload: dict[str, Any]) -> None:
    entry = Entry(means.clock.now(), ActorKind.USER, by, event, name, payload)
    audit.append(connection, INSTALLATION, [entry], install_key=means.install_key)
