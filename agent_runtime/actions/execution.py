"""What executing and looking back share: who is told, and how a step is written with its audit entry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.actions import service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.policy import ENDED
from agent_runtime.audit import service as audit
from agent_runtime.jobs import wake

Checks = Callable[[Connection, ActionRow], str | None]
Ended = Callable[[Connection, ActionRow, str, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Execution:
    """Everything that one execution needs; `now` stands still while it lasts."""

    engine: Engine
    now: datetime
    executors: Executors
    recheck: Checks
    ended: Ended
    install_key: SecretStr
    claimed_by: str

    def settle(
        self,
        connection: Connection,
        action: ActionRow,
        state: ActionState,
        *,
        reason: str = "",
        result: dict[str, Any] | None = None,
        again_at: datetime | None = None,
    ) -> str:
        """Moves the action on, audits it, and tells the inbox when it has ended; gives the state."""
        if state in ENDED:
            # The account's loop first, as a decision about its item takes it: so neither waits for the other for ever.
            wake(connection, [action.account_id])
        moved = service.move(connection, action, state, now=self.now, reason=reason, result=result, again_at=again_at)
        if state in ENDED and ActionState(action.state) not in ENDED:
            self.ended(connection, moved, state.value, reason, self.now)
        # Last, because all who write to an account wait for its audit: whoever holds it waits for nothing else.
        self.note(connection, moved, reason)
        return state.value

    def note(self, connection: Connection, action: ActionRow, reason: str) -> None:
        """Appends where the action stands now to the audit of its account."""
        detail = {"reason": reason} if reason else {}
        entry = service.told(action, self.now, attempt=action.attempts, **detail)
        audit.append(connection, action.account_id, [entry], install_key=self.install_key)
