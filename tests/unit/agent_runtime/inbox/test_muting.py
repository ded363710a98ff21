"""A signal that somebody muted for one account is held back until its end, watched meanwhile, and can be let go on."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.accounts import merging
from agent_runtime.errors import BadInput, Refused
from agent_runtime.inbox import muting
from memory.records import Account
from tests.unit.agent_runtime.inbox.office import KEY, Office, asked
from tests.unit.agent_runtime.watchtower.story import ANNA


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def office(request: pytest.FixtureRequest) -> Office:
    """A deal that stands still, before Anna."""
    office = Office(request.getfixturevalue(request.param)).open().pass_to("mon 10:00")
    office.deal("new")
    office.run()
    while not office.items():
        office.later(days=1)
    return office


def test_what_is_muted_is_held_back_and_still_watched(office: Office) -> None:
    item = office.item()
    until = office.now + timedelta(days=40)
    decided = office.decide(item, "mute", until=until)
    assert (decided.state, decided.returns_at) == ("snoozed", until)
    assert office.audited()[-1] == "item.muted"
    office.later(hours=1)
    office.deal("new", "d2")
    office.run().pass_to(item.delivered_at + timedelta(days=21))
    assert {(x.signal, x.state) for x in office.items() if x.signal == item.signal} == {(item.signal, "snoozed")}
    assert [x.state for x in office.interactions("opportunity")] == ["open", "open"]
    held = office.rows("SELECT reason, until FROM tenure_suppressed WHERE verdict = 'muted'")
    assert held
    assert {x.reason for x in held} == {"Somebody asked not to hear of this for a while."}


def test_taking_it_back_brings_back_what_was_held(office: Office) -> None:
    item = office.item()
    office.decide(item, "mute", until=office.now + timedelta(days=40))
    office.later(hours=1)
    office.deal("new", "d2")
    office.run().pass_to(item.delivered_at + timedelta(days=21))
    office.decide(office.again(item), "undo")
    assert "item.unmuted" in office.audited()
    office.later(hours=1)
    assert {x.opportunity_id for x in office.items() if x.signal == item.signal} == {"d1", "d2"}
    with office.engine.connect() as connection:
        assert muting.muted_until(connection, "acc", item.signal, office.now) is None


def test_a_mute_ends_by_itself(office: Office) -> None:
    item = office.item()
    until = office.now + timedelta(days=20)
    office.decide(item, "mute", until=until)
    with office.engine.connect() as connection:
        assert muting.muted_until(connection, "acc", item.signal, until - timedelta(minutes=1)) == until
        assert muting.muted_until(connection, "acc", item.signal, until) is None
        assert muting.muted_until(connection, "other", item.signal, office.now) is None
    assert office.pass_to(until).item().state == "open"


def test_it_ends_within_the_time_to_which_things_may_be_put_off(office: Office) -> None:
    with pytest.raises(BadInput):
        office.decide(office.item(), "mute", until=office.now + timedelta(days=400))
    assert office.item().state == "open"


def test_what_somebody_waits_for_is_not_muted(sqlite_engine: Engine) -> None:
    office = asked(sqlite_engine)
    with pytest.raises(Refused, match="Somebody waits for this"):
        office.decide(office.item(), "mute", until=office.now + timedelta(days=10))
    assert (office.item().owner_id, office.item().state) == (ANNA, "open")


def test_what_was_muted_of_an_account_goes_with_it_when_it_is_merged(office: Office) -> None:
    until = office.now + timedelta(days=9)
    with office.engine.begin() as connection:
        connection.execute(insert(Account), {"id": "twin", "name": "Acme Ltd", "owner_id": ANNA})
        for account, signal in (("twin", "check_in"), ("twin", "stage_age"), ("acc", "stage_age")):
            muting.mute(connection, account, signal, until, ANNA, office.now)
        merge_id = merging.merge_accounts(connection, "twin", "acc", ANNA, office.now, KEY)
        assert muting.muted_until(connection, "acc", "check_in", office.now) == until
        assert muting.muted_until(connection, "twin", "check_in", office.now) is None
    with office.engine.begin() as connection:
        merging.undo_merge(connection, merge_id, ANNA, office.now, KEY)
        assert muting.muted_until(connection, "twin", "check_in", office.now) == until
        assert muting.muted_until(connection, "acc", "stage_age", office.now) == until
