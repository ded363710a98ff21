"""Work of a pool is taken by one person at a time, for the length of a lease or until the shift ends."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.errors import Refused, Stale
from memory.records import Reference
from tests.unit.agent_runtime.inbox.office import Office, asked, pool
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, MANAGER, at


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return pool(sqlite_engine)


def _shift(office: Office, user: str, begins: str, ends: str) -> None:
    data = {"user_id": user, "from": at(begins).isoformat(), "to": at(ends).isoformat()}
    row = {"stream": "shifts", "source_id": f"{user}-{begins}", "data": data}
    with office.engine.begin() as connection:
        connection.execute(insert(Reference), row)


def test_what_belongs_to_nobody_is_taken_before_it_is_done(office: Office) -> None:
    item = office.item()
    assert item.owner_id == "desk"
    with pytest.raises(Refused, match="nobody has taken it"):
        office.decide(item, "done", how="we_called", at=office.now)
    taken = office.decide(item, "claim")
    assert taken.returns_at == office.now + timedelta(minutes=20)
    office.decide(item, "done", how="we_called", at=office.now)
    assert office.later(seconds=1).interactions("missed_call")[0].outcome == "converted"


def test_what_one_has_taken_nobody_else_gets_until_the_lease_is_over(office: Office) -> None:
    item = office.item()
    office.decide(item, "claim")
    for verb, fields in {"claim": {}, "release": {}, "snooze": {"until": at("tue 09:00")}, "approve": {}}.items():
        with pytest.raises(Refused, match="anna has taken it"):
            office.decide(item, verb, by=BELA, **fields)
    office.now += timedelta(minutes=20)
    assert office.decide(item, "claim", by=BELA).state == "open"
    with pytest.raises(Refused, match="bela has taken it"):
        office.decide(item, "done", how="we_called", at=office.now)


def test_a_lease_is_lengthened_by_who_has_it_and_ends_when_it_is_given_back(office: Office) -> None:
    item = office.item()
    office.decide(item, "claim")
    office.now += timedelta(minutes=15)
    assert office.decide(item, "claim").returns_at == office.now + timedelta(minutes=20)
    office.decide(item, "release")
    assert office.again(item).claimed_by is None
    assert office.decide(item, "claim", by=BELA).state == "open"


def test_it_can_be_taken_given_back_and_taken_at_the_same_moment(office: Office) -> None:
    item = office.item()
    for verb in ("claim", "release", "claim", "release", "claim"):
        office.decide(item, verb)
    assert len(office.rows("SELECT id FROM tenure_decision")) == 5
    assert office.again(item).claimed_by == ANNA


def test_a_lease_ends_with_the_shift(office: Office) -> None:
    _shift(office, ANNA, "mon 08:00", "mon 16:05")
    _shift(office, BELA, "mon 08:00", "mon 16:01")
    assert office.decide(office.item(), "claim").returns_at == at("mon 16:05")


def test_what_somebody_owns_is_not_taken(sqlite_engine: Engine) -> None:
    office = asked(sqlite_engine)
    with pytest.raises(Refused, match="belongs to anna"):
        office.decide(office.item(), "claim", by=BELA)


def test_what_was_decided_in_a_pool_can_be_taken_back_after_the_lease(office: Office) -> None:
    item = office.item()
    office.decide(item, "claim")
    office.decide(item, "dismiss", reason="other")
    office.now += timedelta(minutes=30)
    assert office.decide(item, "undo").state == "open"


def test_who_leads_gives_it_to_somebody_without_taking_it_but_not_out_of_anothers_hands(office: Office) -> None:
    item = office.item()
    office.decide(item, "claim")
    with pytest.raises(Refused, match="anna has taken it"):
        office.decide(item, "reassign", to=BELA, by=MANAGER)
    office.decide(item, "release")
    office.decide(item, "reassign", to=BELA, by=MANAGER)
    assert office.later(seconds=1).interactions("missed_call")[0].owner_id == BELA


def test_only_what_is_open_is_taken(office: Office) -> None:
    item = office.item()
    office.decide(item, "claim")
    office.decide(item, "dismiss", reason="other")
    with pytest.raises(Stale):
        office.decide(item, "claim")
