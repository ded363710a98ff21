"""Records statements: each finds its place in its slot's history, and what it ends is marked as ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from memory.facts.history import Said, Statement, Stretch, folded, stretches
from memory.records import Fact, FactEvidence

CHUNK = 200
Slot = tuple[str, str]

_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_STORED = (
    select(
        _fact.c.account_id,
        _fact.c.slot,
        _fact.c.value,
        _fact.c.valid_from,
        _fact.c.valid_to,
        _fact.c.trust,
        _fact.c.recorded_at,
        _fact.c.superseded_at,
        _evidence.c.fact_id,
        _evidence.c.activity_id,
        _evidence.c.source_id,
        _evidence.c.trust,
        _evidence.c.stated_at,
        _evidence.c.recorded_at,
        _evidence.c.span_start,
        _evidence.c.span_end,
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
_CHANGED = ("trust", "recorded_at", "valid_from", "valid_to", "superseded_at")
_CHANGE = (
    update(_fact).where(_fact.c.id == bindparam("fact_id")).values({name: bindparam(f"v_{name}") for name in _CHANGED})
)
_MOVE = (
    update(_evidence)
    .where(_evidence.c.fact_id == bindparam("before"), _evidence.c.activity_id == bindparam("activity"))
    .values(fact_id=bindparam("after"))
)


@dataclass(slots=True)
class _Slot:
    """One slot as it is stored: its statements, and what stands of each fact in the columns that may change."""

    said: list[Said] = field(default_factory=list)
    stored: dict[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Changes:
    """What one call writes."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def record(connection: Connection, statements: Iterable[Statement]) -> int:
    """Records statements in the caller's transaction; gives how many facts are new.

    A statement supersedes what was valid before it in its own slot, unless it is less to be trusted; one that is
    older than the slot's present value takes its place in the history. The same again is one more piece of evidence,
    or, from the same source record, nothing.
    """
    items = list(statements)
    slots = _stored(connection, items)
    touched = dict.fromkeys((item.account_id, item.slot) for item in items if _take(item, slots))
    changes = _Changes()
    for key in touched:
        _compare(key, slots[key], changes)
    _write(connection, changes)
    return len(changes.facts)


def rebuild(connection: Connection, slots: Iterable[Slot]) -> None:
    """Puts the facts of slots right again after some of their evidence was taken away or put elsewhere."""
    found = _read(connection, slots)
    changes = _Changes()
    for key, slot in found.items():
        _compare(key, slot, changes)
    _write(connection, changes)


def _stored(connection: Connection, items: list[Statement]) -> dict[Slot, _Slot]:
    return _read(connection, {(item.account_id, item.slot) for item in items})


def _read(connection: Connection, wanted: Iterable[Slot]) -> dict[Slot, _Slot]:
    ordered = sorted(wanted)
    slots: dict[Slot, _Slot] = {key: _Slot() for key in ordered}
    for start in range(0, len(ordered), CHUNK):
        pairs = dict.fromkeys(ordered[start : start + CHUNK])
        accounts, names = (sorted(set(each)) for each in zip(*pairs, strict=True))
        for row in connection.execute(_STORED, {"accounts": accounts, "slots": names}):
            if (row[0], row[1]) in pairs:
                _keep(slots[row[0], row[1]], *row[2:])
    return slots


def _keep(slot: _Slot, value: str, *row: Any) -> None:
    valid_from, valid_to, fact_trust, first_recorded, superseded_at, fact_id, *said = row
    slot.stored[fact_id] = (fact_trust, first_recorded, valid_from, valid_to, superseded_at)
    activity_id, source_id, trust, stated, recorded, start, end = said
    slot.said.append(Said(stated, source_id, recorded, value, trust, activity_id, (start, end), fact_id))


def _take(item: Statement, slots: dict[Slot, _Slot]) -> bool:
    """Adds the statement to its slot; False where its source record has said so already."""
    said = slots[item.account_id, item.slot].said
    new = Said(
        item.valid_from,
        item.source_id,
        item.recorded_at,
        item.value,
        item.trust,
        item.activity_id,
        item.span or (None, None),
    )
    for one in said:
        same_record = one.activity_id == new.activity_id or (one.source_id, one.stated_at) == (
            new.source_id,
            new.stated_at,
        )
        if same_record and folded(one.value) == folded(new.value):
            return False
    said.append(new)
    return True


def _compare(key: Slot, slot: _Slot, changes: _Changes) -> None:
    """Compares what the statements add up to with what is stored, and notes the difference."""
    taken: set[str] = set()
    for stretch in stretches(slot.said):
        known = next((x.fact_id for x in stretch.said if x.fact_id and x.fact_id not in taken), None)
        fact_id = known or _id(key, stretch, taken | set(slot.stored))
        taken.add(fact_id)
        ended = stretch.ended_by.stated_at if stretch.ended_by else None
        columns = (stretch.trust, stretch.recorded_at, stretch.said[0].stated_at, ended, stretch.superseded_at)
        if known is None:
            changes.facts.append(_row(fact_id, key, stretch) | dict(zip(_CHANGED, columns, strict=True)))
        elif slot.stored[known] != columns:
            values = {f"v_{name}": value for name, value in zip(_CHANGED, columns, strict=True)}
            changes.changed.append({"fact_id": known} | values)
        _settle_evidence(fact_id, stretch.said, changes)
    changes.gone += sorted(slot.stored.keys() - taken)


def _settle_evidence(fact_id: str, said: list[Said], changes: _Changes) -> None:
    for one in said:
        if one.fact_id is None:
            changes.evidence.append(
                {
                    "fact_id": fact_id,
                    "activity_id": one.activity_id,
                    "source_id": one.source_id,
                    "trust": one.trust,
                    "stated_at": one.stated_at,
                    "recorded_at": one.recorded_at,
                    "span_start": one.span[0],
                    "span_end": one.span[1],
                }
            )
        elif one.fact_id != fact_id:
            changes.moved.append({"before": one.fact_id, "activity": one.activity_id, "after": fact_id})
        one.fact_id = fact_id


def _id(key: Slot, stretch: Stretch, others: set[str]) -> str:
    """A name of its own: a fact that was split keeps its name in its first part, although that part may have moved."""
    first = stretch.said[0]
    text = f"{key[0]}|{key[1]}|{first.value}|{first.stated_at.isoformat()}|{first.source_id}"
    while (fact_id := f"fact_{blake2b(text.encode(), digest_size=8).hexdigest()}") in others:
        text += "|"
    return fact_id


def _row(fact_id: str, key: Slot, stretch: Stretch) -> dict[str, Any]:
    return {
        "id": fact_id,
        "account_id": key[0],
        "slot": key[1],
        "value": stretch.value,
    }


def _write(connection: Connection, changes: _Changes) -> None:
    if changes.changed:
        connection.execute(_CHANGE, changes.changed)
    if changes.facts:
        connection.execute(_ADD_FACTS, changes.facts)
    if changes.moved:
        connection.execute(_MOVE, changes.moved)
    if changes.evidence:
        connection.execute(_ADD_EVIDENCE, changes.evidence)
    if changes.gone:
        # What two facts said, one says now: accounts were merged, or what stood between them was taken away.
        connection.execute(delete(_fact).where(_fact.c.id.in_(changes.gone)))
