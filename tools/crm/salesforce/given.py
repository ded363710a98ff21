"""One record of Salesforce with its history, and how its values are read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tools.base import SourceRecord
from tools.crm.values import SOURCES, filled, moment_of, needed

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """One record. `history`: its rows of the history that its kind has, the oldest first; `currency`: of the org."""

    record_of: Record
    read_at: datetime
    history: Sequence[Record] = ()
    changes_of: Sequence[Record] = field(default_factory=tuple)
    currency: str = ""

    @property
    def id(self) -> str:
        """The vendor's id."""
        return str(self.record_of["Id"])

    def text(self, name: str) -> str:
        """A field as text, empty where it has none or may not be seen."""
        value = self.record_of.get(name)
        return "" if value is None else str(value).strip()

    def yes(self, name: str) -> bool:
        """A field that is true or false."""
        return self.record_of.get(name) is True

    def moment(self, name: str) -> datetime | None:
        """A field as a moment."""
        return moment_of(self.text(name), name)

    def created(self) -> datetime:
        """When it was made."""
        return needed(self.moment("CreatedDate"), "CreatedDate")

    def person(self, name: str = "OwnerId") -> str:
        """The user in a field; empty for a queue, which has an id of another kind."""
        told = self.text(name)
        return told if told.startswith("005") else ""

    def about(self) -> dict[str, Any]:
        """What an activity is about: the opportunity and the contact or lead that it names."""
        what, who = self.text("WhatId"), self.text("WhoId")
        return {
            "opportunity_id": what if what.startswith("006") else None,
            "contact_id": who if who.startswith("003") else None,
            "lead_id": who if who.startswith("00Q") else None,
            "user_id": self.person(),
        }

    def account(self) -> str | None:
        """The account that it names, itself or by what it is about."""
        what = self.text("WhatId")
        return self.text("AccountId") or (what if what.startswith("001") else None) or None

    def changed(self, name: str) -> list[tuple[datetime, str, str]]:
        """(moment, before, after) of each change of a tracked field, the oldest first; of a person only the ids."""
        told = [one for one in self.changes_of if one.get("Field") == name]
        dated = [
            (needed(moment_of(str(one.get("CreatedDate") or ""), "CreatedDate"), "CreatedDate"),
             _plain(one.get("OldValue")), _plain(one.get("NewValue")))
            for one in told
        ]  # fmt: skip
        if name == "Owner":
            # Each change of a person is told twice, by names and by ids.
            dated = [one for one in dated if one[2].startswith(("005", "00G"))]
        return sorted(dated)

    def person_at(self, moment: datetime) -> str:
        """Whose it was at a moment; whose it is now where its history is not told."""
        owner = self.text("OwnerId")
        for at, before, _ in reversed(self.changed("Owner")):
            if at > moment:
                owner = before
        return owner if owner.startswith("005") else ""

    def record(
        self, name: str, occurred_at: datetime, fields: Mapping[str, Any], *, stream: str = "crm", account: str = ""
    ) -> SourceRecord:
        """A record of it; what is empty is left out."""
        account_id = account or self.account()
        return SourceRecord(SOURCES[stream], stream, name, self.read_at, occurred_at, account_id, fields=filled(fields))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
