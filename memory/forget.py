"""Forgetting: an account, a person, or all that a source told, through every table of memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, or_, select, update

from memory.facts.recording import Slot, rebuild
from memory.marks import Marks
from memory.merge import Merge, MergeChange
from memory.records import Account, Activity, Contact, Episode, Fact, FactEvidence, Handle
from memory.tombstones import bury
from memory.vectors import Vector

CHUNK = 500
# What somebody said or did themselves; of other records only their name is taken out.
OWN_KINDS = ("email", "message", "call", "form", "meeting", "contact.changed", "lead.created", "lead.status")

_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_episode: Table = Episode.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
_merge: Table = Merge.__table__  # type: ignore[attr-defined]
_change: Table = MergeChange.__table__  # type: ignore[attr-defined]
_vector: Table = Vector.__table__  # type: ignore[attr-defined]


class Forgotten(NamedTuple):
    """What was forgotten: its erasure's id, how many activities went, the accounts that were touched.

    `episode_ids`: texts that went or changed, for the indexes that stand outside of the database.
    """

    erasure: str
    activities: int
    accounts: tuple[str, ...]
    episode_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody who was erased: the contact's id, account and marks, by which other tables can be cleaned."""

    contact_id: str
    account_id: str | None
    marks: Marks


def forget_account(connection: Connection, account_id: str, now: datetime) -> Forgotten:
    """Deletes all that memory holds of an account and its people, and buries their ids and addresses."""
    erasure = _erasure("account", account_id, now)
    people = list(connection.scalars(select(_contact.c.id).where(_contact.c.account_id == account_id)))
    handles = connection.execute(select(_handle.c.kind, _handle.c.value).where(_handle.c.account_id == account_id))
    named = [("account", account_id), *(("contact", one) for one in people), *((row[0], row[1]) for row in handles)]
    bury(connection, named, erasure, now)
    gone = _delete_activities(connection, _activity.c.account_id == account_id)
    connection.execute(delete(_evidence).where(_evidence.c.fact_id.in_(_facts_of(account_id))))
    connection.execute(delete(_fact).where(_fact.c.account_id == account_id))
    connection.execute(delete(_handle).where(_handle.c.account_id == account_id))
    connection.execute(delete(_contact).where(_contact.c.account_id == account_id))
    connection.execute(delete(_account).where(or_(_account.c.id == account_id, _account.c.merged_into == account_id)))
    _forget_merges(connection, [account_id, *people])
    return Forgotten(erasure, gone.activities, (account_id,), gone.episode_ids)


def person(connection: Connection, contact_id: str) -> Erased | None:
    """Who is to be erased, and by which words they are found; None where there is no such contact."""
    row = connection.execute(select(_contact).where(_contact.c.id == contact_id)).one_or_none()
    if row is None:
        return None
    handles = connection.execute(select(_handle.c.kind, _handle.c.value).where(_handle.c.contact_id == contact_id))
    written = [*(row.email or "").split(";"), *(row.phone or "").split(";"), *(one[1] for one in handles)]
    marks = Marks(contact_id, row.name, frozenset(one.strip() for one in written if one.strip()))
    return Erased(contact_id, row.account_id, marks)


def forget_person(connection: Connection, erased: Erased, now: datetime) -> Forgotten:
    """Deletes what a person said and did, and takes their names and addresses out of everything else."""
    contact_id = erased.contact_id
    erasure = _erasure("contact", contact_id, now)
    handles = connection.execute(select(_handle.c.kind, _handle.c.value).where(_handle.c.contact_id == contact_id))
    named = [("contact", contact_id), *((row[0], row[1]) for row in handles)]
    named += [("email" if "@" in one else "phone", one) for one in erased.marks.addresses]
    bury(connection, named, erasure, now)
    slots = _slots_of(connection, erased)
    own = (_activity.c.contact_id == contact_id) & _activity.c.kind.in_(OWN_KINDS)
    gone = _delete_activities(connection, own)
    _delete_facts(connection, erased)
    connection.execute(update(_activity).where(_activity.c.contact_id == contact_id).values(contact_id=None))
    changed = _clean_texts(connection, erased)
    _clean_activities(connection, erased)
    connection.execute(delete(_handle).where(_handle.c.contact_id == contact_id))
    connection.execute(delete(_contact).where(_contact.c.id == contact_id))
    _forget_merges(connection, [contact_id])
    rebuild(connection, slots)
    accounts = {erased.account_id, *gone.accounts} - {None}
    episodes = (*gone.episode_ids, *changed)
    return Forgotten(erasure, gone.activities, tuple(sorted(str(x) for x in accounts)), episodes)


