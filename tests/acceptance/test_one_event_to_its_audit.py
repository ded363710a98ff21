"""One event on its whole way: a mail comes in, a person approves the answer over HTTP, it goes out once, and all of it
stands in the audit."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from agent_runtime.actions import senders
from agent_runtime.actions import service as actions
from agent_runtime.actions.senders import Profile
from agent_runtime.app import create_app
from agent_runtime.audit.service import verify_all
from agent_runtime.installation import Installation
from agent_runtime.permissions import Right
from agent_runtime.playbook import default
from agent_runtime.settings import MailServer, Settings
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from agent_runtime.worker import LiveWork, executors_of
from tests.integration.firm import DAY, KEY, NOW, Firm, mail, world
from tests.unit.agent_runtime.actions.providers import Mails, mail_server

ASKED = mail("q1", NOW - 3 * DAY, "inbound", "kim", "Can you tell me what delivery to Hamburg would cost?")
WROTE = mail("w1", NOW - 20 * DAY, "outbound", "kim", "Dear Kim,\n\nas agreed.\n\nBest regards\nLea Kern")


class House:
    """The firm with its pages, its worker and a mail server."""

    def __init__(self, engine: Engine, folder: Path, server: MailServer) -> None:
        self.firm = Firm(engine, world(folder / "world", [WROTE, ASKED]))
        settings = Settings(data_dir=folder, mail_servers={"office": server})
        self.installation = Installation(settings, engine, KEY, default())
        self.work = LiveWork(self.installation, self.firm.clock, executors_of(self.installation))
        self.client = TestClient(create_app(self.installation, self.firm.clock))
        profile = Profile("lea", "Lea Kern", "lea@firm.test", "office")
        with engine.begin() as connection:
            senders.set_profile(connection, profile, "ada", NOW, KEY)
            made = users.make_token(connection, "lea", TokenKind.API, Right.DECIDE.value, "test", None, NOW)
        self.headers = {"Authorization": f"Bearer {made.secret.get_secret_value()}"}
        self.firm.settle()

    def get(self, path: str) -> Any:
        """What a page answers to lea."""
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def decide(self, item_id: str, **body: Any) -> Any:
        """A decision of lea about an item as it stands."""
        item = self.get(f"/api/inbox/{item_id}")
        seen = {"draft_version": item["draft_version"], "hash": item["hash"]}
        answer = self.client.post(f"/api/inbox/{item_id}/decide", json=body | seen, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def execute_due(self) -> None:
        """What a worker does with actions whose time has come."""
        for action in self.work.due_actions(self.firm.clock.now()):
            self.work.execute(action.action_id, "one")
        self.firm.settle()


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def mails() -> Mails:
    return Mails()


@pytest.fixture
def house(engine: Engine, tmp_path: Path, mails: Mails) -> Iterator[House]:
    with mail_server(mails) as server:
        yield House(engine, tmp_path, server)


def test_from_a_mail_to_its_answer_and_its_audit(house: House, mails: Mails, engine: Engine) -> None:
    (line,) = house.get("/api/inbox")["items"]
    item = house.get(f"/api/inbox/{line['id']}")
    assert item["action"]["to"] == ["kim@acme.test"]
    assert "Lea Kern" in item["action"]["body"]
    became = house.decide(line["id"], verb="approve")
    assert became["undo_until"] > house.firm.clock.now().isoformat()
    house.execute_due()
    assert mails.taken == []
    house.firm.clock.move_to(house.firm.clock.now() + timedelta(seconds=11))
    house.execute_due()
    house.execute_due()
    (sent,) = mails.taken
    assert sent.rcpt_tos == ["kim@acme.test"]
    assert isinstance(sent.content, bytes)
    assert b"In-Reply-To: <q1@acme.test>" in sent.content
    states = house.firm.query("SELECT state FROM tenure_item WHERE account_id = 'acme'")
    owed = house.firm.query("SELECT rule, state FROM tenure_expectation WHERE account_id = 'acme'")
    events = house.firm.query("SELECT event FROM tenure_audit_entry WHERE account_id = 'acme' ORDER BY seq")
    with engine.connect() as connection:
        assert verify_all(connection) == []
    assert [x.state for x in states] == ["done"]
    assert ("answer_owed", "met") in [tuple(x) for x in owed]
    assert [x.event for x in events if x.event.startswith(("item.", "action."))] == [
        "item.delivered", "item.approved", "action.claimed", "item.done", "action.sent",
    ]  # fmt: skip
    assert house.get("/api/inbox")["items"] == []


def test_taken_back_within_the_window_nothing_goes_out(house: House, mails: Mails) -> None:
    (line,) = house.get("/api/inbox")["items"]
    house.decide(line["id"], verb="approve")
    answer = house.client.post(f"/api/inbox/{line['id']}/decide", json={"verb": "undo"}, headers=house.headers)
    assert answer.json()["state"] == "open"
    house.firm.clock.move_to(house.firm.clock.now() + timedelta(minutes=1))
    house.execute_due()
    assert mails.taken == []
    house.decide(line["id"], verb="approve")
    house.firm.clock.move_to(house.firm.clock.now() + timedelta(minutes=1))
    house.execute_due()
    assert len(mails.taken) == 1


def test_what_a_dead_worker_had_claimed_is_looked_up_at_once(house: House, mails: Mails, engine: Engine) -> None:
    (line,) = house.get("/api/inbox")["items"]
    house.decide(line["id"], verb="approve")
    house.firm.clock.move_to(house.firm.clock.now() + timedelta(seconds=11))
    now = house.firm.clock.now()
    (due,) = house.work.due_actions(now)
    with engine.begin() as connection:
        assert actions.claim_one(connection, due.action_id, now, "dead", timedelta(minutes=4))
    assert house.work.due_actions(now) == []
    house.work.lost("another", now)
    assert house.work.due_actions(now) == []
    house.work.lost("dead", now)
    assert [x.action_id for x in house.work.due_actions(now)] == [due.action_id]
    house.execute_due()
    (action,) = house.firm.query("SELECT state FROM tenure_action WHERE id = :x", x=due.action_id)
    assert (action.state, mails.taken) == ("unknown", [])
