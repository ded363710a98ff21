"""Salesforce as it is written to: a task is found again by its key, a stage or owner by what it is now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.base import ApprovedWrite, BadAnswer, NotAllowed, Written
from tools.crm.salesforce.events import KEY_FIELD, KEY_LINE
from tools.crm.salesforce.wire import VENDOR, Record, SalesforceWire, is_id, quoted

# What sets a field of a record that is there.
_SET = {"stage": "StageName", "owner": "OwnerId"}
# The vendor's kinds, also under the names of our streams.
_OBJECTS = {
    "accounts": "Account", "contacts": "Contact", "leads": "Lead", "opportunities": "Opportunity",
    "companies": "Account", "deals": "Opportunity",
}  # fmt: skip
_PEOPLE = frozenset({"Contact", "Lead"})


@dataclass(slots=True)
class SalesforceWriter:
    """Writes with a credential of its own.

    Where an admin has made the external id Agent_Key__c on Task, a task is an upsert by it and the vendor refuses a
    second; else the key stands in a line of its text, and it is looked for before it is made. A stage or an owner is
    set only where the record still is as it was when the change was approved.
    """

    wire: SalesforceWire
    name: str = VENDOR
    ops: frozenset[str] = frozenset({"task", *_SET})
    settles_after: timedelta = timedelta(seconds=30)

    def write(self, approved: ApprovedWrite) -> Written:
        """Does it once; Unanswered where it may have been done."""
        kind = _object(approved)
        if approved.op in _SET:
            return self._set(approved, kind)
        if self._keyed():
            made = self.wire.upsert("Task", KEY_FIELD, approved.key, _task(approved, kind))
            return Written(str(made["id"]), existed=made.get("created") is False)
        found = self.find(approved)
        return found or Written(str(self.wire.create("Task", _task(approved, kind, told=True))["id"]))

    def find(self, approved: ApprovedWrite) -> Written | None:
        """By the key, or by the field that was to be set."""
        kind = _object(approved)
        if approved.op in _SET:
            found = self._one(kind, approved.target[1], _SET[approved.op])
            there = found and str(found.get(_SET[approved.op]) or "") == str(approved.fields["to"])
            return Written(approved.target[1], existed=True) if there else None
        tasks = self._by_key(approved) if self._keyed() else self._by_line(approved, kind)
        return Written(str(tasks[0]["Id"]), existed=True) if tasks else None

    def remove(self, op: str, source_id: str) -> bool:
        """Puts a task of ours into the vendor's bin; a stage or owner stays as people have it now."""
        if op != "task":
            return False
        self.wire.delete("Task", source_id)
        return True

    def _keyed(self) -> bool:
        """Whether the admin has made the field, as an external id that this credential may write."""
        field = self.wire.fields("Task").get(KEY_FIELD)
        return bool(field and field.get("externalId") and field.get("updateable", True))

    def _by_key(self, approved: ApprovedWrite) -> list[Record]:
        return list(self.wire.every(f"SELECT Id FROM Task WHERE {KEY_FIELD} = {quoted(approved.key)}"))

    def _by_line(self, approved: ApprovedWrite, kind: str) -> list[Record]:
        # The text itself cannot be asked for in a query.
        field = "WhoId" if kind in _PEOPLE else "WhatId"
        where = f"{field} = '{approved.target[1]}' AND Subject = {quoted(_subject(approved))}"
        tasks = self.wire.every(f"SELECT Id, Description FROM Task WHERE {where} ORDER BY CreatedDate")
        line = KEY_LINE + approved.key
        return [one for one in tasks if line in str(one.get("Description") or "").splitlines()]

    def _one(self, kind: str, record_id: str, name: str) -> Record | None:
        found, _ = self.wire.query(f"SELECT Id, {name} FROM {kind} WHERE Id = '{record_id}'")
        return found[0] if found else None

    def _set(self, approved: ApprovedWrite, kind: str) -> Written:
        name, wanted, record_id = _SET[approved.op], str(approved.fields["to"]), approved.target[1]
        found = self._one(kind, record_id, name)
        if found is None:
            raise BadAnswer(VENDOR, f"there is no such record any more ({kind})")
        present = str(found.get(name) or "")
        if present == wanted:
            return Written(record_id, existed=True)
        if present != str(approved.fields.get("from") or ""):
            raise BadAnswer(VENDOR, f"the {approved.op} was changed by somebody since this was approved")
        self.wire.update(kind, record_id, {name: wanted})
        return Written(record_id)

    def prepare(self) -> None:
        """Nothing is made in an org: the field is the admin's to add. Only looks whether tasks may be written."""
        if not any(field.get("createable") for field in self.wire.fields("Task").values()):
            fix = "Give the credential's user the right to make tasks."
            raise NotAllowed(VENDOR, "the credential may not make tasks", fix=fix)


def _object(approved: ApprovedWrite) -> str:
    kind = _OBJECTS.get(approved.target[0], "")
    known = (
        approved.op == "task" or (approved.op == "owner" and kind) or (approved.op, kind) == ("stage", "Opportunity")
    )
    if not kind or not known or not is_id(approved.target[1]):
        raise BadAnswer(VENDOR, f"{approved.op} of {approved.target[0]} is nothing that is written here")
    return kind


def _subject(approved: ApprovedWrite) -> str:
    return str(approved.fields.get("subject") or "")[:255]


def _task(approved: ApprovedWrite, kind: str, *, told: bool = False) -> dict[str, Any]:
    """A task; its day is part of what was approved. `told`: the key stands in its text, for want of a field."""
    fields = approved.fields
    due = datetime.fromtimestamp(int(fields["at"]) / 1000, UTC)
    text = str(fields.get("text") or "")
    owner = {"OwnerId": str(fields["user_id"])} if fields.get("user_id") else {}
    return {
        "Subject": _subject(approved),
        "Description": f"{text}\n\n{KEY_LINE}{approved.key}".lstrip() if told else text,
        "ActivityDate": due.date().isoformat(),
        "Status": "Not Started",
        "Priority": "Normal",
        "WhoId" if kind in _PEOPLE else "WhatId": approved.target[1],
        **owner,
    }
