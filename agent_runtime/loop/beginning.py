"""The first day: what is overdue for long becomes one batch for a person to judge, before any item is delivered."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select

from agent_runtime import jobs
from agent_runtime.actions.policy import content_hash
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import backlog
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger.models import Expectation
from agent_runtime.loop.propose import Desk

_BEGUN = "live.begun"


def has_begun(connection: Connection) -> bool:
    """Whether the installation went live."""
    return jobs.checkpoint(connection, _BEGUN) is not None


def go_on(connection: Connection, now: datetime) -> None:
    """Takes an installation over that was lived through before: nothing of it is inherited."""
    jobs.set_checkpoint(connection, _BEGUN, {"at": now.isoformat()})


def begin(engine: Engine, desk: Desk, now: datetime) -> bool:
    """Goes live as soon as every account was evaluated once; gives whether it has."""
    with engine.connect() as connection:
        if jobs.woken(connection) or not jobs.all_accounts(connection):
            return has_begun(connection)
    with engine.begin() as connection:
        if not jobs.take_turn(connection, "live.begin", "all", now, timedelta(0)) or has_begun(connection):
            return True
        jobs.set_checkpoint(connection, _BEGUN, {"at": now.isoformat()})
        policy = desk.company.playbook.backlog
        review_at = desk.company.due(policy.review, now)
        cut = now - timedelta(days=policy.cut_days)
        batch = backlog.inherit(connection, desk.company.manager, cut, review_at, now)
        if batch:
            (first,) = backlog.rows_of(connection, batch.id, "", 1)
            entry = inbox.deliver(connection, _review(batch, first["account_id"], now))
            told = Entry(now, ActorKind.AGENT, "agent", "backlog.inherited", batch.id, {"size": batch.size})
            audit.append(connection, first["account_id"], [told, entry], install_key=desk.install_key)
        jobs.wake(connection, _owed(connection))
    return True


def _owed(connection: Connection) -> set[str]:
    """Accounts in which something is owed: their urgent matters were held until now."""
    expectation = Expectation.__table__  # type: ignore[attr-defined]
    query = select(expectation.c.account_id).where(expectation.c.state.in_(("breached", "unverified")))
    return set(connection.scalars(query))


def _review(batch: backlog.Batch, account_id: str, now: datetime) -> ItemRow:
    """The one item about the whole batch; it stands at one of its accounts."""
    action = {
        "kind": "review",
        "channel": "inside",
        "to": [batch.owner_id],
        "subject": f"{batch.size} matters from before Tenure began",
        "body": f"Everything in it was due before {batch.cut:%Y-%m-%d}. Bring in what is alive; end or defer the rest.",
        "message_id": f"<{batch.id}.1@tenure>",
        "account_id": account_id,
    }
    return ItemRow(
        id=f"item_{batch.id}",
        account_id=account_id,
        interaction_id="",
        expectation_id="",
        opportunity_id=None,
        signal="backlog",
        classification="breakdown",
        step=0,
        verified=True,
        state="open",
        delivered_at=now,
        owner_id=batch.owner_id,
        due_at=batch.review_at,
        priority=1.0,
        risk=0.0,
        value_at_stake={},
        action=action,
        draft_version=1,
        content_hash=content_hash(action),
        evidence=[],
        why=[],
        beside={"backlog": batch.id, "why_now": action["body"]},
    )