def clean_everywhere(connection: Connection, marks: Marks) -> None:
    """Takes the addresses of an erased account out of the texts and records of all others."""
    if marks.addresses:
        nobody = Erased("", "", marks)
        _clean_texts(connection, nobody)
        _clean_activities(connection, nobody)


def revoke(connection: Connection, source: str, now: datetime) -> Forgotten:
    """Deletes all that a source told, with everything that was derived from it; what others told stays."""
    slots = _slots_of_activities(connection, _activity.c.source == source)
    gone = _delete_activities(connection, _activity.c.source == source)
    rebuild(connection, slots)
    return Forgotten(_erasure("source", source, now), gone.activities, gone.accounts, gone.episode_ids)


def _erasure(kind: str, subject: str, now: datetime) -> str:
    return f"era_{blake2b(f'{kind}|{subject}|{now.isoformat()}'.encode(), digest_size=8).hexdigest()}"


class _Gone(NamedTuple):
    activities: int
    accounts: tuple[str, ...]
    episode_ids: tuple[str, ...]


def _delete_activities(connection: Connection, condition: Any) -> _Gone:
    """Deletes activities with their texts, vectors and evidence; facts that nothing supports any more go with them."""
    ids = select(_activity.c.id).where(condition)
    accounts = connection.scalars(select(_activity.c.account_id).where(condition).distinct())
    touched = tuple(sorted(one for one in accounts if one))
    episodes = select(_episode.c.id).where(_episode.c.activity_id.in_(ids))
    episode_ids = tuple(connection.scalars(episodes))
    connection.execute(delete(_vector).where(_vector.c.episode_id.in_(episodes)))
    connection.execute(delete(_episode).where(_episode.c.activity_id.in_(ids)))
    lost = list(connection.scalars(select(_evidence.c.fact_id).where(_evidence.c.activity_id.in_(ids)).distinct()))
    connection.execute(delete(_evidence).where(_evidence.c.activity_id.in_(ids)))
    _drop_unsupported(connection, lost)
    count = connection.execute(delete(_activity).where(condition)).rowcount
    return _Gone(count, touched, episode_ids)


def _drop_unsupported(connection: Connection, fact_ids: list[str]) -> None:
    for chunk in _chunks(fact_ids):
        supported = select(_evidence.c.fact_id).where(_evidence.c.fact_id.in_(chunk))
        connection.execute(delete(_fact).where(_fact.c.id.in_(chunk), _fact.c.id.not_in(supported)))


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _facts_of(account_id: str) -> Any:
    return select(_fact.c.id).where(_fact.c.account_id == account_id)


def _slots_of_activities(connection: Connection, condition: Any) -> set[Slot]:
    query = (
        select(_fact.c.account_id, _fact.c.slot)
        .join(_evidence, _evidence.c.fact_id == _fact.c.id)
        .join(_activity, _activity.c.id == _evidence.c.activity_id)
        .where(condition)
    )
    return {(row[0], row[1]) for row in connection.execute(query)}


def _about(erased: Erased) -> Any:
    """The facts that are about the person: their own slots, and slots whose value they are."""
    named = [f"name:{erased.marks.name}"] if erased.marks.name else []
    keys = [erased.contact_id, *named]
    slots = [_fact.c.slot.like(f"{kind}.{key}.%") for kind in ("person", "contact") for key in keys]
    return or_(_fact.c.value.in_(keys), *slots)


