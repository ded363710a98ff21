"""Adding to the timeline: the one idempotent door through which activities and their texts come in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from memory.records import Activity, Episode
from memory.timeline.chunks import chunks

State = Literal["new", "revision", "duplicate"]
Key = tuple[str, str, str]

_activity = Activity.__table__  # type: ignore[attr-defined]
_episode = Episode.__table__  # type: ignore[attr-defined]
_KNOWN_OF_STREAM = (
    select(
        _activity.c.source_id,
        _activity.c.id,
        _activity.c.account_id,
        _activity.c.revision,
        _activity.c.content_hash,
        _activity.c.known_at,
        _activity.c.current,
    )
    .where(
        _activity.c.source == bindparam("source"),
        _activity.c.stream == bindparam("stream"),
    )
    .order_by(_activity.c.source_id, _activity.c.revision)
)
_KNOWN = _KNOWN_OF_STREAM.where(_activity.c.source_id.in_(bindparam("source_ids", expanding=True)))
# A record that comes alone is the usual case, and a list of ids is written into the statement anew at each call.
_KNOWN_ONE = _KNOWN_OF_STREAM.where(_activity.c.source_id == bindparam("source_id"))
_ADD_ACTIVITIES = insert(_activity)
_ADD_EPISODES = insert(_episode)
_RETIRE = update(_activity).where(_activity.c.id == bindparam("activity_id")).values(current=False)


@dataclass(slots=True)
class NewActivity:
    """What is to be added. `text` becomes the activity's episode, told by `speaker`.

    `fingerprint`: hash of what the source said; where empty, of the activity itself. Times are aware.
    """

    source: str
    stream: str
    source_id: str
    kind: str
    occurred_at: datetime
    known_at: datetime
    account_id: str | None = None
    direction: str | None = None
    contact_id: str | None = None
    user_id: str | None = None
    opportunity_id: str | None = None
    caused_by: str = "none"
    subject: str | None = None
    deleted: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    speaker: str = ""
    fingerprint: str = ""


class Added(NamedTuple):
    """What became of a new activity. Of a duplicate, `activity_id` is the one that is current.

    `moved_from`: the account that a revision took it away from. `current`: False for a late, older revision.
    """

    activity_id: str
    account_id: str | None
    state: State
    moved_from: str | None = None
    current: bool = True


@dataclass(slots=True)
class _Known:
    """All revisions of one key: the current one, and which content was known when."""

    activity_id: str
    account_id: str | None
    known_at: datetime
    revision: int
    contents: list[tuple[datetime, str]]

    def has(self, content_hash: str, known_at: datetime) -> bool:
        """True where this says nothing new: just before, at, or just after that moment it was known so."""
        earlier = max((one for one in self.contents if one[0] < known_at), key=_moment_of, default=None)
        later = min((one for one in self.contents if one[0] > known_at), key=_moment_of, default=None)
        near = [one for one in self.contents if one[0] == known_at]
        return any(one is not None and one[1] == content_hash for one in (earlier, *near, later))


def _moment_of(content: tuple[datetime, str]) -> datetime:
    return content[0]


@dataclass(slots=True)
class _Batch:
    """What one call writes: rows by activity id, episodes, and stored rows that are no longer current."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    episodes: list[dict[str, Any]] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def add(connection: Connection, activities: Iterable[NewActivity]) -> list[Added]:
    """Adds activities in the caller's transaction; the result has one entry for each, in order.

    The same key with the same content is a duplicate and changes nothing. Other content is a revision; one
    that was known earlier than the current revision is stored without becoming current. A deletion keeps
    what was known of the activity and marks it. ValueError for a time without its offset.
    """
    items = list(activities)
    known = _known(connection, items)
    batch = _Batch()
    added = [_place(connection, item, known, batch) for item in items]
    _write(connection, batch)
    return added


def _known(connection: Connection, items: list[NewActivity]) -> dict[Key, _Known]:
    wanted: dict[tuple[str, str], dict[str, None]] = {}
    for item in items:
        wanted.setdefault((item.source, item.stream), {})[item.source_id] = None
    known: dict[Key, _Known] = {}
    for (source, stream), ids in wanted.items():
        for chunk in chunks(list(ids)):
            parameters: dict[str, Any] = {"source": source, "stream": stream}
            if len(chunk) == 1:
                rows = connection.execute(_KNOWN_ONE, parameters | {"source_id": chunk[0]})
            else:
                rows = connection.execute(_KNOWN, parameters | {"source_ids": chunk})
            for row in rows:
                _remember(known, (source, stream, row[0]), *row[1:])
    return known


def _remember(
    known: dict[Key, _Known],
    key: Key,
    activity_id: str,
    account_id: str | None,
    revision: int,
    content_hash: str,
    known_at: datetime,
    current: bool,
) -> None:
    entry = known.get(key)
    if entry is None:
        known[key] = _Known(activity_id, account_id, known_at, revision, [(known_at, content_hash)])
        return
    entry.revision = max(entry.revision, revision)
    entry.contents.append((known_at, content_hash))
    if current:
        entry.activity_id, entry.account_id, entry.known_at = activity_id, account_id, known_at


