"""A company that lives for some days under a real loop: what is shown to whom, who is visited, and the end of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, select

from agent_runtime import jobs
from agent_runtime.clock import VirtualClock
from agent_runtime.demo.generator import generate
from agent_runtime.inbox.models import Item
from agent_runtime.installation import about, company_of
from agent_runtime.jobs import AccountLoop
from agent_runtime.loop.live import Live
from agent_runtime.playbook import default
from agent_runtime.replay.setting import TakenWorld, install, open_world
from agent_runtime.watchtower.company import Company
from tests.acceptance.worlds import EndState, end_state
from tools.base import SourceRecord

_item, _loop = Item.__table__, AccountLoop.__table__  # type: ignore[attr-defined]
STEP = timedelta(hours=3)
_STEPS_A_DAY = 8
_MOST_PASSES = 60


@dataclass
class Days:
    """What was seen: items by (day, owner), accounts that a day left unvisited, items before and after duplicates."""

    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    unvisited: list[str] = field(default_factory=list)
    added_by_duplicates: int = 0
    items_by_duplicates: int = 0
    end: EndState | None = None


class Living:
    """A generated company whose last days are lived through in steps of three hours; nobody decides anything."""

    def __init__(self, folder: Path, accounts: int, days: int) -> None:
        generate(7, folder / "world", accounts=accounts)
        self.folder, self.days = folder, days
        self.world = open_world(folder / "world")
        self.begins = self.world.settings.end - timedelta(days=days)
        self.records = self.world.ordered()

    def live(self, duplicates: int) -> Days:
        """Lives through the days; one mail of the first day comes `duplicates` times more."""
        taken = install(self.world, self.folder / "lived.db", "b2b_sales")
        clock, seen = VirtualClock(self.begins), Days()
        live = Live(taken.engine, lambda connection: self._company(connection), SecretStr("key of days"), clock, "one")
        self._take(taken, [x for x in self.records if x.at <= self.begins], self.begins)
        _settle(taken, live, clock.now())
        for number in range(1, self.days * _STEPS_A_DAY + 1):
            until = self.begins + number * STEP
            self._take(taken, [x for x in self.records if until - STEP < x.at <= until], until)
            clock.move_to(until)
            _settle(taken, live, until)
            if number == _STEPS_A_DAY:
                self._repeat(taken, live, until, duplicates, seen)
            if number % _STEPS_A_DAY == 0:
                seen.unvisited += _unvisited(taken, until)
        self._count(taken, seen)
        taken.engine.dispose()
        seen.end = end_state(self.folder / "lived.db")
        return seen

    def evaluated_at_once(self) -> EndState:
        """The end state of the same records, all evaluated once at the end."""
        taken = install(self.world, self.folder / "at_once.db", "b2b_sales")
        end = self.begins + self.days * _STEPS_A_DAY * STEP
        clock = VirtualClock(end)
        live = Live(taken.engine, lambda connection: self._company(connection), SecretStr("key of days"), clock, "one")
        self._take(taken, [x for x in self.records if x.at <= end], end)
        with taken.engine.connect() as connection:
            woken = jobs.woken(connection)
        for account in woken:
            live.run(account)
        taken.engine.dispose()
        return end_state(self.folder / "at_once.db")

    def _company(self, connection: Connection) -> Company:
        return company_of(connection, about(connection), default(), self.begins.year)

    def _take(self, taken: TakenWorld, records: Sequence[SourceRecord], now: datetime) -> int:
        if not records:
            return 0
        with taken.engine.begin() as connection:
            return len(taken.ingest.take(connection, records, now).accounts)

    def _repeat(self, taken: TakenWorld, live: Live, now: datetime, times: int, seen: Days) -> None:
        """One inbound mail that came before, so many times more."""
        mail = next(x for x in self.records if x.stream == "emails" and x.fields.get("direction") == "inbound")
        before = _counts(taken)
        for first in range(0, times, 1000):
            self._take(taken, [mail] * min(1000, times - first), now)
            _settle(taken, live, now)
        after = _counts(taken)
        seen.added_by_duplicates, seen.items_by_duplicates = after[0] - before[0], after[1] - before[1]

    def _count(self, taken: TakenWorld, seen: Days) -> None:
        zone = default().calendar.build([self.begins.year]).zone
        with taken.engine.connect() as connection:
            rows = connection.execute(
                select(_item.c.owner_id, _item.c.delivered_at).where(_item.c.interaction_id != "")
            )
            for owner, at in rows:
                seen.shown[at.astimezone(zone).date().isoformat(), owner] += 1


def _counts(taken: TakenWorld) -> tuple[int, int]:
    with taken.engine.connect() as connection:
        activities = connection.exec_driver_sql("SELECT count(*) FROM tenure_activity").scalar_one()
        return activities, connection.exec_driver_sql("SELECT count(*) FROM tenure_item").scalar_one()


def _unvisited(taken: TakenWorld, now: datetime) -> Iterator[str]:
    with taken.engine.connect() as connection:
        rows = connection.execute(select(_loop.c.account_id, _loop.c.visited_at)).all()
    return (account for account, at in rows if at is None or at < now - timedelta(days=1) - STEP)


def _settle(taken: TakenWorld, live: Live, now: datetime) -> None:
    for _ in range(_MOST_PASSES):
        live.tick(now)
        with taken.engine.connect() as connection:
            woken = jobs.woken(connection)
        if not woken:
            return
        for account in woken:
            live.run(account)
    raise AssertionError("it never comes to rest")
