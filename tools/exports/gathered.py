"""What the readers of one export fill together: directory, records, what was visible, what was assumed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tools.base import Rejected, SourceRecord
from tools.exports.people import People


@dataclass(slots=True)
class Gathered:
    """One export while it is read.

    `seen`: for each source, the stretch that its files cover. `holders`: whose mailboxes were read.
    `taken_at`: the moments of the snapshots. `read`: what each file was. `assumed`: what the export does not say.
    `categories`: open, won or lost by stage. `deals`: the account of each; `deal_names`: their ids by name.
    """

    zone: ZoneInfo
    reject: Callable[[Rejected], None]
    people: People = field(default_factory=People)
    records: list[SourceRecord] = field(default_factory=list)
    seen: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    holders: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    taken_at: list[datetime] = field(default_factory=list)
    read: list[tuple[str, str, int]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    own_addresses: list[str] = field(default_factory=list)
    own_numbers: list[str] = field(default_factory=list)
    categories: dict[str, str] = field(default_factory=dict)
    deals: dict[str, str | None] = field(default_factory=dict)
    deal_names: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        source: str,
        stream: str,
        source_id: str,
        at: datetime,
        fields: dict[str, Any],
        *,
        account_id: str | None = None,
        occurred_at: datetime | None = None,
    ) -> None:
        """Adds one record and stretches what was seen of its source."""
        happened = occurred_at or at
        self.records.append(SourceRecord(source, stream, source_id, at, happened, account_id, fields=fields))
        self.saw(source, happened, at)

    def saw(self, source: str, begins: datetime, ends: datetime) -> None:
        """Notes that a source was visible in this stretch."""
        first, last = self.seen.get(source, (begins, ends))
        self.seen[source] = (min(first, begins), max(last, ends))

    def assume(self, what: str) -> None:
        """Notes, once, what had to be assumed."""
        if what not in self.assumed:
            self.assumed.append(what)
