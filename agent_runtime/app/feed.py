"""The live feed over HTTP: server-sent events with resume, each seen only by those who may see its account then."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import Header, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Table, select
from starlette.concurrency import run_in_threadpool

from agent_runtime import events
from agent_runtime.events import EventRow, Place
from agent_runtime.http.entry import principal_of
from agent_runtime.http.routing import Asked, Router
from agent_runtime.http.site import Site
from agent_runtime.permissions import Policy, Principal, reach_of, within
from agent_runtime.users.service import still
from memory.records import Account

router = Router("events")
BATCH = 200
_account: Table = Account.__table__  # type: ignore[attr-defined]


class Feed:
    """Watches the table of events once for all who listen. `poll` and `heartbeat` in seconds."""

    def __init__(self, site: Site, poll: float = 0.5, heartbeat: float = 15.0) -> None:
        self.site = site
        self.poll = poll
        self.heartbeat = heartbeat
        self.listeners = 0
        self._news = asyncio.Event()
        self._closing = False
        self._watching: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Lets every stream end; they do so at once."""
        self._closing = True
        self._news.set()

    async def stream(self, principal: Principal, place: Place | None) -> AsyncIterator[bytes]:
        """What comes after `place`, or from now on; ends when the server stops or the key opens nothing any more."""
        self._watch()
        self.listeners += 1
        try:
            here = place if place is not None else await run_in_threadpool(self._latest)
            # With the place at once: a stream that breaks before anything happened goes on from here as well.
            yield b"id: %s\nretry: 2000\n\n" % str(here).encode()
            while not self._closing:
                news = self._news
                found = await run_in_threadpool(self._read, principal, here)
                if found is None:
                    yield b"event: signed_out\ndata: {}\n\n"
                    return
                seen, here, full = found
                for row in seen:
                    yield _written(row)
                if not full and not await _within(news, self.heartbeat):
                    yield b": still here\n\n"
        finally:
            self.listeners -= 1

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        """Wakes everybody when something was published, as long as anybody listens."""
        known = await run_in_threadpool(self._latest)
        while not self._closing:
            await asyncio.sleep(self.poll)
            latest = await run_in_threadpool(self._latest)
            if latest != known:
                known, news, self._news = latest, self._news, asyncio.Event()
                news.set()
            if not self.listeners:
                return

    def _latest(self) -> Place:
        with self.site.premises.engine.connect() as connection:
            return events.latest(connection)

    def _read(self, before: Principal, place: Place) -> tuple[list[EventRow], Place, bool] | None:
        """The rows that may be seen, how far that is, and whether more wait; None for a key that opens nothing."""
        now = self.site.clock.now()
        with self.site.premises.engine.connect() as connection:
            bearer = still(connection, before.token_id, now)
            if bearer is None:
                return None
            rows = events.after(connection, place, BATCH)
            if not rows:
                return [], place, False
            principal = principal_of(connection, bearer, before.channel, now)
            reach = reach_of(connection, principal, now)
            about = sorted({row.account_id for row in rows})
            seen = set(
                connection.scalars(select(_account.c.id).where(_account.c.id.in_(about), within(reach, _account.c)))
            )
        shown = [row for row in rows if reach.everything or row.account_id in seen]
        return shown, rows[-1].place, len(rows) == BATCH


@router.get("/api/events", policy=Policy(), response_class=StreamingResponse)
def stream_events(
    call: Asked, request: Request, last_event_id: Annotated[str | None, Header(max_length=64)] = None
) -> StreamingResponse:
    """What changes on the accounts that you see, as it happens: `kind`, account and subject, never any content.

    With Last-Event-ID it goes on after that event; without, it begins now.
    """
    place = events.place_of(last_event_id) if last_event_id else None
    feed: Feed = request.app.state.feed
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(feed.stream(call.principal, place), headers=headers, media_type="text/event-stream")


def _written(row: EventRow) -> bytes:
    data = {"kind": row.kind, "account_id": row.account_id, "subject_id": row.subject_id, "at": row.at}
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(row.place).encode(), row.kind.encode(), orjson.dumps(data))


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return False
    return True
