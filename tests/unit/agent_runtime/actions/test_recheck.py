"""Whatever changed between the approval and the claim stops the action, each with its reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from agent_runtime.actions.recheck import Recheck
from agent_runtime.actions.switches import set_switch
from agent_runtime.playbook.models import AutonomyPolicy
from tests.unit.agent_runtime.actions.desk import KEY, Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.actions.providers import Provider

EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(seconds=5)


def _desk(engine: Engine) -> tuple[Desk, Provider]:
    people(engine)
    provider = Provider()
    return Desk(engine, provider), provider


def _sql(statement: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        with desk.engine.begin() as connection:
            connection.execute(text(statement))

    return change


def _said(**changed: Any) -> Callable[[Desk], None]:
    return lambda desk: desk.heard(**({"occurred_at": LATER, "known_at": LATER} | changed))


def _told(status: str, **data: Any) -> Callable[[Desk], None]:
    return _said(kind="contact.changed", direction=None, data={"contact_id": "c1", "status": status} | data)


def _switched_off(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        set_switch(connection, "all", "", "too many", "boss", NOW, KEY)


STALE: dict[str, tuple[Callable[[Desk], None], str]] = {
    "they wrote": (_said(), "customer_wrote"),
    "they wrote before, and it came in late": (_said(occurred_at=EARLIER, known_at=EARLIER), "customer_wrote"),
    "they called": (_said(kind="call", data={"status": "missed"}), "customer_wrote"),
    "they sent a form": (_said(kind="form"), "customer_wrote"),
    "somebody unknown of them wrote": (_said(contact_id=None), "customer_wrote"),
    "the owner changed": (_sql("UPDATE tenure_account SET owner_id = 'u2'"), "owner_changed"),
    "they opted out": (_told("opted_out"), "recipient_gone"),
    "they left": (_told("left_company"), "recipient_gone"),
    "their address bounces": (_told("bounced"), "recipient_gone"),
    "the directory says so": (_sql("UPDATE tenure_contact SET status = 'opted_out' WHERE id = 'c1'"), "recipient_gone"),
    "a copy goes to one who opted out": (_told("opted_out", contact_id="c2"), "recipient_gone"),
    "a switch fell": (_switched_off, "switched_off"),
}  # fmt: skip


@pytest.mark.parametrize("cause", STALE)
@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_a_stale_action_is_not_sent_and_says_why(request: pytest.FixtureRequest, kind: str, cause: str) -> None:
    desk, provider = _desk(request.getfixturevalue(kind))
    change, reason = STALE[cause]
    action = desk.decide(execute_at=LATER)
    change(desk)
    desk.now = LATER
    assert desk.work() == ["cancelled"]
    assert provider.effects == []
    assert desk.ends == [(action.id, "cancelled", reason)]
    assert desk.row(action.id).reason == reason
    assert desk.work() == []


FRESH: dict[str, Callable[[Desk], None]] = {
    "nothing happened": lambda desk: None,
    "an automatic reply came": _said(data={"auto": "ooo"}),
    "a colleague of theirs wrote about something else": _said(contact_id="c2"),
    "one of ours wrote": _said(direction="outbound"),
    "they are on leave": _told("on_leave"),
    "an opt-out that is over": _told("opted_out", until=NOW.isoformat()),
    "somebody else opted out": _told("opted_out", contact_id="c9"),
}


@pytest.mark.parametrize("cause", FRESH)
def test_what_changes_nothing_stops_nothing(sqlite_engine: Engine, cause: str) -> None:
    desk, provider = _desk(sqlite_engine)
    action = desk.decide(execute_at=LATER)
    FRESH[cause](desk)
    desk.now = LATER
    assert desk.work() == ["sent"]
    assert provider.effects == [action.id]


def test_a_revision_of_what_was_known_is_nothing_new(sqlite_engine: Engine) -> None:
    desk, _ = _desk(sqlite_engine)
    desk.heard(kind="call", data={"status": "completed"})
    desk.decide(execute_at=LATER)
    desk.heard(kind="call", data={"status": "completed", "transcript": "t1"}, known_at=LATER)
    desk.now = LATER
    assert desk.work() == ["sent"]


def test_the_last_moment_counts(sqlite_engine: Engine) -> None:
    desk, _ = _desk(sqlite_engine)
    desk.decide(not_after=NOW.isoformat())
    desk.decide("it_2:1", message_id="<b@we.test>", not_after=(NOW - timedelta(seconds=1)).isoformat())
    assert sorted(desk.work()) == ["cancelled", "sent"]


def test_what_the_playbook_forbids_by_now_is_not_done(sqlite_engine: Engine) -> None:
    desk, _ = _desk(sqlite_engine)
    desk.decide(kind="task")
    desk.autonomy = AutonomyPolicy(task="never")
    assert desk.work() == ["cancelled"]
    assert desk.ends[0][2] == "never_by_playbook"


@pytest.mark.parametrize(("owner", "reason"), [("u1", None), ("u2", "owner_changed"), (None, None)])
def test_the_caller_may_know_who_should_send(sqlite_engine: Engine, owner: str | None, reason: str | None) -> None:
    desk, _ = _desk(sqlite_engine)
    action = desk.decide()
    with sqlite_engine.connect() as connection:
        assert Recheck(NOW, AutonomyPolicy(), lambda _connection, _action: owner)(connection, action) == reason
