"""A small org of Salesforce for the tests: its stand-in, and how it is reached."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from tests.unit.tools.hands import NOON
from tools.crm.salesforce.source import SalesforceSource
from tools.crm.salesforce.wire import SalesforceWire, open_client
from tools.fakes.salesforce import LIMITED, SalesforceFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets
from tools.http.oauth import ClientSecret

READER, WRITER = ("reader", "canary-reader-secret-88ab"), ("writer", "canary-writer-secret-19cd")
ADDRESS = "https://org.my.salesforce.example"
DAY = timedelta(days=1)
ADA, BEN, OLD = "005000000000011AAA", "005000000000012AAA", "005000000000013AAA"
NORTHWIND, ACME = "001000000000501AAA", "001000000000502AAA"
KIM, OLE = "003000000000601AAA", "003000000000602AAA"
ROLLOUT, PILOT = "006000000000701AAA", "006000000000702AAA"
STAGES = (("Discovery", 1, False, False, 20.0), ("Proposal", 2, False, False, 60.0),
          ("Closed Won", 3, True, True, 100.0), ("Closed Lost", 4, True, False, 0.0))  # fmt: skip
# (kind, id, days before noon, fields)
RECORDS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("User", ADA, 90, {"Name": "Ada Reed", "Email": "Ada@ours.example", "IsActive": True, "UserType": "Standard"}),
    ("User", BEN, 90, {"Name": "Ben Holt", "Email": "ben@ours.example", "IsActive": False, "UserType": "Standard"}),
    ("User", OLD, 90, {"Name": "Integration", "IsActive": True, "UserType": "AutomatedProcess"}),
    ("Account", NORTHWIND, 40, {"Name": "Northwind", "Website": "https://www.northwind.example", "OwnerId": BEN,
                                "Type": "Customer - Direct"}),
    ("Account", ACME, 40, {"Name": "Acme", "Website": "acme.example", "OwnerId": ADA}),
    ("Contact", KIM, 40, {"FirstName": "Kim", "LastName": "Lee", "Email": "kim@northwind.example",
                          "AccountId": NORTHWIND, "HasOptedOutOfEmail": False}),
    ("Contact", OLE, 40, {"LastName": "Ole", "Email": "ole@acme.example", "AccountId": ACME,
                          "HasOptedOutOfEmail": False}),
    ("Lead", "00Q000000000001AAA", 12, {"FirstName": "Mia", "LastName": "Berg", "Company": "Fjord AS",
                                        "Email": "mia@fjord.example", "Status": "Open - Not Contacted",
                                        "LeadSource": "Web", "OwnerId": ADA, "IsConverted": False}),
    ("Opportunity", ROLLOUT, 40, {"Name": "Rollout", "AccountId": NORTHWIND, "StageName": "Discovery",
                                  "Amount": 9000.0, "CloseDate": "2026-03-31", "OwnerId": BEN}),
    ("Opportunity", PILOT, 39, {"Name": "Pilot", "AccountId": ACME, "StageName": "Closed Lost", "OwnerId": ADA,
                                "CloseDate": "2026-02-01"}),
    ("Task", "00T000000000901AAA", 9, {"Subject": "Send the list", "WhatId": ROLLOUT, "AccountId": NORTHWIND,
                                       "ActivityDate": "2026-03-05", "TaskSubtype": "Task", "IsClosed": False,
                                       "OwnerId": ADA}),
    ("Task", "00T000000000902AAA", 8, {"Subject": "Talk", "WhoId": KIM, "AccountId": NORTHWIND, "OwnerId": ADA,
                                       "TaskSubtype": "Call", "IsClosed": True, "CallType": "Outbound",
                                       "CallDurationInSeconds": 240, "CompletedDateTime": NOON - 8 * DAY}),
    ("Event", "00U000000000801AAA", 7, {"Subject": "Demo", "WhatId": ROLLOUT, "AccountId": NORTHWIND, "OwnerId": ADA,
                                        "StartDateTime": NOON - 5 * DAY, "EndDateTime": NOON - 5 * DAY,
                                        "IsChild": False}),
    ("Case", "500000000000001AAA", 6, {"Subject": "It is down", "AccountId": NORTHWIND, "ContactId": KIM,
                                       "Priority": "High", "Status": "New", "IsClosed": False, "OwnerId": ADA}),
)  # fmt: skip
CHANGES: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("Account", NORTHWIND, 30, {"OwnerId": ADA}),
    ("Lead", "00Q000000000001AAA", 11, {"Status": "Working - Contacted"}),
    ("Opportunity", ROLLOUT, 28, {"StageName": "Proposal", "OwnerId": ADA}),
    ("Opportunity", ROLLOUT, 26, {"Amount": 12000.0}),
    ("Opportunity", ROLLOUT, 20, {"CloseDate": "2026-04-30"}),
    ("Contact", OLE, 15, {"HasOptedOutOfEmail": True}),
)


def org(clock: Callable[[], datetime]) -> SalesforceFake:
    """Two accounts, three people, a lead, two opportunities with a past, and what people did with them."""
    fake = SalesforceFake(clock, dict([READER, WRITER]), frozenset({WRITER[0]}))
    fake.add("Organization", {"Name": "Ours", "IsSandbox": False, "OrganizationType": "Enterprise Edition"})
    for name, order, closed, won, probability in STAGES:
        fake.add("OpportunityStage", {
            "ApiName": name, "MasterLabel": name, "SortOrder": order, "IsClosed": closed, "IsWon": won,
            "DefaultProbability": probability, "IsActive": True,
        })  # fmt: skip
    for kind, record_id, days, values in RECORDS:
        fake.add(kind, values, NOON - days * DAY, record_id)
    for kind, record_id, days, values in CHANGES:
        fake.change(kind, record_id, values, NOON - days * DAY)
    return fake


def still() -> Buckets:
    """Buckets whose pauses pass at once."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    return Buckets(monotonic=lambda: moments[0], wait=wait)


def wire_of(
    fake: SalesforceFake, faults: Faults | None = None, app: tuple[str, str] = READER, *, person: bool = False
) -> SalesforceWire:
    """The calls, to the stand-in."""
    proof = ClientSecret(app[0], SecretStr(app[1]))
    transport = FakeTransport(fake, faults, LIMITED)
    client, _ = open_client(ADDRESS, proof, still(), fake.now, transport=transport)
    return SalesforceWire(client, person=person)


def source_of(fake: SalesforceFake, faults: Faults | None = None, page: int = 2000) -> SalesforceSource:
    """A source that reads the stand-in and never waits."""
    return SalesforceSource(wire_of(fake, faults), fake.now, NOON - 365 * DAY, currency="EUR", page=page)
