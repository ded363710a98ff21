"""The vendors whose rounds are tested alike: the stand-in of each, what is answered to connect it, what changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, insert

from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading, StreamReport
from agent_runtime.settings import Settings
from memory.records import Account, Contact, Handle, User
from tests.unit.agent_runtime.connectors.house import CONTEXT, KEY, HandClock, state_of
from tests.unit.agent_runtime.connectors.phones import PHONES, northwind
from tests.unit.tools.calendars.diary import DAY, GUESTS, PASSWORD, diary
from tests.unit.tools.crm.salesforce.org import ADDRESS, READER, ROLLOUT, WRITER, org, still
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.mailbox import ADA, APP, KIM, gmail, graph, key_of, letter
from tests.unit.tools.mail.mailbox import READER as READER_KEY
from tools.fakes.calendars import HOME, event
from tools.fakes.gmail import LIMITED as GMAIL_LIMITED
from tools.fakes.graph import LIMITED as GRAPH_LIMITED
from tools.fakes.salesforce import LIMITED as SALESFORCE_LIMITED
from tools.fakes.wire import LIMITED, Answered, Fake, FakeTransport, Faults


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. `change`: something happens there. `limited`: how it says that its limit is used up.

    `prepare`: who has to be known beforehand.
    """

    make: Callable[[Hands], Any]
    answers: Mapping[str, str]
    change: Callable[[Any], None]
    limited: Answered = LIMITED
    prepare: Callable[[Engine], None] = lambda _: None


def _salesforce(fake: Any) -> None:
    fake.change("Opportunity", ROLLOUT, {"StageName": "Closed Won"})


def _graph(fake: Any) -> None:
    fake.add(letter("next", KIM, ADA, "And now?", "Any news of the list?", at=fake.now(), answers="m3"))
    fake.add_event({"isCancelled": True}, "e1")


def _calendar(fake: Any) -> None:
    fake.put("demo", event("demo", fake.now() + DAY, "STATUS:CANCELLED", guests=GUESTS))
    fake.remove("weekly")


def _northwind(engine: Engine) -> None:
    """A mailbox knows nobody: the account and its people come from the CRM."""
    person = {"id": "c1", "account_id": "a1", "name": "Kim", "title": "", "role": "", "status": "active", "custom": {}}
    ada = {"id": "u-ada", "name": "Ada", "email": ADA, "role": "rep", "custom": {}}
    with engine.begin() as connection:
        connection.execute(insert(Account), {"id": "a1", "name": "Northwind", "provisional": False, "custom": {}})
        connection.execute(insert(Contact), person)
        connection.execute(insert(User), ada)
        connection.execute(insert(Handle), {"kind": "email", "value": KIM, "account_id": "a1", "contact_id": "c1"})


def _gmail(fake: Any) -> None:
    fake.add(letter("next", KIM, ADA, "And now?", "Any news of the list?", at=fake.now(), answers="m3"))


VENDORS: dict[str, Vendor] = {
    "caldav": Vendor(
        diary,
        {"address": f"https://cal.example{HOME}", "user": ADA, "password": PASSWORD},
        _calendar,
        prepare=_northwind,
    ),
    "ics": Vendor(
        diary, {"address": "https://cal.example/canary.ics", "holder": ADA}, _calendar, prepare=_northwind
    ),
    "graph": Vendor(
        graph,
        {"mailbox": ADA, "tenant": "tenant-1", "client_id": APP[0], "client_secret": APP[1]},
        _graph,
        GRAPH_LIMITED,
        _northwind,
    ),
    "gmail": Vendor(
        gmail, {"mailbox": ADA, "service_account": key_of(READER_KEY)}, _gmail, GMAIL_LIMITED, _northwind
    ),
    "salesforce": Vendor(
        org,
        {
            "address": ADDRESS, "client_id": READER[0], "client_secret": READER[1],
            "write_client_id": WRITER[0], "write_client_secret": WRITER[1],
        },
        _salesforce,
        SALESFORCE_LIMITED,
    ),
    **{name: Vendor(*made, prepare=northwind) for name, made in PHONES.items()},
}  # fmt: skip


@dataclass(slots=True)
class VendorHouse:
    """One database, one vendor."""

    engine: Engine
    name: str
    hands: Hands = field(default_factory=Hands)
    faults: Faults | None = None
    fake: Any = None

    def __post_init__(self) -> None:
        self.fake = VENDORS[self.name].make(self.hands)
        VENDORS[self.name].prepare(self.engine)

    @property
    def means(self) -> service.Means:
        """What connections are opened with."""
        fake: Fake = self.fake
        transport = FakeTransport(fake, self.faults, VENDORS[self.name].limited)
        return service.Means(Settings(), KEY, HandClock(self.hands), still(), transport)

    def connect(self, **answers: str) -> None:
        """Connects it."""
        told = {**VENDORS[self.name].answers, **answers}
        with self.engine.begin() as connection:
            since = self.hands.at - timedelta(days=365)
            service.connect(connection, self.means, self.name, told, since, "ops").close()

    def reading(self) -> Reading:
        """One round, not begun."""
        with self.engine.begin() as connection:
            connected = service.opened(connection, self.means, self.name)
        return Reading(self.engine, connected, CONTEXT, HandClock(self.hands))

    def sync(self) -> list[StreamReport]:
        """One round."""
        return self.reading().run()

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """All that stands in the database of what was read."""
        return state_of(self.engine)
