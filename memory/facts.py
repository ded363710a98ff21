"""Dated statements about single slots, each with its source; a later one supersedes, nothing is deleted."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from memory.records import Fact, FactEvidence

CHUNK = 200

_fact = Fact.__table__  # type: ignore[attr-defined]
_evidence = FactEvidence.__table__  # type: ignore[attr-defined]
_STORED = (
    select(
        _fact.c.account_id,
        _fact.c.slot,
        _fact.c.valid_from,
        _evidence.c.source_id,
        _fact.c.recorded_at,
        _fact.c.id,
        _fact.c.value,
        _fact.c.superseded_at,
    )
    .join(_evidence, _evidence.c.fact_id == _fact.c.id)
    # A pair of lists, not a list of pairs: SQLite searches no index for the latter.
    .where(
        _fact.c.account_id.in_(bindparam("accounts", expanding=True)),
        _fact.c.slot.in_(bindparam("slots", expanding=True)),
    )
)
_ADD_FACTS = insert(_fact)
_ADD_EVIDENCE = insert(_evidence)
_this = _fact.c.id == bindparam("fact_id")
_SHORTEN = update(_fact).where(_this).values(valid_to=bindparam("until"))
_SUPERSEDE = update(_fact).where(_this).values(superseded_at=bindparam("at"))


class Statement(NamedTuple):
    """What one activity says of one slot, true from `valid_from`; `source_id` is its source record's."""

    account_id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    recorded_at: datetime
    activity_id: str
    source_id: str


class StoredFact(NamedTuple):
    """A fact with the ids of the source records it was read in."""

    id: str
    account_id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    superseded_at: datetime | None
    source_ids: tuple[str, ...]


@dataclass(slots=True, order=True)
class _Entry:
    """A place in a slot's history. Of one moment, the source id decides, then what was recorded later."""

    valid_from: datetime
    source_id: str
    recorded_at: datetime
    id: str
    value: str = field(compare=False)
    superseded: bool = field(compare=False)


@dataclass(slots=True)
class _Changes:
    """What one call writes: new facts by id, their evidence, and what ends with them."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    shortened: list[dict[str, Any]] = field(default_factory=list)
    superseded: list[dict[str, Any]] = field(default_factory=list)


def record(connection: Connection, statements: Iterable[Statement]) -> int:
    """Records statements in the caller's transaction; gives how many facts are new.

    A statement supersedes what was valid before it in its own slot; one that is older than the slot's
    present value takes its place in the history without superseding that. The same value again adds nothing.
    """
    items = list(statements)
    history = _history(connection, items)
    changes = _Changes()
    for item in items:
        _place(item, history.setdefault((item.account_id, item.slot), []), changes)
    _write(connection, changes)
    return len(changes.facts)


def all_facts(connection: Connection) -> Iterator[StoredFact]:
    """Every fact of the installation, by account, slot, valid_from and id; for export, never for a prompt."""
    sources: dict[str, list[str]] = {}
    order = (_evidence.c.fact_id, _evidence.c.source_id)
    for row in connection.execute(select(*order).order_by(*order)):
        sources.setdefault(row[0], []).append(row[1])
    columns = [_fact.c[name] for name in StoredFact._fields[:-1]]
    query = select(*columns).order_by(_fact.c.account_id, _fact.c.slot, _fact.c.valid_from, _fact.c.id)
    for row in connection.execute(query):
        yield StoredFact._make((*row, tuple(sources.get(row[0], ()))))


def _history(connection: Connection, items: list[Statement]) -> dict[tuple[str, str], list[_Entry]]:
    wanted = sorted({(item.account_id, item.slot) for item in items})
    history: dict[tuple[str, str], list[_Entry]] = {}
    for start in range(0, len(wanted), CHUNK):
        pairs = dict.fromkeys(wanted[start : start + CHUNK])
        accounts, slots = (sorted(set(names)) for names in zip(*pairs, strict=True))
        for row in connection.execute(_STORED, {"accounts": accounts, "slots": slots}):
            if (row[0], row[1]) in pairs:
                entry = _Entry(row[2], row[3], row[4], row[5], row[6], row[7] is not None)
                insort(history.setdefault((row[0], row[1]), []), entry)
    return history


def _place(item: Statement, history: list[_Entry], changes: _Changes) -> None:
    key = f"{item.account_id}|{item.slot}|{item.value}|{item.valid_from.isoformat()}|{item.source_id}"
    fact_id = f"fact_{blake2b(key.encode(), digest_size=8).hexdigest()}"
    entry = _Entry(item.valid_from, item.source_id, item.recorded_at, fact_id, item.value, False)
    if any(other.id == fact_id for other in history):
        return
    place = bisect_right(history, entry)
    before = history[place - 1] if place else None
    after = history[place] if place < len(history) else None
    if before and before.value == item.value:
        return
    entry.superseded = after is not None
    history.insert(place, entry)
    _add(item, fact_id, after, changes)
    if before:
        _supersede(before, item, changes)


def _add(item: Statement, fact_id: str, after: _Entry | None, changes: _Changes) -> None:
    changes.facts[fact_id] = {
        "id": fact_id,
        "account_id": item.account_id,
        "slot": item.slot,
        "value": item.value,
        "trust": item.trust,
        "valid_from": item.valid_from,
        "valid_to": after.valid_from if after else None,
        "recorded_at": item.recorded_at,
        "superseded_at": item.recorded_at if after else None,
    }
    changes.evidence.append({"fact_id": fact_id, "activity_id": item.activity_id, "source_id": item.source_id})


def _supersede(before: _Entry, item: Statement, changes: _Changes) -> None:
    """Ends what was valid before; when it was first superseded stays as it is."""
    first = not before.superseded
    before.superseded = True
    if row := changes.facts.get(before.id):
        row["valid_to"] = item.valid_from
        row["superseded_at"] = item.recorded_at if first else row["superseded_at"]
        return
    changes.shortened.append({"fact_id": before.id, "until": item.valid_from})
    if first:
        changes.superseded.append({"fact_id": before.id, "at": item.recorded_at})


def _write(connection: Connection, changes: _Changes) -> None:
    if changes.shortened:
        connection.execute(_SHORTEN, changes.shortened)
    if changes.superseded:
        connection.execute(_SUPERSEDE, changes.superseded)
    if changes.facts:
        connection.execute(_ADD_FACTS, list(changes.facts.values()))
        connection.execute(_ADD_EVIDENCE, changes.evidence)
