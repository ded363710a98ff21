"""HubSpot as it is written to: every write is found again by its key, or by what it made of the object."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tools.base import ApprovedWrite, BadAnswer, Unanswered, VendorError, Written
from tools.crm.hubspot.events import KEY_PROPERTY
from tools.crm.hubspot.wire import VENDOR, HubSpotWire

# What makes an object of its own, with the kind of it; and what sets a property of one that is there.
_MADE = {"task": "tasks", "note": "notes"}
_SET = {"stage": "dealstage", "owner": "hubspot_owner_id"}
_KINDS = frozenset({"companies", "contacts", "deals"})


@dataclass(slots=True)
class HubSpotWriter:
    """Writes with a token of its own. Tasks and notes carry the key in a unique property; the vendor refuses a second.

    A stage or an owner is set only where the object still is as it was when the change was approved.
    """

    wire: HubSpotWire
    name: str = VENDOR
    ops: frozenset[str] = frozenset({*_MADE, *_SET})
    settles_after: timedelta = timedelta(seconds=30)

    def prepare(self) -> None:
        """Makes the unique property on tasks and notes, where it is not there yet."""
        for kind in _MADE.values():
            self.wire.make_key(kind, KEY_PROPERTY)

    def write(self, approved: ApprovedWrite) -> Written:
        """Does it once; Unanswered where it may have been done."""
        kind, object_id = approved.target
        if approved.op not in self.ops or kind not in _KINDS:
            raise BadAnswer(VENDOR, f"{approved.op} of {kind} is nothing that is written here")
        if approved.op in _SET:
            return self._set(approved)
        made = self.wire.upsert(_MADE[approved.op], KEY_PROPERTY, approved.key, _properties(approved))
        try:
            self.wire.associate(_MADE[approved.op], str(made["id"]), kind, object_id)
        except VendorError as error:
            # It is there, and does not stand where it belongs: looking for it mends that.
            raise Unanswered(VENDOR, error.what) from None
        return Written(str(made["id"]), existed=made.get("new") is False)

    def find(self, approved: ApprovedWrite) -> Written | None:
        """By the key, or by the property that was to be set. A task that lost its company on the way gets it."""
        kind, object_id = approved.target
        if approved.op in _SET:
            found = self.wire.one(kind, object_id, [_SET[approved.op]])
            there = found and _value(found, _SET[approved.op]) == str(approved.fields["to"])
            return Written(object_id, existed=True) if there else None
        made = self.wire.read(_MADE[approved.op], [approved.key], [KEY_PROPERTY], [], KEY_PROPERTY)
        if not made:
            return None
        self.wire.associate(_MADE[approved.op], str(made[0]["id"]), kind, object_id)
        return Written(str(made[0]["id"]), existed=True)

    def remove(self, op: str, source_id: str) -> bool:
        """Puts a task or note of ours into the vendor's bin; a stage or owner stays as people have it now."""
        if op not in _MADE:
            return False
        self.wire.archive(_MADE[op], source_id)
        return True

    def _set(self, approved: ApprovedWrite) -> Written:
        kind, object_id = approved.target
        name, wanted = _SET[approved.op], str(approved.fields["to"])
        found = self.wire.one(kind, object_id, [name])
        if found is None:
            raise BadAnswer(VENDOR, f"there is no such object any more ({kind})")
        present = _value(found, name)
        if present == wanted:
            return Written(object_id, existed=True)
        if present != str(approved.fields.get("from") or ""):
            raise BadAnswer(VENDOR, f"the {approved.op} was changed by somebody since this was approved")
        self.wire.update(kind, object_id, {name: wanted})
        return Written(object_id)


def _value(found: Mapping[str, Any], name: str) -> str:
    return str((found.get("properties") or {}).get(name) or "")


def _properties(approved: ApprovedWrite) -> dict[str, str]:
    """What a task or note is made of; its time is part of what was approved, so that a second try is the same."""
    told, key = approved.fields, {KEY_PROPERTY: approved.key}
    owner = {"hubspot_owner_id": str(told["user_id"])} if told.get("user_id") else {}
    if approved.op == "note":
        return key | owner | {"hs_note_body": str(told.get("text") or ""), "hs_timestamp": str(told["at"])}
    return (
        key
        | owner
        | {
            "hs_task_subject": str(told.get("subject") or ""),
            "hs_task_body": str(told.get("text") or ""),
            "hs_timestamp": str(told["at"]),
            "hs_task_status": "NOT_STARTED",
            "hs_task_type": "TODO",
        }
    )
