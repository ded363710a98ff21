"""Who should see which account, worked out by hand from plain lists: what the product is held against."""

from dataclasses import dataclass, field
from typing import ClassVar

from tests.unit.agent_runtime.app.office import ACCOUNTS, STAFF


@dataclass
class Truth:
    """The company as lists: owners, who serves, who holds the open item, who stands in for whom."""

    owner: dict[str, str | None] = field(default_factory=lambda: {x[0]: x[1] for x in ACCOUNTS})
    csm: dict[str, str | None] = field(default_factory=lambda: {x[0]: x[2] for x in ACCOUNTS})
    holder: dict[str, str | None] = field(default_factory=lambda: {x[0]: x[3] for x in ACCOUNTS})
    live: dict[str, bool] = field(default_factory=lambda: {x[0]: x[3] is not None for x in ACCOUNTS})
    stands_in: dict[str, str] = field(default_factory=dict)

    role: ClassVar[dict[str, str]] = {x[0]: x[1] for x in STAFF}
    team: ClassVar[dict[str, str]] = {x[0]: x[2] for x in STAFF}
    boss: ClassVar[dict[str, str | None]] = {x[0]: x[3] for x in STAFF}

    def sees(self, user: str, account: str) -> bool:
        """Whether the user sees the account."""
        if self.role[user] in ("admin", "auditor"):
            return True
        seats = [user] + [away for away, delegate in self.stands_in.items() if delegate == user]
        if self.role[user] == "manager":
            seats += [x for x in self.role if self._leads(user, x)]
        holders = {*seats, self.team[user]}
        if {self.owner[account], self.csm[account]} & holders:
            return True
        if not self.live[account]:
            return False
        holder = self.holder[account]
        stray = holder not in self.role and holder not in self.team.values()
        return holder in holders or (stray and self.role[user] == "manager")

    def seen(self, user: str) -> set[str]:
        """All accounts that the user sees."""
        return {account for account in self.owner if self.sees(user, account)}

    def _leads(self, manager: str, user: str) -> bool:
        above, seen = self.boss[user], set()
        while above and above not in seen:
            if above == manager:
                return True
            seen.add(above)
            above = self.boss[above]
        return self.team[user] == self.team[manager]
