"""What was begun with an account and has not ended, each with who, what, by when, and what else if not."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.accounts.reading import InteractionLine, interactions
from agent_runtime.web.plain import action_words, kind_words, outcome_words, step_words
from memory.scope import AccountScope

ENDED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that was begun. `late`: since when it is overdue; `ended`: in words how it ended, else empty."""

    id: str
    what: str
    opened_at: datetime
    owner_id: str
    action: str
    due_at: datetime | None
    late: datetime | None
    recovery: str
    ended: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Matters:
    """What is open, the most overdue first, and the last that ended; `more`: how many ended before those."""

    open: list[Matter]
    ended: list[Matter]
    more: int


def matters(connection: Connection, scope: AccountScope, now: datetime) -> Matters:
    """All matters of the account."""
    found = [_matter(x) for x in interactions(connection, scope, None)]
    open_ = sorted((x for x in found if not x.ended), key=lambda x: (x.late or x.due_at or now, x.id))
    ended = sorted((x for x in found if x.ended), key=lambda x: (x.ended_at or now, x.id), reverse=True)
    return Matters(open_, ended[:ENDED_SHOWN], max(0, len(ended) - ENDED_SHOWN))


def _matter(row: InteractionLine) -> Matter:
    breached = [x.due_at for x in row.expectations if x.state == "breached"]
    return Matter(
        id=row.id,
        what=kind_words(row.kind),
        opened_at=row.opened_at,
        owner_id=row.owner_id or "",
        action=action_words(row.next_action or ""),
        due_at=row.next_due_at,
        late=min(breached, default=None),
        recovery=step_words(row.recovery or ""),
        ended=outcome_words(row.outcome, row.reason) if row.state != "open" else "",
        ended_at=row.ended_at,
    )
