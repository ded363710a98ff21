"""The facts of an account as they are shown: with their sources, and the words where they were read in a text."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection

from memory import facts, timeline
from memory.facts import KnownFact, Source
from memory.scope import AccountScope


class FactSource(BaseModel):
    """One time that a fact was stated; `quote`: the words at `span` of that record's text."""

    source_id: str
    stated_at: datetime
    span: tuple[int, int] | None
    quote: str | None


class FactLine(BaseModel):
    """One fact; `valid_to` is empty while it stands, `conflict`: something else stands beside it in the same slot."""

    id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    valid_to: datetime | None
    conflict: bool
    source_ids: list[str]
    sources: list[FactSource]


def known_facts(
    connection: Connection, scope: AccountScope, moment: datetime | None, *, history: bool
) -> list[FactLine]:
    """The facts as they are known now, or were at `moment`; with `history` also those that were superseded."""
    known = facts.known(connection, scope, known_at=moment, history=history)
    wanted = [source.activity_id for fact in known for source in fact.sources if source.span]
    texts = timeline.texts(connection, scope, wanted)
    return [_line(fact, texts) for fact in known]


def _line(fact: KnownFact, texts: dict[str, str]) -> FactLine:
    return FactLine(
        id=fact.id,
        slot=fact.slot,
        value=fact.value,
        trust=fact.trust,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        conflict=fact.conflict,
        source_ids=[source.source_id for source in fact.sources],
        sources=[_source(source, texts) for source in fact.sources],
    )


def _source(source: Source, texts: dict[str, str]) -> FactSource:
    quote = texts.get(source.activity_id, "")[slice(*source.span)] if source.span else None
    return FactSource(source_id=source.source_id, stated_at=source.stated_at, span=source.span, quote=quote)
