"""An action as executors see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row of the outbox."""

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
