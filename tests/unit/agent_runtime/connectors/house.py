"""An installation with the stand-in of HubSpot connected, for the tests of connections."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Engine, Table, select

from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading, StreamReport
from agent_runtime.ingest.context import IngestContext
from agent_runtime.settings import Settings
from memory.records import Account, Activity, Contact, Coverage, Fact, Stage, User
from tests.unit.tools.crm.hubspot.portal import READ, WRITE
from tests.unit.tools.hands import Hands
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets

KEY = SecretStr("install key of the tests, long enough")
CONTEXT = IngestContext(zone=ZoneInfo("UTC"), own_domains=frozenset({"ours.example"}))


@dataclass(frozen=True, slots=True)
class HandClock:
    """The clock of the house, moved by hand."""

    hands: Hands

    def now(self) -> datetime:
        return self.hands.at


@dataclass(slots=True)
class House:
    """One database, one portal."""

    engine: Engine
    fake: HubSpotFake
    hands: Hands
    faults: Faults | None = None

    @property
    def means(self) -> service.Means:
        moments = [0.0]

        def wait(seconds: float) -> None:
            moments[0] += seconds

        buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
        transport = FakeTransport(self.fake, self.faults)
        return service.Means(Settings(), KEY, HandClock(self.hands), buckets, transport)

    def connect(self, **answers: str) -> service.Connected:
        """Connects the portal."""
        told = {"token": READ, "write_token": WRITE, "app_secret": "canary-app-secret-5d21"} | answers
        with self.engine.begin() as connection:
            since = self.hands.at - timedelta(days=365)
            return service.connect(connection, self.means, "hubspot", told, since, "ops")

    def reading(self) -> Reading:
        """One round, not begun."""
        with self.engine.begin() as connection:
            connected = service.opened(connection, self.means, "hubspot")
        return Reading(self.engine, connected, CONTEXT, HandClock(self.hands))

    def sync(self) -> list[StreamReport]:
        """One round."""
        return self.reading().run()

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """All that stands in the database of what was read, in a fixed order, without when it was read."""
        return state_of(self.engine)


_SHOWN = {
    Account: ("id", "name", "domain", "owner_id", "lifecycle"),
    Contact: ("id", "account_id", "name", "email", "status"),
    User: ("id", "name", "email", "leaves_at"),
    Stage: ("stage", "category", "position"),
    Fact: ("account_id", "slot", "value", "trust", "valid_from"),
    Coverage: ("source", "holder", "visible_from"),
}


def state_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What was read, comparable: present activities by their keys, and the directory."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with engine.connect() as connection:
        for model, names in _SHOWN.items():
            table: Table = model.__table__  # type: ignore[attr-defined]
            query = select(*(table.c[name] for name in names))
            if model is Fact:
                query = query.where(table.c.superseded_at.is_(None))
            found[table.name] = sorted(map(tuple, connection.execute(query)), key=repr)
        activity: Table = Activity.__table__  # type: ignore[attr-defined]
        shown = ("source_id", "stream", "account_id", "kind", "occurred_at", "user_id", "opportunity_id", "deleted")
        query = select(*(activity.c[name] for name in shown)).where(activity.c.current)
        found["activities"] = sorted(map(tuple, connection.execute(query)), key=repr)
    return found
