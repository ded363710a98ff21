"""What a source does not have any more is withdrawn; what it made one becomes one here as well."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import ColumnElement, Connection, Table, select

from agent_runtime.accounts.merging import merge_accounts, merge_contacts
from agent_runtime.errors import BadInput
from memory.merge import Merge
from memory.records import Account, Activity, Contact
from tools.base import Gone, Recounts, Source, SourceRecord

_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_merge: Table = Merge.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_OF: dict[str, Table] = {"accounts": _account, "contacts": Contact.__table__}  # type: ignore[attr-defined]
_MERGES = {"accounts": merge_accounts, "contacts": merge_contacts}
# So many objects are asked for at once whether they are there.
_MOST = 1000
# Up to so many stems are looked up each for itself; for more the keys of their stream are gone through once.
_FEW = 50


def withdrawn(connection: Connection, gone: Sequence[Gone], read_at: datetime) -> list[SourceRecord]:
    """Every present record of what is gone, as deleted.

    What an account had before it was made one with another is the other's past now, and stays.
    """
    stems = {stem for one in gone if not _lives_on(connection, one) for stem in one.stems}
    return [
        SourceRecord(source, stream, source_id, read_at, read_at, deleted=True)
        for source, stream in sorted({(one.source, one.stream) for one in stems})
        for source_id in _beginning(connection, source, stream, [x.text for x in stems if x[:2] == (source, stream)])
    ]


def _lives_on(connection: Connection, one: Gone) -> bool:
    if one.table != "accounts":
        return False
    merged = select(_account.c.merged_into).where(_account.c.id == one.id)
    return bool(one.into) or connection.scalar(merged) is not None


def _beginning(connection: Connection, source: str, stream: str, stems: Sequence[str]) -> list[str]:
    """The keys of a stream that are one of these stems, or go on behind one with a hyphen."""
    wanted = set(stems)
    if len(wanted) > _FEW:
        return [one for one in _present(connection, source, stream) if _stem(one) in wanted]
    # By its bytes, and not as a language orders words: behind the hyphen comes the dot.
    key = _activity.c.source_id if connection.dialect.name == "sqlite" else _activity.c.source_id.collate("C")
    found = (
        one for stem in sorted(wanted) for one in _present(connection, source, stream, key >= stem, key < f"{stem}.")
    )
    return [one for one in found if _stem(one) in wanted]


def _present(connection: Connection, source: str, stream: str, *only: ColumnElement[bool]) -> Iterator[str]:
    """The keys of a stream's present records."""
    chosen = (_activity.c.source == source, _activity.c.stream == stream, _activity.c.current, ~_activity.c.deleted)
    yield from connection.scalars(select(_activity.c.source_id).where(*chosen, *only).order_by(_activity.c.source_id))


def _stem(source_id: str) -> str:
    return "-".join(source_id.split("-", 2)[:2])


def unite(connection: Connection, name: str, gone: Iterable[Gone], now: datetime, install_key: SecretStr) -> bool:
    """Makes those accounts and contacts one that the source made one, if both are known; whether any were.

    A merge that stands, or that a person took back, is not made again.
    """
    done = False
    for one in gone:
        if one.table in _OF and one.into and _can_unite(connection, one):
            try:
                _MERGES[one.table](connection, one.id, one.into, f"rule:{name}", now, install_key)
            except BadInput:
                continue  # two contacts of different accounts: both stay, each with what was said to it
            done = True
    return done


def _can_unite(connection: Connection, one: Gone) -> bool:
    table = _OF[one.table]
    both = select(table.c.merged_into).where(table.c.id.in_((one.id, one.into)))
    before = select(_merge.c.id).where(_merge.c.loser == one.id, _merge.c.winner == one.into)
    return list(connection.scalars(both)) == [None, None] and connection.scalar(before.limit(1)) is None


def missing(connection: Connection, source: Source, stream: str) -> list[Gone]:
    """What is known of a stream and not there any more, where the source can be asked for it; a VendorError if not."""
    if not isinstance(source, Recounts):
        return []
    known = {
        found.removeprefix(f"{stem.text}-"): None
        for stem in source.stems(stream)
        for source_id in _present(connection, stem.source, stem.stream)
        if (found := _stem(source_id)).startswith(f"{stem.text}-")
    }
    ids = list(known)
    return [one for start in range(0, len(ids), _MOST) for one in source.missing(stream, ids[start : start + _MOST])]
