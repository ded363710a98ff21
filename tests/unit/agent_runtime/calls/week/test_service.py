"""The page out of a database: the same as out of memory, verified by a person, audited."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, delete, insert, select

from agent_runtime.audit.models import AuditEntry
from agent_runtime.calls.trusted import failing
from agent_runtime.calls.week import verifying
from agent_runtime.calls.week.live import live
from agent_runtime.calls.week.live_service import read_live
from agent_runtime.calls.week.rows import need_rows
from agent_runtime.calls.week.service import House, read_gate, read_week, week_named
from agent_runtime.calls.week.tasks import read_task_waits
from agent_runtime.calls.week.trust import CheckState, Gate
from agent_runtime.calls.week.trusting import note_trust
from agent_runtime.calls.week.weekly import weekly
from agent_runtime.errors import BadInput, NotThere, Refused
from agent_runtime.playbook import load
from memory.records import Activity
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import CALENDAR, skewed, town, world

MONDAY = date(2026, 8, 10)
NOW = datetime(2026, 8, 17, 6, tzinfo=UTC)
HOUSE = House(CALENDAR, load("call_driven_services"))
KEY = SecretStr("the key of a test")
_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]


@pytest.fixture
def stored(sqlite_engine: Engine) -> Iterator[Connection]:
    with sqlite_engine.begin() as connection:
        store(connection, town(3, weeks=11, a_day=20))
        yield connection


def test_the_database_gives_what_memory_gives(stored: Connection) -> None:
    out_of_memory = weekly(MONDAY, world(town(3, weeks=11, a_day=20), NOW))
    page = read_week(stored, HOUSE, MONDAY, NOW)
    assert page.bridge == out_of_memory.bridge
    assert page.now.missed == out_of_memory.now.missed
    assert page.groups[0].waits == out_of_memory.groups[0].waits
    assert {who for _, who in page.owners} == set(HOUSE.playbook.owners.model_dump().values())


def test_what_is_known_later_is_not_told_now(stored: Connection) -> None:
    early = NOW - timedelta(days=4)
    assert read_week(stored, HOUSE, MONDAY, early).now.inbound < read_week(stored, HOUSE, MONDAY, NOW).now.inbound


def test_postgres_gives_the_same(postgres_engine: Engine) -> None:
    made = town(3, weeks=3, a_day=10)
    with postgres_engine.begin() as connection:
        store(connection, made)
        page = read_week(connection, HOUSE, date(2026, 6, 8), datetime(2026, 6, 22, tzinfo=UTC))
    assert page.bridge == weekly(date(2026, 6, 8), world(made, datetime(2026, 6, 22, tzinfo=UTC))).bridge


def test_the_clean_town_passes_and_a_skewed_one_does_not(stored: Connection, postgres_engine: Engine) -> None:
    gate = read_gate(stored, HOUSE, NOW)
    assert {one.name for one in gate.failed} == set()
    assert {one.name for one in gate.unmeasured} <= {"labels"}
    with postgres_engine.begin() as connection:
        store(connection, skewed(town(3, weeks=11, a_day=20), timedelta(minutes=7)))
        assert [one.name for one in read_gate(connection, HOUSE, NOW).failed] == ["clock"]


def test_a_verification_opens_the_executive_view_and_is_audited(stored: Connection) -> None:
    gate = read_gate(stored, HOUSE, NOW)
    kept = verifying.verify(stored, "town", "the PBX list of week 32", gate, "maria", NOW, KEY)
    page = read_week(stored, HOUSE, MONDAY, NOW)
    assert not page.executive.locked
    assert page.executive.verified == (kept,)
    assert set(kept.accepted) == {one.name for one in gate.unmeasured}
    assert all(not doubts for doubts in page.doubts.values())
    verifying.withdraw(stored, "town", "maria", NOW, KEY)
    assert read_week(stored, HOUSE, MONDAY, NOW).executive.locked
    written = stored.execute(select(_entry.c.event, _entry.c.actor_id, _entry.c.payload).order_by(_entry.c.seq)).all()
    assert [row.event for row in written] == ["calls.verified", "calls.verification_withdrawn"]
    assert {row.actor_id for row in written} == {"maria"}
    assert "note" not in written[0].payload


def piloted(pilot: str) -> House:
    calls = HOUSE.playbook.calls.model_copy(update={"pilot": pilot})
    return House(CALENDAR, HOUSE.playbook.model_copy(update={"calls": calls}))


def test_a_pilot_is_judged_by_its_own_calls(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        store(connection, skewed(town(3, weeks=11, a_day=60), timedelta(minutes=7), ("service",)))
        assert read_gate(connection, HOUSE, NOW, "sales").open
        assert [one.name for one in read_gate(connection, HOUSE, NOW, "service").failed] == ["clock"]
        verifying.verify(connection, "sales", "", read_gate(connection, HOUSE, NOW, "sales"), "maria", NOW, KEY)
        page = read_week(connection, piloted("sales"), MONDAY, NOW)
        assert not page.executive.locked
        assert page.executive.pilot.calls > 100
        assert read_week(connection, piloted("service"), MONDAY, NOW).executive.locked


def test_what_fails_is_noted_once_a_day_for_the_rules(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        assert failing(connection) == frozenset()
        store(connection, skewed(town(3, weeks=11, a_day=20), timedelta(minutes=7)))
    assert note_trust(sqlite_engine, HOUSE, NOW)
    assert not note_trust(sqlite_engine, HOUSE, NOW + timedelta(hours=1))
    with sqlite_engine.begin() as connection:
        assert failing(connection) == {"clock"}
        connection.execute(delete(Activity))
    assert note_trust(sqlite_engine, HOUSE, NOW + timedelta(days=1))
    with sqlite_engine.connect() as connection:
        assert failing(connection) == frozenset()


def test_a_segment_without_a_call_cannot_be_compared(stored: Connection) -> None:
    with pytest.raises(BadInput, match="had no call"):
        read_gate(stored, HOUSE, NOW, "the moon")


def test_nobody_can_verify_against_a_failing_check(stored: Connection) -> None:
    gate = read_gate(stored, HOUSE, NOW)
    bad = Gate(tuple(replace(one, state=CheckState.FAILED) for one in gate.checks))
    with pytest.raises(Refused, match="cannot be verified"):
        verifying.verify(stored, "town", "", bad, "maria", NOW, KEY)
    with pytest.raises(NotThere):
        verifying.withdraw(stored, "town", "maria", NOW, KEY)


def test_whoever_waits_now_has_a_pool(stored: Connection) -> None:
    found = read_live(stored, HOUSE, NOW)
    assert found.waiting > 0
    assert found.unowned == 0
    assert found.waiting == sum(one.waiting for one in found.queues)
    seen = world(town(3, weeks=11, a_day=20), NOW)
    whole = live(need_rows(seen.needs, seen.calls, seen.setting), {}, {}, NOW)
    assert {one.queue: one.waiting for one in found.queues} == {one.queue: one.waiting for one in whole.queues}


def test_waits_after_a_task_equal_those_counted_by_hand(stored: Connection) -> None:
    made = town(3, weeks=11, a_day=20)
    begun = [(f"a{x}", datetime(2026, 6, 1 + x % 25, 12, tzinfo=UTC)) for x in range(100)]
    row = {"source": "crm", "stream": "crm", "content_hash": "", "kind": "task.created", "caused_by": "person",
           "current": True, "deleted": False, "data": {}, "revision": 0}  # fmt: skip
    tasks = [
        row | {"id": f"t{x}", "source_id": f"t{x}", "account_id": account, "occurred_at": at, "known_at": at,
               "subject": "Proposal follow-up" if x % 2 else "Tidy up"}
        for x, (account, at) in enumerate(begun)
    ]  # fmt: skip
    stored.execute(insert(Activity), tasks)
    lengths = []
    for account, at in begun[1::2]:
        later = [leg.started_at for leg in made.legs if leg.account_id == account and leg.started_at > at]
        lengths.append((min(later, default=datetime.max.replace(tzinfo=UTC)) - at).total_seconds())
    found = read_task_waits(stored, "proposal follow-up", datetime(2027, 6, 1, tzinfo=UTC))
    assert found.n == 50
    assert found.at(0.9).seconds == sorted(lengths)[44]


@pytest.mark.parametrize(("text", "monday"), [("2026-W46", date(2026, 11, 9)), (None, date(2026, 8, 10))])
def test_a_week_has_a_name(text: str | None, monday: date) -> None:
    assert week_named(text, NOW, CALENDAR) == monday


@pytest.mark.parametrize("text", ["2026", "2026-W99", "last week", "0001-W01", "9999-W52"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a week"):
        week_named(text, NOW, CALENDAR)
