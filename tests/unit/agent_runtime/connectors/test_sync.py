"""A connected system is read whole, again, by two at once, after a kill inside a page: always to the same end."""

import pytest
from sqlalchemy import Engine, select

from agent_runtime.connectors.models import ConnectedSystem, StreamPlace
from agent_runtime.connectors.sync import StreamReport
from agent_runtime.connectors.taking import ReadElsewhere
from agent_runtime.errors import BadSetting
from memory.records import Account, Activity, Coverage, Reject, Stage, User
from tests.unit.agent_runtime.connectors.house import House, state_of
from tests.unit.tools.crm.hubspot.portal import READ, portal
from tests.unit.tools.hands import NOON, Hands
from tools.fakes.wire import Faults

_activity = Activity.__table__  # type: ignore[attr-defined]


def _house(engine: Engine, faults: Faults | None = None) -> House:
    hands = Hands()
    return House(engine, portal(hands), hands, faults)


@pytest.fixture
def house(sqlite_engine: Engine) -> House:
    return _house(sqlite_engine)


def test_first_round_takes_directory_and_records(house: House) -> None:
    house.connect()
    reports = {one.stream: one for one in house.sync()}
    assert all(one.complete and not one.problem for one in reports.values())
    assert not any(one.rejected for one in reports.values())
    state = house.state()
    assert [row[0] for row in state["tenure_account"]] == ["501", "502"]
    assert ("701", "opportunity.stage") in {(row[6], row[3]) for row in state["activities"]}
    assert state["tenure_account"][0][3] == "11"


def test_second_round_changes_nothing(house: House) -> None:
    house.connect()
    house.sync()
    before = house.state()
    house.hands.on(minutes=1)
    reports = house.sync()
    assert sum(one.added + one.revised for one in reports) == 0
    assert house.state() == before


def test_change_and_removal_are_seen_in_the_next_round(house: House) -> None:
    house.connect()
    house.sync()
    house.hands.on(hours=2)
    house.fake.change("deals", "701", {"dealstage": "won"})
    house.fake.remove("deals", "702")
    house.sync()
    rows = house.state()["activities"]
    gone = {row[0] for row in rows if row[7]}
    assert {str(x).rsplit("-", 1)[0] for x in gone} == {"deal-702-name", "deal-702-stage", "deal-702-lost_reason"}
    assert f"deal-701-stage-{int(house.hands.at.timestamp() * 1000)}" in {row[0] for row in rows}


def test_deal_of_a_company_that_is_not_known_yet_brings_it(house: House) -> None:
    house.connect()
    house.sync()
    house.hands.on(minutes=5)
    reading = house.reading()
    house.fake.add("companies", {"name": "Late", "domain": "late.example"}, object_id="503")
    house.fake.add("deals", {"dealname": "New", "dealstage": "s1"}, object_id="703")
    house.fake.link("deals", "703", "companies", "503")
    reports = reading.run(only=["deals"])
    assert not any(one.rejected for one in reports)
    assert "503" in {row[0] for row in house.state()["tenure_account"]}


def test_kill_inside_the_transaction_takes_nothing(house: House) -> None:
    house.connect()
    with house.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER kill BEFORE INSERT ON tenure_activity BEGIN SELECT RAISE(ABORT, 'killed'); END"
        )
    with pytest.raises(Exception, match="killed"):
        house.sync()
    assert house.state()["activities"] == []
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER kill")
    house.sync()
    twin = _house(house.engine)
    assert twin.state()["activities"]


def test_lost_credential_is_told_with_what_helps(house: House) -> None:
    house.connect(token="wrong")
    reports = house.sync()
    assert reports[0].problem
    with house.engine.connect() as connection:
        row = connection.execute(select(ConnectedSystem.__table__)).one()  # type: ignore[attr-defined]
    assert (row.health, bool(row.fix)) == ("not_allowed", True)
    assert "wrong" not in row.said + row.fix


def test_sight_reaches_to_the_last_complete_round(house: House) -> None:
    house.connect()
    house.sync()
    house.hands.on(minutes=30)
    house.sync()
    coverage = Coverage.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        rows = connection.execute(select(coverage)).all()
    assert [(row.source, row.visible_until, row.known_at) for row in rows] == [("crm", house.hands.at, NOON)]


def test_incomplete_round_claims_no_sight(house: House) -> None:
    house.connect()
    reading = house.reading()
    reading.run(only=["companies"])
    assert house.state()["tenure_coverage"] == []


