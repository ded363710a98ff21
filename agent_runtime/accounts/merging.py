"""Merges accounts or contacts that turned out to be one, and undoes it: audited, in the caller's transaction."""

from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime import db, events, jobs
from agent_runtime.actions import service as actions
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from memory import merge
from memory.records import Contact

REASON = "the account was merged"
# These stay with the account under which they were written: chains are never rewritten, and the feed is no archive.
_STAY = frozenset(
    {"tenure_audit_entry", "tenure_audit_head", "tenure_event", "tenure_account_loop", "tenure_model_spend"}
)
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_merge: Table = merge.Merge.__table__  # type: ignore[attr-defined]


def merge_accounts(
    connection: Connection, loser: str, winner: str, by: str, now: datetime, install_key: SecretStr
) -> str:
    """Takes all that `loser` has to `winner` and wakes it; gives the merge's id.

    What is approved and not sent is cancelled and open items are prepared anew, for both: who is written to has
    changed. Raises BadInput where they are not two accounts that stand by themselves.
    """
    for account_id in (loser, winner):
        entries = inbox.renew(connection, account_id, REASON, now)
        cancelled = actions.cancel(connection, reason=REASON, now=now, account_id=account_id)
        entries += [actions.told(row, now, reason=REASON) for row in cancelled]
        audit.append(connection, account_id, entries, install_key=install_key)
    return _merge_two(connection, merge.ACCOUNT, (loser, winner), by, now, install_key)


def merge_contacts(
    connection: Connection, loser: str, winner: str, by: str, now: datetime, install_key: SecretStr
) -> str:
    """Takes all that is known of contact `loser` to `winner`; both must be at one account. Gives the merge's id."""
    query = select(_contact.c.account_id).where(_contact.c.id.in_((loser, winner))).distinct()
    if len(list(connection.scalars(query))) > 1:
        raise BadInput(f"{loser} and {winner} are at different accounts.", fix="Merge the accounts first.")
    return _merge_two(connection, merge.CONTACT, (loser, winner), by, now, install_key)


def undo_merge(connection: Connection, merge_id: str, by: str, now: datetime, install_key: SecretStr) -> None:
    """Puts every row back as the log of the merge has it; raises BadInput where there is none to undo."""
    row = connection.execute(select(_merge).where(_merge.c.id == merge_id)).one_or_none()
    try:
        merge.undo(connection, merge_id, _tables(f"{row.kind}_id" if row else "account_id"), by, now)
    except merge.CannotMerge as error:
        raise BadInput(str(error), fix="Nothing was changed.") from error
    assert row is not None
    _tell(connection, f"{row.kind}.merge_undone", row.kind, merge_id, (row.loser, row.winner), by, now, install_key)


def _merge_two(
    connection: Connection, kind: str, ends: tuple[str, str], by: str, now: datetime, install_key: SecretStr
) -> str:
    loser, winner = ends
    try:
        merge_id = merge.merge(connection, kind, loser, winner, _tables(f"{kind}_id"), by, now)
    except merge.CannotMerge as error:
        raise BadInput(str(error), fix="Nothing was changed.") from error
    _tell(connection, f"{kind}.merged", kind, merge_id, ends, by, now, install_key)
    return merge_id


def _tables(column: str) -> list[Table]:
    """Every table that says whose its rows are, so that none is forgotten when one is added."""
    return [table for table in db.tables() if column in table.c and table.name not in _STAY]


def _tell(
    connection: Connection, event: str, kind: str, merge_id: str, ends: tuple[str, str], by: str, now: datetime,
    install_key: SecretStr,
) -> None:  # fmt: skip
    told = {"loser": ends[0], "winner": ends[1]}
    actor = ActorKind.RULE if by.startswith("rule:") else ActorKind.USER
    entry = Entry(now, actor, by, event, merge_id, told)
    accounts = set(ends)
    if kind == merge.CONTACT:
        accounts = {x for x in connection.scalars(select(_contact.c.account_id).where(_contact.c.id.in_(ends))) if x}
    for account_id in sorted(accounts):
        audit.append(connection, account_id, [entry], install_key=install_key)
        events.publish(connection, event, account_id, merge_id, now)
    jobs.wake(connection, accounts)