def _place(connection: Connection, item: NewActivity, known: dict[Key, _Known], batch: _Batch) -> Added:
    key = (item.source, item.stream, item.source_id)
    content_hash = item.fingerprint or fingerprint(item)
    entry = known.get(key)
    if entry is None:
        row = _row(item, 0, content_hash)
        _remember(known, key, row["id"], item.account_id, 0, content_hash, item.known_at, True)
        _put(batch, row, item)
        return Added(row["id"], item.account_id, "new")
    if entry.has(content_hash, item.known_at):
        return Added(entry.activity_id, entry.account_id, "duplicate")
    return _revise(connection, item, content_hash, key, known, batch)


def _revise(
    connection: Connection,
    item: NewActivity,
    content_hash: str,
    key: Key,
    known: dict[Key, _Known],
    batch: _Batch,
) -> Added:
    entry = known[key]
    row = _row(item, entry.revision + 1, content_hash)
    if item.deleted:
        row |= _kept(connection, entry.activity_id, batch)
    row["current"] = item.known_at >= entry.known_at
    before = entry.account_id
    if row["current"]:
        _retire(entry.activity_id, batch)
    _remember(known, key, row["id"], row["account_id"], row["revision"], content_hash, item.known_at, row["current"])
    _put(batch, row, item)
    moved = before if row["current"] and before != row["account_id"] else None
    return Added(row["id"], row["account_id"], "revision", moved, row["current"])


# A deletion seldom repeats what it deletes; this stays as it was known.
_KEPT = (
    "account_id", "kind", "direction", "occurred_at", "contact_id", "user_id", "opportunity_id", "caused_by",
    "subject", "data",
)  # fmt: skip


def _kept(connection: Connection, activity_id: str, batch: _Batch) -> dict[str, Any]:
    if row := batch.rows.get(activity_id):
        return {column: row[column] for column in _KEPT}
    query = select(*(_activity.c[column] for column in _KEPT)).where(_activity.c.id == activity_id)
    return dict(connection.execute(query).mappings().one())


def _retire(activity_id: str, batch: _Batch) -> None:
    if row := batch.rows.get(activity_id):
        row["current"] = False
    else:
        batch.retired.append(activity_id)


def _row(item: NewActivity, revision: int, content_hash: str) -> dict[str, Any]:
    return {
        "id": _activity_id(item, revision),
        "account_id": item.account_id,
        "source": item.source,
        "stream": item.stream,
        "source_id": item.source_id,
        "revision": revision,
        "content_hash": content_hash,
        "kind": item.kind,
        "direction": item.direction,
        "occurred_at": item.occurred_at,
        "known_at": item.known_at,
        "contact_id": item.contact_id,
        "user_id": item.user_id,
        "opportunity_id": item.opportunity_id,
        "caused_by": item.caused_by,
        "subject": item.subject,
        "current": True,
        "deleted": item.deleted,
        "data": item.data,
    }


def _put(batch: _Batch, row: dict[str, Any], item: NewActivity) -> None:
    batch.rows[row["id"]] = row
    if item.text:
        batch.episodes.append(
            {
                "id": f"ep_{row['id'][4:]}",
                "activity_id": row["id"],
                "account_id": row["account_id"],
                "speaker": item.speaker,
                "text": item.text,
                "text_hash": blake2b(item.text.encode(), digest_size=16).hexdigest(),
                "occurred_at": row["occurred_at"],
                "known_at": row["known_at"],
            }
        )


def _write(connection: Connection, batch: _Batch) -> None:
    if batch.retired:
        connection.execute(_RETIRE, [{"activity_id": activity_id} for activity_id in batch.retired])
    if batch.rows:
        connection.execute(_ADD_ACTIVITIES, list(batch.rows.values()))
    if batch.episodes:
        connection.execute(_ADD_EPISODES, batch.episodes)


def _activity_id(item: NewActivity, revision: int) -> str:
    return revision_id(item.source, item.stream, item.source_id, revision)


def revision_id(source: str, stream: str, source_id: str, revision: int) -> str:
    """The id of that revision (0: the first) of a record's activity, whether there is one or not."""
    key = f"{source}|{stream}|{source_id}|{revision}"
    return f"act_{blake2b(key.encode(), digest_size=8).hexdigest()}"


def fingerprint(item: NewActivity) -> str:
    """A hash over what the activity says, without the moment from which it was known."""
    said = (
        item.kind, item.direction, item.occurred_at, item.account_id, item.contact_id, item.user_id,
        item.opportunity_id, item.caused_by, item.subject, item.deleted, item.data, item.text, item.speaker,
    )  # fmt: skip
    return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
