"""A mail is one, under whichever id it is told: sent from here, exported out of two mailboxes, read after an export."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from memory import timeline
from memory.records import Activity
from memory.timeline import NewActivity
from memory.timeline.chunks import chunks

MAILS = "emails"
Key = tuple[str, str, str]
# Until a mail has reached the last of its mailboxes; it also keeps the look-up short.
_REACHED_WITHIN = timedelta(days=7)
_OURS = "tenure"
_COPY_OF = "copy_of"
_activity = Activity.__table__  # type: ignore[attr-defined]
_message_id = _activity.c.data["message_id"].as_string()
_key_columns = (_activity.c.source, _activity.c.stream, _activity.c.source_id)
_STANDING = (
    select(_activity.c.account_id, _message_id, *_key_columns)
    .where(
        _activity.c.account_id.in_(bindparam("account_ids", expanding=True)),
        _activity.c.occurred_at.between(bindparam("since"), bindparam("until")),
        _activity.c.kind == "email",
        _activity.c.current,
        _message_id.in_(bindparam("message_ids", expanding=True)),
    )
    .order_by(_activity.c.known_at, _activity.c.id)
)


def each_mail_once(connection: Connection, activities: Sequence[NewActivity]) -> list[NewActivity]:
    """The activities, in which a mail that its account has under another id already is told of that one.

    So it changes something only where it says something else, and a deletion of either deletes the one. What another
    system tells of a mail that stands, or a mailbox of a mail that was sent from here, says nothing new and is left
    out. A copy leaves a mark on the timeline: a deletion names only the id.
    """
    mails = [one for one in activities if one.stream == MAILS]
    if not mails:
        return list(activities)
    standing = _standing(connection, [one for one in mails if not one.deleted])
    copies = _marked(connection, [one for one in mails if one.deleted])
    marks: list[NewActivity] = []
    kept = []
    for one in activities:
        first = one if one.stream != MAILS else _as_first(one, standing, copies, marks)
        if first is not None:
            kept.append(first)
    timeline.add(connection, marks)
    return kept


def key_of(one: NewActivity) -> Key:
    """Under which id something is told, and by what."""
    return one.source, one.stream, one.source_id


def _as_first(
    one: NewActivity, standing: dict[tuple[str, str], list[Key]], copies: dict[Key, Key], marks: list[NewActivity]
) -> NewActivity | None:
    """What is told of a mail, told of the one that stands; None where that says nothing new."""
    if one.deleted:
        return _told_of(one, copies.get(key_of(one), key_of(one)))
    if one.account_id is None:
        return one
    message_id = str(one.data["message_id"])
    there = standing.setdefault((one.account_id, message_id), [key_of(one)])
    if key_of(one) in there:
        return one
    first = there[0]
    if first[0] == _OURS:
        return None
    copies[key_of(one)] = first
    marks.append(_mark(one, first))
    # A mailbox knows a mail by its Message-ID, an export by a number of its own.
    told_by_another = first[:2] != key_of(one)[:2] or message_id in (first[2], one.source_id)
    return None if told_by_another else _told_of(one, first)


def _told_of(one: NewActivity, key: Key) -> NewActivity:
    source, stream, source_id = key
    return replace(one, source=source, stream=stream, source_id=source_id)


def _mark(one: NewActivity, first: Key) -> NewActivity:
    """That this id is another one of a mail that stands; nothing that reads the timeline shows it."""
    return NewActivity(
        *key_of(one), kind="copy", occurred_at=one.occurred_at, known_at=one.known_at, account_id=one.account_id,
        contact_id=one.contact_id, deleted=True, data={_COPY_OF: list(first)}, fingerprint=_COPY_OF,
    )  # fmt: skip


def _standing(connection: Connection, mails: Sequence[NewActivity]) -> dict[tuple[str, str], list[Key]]:
    """By account and Message-ID, under which ids mails stand on the timeline, the first one first."""
    mails = [one for one in mails if one.account_id]
    if not mails:
        return {}
    moments = [one.occurred_at for one in mails]
    wanted = {
        "account_ids": sorted({str(one.account_id) for one in mails}),
        "since": min(moments) - _REACHED_WITHIN,
        "until": max(moments) + _REACHED_WITHIN,
    }
    found: dict[tuple[str, str], list[Key]] = {}
    for ids in chunks(sorted({str(one.data["message_id"]) for one in mails})):
        for account_id, message_id, *key in connection.execute(_STANDING, wanted | {"message_ids": ids}):
            found.setdefault((account_id, message_id), []).append((key[0], key[1], key[2]))
    return found


def _marked(connection: Connection, deleted: Sequence[NewActivity]) -> dict[Key, Key]:
    """Of which mails the deleted ones are copies."""
    found: dict[Key, Key] = {}
    for source in sorted({one.source for one in deleted}):
        for ids in chunks(sorted({one.source_id for one in deleted if one.source == source})):
            found |= _marks(connection, source, ids)
    return found


def _marks(connection: Connection, source: str, ids: Sequence[str]) -> Mapping[Key, Key]:
    query = select(*_key_columns, _activity.c.data).where(
        _activity.c.source == source, _activity.c.stream == MAILS, _activity.c.source_id.in_(ids)
    )
    rows = connection.execute(query.where(_activity.c.kind == "copy", _activity.c.current))
    return {(row[0], row[1], row[2]): tuple(row.data[_COPY_OF]) for row in rows}