def test_user_of_ours_stays_who_they_are(house: House) -> None:
    users = User.__table__  # type: ignore[attr-defined]
    with house.engine.begin() as connection:
        ada = {"id": "u-ada", "name": "Ada", "email": "ada@ours.example", "role": "admin", "custom": {}}
        connection.execute(users.insert(), ada)
    house.connect()
    house.sync()
    accounts = Account.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        assert connection.scalar(select(users.c.role).where(users.c.id == "u-ada")) == "admin"
        assert connection.scalar(select(accounts.c.owner_id).where(accounts.c.id == "501")) == "u-ada"
        assert set(connection.scalars(select(users.c.id))) == {"u-ada", "12"}
        told = connection.scalars(select(_activity.c.user_id).where(_activity.c.kind == "note"))
        assert list(told) == ["u-ada"]


def test_two_readers_take_each_page_once(house: House) -> None:
    house.connect()
    first, second = house.reading(), house.reading()
    once = iter([True])

    def told(report: StreamReport) -> None:
        if report.stream == "companies" and next(once, False):
            second.run()

    first.told = told
    with pytest.raises(ReadElsewhere):
        first.run()
    place = StreamPlace.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        assert connection.scalar(select(place.c.turn).where(place.c.stream == "companies")) == 2
    assert house.state()["activities"]


def test_reject_keeps_the_reason_and_the_rest_goes_on(house: House) -> None:
    house.fake.add("deals", {"dealname": "Odd", "dealstage": "s1", "amount": "many"}, object_id="709")
    house.fake.link("deals", "709", "companies", "501")
    house.connect()
    reports = {one.stream: one for one in house.sync()}
    assert reports["deals"].rejected
    reject = Reject.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        row = connection.execute(select(reject)).one()
    assert (row.source, row.field) == ("hubspot", "amount")
    assert "701" in {row[6] for row in house.state()["activities"]}


def test_cursor_that_is_too_old_reads_all_again(house: House) -> None:
    house.connect()
    house.sync()
    before = house.state()
    house.hands.on(days=120)
    reports = house.sync()
    assert all(one.resynced for one in reports if one.stream not in ("owners", "stages"))
    assert house.state() == before


def test_secrets_stand_nowhere_in_the_database(house: House) -> None:
    house.connect()
    house.sync()
    with house.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert READ not in dump
    assert "canary" not in dump
    assert state_of(house.engine)


def test_what_the_crm_cannot_say_of_a_stage_stays_as_it_was_told(house: House) -> None:
    stages = Stage.__table__  # type: ignore[attr-defined]
    with house.engine.begin() as connection:
        rows = [
            {"stage": "Discovery", "category": "open", "position": 0, "expected_days": 12},
            {"stage": "Lost", "category": "disqualified", "position": 3},
        ]
        for row in rows:
            connection.execute(stages.insert(), row)
    house.connect()
    house.sync()
    with house.engine.connect() as connection:
        found = {row.stage: row for row in connection.execute(select(stages))}
    assert (found["Discovery"].expected_days, found["Lost"].category) == (12, "disqualified")
    assert found["Won"].category == "won"


def test_properties_of_the_portals_own_become_columns_and_renewals(house: House) -> None:
    house.fake.change("companies", "501", {"contract_end": "2026-09-30", "yearly_sum": "12000", "success": "11"})
    house.hands.on(minutes=1)
    house.fake.change("companies", "501", {"contract_end": "2026-12-31"})
    house.connect(companies_properties="renewal_date=contract_end, arr=yearly_sum, csm_id=success")
    assert not any(one.rejected or one.problem for one in house.sync())
    accounts = Account.__table__  # type: ignore[attr-defined]
    with house.engine.connect() as connection:
        row = connection.execute(select(accounts).where(accounts.c.id == "501")).one()
        told = connection.scalars(select(_activity.c.data).where(_activity.c.kind == "renewal")).all()
    assert (str(row.renewal_date), row.arr, row.csm_id) == ("2026-12-31", 12000.0, "11")
    assert sorted(one["renewal_date"] for one in told) == ["2026-09-30", "2026-12-31"]


@pytest.mark.parametrize("told", ["colour=x", "arr=", "renewal_date"])
def test_a_property_that_no_column_carries_is_told_at_once(house: House, told: str) -> None:
    connected = house.connect(companies_properties=told)
    with pytest.raises(BadSetting, match="can carry"):
        connected.source()
