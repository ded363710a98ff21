"""What was done elsewhere stands on the timeline, and the rules find it there as if they had seen it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from agent_runtime.errors import BadInput
from agent_runtime.inbox.policy import ItemRow
from memory import timeline
from memory.scope import AccountScope
from memory.timeline import Event
from tests.unit.agent_runtime.inbox.office import Office, asked, command
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, at


def _missed(engine: Engine) -> Office:
    """Kim called in vain on Monday; the card about it is before Anna."""
    office = Office(engine).open().pass_to("mon 10:00")
    office.misses()
    return office.run().pass_to("mon 16:00")


def _promised(engine: Engine, **more: Any) -> Office:
    """Anna wanted to send a drawing on Tuesday; on Wednesday the item about it is before her."""
    office = Office(engine).open().pass_to("mon 10:00")
    office.task("tue 12:00", **more)
    return office.run().pass_to("wed 12:00")


def _done(office: Office, item: ItemRow, how: str, result: str = "reached", **more: Any) -> None:
    office.decide(item, "done", how=how, at=office.now - timedelta(minutes=5), result=result, **more)
    office.later(seconds=1)


def _attested(office: Office) -> list[Event]:
    with office.engine.connect() as connection:
        events = timeline.read(connection, AccountScope(account_id="acc", reader="test"))
    return [x for x in events if x.source == "tenure"]


NEXT = {"what": "Call Kim again about the door", "due_at": at("thu 12:00")}


@pytest.mark.parametrize("engine_name", ["sqlite_engine", "postgres_engine"])
@pytest.mark.parametrize("how", ["we_called", "we_wrote"])
def test_a_question_that_was_answered_elsewhere_is_answered(
    request: pytest.FixtureRequest, engine_name: str, how: str
) -> None:
    office = asked(request.getfixturevalue(engine_name))
    item = office.item()
    _done(office, item, how, note="Said yes.")
    [question] = office.interactions("open_question")
    [told] = _attested(office)
    assert (question.outcome, question.evidence) == ("converted", [told.id])
    assert (told.direction, told.user_id, told.contact_id, told.caused_by) == ("outbound", ANNA, CUSTOMER, "person")
    assert told.data["attested"] is True
    assert (office.again(item).state, office.items()) == ("done", [])
    assert office.audited() == ["item.delivered", "item.done_elsewhere"]
    assert office.audited("activity.") == ["activity.attested"]


@pytest.mark.parametrize("how", ["we_called", "they_called", "we_wrote"])
def test_a_missed_call_that_was_returned_is_over(sqlite_engine: Engine, how: str) -> None:
    office = _missed(sqlite_engine)
    _done(office, office.item(), how)
    [missed] = office.interactions("missed_call")
    assert (missed.state, missed.outcome) == ("ended", "converted")
    assert office.items() == []


@pytest.mark.parametrize("how", ["we_called", "they_called", "we_wrote", "met"])
def test_a_task_that_was_done_is_completed_however_it_was_done(sqlite_engine: Engine, how: str) -> None:
    office = _promised(sqlite_engine)
    _done(office, office.item(), how)
    [promise] = office.interactions("promise")
    assert (promise.state, promise.outcome, promise.reason) == ("ended", "converted", "the promise was kept")
    assert [x.kind for x in _attested(office) if x.kind == "task.completed"] == ["task.completed"]


@pytest.mark.parametrize("result", ["no_answer", "wrong_number", "voicemail"])
def test_who_reached_nobody_has_not_kept_the_promise(sqlite_engine: Engine, result: str) -> None:
    office = _promised(sqlite_engine, channel="call")
    _done(office, office.item(), "we_called", result, next=NEXT if result == "voicemail" else None)
    kept = [x for x in office.interactions("promise") if x.key == "task:k1"]
    assert [x.state for x in kept] == ["open"]
    assert [x.kind for x in _attested(office)] == ["call"]
    assert office.items() == []  # it was tried: not the same item at once


def test_a_call_that_nobody_answered_comes_back_on_the_next_working_day(sqlite_engine: Engine) -> None:
    office = _missed(sqlite_engine)
    _done(office, office.item(), "we_called", "no_answer")
    assert [x.state for x in office.interactions("missed_call")] == ["open"]
    assert office.pass_to("tue 09:00").items() == []
    assert office.pass_to("tue 16:30").item("missed_call").state == "open"


def test_what_was_tried_in_vain_on_the_last_step_comes_back_too(sqlite_engine: Engine) -> None:
    office = _missed(sqlite_engine)
    for _ in range(12):
        office.pass_to(office.now + timedelta(days=3))
    assert office.item().action["not_after"] is None
    for _ in range(3):
        _done(office, office.item(), "we_called", "no_answer")
        assert office.items() == []
        office.later(days=4)
    assert office.item("missed_call").state == "open"


def test_a_message_on_voicemail_needs_a_plan_which_is_a_promise_with_its_own_time(sqlite_engine: Engine) -> None:
    office = _missed(sqlite_engine)
    with pytest.raises(ValidationError, match="next step"):
        command("done", how="we_called", at=office.now, result="voicemail")
    decided = office.decide(
        office.item(), "done", how="we_called", at=office.now, result="voicemail", next=NEXT, note="Left a message."
    )
    assert decided.returns_at == NEXT["due_at"]
    [promise] = office.later(seconds=1).interactions("promise")
    assert (promise.state, promise.owner_id, promise.next_due_at) == ("open", ANNA, NEXT["due_at"])
    assert office.pass_to("wed 12:00").items() == []
    assert {x.signal for x in office.pass_to("fri 12:00").items()} == {"missed_call", "promise_due"}


def test_what_was_agreed_to_come_next_is_owed_also_where_the_matter_itself_is_settled(sqlite_engine: Engine) -> None:
    office = asked(sqlite_engine)
    _done(office, office.item(), "met", next=NEXT | {"what": "Send the drawing"})
    [promise] = office.interactions("promise")
    assert (promise.state, promise.next_due_at) == ("open", NEXT["due_at"])


def test_what_was_done_but_does_not_settle_the_matter_does_not_nag_at_once_and_is_not_lost(
    sqlite_engine: Engine,
) -> None:
    office = Office(sqlite_engine).open().pass_to("mon 10:00")
    office.deal("new")
    office.run().pass_to("thu3 10:00")
    item = office.item()
    decided = office.decide(item, "done", how="they_wrote", at=office.now)
    assert office.later(seconds=1).items() == []
    assert decided.returns_at is not None
    office.pass_to(decided.returns_at)
    [deal] = office.interactions("opportunity")
    why = "SELECT reason FROM tenure_suppressed WHERE expectation_id = :x AND step >= 0"
    [held] = office.rows(why, x=item.expectation_id)
    assert deal.state == "open"
    assert "in touch by email on 26 March" in held.reason  # looked at again, and there was a reason not to


@pytest.mark.parametrize("how", ["they_called", "we_wrote", "they_wrote", "met"])
@pytest.mark.parametrize("result", ["voicemail", "no_answer", "wrong_number"])
def test_only_a_call_of_ours_can_reach_nobody(how: str, result: str) -> None:
    with pytest.raises(ValidationError, match="only a call of ours"):
        command("done", how=how, at=at("mon 09:00"), result=result, next=NEXT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": at("tue 16:01")},
        {"at": at("tue 16:00") - timedelta(days=400)},
        {"next": {"what": "x", "due_at": at("tue 16:00")}},
        {"next": {"what": "x", "due_at": at("tue 16:00") + timedelta(days=4000)}},
    ],
)
def test_times_that_cannot_be_are_refused_and_nothing_changed(sqlite_engine: Engine, wrong: dict[str, Any]) -> None:
    office = asked(sqlite_engine)
    item = office.item()
    given: dict[str, Any] = {"how": "we_called", "at": office.now} | wrong
    with pytest.raises(BadInput):
        office.decide(item, "done", **given)
    assert (office.again(item), _attested(office)) == (item, [])


def test_what_is_put_off_can_be_done_meanwhile(sqlite_engine: Engine) -> None:
    office = asked(sqlite_engine)
    item = office.item()
    office.decide(item, "snooze", until=at("fri 09:00"))
    _done(office, item, "we_called")
    assert office.again(item).state == "done"
    assert office.pass_to("fri 09:01").items() == []


def test_what_came_of_a_card_is_told_after_it_was_taken(sqlite_engine: Engine) -> None:
    office = _missed(sqlite_engine)
    item = office.item()
    assert item.action["kind"] == "call_card"
    office.decide(item, "approve")
    office.later(minutes=1).work()
    assert office.again(item).state == "done"
    _done(office, office.again(item), "we_called")
    [missed] = office.interactions("missed_call")
    assert missed.outcome == "converted"
