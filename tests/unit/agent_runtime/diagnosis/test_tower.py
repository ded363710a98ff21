"""The watchtower watches itself: late deadlines, failing runs, rejects, silent sources; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.diagnosis.latency import Passed
from agent_runtime.diagnosis.tower import Tower, tower
from agent_runtime.jobs.mailbox import AccountLoop
from agent_runtime.ledger.models import Expectation, Interaction
from memory.records import Activity, Coverage, Reject

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def told(days_ago: float, hours_late: float) -> Passed:
    at = NOW - days_ago * DAY
    return Passed("answer_owed", at, at + timedelta(hours=hours_late), None, None, came_back=False, blind=False)


def owed(engine: Engine, look_at: datetime) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(Interaction),
            [
                {
                    "id": "i",
                    "account_id": "a",
                    "kind": "promise",
                    "key": "k",
                    "opened_at": NOW,
                    "opened_by": "x",
                    "state": "open",
                    "owner_id": "u",
                    "next_action": "n",
                    "next_due_at": NOW,
                    "recovery": "remind",
                }
            ],
        )
        connection.execute(
            insert(Expectation),
            [
                {
                    "id": "e",
                    "interaction_id": "i",
                    "account_id": "a",
                    "key": "k",
                    "rule": "promise_due",
                    "action": "keep",
                    "turn": "ours",
                    "opened_at": NOW,
                    "due_at": NOW,
                    "channels": [],
                    "evidence": [],
                    "blind": [],
                    "look_at": look_at,
                }
            ],
        )


def rejects(engine: Engine, recent: int, before: int) -> None:
    rows = [{"days": 3, "n": n} for n in range(recent)] + [{"days": 40, "n": n} for n in range(before)]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(
                insert(Reject).values(
                    id=f"{row['days']}-{row['n']}",
                    source="crm",
                    file="f",
                    line=1,
                    field="x",
                    reason="y",
                    rejected_at=NOW - row["days"] * DAY,
                )
            )


def arrived(engine: Engine, stream: str, moments: list[datetime]) -> None:
    with engine.begin() as connection:
        for number, at in enumerate(moments):
            connection.execute(
                insert(Activity).values(
                    id=f"{stream}{number}",
                    source="w",
                    stream=stream,
                    source_id=str(number),
                    revision=0,
                    content_hash="h",
                    kind="email",
                    occurred_at=at,
                    known_at=at,
                    caused_by="none",
                    current=True,
                    deleted=False,
                    data={},
                )
            )


def looked(engine: Engine, *signals: Passed) -> Tower:
    with engine.connect() as connection:
        return tower(connection, signals, NOW)


def test_an_empty_installation_is_not_getting_worse(engine: Engine) -> None:
    found = looked(engine)
    assert found.degrading == ()
    assert (found.late, found.failing, found.silent) == (0, 0, ())


def test_deadlines_that_nobody_looked_at_are_late(engine: Engine) -> None:
    owed(engine, NOW - timedelta(hours=3))
    found = looked(engine)
    assert (found.late, found.late_since) == (1, NOW - timedelta(hours=3))
    assert found.degrading == ("1 deadlines were not looked at in time",)


def test_a_deadline_of_this_hour_is_not_late_yet(engine: Engine) -> None:
    owed(engine, NOW - timedelta(minutes=30))
    assert looked(engine).degrading == ()


def test_runs_that_fail_are_told(engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"seq": 0, "woken": False, "dispatched": 0}
        connection.execute(
            insert(AccountLoop), [{"account_id": "a", "failures": 2, **row}, {"account_id": "b", "failures": 0, **row}]
        )
    assert looked(engine).degrading == ("the runs of 1 accounts fail",)


@pytest.mark.parametrize(("recent", "before", "worse"), [(30, 5, True), (6, 5, False), (3, 0, False), (20, 0, True)])
def test_rejects_rise_by_more_than_chance(engine: Engine, recent: int, before: int, worse: bool) -> None:
    rejects(engine, recent, before)
    found = looked(engine)
    assert (found.rejects, found.rejects_before) == (recent, before)
    assert bool(found.degrading) is worse


def test_what_is_said_later_and_later_is_told(engine: Engine) -> None:
    before = [told(40, 1)] * 6
    assert looked(engine, *before, *[told(5, 1.5)] * 6).degrading == ()
    [worse] = looked(engine, *before, *[told(5, 9)] * 6).degrading
    assert worse == "what is missed is said 9.0 hours late, before it was 1.0"


def test_a_source_that_is_read_no_more_is_silent(engine: Engine) -> None:
    with engine.begin() as connection:
        for source, until in (("email", NOW - 3 * DAY), ("crm", NOW)):
            connection.execute(
                insert(Coverage).values(
                    source=source, holder="", visible_from=NOW - 90 * DAY, visible_until=until, known_at=NOW - 90 * DAY
                )
            )
    assert [(x.source, x.since) for x in looked(engine).silent] == [("email", NOW - 3 * DAY)]


def test_a_stream_is_silent_when_it_pauses_twice_as_long_as_ever(engine: Engine) -> None:
    daily = [NOW - (60 - n) * DAY for n in range(50)]
    arrived(engine, "emails", daily)
    arrived(engine, "calls", [*daily, NOW - 3 * DAY])
    arrived(engine, "forms", daily[:5])
    found = looked(engine)
    assert [(x.source, x.since) for x in found.silent] == [("emails", daily[-1])]
    assert found.degrading == ("emails: nothing came for longer than ever before",)
