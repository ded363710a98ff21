"""What is read out of the database: deals, people, forms, what the CRM noted, and the lists."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from agent_runtime.calls.models import CallLeg
from agent_runtime.calls.week import reading
from agent_runtime.calls.week.channels import channels
from agent_runtime.calls.week.fates import DealEnd, DealStep
from agent_runtime.calls.week.references import read_context
from agent_runtime.calls.week.rows import LocalTime, need_rows
from memory.records import Account, Contact, Handle, Reference, Stage
from memory.timeline import Event
from tests.unit.agent_runtime.calls.week.town import ZONE, Town, world

AT = datetime(2026, 6, 8, 8, tzinfo=UTC)


def event(number: int, kind: str, *, days: float = 0, **fields: Any) -> Event:
    at = AT + timedelta(days=days)
    given: dict[str, Any] = {
        "id": f"e{number}", "account_id": "a1", "source": "crm", "stream": "crm", "source_id": f"s{number}",
        "kind": kind, "direction": None, "occurred_at": at, "known_at": at, "contact_id": None, "user_id": None,
        "opportunity_id": None, "caused_by": "person", "subject": None, "data": {},
    }  # fmt: skip
    return Event(**(given | fields))


def stage(number: int, days: float, name: str, **data: Any) -> Event:
    return event(number, "opportunity.stage", days=days, opportunity_id="d1", data={"stage": name, **data})


@pytest.fixture
def staged(sqlite_engine: Engine) -> Any:
    names = (("new", "open"), ("offer", "open"), ("closed_won", "won"), ("closed_lost", "lost"))
    rows = [{"stage": name, "position": place, "category": category} for place, (name, category) in enumerate(names)]
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Stage), rows)
        yield connection


def test_a_deal_that_is_won_is_worth_its_amount(staged: Connection) -> None:
    told = [stage(1, 0, "new", amount=500.0, currency="EUR"), stage(2, 2, "offer"), stage(3, 3, "new"),
            stage(4, 9, "closed_won", amount=700.0, currency="EUR")]  # fmt: skip
    found = reading.deals_of(staged, told)
    steps = [DealStep(AT + timedelta(days=days), "d1") for days in (0, 2, 9)]
    assert list(found.steps["a1"]) == steps  # going back to "new" is no step forward
    assert found.ends == {"d1": DealEnd(700.0, "EUR")}


def test_a_lost_deal_is_worth_nothing_and_an_open_one_is_not_known(staged: Connection) -> None:
    lost = reading.deals_of(staged, [stage(1, 0, "new", amount=500.0), stage(2, 2, "closed_lost")])
    assert lost.ends == {"d1": DealEnd(0.0, None)}
    assert len(lost.steps["a1"]) == 1
    assert reading.deals_of(staged, [stage(1, 0, "new", amount=500.0)]).ends == {}
    assert reading.deals_of(staged, [stage(1, 0, "closed_won")]).ends == {}


def test_only_what_was_a_call_is_compared_with_calls() -> None:
    told = [
        event(1, "task.completed", data={"channel": "call"}),
        event(2, "work.done", subject="Telefonat", data={"started_at": (AT - timedelta(hours=1)).isoformat()}),
        event(3, "task.completed", subject="Send the papers"),
        event(4, "note", subject="call"),
    ]
    assert reading.logged_calls(told) == {"a1": [AT, AT - timedelta(hours=1)]}


def test_an_arrival_is_counted_from_the_end_of_the_call() -> None:
    given: dict[str, Any] = {"direction": "inbound", "status": "completed", "ring_s": 10.0, "talk_s": 50.0}
    late = CallLeg(id="1", at=AT + timedelta(minutes=2), started_at=AT, queue="sales", **given)
    silent = CallLeg(id="2", at=AT, started_at=AT, **given)
    assert {queue: list(found) for queue, found in reading.arrivals([late, silent]).items()} == {"sales": [60.0]}


def test_a_form_waits_for_whoever_answers_its_sender() -> None:
    told = [
        event(1, "form", contact_id="c1", direction="inbound"),
        event(2, "email", days=1, contact_id="c1", direction="outbound", caused_by="rule"),
        event(3, "email", days=2, contact_id="c2", direction="outbound"),
        event(4, "email", days=3, contact_id="c1", direction="outbound"),
        event(5, "message", contact_id="c9", direction="inbound", data={"channel": "sms"}),
    ]
    found = reading.read_askings(told, [], {}, LocalTime(ZONE))
    assert [(one.channel, one.week, one.answered_at) for one in found] == [
        ("form", date(2026, 6, 8), AT + timedelta(days=3))
    ]


def test_form_and_call_of_a_stranger_are_one_customers_and_an_answer_ends_both(sqlite_engine: Engine) -> None:
    nobody: dict[str, Any] = {"account_id": None, "contact_id": None}
    told = [
        event(1, "form", direction="inbound", **nobody),
        event(2, "email", days=1, direction="outbound", **nobody),
        event(3, "form", days=0.1, direction="inbound", **nobody),
    ]
    strangers = {"e1": "prov_1", "e2": "prov_1", "k1": "prov_1"}
    found = reading.read_askings(told, [], strangers, LocalTime(ZONE))
    assert [one.answered_at for one in found] == [AT + timedelta(days=1), None]
    leg = CallLeg(
        id="k1", at=AT, started_at=AT, direction="inbound", status="no_answer", from_number="+4917", ring_s=20
    )
    seen = world(Town(legs=[leg]), AT + timedelta(days=2))
    rows = need_rows(seen.needs, seen.calls, seen.setting)
    whole = channels(rows, found, seen.measure, strangers)
    assert (whole.customers, whole.on_several, whole.unnamed) == (1, 1, 1)


def test_numbers_that_could_not_be_read_stand_as_they_were_written(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), [{"id": "a1", "name": "Nord", "provisional": False, "custom": {}}])
        people = [("c1", "+49 30 200001"), ("c2", "ask Kim"), ("c3", None)]
        connection.execute(
            insert(Contact),
            [{"id": x, "account_id": "a1", "name": x, "title": "", "role": "", "phone": y, "status": "", "custom": {}}
             for x, y in people],
        )  # fmt: skip
        connection.execute(
            insert(Handle), [{"kind": "phone", "value": "+4930200001", "account_id": "a1", "contact_id": "c1"}]
        )
        parties, numbers = reading.read_parties(connection)
    assert [one.id for one in parties] == ["c1", "c2", "c3", "a1"]
    assert numbers == ["+4930200001", "ask Kim"]


def test_lists_are_read_as_far_as_they_can_be(sqlite_engine: Engine) -> None:
    rows = [
        ("lines", {"number": "+49301", "campaign": "spring", "queue": "sales", "valid_from": "2026-06-01T00:00+02:00"}),
        ("campaigns", {"campaign": "spring", "source": "web", "from": "2026-06-01", "to": "2026-06-30", "spend": 900}),
        ("campaigns", {"campaign": "always"}),
        ("shifts", {"queue": "sales", "from": "2026-06-08T08:00:00+02:00", "to": "2026-06-08T16:00:00+02:00"}),
        ("shifts", {"queue": "sales", "from": "soon", "to": "later"}),
        ("notes", {"at": "2026-06-08T09:00:00+02:00", "text": "Recording began"}),
        ("notes", {"at": "2026-06-08T09:00:00+02:00"}),
    ]  # fmt: skip
    with sqlite_engine.begin() as connection:
        listed = [
            {"stream": stream, "source_id": str(place), "data": data} for place, (stream, data) in enumerate(rows)
        ]
        connection.execute(insert(Reference), listed)
        found = read_context(connection, lambda day: False)
    assert [line.number for line in found.lines] == ["+49301"]
    assert [one.spent_in(date(2026, 6, 8)) for one in found.campaigns] == [210.0, None]
    assert len(found.shifts) == 1
    assert [note.text for note in found.notes] == ["Recording began"]
    assert not found.lines[0].holds_at(datetime(2026, 5, 1, tzinfo=UTC))
