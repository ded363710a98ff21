"""The inherited backlog: what was overdue long before go-live is one owned batch, judged in bulk, never a flood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, exists, func, insert, select, update

from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.inbox import attested, service
from agent_runtime.inbox.case import Deciding
from agent_runtime.inbox.models import Backlog, BacklogRow
from agent_runtime.inbox.verbs import Outcome
from agent_runtime.jobs import post, wake
from agent_runtime.ledger.models import Expectation, Interaction
from agent_runtime.ledger.policy import row_id
from memory import timeline

BROUGHT_IN = "brought_in"
_backlog: Table = Backlog.__table__  # type: ignore[attr-defined]
_row: Table = BacklogRow.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_OWED = ("breached", "unverified")
_WAITING = _row.c.judged.is_(None)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its owner sees it; `waiting`: how many of its `size` nobody has judged yet."""

    id: str
    owner_id: str
    cut: datetime
    review_at: datetime
    size: int
    waiting: int


def inherit(connection: Connection, owner_id: str, cut: datetime, review_at: datetime, now: datetime) -> Batch | None:
    """Makes one batch of every open interaction in which all that is owed was due before `cut`; None of none."""
    owed = select(_expectation.c.id).where(
        _expectation.c.interaction_id == _interaction.c.id, _expectation.c.state.in_(_OWED)
    )
    old = owed.where(_expectation.c.due_at < cut)
    recent = owed.where(_expectation.c.due_at >= cut)
    taken = _interaction.c.id.in_(select(_row.c.interaction_id))
    query = select(_interaction.c.id, _interaction.c.account_id).where(
        _interaction.c.state == "open", exists(old), ~exists(recent), ~taken
    )
    rows = connection.execute(query.order_by(_interaction.c.id)).all()
    if not rows:
        return None
    batch = Batch(row_id("backlog_", now.isoformat()), owner_id, cut, review_at, len(rows), len(rows))
    head = {"id": batch.id, "owner_id": owner_id, "cut": cut, "review_at": review_at, "made_at": now}
    connection.execute(insert(_backlog), head)
    members = [{"interaction_id": x.id, "backlog_id": batch.id, "account_id": x.account_id} for x in rows]
    connection.execute(insert(_row), members)
    return batch


def batches(connection: Connection) -> list[Batch]:
    """Every batch, the latest first."""
    waits = _WAITING & (_interaction.c.state == "open")
    counts = (func.count().label("size"), func.count().filter(waits).label("waiting"))
    columns = (_backlog.c.id, _backlog.c.owner_id, _backlog.c.cut, _backlog.c.review_at)
    query = (
        select(*columns, *counts)
        .join(_row, _row.c.backlog_id == _backlog.c.id)
        .join(_interaction, _interaction.c.id == _row.c.interaction_id)
        .group_by(*columns, _backlog.c.made_at)
    )
    return [Batch(*row) for row in connection.execute(query.order_by(_backlog.c.made_at.desc()))]


def accounts_of(connection: Connection, interaction_ids: Sequence[str]) -> list[str]:
    """The accounts of inherited interactions, in a fixed order."""
    query = select(_row.c.account_id).where(_row.c.interaction_id.in_(interaction_ids)).distinct()
    return sorted(connection.scalars(query))


def rows_of(
    connection: Connection, backlog_id: str, after: str, limit: int, accounts: Select[Any] | None = None
) -> list[dict[str, Any]]:
    """What nobody judged yet of a batch, by interaction id after `after`: what it is, whose, how long it is owed.

    `accounts`: a query for the ids of those accounts that the reader may see; all where it is None.
    """
    columns = ("id", "account_id", "kind", "opportunity_id", "contact_id", "owner_id", "opened_at", "next_action")
    query = (
        select(*(_interaction.c[x] for x in columns), func.min(_expectation.c.due_at).label("owed_since"))
        .join(_row, _row.c.interaction_id == _interaction.c.id)
        .join(_expectation, _expectation.c.interaction_id == _interaction.c.id)
        .where(_row.c.backlog_id == backlog_id, _WAITING, _expectation.c.state.in_(_OWED), _interaction.c.id > after)
        .group_by(*(_interaction.c[x] for x in columns))
        .order_by(_interaction.c.id)
        .limit(limit)
    )
    if accounts is not None:
        query = query.where(_interaction.c.account_id.in_(accounts))
    return [dict(row) for row in connection.execute(query).mappings()]


