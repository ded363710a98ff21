"""How accounts stand, for a list of them: what presses first, what comes next, when both sides last spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from agent_runtime.accounts.handover import standings
from agent_runtime.accounts.triage import TOLD, Trouble, triage
from agent_runtime.ledger.models import Interaction

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Health:
    """One account: its most pressing trouble in words, all of them, since or until when, what is next and by when."""

    account_id: str
    first: Trouble
    reasons: tuple[str, ...]
    pressing_at: datetime | None
    next_due_at: datetime | None
    last_contact_at: datetime | None

    @property
    def words(self) -> str:
        """The most pressing trouble."""
        return TOLD[self.first]


def healths(connection: Connection, account_ids: Sequence[str], now: datetime) -> list[Health]:
    """The accounts, what breaks first before the others."""
    standing = {x.account_id: x for x in standings(connection, account_ids)}
    due = _next_due(connection, account_ids)
    return [
        Health(
            x.account_id,
            x.first,
            _pressing(x.reasons),
            x.due_at,
            due.get(x.account_id),
            standing[x.account_id].last_touch,
        )
        for x in triage(standing.values(), now)
    ]


def _pressing(reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(x for x in reasons if x != TOLD[Trouble.NOTHING])


def _next_due(connection: Connection, account_ids: Sequence[str]) -> dict[str, datetime]:
    open_ = (_interaction.c.account_id.in_(account_ids), _interaction.c.state == "open")
    query = select(_interaction.c.account_id, func.min(_interaction.c.next_due_at)).where(*open_)
    return {row[0]: row[1] for row in connection.execute(query.group_by(_interaction.c.account_id)) if row[1]}
