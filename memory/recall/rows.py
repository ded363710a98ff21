"""What recall reads of one account: its episodes as they were known, and the facts that point to them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from memory.records import Activity
from memory.scope import AccountScope
from memory.telling import speaker_of

_NOW = "a.current"
# As it was known then: no revision of the same record that was known by then stands above it.
_THEN = """a.known_at <= :as_of AND NOT EXISTS (
    SELECT 1 FROM tenure_activity later
    WHERE later.source = a.source AND later.stream = a.stream AND later.source_id = a.source_id
    AND later.known_at <= :as_of
    AND (later.known_at > a.known_at OR (later.known_at = a.known_at AND later.revision > a.revision)))"""
_EPISODES = """
SELECT e.id, e.activity_id, a.source, a.source_id, e.occurred_at, e.text, e.text_hash, a.data ->> 'thread', e.speaker,
    a.direction, contact.name, owner.name
FROM tenure_episode e JOIN tenure_activity a ON a.id = e.activity_id
LEFT JOIN tenure_contact contact ON contact.id = a.contact_id
LEFT JOIN tenure_user owner ON owner.id = a.user_id
WHERE e.account_id = :account_id AND a.account_id = :account_id AND NOT a.deleted AND {known}
ORDER BY e.occurred_at, a.stream, a.source_id"""
_FACTS = """
SELECT evidence.activity_id, fact.slot, fact.value
FROM tenure_fact fact JOIN tenure_fact_evidence evidence ON evidence.fact_id = fact.id
WHERE fact.account_id = :account_id{known}"""
_MAPPED = 1 << 30
_moment = bindparam("as_of", type_=Activity.__table__.c.known_at.type)  # type: ignore[attr-defined]
_READ_NOW = text(_EPISODES.format(known=_NOW))
_READ_THEN = text(_EPISODES.format(known=_THEN)).bindparams(_moment)
_FACTS_NOW = text(_FACTS.format(known=""))
_FACTS_THEN = text(_FACTS.format(known=" AND fact.recorded_at <= :as_of")).bindparams(_moment)


class EpisodeRow(NamedTuple):
    """An episode with the name of who spoke; `thread` is empty where the source knows none. `at`: aware UTC."""

    id: str
    activity_id: str
    source: str
    source_id: str
    at: datetime
    text: str
    text_hash: str
    thread: str
    speaker: str


class Pointer(NamedTuple):
    """A fact of the account as words, and the activity that it was read in."""

    activity_id: str
    words: str


def episodes(connection: Connection, scope: AccountScope, as_of: datetime | None) -> list[EpisodeRow]:
    """The account's episodes in the order of time: the current ones, or those that were current at `as_of`."""
    query = _READ_NOW if as_of is None else _READ_THEN
    return [_row(row) for row in connection.execute(query, _parameters(scope, as_of)).fetchall()]


def map_file(connection: Connection) -> None:
    """Lets SQLite read its file as memory from here on; elsewhere it does nothing.

    An account's vectors lie scattered over the file: a hundred small reads took longer than all the rest.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA mmap_size={_MAPPED}")


def pointers(connection: Connection, scope: AccountScope, as_of: datetime | None) -> list[Pointer]:
    """The account's facts, superseded ones too: what was true once is asked about as well."""
    query = _FACTS_NOW if as_of is None else _FACTS_THEN
    rows = connection.execute(query, _parameters(scope, as_of)).fetchall()
    return [Pointer(row[0], f"{row[1]} {row[2]}".replace("_", " ").replace(".", " ")) for row in rows]


def _parameters(scope: AccountScope, as_of: datetime | None) -> dict[str, Any]:
    if as_of is None:
        return {"account_id": scope.account_id}
    if as_of.utcoffset() is None:
        raise ValueError(f"as_of {as_of} has no offset")
    return {"account_id": scope.account_id, "as_of": as_of.astimezone(UTC)}


def _row(row: Sequence[Any]) -> EpisodeRow:
    episode, activity, source, source_id, at, said, text_hash, thread, *who = row
    return EpisodeRow(
        episode, activity, source, source_id, _aware(at), said, text_hash, thread or "", speaker_of(*who)
    )  # fmt: skip


def _aware(at: datetime | str) -> datetime:
    # A plain statement gives SQLite's moments as they are stored: UTC as text without an offset.
    if isinstance(at, str):
        return datetime.fromisoformat(f"{at}+00:00")
    return at.astimezone(UTC)