_INHERITED = select(_row.c.interaction_id).where(_WAITING)
_INHERITED_OF = _INHERITED.where(_row.c.account_id == bindparam("account"))


def inherited(connection: Connection, account_id: str | None = None) -> set[str]:
    """The interactions that wait for a judgement, of one account or of all: nothing is proposed about them."""
    if account_id is None:
        return set(connection.scalars(_INHERITED))
    return set(connection.scalars(_INHERITED_OF, {"account": account_id}))


def ripe(connection: Connection, before: datetime) -> set[str]:
    """The interactions that have waited for a judgement since before a moment: some of them are brought in each day."""
    query = select(_row.c.interaction_id).join(_backlog, _backlog.c.id == _row.c.backlog_id)
    return set(connection.scalars(query.where(_WAITING, _backlog.c.made_at < before)))


def bring_in(connection: Connection, interaction_ids: Sequence[str], by: str, now: datetime) -> list[tuple[str, str]]:
    """Makes inherited interactions part of the day's work; gives (account, interaction) of those that waited."""
    values = {"judged": BROUGHT_IN, "judged_by": by, "judged_at": now}
    done = update(_row).where(_row.c.interaction_id.in_(interaction_ids), _WAITING).values(values)
    found = connection.execute(done.returning(_row.c.account_id, _row.c.interaction_id)).all()
    wake(connection, (x.account_id for x in found))
    service.close_batches(connection, now)
    return sorted((x.account_id, x.interaction_id) for x in found)


def judge(
    connection: Connection, backlog_id: str, interaction_ids: Sequence[str], outcome: Outcome | None, by: Deciding
) -> int:
    """Judges rows of one batch alike: how they ended, or, with `outcome` None, that they are worked again.

    Gives how many waited for it; raises NotThere when one of them does not belong to the batch. Where nothing is left
    to judge, the batch's item is closed.
    """
    mine = set(connection.scalars(select(_row.c.interaction_id).where(_row.c.backlog_id == backlog_id)))
    if not set(interaction_ids) <= mine:
        raise NotThere("Not all of these belong to the batch.", fix="Nothing was judged; load the batch again.")
    if outcome is None:
        found = bring_in(connection, interaction_ids, by.user_id, by.now)
        for account, interaction in found:
            _audit(connection, account, interaction, BROUGHT_IN, by)
        return len(found)
    values = {"judged": outcome.outcome, "judged_by": by.user_id, "judged_at": by.now}
    done = update(_row).where(_row.c.interaction_id.in_(interaction_ids), _WAITING).values(values)
    judged = sorted(connection.scalars(done.returning(_row.c.interaction_id)))
    rows = connection.execute(select(_interaction).where(_interaction.c.id.in_(judged)).order_by(_interaction.c.id))
    for row in rows.all():
        told = attested.judged_in_bulk(row, outcome, by.user_id, by.now)
        post(connection, [(row.account_id, x.activity_id) for x in timeline.add(connection, [told])])
        _audit(connection, row.account_id, row.id, outcome.outcome, by)
    service.close_batches(connection, by.now)
    return len(judged)


def _audit(connection: Connection, account_id: str, interaction_id: str, judged: str, by: Deciding) -> None:
    detail = {"judged": judged, "channel": by.channel}
    entry = Entry(by.now, ActorKind.USER, by.user_id, "backlog.judged", interaction_id, detail)
    audit.append(connection, account_id, [entry], install_key=by.install_key)
