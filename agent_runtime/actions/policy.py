"""What an approval binds: the canonical content of an action and its hash. Pure."""

from hashlib import sha256
from typing import Any

import orjson

SCHEMA_VERSION = 1
INSIDE = frozenset({"task", "reassign", "escalate", "crm_write", "brief"})
# What an approval is bound to, in the order of the design; nothing outside this list reaches an executor.
BOUND = (
    "kind", "connector", "sender", "to", "cc", "bcc", "in_reply_to", "references", "message_id",
    "subject", "body", "attachments", "account_id", "based_on", "not_after",
)  # fmt: skip

# Our own references, which the executor needs to file the result; nobody outside sees them.
LINKS = ("channel", "contact_id", "user_id", "opportunity_id", "promises")


def bound_content(action: dict[str, Any]) -> dict[str, Any]:
    """The part of an action that an approval binds, with every field present."""
    return {"schema_version": SCHEMA_VERSION} | {name: action.get(name) for name in BOUND}


def content_hash(action: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of the bound content."""
    return sha256(orjson.dumps(bound_content(action), option=orjson.OPT_SORT_KEYS)).hexdigest()


def effect_key(item_id: str, draft_version: int) -> str:
    """The key under which one approved version has its effect once."""
    return f"{item_id}:{draft_version}"
