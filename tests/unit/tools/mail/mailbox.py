"""Mailboxes for the tests of Gmail and Graph: the keys, a few mails, and how the stand-ins are reached."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON
from tools.fakes.gmail import LIMITED, GmailFake
from tools.fakes.google_calendar import meeting
from tools.fakes.graph import LIMITED as GRAPH_LIMITED
from tools.fakes.graph import GraphFake
from tools.fakes.graph_shapes import entry
from tools.fakes.wire import FakeTransport, Faults
from tools.mail.gmail.calendar import ADDRESS as CALENDAR_ADDRESS
from tools.mail.gmail.calendar import SCOPE as CALENDAR_SCOPE
from tools.mail.gmail.calendar import CalendarWire, GoogleCalendar
from tools.mail.gmail.source import GmailSource
from tools.mail.gmail.wire import READ_SCOPE, WRITE_SCOPE, GmailWire, open_client, service_account
from tools.mail.graph.calls import Calls
from tools.mail.graph.source import GraphSource
from tools.mail.graph.wire import GraphWire, application
from tools.mail.graph.wire import open_client as open_graph
from tools.mail.told import Holder

_PRIVATE = rsa.generate_private_key(65537, 2048)
PRIVATE = _PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    _PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
READER, SENDER = "reader@ours.iam.example", "sender@ours.iam.example"
ADA, KIM = "ada@ours.example", "kim@northwind.example"


def key_of(account: str) -> str:
    """The key of a service account as Google gives it."""
    told = {"type": "service_account", "client_email": account, "private_key": PRIVATE, "private_key_id": "k1"}
    return orjson.dumps(told).decode()


def letter(
    name: str, sender: str, to: str, subject: str, text: str, *, at: datetime, answers: str = "", **headers: str
) -> bytes:
    """A mail as bytes; `name` makes its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(at)
    mail["Message-ID"] = f"<{name}@mail.example>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}@mail.example>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes(policy=SMTP)


# (name, days before noon, sender, to, subject, answers)
MAILS = (
    ("m1", 9, KIM, ADA, "The price list", ""),
    ("m2", 8, ADA, KIM, "Re: The price list", "m1"),
    ("m3", 5, KIM, ADA, "Re: The price list", "m2"),
    ("m4", 3, "bob@ours.example", ADA, "Lunch", ""),
)


def written(index: int) -> bytes:
    """One of MAILS as bytes."""
    name, days, sender, to, subject, answers = MAILS[index]
    at = NOON - timedelta(days=days)
    return letter(name, sender, to, subject, f"About {subject}, number {index}.", at=at, answers=answers)


def gmail(clock: Callable[[], datetime]) -> GmailFake:
    """Ada's mailbox with a talk with a customer, a colleague's mail, a draft, and an unwanted one."""
    fake = GmailFake(clock, ADA, {READER: PUBLIC, SENDER: PUBLIC}, frozenset({SENDER}))
    for index, (_, days, sender, *_) in enumerate(MAILS):
        labels = ("SENT",) if sender == ADA else ("INBOX", "UNREAD")
        fake.add(written(index), labels, NOON - timedelta(days=days))
    at = NOON - timedelta(days=1)
    fake.add(letter("d1", ADA, KIM, "Draft", "Not sent", at=at), ("DRAFT",), at)
    fake.add(letter("s1", "x@spam.example", ADA, "Win", "Now", at=at), ("SPAM",), at)
    fake.add(letter("old", KIM, ADA, "Old", "Long ago", at=NOON - timedelta(days=700)), at=NOON - timedelta(days=700))
    guests = ((ADA, "accepted"), (KIM, "accepted"))
    fake.calendar.put("e1", meeting("Demo", NOON + timedelta(days=2), guests))
    fake.calendar.put("e2", meeting("Doctor canary-doctor", NOON + timedelta(days=3), (), visibility="private"))
    fake.calendar.put("e3", meeting("Out", NOON + timedelta(days=3), guests, eventType="outOfOffice"))
    for week in range(3):
        starts = NOON + timedelta(days=7 * week)
        series = {"recurringEventId": "s1", "originalStartTime": {"dateTime": starts.isoformat()}}
        fake.calendar.put(f"s1_{week}", meeting("Weekly", starts, guests, **series))
    return fake


