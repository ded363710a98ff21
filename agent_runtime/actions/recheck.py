"""The last look before an action is done: is everything still as it was when it was approved?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.policy import OUTWARD
from agent_runtime.actions.standing import account_owner, heard_from, unreachable
from agent_runtime.actions.switches import which
from agent_runtime.playbook.models import AutonomyPolicy

OwnerOf = Callable[[Connection, ActionRow], str | None]


def nobody_says(_connection: Connection, _action: ActionRow) -> None:
    """The answer where nobody knows better than the directory who should send."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Gives the reason why an action must not be done now, or None; called in the transaction of its claim.

    `owner_of`: who should do it now, by the caller's knowledge of absences and leavers; None where it has no opinion.
    """

    now: datetime
    autonomy: AutonomyPolicy
    owner_of: OwnerOf = nobody_says

    def __call__(self, connection: Connection, action: ActionRow) -> str | None:
        """The first reason that holds, as a code of reasons."""
        if which(connection, action):
            return reasons.SWITCHED_OFF
        if getattr(self.autonomy, action.kind, None) == "never":
            return reasons.NEVER
        if _is_over(action, self.now):
            return reasons.TOO_LATE
        if self._has_another_owner(connection, action):
            return reasons.OWNER_CHANGED
        return self._outward(connection, action) if action.kind in OUTWARD else None

    def _outward(self, connection: Connection, action: ActionRow) -> str | None:
        content = action.content
        addresses = [*(content.get("to") or ()), *(content.get("cc") or ()), *(content.get("bcc") or ())]
        if unreachable(connection, action.account_id, content.get("contact_id"), addresses, self.now):
            return reasons.RECIPIENT_GONE
        heard = heard_from(connection, action.account_id, content.get("contact_id"))
        return reasons.CUSTOMER_WROTE if heard > action.heard else None

    def _has_another_owner(self, connection: Connection, action: ActionRow) -> bool:
        if action.kind in OUTWARD and account_owner(connection, action.account_id) != action.owner_id:
            return True
        should, does = self.owner_of(connection, action), action.content.get("user_id")
        return should is not None and does is not None and should != does


def _is_over(action: ActionRow, now: datetime) -> bool:
    end = action.content.get("not_after")
    if not end:
        return False
    moment = datetime.fromisoformat(end)
    return now > (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
