"""The first read of a large system: records a second and the most memory that it took, for each stand-in."""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter
from zoneinfo import ZoneInfo

import httpx
import orjson
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sqlalchemy import Connection, insert

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.ingest.context import IngestContext
from agent_runtime.settings import Settings
from memory.records import Account, Handle
from tests.bench.figures import Figure
from tools.fakes.aircall import AircallFake
from tools.fakes.gmail import GmailFake
from tools.fakes.gong import GongFake
from tools.fakes.graph import GraphFake
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.hubspot_shapes import pipeline
from tools.fakes.imap import FakeMailbox, ImapFake
from tools.fakes.imap_server import serving
from tools.fakes.salesforce import SalesforceFake
from tools.fakes.slack import SlackFake
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Answered, Asked, Fake, FakeTransport
from tools.http import Buckets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST = 100_000
_STAGES = (("s1", "Discovery", "0.2"), ("won", "Won", "1.0"), ("lost", "Lost", "0.0"))
_TWILIO = {"account_sid": "AC1", "secret": "a secret"}


class _Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOON


def connectors(runs: int, *, records: int = MOST) -> list[Figure]:
    """Each run in a process of its own, so that the peak is that of one vendor; the vendor's own pace is left out."""
    figures = []
    for vendor in (*_FILL, "imap"):
        told = [_run(vendor, records) for _ in range(runs)]
        about = f"first read of {records:,} objects from {vendor}'s stand-in, SQLite"
        figures += [
            Figure(f"{about}: records taken", "1/s", tuple(one[0] for one in told)),
            Figure(f"{about}: memory beyond the stand-in's own", "MB", tuple(one[1] for one in told)),
        ]
    return figures


