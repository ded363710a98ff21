"""A model reads some texts once more, in the background, and asks about what the program did not see in them.

What it finds is never true by itself: words that stand in the text become a fact with the trust of a model, which a
person confirms, corrects or forgets. Nothing falls due by it and no draft rests on it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
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
from agent_runtime.ingest.second_reading.call_topics import CallTopics
from agent_runtime.ingest.second_reading.promises import Promises
from agent_runtime.ingest.second_reading.texts import Found, Subject, Text
from agent_runtime.llm import Model, NoReply, Reason
from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.facts import Statement
from memory.records import Activity

TRUST = "model"
_PLACE, _TURN = "second_reading", "second_reading.turn"
_TURN_LASTS = timedelta(minutes=1)
_REST, _AFTER_TROUBLE = timedelta(seconds=10), timedelta(minutes=5)
# So many texts are looked at in one step for one that is worth a model's time.
_LOOKED_AT = 50
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_NAMES = ("id", "account_id", "source_id", "kind", "occurred_at", "known_at", "data")


class _Reading(NamedTuple):
    """The text that is read next, and for what; without a subject it is only the place that was reached."""

    text: Text
    subject: Subject | None


class SecondReading:
    """The second reading of one worker; of several workers one reads, the others stand by."""

    def __init__(self, engine: Engine, model: Model, install_key: SecretStr, zone: ZoneInfo) -> None:
        self._engine, self._model, self._install_key, self._zone = engine, model, install_key, zone
        self._subjects: tuple[Subject, ...] = (Promises(), CallTopics())
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
            reading = self._next(connection, now)
            if reading and reading.subject is None:
                _reached(connection, reading.text)
        if reading is None or reading.subject is None:
            return False
        return self._read(reading.text, reading.subject, now)

    def _read(self, text: Text, subject: Subject, now: datetime) -> bool:
        reply = self._model.ask(subject.request(text, self._zone, now))
        if isinstance(reply, NoReply) and reply.reason in (Reason.DOWN, Reason.SLOW, Reason.OVER_BUDGET):
            self._rests_until = now + _AFTER_TROUBLE
            return False
        found = [] if isinstance(reply, NoReply) else list(subject.questions(text, reply.value))
        with self._engine.begin() as connection:
            _keep(connection, text, subject, found, now, self._install_key)
        self._rests_until = None
        return True

    def _next(self, connection: Connection, now: datetime) -> _Reading | None:
        last = None
        for row in _behind(connection, now):
            last = _text(connection, row)
            for subject in self._subjects:
                if subject.is_in(last):
                    return _Reading(last, subject)
        return _Reading(last, None) if last else None


def _behind(connection: Connection, now: datetime) -> Sequence[Any]:
    """The next texts behind the place that was reached; the first time there are none, and the place is the present."""
    place = jobs.checkpoint(connection, _PLACE)
    if place is None:
        jobs.set_checkpoint(connection, _PLACE, {"at": now.isoformat(), "id": ""})
        return ()
    at = datetime.fromisoformat(place["at"])
    behind = or_(_activity.c.known_at > at, and_(_activity.c.known_at == at, _activity.c.id > place["id"]))
    ours = and_(_activity.c.kind.in_(("email", "message")), _activity.c.direction == "outbound")
    called = and_(_activity.c.kind == "call", _activity.c.direction == "inbound")
    query = select(*(_activity.c[name] for name in _NAMES)).where(
        behind, or_(ours, called), _activity.c.current, _activity.c.account_id.is_not(None), _activity.c.known_at <= now
    )
    return connection.execute(query.order_by(_activity.c.known_at, _activity.c.id).limit(_LOOKED_AT)).fetchall()


def _text(connection: Connection, row: Any) -> Text:
    words = timeline.texts(connection, agent_scope(row.account_id), [row.id]).get(row.id, "")
    quotes = tuple(promise["quote"] for promise in row.data.get("promises") or ())
    return Text(row.id, row.account_id, row.source_id, row.kind, row.occurred_at, row.known_at, quotes, words, row.data)


def _reached(connection: Connection, text: Text) -> None:
    jobs.set_checkpoint(connection, _PLACE, {"at": text.known_at.isoformat(), "id": text.activity_id})


def _keep(
    connection: Connection, text: Text, subject: Subject, found: Sequence[Found], now: datetime, install_key: SecretStr
) -> None:
    """Records the questions, moves the place on, and tells the audit, all in the caller's transaction."""
    facts.record(connection, [_statement(text, subject.slot, one, now) for one in found])
    _reached(connection, text)
    if found:
        entry = Entry(now, ActorKind.AGENT, "agent", subject.event, text.activity_id, {"found": len(found)})
        audit.append(connection, text.account_id, [entry], install_key=install_key)


def _statement(text: Text, slot: str, one: Found, now: datetime) -> Statement:
    digest = blake2b(one.quote.encode(), digest_size=6).hexdigest()
    return Statement(
        text.account_id, f"{slot}.{digest}", one.value, TRUST, text.said_at, now, text.activity_id, text.source_id,
        one.span,
    )  # fmt: skip
