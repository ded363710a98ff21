"""What a connected mailbox and calendar lead to: an item for whose meeting it was, and no trace of what is private."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.embedding import Embedding, embedder_of, portfolio_of
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.installation import Installation
from agent_runtime.loop.propose import Desk, propose
from agent_runtime.loop.run import open_troubles, run_account
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from agent_runtime.watchtower.outlook import Outlook
from memory.records import Activity, User
from tests.unit.agent_runtime.connectors.house import CONTEXT, KEY, HandClock
from tests.unit.agent_runtime.connectors.vendors import VENDORS, VendorHouse
from tests.unit.tools.calendars.diary import DAY, GUESTS
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, APP, KIM, SENDING, gmail, letter
from tools.fakes.calendars import event
from tools.fakes.google_calendar import meeting
from tools.fakes.graph_shapes import entry
from tools.fakes.wire import FakeTransport

MET = NOON - timedelta(days=5, hours=2)
BOB = "bob@ours.example"
MEETINGS: dict[str, Callable[[Any], object]] = {
    "gmail": lambda fake: fake.calendar.put("met", meeting("Plant tour", MET, ((ADA, "accepted"), (KIM, "accepted")))),
    "graph": lambda fake: fake.add_event(entry("Plant tour", MET, ((ADA, "organizer"), (KIM, "accepted"))), "met"),
    "caldav": lambda fake: fake.put("met", event("met", MET, guests=GUESTS, subject="Plant tour")),
    "ics": lambda fake: fake.put("met", event("met", MET, guests=GUESTS, subject="Plant tour")),
}
table = Activity.__table__  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MEETINGS)
def test_a_meeting_without_a_follow_up_becomes_an_item_of_whose_calendar_it_is_in(
    sqlite_engine: Engine, tmp_path: Path, name: str
) -> None:
    house = VendorHouse(sqlite_engine, name)
    MEETINGS[name](house.fake)
    house.connect()
    house.sync()
    installation = Installation(Settings(data_dir=tmp_path), sqlite_engine, KEY, load("b2b_sales"))
    with sqlite_engine.connect() as connection:
        company = installation.company(connection, NOON)
    # Nobody owns the account: that it is Ada's matter follows from her calendar alone.
    found = run_account(sqlite_engine, company, "a1", NOON, KEY)
    assert found is not None
    trouble, *_ = [one for one in open_troubles(found) if one.expectation.rule == "meeting_follow_up"]
    item = propose(Desk(sqlite_engine, company, KEY, Outlook(company)), found, trouble)
    assert isinstance(item, ItemRow)
    assert (item.owner_id, item.signal) == ("u-ada", "meeting_follow_up")


def test_a_meeting_in_the_calendars_of_two_of_ours_is_one_and_of_who_invited(sqlite_engine: Engine) -> None:
    house = VendorHouse(sqlite_engine, "gmail")
    with sqlite_engine.begin() as connection:
        connection.execute(insert(User), {"id": "u-bob", "name": "Bob", "email": BOB, "role": "rep", "custom": {}})
    house.connect()
    house.sync()
    fake = gmail(Hands())
    fake.address = BOB
    fake.calendar.put("b1", meeting("Bob's own", NOON + 6 * DAY, ((KIM, "accepted"), (BOB, "accepted"))))
    means = replace(house.means, transport=FakeTransport(fake), buckets=still())
    told = {**VENDORS["gmail"].answers, "mailbox": BOB, "streams": "meetings"}
    with sqlite_engine.begin() as connection:
        connected = service.connect(connection, means, "gmail:bob", told, NOON - timedelta(days=365), "ops")
    for _ in range(2):
        Reading(sqlite_engine, connected, CONTEXT, HandClock(house.hands)).run(["meetings"])
    with sqlite_engine.connect() as connection:
        query = select(table.c.subject, table.c.user_id).where(table.c.kind == "meeting", table.c.current)
        found = sorted(map(tuple, connection.execute(query)))
    assert found == [("Bob's own", "u-bob"), ("Demo", "u-ada"), *[("Weekly", "u-ada")] * 3]


CANARY = "canary-private-7731"
NEVER = replace(CONTEXT, never_log=frozenset({"doctor.example"}))


def _private(fake: Any, name: str) -> None:
    """Mails among colleagues, with somebody of the never-log list, with strangers; and private entries."""
    people = [
        (BOB, ADA), (ADA, BOB), (KIM, f"{ADA}, {CANARY}-x@doctor.example"), (f"{CANARY}-y@doctor.example", ADA),
        (f"{CANARY}-friend@home.example", ADA),
    ]  # fmt: skip
    for number, (sender, to) in enumerate(people):
        raw = letter(f"{CANARY}-{number}", sender, to, CANARY, f"{CANARY} words", at=NOON)
        sent = sender == ADA
        if name == "gmail":
            fake.add(raw, ("SENT",) if sent else ("INBOX",), NOON)
        else:
            fake.add(raw, "sentitems" if sent else "inbox", NOON)
    if name == "gmail":
        fake.calendar.put("p1", meeting(CANARY, NOON + DAY, ((ADA, "accepted"), (KIM, "")), visibility="private"))
        fake.calendar.put("p2", meeting(CANARY, NOON + DAY, ((ADA, "accepted"), (BOB, "accepted"))))
    else:
        guests = ((ADA, "organizer"), (KIM, "none"))
        fake.add_event(entry(CANARY, NOON + DAY, guests, sensitivity="private"), "p1")
        fake.add_event(entry(CANARY, NOON + DAY, ((ADA, "organizer"), (BOB, "none"))), "p2")


def _unwanted(fake: Any, name: str) -> None:
    """A person throws them out, and deletes the entries."""
    if name == "gmail":
        for key in [key for key, one in fake.mails.items() if CANARY in one["name"]]:
            fake.label(key, add=["SPAM"], remove=["INBOX"])
        fake.calendar.remove("p1")
        fake.calendar.remove("p2")
    else:
        for key in [key for key, one in fake.mails.items() if CANARY in one["internetMessageId"]]:
            fake.move(key, "junkemail")
        fake.remove_event("p1")
        fake.remove_event("p2")


@pytest.fixture
def kept_log(tmp_path: Path) -> Iterator[None]:
    """Everything that is logged goes into the folder too."""
    root, handler = logging.getLogger(), logging.FileHandler(tmp_path / "tenure.log")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


@pytest.mark.usefixtures("kept_log")
@pytest.mark.parametrize("name", ["gmail", "graph"])
def test_what_is_private_stands_in_no_byte_of_the_folder(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path, embedder="hashing")
    engine = db.make_engine(f"sqlite:///{tmp_path / 'tenure.db'}")
    db.create_schema(engine)
    house = VendorHouse(engine, name)
    _private(house.fake, name)
    house.connect()
    _read(house)
    _unwanted(house.fake, name)
    house.hands.on(minutes=1)
    _read(house)
    _index(engine, settings)
    files = {path.relative_to(tmp_path).parts[0]: path for path in tmp_path.rglob("*") if path.is_file()}
    assert {"tenure.db", "tenure.log"} < set(files)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"About The price list" in stored
    secrets = (APP[1], SENDING[1], "BEGIN PRIVATE KEY", "ya29.")
    assert [one for one in (CANARY, CANARY.upper(), *secrets) if one.encode() in stored] == []
    engine.dispose()


def _read(house: VendorHouse) -> None:
    with house.engine.begin() as connection:
        connected = service.opened(connection, house.means, house.name)
    reports = Reading(house.engine, connected, NEVER, HandClock(house.hands)).run()
    assert [one.problem for one in reports] == ["", ""]


def _index(engine: Engine, settings: Settings) -> None:
    """What is read gets its vectors, and the index across accounts in a folder of its own."""
    embedding = Embedding(engine, settings)
    while embedding.step(NOON):
        pass
    chosen = embedder_of(settings)
    assert chosen is not None
    with engine.connect() as connection:
        assert portfolio_of(settings, chosen.embedder.model).rebuild(connection) > 0
        connection.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))
