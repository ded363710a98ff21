"""What stands in a stand-in for Salesforce: records with their histories, a bin, what was deleted and made one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tools.fakes.salesforce_fields import FIELDS, HISTORY_OF, PREFIXES, TRACKED

Stored = dict[str, Any]


@dataclass(slots=True)
class SalesforceRecords:
    """The records of an org by kind and id; `deletions`: by kind what was deleted when, also for good."""

    now: Callable[[], datetime]
    records: dict[str, dict[str, Stored]] = field(default_factory=dict, kw_only=True)
    deletions: dict[str, list[tuple[str, datetime]]] = field(default_factory=dict, kw_only=True)
    _ids: Any = field(default_factory=lambda: count(1), kw_only=True)
    _by_parent: dict[str, dict[str, list[Stored]]] = field(default_factory=dict, kw_only=True)
    _sorted: dict[str, list[Stored]] = field(default_factory=dict, kw_only=True)

    def add(self, kind: str, values: Mapping[str, Any], at: datetime | None = None, record_id: str = "") -> str:
        """Makes a record; gives its id."""
        at = _second(at or self.now())
        key = record_id or f"{PREFIXES[kind]}{next(self._ids):012d}AAA"
        stored: Stored = {name: None for name in FIELDS[kind]}
        stored |= {"Id": key, "IsDeleted": False, "CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at}
        self.records.setdefault(kind, {})[key] = stored | dict(values)
        self._sorted.pop(kind, None)
        if kind == "Opportunity":
            self._snapshot(key, at)
        return key

    def change(self, kind: str, record_id: str, values: Mapping[str, Any], at: datetime | None = None) -> None:
        """Sets fields at a moment, with what the histories keep of it."""
        at, stored = _second(at or self.now()), self.records[kind][record_id]
        for name, told in TRACKED.get(kind, ()):
            if name in values and values[name] != stored[name]:
                self._track(kind, record_id, told, (stored[name], values[name]), at)
        moved = kind == "Opportunity" and any(
            values.get(name, stored[name]) != stored[name] for name in ("StageName", "Amount", "CloseDate")
        )
        stored.update(values)
        stored |= {"LastModifiedDate": at, "SystemModstamp": max(stored["SystemModstamp"], at)}
        self._sorted.pop(kind, None)
        if moved:
            self._snapshot(record_id, at)

    def remove(self, kind: str, record_id: str, at: datetime | None = None) -> None:
        """Puts a record into the bin."""
        self.change(kind, record_id, {"IsDeleted": True}, at)
        self.deletions.setdefault(kind, []).append((record_id, _second(at or self.now())))

    def restore(self, kind: str, record_id: str, at: datetime | None = None) -> None:
        """Takes a record out of the bin."""
        self.change(kind, record_id, {"IsDeleted": False}, at)

    def purge(self, kind: str, record_id: str, at: datetime | None = None) -> None:
        """Deletes a record for good: it is in no bin, and no query shows it."""
        if not self.records[kind][record_id]["IsDeleted"]:
            self.remove(kind, record_id, at)
        del self.records[kind][record_id]
        self._sorted.pop(kind, None)

    def merge(self, kind: str, winner: str, loser: str, at: datetime | None = None) -> None:
        """Makes two one: the other goes into the bin with the id of the one that stays, which gets what belonged to it.

        What moves shows it by its stamp, not by when it was last changed by somebody.
        """
        at = _second(at or self.now())
        self.change(kind, loser, {"MasterRecordId": winner}, at)
        self.remove(kind, loser, at)
        self.change(kind, winner, {}, at)
        for name, records in self.records.items():
            for one in records.values():
                moved = [x for x in ("AccountId", "WhatId", "WhoId", "ContactId") if one.get(x) == loser]
                one.update(dict.fromkeys(moved, winner))
                if moved and "SystemModstamp" in one:
                    one["SystemModstamp"] = max(one["SystemModstamp"], at)
                    self._sorted.pop(name, None)
        self._by_parent.clear()

    def _snapshot(self, record_id: str, at: datetime) -> None:
        stored = self.records["Opportunity"][record_id]
        names = ("StageName", "Amount", "CloseDate")
        self.add("OpportunityHistory", {"OpportunityId": record_id} | {name: stored[name] for name in names}, at)

    def _track(self, kind: str, record_id: str, name: str, told: tuple[Any, Any], at: datetime) -> None:
        history, parent = HISTORY_OF[kind]
        pairs = [told]
        if name == "Owner":
            pairs.append((self._name(told[0]), self._name(told[1])))
        for before, after in pairs:
            self.add(history, {parent: record_id, "Field": name, "OldValue": before, "NewValue": after}, at)

    def _name(self, user: Any) -> str:
        return str(self.records.get("User", {}).get(user, {}).get("Name") or "Somebody")


def _second(moment: datetime) -> datetime:
    """The vendor keeps no part of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)
