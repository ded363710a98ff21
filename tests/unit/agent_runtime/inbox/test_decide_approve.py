"""An approval is of exactly the content that was read, once; it can be taken back until its action begins."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import service as actions
from agent_runtime.actions.executors import Rejected
from agent_runtime.actions.policy import content_hash
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import BadInput, NotThere, Refused, Stale, TenureError
from agent_runtime.inbox.decide import decide
from tests.unit.agent_runtime.inbox.office import UNDO, Office, asked, command
from tests.unit.agent_runtime.watchtower.story import at

BOTH = pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
NEW = {"body": "Hello Kim,\n\nyes, we move it.\n\nAnna", "subject": "The door moves"}


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return asked(sqlite_engine)


def _versions(office: Office) -> list[tuple[int, str]]:
    rows = office.rows("SELECT version, made_by FROM tenure_draft ORDER BY version")
    return [(x.version, x.made_by) for x in rows]


@BOTH
def test_an_approved_mail_goes_out_after_the_undo_window_and_answers_the_question(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    decided = office.decide(item, "approve")
    assert (decided.state, decided.draft_version, decided.hash) == ("approved", 1, item.content_hash)
    assert decided.undo_until == office.now + UNDO
    assert office.later(seconds=9).work() == []
    assert office.later(seconds=1).work() == ["sent"]
    assert office.provider.effects == [decided.action_id]
    office.pass_to(office.now)
    [question] = office.interactions("open_question")
    assert (question.state, question.outcome) == ("ended", "converted")
    assert office.again(item).state == "done"
    assert office.audited() == ["item.delivered", "item.approved", "item.done"]
    with office.engine.connect() as connection:
        assert verify_all(connection) == []


def test_a_promise_of_an_approved_mail_is_owed_from_then_on(office: Office) -> None:
    [promised] = office.item().action["promises"]
    office.decide(office.item(), "approve")
    office.later(seconds=10).work()
    [promise] = office.pass_to(office.now).interactions("promise")
    assert promise.state == "open"
    assert promise.next_due_at == datetime.fromisoformat(promised["due_at"])


@pytest.mark.parametrize("seen", [{"draft_version": 2}, {"hash": "0" * 64}])
def test_an_approval_of_another_version_or_content_is_refused_and_shows_the_present_one(
    office: Office, seen: dict[str, Any]
) -> None:
    item = office.item()
    yes: dict[str, Any] = {"draft_version": item.draft_version, "hash": item.content_hash} | seen
    with pytest.raises(Stale) as refused:
        office.decide(item, command("approve", **yes))
    assert refused.value.present["hash"] == item.content_hash
    assert refused.value.present["action"] == item.action
    assert (office.again(item), office.action_states()) == (item, [])
    assert office.audited() == ["item.delivered"]


def test_a_second_approval_is_refused_and_does_nothing(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve")
    with pytest.raises(Stale, match="approved"):
        office.decide(item, "approve", by="bela")
    assert office.action_states() == ["pending"]


def test_an_item_that_is_not_there_is_not_there(office: Office) -> None:
    with pytest.raises(NotThere), office.engine.begin() as connection:
        decide(connection, office.company, "item_x", command("approve", office.item()), office.by())


@BOTH
def test_what_is_edited_while_it_is_approved_is_a_version_of_its_own_and_two_entries(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    decided = office.decide(item, "approve", draft=NEW)
    edited = office.again(item)
    assert (decided.draft_version, decided.hash) == (2, edited.content_hash)
    assert edited.content_hash == content_hash(edited.action) != item.content_hash
    assert {x: edited.action[x] for x in NEW} == NEW
    assert edited.action["message_id"] != item.action["message_id"]
    assert _versions(office) == [(1, "agent"), (2, "anna")]
    assert office.audited()[-2:] == ["item.edited", "item.approved"]
    [action] = office.rows("SELECT content_hash, decided_by FROM tenure_action")
    assert tuple(action) == (edited.content_hash, "anna")
    [decision] = office.rows("SELECT verb, draft_version, content_hash, channel FROM tenure_decision")
    assert tuple(decision) == ("approve", 2, edited.content_hash, "web")


def test_an_edit_alone_approves_nothing_and_the_version_before_is_stale(office: Office) -> None:
    item = office.item()
    assert office.decide(item, "edit", draft={"body": "Shorter."}).state == "open"
    with pytest.raises(Stale):
        office.decide(item, "approve")
    office.decide(office.item(), "approve")
    assert office.action_states() == ["pending"]


def test_a_recipient_whom_the_person_chose_is_flagged(office: Office) -> None:
    office.decide(office.item(), "edit", draft={"cc": ["lee@acme.example"]})
    assert {"recipient_changed", "several_recipients"} <= set(office.item().flags)
    office.decide(office.item(), "edit", draft={"cc": []})
    assert "several_recipients" not in office.item().flags


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ["kim"]},
        {"to": ["kim@acme"]},
        {"to": ["Kim <kim@acme.example>"]},
        {"cc": ["kim@acme.example,lee@acme.example"]},
        {"to": []},
        {"body": "  \n "},
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_changed(office: Office, changes: dict[str, Any]) -> None:
    item = office.item()
    with pytest.raises((BadInput, Refused)):
        office.decide(item, "approve", draft=changes)
    assert office.again(item) == item
    assert (_versions(office), office.action_states()) == ([(1, "agent")], [])


def test_what_the_playbook_never_allows_cannot_be_approved(office: Office) -> None:
    autonomy = office.company.playbook.autonomy.model_copy(update={"send_email": "never"})
    office.company.playbook = office.company.playbook.model_copy(update={"autonomy": autonomy})
    with pytest.raises(Refused, match="never"):
        office.decide(office.item(), "approve")


def test_an_approval_for_a_time_at_which_the_next_step_has_come_is_refused(office: Office) -> None:
    item = office.item()
    ends = datetime.fromisoformat(item.action["not_after"])
    with pytest.raises(Refused, match="lost its sense"):
        office.decide(item, "approve", execute_at=ends + timedelta(seconds=1))
    office.decide(item, "approve", execute_at=ends)
    assert office.pass_to(ends - timedelta(seconds=1)).work() == []


def test_an_approval_so_late_that_the_next_step_would_come_first_is_refused(office: Office) -> None:
    item = office.item()
    office.now = datetime.fromisoformat(item.action["not_after"]) - timedelta(seconds=9)
    with pytest.raises(Refused, match="lost its sense"):
        office.decide(item, "approve")


def test_what_stands_on_the_last_step_of_its_ladder_keeps_its_sense(sqlite_engine: Engine) -> None:
    office = asked(sqlite_engine)
    for _ in range(8):
        item = office.item()
        if item.action["not_after"] is None:
            break
        office.pass_to(datetime.fromisoformat(item.action["not_after"]))
    office.later(days=30)
    assert office.again(item).state == "open"
    assert office.decide(office.item(), "approve").state == "approved"
    assert office.later(seconds=10).work() == ["sent"]


def test_nothing_is_approved_for_a_far_future(office: Office) -> None:
    item = office.item()
    item.action["not_after"] = None
    with pytest.raises(TenureError):
        office.decide(item, "approve", execute_at=office.now + timedelta(days=4000))


@BOTH
def test_when_the_customer_wrote_since_nothing_is_approved_and_it_is_prepared_anew(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    office.later(minutes=1)
    heard = office.writes()
    with pytest.raises(Stale, match="heard") as refused:
        office.decide(item, "approve")
    assert refused.value.present["heard"] == heard
    office.run()
    assert office.again(item).state == "renewed"
    assert office.decide(office.item(), "approve").state == "approved"


def test_a_call_that_nobody_answered_is_heard_and_what_it_makes_stale_is_prepared_anew(office: Office) -> None:
    item = office.item()
    office.later(minutes=1).misses()
    with pytest.raises(Stale, match="heard"):
        office.decide(item, "approve")
    office.run()
    assert office.again(item).state == "renewed"
    assert office.decide(office.item("answer_owed"), "approve").state == "approved"


def test_what_the_customer_writes_within_the_undo_window_stops_the_mail_at_the_next_run(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve")
    office.later(seconds=5).writes()
    office.run()
    assert (office.again(item).state, office.action_states()) == ("renewed", ["cancelled"])
    assert office.item().state == "open"
    assert office.later(seconds=5).work() == []


def test_what_comes_in_without_a_run_stops_the_mail_at_its_last_check(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve")
    office.now += timedelta(seconds=10)
    office.writes(known_at=office.now - timedelta(seconds=12))  # on its way while it was approved
    assert office.work() == ["cancelled"]
    assert office.provider.effects == []
    assert (office.again(item).state, office.pass_to(office.now).item().state) == ("renewed", "open")


# -- taken back


@BOTH
def test_an_approval_is_taken_back_within_its_window_and_a_new_one_has_an_effect_of_its_own(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = asked(request.getfixturevalue(kind))
    item = office.item()
    office.decide(item, "approve")
    office.later(seconds=5)
    undone = office.decide(item, "undo")
    assert (undone.state, undone.draft_version) == ("open", 2)
    again = office.again(item)
    assert again.action["body"] == item.action["body"]
    with pytest.raises(Stale):
        office.decide(item, "approve")
    office.decide(again, "approve")
    assert office.later(seconds=10).work() == ["sent"]
    assert office.action_states() == ["cancelled", "sent"]
    keys = office.rows("SELECT DISTINCT effect_key FROM tenure_action WHERE item_id = :x", x=item.id)
    assert len(keys) == 2


def test_an_approval_whose_action_has_begun_cannot_be_taken_back(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve")
    office.later(seconds=10)
    with office.engine.begin() as connection:
        assert len(actions.claim(connection, office.now)) == 1
    with pytest.raises(Refused, match="begun"):
        office.decide(item, "undo")
    assert office.again(item).state == "approved"


def test_an_approval_for_later_can_be_taken_back_until_then(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve", execute_at=at("wed 09:00"))
    assert office.pass_to("wed 08:59").work() == []
    assert office.decide(item, "undo").state == "open"
    assert office.pass_to("wed 09:01").work() == []


def test_what_came_before_an_approval_was_taken_back_still_stands_against_it(office: Office) -> None:
    item = office.item()
    office.decide(item, "approve")
    office.later(seconds=3).writes()
    office.now += timedelta(seconds=3)
    office.decide(item, "undo")
    with pytest.raises(Stale, match="heard"):
        office.decide(office.again(item), "approve")
    office.run()
    assert office.again(item).state == "renewed"


def test_a_mail_that_failed_is_before_its_owner_again_and_may_be_approved_anew(office: Office) -> None:
    item = office.item()
    office.provider.answers = [Rejected("address unknown")]
    office.decide(item, "approve")
    assert office.later(seconds=10).work() == ["failed"]
    failed = office.again(item)
    assert (failed.state, failed.beside["failed"], "failed" in failed.flags) == ("open", "address unknown", True)
    office.decide(failed, "approve", draft={"to": ["k.sorel@acme.example"]})
    assert office.later(seconds=10).work() == ["sent"]


def test_what_a_decision_was_about_and_what_was_decided_is_kept_for_ever(office: Office) -> None:
    item = office.item()
    for verb in ("approve", "undo", "approve"):
        office.decide(office.again(item), verb)
    kept = office.rows("SELECT verb, draft_version, decided_by FROM tenure_decision ORDER BY draft_version, verb")
    assert [(x.verb, x.draft_version) for x in kept] == [("approve", 1), ("approve", 2), ("undo", 2)]
    assert _versions(office) == [(1, "agent"), (2, "anna")]
