"""Every kind of write into a CRM is done once: through silence, death and any script of faults, found by looking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_runtime.connectors import service
from agent_runtime.connectors.executor import WriteExecutor
from tests.unit.agent_runtime.actions.desk import people
from tests.unit.agent_runtime.connectors.crm_life import Template, house_of
from tests.unit.agent_runtime.connectors.test_writing import Dies, WriteDesk
from tests.unit.tools.crm.hubspot.portal import WRITE as _WRITE_TOKEN
from tests.unit.tools.crm.salesforce.org import ADA, BEN, NORTHWIND, ROLLOUT
from tools.fakes.wire import KINDS, Asked, Faults

_AT = "1772452800000"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of write. `keyed`: whether the org has the field that carries our key."""

    vendor: str
    op: str
    target: tuple[str, str]
    fields: dict[str, str]
    keyed: bool = True

    @property
    def write(self) -> dict[str, Any]:
        """As an action has it."""
        return {"op": self.op, "target": list(self.target), "fields": self.fields}


WRITES = {
    "hubspot task": Kind("hubspot", "task", ("companies", "501"), {"subject": "Call Kim", "at": _AT}),
    "hubspot note": Kind("hubspot", "note", ("deals", "701"), {"text": "Agreed", "at": _AT}),
    "hubspot stage": Kind("hubspot", "stage", ("deals", "701"), {"from": "s2", "to": "won"}),
    "hubspot owner": Kind("hubspot", "owner", ("companies", "502"), {"from": "11", "to": "12"}),
    "salesforce task by its key": Kind("salesforce", "task", ("accounts", NORTHWIND), {"subject": "Call", "at": _AT}),
    "salesforce task by its line": Kind(
        "salesforce", "task", ("accounts", NORTHWIND), {"subject": "Call", "at": _AT}, keyed=False
    ),
    "salesforce stage": Kind(
        "salesforce", "stage", ("opportunities", ROLLOUT), {"from": "Proposal", "to": "Closed Won"}
    ),
    "salesforce owner": Kind("salesforce", "owner", ("accounts", NORTHWIND), {"from": ADA, "to": BEN}),
}
_WITHOUT_WORDS = ("salesforce stage", "salesforce owner")
every = pytest.mark.parametrize("name", WRITES)
_NAMES = count()


class Script(Faults):
    """Faults in the order of a script, one a request; then none any more."""

    def __init__(self, script: Sequence[str | None], *, only_writes: bool = False) -> None:
        super().__init__({})
        self._script, self._only_writes = iter(script), only_writes

    def next(self, asked: Asked) -> str | None:
        """The next of the script."""
        if "oauth2" in asked.path or (self._only_writes and not _is_effect(asked)):
            return None
        return next(self._script, None)


def _is_effect(asked: Asked) -> bool:
    """Whether a request makes or sets what was approved: not that something is put where it belongs."""
    return asked.method == "PATCH" or (asked.method == "POST" and not asked.path.endswith(("/search", "/read")))


@dataclass
class Case:
    """One kind of write at one CRM, with a desk that carries it out."""

    kind: Kind
    house: Any
    desk: WriteDesk

    def decide(self) -> str:
        """An approved action of that kind."""
        action = self.desk.decide("it_1:1", kind="crm_write", connector=self.kind.vendor, write=self.kind.write)
        return str(action.id)

    def state(self, action_id: str) -> str:
        """What became of it."""
        return str(self.desk.row(action_id).state)

    def effects(self) -> int:
        """How often it was done."""
        return len(self.house.fake.writes)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("writes"))


def _case(template: Template, name: str) -> Case:
    kind = WRITES[name]
    house = house_of(kind.vendor, template.engine(f"write-{next(_NAMES)}"))
    people(house.engine)
    house.connect()
    if kind.vendor == "hubspot":
        house.fake.unique = {"tasks": {"agent_action_key"}, "notes": {"agent_action_key"}}
    elif not kind.keyed:
        house.fake.missing.add("Task.Agent_Key__c")
    # Opened at each write, so that faults of the moment count.
    return Case(kind, house, WriteDesk(house.engine, WriteExecutor(lambda told: _writers(house)(told))))


def _writers(house: Any) -> service.WriterOf:
    return service.writers_in(house.engine, house.means)


@pytest.fixture
def make(template: Template) -> Iterator[Any]:
    made: list[Case] = []

    def case(name: str) -> Case:
        made.append(_case(template, name))
        return made[-1]

    yield case
    for one in made:
        one.house.engine.dispose()


@every
@pytest.mark.parametrize("fault", ["late", "broken", "error"])
def test_timed_out_it_is_unknown_then_found_and_never_sent_twice(make: Any, name: str, fault: str) -> None:
    case = make(name)
    case.house.faults = Script([fault], only_writes=True)
    action = case.decide()
    case.desk.execute(action)
    # Of some the vendor answers with a status alone: nothing of it can be broken, and it says that it was done.
    told = fault == "broken" and name in _WITHOUT_WORDS
    assert case.state(action) == ("confirmed" if told else "unknown")
    assert case.effects() == int(fault != "error")
    case.desk.until_quiet()
    assert (case.state(action), case.effects()) == ("confirmed", 1)


@every
def test_killed_between_the_write_and_its_record_it_is_found(make: Any, name: str) -> None:
    case = make(name)
    case.desk.provider = Dies(case.desk.provider)
    action = case.decide()
    case.desk.execute(action)
    case.desk.until_quiet()
    assert (case.state(action), case.effects()) == ("confirmed", 1)


@every
def test_executed_again_it_is_not_done_again(make: Any, name: str) -> None:
    case = make(name)
    action = case.decide()
    for _ in range(3):
        case.desk.execute(action)
        case.desk.until_quiet()
    assert (case.state(action), case.effects()) == ("confirmed", 1)


SCRIPTS = st.lists(st.sampled_from([None, *KINDS]), max_size=14)


@every
@settings(
    max_examples=6, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(script=SCRIPTS)
def test_any_script_of_faults_ends_with_what_was_approved_done_at_most_once(
    template: Template, name: str, script: list[str | None]
) -> None:
    case = _case(template, name)
    case.house.faults = Script(script)
    action = case.decide()
    case.desk.execute(action)
    case.desk.until_quiet()
    # Failed only where somebody can see it, and then nothing was done.
    assert (case.state(action), case.effects()) in {("confirmed", 1), ("failed", 0)}
    case.house.engine.dispose()


def test_the_token_for_writing_is_in_no_state_of_it(make: Any) -> None:
    case = make("hubspot task")
    case.house.faults = Script(["late", "late"])
    action = case.decide()
    case.desk.execute(action)
    case.desk.until_quiet()
    with case.house.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert _WRITE_TOKEN not in dump
