"""What was planted in a demo world on purpose, so that a test or a reader can look for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Planted:
    """One planted situation: where it stands in the records, and what a good system does with it.

    `at` is when the situation began. `notice` is true where something should have been put before a person;
    `open_at_end` is true where that is still so on the last morning of the world.
    """

    kind: str
    account_id: str | None
    opportunity_id: str | None
    record_ids: tuple[str, ...]
    at: datetime
    expectation: str
    notice: bool
    open_at_end: bool


@dataclass
class DemoTruth:
    """All planted situations of one world by their beginning, and the number of written records."""

    planted: list[Planted] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> list[Planted]:
        return [one for one in self.planted if one.kind == kind]

    def kinds(self) -> list[str]:
        return sorted({one.kind for one in self.planted})

    def keep(self, written: set[str], accounts: Iterable[str]) -> None:
        """Drops what cannot be seen in the files (a mail of a blind mailbox) and sorts the rest by time."""
        known = {None, *accounts}
        visible = [one for one in self.planted if set(one.record_ids) <= written and one.account_id in known]
        self.planted = sorted(visible, key=lambda one: (one.at, one.kind, one.record_ids))
