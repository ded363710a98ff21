"""A transfer: who has the account, what is taken back, what is written down; whole or not at all."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, select

from agent_runtime.accounts.policy import Where
from agent_runtime.accounts.service import Post, moving, transfer
from agent_runtime.actions import service as actions
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.inbox.models import Item
from agent_runtime.jobs import woken
from agent_runtime.migrations.tables import metadata

KEY = SecretStr("a key of this test")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLES = metadata().tables


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Three accounts of Lea, one of Tom; Lea's first has an open and an approved item."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.begin() as connection:
        people = [("lea", "rep", None), ("tom", "rep", None), ("eve", "auditor", None), ("old", "rep", NOON)]
        users = [{"id": id_, "name": id_, "role": role, "leaves_at": leaves} for id_, role, leaves in people]
        connection.execute(insert(TABLES["tenure_user"]), users)
        held = [("acme", "lea", "tom"), ("beta", "lea", "cat"), ("gamma", "lea", None), ("delta", "tom", None)]
        accounts = [
            {"id": id_, "name": id_, "segment": "smb" if id_ == "beta" else "big", "owner_id": owner, "csm_id": csm}
            for id_, owner, csm in held
        ]
        connection.execute(insert(TABLES["tenure_account"]), accounts)
        connection.execute(insert(TABLES["tenure_item"]), [item("one", "open"), item("two", "approved")])
        _approve(connection, "two:1", item_id="two")
        _approve(connection, "without an item", item_id=None)
    return engine


def item(id_: str, state: str) -> dict[str, Any]:
    """An item of Lea's in her first account."""
    action = {"kind": "send_email", "connector": "file", "to": ["a@b.example"]}
    return Item(
        id=id_, account_id="acme", interaction_id="int", expectation_id=f"exp {id_}", signal="answer_owed",
        classification="delay", state=state, delivered_at=NOON, made_at=NOON, owner_id="lea", due_at=NOON, priority=1.0,
        risk=0.5, value_at_stake={}, action=action, content_hash="x", evidence=[], why=[],
    ).model_dump()  # fmt: skip


def _approve(connection: Connection, key: str, item_id: str | None) -> None:
    action = {"kind": "send_email", "connector": "file", "to": ["a@b.example"], "body": "Hello"}
    actions.decide(
        connection, action, account_id="acme", effect_key=key, decided_by="lea", now=NOON, item_id=item_id,
        execute_at=NOON + timedelta(minutes=1),
    )  # fmt: skip


def owners(connection: Connection) -> dict[str, str]:
    """Who has which account."""
    account = TABLES["tenure_account"]
    return {row[0]: row[1] for row in connection.execute(select(account.c.id, account.c.owner_id))}


def states(connection: Connection, table: str) -> list[str]:
    """The states of all rows, in order."""
    return sorted(connection.scalars(select(TABLES[table].c.state)))


def events_of(connection: Connection, account: str) -> list[str]:
    """The audit of an account."""
    entry = TABLES["tenure_audit_entry"]
    return list(connection.scalars(select(entry.c.event).where(entry.c.account_id == account).order_by(entry.c.seq)))


def test_a_preview_counts_what_is_open_and_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        chosen = moving(connection, "lea", Where(segment="big"))
        assert [(each.id, each.open_items) for each in chosen] == [("acme", 2), ("gamma", 0)]
        assert [each.id for each in moving(connection, "tom", Where(), Post.CSM)] == ["acme"]
        assert set(owners(connection).values()) == {"lea", "tom"}
        with pytest.raises(NotThere):
            moving(connection, "nobody", Where())


def test_a_transfer_changes_the_owner_and_takes_back_what_was_approved(engine: Engine) -> None:
    with engine.begin() as connection:
        done = transfer(connection, ["acme", "delta"], "tom", "ann", NOON, KEY)
    with engine.connect() as connection:
        assert (done.moved, done.unchanged, len(done.cancelled)) == (["acme"], ["delta"], 2)
        assert owners(connection) == {"acme": "tom", "beta": "lea", "gamma": "lea", "delta": "tom"}
        assert states(connection, "tenure_action") == ["cancelled", "cancelled"]
        assert states(connection, "tenure_item") == ["renewed", "renewed"]
        assert woken(connection) == ["acme"]
        told = events_of(connection, "acme")
        assert told[0] == "account.transferred"
        assert sorted(told[1:]) == ["action.cancelled", "action.cancelled", "item.renewed", "item.renewed"]
        assert events_of(connection, "delta") == []
        assert verify_all(connection) == []


def test_the_timeline_and_the_facts_know_of_it(engine: Engine) -> None:
    with engine.begin() as connection:
        transfer(connection, ["gamma"], "tom", "ann", NOON, KEY)
        transfer(connection, ["gamma"], "lea", "ann", NOON + timedelta(days=1), KEY)
    activity, fact = TABLES["tenure_activity"], TABLES["tenure_fact"]
    with engine.connect() as connection:
        told = connection.scalars(select(activity.c.data).where(activity.c.kind == "owner.changed")).all()
        assert sorted((x["from_user_id"], x["to_user_id"]) for x in told) == [("lea", "tom"), ("tom", "lea")]
        query = select(fact.c.value, fact.c.valid_to).where(fact.c.slot == "account.owner").order_by(fact.c.valid_from)
        assert [tuple(row) for row in connection.execute(query)] == [("tom", NOON + timedelta(days=1)), ("lea", None)]


def test_another_csm_takes_nothing_from_the_owner(engine: Engine) -> None:
    with engine.begin() as connection:
        done = transfer(connection, ["acme", "beta"], "lea", "ann", NOON, KEY, Post.CSM)
        assert (done.moved, done.cancelled) == (["acme", "beta"], [])
        assert states(connection, "tenure_item") == ["approved", "open"]
        assert states(connection, "tenure_action") == ["pending", "pending"]
        assert owners(connection)["acme"] == "lea"
        account = TABLES["tenure_account"]
        assert connection.scalar(select(account.c.csm_id).where(account.c.id == "acme")) == "lea"


@pytest.mark.parametrize(
    ("ids", "to_user", "error"),
    [
        (["acme", "nothing"], "tom", NotThere),
        (["acme"], "nobody", NotThere),
        (["acme"], "old", BadInput),
        (["acme"], "eve", BadInput),
    ],
)
def test_what_cannot_be_is_refused_before_anything_changes(
    engine: Engine, ids: list[str], to_user: str, error: type[Exception]
) -> None:
    with engine.begin() as connection:
        with pytest.raises(error):
            transfer(connection, ids, to_user, "ann", NOON, KEY)
        assert owners(connection)["acme"] == "lea"
        assert events_of(connection, "acme") == []


def test_two_transfers_at_once_come_one_after_the_other(engine: Engine) -> None:
    barrier, done = Barrier(2), []

    def give(ids: list[str], to_user: str) -> None:
        barrier.wait()
        with engine.begin() as connection:
            done.append(transfer(connection, ids, to_user, "ann", NOON, KEY))

    threads = [
        Thread(target=give, args=(["acme", "beta", "gamma"], "tom")),
        Thread(target=give, args=(["gamma", "beta", "acme"], "lea")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    with engine.connect() as connection:
        assert len({owners(connection)[id_] for id_ in ("acme", "beta", "gamma")}) == 1
        assert verify_all(connection) == []
