"""Reads what may be labelled, keeps labels, and makes the classifier that has learned from them; never commits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, get_args

from sqlalchemy import Connection, Table, delete, insert, select

from agent_runtime.calls.activities import VISIT_KINDS, legs_of, visits_of
from agent_runtime.calls.callers import CallerBook
from agent_runtime.calls.directory import provisional_accounts, read_owners, without_provisional
from agent_runtime.calls.intent import About, classify, says_something, spoken_text
from agent_runtime.calls.labelling.models import CallLabel
from agent_runtime.calls.labelling.policy import SESSION, Heard, correction, to_ask
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.missed import is_missed
from agent_runtime.calls.models import DistinctCall, Topic
from agent_runtime.calls.resolution import abouts
from agent_runtime.calls.topics import TOPICS, TopicReader
from agent_runtime.errors import BadInput
from memory.embed import Embedder
from memory.timeline import read_kinds

ASKED_BACK: Final = timedelta(days=90)
"""People remember, and find, calls of the last months."""

DRIFT_DAYS: Final = timedelta(days=7)
DRIFT_SAMPLE: Final = 10
"""So many high-intent misses of the last week are always asked about: where the labels drift, it shows there."""

_label: Table = CallLabel.__table__  # type: ignore[attr-defined]


def corrected_reader(connection: Connection, embedder: Embedder | None) -> TopicReader:
    """The classifier as the labels of this company correct it; without labels as it was shipped."""
    labels = read_labels(connection)
    plain = TopicReader(embedder)
    if not labels:
        return plain
    texts = {call.call_id: spoken_text(call) for call in _spoken(connection) if call.call_id in labels}
    kept = [call_id for call_id in sorted(texts) if labels[call_id] in TOPICS]
    if not kept:
        return plain
    nearness, logits = plain.lie([texts[call_id] for call_id in kept])
    return TopicReader(embedder, correction(nearness, logits, [labels[call_id] for call_id in kept]))


def classifier(connection: Connection, embedder: Embedder | None) -> Callable[[DistinctCall], About]:
    """Says what each inbound call of the installation was about: as labels correct it, with what went before it.

    Every text is read once, here; a call that came since is told by its words alone.
    """
    provisional = provisional_accounts(connection)
    events = read_kinds(connection, ("call", *VISIT_KINDS))
    calls = join_legs(legs_of(without_provisional(events, provisional)))
    book = CallerBook(calls, read_owners(connection, provisional))
    known = abouts(calls, book, visits_of(events), corrected_reader(connection, embedder))
    return lambda call: known.get(call.call_id) or classify(call)


def read_labels(connection: Connection) -> dict[str, Topic]:
    """The topic that a person gave, by call."""
    return {row.activity_id: row.topic for row in connection.execute(select(_label).order_by(_label.c.activity_id))}


def session(connection: Connection, reader: TopicReader, now: datetime, most: int = SESSION) -> list[Heard]:
    """The calls to ask about now: the drift sample of the last week, the least sure, and any."""
    labelled = read_labels(connection)
    calls = [call for call in _spoken(connection) if now - ASKED_BACK <= call.started_at <= now]
    unlabelled = [call for call in calls if call.call_id not in labelled]
    texts = [spoken_text(call) for call in unlabelled]
    heard = [
        Heard(call.call_id, text, reading)
        for call, text, reading in zip(unlabelled, texts, reader.read(texts), strict=True)
    ]
    return to_ask(heard, _drifting(unlabelled, heard, now), most)


def _drifting(calls: Sequence[DistinctCall], heard: Iterable[Heard], now: datetime) -> list[str]:
    readings: Mapping[str, Heard] = {one.call_id: one for one in heard}
    found = [
        call.call_id
        for call in calls
        if is_missed(call) and call.started_at >= now - DRIFT_DAYS
        and classify(call, readings[call.call_id].reading).intent == "commercial"
    ]  # fmt: skip
    return found[:DRIFT_SAMPLE]


def add_label(connection: Connection, call_id: str, topic: str, said: str, by: str, now: datetime) -> None:
    """Keeps what a person says a call was about; the latest word counts. BadInput for a topic that there is not."""
    if topic not in get_args(Topic):
        raise BadInput(f'"{topic}" is no topic.', fix=f"Say one of: {', '.join(TOPICS)}, unknown.")
    row = {"activity_id": call_id, "topic": topic, "said": said, "labelled_by": by, "labelled_at": now}
    connection.execute(delete(_label).where(_label.c.activity_id == call_id))
    connection.execute(insert(_label), row)


def agreement(connection: Connection) -> tuple[int, int]:
    """How many labels there are, and how many of them say what the classifier had said."""
    rows = connection.execute(select(_label.c.topic, _label.c.said)).all()
    return len(rows), sum(row.topic == row.said for row in rows)


def _spoken(connection: Connection) -> list[DistinctCall]:
    calls = join_legs(legs_of(read_kinds(connection, ("call",))))
    return [call for call in calls if call.direction == "inbound" and says_something(spoken_text(call))]
