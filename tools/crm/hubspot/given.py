"""One object of HubSpot with what belongs to it, and how its values are read. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from tools.base import SourceRecord
from tools.crm.values import SOURCES, filled, moment_of

Object = dict[str, Any]
Links = Mapping[str, Sequence[str]]
_TAG = re.compile(r"<(br|/p|/div|/li)[^>]*>", re.IGNORECASE)
_REST = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Given:
    """One object with what belongs to it: `links` by kind, `stages` the names of stages by their ids.

    `addresses`: the mail addresses of contacts by their ids. `own`: by column of a row the property that carries it,
    for what the vendor has no property of its own.
    """

    object: Object
    links: Links
    read_at: datetime
    stages: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The vendor's id."""
        return str(self.object["id"])

    def text(self, name: str) -> str:
        """A property as text, empty where it has none."""
        return str((self.object.get("properties") or {}).get(name) or "").strip()

    def moment(self, name: str) -> datetime | None:
        """A property as a moment: ISO 8601 or milliseconds, as the vendor writes both."""
        return moment_of(self.text(name), name)

    def changes(self, name: str) -> list[tuple[datetime, str]]:
        """The dated values of a property, the oldest first; a value that did not change is told once."""
        told = (self.object.get("propertiesWithHistory") or {}).get(name) or []
        dated = sorted((moment, str(one.get("value") or "")) for one in told if (moment := _told_at(one)))
        return [one for place, one in enumerate(dated) if place == 0 or dated[place - 1][1] != one[1]]

    def at(self, name: str, moment: datetime) -> str:
        """What a property was at a moment; what it is now where its history is not known."""
        known = [value for at, value in self.changes(name) if at <= moment]
        return known[-1] if known else self.text(name)

    def first(self, kind: str) -> str | None:
        """The id of the first, that is the primary, object of a kind that belongs to it."""
        return next(iter(self.links.get(kind, ())), None)

    def record(
        self, name: str, occurred_at: datetime, fields: dict[str, Any], *, stream: str = "crm", account: str = ""
    ) -> SourceRecord:
        """A record of this object; what is empty is left out."""
        account_id = account or self.first("companies")
        return SourceRecord(SOURCES[stream], stream, name, self.read_at, occurred_at, account_id, fields=filled(fields))


def _told_at(told: Object) -> datetime | None:
    return moment_of(str(told.get("timestamp") or ""), "timestamp")


def plain(text: str) -> str:
    """The words of a rich text."""
    if "<" not in text:
        return unescape(text).strip()
    return unescape(_REST.sub("", _TAG.sub("\n", text))).strip()
