"""An action as executors see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row of the outbox. `turn` grows with each step that is taken with it, so that no step is taken twice."""

    id: str
    account_id: str
    item_id: str | None
    interaction_id: str | None
    kind: str
    content: dict[str, Any]
    content_hash: str
    decided_by: str
    decided_at: datetime
    execute_at: datetime
    state: str
    attempts: int = 0
    looks: int = 0
    returns: int = 0
    turn: int = 0
    owner_id: str | None = None
    heard: int = 0
    claimed_at: datetime | None = None
    look_at: datetime | None = None