def gmail_wire(fake: GmailFake, faults: Faults | None = None, account: str = READER) -> GmailWire:
    """The calls, to the stand-in; pauses pass at once."""
    scope = f"{WRITE_SCOPE} {READ_SCOPE}" if account == SENDER else READ_SCOPE
    proof = service_account(SecretStr(key_of(account)), ADA, scope)
    client, _ = open_client(proof, still(), fake.now, transport=FakeTransport(fake, faults, LIMITED))
    return GmailWire(client, person=account == SENDER)


def gmail_source(fake: GmailFake, faults: Faults | None = None, topic: str = "") -> GmailSource:
    """A source that reads the stand-in."""
    wire = gmail_wire(fake, faults)
    return GmailSource(wire, fake.now, NOON - timedelta(days=365), Holder(ADA), topic, google_calendar(fake, faults))


def google_calendar(fake: GmailFake, faults: Faults | None = None) -> GoogleCalendar:
    """The calendar of the same person; pauses pass at once."""
    proof = service_account(SecretStr(key_of(READER)), ADA, CALENDAR_SCOPE)
    client, _ = open_client(
        proof, still(), fake.now, base_url=CALENDAR_ADDRESS, transport=FakeTransport(fake, faults, LIMITED)
    )
    return GoogleCalendar(CalendarWire(client), fake.now, NOON - timedelta(days=365), ADA)


APP, SENDING = ("app-read", "canary-graph-secret-71c2"), ("app-send", "canary-graph-send-02fe")


def graph(clock: Callable[[], datetime]) -> GraphFake:
    """Ada's mailbox and calendar: the same talk, a draft, a meeting with the customer, a series, a private entry."""
    fake = GraphFake(clock, ADA, dict([APP, SENDING]), frozenset({SENDING[0]}))
    for index, (_, days, sender, *_) in enumerate(MAILS):
        fake.add(written(index), "sentitems" if sender == ADA else "inbox", NOON - timedelta(days=days))
    at = NOON - timedelta(days=1)
    fake.add(letter("d1", ADA, KIM, "Draft", "Not sent", at=at), "drafts", at)
    fake.add(letter("old", KIM, ADA, "Old", "Long ago", at=NOON - timedelta(days=700)), at=NOON - timedelta(days=700))
    guests = ((KIM, "accepted"), (ADA, "organizer"))
    fake.add_event(entry("Demo", NOON + timedelta(days=2), guests), "e1")
    fake.add_event(entry("Doctor", NOON + timedelta(days=3), (), sensitivity="private"), "e2")
    fake.add_event(entry("Weekly", NOON, guests) | {"type": "seriesMaster"}, "s1")
    for week in range(3):
        occurrence = entry("Weekly", NOON + timedelta(days=7 * week), guests)
        fake.add_event(occurrence | {"type": "occurrence", "seriesMasterId": "s1"}, f"s1-{week}")
    return fake


def graph_wire(fake: GraphFake, faults: Faults | None = None, app: tuple[str, str] = APP) -> GraphWire:
    """The calls, to the stand-in; pauses pass at once."""
    proof = application(app[0], SecretStr(app[1]))
    transport = FakeTransport(fake, faults, GRAPH_LIMITED)
    client, _ = open_graph("tenant-1", proof, still(), fake.now, owner=ADA, transport=transport)
    return GraphWire(client, ADA, person=app == SENDING)


def graph_source(fake: GraphFake, faults: Faults | None = None, calls: Calls | None = None) -> GraphSource:
    """A source that reads the stand-in."""
    return GraphSource(graph_wire(fake, faults), fake.now, NOON - timedelta(days=365), Holder(ADA), calls=calls)
