"""Reads connected systems: page by page, each with its cursor in one transaction; what was seen becomes sight."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.clock import Clock
from agent_runtime.connectors import service
from agent_runtime.connectors.calling import keep_calls
from agent_runtime.connectors.models import StreamPlace
from agent_runtime.connectors.taking import ReadElsewhere, aliases, take_page, with_missing
from agent_runtime.connectors.withdrawing import missing, unite, withdrawn
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.service import Ingest, Taken
from agent_runtime.ingest.upsert import upsert
from memory.records import Coverage, User
from tools.base import (
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Sight,
    Source,
    State,
    StreamSpec,
    VendorError,
)

_place: Table = StreamPlace.__table__  # type: ignore[attr-defined]
_coverage: Table = Coverage.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class StreamReport:
    """What became of one stream: counts, whether its end was reached, and why not."""

    stream: str
    pages: int = 0
    records: int = 0
    added: int = 0
    revised: int = 0
    rejected: int = 0
    complete: bool = False
    resynced: bool = False
    problem: str = ""

    def count(self, page: Page, taken: Taken) -> None:
        """Adds a page."""
        self.pages += 1
        self.records += len(page.records)
        self.added += taken.added
        self.revised += taken.revised
        self.rejected += len(page.rejected) + len(taken.rejected)
        self.complete = page.complete


Told = Callable[[StreamReport], None]


@dataclass(slots=True)
class Reading:
    """One round of reading one connection. `told` hears of each page; `stop` is asked between two."""

    engine: Engine
    connected: service.Connected
    context: IngestContext
    clock: Clock
    told: Told = lambda _: None
    stop: Callable[[], bool] = lambda: False
    _ingest: Ingest | None = None
    _reports: list[StreamReport] = field(default_factory=list)

    def run(self, only: Iterable[str] = ()) -> list[StreamReport]:
        """Reads every stream to its end, or `only` those; a VendorError ends its stream and is told, never raised.

        Raises ReadElsewhere where another worker reads the same.
        """
        try:
            source = self.connected.source()
            specs = source.streams()
            health = self._read(source, specs, set(only))
            self._close(source, specs, health)
            keep_calls(self.engine, self.connected.name, source, self.clock.now())
        finally:
            self.connected.close()
        return self._reports

    def _read(self, source: Source, specs: Sequence[StreamSpec], chosen: set[str]) -> Health:
        """Reads the streams; what ended the round, or that all is well."""
        health = Health(State.WELL, "Everything was read.")
        for spec in specs:
            if self.stop() or (chosen and spec.name not in chosen):
                continue
            try:
                self._stream(source, specs, spec.name)
            except VendorError as error:
                self._reports[-1].problem = error.what
                health = health_of(error)
                if not isinstance(error, CursorTooOld):
                    break
        return health

    def _stream(self, source: Source, specs: Sequence[StreamSpec], stream: str) -> None:
        report = StreamReport(stream)
        self._reports.append(report)
        try:
            self._pages(source, specs, report)
        except CursorTooOld:
            self._restart(source, stream)
            report.resynced = True
            self._pages(source, specs, report)

    def _restart(self, source: Source, stream: str) -> None:
        """Withdraws what is not there any more, which a new read cannot tell, and lets the stream begin anew."""
        with self.engine.connect() as connection:
            gone = missing(connection, source, stream)
        ingest, now = Ingest(self.context), self.clock.now()
        with self.engine.begin() as connection:
            ingest.take(connection, withdrawn(connection, gone, now), now)
            restart(connection, self.connected.name, stream)

    def _pages(self, source: Source, specs: Sequence[StreamSpec], report: StreamReport) -> None:
        name = self.connected.name
        with self.engine.begin() as connection:
            cursor, turn = place_of(connection, name, report.stream)
        for page in source.read(report.stream, cursor):
            with self.engine.connect() as connection:
                whole = with_missing(connection, source, specs, page)
            report.count(page, self._take(report.stream, whole, turn))
            self.told(report)
            turn += 1
            if self.stop():
                return

    def _take(self, stream: str, page: Page, turn: int) -> Taken:
        if self._ingest is None:
            self._ingest = Ingest(self.context)
        ingest, self._ingest = self._ingest, None
        with self.engine.begin() as connection:
            taken = take_page(connection, ingest, self.connected.name, stream, page, turn, self.clock.now())
            key = self.connected.install_key
            if unite(connection, self.connected.name, page.gone, self.clock.now(), key):
                ingest.refresh(connection)
        # Kept only where the transaction was: after a failure, who is who is read anew.
        self._ingest = ingest
        return taken

    def _close(self, source: Source, specs: Sequence[StreamSpec], health: Health) -> None:
        now = self.clock.now()
        with self.engine.connect() as connection:
            ends = seen_until(connection, self.connected.name, specs)
        try:
            # Asked before anything is written: a system may have to be asked itself.
            seen = [one for kind, until in ends.items() for one in self._sight(source, kind, until)]
        except VendorError as error:
            seen, health = [], health if health.state is not State.WELL else health_of(error)
        with self.engine.begin() as connection:
            service.keep_health(connection, self.connected.name, health, now)
            cover(connection, self.connected.name, seen, now)

    def _sight(self, source: Source, kind: str, until: datetime) -> list[Sight]:
        return [one for one in source.sight(self.connected.opening.since, until) if one.source == kind]


def health_of(error: VendorError) -> Health:
    """How a system stands that did not do what was asked."""
    if isinstance(error, NotAllowed):
        return Health(State.NOT_ALLOWED, f"Not allowed: {error.what}.", fix=error.fix)
    if isinstance(error, LimitReached):
        return Health(State.LIMITED, f"The vendor's limit: {error.what}. Reading goes on by itself.")
    return Health(State.UNREACHABLE, f"Reading stopped: {error.what}. It goes on by itself.", fix=error.fix)


def place_of(connection: Connection, name: str, stream: str) -> tuple[str | None, int]:
    """(cursor, turn) of a stream, made at its first read."""
    chosen = (_place.c.connection == name, _place.c.stream == stream)
    row = connection.execute(select(_place.c.cursor, _place.c.turn).where(*chosen)).one_or_none()
    if row is not None:
        return row.cursor, row.turn
    try:
        with connection.begin_nested():
            connection.execute(
                insert(_place),
                {"connection": name, "stream": stream, "turn": 0, "records": 0, "rejected": 0, "resyncs": 0},
            )
    except IntegrityError:
        raise ReadElsewhere(f"{name} is being read by another worker.") from None
    return None, 0


def restart(connection: Connection, name: str, stream: str) -> None:
    """Lets a stream be read from its beginning, because the vendor does not know any more where it stood."""
    values = {"cursor": None, "turn": _place.c.turn + 1, "resyncs": _place.c.resyncs + 1}
    connection.execute(update(_place).where(_place.c.connection == name, _place.c.stream == stream).values(values))


def seen_until(connection: Connection, name: str, specs: Sequence[StreamSpec]) -> dict[str, datetime]:
    """Of each kind of system, until when its slowest stream was read to its end; without those never read so far."""
    query = select(_place.c.stream, _place.c.read_at).where(_place.c.connection == name)
    read = {row.stream: row.read_at for row in connection.execute(query)}
    found = {}
    for kind in dict.fromkeys(spec.source for spec in specs):
        ends = [read.get(spec.name) for spec in specs if spec.source == kind]
        if None not in ends:
            found[kind] = min(end for end in ends if end is not None)
    return found


def cover(connection: Connection, name: str, seen: Sequence[Sight], now: datetime) -> None:
    """Writes what can be seen of a connected system."""
    known = aliases(connection, name)
    rows = [
        {
            "source": one.source,
            "holder": (holder := _holder(connection, one.holder, known)),
            "visible_from": one.visible_from,
            "visible_until": one.visible_until,
            "known_at": _known_at(connection, one.source, holder, one.visible_from) or now,
        }
        for one in seen
    ]
    upsert(connection, _coverage, rows)


def _holder(connection: Connection, told: str, known: Mapping[str, str]) -> str:
    """Whose mailbox or line it is: our user where the vendor's id or the mail address is that of one."""
    if told in known or "@" not in told:
        return known.get(told, told)
    mine = select(_user.c.id).where(func.lower(_user.c.email) == told.lower()).order_by(_user.c.id)
    return connection.scalar(mine.limit(1)) or told


def _known_at(connection: Connection, source: str, holder: str, visible_from: datetime) -> datetime | None:
    """Since when a stretch is relied on: it grows, and stays known from its beginning."""
    found: datetime | None = connection.scalar(
        select(_coverage.c.known_at).where(
            _coverage.c.source == source, _coverage.c.holder == holder, _coverage.c.visible_from == visible_from
        )
    )
    return found
