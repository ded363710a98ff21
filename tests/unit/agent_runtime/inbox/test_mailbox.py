"""Items in their owners' mailboxes: what is put there and taken away, and which mail was sent from there."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import service as actions
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.inside import Inside
from agent_runtime.actions.mailbox_drafts import DRAFT, WITHDRAW
from agent_runtime.actions.recheck import Recheck
from agent_runtime.actions.senders import Profile, set_profile
from agent_runtime.inbox.mailbox import place_drafts, withdraw_drafts
from agent_runtime.playbook.models import AutonomyPolicy
from tests.unit.agent_runtime.inbox.office import KEY, Office, asked
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, CUSTOMER, at

BOTH = pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])


def _office(engine: Engine) -> Office:
    """Kim has asked, Anna has a sender profile, and the answer stands in her inbox."""
    profile = Profile(ANNA, "Anna", "anna@us.example", "office", username="anna", password_ref="env:NOWHERE")
    with engine.begin() as connection:
        set_profile(connection, profile, "ops", at("mon 09:00"), KEY)
    return asked(engine)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return _office(sqlite_engine)


def _tend(office: Office, users: tuple[str, ...] = (ANNA,)) -> list[str]:
    """A round of the worker: the kinds of what it then has done."""
    office.later(minutes=1)
    with office.engine.begin() as connection:
        place_drafts(connection, users, office.now, KEY)
        withdraw_drafts(connection, office.now, KEY)
    recheck = Recheck(office.now, AutonomyPolicy(draft_in_mailbox="auto"))
    executors = Executors({("", DRAFT): Inside(), ("", WITHDRAW): Inside()})
    with office.engine.connect() as connection:
        due = actions.due(connection, office.now)
    for one in due:
        assert execute(office.engine, one.id, office.now, executors, recheck, office._ended, KEY) == "confirmed"
    return [one.kind for one in due]


def _sends(office: Office, item: Any, user: str = ANNA, text: str = "", **data: Any) -> None:
    """A mail of ours turns up in somebody's folder of sent mail."""
    told = {"message_id": "<other@us.example>", "to": item.action["to"], "thread": "t1", "event": None, "auto": None,
            "in_reply_to": item.action["in_reply_to"]}  # fmt: skip
    office.told(
        "email", "emails", direction="outbound", contact_id=CUSTOMER, user_id=user, caused_by="person",
        subject=item.action["subject"], text=text or item.action["body"], speaker="anna@us.example", data=told | data,
    )  # fmt: skip
    office.later(minutes=1)


@BOTH
def test_each_version_is_put_there_once_and_a_closed_item_is_taken_away_once(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office = _office(request.getfixturevalue(kind))
    assert _tend(office, users=("somebody",)) == []
    assert _tend(office) == [DRAFT]
    assert _tend(office) == []
    office.decide(office.item(), "edit", draft={"body": "Hello Kim,\n\nyes.\n\nAnna"})
    assert _tend(office) == [DRAFT]
    office.decide(office.item(), "dismiss", reason="other")
    assert _tend(office) == [WITHDRAW]
    assert _tend(office) == []


def test_what_is_put_off_keeps_its_draft(office: Office) -> None:
    _tend(office)
    office.decide(office.item(), "snooze", until=office.now + timedelta(hours=20))
    assert _tend(office) == []


def test_a_draft_is_no_part_of_an_approval_and_of_what_can_be_taken_back(office: Office) -> None:
    _tend(office)
    item = office.item()
    office.decide(item, "approve")
    with office.engine.begin() as connection:
        withdraw_drafts(connection, office.now, KEY)
    assert _pending(office) == ["send_email", WITHDRAW]
    office.decide(office.again(item), "undo")
    assert _pending(office) == [WITHDRAW]
    assert office.again(item).state == "open"
    assert _tend(office) == [WITHDRAW, DRAFT]


def _pending(office: Office) -> list[str]:
    return [x.kind for x in office.rows("SELECT kind FROM tenure_action WHERE state = 'pending' ORDER BY kind")]


@pytest.mark.parametrize(
    "data", [{}, {"message_id": "as the draft", "in_reply_to": None}, {"to": ["KIM@acme.example", "x@acme.example"]}]
)
def test_a_mail_that_answers_the_same_or_has_its_id_is_her_decision(office: Office, data: dict[str, Any]) -> None:
    item = office.item()
    _tend(office)
    if "message_id" in data:
        data = data | {"message_id": item.action["message_id"]}
    _sends(office, item, **data)
    assert (office.again(item).state, office.again(item).closed_reason) == ("done", "sent from the mailbox")
    [(verb, by, channel)] = [tuple(x) for x in office.rows("SELECT verb, decided_by, channel FROM tenure_decision")]
    assert (verb, by, channel) == ("approve", ANNA, "mail")
    changed = "to" in data
    assert ("item.edited" in office.audited()) is changed
    assert office.again(item).draft_version == 1 + changed


@pytest.mark.parametrize(
    ("user", "data"),
    [(BELA, {}), (ANNA, {"in_reply_to": "<another@acme.example>"}), (ANNA, {"to": ["x@other.example"]})],
)
def test_another_mail_is_no_decision_about_it(office: Office, user: str, data: dict[str, Any]) -> None:
    item = office.item()
    _tend(office)
    _sends(office, item, user, **data)
    assert office.rows("SELECT verb FROM tenure_decision") == []


def test_without_a_draft_in_the_mailbox_her_own_mail_only_settles_the_matter(office: Office) -> None:
    item = office.item()
    _sends(office, item)
    assert office.again(item).state == "cleared"
    assert office.rows("SELECT verb FROM tenure_decision") == []
