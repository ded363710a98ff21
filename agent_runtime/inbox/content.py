"""The content of an item in its versions: what a person changed, and why somebody should look twice. Pure."""

import re
from typing import Any

from agent_runtime.actions.policy import OUTWARD
from agent_runtime.errors import BadInput, Refused
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Changes

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]+")
_VERSION = re.compile(r"\.\d+@")


def flags_of(item: ItemRow) -> list[str]:
    """Why the agent's own content wants a second look before it goes out; in a fixed order."""
    found = [] if item.verified else ["unverified"]
    if item.action["kind"] in OUTWARD:
        found += ["makes_promise"] if item.action.get("promises") else []
        found += ["several_recipients"] if len(_recipients(item.action)) > 1 else []
    return found


def next_version(action: dict[str, Any], version: int) -> dict[str, Any]:
    """The same content as version `version`: with a Message-ID of its own, so that it can have its own effect."""
    return action | {"message_id": _VERSION.sub(f".{version}@", str(action["message_id"]), count=1)}


def changed(item: ItemRow, changes: Changes) -> tuple[dict[str, Any], list[str]]:
    """The content with a person's changes as the next version, and the flags that it has then.

    A recipient whom the agent did not take from the records is a person's explicit choice, and flagged. Raises
    BadInput for an address that is none, Refused for a text without words.
    """
    given = changes.model_dump(exclude_none=True)
    for address in (*given.get("to", ()), *given.get("cc", ())):
        if item.action["kind"] == "send_email" and not _ADDRESS.fullmatch(address):
            raise BadInput("One of the recipients is not a mail address.", fix="Nothing was changed; correct it.")
    if "\n" in given.get("subject", "") or "\r" in given.get("subject", ""):
        raise BadInput("A subject is one line.", fix="Nothing was changed; take the line break out.")
    action = next_version(item.action | {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()},
                          item.draft_version + 1)  # fmt: skip
    if action["kind"] in OUTWARD and not (str(action.get("body") or "").strip() and action["to"]):
        raise Refused("A message needs a recipient and words.", fix="Nothing was changed.")
    new = _recipients(action) - _recipients(item.action)
    flags = [x for x in item.flags if x != "several_recipients"]
    flags += ["several_recipients"] if action["kind"] in OUTWARD and len(_recipients(action)) > 1 else []
    flags += ["recipient_changed"] if new and "recipient_changed" not in flags else []
    return action, flags


def _recipients(action: dict[str, Any]) -> set[str]:
    return {str(x).lower() for name in ("to", "cc", "bcc") for x in action.get(name) or ()}
