"""A small portal of HubSpot for the tests: its stand-in, and how it is reached."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import SecretStr

from tests.unit.tools.hands import NOON
from tools.crm.hubspot.source import HubSpotSource
from tools.crm.hubspot.wire import MANNERS, HubSpotWire, open_client
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.hubspot_shapes import owner, pipeline
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets

READ, WRITE = "canary-read-token-7f3a", "canary-write-token-91bc"
STAGES = (("s1", "Discovery", "0.2"), ("s2", "Proposal", "0.6"), ("won", "Won", "1.0"), ("lost", "Lost", "0.0"))


DAY = timedelta(days=1)
# (kind, id, days before noon, properties)
OBJECTS: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    ("companies", "501", 40, {"name": "Northwind", "domain": "northwind.example", "hubspot_owner_id": "12"}),
    ("companies", "502", 40, {"name": "Acme", "domain": "acme.example", "hubspot_owner_id": "11"}),
    ("contacts", "601", 40, {"firstname": "Kim", "lastname": "Lee", "email": "kim@northwind.example"}),
    ("contacts", "602", 40, {"firstname": "Ole", "email": "ole@acme.example", "lifecyclestage": "lead"}),
    ("deals", "701", 40, {
        "dealname": "Rollout", "dealstage": "s1", "amount": "9000", "hubspot_owner_id": "12",
        "deal_currency_code": "EUR", "closedate": "2026-03-31T00:00:00Z",
    }),
    ("deals", "702", 40, {"dealname": "Pilot", "dealstage": "lost", "closed_lost_reason": "no budget"}),
    ("notes", "801", 10, {
        "hs_note_body": "<p>Asked for the <b>price</b> list.</p>", "hubspot_owner_id": "11",
        "hs_timestamp": "2026-02-20T10:00:00Z",
    }),
    ("tasks", "901", 9, {
        "hs_task_subject": "Send the list", "hs_timestamp": "2026-03-05T10:00:00Z",
        "hs_task_status": "NOT_STARTED", "hs_task_type": "EMAIL",
    }),
)  # fmt: skip
CHANGES: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    ("companies", "501", 30, {"hubspot_owner_id": "11"}),
    ("contacts", "602", 39, {"hs_lead_status": "CONNECTED"}),
    ("deals", "701", 28, {"dealstage": "s2", "hubspot_owner_id": "11"}),
    ("deals", "701", 26, {"amount": "12000"}),
)
PAIRS = (
    ("contacts", "601", "companies", "501"), ("contacts", "602", "companies", "502"),
    ("deals", "701", "companies", "501"), ("deals", "701", "companies", "502"), ("deals", "701", "contacts", "601"),
    ("deals", "702", "companies", "502"), ("notes", "801", "companies", "501"), ("notes", "801", "deals", "701"),
    ("tasks", "901", "companies", "501"),
)  # fmt: skip


def portal(clock: Callable[[], datetime]) -> HubSpotFake:
    """Two companies, three people, two deals with a past, and what people did with them."""
    fake = HubSpotFake(clock, {READ: frozenset({"read"}), WRITE: frozenset({"read", "write"})})
    fake.owners = [
        owner("11", "Ada@ours.example", "Ada Reed", team="North"),
        owner("12", "ben@ours.example", "Ben Holt", archived=True, at="2026-02-01T00:00:00.000Z"),
    ]
    fake.pipelines = [pipeline("default", "Sales", STAGES)]
    for kind, object_id, days, values in OBJECTS:
        fake.add(kind, values, NOON - days * DAY, object_id)
    for kind, object_id, days, values in CHANGES:
        fake.change(kind, object_id, values, NOON - days * DAY)
    for pair in PAIRS:
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
