"""What an approval binds, and how an action may move from state to state. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import orjson

from agent_runtime.actions.models import ActionState

SCHEMA_VERSION = 1
INSIDE = frozenset({"task", "reassign", "escalate", "crm_write", "brief"})
# What a customer sees; before it is done, it is checked that they have not written since.
OUTWARD = frozenset({"send_email", "message", "meeting", "draft_in_mailbox"})
# What leaves the house, so that the limits of sending hold for it.
SENDING = OUTWARD - {"draft_in_mailbox"}
# What is done in a person's own mailbox beside the decision about an item; nobody outside sees it.
IN_MAILBOX = ("draft_in_mailbox", "withdraw_draft")
# What an approval is bound to, in the order of the design; nothing outside this list reaches an executor.
BOUND = (
    "kind", "connector", "sender", "to", "cc", "bcc", "in_reply_to", "references", "message_id",
    "subject", "body", "attachments", "account_id", "based_on", "not_after",
)  # fmt: skip

# Our own references, which the executor needs to file the result; nobody outside sees them.
LINKS = ("channel", "contact_id", "user_id", "opportunity_id", "promises")

_PENDING, _CLAIMED, _SENT, _CONFIRMED = (
    ActionState.PENDING, ActionState.CLAIMED, ActionState.SENT, ActionState.CONFIRMED
)  # fmt: skip
_UNKNOWN, _FAILED, _CANCELLED = ActionState.UNKNOWN, ActionState.FAILED, ActionState.CANCELLED
# From each state, where it may go. Claimed goes back to pending only when nothing went out, unknown only when it was
# read back that nothing did; unknown stays unknown when that could not be told yet. Unknown and pending become sent
# or confirmed without a claim when a worker that was taken for dead comes back with its result.
TRANSITIONS: Mapping[ActionState, frozenset[ActionState]] = MappingProxyType(
    {
        _PENDING: frozenset({_CLAIMED, _CANCELLED, _SENT, _CONFIRMED}),
        _CLAIMED: frozenset({_SENT, _CONFIRMED, _UNKNOWN, _FAILED, _PENDING, _CANCELLED}),
        _UNKNOWN: frozenset({_SENT, _CONFIRMED, _PENDING, _FAILED, _UNKNOWN}),
        _SENT: frozenset({_CONFIRMED}),
        _CONFIRMED: frozenset(),
        _FAILED: frozenset(),
        _CANCELLED: frozenset(),
    }
)
# Where nothing more is done by itself; what was sent may still be confirmed.
ENDED = frozenset({_SENT, _CONFIRMED, _FAILED, _CANCELLED})
# Where the effect has been had, so that it stands on the timeline.
EFFECTIVE = frozenset({_SENT, _CONFIRMED})

MOST_ATTEMPTS = 6
MOST_LOOKS = 5
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


def may_move(before: ActionState, after: ActionState) -> bool:
    """Whether an action may go from `before` to `after`."""
    return after in TRANSITIONS[before]


def pause_after(tries: int) -> timedelta:
    """How long to wait after the `tries`-th try or look in vain: twice as long each time, an hour at most."""
    doublings = min(max(tries, 1) - 1, 16)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)


def bound_content(action: dict[str, Any]) -> dict[str, Any]:
    """The part of an action that an approval binds, with every field present, and `write` where it is a CRM write."""
    bound = {"schema_version": SCHEMA_VERSION} | {name: action.get(name) for name in BOUND}
    return bound | ({"write": action["write"]} if action.get("write") else {})


def content_hash(action: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of the bound content."""
    return sha256(orjson.dumps(bound_content(action), option=orjson.OPT_SORT_KEYS)).hexdigest()


def effect_key(item_id: str, draft_version: int) -> str:
    """The key under which one approved version has its effect once."""
    return f"{item_id}:{draft_version}"
