"""A small portal of HubSpot for the tests: its stand-in, and how it is reached."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from tools.crm.hubspot import HubSpotSource
from tools.crm.hubspot_wire import MANNERS, HubSpotWire, open_client
from tools.fakes.hubspot import HubSpotFake, owner, pipeline
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
READ, WRITE = "canary-read-token-7f3a", "canary-write-token-91bc"
STAGES = (("s1", "Discovery", "0.2"), ("s2", "Proposal", "0.6"), ("won", "Won", "1.0"), ("lost", "Lost", "0.0"))


class Hands:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **how: float) -> datetime:
        """Moves it on."""
        self.at += timedelta(**how)
        return self.at


def portal(clock: Callable[[], datetime]) -> HubSpotFake:
    """Two companies, three people, two deals with a past, and what people did with them."""
    fake = HubSpotFake(clock, {READ: frozenset({"read"}), WRITE: frozenset({"read", "write"})})
    fake.owners = [
        owner("11", "Ada@ours.example", "Ada Reed", team="North"),
        owner("12", "ben@ours.example", "Ben Holt", archived=True, at="2026-02-01T00:00:00.000Z"),
    ]
    fake.pipelines = [pipeline("default", "Sales", STAGES)]
    day = timedelta(days=1)
    first = NOON - 40 * day
    fake.add("companies", {"name": "Northwind", "domain": "northwind.example", "hubspot_owner_id": "12"}, first, "501")
    fake.change("companies", "501", {"hubspot_owner_id": "11"}, first + 10 * day)
    fake.add("companies", {"name": "Acme", "domain": "acme.example", "hubspot_owner_id": "11"}, first, "502")
    fake.add("contacts", {"firstname": "Kim", "lastname": "Lee", "email": "kim@northwind.example"}, first, "601")
    fake.add("contacts", {"firstname": "Ole", "email": "ole@acme.example", "lifecyclestage": "lead"}, first, "602")
    fake.change("contacts", "602", {"hs_lead_status": "CONNECTED"}, first + day)
    fake.add(
        "deals",
        {
            "dealname": "Rollout",
            "dealstage": "s1",
            "amount": "9000",
            "hubspot_owner_id": "12",
            "deal_currency_code": "EUR",
            "closedate": "2026-03-31T00:00:00Z",
        },
        first,
        "701",
    )
    fake.change("deals", "701", {"dealstage": "s2", "hubspot_owner_id": "11"}, first + 12 * day)
    fake.change("deals", "701", {"amount": "12000"}, first + 14 * day)
    fake.add("deals", {"dealname": "Pilot", "dealstage": "lost", "closed_lost_reason": "no budget"}, first, "702")
    fake.add(
        "notes",
        {
            "hs_note_body": "<p>Asked for the <b>price</b> list.</p>",
            "hubspot_owner_id": "11",
            "hs_timestamp": "2026-02-20T10:00:00Z",
        },
        NOON - 10 * day,
        "801",
    )
    fake.add(
        "tasks",
        {
            "hs_task_subject": "Send the list",
            "hs_timestamp": "2026-03-05T10:00:00Z",
            "hs_task_status": "NOT_STARTED",
            "hs_task_type": "EMAIL",
        },
        NOON - 9 * day,
        "901",
    )
    for pair in (
        ("contacts", "601", "companies", "501"),
        ("contacts", "602", "companies", "502"),
        ("deals", "701", "companies", "501"),
        ("deals", "701", "companies", "502"),
        ("deals", "701", "contacts", "601"),
        ("deals", "702", "companies", "502"),
        ("notes", "801", "companies", "501"),
        ("notes", "801", "deals", "701"),
        ("tasks", "901", "companies", "501"),
    ):
        fake.link(*pair)
    return fake


def source_of(fake: HubSpotFake, faults: Faults | None = None, token: str = READ) -> HubSpotSource:
    """A source that reads the stand-in and never waits."""
    return HubSpotSource(wire_of(fake, faults, token), fake.now)


def wire_of(fake: HubSpotFake, faults: Faults | None = None, token: str = READ) -> HubSpotWire:
    """The calls, to the stand-in; pauses pass at once."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
    transport = FakeTransport(fake, faults)
    return HubSpotWire(open_client(SecretStr(token), buckets, manners=MANNERS, transport=transport))
