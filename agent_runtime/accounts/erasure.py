"""Erases an account, a person or a source from every table, in the caller's transaction; the audit says so.

What was begun stays as a row that ended; ids, times and states stay; whatever somebody said or was called does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text

from agent_runtime import events, jobs
from agent_runtime.accounts import traces
from agent_runtime.actions import service as actions
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.ledger.erased import end_erased
from agent_runtime.llm.store import forget_replies
from memory import forget, people

REASON = "erased"


@dataclass(frozen=True, slots=True)
class By:
    """Whose word it is, when, and the key with which the audit is sealed."""

    user_id: str
    now: datetime
    install_key: SecretStr


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: its id, the activities that went, the interactions that ended, the actions that were cancelled.

    `action_ids`: whose files, where an executor wrote some, are to be deleted; `episode_ids`: for outer indexes.
    """

    id: str
    activities: int
    ended: tuple[str, ...]
    cancelled: tuple[str, ...]
    action_ids: tuple[str, ...]
    episode_ids: tuple[str, ...]


def erase_account(connection: Connection, account_id: str, by: By) -> Erasure:
    """Erases an account with all its people; raises NotThere where there is none."""
    if people.current_id(connection, account_id) != account_id or not traces.account_exists(connection, account_id):
        raise NotThere(f"There is no account {account_id}.", fix="Of one that was merged, erase the one it went into.")
    erased = [one for x in traces.contacts_of(connection, account_id) if (one := forget.person(connection, x))]
    marks = traces.marks_of_account(connection, account_id, erased)
    cancelled = actions.cancel(connection, reason=REASON, now=by.now, account_id=account_id)
    forgotten = forget.forget_account(connection, account_id, by.now)
    forget.clean_everywhere(connection, marks)
    ended = end_erased(connection, forgotten.erasure, by.now, account_id=account_id)
    items = traces.items_of(connection, account_id)
    action_ids = traces.blank(connection, items, by.now, account_id=account_id)
    traces.clean_beside(connection, [marks, *(one.marks for one in erased)], account_id)
    forget_replies(connection, {account_id})
    traces.forget_turns(connection, {account_id})
    entries = [actions.told(row, by.now, reason=REASON) for row in cancelled]
    erasure = _erasure(forgotten, ended, [row.id for row in cancelled], action_ids)
    _tell(connection, account_id, "account.erased", account_id, erasure, by, entries)
    return erasure


def erase_person(connection: Connection, contact_id: str, by: By) -> Erasure:
    """Erases one person; what others said stays without their name. Raises NotThere where there is no such contact."""
    erased = forget.person(connection, contact_id)
    if erased is None:
        raise NotThere(f"There is no contact {contact_id}.", fix="Give the contact's id.")
    items = traces.items_about(connection, erased)
    pending = traces.pending_of(connection, items, contact_id)
    cancelled = actions.cancel(connection, reason=REASON, now=by.now, action_ids=pending) if pending else []
    forgotten = forget.forget_person(connection, erased, by.now)
    ended = end_erased(connection, forgotten.erasure, by.now, contact_id=contact_id)
    action_ids = traces.blank(connection, items, by.now, contact_id=contact_id)
    traces.clean_beside(connection, [erased.marks])
    forget_replies(connection, set(forgotten.accounts))
    traces.forget_turns(connection, forgotten.accounts, [erased.marks])
    entries = [actions.told(row, by.now, reason=REASON) for row in cancelled]
    erasure = _erasure(forgotten, ended, [row.id for row in cancelled], action_ids)
    for account_id in forgotten.accounts:
        _tell(connection, account_id, "person.erased", contact_id, erasure, by, entries)
        entries = []
    jobs.wake(connection, forgotten.accounts)
    return erasure


def revoke_source(connection: Connection, source: str, by: By) -> Erasure:
    """Deletes all that a source told and what was derived from it; its accounts are judged anew by what others told."""
    forgotten = forget.revoke(connection, source, by.now)
    forget_replies(connection, set(forgotten.accounts))
    traces.forget_turns(connection, forgotten.accounts)
    erasure = _erasure(forgotten, [], [], [])
    for account_id in forgotten.accounts:
        _tell(connection, account_id, "source.revoked", source, erasure, by, [])
    jobs.wake(connection, forgotten.accounts)
    return erasure


def scrub(engine: Engine) -> None:
    """Overwrites what deleted rows left in the files of a SQLite database; PostgreSQL does so by its own vacuum."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _erasure(
    forgotten: forget.Forgotten, ended: Sequence[str], cancelled: Sequence[str], action_ids: Sequence[str]
) -> Erasure:
    return Erasure(
        id=forgotten.erasure,
        activities=forgotten.activities,
        ended=tuple(ended),
        cancelled=tuple(cancelled),
        action_ids=tuple(action_ids),
        episode_ids=forgotten.episode_ids,
    )


def _tell(
    connection: Connection, account_id: str, event: str, subject: str, erasure: Erasure, by: By, before: list[Entry]
) -> None:
    told = {"erasure": erasure.id, "activities": erasure.activities, "interactions_ended": list(erasure.ended)}
    entry = Entry(by.now, ActorKind.USER, by.user_id, event, subject, told)
    audit.append(connection, account_id, [*before, entry], install_key=by.install_key)
    events.publish(connection, event, account_id, subject, by.now)
