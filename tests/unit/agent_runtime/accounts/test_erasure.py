"""What is erased is gone from every byte, and does not come back; what was begun ends, and the audit verifies."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from agent_runtime.accounts.erasure import By, erase_account, erase_person, revoke_source, scrub
from agent_runtime.actions.models import Action
from agent_runtime.audit import service as audit
from agent_runtime.db import tables
from agent_runtime.errors import NotThere
from agent_runtime.inbox.models import Item
from agent_runtime.ledger.models import Interaction
from agent_runtime.permissions import agent_scope
from memory import facts, timeline
from memory.records import Activity, Contact, Episode, Fact, FactEvidence
from memory.vectors import Vector
from tests.corpus.home import take
from tests.corpus.sales import END
from tests.unit.agent_runtime.accounts.desk_of_sales import KEY, prepared, stored_bytes

BY = By("u9", END, KEY)
_interaction: Any = Interaction.__table__  # type: ignore[attr-defined]
_activity: Any = Activity.__table__  # type: ignore[attr-defined]


def test_an_erased_account_is_in_no_byte_and_stays_away(sqlite_engine: Engine, tmp_path: Path) -> None:
    desk = prepared(sqlite_engine)
    marks = [desk.history.canaries["a1"], "harbour1.example", "sheet001"]
    assert all(mark.encode() in stored_bytes(tmp_path) for mark in marks)
    with sqlite_engine.begin() as connection:
        erasure = erase_account(connection, "a1", BY)
    scrub(sqlite_engine)
    left = stored_bytes(tmp_path)
    assert [mark for mark in marks if mark.encode() in left] == []
    assert desk.history.canaries["a2"].encode() in left
    assert erasure.activities > 0
    with sqlite_engine.begin() as connection:
        assert audit.verify_all(connection) == []
        states = connection.execute(select(_interaction).where(_interaction.c.account_id == "a1")).all()
        assert {row.state for row in states} == {"ended"}
        assert set(erasure.ended) == {row.id for row in states if row.reason == "erased"}
        (taken,) = take(connection, desk.history)
        assert taken.erased > 0
        assert timeline.read(connection, agent_scope("a1")) == []
    assert desk.history.canaries["a1"].encode() not in stored_bytes(tmp_path)


def test_an_erased_person_is_in_no_byte_while_the_account_stays(sqlite_engine: Engine, tmp_path: Path) -> None:
    desk = prepared(sqlite_engine)
    person = desk.history.directory.contacts[6 + 3]
    marks = [str(person["email"]), str(person["name"])]
    others = [x["name"] for x in desk.history.directory.contacts if x["id"] != person["id"]]
    marks = [mark for mark in marks if mark not in others]
    with sqlite_engine.begin() as connection:
        erasure = erase_person(connection, "c1-3", BY)
    scrub(sqlite_engine)
    left = stored_bytes(tmp_path)
    assert [mark for mark in marks if mark.encode() in left] == []
    with sqlite_engine.begin() as connection:
        assert audit.verify_all(connection) == []
        assert len(timeline.read(connection, agent_scope("a1"))) > 10
        assert connection.scalar(select(Contact.__table__.c.id).where(Contact.__table__.c.id == "c1-3")) is None  # type: ignore[attr-defined]
        action = connection.execute(select(Action).where(Action.item_id == "item_a1")).one()  # type: ignore[arg-type]
        assert (action.state, action.content) == ("cancelled", {"erased": True})
        item = connection.execute(select(Item).where(Item.id == "item_a1")).one()  # type: ignore[arg-type]
        assert (item.state, item.why) == ("cleared", [])
        about = connection.execute(select(_interaction.c.id).where(_interaction.c.contact_id == "c1-3")).all()
        assert about == []
        assert len(erasure.ended) > 0
        take(connection, desk.history)
    assert str(person["email"]).encode() not in stored_bytes(tmp_path)


def test_no_vector_text_or_evidence_stands_without_what_it_is_of(sqlite_engine: Engine) -> None:
    check_nothing_hangs(sqlite_engine)


def test_no_vector_text_or_evidence_stands_without_what_it_is_of_on_postgres(postgres_engine: Engine) -> None:
    check_nothing_hangs(postgres_engine)


def check_nothing_hangs(engine: Engine) -> None:
    prepared(engine)
    with engine.begin() as connection:
        erase_account(connection, "a0", BY)
        erase_person(connection, "c1-0", BY)
        revoke_source(connection, "email", BY)
        activities = set(connection.scalars(select(_activity.c.id)))
        episodes = {row[0]: row[1] for row in connection.execute(select(Episode.id, Episode.activity_id))}  # type: ignore[call-overload]
        assert set(episodes.values()) <= activities
        assert set(connection.scalars(select(Vector.episode_id))) <= set(episodes)  # type: ignore[call-overload]
        evidence = connection.execute(select(FactEvidence.fact_id, FactEvidence.activity_id)).all()  # type: ignore[call-overload]
        assert {row[1] for row in evidence} <= activities
        assert set(connection.scalars(select(Fact.id))) == {row[0] for row in evidence}  # type: ignore[call-overload]


def test_a_revoked_source_takes_only_its_own_with_it(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 2)
    with sqlite_engine.begin() as connection:
        revoke_source(connection, "email", BY)
        known = facts.known(connection, agent_scope("a0"))
        assert {x.slot for x in known} >= {"role.signs", "account.owner"}
        assert not [x for x in known if x.slot.startswith(("answer.", "concern."))]
        assert [x.value for x in known if x.slot == "role.signs"] == ["c0-1"]
        assert not any(x.conflict for x in known)


def test_what_is_not_there_is_not_erased(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        with pytest.raises(NotThere):
            erase_account(connection, "nobody", BY)
        with pytest.raises(NotThere):
            erase_person(connection, "nobody", BY)


# What each table holds of customers, and what an erasure does with it. A new table has to be put here.
DELETED = {"account", "contact", "handle", "activity", "episode", "fact", "fact_evidence", "vector", "letter", "merge"}
DELETED |= {"merge_change", "conversation_turn"}
BLANKED = {"item", "draft", "decision", "action", "interaction", "model_call"}
CLEANED = {"reject", "reference", "idempotency", "hook_message"}
NOTHING_PERSONAL = {
    "connection", "stream_place", "vendor_user", "vendor_calls", "told_notice", "chat_press", "digest_turn",
    "user", "absence", "stage", "coverage", "account_loop", "checkpoint", "worker", "event", "login", "token",
    "attempt", "audit_entry", "audit_head", "audit_forwarded", "expectation", "breach", "switch", "sender", "backlog",
    "backlog_row", "suppressed", "observed", "mute", "preference", "score", "tombstone", "call_label",
    "call_verification", "call_subscription",
    "webhook", "webhook_place", "webhook_delivery", "model_spend", "model_endpoint",
}  # fmt: skip


def test_every_table_is_thought_of() -> None:
    named = {table.name.removeprefix("tenure_") for table in tables()}
    assert named - DELETED - BLANKED - CLEANED - NOTHING_PERSONAL == set()


def test_an_account_of_five_thousand_texts_leaves_nothing(sqlite_engine: Engine, tmp_path: Path) -> None:
    desk = prepared(sqlite_engine, 2)
    with sqlite_engine.begin() as connection:
        rows = [_text(number) for number in range(5_000)]
        timeline.add(connection, rows)
        assert (connection.scalar(select(func.count()).select_from(Episode)) or 0) > 5_000
        erase_account(connection, "a1", BY)
    scrub(sqlite_engine)
    assert b"secret-word" not in stored_bytes(tmp_path)
    assert desk.history.canaries["a0"].encode() in stored_bytes(tmp_path)


def _text(number: int) -> timeline.NewActivity:
    return timeline.NewActivity(
        source="email", stream="emails", source_id=f"many{number}", kind="email", occurred_at=END, known_at=END,
        account_id="a1", direction="inbound", contact_id="c1-3", text=f"The secret-word is {number}.", speaker="c1",
    )  # fmt: skip