def _slots_of(connection: Connection, erased: Erased) -> set[Slot]:
    about = select(_fact.c.account_id, _fact.c.slot).where(_about(erased))
    slots = {(row[0], row[1]) for row in connection.execute(about)}
    return slots | _slots_of_activities(connection, _activity.c.contact_id == erased.contact_id)


def _delete_facts(connection: Connection, erased: Erased) -> None:
    """Facts about the person, and those whose words name them."""
    ids = list(connection.scalars(select(_fact.c.id).where(_about(erased))))
    in_account = select(_fact.c.id, _fact.c.value).where(_fact.c.account_id == (erased.account_id or ""))
    ids += [fact_id for fact_id, value in connection.execute(in_account) if erased.marks.named_in(value)]
    for chunk in _chunks(ids):
        connection.execute(delete(_evidence).where(_evidence.c.fact_id.in_(chunk)))
        connection.execute(delete(_fact).where(_fact.c.id.in_(chunk)))


def _clean_texts(connection: Connection, erased: Erased) -> list[str]:
    """Takes the person's marks out of the texts of others; such a text is embedded anew. Gives the episodes' ids."""
    changed = []
    query = select(_episode.c.id, _episode.c.text, _episode.c.speaker).where(
        _found_in(erased, _episode.c.account_id, _episode.c.text, _episode.c.speaker)
    )
    for episode_id, text, speaker in connection.execute(query).all():
        values = {"text": erased.marks.cleaned(text), "speaker": erased.marks.cleaned(speaker)}
        if values == {"text": text, "speaker": speaker}:
            continue
        values["text_hash"] = blake2b(values["text"].encode(), digest_size=16).hexdigest()
        connection.execute(update(_episode).where(_episode.c.id == episode_id).values(**values))
        connection.execute(delete(_vector).where(_vector.c.episode_id == episode_id))
        _drop_spans(connection, episode_id)
        changed.append(episode_id)
    return changed


def _drop_spans(connection: Connection, episode_id: str) -> None:
    """A span counts characters of the text as it was; the record stays as the fact's source."""
    activity = select(_episode.c.activity_id).where(_episode.c.id == episode_id).scalar_subquery()
    of_text = update(_evidence).where(_evidence.c.activity_id == activity)
    connection.execute(of_text.values(span_start=None, span_end=None))


def _clean_activities(connection: Connection, erased: Erased) -> None:
    as_text = _activity.c.data.cast(_episode.c.text.type)
    query = select(_activity.c.id, _activity.c.subject, _activity.c.data).where(
        _found_in(erased, _activity.c.account_id, as_text, _activity.c.subject)
    )
    for activity_id, subject, data in connection.execute(query).all():
        values = {"subject": erased.marks.cleaned(subject or "") or None, "data": erased.marks.cleaned_in(data)}
        if values == {"subject": subject, "data": data}:
            continue
        connection.execute(update(_activity).where(_activity.c.id == activity_id).values(**values))


def _found_in(erased: Erased, account: Any, *columns: Any) -> Any:
    """All of the person's own account, where names are looked for; elsewhere, where others bear them, addresses."""
    everywhere = [_holds(column, one) for one in sorted(erased.marks.addresses) for column in columns]
    return or_(account == erased.account_id, *everywhere)


def _holds(column: Any, word: str) -> Any:
    return column.ilike(f"%{_plain(word)}%", escape="\\")


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _forget_merges(connection: Connection, ids: list[str]) -> None:
    """What a merge logged of them goes as well; the merge cannot be undone any more."""
    merges = list(connection.scalars(select(_merge.c.id).where(or_(_merge.c.loser.in_(ids), _merge.c.winner.in_(ids)))))
    for chunk in _chunks(merges):
        connection.execute(delete(_change).where(_change.c.merge_id.in_(chunk)))
        connection.execute(delete(_merge).where(_merge.c.id.in_(chunk)))
