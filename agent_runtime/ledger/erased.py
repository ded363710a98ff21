"""Ends what an erasure leaves open, and takes the erased contact out of every row; in the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, Table, select, update

from agent_runtime.ledger.models import Expectation, Interaction, Outcome, Waiting

REASON = "erased"
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_OWED = (Waiting.WAITING.value, Waiting.UNVERIFIED.value, Waiting.BREACHED.value)


def end_erased(
    connection: Connection,
    erasure: str,
    now: datetime,
    *,
    account_id: str | None = None,
    contact_id: str | None = None,
) -> list[str]:
    """Ends the open interactions of an erased account or contact as disqualified; gives their ids, sorted.

    The rows stay, for nothing that was begun is lost: what remains of them says that it was erased, and when.
    """
    whose = _interaction.c.contact_id == contact_id if contact_id else _interaction.c.account_id == account_id
    ids = sorted(connection.scalars(select(_interaction.c.id).where(whose, _interaction.c.state == "open")))
    values = {
        "state": "ended",
        "outcome": Outcome.DISQUALIFIED.value,
        "reason": REASON,
        "evidence": [erasure],
        "ended_at": now,
        "owner_id": None,
        "next_action": None,
        "next_due_at": None,
        "recovery": None,
    }
    owed = {"state": Waiting.DROPPED.value, "look_at": None, "settled_at": now}
    for one in ids:
        connection.execute(update(_interaction).where(_interaction.c.id == one).values(**values))
        of_it = (_expectation.c.interaction_id == one, _expectation.c.state.in_(_OWED))
        connection.execute(update(_expectation).where(*of_it).values(**owed))
    connection.execute(
        update(_interaction).where(whose, _interaction.c.contact_id.is_not(None)).values(contact_id=None)
    )
    return ids
