"""Embedding in the background: which embedder serves this installation, and the short steps of a worker with it."""

import logging
from collections import deque
from datetime import datetime, timedelta
from functools import lru_cache
from secrets import token_hex
from threading import Lock
from time import perf_counter

import httpx
from sqlalchemy import Engine

from agent_runtime import jobs
from agent_runtime.errors import BadSetting
from agent_runtime.references import secret_in
from agent_runtime.settings import Settings
from memory import vectors
from memory.embed import Chosen, EmbedderFault, HashingEmbedder, choose
from memory.embed.remote import RemoteEmbedder
from memory.portfolio import Portfolio
from memory.vectors import Making

# A step begins no further text after so many seconds; one text takes at most about 0.1.
STEP = 0.09
_MOST_WAITING = 1_000
# A service is asked for many texts at once, since asking costs more than embedding.
_REMOTE_EPISODES, _REMOTE_TEXTS = 16, 64
_TURN, _TURN_LASTS = "embedding", timedelta(minutes=1)
_REST = timedelta(seconds=10)
_AFTER_FAULT = timedelta(minutes=1)
# Looking for what is not embedded goes through all texts; it may take so much of a core, and no more.
_LOOKING_SHARE = 0.01
_TIMEOUT = 30.0
_PORTFOLIO = "portfolio"
_logger = logging.getLogger("tenure.embedding")
# Two threads that ask at once would otherwise open the model twice.
_one_at_a_time = Lock()


def embedder_of(settings: Settings) -> Chosen | None:
    """The embedder that the settings ask for, with what a person has to know of it; None where it is switched off.

    One for the whole process. Raises BadSetting where an embedding service is only half described.
    """
    if settings.embedder_url:
        if not settings.embedder_model or settings.embedder_dimension is None:
            raise BadSetting(
                "embedder_url is set, but not embedder_model and embedder_dimension.", fix="Set all three, or none."
            )
        return _remote(
            settings.embedder_url, settings.embedder_model, settings.embedder_dimension, settings.embedder_key
        )
    with _one_at_a_time:
        return _local(settings.embedder)


def portfolio_of(settings: Settings, model: str) -> Portfolio:
    """The index across accounts of this installation, of one model's vectors."""
    return Portfolio(settings.data_dir / _PORTFOLIO, model)


class Embedding:
    """The background embedding of one worker. Of several workers one embeds, the others stand by."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._remote = bool(settings.embedder_url)
        self._holder = token_hex(8)
        self._turn_until: datetime | None = None
        self._rests_until: datetime | None = None
        self._ids: deque[str] = deque()
        self._making: Making | None = None

    def step(self, now: datetime) -> int:
        """Embeds for less than 200 ms where something waits; gives how many texts got their vectors.

        Zero: nothing waits, or it is another's turn. What was begun goes on at the next step. A fault of the embedder
        is told in the log and tried again after a minute.
        """
        if self._rests_until and now < self._rests_until:
            return 0
        chosen = embedder_of(self._settings)
        if chosen is None or not self._is_mine(now):
            self._rests_until = now + _REST
            return 0
        try:
            return self._work(chosen, now)
        except EmbedderFault as fault:
            _logger.error("%s", fault)
            self._making, self._rests_until = None, now + _AFTER_FAULT
            self._ids.clear()
            return 0

    def _work(self, chosen: Chosen, now: datetime) -> int:
        begun = perf_counter()
        finished: list[Making] = []
        # What is finished waits again until it is stored: so nothing is looked for while something is not.
        while self._making or self._ids or (not finished and self._look(chosen, now)):
            making = self._making = self._making or self._next(chosen)
            if not making.done:
                making.go_on(_REMOTE_TEXTS if self._remote else 1)
            if making.done:
                finished.append(making)
                self._making = None
            if perf_counter() - begun >= STEP:
                break
        if finished:
            with self._engine.begin() as connection:
                for one in finished:
                    one.store(connection)
        return sum(one.episodes for one in finished)

    def _next(self, chosen: Chosen) -> Making:
        count = min(len(self._ids), _REMOTE_EPISODES if self._remote else 1)
        ids = [self._ids.popleft() for _ in range(count)]
        with self._engine.connect() as connection:
            return Making(chosen.embedder, vectors.told(connection, ids))

    def _look(self, chosen: Chosen, now: datetime) -> bool:
        begun = perf_counter()
        with self._engine.connect() as connection:
            self._ids.extend(vectors.waiting(connection, chosen.embedder.model, _MOST_WAITING))
        if not self._ids:
            took = timedelta(seconds=perf_counter() - begun)
            self._rests_until = now + max(_REST, took / _LOOKING_SHARE)
        return bool(self._ids)

    def _is_mine(self, now: datetime) -> bool:
        if self._turn_until and now < self._turn_until:
            return True
        with self._engine.begin() as connection:
            mine = jobs.take_turn(connection, _TURN, self._holder, now, _TURN_LASTS)
        # Asked again while it still lasts, so that nobody else takes it in between.
        self._turn_until = now + _TURN_LASTS / 2 if mine else None
        return mine


@lru_cache(maxsize=4)
def _local(kind: str) -> Chosen | None:
    if kind == "none":
        return None
    chosen = Chosen(HashingEmbedder()) if kind == "hashing" else choose()
    if chosen.warning:
        _logger.warning("%s", chosen.warning)
    return chosen


@lru_cache(maxsize=4)
def _remote(url: str, model: str, dimension: int, key: str) -> Chosen:
    client = httpx.Client(timeout=_TIMEOUT)
    secret = secret_in(key, "The key of the embedding service").get_secret_value() if key else ""
    return Chosen(RemoteEmbedder(client, url, model, dimension, secret))
