"""A connected mailbox: what is kept of it, what is not, whose sight it is, and a reader that dies at any page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, Table, insert, select

from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading, StreamReport
from agent_runtime.ingest.context import IngestContext
from agent_runtime.settings import Settings
from memory import timeline
from memory.records import Account, Activity, Contact, Coverage, Handle, Reject, User
from memory.timeline import NewActivity
from tests.unit.agent_runtime.connectors.house import KEY, HandClock, state_of
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.imap.mailboxes import ANNA, KIM, NOW, SECRET, Post, came, post_office, written
from tools.http import Buckets
from tools.mail.imap.source import PAGE

CANARY = "canary-private-5518"
CONTEXT = IngestContext(
    zone=ZoneInfo("UTC"),
    own_domains=frozenset({"ours.example"}),
    intake=frozenset({"info@ours.example"}),
    never_log=frozenset({"doctor.example"}),
)


def table_of(model: Any) -> Table:
    """A model's table."""
    found: Table = model.__table__
    return found


@dataclass(slots=True)
class House:
    """One database with Anna's account of Kim, and Anna's mailbox connected."""

    engine: Engine
    post: Post
    hands: Hands = field(default_factory=lambda: Hands(NOW))

    def __post_init__(self) -> None:
        with self.engine.begin() as connection:
            rows: list[tuple[Any, dict[str, Any]]] = [
                (User, {"id": "u_anna", "name": "Anna", "role": "rep", "email": ANNA, "custom": {}}),
                (Account, {"id": "A", "name": "Them", "owner_id": "u_anna", "provisional": False, "custom": {}}),
                (Contact, {"id": "c_kim", "account_id": "A", "name": "Kim", "title": "", "role": "", "email": KIM,
                           "status": "active", "custom": {}}),
                (Handle, {"kind": "email", "value": KIM, "account_id": "A", "contact_id": "c_kim"}),
            ]  # fmt: skip
            for model, row in rows:
                connection.execute(insert(model.__table__), row)
            told = {"host": "127.0.0.1", "port": str(self.post.port), "security": "plain", "user": ANNA}
            since = NOW - timedelta(days=30)
            service.connect(connection, self.means, "imap:anna", told | {"secret": SECRET}, since, "ops")

    @property
    def means(self) -> service.Means:
        return service.Means(Settings(), SecretStr(KEY.get_secret_value()), HandClock(self.hands), Buckets())

    def sync(self, pages: int | None = None) -> StreamReport:
        """One round, or its first pages."""
        with self.engine.begin() as connection:
            connected = service.opened(connection, self.means, "imap:anna")
        taken: list[int] = []

        def stop() -> bool:
            return pages is not None and len(taken) >= pages

        (report,) = Reading(
            self.engine, connected, CONTEXT, HandClock(self.hands), lambda _: taken.append(1), stop
        ).run()
        return report

    def mails(self) -> Sequence[str]:
        """The Message-IDs of the mails that stand, in their order."""
        with self.engine.connect() as connection:
            table = table_of(Activity)
            query = select(table.c.data).where(table.c.kind == "email", table.c.current, ~table.c.deleted)
            return [data["message_id"] for data in connection.scalars(query.order_by(table.c.occurred_at))]


@pytest.fixture
def house(sqlite_engine: Engine) -> Iterator[House]:
    with post_office() as post:
        yield House(sqlite_engine, post)


def test_mails_with_people_who_are_known_become_activities_of_their_account(house: House) -> None:
    house.post.receive(1)
    house.post.receive(2, "Sent", In_Reply_To="<1@test>", References="<1@test>")
    report = house.sync()
    assert (report.complete, report.added, report.rejected) == (True, 2, 0)
    with house.engine.connect() as connection:
        table = table_of(Activity)
        rows = connection.execute(select(table).order_by(table.c.occurred_at)).all()
    assert [(row.account_id, row.contact_id, row.direction, row.user_id) for row in rows] == [
        ("A", "c_kim", "inbound", "u_anna"),
        ("A", "c_kim", "outbound", "u_anna"),
    ]
    assert {row.data["thread"] for row in rows} == {"<1@test>"}


def test_a_mailbox_gives_sight_of_the_user_whose_address_it_is(house: House) -> None:
    house.sync()
    house.hands.at += timedelta(hours=1)
    house.sync()
    with house.engine.connect() as connection:
        table = table_of(Coverage)
        ((holder, until),) = connection.execute(select(table.c.holder, table.c.visible_until)).all()
    assert (holder, until) == ("u_anna", NOW + timedelta(hours=1))


