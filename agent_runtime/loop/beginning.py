"""The first day: what is overdue for long becomes one batch for a person to judge, before any item is delivered."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select

from agent_runtime import jobs
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import backlog
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.inside_item import inside_id, inside_item
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger.models import Expectation
from agent_runtime.loop.propose import Desk

_BEGUN = "live.begun"
_SIGNAL = "backlog"


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
            told = Entry(now, ActorKind.AGENT, "agent", "backlog.inherited", batch.id, {"size": batch.size})
            audit.append(connection, first["account_id"], [told], install_key=desk.install_key)
            ask_for_review(connection, desk, now)
        jobs.wake(connection, _owed(connection))
    return True


def ask_for_review(connection: Connection, desk: Desk, now: datetime) -> None:
    """Puts each batch that is not judged before its owner, once and as soon as the rollout reaches them."""
    for batch in backlog.batches(connection):
        first = next(iter(backlog.rows_of(connection, batch.id, "", 1)), None)
        reached = desk.reached is None or batch.owner_id in desk.reached
        if first and reached and batch.waiting and not inbox.is_there(connection, inside_id(_SIGNAL, batch.id)):
            entry = inbox.deliver(connection, _review(batch, first["account_id"], now))
            audit.append(connection, first["account_id"], [entry], install_key=desk.install_key)


def _review(batch: backlog.Batch, account_id: str, now: datetime) -> ItemRow:
    """The one item about the whole batch; it stands at one of its accounts."""
    subject = f"{batch.size} matters from before Tenure began"
    body = f"Everything in it was due before {batch.cut:%Y-%m-%d}. Bring in what is alive; end or defer the rest."
    beside = {"backlog": batch.id, "why_now": body}
    return inside_item(
        _SIGNAL, batch.id, account_id, batch.owner_id, (subject, body), now, batch.review_at, beside,
        kind="review", classification="breakdown",
    )  # fmt: skip


def _owed(connection: Connection) -> set[str]:
    """Accounts in which something is owed: their urgent matters were held until now."""
    expectation = Expectation.__table__  # type: ignore[attr-defined]
    query = select(expectation.c.account_id).where(expectation.c.state.in_(("breached", "unverified")))
    return set(connection.scalars(query))
