"""Retention: the words of old records go, what happened and what was known from them stays."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, or_, select, update

from memory.records import Activity, Episode, FactEvidence
from memory.vectors import Vector

# Keys under which an activity holds words out of its text.
WORDS = frozenset({"quote", "text", "body", "summary", "transcript"})
# What stands in an activity's data instead of its words: the sign that there were some.
EXPIRED = "words_expired"
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_episode: Table = Episode.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_vector: Table = Vector.__table__  # type: ignore[attr-defined]
_OLD = (
    select(_activity.c.id, _activity.c.account_id, _activity.c.data, _episode.c.id.label("episode_id"))
    .join(_episode, _episode.c.activity_id == _activity.c.id)
    .where(_activity.c.kind == bindparam("kind"))
    # A record that was written late is old only when it was also known for so long.
    .where(_activity.c.occurred_at < bindparam("before"), _activity.c.known_at < bindparam("before"))
    .order_by(_activity.c.occurred_at, _activity.c.id)
    .limit(bindparam("most"))
)
_EMPTY = update(_activity).where(_activity.c.id == bindparam("activity_id"))


class Expired(NamedTuple):
    """A record whose words went."""

    account_id: str | None
    activity_id: str
    episode_id: str


def expire(connection: Connection, kind: str, before: datetime, most: int) -> list[Expired]:
    """Deletes the words of up to `most` records of a kind that are older than `before`, with their vectors.

    The record, its times and the facts that were read in it stay, without subject, quotes and spans. The record keeps
    the hash of what it said, so that the same does not come in again.
    """
    rows = connection.execute(_OLD, {"kind": kind, "before": before, "most": most}).fetchall()
    if not rows:
        return []
    activities, episodes = [row.id for row in rows], [row.episode_id for row in rows]
    connection.execute(delete(_vector).where(_vector.c.episode_id.in_(episodes)))
    connection.execute(delete(_episode).where(_episode.c.id.in_(episodes)))
    spans = or_(_evidence.c.span_start.is_not(None), _evidence.c.span_end.is_not(None))
    cited = update(_evidence).where(_evidence.c.activity_id.in_(activities), spans)
    connection.execute(cited.values(span_start=None, span_end=None))
    for row in rows:
        values = {"subject": None, "data": {**without_words(row.data), EXPIRED: True}}
        connection.execute(_EMPTY.values(**values), {"activity_id": row.id})
    return [Expired(row.account_id, row.id, row.episode_id) for row in rows]


def without_words(value: Any) -> Any:
    """Plain JSON in which every quote is empty."""
    if isinstance(value, dict):
        return {key: "" if key in WORDS else without_words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_words(one) for one in value]
    return value
