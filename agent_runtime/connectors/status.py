"""How the connected systems stand: for the API, the pages and the command line; nothing here is secret."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, Table, select

from agent_runtime.connectors.calling import CallsLine, calls_lines
from agent_runtime.connectors.models import ConnectedSystem, StreamPlace
from agent_runtime.connectors.registry import adapter_of
from agent_runtime.errors import BadInput
from agent_runtime.references import is_reference
from agent_runtime.rotation import is_rotated

_connection: Table = ConnectedSystem.__table__  # type: ignore[attr-defined]
_place: Table = StreamPlace.__table__  # type: ignore[attr-defined]
_PRESENTED = ("proven", "reads", "writes", "undo")


class StreamLine(BaseModel):
    """One stream: until when it was read to its end, how long ago that is in seconds, and how much came."""

    stream: str
    read_at: datetime | None
    lag_s: float | None
    records: int
    rejected: int
    resyncs: int


class ConnectorLine(BaseModel):
    """One connected system. `state`: connected or disconnected; `health`: well, not_allowed, limited, unreachable,
    or empty before the first look; `said` and `fix` say it in words. `proven`: contract or vendor. `reads`, `writes`,
    `undo`: what the adapter does, in plain words; empty where its package is gone. `calls`: for what it calls us.
    """

    name: str
    title: str
    proven: str
    reads: str
    writes: str
    undo: str
    state: str
    health: str
    said: str
    fix: str
    checked_at: datetime | None
    due_at: datetime | None
    since: datetime
    connected_at: datetime
    lag_s: float | None
    streams: list[StreamLine]
    calls: list[CallsLine]


def connector_lines(connection: Connection, now: datetime, outside: tuple[str, ...] = ()) -> list[ConnectorLine]:
    """Every system that is or was connected, in a fixed order. `outside`: the setting adapters."""
    places: dict[str, list[StreamLine]] = {}
    for row in connection.execute(select(_place).order_by(_place.c.connection, _place.c.stream)):
        lag = (now - row.read_at).total_seconds() if row.read_at else None
        line = StreamLine(
            stream=row.stream, read_at=row.read_at, lag_s=lag, records=row.records, rejected=row.rejected,
            resyncs=row.resyncs,
        )  # fmt: skip
        places.setdefault(row.connection, []).append(line)
    calls = calls_lines(connection)
    found = []
    for row in connection.execute(select(_connection).order_by(_connection.c.name)).all():
        said = " ".join([row.said, *_not_written_back(connection, row.name, row.secrets)]).strip()
        told = dict(row._mapping) | {"said": said, "calls": calls.get(row.name, [])}
        found.append(_line(told, places.get(row.name, []), outside))
    return found


def _not_written_back(connection: Connection, name: str, secrets: dict[str, str]) -> list[str]:
    """What somebody should know who keeps a secret elsewhere: the one there is an old one now."""
    return [
        f"The provider has replaced what {place} holds. The newest is kept here, encrypted, and used; it is not "
        "written back, so what stands there may be good for nothing any more."
        for secret, place in secrets.items()
        if is_reference(place) and is_rotated(connection, name, secret)
    ]


def _line(row: dict[str, object], streams: list[StreamLine], outside: tuple[str, ...]) -> ConnectorLine:
    lags = [one.lag_s for one in streams]
    known = [one for one in lags if one is not None]
    whole: dict[str, object] = {**_presented(str(row["adapter"]), outside), "streams": streams}
    return ConnectorLine.model_validate(
        row | whole | {"lag_s": max(known) if known and len(known) == len(lags) else None}
    )


def _presented(adapter: str, outside: tuple[str, ...]) -> dict[str, str]:
    """How an adapter presents itself; one whose package is gone is called by its name, and nothing is known of it."""
    try:
        found = adapter_of(adapter, outside)
    except BadInput:
        return {"title": adapter} | dict.fromkeys(_PRESENTED, "")
    return {"title": found.title} | {name: getattr(found, name) for name in _PRESENTED}
