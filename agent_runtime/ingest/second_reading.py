"""A model reads what we wrote once more, in the background, and asks about promises that the program did not see.

What it finds is never a promise by itself: a sentence that stands word for word in the text becomes a fact with the
trust of a model, which a person confirms, corrects or forgets. Nothing falls due by it and no draft rests on it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from secrets import token_hex
from threading import Thread
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, and_, or_, select

from agent_runtime import jobs
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.ingest.extract import LONGEST_READ, is_promise
from agent_runtime.ingest.promises import LONGEST_QUOTE
from agent_runtime.llm import Model, ModelRequest, NoReply, Reason
from agent_runtime.llm.schemas import FoundPromise, FoundPromises
from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.facts import Statement
from memory.records import Activity
from prompts import load

SLOT = "unconfirmed_promise"
TRUST = "model"
# A text that promises more than this was not understood.
MOST_OF_A_TEXT = 5
_PROMPT, _PLACE, _TURN = "extract_promises", "second_reading", "second_reading.turn"
_TURN_LASTS = timedelta(minutes=1)
_REST, _AFTER_TROUBLE = timedelta(seconds=10), timedelta(minutes=5)
_FARTHEST = timedelta(days=400)
# Somebody of ours who does something, or the reader who gets something: without it there is nothing to ask about.
_OURS = re.compile(r"\b(?:I|we|you(?:'ll| will| get)|ich|wir|Sie (?:erhalten|bekommen))\b", re.IGNORECASE)
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_NAMES = ("id", "account_id", "source_id", "occurred_at", "known_at", "data")


class Text(NamedTuple):
    """A mail or message of ours that is read once more; `known` are the promises that the program saw in it."""

    activity_id: str
    account_id: str
    source_id: str
    said_at: datetime
    known_at: datetime
    known: tuple[str, ...]
    words: str


class Found(NamedTuple):
    """A sentence that may promise something, where it stands, and the day that the model read in it ("" for none)."""

    quote: str
    span: tuple[int, int]
    due: str


class SecondReading:
    """The second reading of one worker; of several workers one reads, the others stand by."""

    def __init__(self, engine: Engine, model: Model, install_key: SecretStr, zone: ZoneInfo) -> None:
        self._engine, self._model, self._install_key, self._zone = engine, model, install_key, zone
        self._holder = token_hex(8)
        self._rests_until: datetime | None = None
        self._thread: Thread | None = None

    def begin(self, now: datetime) -> None:
        """Takes a step in a thread of its own, so that nobody waits for the model; none while the last one runs."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self.step, args=(now,), daemon=True)
            self._thread.start()

    def step(self, now: datetime) -> bool:
        """Reads one text where one waits and it is this worker's turn; gives whether it did.

        Begins with what comes in after it was first called. After a trouble it waits; the text is then asked again.
        """
        if self._rests_until and now < self._rests_until:
            return False
        self._rests_until = now + _REST
        with self._engine.begin() as connection:
            if not jobs.take_turn(connection, _TURN, self._holder, now, _TURN_LASTS):
                return False
            text = _next(connection, now)
        if text is None:
            return False
        reply = self._model.ask(self._request(text, now))
        if isinstance(reply, NoReply) and reply.reason in (Reason.DOWN, Reason.SLOW, Reason.OVER_BUDGET):
            self._rests_until = now + _AFTER_TROUBLE
            return False
        found = [] if isinstance(reply, NoReply) else list(questions(text, reply.value.promises))
        with self._engine.begin() as connection:
            _keep(connection, text, found, now, self._install_key)
        self._rests_until = None
        return True

    def _request(self, text: Text, now: datetime) -> ModelRequest[FoundPromises]:
        said_on = f"{text.said_at.astimezone(self._zone):%A %Y-%m-%d}"
        inputs = {"said_on": said_on, "written_by": "us", "text": text.words[:LONGEST_READ]}
        return ModelRequest(load(_PROMPT), inputs, FoundPromises, "extract_promises", text.account_id, now)


def questions(text: Text, given: Iterable[FoundPromise]) -> Iterator[Found]:
    """What of a reply may be asked about: sentences of ours that stand in the text and that the program did not see."""
    seen: set[str] = set()
    for one in given:
        start = text.words.find(one.quote)
        known = any(one.quote in quote or quote in one.quote for quote in text.known)
        if one.by != "us" or start < 0 or known or one.quote in seen or not _may_promise(one.quote):
            continue
        seen.add(one.quote)
        yield Found(one.quote, (start, start + len(one.quote)), _day(one.due, text.said_at))
        if len(seen) == MOST_OF_A_TEXT:
            return


def _may_promise(quote: str) -> bool:
    """A sentence with a doer in it and no question, or what the program itself takes for a promise without a day."""
    plain = quote.strip()
    return len(plain) <= LONGEST_QUOTE and not plain.endswith("?") and bool(is_promise(plain) or _OURS.search(plain))


def _day(due: str, said_at: datetime) -> str:
    """The day as the model read it, where it lies ahead of the text."""
    try:
        ahead = date.fromisoformat(due) - said_at.date()
    except ValueError:
        return ""
    return due if timedelta(0) <= ahead <= _FARTHEST else ""


def _next(connection: Connection, now: datetime) -> Text | None:
    """The next text behind the place that was reached; the first time there is none, and the place is the present."""
    place = jobs.checkpoint(connection, _PLACE)
    if place is None:
        jobs.set_checkpoint(connection, _PLACE, {"at": now.isoformat(), "id": ""})
        return None
    at = datetime.fromisoformat(place["at"])
    behind = or_(_activity.c.known_at > at, and_(_activity.c.known_at == at, _activity.c.id > place["id"]))
    ours = and_(_activity.c.kind.in_(("email", "message")), _activity.c.direction == "outbound", _activity.c.current)
    query = select(*(_activity.c[name] for name in _NAMES)).where(
        behind, ours, _activity.c.account_id.is_not(None), _activity.c.known_at <= now
    )
    row = connection.execute(query.order_by(_activity.c.known_at, _activity.c.id).limit(1)).first()
    return _text(connection, row) if row else None


def _text(connection: Connection, row: Any) -> Text:
    words = timeline.texts(connection, agent_scope(row.account_id), [row.id]).get(row.id, "")
    quotes = tuple(promise["quote"] for promise in row.data.get("promises") or ())
    return Text(row.id, row.account_id, row.source_id, row.occurred_at, row.known_at, quotes, words)


def _keep(connection: Connection, text: Text, found: Sequence[Found], now: datetime, install_key: SecretStr) -> None:
    """Records the questions, moves the place on, and tells the audit, all in the caller's transaction."""
    facts.record(connection, [_statement(text, one, now) for one in found])
    jobs.set_checkpoint(connection, _PLACE, {"at": text.known_at.isoformat(), "id": text.activity_id})
    if found:
        entry = Entry(now, ActorKind.AGENT, "agent", "promise.unconfirmed", text.activity_id, {"found": len(found)})
        audit.append(connection, text.account_id, [entry], install_key=install_key)


def _statement(text: Text, one: Found, now: datetime) -> Statement:
    digest = blake2b(one.quote.encode(), digest_size=6).hexdigest()
    value = f"{one.quote} ({one.due}?)" if one.due else one.quote
    return Statement(
        text.account_id, f"{SLOT}.{digest}", value, TRUST, text.said_at, now, text.activity_id, text.source_id, one.span
    )
