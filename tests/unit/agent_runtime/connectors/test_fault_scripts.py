"""Whatever goes wrong at whichever request, a message goes out once: what had no answer is looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.recheck import Recheck
from agent_runtime.connectors import service
from agent_runtime.connectors.executor import NO_WRITER, WriteExecutor
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.actions.desk import KEY, Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.connectors.house import HandClock
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import Hands
from tests.unit.tools.scripts import Script
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, KIM, LINE, SECRET
from tools.fakes.twilio import LIMITED, TwilioFake
from tools.fakes.wire import KINDS, FakeTransport

SENDING = "canary-twilio-sending-6c1f"
ANSWERS = {"account_sid": ACCOUNT, "secret": SECRET, "write_api_key": "SK1", "write_secret": SENDING}
NUMBER = count(1)


@dataclass
class MessageDesk(Desk):
    """A desk that sends text messages."""

    def execute(self, action_id: str, claimed_by: str = "w1") -> str:
        executors = Executors({("twilio", "message"): self.provider}, self.sending, self.deadline)
        recheck = Recheck(self.now, self.autonomy)
        return execute(self.engine, action_id, self.now, executors, recheck, self._ended, KEY, claimed_by)


@pytest.fixture(scope="module")
def engine(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all scripts; each has an action of its own."""
    path = tmp_path_factory.mktemp("scripts") / "tenure.db"
    path.write_bytes(sqlite_template.read_bytes())
    made = db.make_engine(f"sqlite:///{path}")
    people(made)
    yield made
    made.dispose()


def _desk(engine: Engine, kinds: Sequence[str | None], **answers: str) -> tuple[MessageDesk, TwilioFake]:
    hands = Hands()
    fake = TwilioFake(hands, ACCOUNT, {ACCOUNT: SECRET, "SK1": SENDING})
    means = service.Means(Settings(), KEY, HandClock(hands), still(), FakeTransport(fake, Script(kinds), LIMITED))
    with engine.begin() as connection:
        since = hands.at - timedelta(days=9)
        service.connect(connection, means, "twilio", ANSWERS | answers, since, "ops").close()
    # Each on a day of its own, so that what a sender may send in an hour is never what holds it up.
    at = NOW + timedelta(days=2 * next(NUMBER))
    desk = MessageDesk(engine, WriteExecutor(service.writers_in(engine, means)), at)
    fake.now = lambda: desk.now
    return desk, fake


def _decided(desk: MessageDesk) -> str:
    number = next(NUMBER)
    action = desk.decide(f"it_{number}:1", kind="message", connector="twilio", to=[KIM], cc=[], body=f"Words {number}")
    return action.id


def _sent(fake: TwilioFake) -> list[str]:
    return [one["from"] for one in fake.messages if one["direction"] != "inbound"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*KINDS, None]), max_size=14))
def test_a_message_goes_out_once_whatever_goes_wrong(engine: Engine, kinds: list[str | None]) -> None:
    desk, fake = _desk(engine, kinds, registered_number=LINE)
    action = _decided(desk)
    desk.execute(action)
    desk.until_quiet()
    assert _sent(fake) == [LINE]
    assert desk.row(action).state == "confirmed"


@pytest.mark.parametrize("kind", ["late", "broken"])
def test_a_message_without_an_answer_is_unknown_until_it_was_found(engine: Engine, kind: str) -> None:
    # The first request looks whether they said STOP.
    desk, fake = _desk(engine, [None, kind], registered_number=LINE)
    action = _decided(desk)
    desk.execute(action)
    assert (desk.row(action).state, len(_sent(fake))) == ("unknown", 1)
    desk.until_quiet()
    assert (desk.row(action).state, len(_sent(fake))) == ("confirmed", 1)


def test_nothing_is_sent_without_a_registered_number_or_after_stop(engine: Engine) -> None:
    desk, fake = _desk(engine, [])
    action = _decided(desk)
    desk.execute(action)
    assert (desk.row(action).state, desk.row(action).reason) == ("failed", NO_WRITER)
    desk, fake = _desk(engine, [], registered_number=LINE)
    fake.add_message(KIM, LINE, "Stop")
    action = _decided(desk)
    desk.execute(action)
    assert (desk.row(action).state, "STOP" in desk.row(action).reason) == ("failed", True)
    assert _sent(fake) == []
