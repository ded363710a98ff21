"""An action has its effect once, whatever breaks and however many try; what is not known is looked for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import Engine, text

from agent_runtime.actions import reasons, service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import (
    Confirmed,
    Executor,
    Executors,
    Found,
    Rejected,
    Result,
    Retry,
    Sent,
    Unknown,
)
from agent_runtime.actions.limits import HOUR, MINUTE
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.policy import MOST_ATTEMPTS
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import NotThere, Refused
from agent_runtime.playbook.bounds import Sending
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.actions.providers import LossyProvider, Provider

ENGINES = pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
LEASE = Executors({}).lease


def _desk(engine: Engine, provider: Executor | None = None) -> Desk:
    people(engine)
    return Desk(engine, provider or Provider())


def _events(desk: Desk) -> list[str]:
    with desk.engine.connect() as connection:
        assert verify_all(connection) == []
        return list(connection.scalars(text("SELECT event FROM tenure_audit_entry ORDER BY seq")))


@ENGINES
def test_what_is_due_is_sent_once_recorded_and_told(request: pytest.FixtureRequest, kind: str) -> None:
    provider = Provider()
    desk = _desk(request.getfixturevalue(kind), provider)
    action = desk.decide()
    assert [desk.execute(action.id), desk.execute(action.id)] == ["sent", "sent"]
    assert provider.effects == [action.id]
    assert desk.ends == [(action.id, "sent", "")]
    assert desk.activities() == 1
    assert _events(desk) == ["action.claimed", "action.sent"]


@ENGINES
def test_fifty_who_claim_the_same_action_have_one_effect(request: pytest.FixtureRequest, kind: str) -> None:
    provider = Provider()
    desk = _desk(request.getfixturevalue(kind), provider)
    action = desk.decide()
    with ThreadPoolExecutor(50) as pool:
        states = list(pool.map(lambda n: desk.execute(action.id, f"w{n}"), range(50)))
    assert set(states) <= {"claimed", "sent"}
    assert provider.effects == [action.id]
    assert (len(desk.ends), desk.activities()) == (1, 1)


@ENGINES
def test_fifty_who_find_a_stale_action_cancel_it_once(request: pytest.FixtureRequest, kind: str) -> None:
    desk = _desk(request.getfixturevalue(kind))
    action = desk.decide()
    desk.heard()
    with ThreadPoolExecutor(50) as pool:
        states = set(pool.map(lambda n: desk.execute(action.id, f"w{n}"), range(50)))
    assert states == {"cancelled"}
    assert len(desk.ends) == 1


def test_nothing_happens_before_its_time(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine)
    action = desk.decide(execute_at=NOW + timedelta(seconds=10))
    assert (desk.work(), desk.execute(action.id)) == ([], "pending")
    with pytest.raises(NotThere):
        desk.execute("out_none")


def test_what_was_not_sent_is_tried_again_later_and_not_for_ever(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Retry(reasons.BUSY)] * 2))
    action = desk.decide()
    assert desk.work() == ["pending"]
    assert desk.row(action.id).reason == reasons.BUSY
    assert desk.work() == []
    desk.until_quiet()
    assert (desk.row(action.id).state, desk.row(action.id).attempts) == ("confirmed", 3)
    desk.provider = Provider([Retry(reasons.UNREACHABLE)] * 99)
    other = desk.decide("it_2:1")
    desk.until_quiet()
    assert desk.row(other.id).attempts == MOST_ATTEMPTS
    assert desk.ends[-1] == (other.id, "failed", reasons.GAVE_UP)


def test_a_retry_is_checked_again(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Retry(reasons.BUSY)]))
    desk.decide()
    desk.work()
    desk.heard()
    desk.until_quiet()
    assert desk.ends[-1][1:] == ("cancelled", reasons.CUSTOMER_WROTE)


def test_a_refusal_is_final(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Rejected(reasons.NO_PROFILE)]))
    action = desk.decide()
    assert (desk.work(), desk.work()) == (["failed"], [])
    assert desk.ends == [(action.id, "failed", reasons.NO_PROFILE)]
    assert desk.activities() == 0


def test_without_an_executor_nothing_is_done(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine)
    desk.decide(kind="message")
    assert desk.work() == ["failed"]
    assert desk.ends[0][2] == reasons.NO_EXECUTOR


# -- what may have gone out


def test_a_lost_reply_is_looked_for_and_never_sent_twice(sqlite_engine: Engine) -> None:
    provider = LossyProvider()
    desk = _desk(sqlite_engine, provider)
    action = desk.decide()
    assert desk.work() == ["unknown"]
    assert (desk.ends, desk.activities()) == ([], 0)
    desk.until_quiet()
    assert provider.effects == [action.id]
    assert desk.ends == [(action.id, "confirmed", "")]
    assert desk.activities() == 1
    assert _events(desk) == ["action.claimed", "action.unknown", "action.confirmed"]


@pytest.mark.parametrize("broken", [Unknown(reasons.LOST), RuntimeError("canary-in-an-exception")])
def test_what_surely_did_not_go_out_is_sent_once_more(sqlite_engine: Engine, broken: Result | Exception) -> None:
    provider = Provider([broken])
    desk = _desk(sqlite_engine, provider)
    action = desk.decide()
    assert desk.work() == ["unknown"]
    desk.until_quiet()
    assert provider.effects == [action.id]
    assert desk.now >= NOW + provider.settles_after
    assert (desk.row(action.id).state, desk.row(action.id).returns) == ("confirmed", 1)


def test_twice_surely_not_sent_is_for_a_person(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Unknown(reasons.LOST)] * 9))
    action = desk.decide()
    desk.until_quiet()
    assert desk.ends == [(action.id, "failed", reasons.NOT_SENT)]


def test_what_cannot_be_told_is_never_sent_again(sqlite_engine: Engine) -> None:
    provider = Provider([Unknown(reasons.LOST)], [Found.UNSEEN] * 99)
    desk = _desk(sqlite_engine, provider)
    action = desk.decide()
    desk.until_quiet()
    assert provider.effects == []
    assert desk.row(action.id).attempts == 1
    assert desk.ends == [(action.id, "failed", reasons.MAY_HAVE_GONE_OUT)]


def test_a_mail_that_a_source_shows_did_go_out(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Unknown(reasons.LOST)], [Found.UNSEEN] * 99))
    action = desk.decide()
    desk.work()
    desk.heard(direction="outbound", source_id="own", data={"message_id": "<a@we.test>"})
    desk.until_quiet()
    assert desk.ends == [(action.id, "confirmed", "")]


def test_what_was_sent_is_confirmed_by_a_look_and_only_recorded_once(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine)
    action = desk.decide()
    desk.work()
    at = desk.row(action.id).executed_at
    desk.until_quiet()
    assert (desk.row(action.id).state, desk.row(action.id).executed_at) == ("confirmed", at)
    assert (len(desk.ends), desk.activities()) == (1, 1)


def test_what_was_sent_and_cannot_be_seen_stays_sent(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider(found=[Found.UNSEEN]))
    action = desk.decide()
    desk.until_quiet()
    assert (desk.row(action.id).state, desk.row(action.id).look_at) == ("sent", None)


# -- workers that die, and workers that come back


def _die_after_claim(desk: Desk, action_id: str) -> None:
    with desk.engine.begin() as connection:
        assert service.claim_one(connection, action_id, desk.now, "dead", LEASE)


@pytest.mark.parametrize("went_out", [True, False])
def test_the_action_of_a_dead_worker_is_looked_for_first(sqlite_engine: Engine, went_out: bool) -> None:
    provider = Provider(settles_after=timedelta())
    desk = _desk(sqlite_engine, provider)
    action = desk.decide()
    _die_after_claim(desk, action.id)
    if went_out:
        provider.effects.append(action.id)
    assert (desk.execute(action.id), desk.work()) == ("claimed", [])
    desk.now += LEASE
    assert desk.work() == ["confirmed" if went_out else "pending"]
    desk.until_quiet()
    assert provider.effects == [action.id]
    assert len(desk.ends) == 1


def test_of_a_worker_known_to_be_dead_nothing_waits_for_its_lease(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider(settles_after=timedelta()))
    action = desk.decide()
    _die_after_claim(desk, action.id)
    with desk.engine.begin() as connection:
        assert service.abandon(connection, "living", desk.now) == []
        assert service.abandon(connection, "dead", desk.now) == [action.id]
    assert desk.work() == ["pending"]


def test_a_result_that_comes_late_is_kept_and_nothing_is_sent_again(sqlite_engine: Engine) -> None:
    class Slow(Provider):
        def execute(self, action: ActionRow) -> Result:
            desk.now += LEASE
            other = Desk(desk.engine, Provider(found=[Found.UNSEEN]), desk.now)
            assert other.execute(mine.id, "w2") == "unknown"
            self.effects.append(mine.id)
            return Sent()

    provider = Slow()
    desk = _desk(sqlite_engine, provider)
    mine = desk.decide()
    assert desk.execute(mine.id) == "sent"
    desk.until_quiet()
    assert provider.effects == [mine.id]
    assert (len(desk.ends), desk.activities()) == (1, 1)


def test_a_provider_that_hangs_is_left_alone_at_the_deadline(sqlite_engine: Engine) -> None:
    release = Event()

    class Hanging(Provider):
        def execute(self, action: ActionRow) -> Result:
            release.wait(30)
            return Sent()

    desk = _desk(sqlite_engine, Hanging())
    desk.deadline = timedelta(milliseconds=50)
    desk.decide()
    assert desk.work() == ["unknown"]
    release.set()


# -- limits


def test_what_is_above_the_limits_waits_and_is_not_lost(sqlite_engine: Engine) -> None:
    provider = Provider()
    desk = _desk(sqlite_engine, provider)
    desk.sending = Sending(per_minute=2, per_hour=5, sender_per_hour=4)
    ids = [desk.decide(f"it_{n}:1", message_id=f"<{n}@we.test>").id for n in range(7)]
    assert Counter(desk.work()) == {"sent": 2, "pending": 5}
    assert len(provider.effects) == 2
    desk.until_quiet(most=60)
    assert sorted(provider.effects) == sorted(ids)
    with sqlite_engine.connect() as connection:
        times = sorted(at for at, _ in service.sent_since(connection, "outbox", NOW))
    assert all(later - first >= MINUTE for first, later in zip(times, times[2:], strict=False))
    assert all(later - first >= HOUR for first, later in zip(times, times[4:], strict=False))


def test_cards_know_no_limit(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Confirmed()] * 5))
    desk.sending = Sending(per_minute=1)
    for n in range(3):
        desk.decide(f"it_{n}:1", kind="call_card")
    assert desk.work() == ["confirmed"] * 3


# -- cancelling


@ENGINES
def test_what_is_pending_is_cancelled_by_account_item_or_id(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    desk = _desk(engine)
    first, second, third = (desk.decide(f"it_{n}:1") for n in range(3))
    with engine.begin() as connection:
        assert service.cancel(connection, item_id="it_9", reason="x", now=NOW) == []
        (row,) = service.cancel(connection, item_id="it_1", reason="undone", now=NOW)
        assert (row.id, row.state) == (second.id, "cancelled")
        assert [x.id for x in service.cancel(connection, action_ids=[third.id], reason="x", now=NOW)] == [third.id]
        assert [x.id for x in service.cancel(connection, account_id="A", reason="x", now=NOW)] == [first.id]
        assert service.cancel(connection, account_id="A", reason="x", now=NOW) == []
        with pytest.raises(Refused):
            service.cancel(connection, reason="x", now=NOW)
    assert desk.work() == []


def test_what_is_being_done_is_not_cancelled(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine)
    action = desk.decide()
    _die_after_claim(desk, action.id)
    with sqlite_engine.begin() as connection:
        assert service.cancel(connection, account_id="A", reason="x", now=NOW) == []


def test_an_unknown_action_always_has_a_next_look(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine, Provider([Unknown(reasons.LOST)], [Found.UNSEEN] * 99))
    action = desk.decide()
    desk.work()
    while (row := desk.row(action.id)).state == "unknown":
        assert row.look_at is not None
        with sqlite_engine.connect() as connection:
            moment = service.next_due(connection)
        assert moment is not None
        desk.now = moment
        desk.work()


def test_no_step_is_taken_with_an_action_that_moved_on(sqlite_engine: Engine) -> None:
    desk = _desk(sqlite_engine)
    before = desk.decide()
    desk.work()
    with sqlite_engine.begin() as connection:
        with pytest.raises(service.MovedOn):
            service.move(connection, before, ActionState.CANCELLED, now=NOW)
        with pytest.raises(Refused):
            service.move(connection, replace(before, state="failed"), ActionState.CONFIRMED, now=NOW)
