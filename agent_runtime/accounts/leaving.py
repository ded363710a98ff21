"""Asks one who will leave what only they know: once, two weeks before the last day; in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from pydantic import SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime.accounts.triage import Gap, questions
from agent_runtime.audit import service as audit
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.inside_item import inside_item
from agent_runtime.inbox.models import Item
from memory.records import Account, Activity, Fact, User

SIGNAL = "leaver"
ASK_BEFORE = timedelta(days=14)
_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]


def ask_leavers(connection: Connection, now: datetime, install_key: SecretStr) -> list[str]:
    """Delivers one item to each who leaves within two weeks and was not asked yet; gives the items' ids."""
    leaving = select(_user.c.id, _user.c.leaves_at).where(_user.c.leaves_at >= now)
    soon = connection.execute(leaving.where(_user.c.leaves_at <= now + ASK_BEFORE).order_by(_user.c.id)).all()
    return [item for row in soon if (item := _ask(connection, row.id, row.leaves_at, now, install_key))]


def _ask(
    connection: Connection, user_id: str, leaves_at: datetime, now: datetime, install_key: SecretStr
) -> str | None:
    batch = blake2b(f"{user_id}|{leaves_at.isoformat()}".encode(), digest_size=8).hexdigest()
    asked = select(_item.c.id).where(_item.c.id == f"item_{SIGNAL}_{batch}")
    wanted = leaver_questions(connection, user_id, now)
    if not wanted or connection.scalar(asked) is not None:
        return None
    accounts = list(dict.fromkeys(account for account, _ in wanted))
    count = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    body = "\n".join(question for _, question in wanted)
    beside = {"questions": [{"account_id": account, "question": question} for account, question in wanted]}
    item = inside_item(
        SIGNAL, batch, accounts[0], user_id, (f"What only you know of {count}", body), now, leaves_at, beside
    )
    audit.append(connection, item.account_id, [inbox.deliver(connection, item)], install_key=install_key)
    return item.id


def leaver_questions(connection: Connection, user_id: str, now: datetime) -> list[tuple[str, str]]:
    """What to ask one who leaves within two weeks, as (account id, question); empty while nobody leaves."""
    leaves_at = connection.scalar(select(_user.c.leaves_at).where(_user.c.id == user_id))
    if leaves_at is None or not now <= leaves_at <= now + ASK_BEFORE:
        return []
    rows = connection.execute(select(_account.c.id, _account.c.name).where(_account.c.owner_id == user_id)).all()
    ids = [row.id for row in rows]
    deciding = _with_fact(connection, ids, "role.decides")
    noted = _with_fact(connection, ids, "judgement.%")
    mails = (_activity.c.account_id.in_(ids), _activity.c.kind == "email", _activity.c.current)
    seen = set(connection.scalars(select(_activity.c.account_id).where(*mails).distinct()))
    gaps = [Gap(row.id, row.name, row.id in deciding, row.id in seen, row.id in noted) for row in rows]
    return questions(gaps)


def _with_fact(connection: Connection, account_ids: Sequence[str], slot: str) -> set[str]:
    there = (_fact.c.account_id.in_(account_ids), _fact.c.slot.like(slot), _fact.c.superseded_at.is_(None))
    return set(connection.scalars(select(_fact.c.account_id).where(*there).distinct()))
