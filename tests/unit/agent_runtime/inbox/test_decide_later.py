"""What is put off comes back, what is given away goes to a colleague, and an end by a person's word is an end."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from agent_runtime.errors import BadInput, Refused, Stale
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.view import AccountInfo, View
from memory import timeline
from memory.scope import AccountScope
from tests.unit.agent_runtime.inbox.office import Office, asked, command
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, MANAGER, at


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return asked(sqlite_engine)


def _deal(engine: Engine) -> Office:
    """A deal that stood still until its manager has it."""
    office = Office(engine).open().pass_to("mon 10:00")
    office.deal("new")
    return office.run().pass_to("thu3 10:00")


def _unchanged(office: Office) -> None:
    """Evaluating again changes nothing."""
    with office.engine.connect() as connection:
        events = timeline.read(connection, AccountScope(account_id="acc", reader="test"))
    view = View(AccountInfo("acc", "Acme", owner_id=ANNA), events, office.company, office.now)
    assert evaluate(view, office.book()) == []


# -- not this


def test_a_dismissal_says_when_the_matter_returns_ends_nothing_and_is_kept(office: Office) -> None:
    item = office.item()
    decided = office.decide(item, "dismiss", reason="bad_timing", note="They move house.")
    assert (decided.state, decided.returns_at) == ("dismissed", at("tue2 16:00"))
    assert decided.unless
    office.later(seconds=1)
    assert (office.items(), office.audited()[-1]) == ([], "item.dismissed")
    [question] = office.interactions("open_question")
    assert (question.state, question.outcome, bool(question.owner_id and question.next_action)) == ("open", None, True)
    [held] = office.rows("SELECT reason, until FROM tenure_suppressed WHERE expectation_id = :x", x=item.expectation_id)
    assert held.reason == "dismissed by anna: bad_timing"
    [decision] = office.rows("SELECT verb, reason, detail FROM tenure_decision")
    assert (decision.verb, decision.reason) == ("dismiss", "bad_timing")


def test_what_was_dismissed_is_proposed_anew_when_it_returns_and_not_before(office: Office) -> None:
    office.decide(office.item(), "dismiss", reason="bad_timing")
    for day in ("wed", "thu", "fri", "mon2"):
        assert office.pass_to(f"{day} 16:00").items() == []
    office.pass_to("tue2 16:00")
    assert (office.item().state, office.item().signal) == ("open", "answer_owed")


def test_what_was_dismissed_does_not_return_once_it_was_answered(office: Office) -> None:
    office.decide(office.item(), "dismiss", reason="not_worth_it")
    office.later(hours=1).told(
        "email", "emails", direction="outbound", contact_id="c-kim", user_id=ANNA, caused_by="person",
        data={"thread": "t1"},
    )  # fmt: skip
    assert office.run().pass_to("tue2 16:00").items() == []
    assert [x.outcome for x in office.interactions("open_question")] == ["converted"]


def test_a_dismissal_is_taken_back_unless_the_matter_is_in_another_item(office: Office) -> None:
    item = office.item()
    office.decide(item, "dismiss", reason="other")
    assert office.decide(item, "undo").state == "open"
    assert office.later(seconds=1).item().id == item.id
    office.decide(item, "dismiss", reason="other")
    assert office.pass_to("tue2 16:30").item().id != item.id
    with pytest.raises(Refused, match="another item"):
        office.decide(item, "undo")


# -- not now


def test_what_is_put_off_until_a_time_is_prepared_anew_then(office: Office) -> None:
    item = office.item()
    decided = office.decide(item, "snooze", until=at("fri 09:00"))
    assert (decided.state, decided.returns_at) == ("snoozed", at("fri 09:00"))
    assert office.pass_to("thu 16:00").item().state == "snoozed"
    back = office.pass_to("fri 09:00").item()
    assert (back.state, back.made_at) == ("open", at("fri 09:00"))
    assert office.again(item).state == "renewed"


def test_what_is_put_off_until_they_reply_returns_with_the_reply(sqlite_engine: Engine) -> None:
    office = Office(sqlite_engine).open().pass_to("mon 10:00")
    office.misses()
    item = office.run().pass_to("mon 16:00").item()
    decided = office.decide(item, "snooze", until=at("fri 09:00"), event="reply")
    assert "reply" in str(decided.unless)
    assert office.pass_to("tue 10:00").item().state == "snoozed"
    office.writes()
    office.run()
    assert office.again(item).state == "renewed"
    assert office.item().state == "open"


def test_a_card_that_is_put_off_until_a_time_is_not_brought_back_by_a_word(sqlite_engine: Engine) -> None:
    office = Office(sqlite_engine).open().pass_to("mon 10:00")
    office.misses()
    item = office.run().pass_to("mon 16:00").item()
    office.decide(item, "snooze", until=at("fri 09:00"))
    office.pass_to("tue 10:00").writes()
    assert office.run().again(item).state == "snoozed"


def test_it_cannot_be_put_off_to_the_past_or_for_ever(office: Office) -> None:
    item = office.item()
    for until in (office.now, office.now + timedelta(days=61)):
        with pytest.raises(BadInput):
            office.decide(item, "snooze", until=until)
    assert office.again(item) == item


def test_it_can_be_put_off_again_at_the_same_moment_and_taken_back(office: Office) -> None:
    item = office.item()
    office.decide(item, "snooze", until=at("fri 09:00"))
    office.decide(item, "snooze", until=at("thu 09:00"))
    assert office.decide(item, "undo").state == "open"
    again = office.item()
    assert (again.snoozed_until, again.draft_version) == (None, 2)
    assert office.pass_to("fri 09:01").audited().count("item.renewed") <= 1


def test_what_is_put_off_is_cleared_when_it_was_settled_meanwhile(office: Office) -> None:
    item = office.item()
    office.decide(item, "snooze", until=at("fri 09:00"))
    office.later(hours=1).told(
        "call", "calls", direction="outbound", contact_id="c-kim", user_id=ANNA, caused_by="person",
        data={"status": "completed", "talk_s": 60, "answered_by": "person"},
    )  # fmt: skip
    office.run()
    assert office.again(item).state == "cleared"


# -- somebody else's


@pytest.mark.parametrize("engine_name", ["sqlite_engine", "postgres_engine"])
def test_a_matter_that_is_given_to_a_colleague_is_prepared_anew_in_the_colleagues_name(
    request: pytest.FixtureRequest, engine_name: str
) -> None:
    office = asked(request.getfixturevalue(engine_name))
    item = office.item()
    assert office.decide(item, "reassign", to=BELA, by=MANAGER).state == "renewed"
    again = office.later(seconds=1).item()
    assert (again.owner_id, again.action["sender"]["name"], again.action["user_id"]) == (BELA, "Bela", BELA)
    assert "Bela" in again.action["body"]
    assert "Anna" not in again.action["body"].splitlines()[-1]
    assert [x.owner_id for x in office.interactions("open_question")] == [BELA]
    _unchanged(office)
    assert office.pass_to("wed 10:00").item().owner_id == BELA


def test_only_that_matter_is_given_away(office: Office) -> None:
    office.decide(office.item(), "reassign", to=BELA, by=MANAGER)
    office.later(minutes=1).misses()
    owners = {x.kind: x.owner_id for x in office.run().book().interactions}
    assert owners == {"open_question": BELA, "missed_call": ANNA}


def test_what_was_given_at_the_managers_step_stays_with_whom_it_was_given_until_the_next(office: Office) -> None:
    office.pass_to("mon2 12:00")
    assert (office.item().owner_id, office.interactions("open_question")[0].owner_id) == (MANAGER, MANAGER)
    office.decide(office.item(), "reassign", to=BELA, by=MANAGER)
    assert office.later(seconds=1).item().owner_id == BELA
    _unchanged(office)
    assert office.later(hours=12).interactions("open_question")[0].owner_id == BELA
    assert office.later(days=5).interactions("open_question")[0].owner_id == MANAGER  # who hears of it again


def test_an_assignment_ends_when_the_account_changes_hands(office: Office) -> None:
    office.decide(office.item(), "reassign", to=BELA, by=MANAGER)
    office.later(hours=1).told("owner.changed", "crm", data={"to_user_id": MANAGER})
    assert [x.owner_id for x in office.run().interactions("open_question")] == [MANAGER]


def test_who_says_whose_it_is_or_how_it_ended_does_not_own_the_account(sqlite_engine: Engine) -> None:
    office = Office(sqlite_engine).open(owner=None).pass_to("mon 10:00")
    office.deal("new")
    office.run().pass_to("thu3 10:00")
    assert office.item().owner_id == ANNA  # who worked it
    office.decide(office.item(), "outcome", by=MANAGER, outcome="deferred", reason="timing", wake_at=at("mon7 09:00"))
    assert office.pass_to("mon7 09:00").interactions("opportunity")[-1].owner_id == ANNA


@pytest.mark.parametrize("to", ["nobody", ANNA])
def test_it_cannot_be_given_to_nobody_or_to_whom_has_it(office: Office, to: str) -> None:
    with pytest.raises(BadInput):
        office.decide(office.item(), "reassign", to=to)
    assert office.item().state == "open"


# -- the end


@pytest.mark.parametrize("outcome", ["converted", "lost", "disqualified"])
def test_a_person_says_how_it_ended(office: Office, outcome: str) -> None:
    item = office.item()
    office.decide(item, "outcome", outcome=outcome, reason="handled")
    office.later(seconds=1)
    [question] = office.interactions("open_question")
    [said] = office.rows("SELECT id FROM tenure_activity WHERE kind = 'interaction.judged'")
    assert (question.state, question.outcome, question.reason) == ("ended", outcome, "handled")
    assert question.evidence == [said.id]
    assert (office.again(item).state, office.items()) == ("done", [])
    assert office.audited()[-1] == "item.outcome"
    _unchanged(office)
    assert office.later(days=40).items() == []


@pytest.mark.parametrize("engine_name", ["sqlite_engine", "postgres_engine"])
def test_what_is_deferred_ends_and_wakes_as_its_own_continuation(
    request: pytest.FixtureRequest, engine_name: str
) -> None:
    office = asked(request.getfixturevalue(engine_name))
    office.decide(office.item(), "outcome", outcome="deferred", reason="no_budget", wake_at=at("mon3 09:00"))
    [ended] = office.later(seconds=1).interactions("open_question")
    assert (ended.outcome, ended.wake_at) == ("deferred", at("mon3 09:00"))
    assert office.pass_to("fri2 17:00").items() == []
    first, second = office.pass_to("mon3 09:00").interactions("open_question")
    assert (first.state, second.state, second.continues_id) == ("ended", "open", first.id)
    assert second.opened_at == at("mon3 09:00")
    _unchanged(office)
    assert office.pass_to("wed3 12:00").item().interaction_id == second.id
    office.decide(office.item(), "done", how="we_called", at=office.now)
    assert office.later(seconds=1).interactions("open_question")[1].outcome == "converted"
    _unchanged(office)


def test_deferred_needs_a_time_and_the_others_have_none() -> None:
    for wrong in ({"outcome": "deferred"}, {"outcome": "lost", "wake_at": at("mon3 09:00")}):
        with pytest.raises(ValidationError, match="wake_at"):
            command("outcome", reason="other", **wrong)


def test_a_time_that_is_past_or_too_far_cannot_wake_it(office: Office) -> None:
    for moment in (office.now, office.now + timedelta(days=4000)):
        with pytest.raises(BadInput):
            office.decide(office.item(), "outcome", outcome="deferred", reason="other", wake_at=moment)


def test_a_lost_matter_comes_back_when_the_customer_writes(office: Office) -> None:
    office.decide(office.item(), "outcome", outcome="lost", reason="no_response")
    office.pass_to("fri 10:00").asks()
    first, second = office.run().interactions("open_question")
    assert (first.outcome, second.state, second.continues_id) == ("lost", "open", first.id)
    assert second.opened_at == at("fri 10:00")
    _unchanged(office)
    item = office.pass_to("tue2 12:00").item()
    assert item.interaction_id == second.id
    office.decide(item, "outcome", outcome="lost", reason="other")
    assert [x.outcome for x in office.later(seconds=1).interactions("open_question")] == ["lost", "lost"]


def test_a_deal_that_a_person_gave_up_and_the_crm_wins_is_won_in_a_continuation(sqlite_engine: Engine) -> None:
    office = _deal(sqlite_engine)
    office.decide(office.item(), "outcome", outcome="lost", reason="not_a_fit")
    office.later(days=1).deal("lost")
    assert [x.outcome for x in office.run().interactions("opportunity")] == ["lost"]  # the CRM says the same later
    office.later(days=1).deal("offer")
    office.run().later(days=1).deal("won")
    rows = office.run().interactions("opportunity")
    assert (rows[0].outcome, rows[-1].outcome) == ("lost", "converted")
    assert all(x.state == "ended" for x in rows)
    _unchanged(office)


def test_an_outage_between_a_persons_word_and_what_followed_changes_nothing_in_the_end(sqlite_engine: Engine) -> None:
    """The ledger that was looked at each day, and one that is looked at once, agree on ends and breaches."""
    office = asked(sqlite_engine)
    office.decide(office.item(), "outcome", outcome="deferred", reason="no_budget", wake_at=at("mon2 09:00"))
    for day in ("wed", "thu", "mon2", "wed2", "fri2"):
        office.pass_to(f"{day} 10:00")
    with office.engine.connect() as connection:
        events = timeline.read(connection, AccountScope(account_id="acc", reader="test"))
    view = View(AccountInfo("acc", "Acme", owner_id=ANNA), events, office.company, office.now)
    late = type(office.book())("acc")
    evaluate(view, late)
    seen = office.book()
    ends = sorted((x.kind, x.key, x.state, x.outcome or "") for x in seen.interactions)
    assert ends == sorted((x.kind, x.key, x.state, x.outcome or "") for x in late.interactions)
    breaches = sorted((x.rule, x.due_at) for x in seen.breaches.values() if x.retracted_at is None)
    assert breaches == sorted((x.rule, x.due_at) for x in late.breaches.values() if x.retracted_at is None)
    assert len(breaches) == 2


@pytest.mark.parametrize("verb", ["done", "dismiss", "snooze", "reassign", "outcome"])
def test_what_is_closed_is_decided_no_more(office: Office, verb: str) -> None:
    item: ItemRow = office.item()
    office.decide(item, "done", how="we_called", at=office.now)
    fields: dict[str, dict[str, Any]] = {
        "done": {"how": "we_called", "at": office.now},
        "dismiss": {"reason": "other"},
        "snooze": {"until": at("fri 09:00")},
        "reassign": {"to": BELA},
        "outcome": {"outcome": "lost", "reason": "other"},
    }
    with pytest.raises(Stale) as refused:
        office.decide(item, verb, **fields[verb])
    assert refused.value.present["state"] == "done"