def test_a_private_mail_is_nowhere_in_the_database_nor_in_a_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    others = [
        (f"{CANARY}-friend@home.example", ANNA),
        ("ben@ours.example", ANNA),
        (KIM, f"{ANNA}, {CANARY}-x@doctor.example"),
    ]
    for number, (sender, to) in enumerate(others):
        text = f"{CANARY} words"
        raw = written(number, sender=sender, to=to, text=text, Subject=CANARY, Message_ID=f"<{number}.{CANARY}@x>")
        uid = house.post.box["INBOX"].put(raw, came(number))
        house.post.box["Trash"].put(raw, came(number))
    house.post.receive(9)
    report = house.sync()
    assert report.added == 1
    house.post.box.move(uid, "INBOX", "Junk")
    house.sync()
    with house.engine.connect() as connection:
        assert connection.scalars(select(table_of(Reject).c.id)).all() == []
        file = connection.engine.url.database
    connection.engine.dispose()
    stored = b"".join(path.read_bytes() for path in (Path(f"{file}"), Path(f"{file}-wal")) if path.is_file())
    assert b"Words of 9." in stored
    assert CANARY.encode() not in stored
    assert SECRET.encode() not in stored
    assert CANARY not in caplog.text
    assert SECRET not in caplog.text


def test_a_first_read_that_is_killed_at_every_page_ends_as_one_that_was_not(
    house: House, postgres_engine: Engine
) -> None:
    for number in range(3 * PAGE + 11):
        house.post.receive(number, "INBOX" if number % 3 else "Sent")
    whole = House(postgres_engine, house.post)
    assert whole.sync().complete
    while not house.sync(pages=1).complete:
        house.hands.at += timedelta(seconds=30)
    assert len(house.mails()) == 3 * PAGE + 11
    assert state_of(house.engine) == state_of(postgres_engine)


def test_a_restored_mailbox_with_other_uids_adds_nothing(house: House) -> None:
    for number in range(PAGE + 3):
        house.post.receive(number)
    house.sync()
    before = state_of(house.engine)
    house.post.box["INBOX"].renumber()
    report = house.sync()
    assert (report.records, report.added, report.revised) == (PAGE + 3, 0, 0)
    assert state_of(house.engine) == before


def test_what_was_thrown_out_as_unwanted_no_longer_counts(house: House) -> None:
    uid = house.post.receive(1)
    house.post.receive(2)
    house.sync()
    house.post.box["INBOX"].flag(uid, "$Junk")
    house.sync()
    assert house.mails() == ["<2@test>"]


def test_the_address_that_refuses_our_mail_is_told_of_its_contact(house: House) -> None:
    part = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.ours.example\r\n\r\n"
    told = f"Final-Recipient: rfc822; {KIM}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    kind = "multipart/report; report-type=delivery-status; boundary=b"
    house.post.receive(
        1, sender="MAILER-DAEMON@ours.example", MIME_Version="1.0", Content_Type=kind,
        text=f"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n{part}{told}\r\n--b--",
    )  # fmt: skip
    house.sync()
    with house.engine.connect() as connection:
        table = table_of(Contact)
        assert connection.scalar(select(table.c.status).where(table.c.id == "c_kim")) == "bounced"


def test_a_mail_that_we_sent_ourselves_stands_once(house: House) -> None:
    with house.engine.begin() as connection:
        sent = NewActivity(
            source="tenure", stream="outbox", source_id="out_1", kind="email", direction="outbound", account_id="A",
            occurred_at=came(2), known_at=came(2), caused_by="person", contact_id="c_kim", user_id="u_anna",
            data={"message_id": "<2@test>", "thread": "<1@test>", "to": [KIM]},
        )  # fmt: skip
        timeline.add(connection, [sent])
    house.post.receive(1)
    house.post.receive(2, "Sent", In_Reply_To="<1@test>")
    house.post.receive(3, In_Reply_To="<2@test>")
    house.sync()
    assert house.mails() == ["<1@test>", "<2@test>", "<3@test>"]
    with house.engine.connect() as connection:
        table = table_of(Activity)
        assert {data["thread"] for data in connection.scalars(select(table.c.data))} == {"<1@test>"}
