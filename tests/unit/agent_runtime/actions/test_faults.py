"""Three faults in ten, of every kind: each action comes to an end that is known, and none happens twice."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_runtime import db
from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Rejected, Result, Retry, Sent, Unknown
from agent_runtime.actions.policy import ENDED
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.providers import Provider

FAULTS: list[Result | Exception] = [
    Retry(reasons.UNREACHABLE), Retry(reasons.BUSY), Unknown(reasons.LOST), Rejected(reasons.REFUSED_BY_SERVER),
    RuntimeError("garbage"), TimeoutError(),
]  # fmt: skip


class Unreliable(Provider):
    """Fails three times in ten, and when its reply is lost it has had its effect half of the time."""

    def __init__(self, seed: int) -> None:
        super().__init__(settles_after=timedelta(minutes=1))
        self._chance = random.Random(seed)

    def execute(self, action: ActionRow) -> Result:
        if self._chance.random() < 0.7:
            self.effects.append(action.id)
            return Sent()
        fault = self._chance.choice(FAULTS)
        lost = isinstance(fault, Exception | Unknown)
        if lost and self._chance.random() < 0.5:
            self.effects.append(action.id)
        if isinstance(fault, Exception):
            raise fault
        return fault

    def find(self, action: ActionRow) -> Found:
        if self._chance.random() < 0.3:
            return Found.UNSEEN
        return Found.THERE if action.id in self.effects else Found.ABSENT


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_three_faults_in_ten_every_action_ends_and_none_happens_twice(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    engine = db.make_engine(f"sqlite:///{tmp_path_factory.mktemp('faults') / 'tenure.db'}")
    db.create_schema(engine)
    provider = Unreliable(seed)
    people(engine)
    desk = Desk(engine, provider)
    ids = [desk.decide(f"it_{n}:1", message_id=f"<{n}@we.test>").id for n in range(8)]
    desk.until_quiet(most=200)
    states = {x: desk.row(x).state for x in ids}
    assert set(states.values()) <= {x.value for x in ENDED}
    assert max(Counter(provider.effects).values()) == 1
    had = {x for x, state in states.items() if state in ("sent", "confirmed")}
    told_to_a_person = {x for x, _, reason in desk.ends if reason == reasons.MAY_HAVE_GONE_OUT}
    assert had <= set(provider.effects) <= had | told_to_a_person
    assert sorted(x for x, _, _ in desk.ends) == sorted(ids)
    assert desk.activities() == len(had)
    engine.dispose()
