"""People are told in Slack what waits for them, decide there by the same decision as on the pages, and see it end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, insert

from agent_runtime.connectors import service
from agent_runtime.connectors.hooks import receive
from agent_runtime.connectors.sync import Reading
from agent_runtime.connectors.telling import Telling
from agent_runtime.installation import Installation, about, context_of
from agent_runtime.settings import Settings
from memory.records import User
from tests.unit.agent_runtime.inbox.office import KEY, Office
from tests.unit.agent_runtime.watchtower.story import ANNA, playbook
from tests.unit.tools.chat.workspace import READ, SIGNING, WRITE, workspace
from tests.unit.tools.hands import Hands
from tests.unit.tools.scripts import Script
from tools.base import Forged, Verified
from tools.chat.slack.signature import signature
from tools.fakes.slack import LIMITED, SlackFake
from tools.fakes.wire import KINDS, FakeTransport
from tools.http import Buckets

URL = "https://tenure.example/hooks/vendors/slack"


@dataclass(slots=True)
class At:
    """The office's time as a clock."""

    office: Office

    def now(self) -> datetime:
        return self.office.now


@dataclass(slots=True)
class Desk:
    """An office whose people have Slack."""

    office: Office
    fake: SlackFake
    faults: Script | None = None

    @property
    def installation(self) -> Installation:
        settings = Settings(public_url="https://tenure.example")
        return Installation(settings, self.office.engine, KEY, playbook())

    @property
    def means(self) -> service.Means:
        moments = [0.0]

        def wait(seconds: float) -> None:
            moments[0] += seconds

        buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
        transport = FakeTransport(self.fake, self.faults, LIMITED)
        return service.Means(self.installation.settings, KEY, At(self.office), buckets, transport)

    def connect(self) -> "Desk":
        told = {"token": READ, "write_token": WRITE, "signing_secret": SIGNING}
        with self.office.engine.begin() as connection:
            service.connect(connection, self.means, "slack", told, self.office.now, "ops")
        return self.read()

    def read(self) -> "Desk":
        with self.office.engine.begin() as connection:
            connected = service.opened(connection, self.means, "slack")
            context = context_of(about(connection), playbook())
        assert not any(one.problem for one in Reading(self.office.engine, connected, context, At(self.office)).run())
        return self

    def tell(self) -> bool:
        return Telling(self.installation, At(self.office), self.means, "slack").run()

    def said(self, user: str = "UANNA") -> list[dict[str, Any]]:
        """What stands before somebody about items."""
        return [x for x in self.fake.told(f"D{user}") if "Good morning" not in x["text"]]

    def press(self, label: str, *, user: str = "UANNA", secret: str = SIGNING) -> Verified | Forged:
        """Somebody presses a button of the last message that Anna was told."""
        said = self.said()[-1]
        button = next(x for x in said["blocks"][2]["elements"] if x["text"]["text"] == label)
        payload = {
            "type": "block_actions", "user": {"id": user}, "channel": {"id": "DUANNA"}, "message": {"ts": said["ts"]},
            "actions": [{"action_id": button["action_id"], "value": button["value"], "action_ts": "1.5"}],
        }  # fmt: skip
        body = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
        stamp = str(int(self.office.now.timestamp()))
        headers = {
            "x-slack-signature": signature(SecretStr(secret), body, stamp), "x-slack-request-timestamp": stamp,
            "content-type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        with self.office.engine.begin() as connection:
            return receive(connection, self.means, "slack", headers, body, URL, self.office.now)


@pytest.fixture
def desk(sqlite_engine: Engine) -> Desk:
    office = Office(sqlite_engine).open()
    people: list[dict[str, Any]] = [
        {"id": x.id, "name": x.name, "email": x.email, "role": x.role, "team": x.team, "custom": {}}
        for x in office.company.people.values()
    ]
    with sqlite_engine.begin() as connection:
        connection.execute(insert(User), people)
    hands = Hands(office.now)
    fake = workspace(hands)
    fake.add_person("UANNA", "Anna", "Anna@ours.example")
    fake.add_person("UBELA", "Bela", "bela@ours.example")
    office.asks()
    office.pass_to("tue 16:00")
    return Desk(office, fake).connect()


def test_what_waits_is_told_once_with_the_whole_draft(desk: Desk) -> None:
    assert not desk.tell()
    (said,) = desk.said()
    item = desk.office.item()
    words = said["blocks"][1]["text"]["text"]
    assert item.action["body"] in words
    assert f"To: {item.action['to'][0]}" in words
    labels = [x["text"]["text"] for x in said["blocks"][2]["elements"]]
    assert labels == ["Approve", "Tomorrow", "Not worth it", "Open"]
    assert "It makes a promise." in words
    assert not desk.tell()
    assert len(desk.said()) == 1


def test_nobody_else_is_told_and_nobody_new_is_made(desk: Desk) -> None:
    desk.tell()
    assert desk.fake.told("DUBELA") == []
    assert desk.fake.told("DUADA") == []
    assert len(desk.office.rows("SELECT 1 FROM tenure_user")) == 3


def test_a_press_decides_as_the_pages_do_and_the_message_says_so(desk: Desk) -> None:
    desk.tell()
    item = desk.office.item()
    assert isinstance(desk.press("Approve"), Verified)
    assert desk.office.again(item).state == "open"
    desk.tell()
    assert desk.office.again(item).state == "approved"
    (said,) = desk.said()
    assert said["text"].startswith("Approved; it goes out")
    assert len(said["blocks"]) == 2
    rows = desk.office.rows("SELECT verb, decided_by, channel FROM tenure_decision")
    assert [tuple(x) for x in rows] == [("approve", ANNA, "slack")]


def test_the_same_press_twice_decides_once(desk: Desk) -> None:
    desk.tell()
    desk.press("Not worth it")
    desk.press("Not worth it")
    desk.tell()
    desk.tell()
    assert len(desk.office.rows("SELECT 1 FROM tenure_decision")) == 1
    assert len(desk.office.rows("SELECT 1 FROM tenure_chat_press")) == 1


def test_a_draft_that_changed_since_is_not_approved(desk: Desk) -> None:
    desk.tell()
    item = desk.office.item()
    desk.press("Approve")
    desk.office.decide(item, "edit", draft={"body": "Another one."})
    desk.tell()
    assert desk.office.again(item).state == "open"
    words = desk.said()[-1]["blocks"][1]["text"]["text"]
    assert "Another one." in words
    assert words.index("Another one.") > 20


@pytest.mark.parametrize("user", ["UADA", "UKIM", "UBELA"])
def test_who_may_not_decide_does_not(desk: Desk, user: str) -> None:
    desk.office.rows("SELECT 1 FROM tenure_user")
    with desk.office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tenure_user SET team = 'south' WHERE id = 'bela'")
    desk.tell()
    assert isinstance(desk.press("Approve", user=user), Verified)
    desk.tell()
    assert desk.office.item().state == "open"
    assert desk.office.rows("SELECT 1 FROM tenure_decision") == []


def test_a_forged_press_is_not_even_kept(desk: Desk) -> None:
    desk.tell()
    assert isinstance(desk.press("Approve", secret="another"), Forged)
    assert desk.office.rows("SELECT 1 FROM tenure_chat_press") == []


def test_put_off_until_tomorrow(desk: Desk) -> None:
    desk.tell()
    item = desk.office.item()
    desk.press("Tomorrow")
    desk.tell()
    found = desk.office.again(item)
    assert (found.state, found.snoozed_until) == ("snoozed", desk.office.now + timedelta(days=1))


def test_what_settled_by_itself_says_so_in_its_place(desk: Desk) -> None:
    desk.tell()
    desk.office.told(
        "email", "emails", direction="outbound", contact_id="kim", user_id=ANNA, caused_by="person", subject="Re",
        data={"thread": "t1", "to": ["kim@acme.example"], "language": "en"}, text="Yes, we can.",
    )  # fmt: skip
    desk.office.pass_to("tue 16:05").run()
    desk.tell()
    (said,) = desk.said()
    assert "blocks" in said
    assert len(said["blocks"]) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*KINDS, None]), max_size=12))
def test_whatever_goes_wrong_each_item_stands_once(desk: Desk, kinds: list[str | None]) -> None:
    with desk.office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tenure_told_notice")
    desk.fake.channels.pop("DUANNA", None)
    desk.faults = Script(kinds)
    while desk.faults.left:
        desk.tell()
    desk.faults = None
    # What was left without an answer is looked for once more.
    desk.tell()
    assert not desk.tell()
    assert len(desk.said()) == 1
    assert len([x for x in desk.fake.told("DUANNA") if "Good morning" in x["text"]]) == 1


def test_no_secret_stands_in_the_database(desk: Desk) -> None:
    desk.tell()
    desk.press("Approve")
    desk.tell()
    with desk.office.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "canary" not in dump