def _run(vendor: str, records: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "tests.bench.connectors", vendor, str(records)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    rate, megabytes = done.stdout.split()
    return float(rate), float(megabytes)


def _portal(records: int) -> Fake:
    """Of ten objects one is a company, three are contacts, four deals, two notes."""
    fake = HubSpotFake(lambda: NOON, {"t": frozenset({"read"})})
    fake.pipelines = [pipeline("default", "Sales", _STAGES)]
    made = NOON - timedelta(days=200)
    for group in range(records // 10):
        at = made + timedelta(minutes=group)
        company = fake.add("companies", {"name": f"Company {group}", "domain": f"c{group}.example"}, at)
        for one in range(3):
            address = f"p{one}@c{group}.example"
            fake.link(
                "contacts", fake.add("contacts", {"firstname": f"P{one}", "email": address}, at), "companies", company
            )
        for one in range(4):
            deal = fake.add("deals", {"dealname": f"Deal {one}", "dealstage": "s1", "amount": "100"}, at)
            fake.change("deals", deal, {"dealstage": "won"}, at + timedelta(days=9))
            fake.link("deals", deal, "companies", company)
        for one in range(2):
            text = {"hs_note_body": f"Spoke about the plan, {one}.", "hs_timestamp": at.isoformat()}
            fake.link("notes", fake.add("notes", text, at), "companies", company)
    return fake


def _switchboard(records: int) -> Fake:
    """Half of the calls come in, half are legs of those."""
    fake = TwilioFake(lambda: NOON, "AC1", {"AC1": "a secret"})
    fake.add_line("+493012345670", "Sales")
    for one in range(records // 2):
        at, sender = NOON - timedelta(minutes=one), f"+49309{one % 5000:06d}"
        whole = fake.add_call(sender, "+493012345670", seconds=60, at=at)
        fake.add_call(sender, "client:ada", direction="outbound-dial", seconds=50, parent=whole, at=at)
    return fake


def _org(records: int) -> Fake:
    """Of ten records one is an account, three are contacts, four opportunities with a stage behind them, two tasks."""
    fake = SalesforceFake(lambda: NOON, {"app": "a secret"})
    fake.add("OpportunityStage", {"ApiName": "Discovery", "SortOrder": 1, "IsClosed": False, "IsWon": False})
    made = NOON - timedelta(days=200)
    for group in range(records // 10):
        at = made + timedelta(minutes=group)
        account = fake.add("Account", {"Name": f"Company {group}", "Website": f"c{group}.example"}, at)
        for one in range(3):
            told = {"LastName": f"P{one}", "Email": f"p{one}@c{group}.example", "AccountId": account}
            fake.add("Contact", told, at)
        for one in range(4):
            deal = {"Name": f"Deal {one}", "AccountId": account, "StageName": "Discovery", "Amount": 100.0}
            fake.change("Opportunity", fake.add("Opportunity", deal, at), {"StageName": "Won"}, at + timedelta(days=9))
        for one in range(2):
            fake.add("Task", {"Subject": f"Call, {one}", "AccountId": account, "WhatId": account}, at)
    return fake


def _letter(one: int) -> tuple[bytes, bool, datetime]:
    """A mail of a mailbox of which a fifth was sent: its bytes, whether it was sent, and when it came."""
    ours, theirs = "anna@ours.example", f"p{one % 3000}@them.example"
    sender, to = (ours, theirs) if one % 5 == 0 else (theirs, ours)
    at = NOON - timedelta(days=300) + timedelta(minutes=one)
    head = f"From: {sender}\r\nTo: {to}\r\nDate: {format_datetime(at)}\r\nMessage-ID: <{one}@them.example>"
    words = "Could you tell me by when the delivery can be here, and what it would cost? " * 6
    return f"{head}\r\nSubject: Matter {one}\r\n\r\n{words}\r\n".encode(), sender == ours, at


def _gmail(records: int) -> Fake:
    """Each mail is asked for by itself, as the vendor has it."""
    fake = GmailFake(lambda: NOON, "anna@ours.example", {_READER: _PUBLIC})
    for one in range(records):
        raw, sent, at = _letter(one)
        fake.add(raw, ("SENT",) if sent else ("INBOX",), at)
    return fake


def _graph(records: int) -> Fake:
    """Fifty mails a page."""
    fake = GraphFake(lambda: NOON, "anna@ours.example", {"app": "a secret"})
    for one in range(records):
        raw, sent, at = _letter(one)
        fake.add(raw, "sentitems" if sent else "inbox", at)
    return fake


def _exchange(records: int) -> Fake:
    """Calls of two in three minutes, half of them missed; fifty a page."""
    fake = AircallFake(lambda: NOON, "1", "a secret")
    fake.add_user(7, "Ada", "ada@ours.example")
    fake.add_number(1, "+493012345670", "Sales")
    for one in range(records):
        at, sender = NOON - timedelta(seconds=180 * (records - one)), f"+49309{one % 5000:06d}"
        fake.add_call(sender, at=at, talk=60 * (one % 2), user=7, missed=None if one % 2 else "agents_did_not_answer")
    return fake


def _recorder(records: int) -> Fake:
    """Recorded meetings with two people each, a hundred a page, every one written down."""
    fake = GongFake(lambda: NOON, "key", "a secret")
    for one in range(records):
        them = {"speakerId": "s2", "affiliation": "External", "emailAddress": f"p{one % 3000}@them.example"}
        at = NOON - timedelta(minutes=4 * (records - one))
        fake.write_down(fake.add_talk(f"Talk {one}", at, parties=(them,)), ("s2", "By when can it be here?"))
    return fake


def _workspace(records: int) -> Fake:
    """A hundred shared channels with as many messages each."""
    fake = SlackFake(lambda: NOON, {"t": frozenset({"read"})})
    fake.add_person("UKIM", "Kim", "kim@them.example", stranger=True)
    for one in range(records):
        fake.say(f"C{one % 100}", "UKIM", f"Message {one}", at=NOON - timedelta(minutes=4 * (records - one)))
    return fake


# These stand-ins order what they hold at the first question, which is their memory and not the reader's.
_INDEXED = ("hubspot", "salesforce")
_READER, _KEY = "reader@ours.example", RSAKey.generate_key(2048)
_PUBLIC = _KEY.as_pem(private=False).decode()
_ACCOUNT = {"client_email": _READER, "private_key": _KEY.as_pem(private=True).decode()}
_FILL: dict[str, tuple[Callable[[int], Fake], dict[str, str]]] = {
    "hubspot": (_portal, {"token": "t"}),
    "twilio": (_switchboard, _TWILIO),
    "aircall": (_exchange, {"api_id": "1", "api_token": "a secret"}),
    "gong": (_recorder, {"access_key": "key", "secret": "a secret", "consent": "all_party"}),
    "slack": (_workspace, {"token": "t", "channels": ",".join(f"C{one}" for one in range(100))}),
    "salesforce": (
        _org,
        {"address": "https://org.example", "client_id": "app", "client_secret": "a secret"},
    ),
    "gmail": (_gmail, {"mailbox": "anna@ours.example", "service_account": orjson.dumps(_ACCOUNT).decode()}),
    "graph": (
        _graph,
        {
            "mailbox": "anna@ours.example",
            "tenant": "t",
            "client_id": "app",
            "client_secret": "a secret",
            "streams": "emails",
        },
    ),
}


@contextmanager
def _mailbox(records: int) -> Iterator[dict[str, str]]:
    """A mailbox of which a fifth was sent; spoken with over a socket, as a mail server is."""
    box = FakeMailbox("a secret")
    for one in range(records):
        raw, sent, at = _letter(one)
        box["Sent" if sent else "INBOX"].put(raw, at)
    with serving(ImapFake({"anna@ours.example": box})) as port:
        yield {
            "host": "127.0.0.1", "port": str(port), "security": "plain", "user": "anna@ours.example",
            "secret": "a secret",
        }  # fmt: skip


def _measure(vendor: str, records: int, away: float = 0) -> tuple[float, float]:
    """`away`: how many milliseconds each answer takes, as if the vendor were at the other end of a network."""
    if vendor == "imap":
        with _mailbox(records) as answers:
            return _first_read(vendor, answers, None)
    fill, answers = _FILL[vendor]
    return _first_read(vendor, answers, _Far(_Forgetful(fill(records)), away / 1000))


def _first_read(vendor: str, answers: dict[str, str], transport: FakeTransport | None) -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{folder}/tenure.db")
        db.create_schema(engine)
        # Without pauses: what is measured is ours, not the vendor's limit.
        buckets = Buckets(wait=lambda _: None, monotonic=lambda: perf_counter() * 1e6)
        means = service.Means(Settings(), SecretStr("key"), _Still(), buckets, transport)
        with engine.begin() as connection:
            _know(connection)
            connected = service.connect(connection, means, vendor, answers, NOON - timedelta(days=400), "ops")
        if vendor in _INDEXED:
            for spec in connected.source().streams():
                next(iter(connected.source().read(spec.name, None)), None)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = perf_counter()
        reports = Reading(engine, connected, IngestContext(zone=ZoneInfo("UTC")), _Still()).run()
        seconds = perf_counter() - begun
        engine.dispose()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return sum(one.records for one in reports) / seconds, (after - before) / 1024


def _know(connection: Connection) -> None:
    """The people of the mailbox, ten of each account: mails with strangers would only be counted."""
    names = [f"p{one}@them.example" for one in range(3000)]
    accounts = [{"id": f"a{one}", "name": f"A{one}", "provisional": False, "custom": {}} for one in range(300)]
    handles = [
        {"kind": "email", "value": name, "account_id": f"a{number // 10}", "contact_id": ""}
        for number, name in enumerate(names)
    ]
    connection.execute(insert(Account.__table__), accounts)  # type: ignore[attr-defined]
    connection.execute(insert(Handle.__table__), handles)  # type: ignore[attr-defined]


class _Forgetful:
    """The stand-in without its list of what was asked, which would grow with the read."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Answered:
        """As the stand-in answers."""
        self.asked.clear()
        return self._fake.answer(asked)


class _Far(FakeTransport):
    """A stand-in whose answers take a while, each by itself."""

    def __init__(self, fake: Fake, seconds: float) -> None:
        super().__init__(fake)
        self._seconds, self._never = seconds, Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._never.wait(self._seconds)
        return super().handle_request(request)


if __name__ == "__main__":
    # The vendor, how many records, and how many milliseconds away it is.
    print(*_measure(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:4])))
