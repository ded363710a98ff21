"""An approved message goes out by the connection that it names, also where a vendor has several: twilio:berlin."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import reasons, switches
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.recheck import Recheck
from agent_runtime.connectors import service
from agent_runtime.connectors.executor import NO_WRITER, WriteExecutor
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from agent_runtime.worker import executors_of
from tests.unit.agent_runtime.actions.desk import KEY as DESK_KEY
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, LINE, SECRET, switchboard
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import FakeTransport

BERLIN, KIM = "+493012345699", "+4930999001"


@dataclass
class Registry(Desk):
    """A desk with the worker's own registry, whose vendors are stand-ins."""

    executors: Executors | None = None

    def execute(self, action_id: str, claimed_by: str = "w1") -> str:
        assert self.executors is not None
        recheck = Recheck(self.now, self.autonomy)
        return execute(self.engine, action_id, self.now, self.executors, recheck, self._ended, DESK_KEY, claimed_by)

    def text(self, connector: str, key: str) -> str:
        """Decides and sends one message; its state."""
        action = self.decide(
            key, kind="message", connector=connector, to=[KIM], cc=[], body=f"Ada calls at 3, {key}", contact_id="c1"
        )
        return self.execute(action.id)


@pytest.fixture
def fake(sqlite_engine: Engine) -> TwilioFake:
    people(sqlite_engine)
    return switchboard(Hands())


def _registry(engine: Engine, fake: TwilioFake) -> Registry:
    means = service.Means(Settings(), KEY, HandClock(Hands()), still(), FakeTransport(fake))
    told = {"account_sid": ACCOUNT, "secret": SECRET, "write_secret": SECRET}
    with engine.begin() as connection:
        for name, number in (("twilio", LINE), ("twilio:berlin", BERLIN)):
            answers = told | {"registered_number": number}
            service.connect(connection, means, name, answers, NOON - timedelta(days=30), "ops")
        service.connect(connection, means, "twilio:munich", told, NOON - timedelta(days=30), "ops")
    ours = executors_of(Installation(Settings(), engine, KEY, load("b2b_sales")))
    writes = WriteExecutor(service.writers_in(engine, means))
    routes = {route: writes if isinstance(one, WriteExecutor) else one for route, one in ours.routes.items()}
    return Registry(engine, writes, executors=Executors(routes, ours.sending, ours.deadline, ours.lease))


def _sent(fake: TwilioFake) -> list[tuple[str, str]]:
    return [(one["from"], one["body"]) for one in fake.messages if one["direction"] != "inbound"]


def test_each_connection_sends_from_its_own_number(sqlite_engine: Engine, fake: TwilioFake) -> None:
    desk = _registry(sqlite_engine, fake)
    assert desk.text("twilio:berlin", "it_1:1") == "confirmed"
    assert desk.text("twilio", "it_2:1") == "confirmed"
    assert _sent(fake) == [(BERLIN, "Ada calls at 3, it_1:1"), (LINE, "Ada calls at 3, it_2:1")]


def test_one_without_a_number_or_that_is_not_connected_sends_nothing(sqlite_engine: Engine, fake: TwilioFake) -> None:
    desk = _registry(sqlite_engine, fake)
    for number, name in enumerate(("twilio:munich", "twilio:hamburg"), 1):
        assert desk.text(name, f"it_{number}:1") == "failed"
    assert [reason for _, _, reason in desk.ends] == [NO_WRITER] * 2
    assert _sent(fake) == []


def test_a_kill_switch_of_the_vendor_stops_all_its_connections(sqlite_engine: Engine, fake: TwilioFake) -> None:
    desk = _registry(sqlite_engine, fake)
    with sqlite_engine.begin() as connection:
        switches.set_switch(connection, "connector", "twilio:berlin", "a number was lost", "ann", NOON, KEY)
    assert (desk.text("twilio:berlin", "it_1:1"), desk.text("twilio", "it_2:1")) == ("cancelled", "confirmed")
    with sqlite_engine.begin() as connection:
        switches.set_switch(connection, "connector", "twilio", "all of it", "ann", NOON, KEY)
    assert (desk.text("twilio:munich", "it_3:1"), desk.text("twilio", "it_4:1")) == ("cancelled", "cancelled")
    assert [reason for _, state, reason in desk.ends if state == "cancelled"] == [reasons.SWITCHED_OFF] * 3
