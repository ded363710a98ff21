"""Approved writes reach a connected system once, also through silence and death; they can be taken back."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors, Found, Result
from agent_runtime.actions.policy import content_hash
from agent_runtime.actions.recheck import Recheck
from agent_runtime.connectors import removal, service
from agent_runtime.connectors.executor import NO_WRITER, WriteExecutor
from tests.unit.agent_runtime.actions.desk import KEY as DESK_KEY
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.connectors.house import House
from tests.unit.tools.crm.hubspot.portal import portal
from tests.unit.tools.hands import Hands
from tools.fakes.wire import Asked, Faults

TASK = {"op": "task", "target": ["companies", "501"], "fields": {"subject": "Call Kim", "at": "1772452800000"}}
STAGE = {"op": "stage", "target": ["deals", "701"], "fields": {"from": "s2", "to": "won"}}


@dataclass
class WriteDesk(Desk):
    """A desk that writes into the CRM."""

    def execute(self, action_id: str, claimed_by: str = "w1") -> str:
        executors = Executors({("", "crm_write"): self.provider}, self.sending, self.deadline)
        recheck = Recheck(self.now, self.autonomy)
        return execute(self.engine, action_id, self.now, executors, recheck, self._ended, DESK_KEY, claimed_by)

    def write(self, write: dict[str, Any], key: str = "it_1:1") -> ActionRow:
        """Decides and executes one write."""
        action = self.decide(key, kind="crm_write", connector="hubspot", write=write)
        self.execute(action.id)
        return action


@pytest.fixture
def house(sqlite_engine: Engine) -> House:
    hands = Hands()
    house = House(sqlite_engine, portal(hands), hands)
    people(sqlite_engine)
    house.connect()
    house.fake.unique = {"tasks": {"agent_action_key"}, "notes": {"agent_action_key"}}
    return house


def _desk(house: House) -> WriteDesk:
    return WriteDesk(house.engine, WriteExecutor(service.writers_in(house.engine, house.means)))


def _made(house: House) -> list[tuple[str, str]]:
    return [one for one in house.fake.writes if one[0] == "made"]


def test_approved_write_is_done_once(house: House) -> None:
    desk = _desk(house)
    action = desk.write(TASK)
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert _made(house) == [("made", f"tasks/{action.id}")]


@pytest.mark.parametrize("write", [TASK, STAGE], ids=["task", "stage"])
@pytest.mark.parametrize("kind", ["late", "broken"])
def test_write_without_an_answer_is_looked_for_and_never_repeated(
    house: House, write: dict[str, Any], kind: str
) -> None:
    house.faults = Faults({kind: 100}, in_a_row=1, only=_writes_an_object)
    desk = _desk(house)
    action = desk.write(write)
    assert desk.row(action.id).state == "unknown"
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert len(house.fake.writes) == 1


def _writes_an_object(asked: Asked) -> bool:
    return asked.method == "PATCH" or asked.path.endswith("/upsert")


class Dies:
    """The process ends between the write and its record."""

    def __init__(self, inner: WriteExecutor) -> None:
        self._inner, self.settles_after = inner, inner.settles_after

    def execute(self, action: ActionRow) -> Result:
        self._inner.execute(action)
        raise SystemError("killed")

    def find(self, action: ActionRow) -> Found:
        return self._inner.find(action)


def test_death_between_write_and_record_does_not_repeat_it(house: House) -> None:
    desk = _desk(house)
    assert isinstance(desk.provider, WriteExecutor)
    desk.provider = Dies(desk.provider)
    action = desk.write(TASK)
    desk.until_quiet()
    assert desk.row(action.id).state == "confirmed"
    assert len(_made(house)) == 1


def test_change_by_somebody_else_ends_the_write(house: House) -> None:
    house.fake.change("deals", "701", {"dealstage": "lost"})
    desk = _desk(house)
    action = desk.write(STAGE)
    row = desk.row(action.id)
    assert (row.state, "changed by somebody" in row.reason) == ("failed", True)


def test_nothing_is_written_without_a_credential_for_it(house: House) -> None:
    with house.engine.begin() as connection:
        service.disconnect(connection, house.means, "hubspot", "ops")
    desk = _desk(house)
    action = desk.write(TASK)
    assert (desk.row(action.id).state, desk.row(action.id).reason) == ("failed", NO_WRITER)
    assert house.fake.writes == []


def test_approval_is_bound_to_what_is_written() -> None:
    other = TASK | {"target": ["companies", "502"]}
    hashes = {content_hash({"kind": "crm_write", "write": write}) for write in (TASK, other, None)}
    assert len(hashes) == 3
    assert content_hash({"kind": "crm_write"}) == content_hash({"kind": "crm_write", "write": None})


def test_what_was_made_can_be_taken_back(house: House) -> None:
    desk = _desk(house)
    desk.write(TASK)
    desk.write(STAGE, "it_2:1")
    with house.engine.begin() as connection:
        actions = removal.written_by_us(connection, "hubspot")
        writer = service.opened(connection, house.means, "hubspot").writer()
    assert writer is not None
    assert removal.remove_written(writer, actions) == removal.Removed(removed=1, stayed=1, failed=0)
    assert removal.remove_written(writer, actions) == removal.Removed(removed=0, stayed=1, failed=0)
    assert house.fake.objects["deals"]["701"].now("dealstage") == "won"


def test_our_own_task_is_not_read_back_as_somebodys_work(house: House) -> None:
    desk = _desk(house)
    desk.write(TASK)
    house.hands.on(minutes=1)
    house.sync()
    kinds = [row[3] for row in house.state()["activities"] if row[1] == "crm"]
    assert kinds.count("task.created") == 1
