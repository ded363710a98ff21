"""Gives accounts to another owner: memory stays, what was approved and not sent does not go out; never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, RowMapping, Table, func, select, update

from agent_runtime import events
from agent_runtime.accounts.policy import Candidate, Where, holds
from agent_runtime.actions import service as actions
from agent_runtime.actions.reasons import OWNER_CHANGED
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.models import Item, ItemState
from agent_runtime.jobs import post
from agent_runtime.ledger.models import Interaction
from memory.facts import Statement, record
from memory.records import Account, User
from memory.timeline import NewActivity, add

_account: Table = Account.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_LIVE = (ItemState.OPEN.value, ItemState.SNOOZED.value, ItemState.APPROVED.value)


class Post(StrEnum):
    """What somebody is to an account; a transfer changes one of the two."""

    OWNER = "owner"
    CSM = "csm"


@dataclass(frozen=True, slots=True)
class Moving:
    """One account of a transfer that was not made yet, with what is open in it."""

    id: str
    name: str
    renewal_date: str | None
    open_interactions: int
    open_items: int


@dataclass(frozen=True, slots=True)
class Transferred:
    """What a transfer did: the accounts that moved, those that the new owner had already, the actions it cancelled."""

    moved: list[str]
    unchanged: list[str]
    cancelled: list[str]


def moving(connection: Connection, from_user: str, where: Where, post_: Post = Post.OWNER) -> list[Moving]:
    """The accounts of `from_user` that meet the conditions, by name; raises NotThere for an unknown user."""
    _user_row(connection, from_user)
    columns = [_account.c[name] for name in Candidate.model_fields]
    rows = connection.execute(
        select(*columns).where(_held(post_) == from_user).order_by(_account.c.name, _account.c.id)
    )
    chosen = [found for row in rows if holds(where, found := Candidate.model_validate(row))]
    ids = [each.id for each in chosen]
    begun = _counts(connection, _interaction, ids, ("open",))
    items = _counts(connection, _item, ids, _LIVE)
    return [
        Moving(
            id=each.id,
            name=each.name,
            renewal_date=each.renewal_date.isoformat() if each.renewal_date else None,
            open_interactions=begun.get(each.id, 0),
            open_items=items.get(each.id, 0),
        )
        for each in chosen
    ]


def transfer(
    connection: Connection,
    account_ids: Sequence[str],
    to_user: str,
    by: str,
    now: datetime,
    install_key: SecretStr,
    post_: Post = Post.OWNER,
) -> Transferred:
    """Gives the accounts to `to_user` and wakes them; in force with the commit, at everybody's next request.

    What is approved and not sent is cancelled, and open items are prepared anew for whoever has them now. Raises
    NotThere for an unknown account or user, BadInput for a user who cannot have accounts; then nothing was changed.
    """
    _refuse_unfit(_user_row(connection, to_user), now)
    rows = _locked(connection, account_ids)
    moved, unchanged, cancelled = [], [], []
    for row in rows:
        before = row[_held(post_).name]
        if before == to_user:
            unchanged.append(row["id"])
            continue
        cancelled += _move(connection, row["id"], Change(before, to_user, post_, by, now), install_key)
        moved.append(row["id"])
    return Transferred(moved, unchanged, cancelled)


@dataclass(frozen=True, slots=True)
class Change:
    """Who had an account, who gets it, as what, by whose word and when."""

    before: str | None
    after: str
    post: Post
    by: str
    at: datetime

    def told(self) -> dict[str, Any]:
        """The fields that the change has on the account's timeline."""
        return {"from_user_id": self.before, "to_user_id": self.after, "role": self.post.value, "by": self.by}


def _move(connection: Connection, account_id: str, change: Change, install_key: SecretStr) -> list[str]:
    held = {_held(change.post).name: change.after}
    connection.execute(update(_account).where(_account.c.id == account_id).values(**held))
    _put_on_timeline(connection, account_id, change)
    told = {"from": change.before, "to": change.after, "role": change.post.value}
    entries = [Entry(change.at, ActorKind.USER, change.by, "account.transferred", account_id, told)]
    cancelled: list[str] = []
    if change.post is Post.OWNER or _has_items(connection, account_id, change.before):
        entries += inbox.renew(connection, account_id, OWNER_CHANGED, change.at)
    if change.post is Post.OWNER:
        rows = actions.cancel(connection, reason=OWNER_CHANGED, now=change.at, account_id=account_id)
        entries += [actions.told(row, change.at, reason=OWNER_CHANGED) for row in rows]
    cancelled += [entry.subject_id for entry in entries if entry.event == "action.cancelled"]
    audit.append(connection, account_id, entries, install_key=install_key)
    events.publish(connection, "account.transferred", account_id, account_id, change.at)
    return cancelled


def _put_on_timeline(connection: Connection, account_id: str, change: Change) -> None:
    told = change.told()
    number = blake2b(f"{account_id}|{told}|{change.at.isoformat()}".encode(), digest_size=8).hexdigest()
    activity = NewActivity(
        source="tenure",
        stream="ownership",
        source_id=f"own_{number}",
        account_id=account_id,
        kind="owner.changed",
        direction="internal",
        occurred_at=change.at,
        known_at=change.at,
        caused_by="person",
        data=told,
    )
    (added,) = add(connection, [activity])
    post(connection, [(account_id, added.activity_id)])
    statement = Statement(
        account_id=account_id,
        slot=f"account.{change.post.value}",
        value=change.after,
        trust="user",
        valid_from=change.at,
        recorded_at=change.at,
        activity_id=added.activity_id,
        source_id=activity.source_id,
    )
    record(connection, [statement])


def _held(post_: Post) -> Any:
    return _account.c.owner_id if post_ is Post.OWNER else _account.c.csm_id


def _user_row(connection: Connection, user_id: str) -> RowMapping:
    row = connection.execute(select(_user).where(_user.c.id == user_id)).mappings().one_or_none()
    if row is None:
        raise NotThere(f"There is no user {user_id}.", fix="Use the user's id as the directory has it.")
    return row


def _refuse_unfit(user: RowMapping, now: datetime) -> None:
    if user["leaves_at"] is not None and user["leaves_at"] <= now:
        raise BadInput(f"{user['id']} has left; nothing was transferred.", fix="Name somebody who is there.")
    if user["role"] == "auditor":
        raise BadInput(f"{user['id']} is an auditor and has no accounts; nothing was transferred.")


def _locked(connection: Connection, account_ids: Sequence[str]) -> Sequence[RowMapping]:
    # In a fixed order, so that two transfers at once wait for each other and never both.
    query = select(_account.c.id, _account.c.owner_id, _account.c.csm_id).where(_account.c.id.in_(account_ids))
    rows = connection.execute(query.order_by(_account.c.id).with_for_update()).mappings().all()
    if missing := set(account_ids) - {row["id"] for row in rows}:
        raise NotThere(f"There is no account {min(missing)}; nothing was transferred.")
    return rows


def _has_items(connection: Connection, account_id: str, owner_id: str | None) -> bool:
    return any(item.owner_id == owner_id for item in inbox.live_items(connection, account_id))


def _counts(connection: Connection, table: Table, ids: list[str], states: Sequence[str]) -> dict[str, int]:
    query = select(table.c.account_id, func.count()).where(table.c.account_id.in_(ids), table.c.state.in_(states))
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.account_id))}
