"""The courier of a worker: puts new events down for each receiver and tells them, beside the worker's own work."""

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from time import perf_counter

import orjson
from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime.audit.policy import ActorKind
from agent_runtime.clock import Clock
from agent_runtime.doors.models import Delivery
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.post import Poster
from agent_runtime.doors.webhooks.service import Change
from agent_runtime.http.signatures import signed_headers

# Receivers that are told at once; each is told one thing after the other, so a slow one hinders nobody else.
AT_ONCE = 8
_CLAIMED = timedelta(minutes=1)
_TURN_SECONDS = 10.0
_FORGETS = timedelta(hours=1)
_logger = logging.getLogger("tenure.webhooks")


class Courier:
    """Tells receivers what happened, each event until it is taken or its time is over."""

    def __init__(self, engine: Engine, clock: Clock, install_key: SecretStr, poster: Poster) -> None:
        self._engine, self._clock, self._install_key, self._poster = engine, clock, install_key, poster
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._telling: dict[str, Future[None]] = {}
        self._forgets_at: datetime | None = None

    def step(self, now: datetime) -> None:
        """Puts down what is new, and begins to tell what is due; returns at once."""
        with self._engine.connect() as connection:
            receivers = [x.id for x in service.webhooks(connection) if x.stopped_at is None]
        for webhook_id in receivers:
            while self._spread(webhook_id, now):
                pass
        self._forget(now)
        with self._engine.connect() as connection:
            due = service.due(connection, now) if receivers else []
        for webhook_id in due:
            self._begin(webhook_id)

    def finish(self) -> None:
        """Waits for what is being told."""
        wait(self._telling.values())
        for webhook_id in list(self._telling):
            self._end(webhook_id)

    def _spread(self, webhook_id: str, now: datetime) -> bool:
        with self._engine.begin() as connection:
            return service.spread(connection, webhook_id, now)

    def _begin(self, webhook_id: str) -> None:
        running = self._telling.get(webhook_id)
        if running is not None and not running.done():
            return
        self._end(webhook_id)
        self._telling[webhook_id] = self._threads.submit(lambda: asyncio.run(self._tell(webhook_id)))

    def _end(self, webhook_id: str) -> None:
        ended = self._telling.pop(webhook_id, None)
        error = ended.exception() if ended is not None else None
        if error is not None:
            _logger.error("webhook %s: %s", webhook_id, type(error).__name__)

    async def _tell(self, webhook_id: str) -> None:
        """What is due, until nothing is, the receiver does not take it, or others' turn has come: so that a worker
        that is to stop is not kept waiting."""
        begun, taken = perf_counter(), True
        while taken and perf_counter() - begun < _TURN_SECONDS:
            now = self._clock.now()
            with self._engine.begin() as connection:
                delivery = service.claim(connection, webhook_id, now, now + _CLAIMED)
                if delivery is None:
                    return
                url, keys = service.target(connection, webhook_id, self._install_key, now)
            body = body_of(delivery)
            result = await self._poster.post(url, signed_headers(keys, delivery.id, body, now), body)
            taken = result.taken
            change = Change("webhooks", self._clock.now(), self._install_key, ActorKind.RULE)
            with self._engine.begin() as connection:
                service.settle(connection, delivery, result, change)

    def _forget(self, now: datetime) -> None:
        if self._forgets_at is None or now >= self._forgets_at:
            self._forgets_at = now + _FORGETS
            with self._engine.begin() as connection:
                service.forget(connection, now)


def body_of(delivery: Delivery) -> bytes:
    """What a receiver is told: type, time and ids, the same at every attempt; content is asked for by right."""
    told = {"account_id": delivery.account_id, "subject_id": delivery.subject_id}
    return orjson.dumps({"type": delivery.kind, "timestamp": delivery.at, "data": told})
