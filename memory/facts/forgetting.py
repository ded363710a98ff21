"""Forgetting one fact: what stated it is taken away, and what it had ended stands again."""

from sqlalchemy import Connection, Table, delete, select

from memory.facts.recording import rebuild
from memory.records import Fact, FactEvidence
from memory.scope import AccountScope

_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]


def slot_of(connection: Connection, scope: AccountScope, fact_id: str) -> str | None:
    """The slot of a fact of this account; None where the account has no such fact."""
    mine = (_fact.c.id == fact_id, _fact.c.account_id == scope.account_id)
    slot: str | None = connection.scalar(select(_fact.c.slot).where(*mine))
    return slot


def forget(connection: Connection, scope: AccountScope, fact_id: str) -> bool:
    """Deletes a fact with everything that stated it; False where the account has no such fact.

    The texts in which it was read stay: they are what was said, and go only with the person or the account.
    """
    slot = slot_of(connection, scope, fact_id)
    if slot is None:
        return False
    connection.execute(delete(_evidence).where(_evidence.c.fact_id == fact_id))
    connection.execute(delete(_fact).where(_fact.c.id == fact_id))
    rebuild(connection, [(scope.account_id, slot)])
    return True
