"""Twilio's legs become the calls that people made: who took one, who was missed, whose account it was."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert, select

from agent_runtime.calls.activities import legs_of
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.missed import is_missed
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.ingest.context import IngestContext
from agent_runtime.permissions import agent_scope
from agent_runtime.settings import Settings
from memory import timeline
from memory.records import Account, Activity, Contact, Coverage, Episode, Handle, Reference, User
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, ADA, KIM, LINE, OLE, SECRET, switchboard
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import FakeTransport
from tools.http import Buckets

_activity = Activity.__table__  # type: ignore[attr-defined]
_CONTEXT = IngestContext(zone=ZoneInfo("Europe/Berlin"), default_region="DE", intake=frozenset({LINE}))


@pytest.fixture
def fake(sqlite_engine: Engine) -> TwilioFake:
    with sqlite_engine.begin() as connection:
        account = {"id": "a1", "name": "Them", "provisional": False, "custom": {}}
        person = {
            "id": "c1",
            "account_id": "a1",
            "name": "Kim",
            "title": "",
            "role": "",
            "status": "active",
            "custom": {},
        }
        ada = {"id": "u-ada", "name": "Ada", "phone": ADA, "role": "rep", "custom": {}}
        connection.execute(insert(Account), account)
        connection.execute(insert(Contact), person | {"custom": {}})
        connection.execute(insert(User), ada)
        connection.execute(insert(Handle), {"kind": "phone", "value": KIM, "account_id": "a1", "contact_id": "c1"})
    return switchboard(Hands())


def _sync(engine: Engine, fake: TwilioFake, **answers: str) -> None:
    clock = HandClock(fake.now)  # type: ignore[arg-type]
    means = service.Means(Settings(), KEY, clock, Buckets(wait=lambda _: None), FakeTransport(fake))
    told = {"account_sid": ACCOUNT, "secret": SECRET} | answers
    with engine.begin() as connection:
        connected = service.connect(connection, means, "twilio", told, NOON - timedelta(days=30), "ops")
    reports = Reading(engine, connected, _CONTEXT, clock).run()
    assert [(one.problem, one.rejected, one.complete) for one in reports] == [("", 0, True)] * 3


def test_legs_stand_on_the_timeline_with_account_and_user(sqlite_engine: Engine, fake: TwilioFake) -> None:
    _sync(sqlite_engine, fake)
    with sqlite_engine.connect() as connection:
        rows = connection.execute(select(_activity).where(_activity.c.kind == "call")).all()
        lines = connection.scalars(select(Reference.source_id).where(Reference.stream == "lines")).all()  # type: ignore[call-overload]
        seen = connection.execute(select(Coverage.source, Coverage.holder)).all()  # type: ignore[call-overload]
    assert len(rows) == 5
    assert {row.account_id for row in rows if row.data["from"] == KIM} == {"a1"}
    unanswered = next(row for row in rows if row.data["status"] == "no_answer")
    assert (unanswered.user_id, unanswered.data["parent_id"] is None) == ("u-ada", False)
    assert len(lines) == 1
    assert set(map(tuple, seen)) == {("phone", LINE), ("messages", "")}


def test_the_call_that_nobody_took_is_missed_and_the_one_that_was_put_through_is_not(
    sqlite_engine: Engine, fake: TwilioFake
) -> None:
    _sync(sqlite_engine, fake)
    with sqlite_engine.connect() as connection:
        accounts = connection.scalars(select(Account.id).order_by(Account.id)).all()  # type: ignore[call-overload]
        events = {one: timeline.read(connection, agent_scope(one)) for one in accounts}
    calls = {one: join_legs(legs_of(events[one])) for one in accounts}
    provisional = next(one for one in accounts if one != "a1")
    taken = [(call.direction, is_missed(call)) for call in calls["a1"]]
    assert taken == [("inbound", False), ("outbound", False)]
    assert [(call.from_number, is_missed(call)) for call in calls[provisional]] == [(OLE, True)]


def test_again_changes_nothing_and_what_ended_since_is_a_revision(sqlite_engine: Engine, fake: TwilioFake) -> None:
    ongoing = fake.add_call(OLE, LINE, status="in-progress")
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    _sync(sqlite_engine, fake)
    fake.now.on(minutes=9)  # type: ignore[attr-defined]
    fake.end_call(ongoing, "completed", 500)
    _sync(sqlite_engine, fake)
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    _sync(sqlite_engine, fake)
    with sqlite_engine.connect() as connection:
        rows = connection.execute(select(_activity.c.source_id, _activity.c.revision)).all()
    assert {row.revision for row in rows} == {0}
    assert ongoing in {row.source_id for row in rows}


@pytest.mark.parametrize(("consent", "kept"), [("all_party", True), ("unknown", False)])
def test_words_reach_the_memory_only_under_consent(
    sqlite_engine: Engine, fake: TwilioFake, consent: str, kept: bool
) -> None:
    call = next(one["sid"] for one in fake.calls if one["direction"] == "outbound-api")
    fake.record(call, sentences=[{"media_channel": 1, "start_time": "1", "transcript": "canary words"}])
    _sync(sqlite_engine, fake, consent=consent, recorded="yes")
    with sqlite_engine.connect() as connection:
        texts = " ".join(connection.scalars(select(Episode.text)))  # type: ignore[call-overload]
    assert ("canary words" in texts) is kept


def test_the_list_of_lines_says_whose_phone_it_was_and_for_which_queue(sqlite_engine: Engine, fake: TwilioFake) -> None:
    mobile = "+491701234567"
    rows = [{"number": LINE, "queue": "sales", "campaign": "spring"}, {"number": mobile, "owner": "u-ada"}]
    with sqlite_engine.begin() as connection:
        for row in rows:
            connection.execute(insert(Reference), {"stream": "lines", "source_id": row["number"], "data": row})
    fake.add_message(KIM, mobile, "Thanks!")
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    _sync(sqlite_engine, fake)
    with sqlite_engine.connect() as connection:
        found = connection.execute(select(_activity)).all()
    message = next(row for row in found if row.kind == "message" and row.data["to"] == [mobile])
    came = [
        row.data for row in found if row.kind == "call" and row.direction == "inbound" and not row.data["parent_id"]
    ]
    assert message.user_id == "u-ada"
    assert {(one["queue"], one["tracking_number"]) for one in came} == {("sales", LINE)}


def test_a_withheld_number_is_nobodys(sqlite_engine: Engine, fake: TwilioFake) -> None:
    fake.add_call("+266696687", LINE, seconds=9)
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    _sync(sqlite_engine, fake)
    with sqlite_engine.connect() as connection:
        data = connection.scalars(select(_activity.c.data).where(_activity.c.kind == "call")).all()
        handles = connection.scalars(select(Handle.value)).all()  # type: ignore[call-overload]
    assert None in {one["from"] for one in data}
    assert "+266696687" not in {*handles, *(one["from"] for one in data)}
