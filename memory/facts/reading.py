"""Reading facts: what was true at a moment as it was known at a moment, with sources and conflicts."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, select

from memory.facts.history import Said, Stretch, stretches
from memory.records import Fact, FactEvidence
from memory.scope import AccountScope

_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_LOG = (
    select(
        _fact.c.slot,
        _evidence.c.stated_at,
        _evidence.c.source_id,
        _evidence.c.recorded_at,
        _fact.c.value,
        _evidence.c.trust,
        _evidence.c.activity_id,
        _evidence.c.span_start,
        _evidence.c.span_end,
        _fact.c.id,
    )
    .join(_evidence, _evidence.c.fact_id == _fact.c.id)
    .where(_fact.c.account_id == bindparam("account_id"))
)


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


class Source(NamedTuple):
    """One time that a fact was stated; `span` (first character, behind the last) where it stood in a text."""

    activity_id: str
    source_id: str
    stated_at: datetime
    span: tuple[int, int] | None


class KnownFact(NamedTuple):
    """A fact as it is known at a moment; `valid_to` is None while it stands.

    `conflict`: something else stands in the same slot, and neither ended the other.
    """

    id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    valid_to: datetime | None
    sources: tuple[Source, ...]
    conflict: bool


def known(
    connection: Connection,
    scope: AccountScope,
    *,
    known_at: datetime | None = None,
    history: bool = False,
) -> list[KnownFact]:
    """The facts of one account by slot and time, as they could be known at `known_at` (now where it is None).

    What was recorded later counts as if it had never been said. Without `history` only what stands at that moment.
    """
    slots: dict[str, list[Said]] = {}
    for slot, stated_at, source_id, recorded_at, *rest in connection.execute(_LOG, {"account_id": scope.account_id}):
        value, trust, activity_id, start, end, fact_id = rest
        if known_at is None or (recorded_at <= known_at and stated_at <= known_at):
            said = Said(stated_at, source_id, recorded_at, value, trust, activity_id, (start, end), fact_id)
            slots.setdefault(slot, []).append(said)
    return [fact for slot in sorted(slots) for fact in _of_slot(slot, stretches(slots[slot]), history)]


def _of_slot(slot: str, found: list[Stretch], history: bool) -> Iterator[KnownFact]:
    standing = sum(one.ended_by is None for one in found)
    for one in found:
        if history or one.ended_by is None:
            yield KnownFact(
                id=one.said[0].fact_id or "",
                slot=slot,
                value=one.value,
                trust=one.trust,
                valid_from=one.said[0].stated_at,
                valid_to=one.ended_by.stated_at if one.ended_by else None,
                sources=tuple(_source(said) for said in one.said),
                conflict=one.ended_by is None and standing > 1,
            )


def _source(said: Said) -> Source:
    start, end = said.span
    span = (start, end) if start is not None and end is not None else None
    return Source(said.activity_id, said.source_id, said.stated_at, span)


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
