"""What people say of the facts that memory holds: right, otherwise, or to be forgotten; audited, never committed."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection

from agent_runtime import events
from agent_runtime.accounts.erasure import By
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.jobs import post
from memory.facts import KnownFact, Statement, known, record
from memory.facts.forgetting import forget as forget_fact
from memory.scope import AccountScope
from memory.timeline import NewActivity, add

SOURCE, STREAM, KIND = "tenure", "memory", "fact.stated"
LONGEST_VALUE = 500


def confirm(connection: Connection, scope: AccountScope, fact_id: str, by: By) -> None:
    """States once more, in a person's name, what the fact says; raises NotThere."""
    fact = _fact(connection, scope, fact_id)
    _state(connection, scope, fact, fact.value, "confirmed", by)


def correct(connection: Connection, scope: AccountScope, fact_id: str, value: str, by: By) -> None:
    """States another value in a person's name from now on; raises NotThere, BadInput for an empty or endless one.

    It ends what was said with no more trust. What the CRM says stays beside it, and the conflict shows.
    """
    told = " ".join(value.split())
    if not 0 < len(told) <= LONGEST_VALUE or not told.isprintable():
        raise BadInput(
            "This value cannot be kept; nothing was changed.", fix=f"Write 1 to {LONGEST_VALUE} plain characters."
        )
    _state(connection, scope, _fact(connection, scope, fact_id), told, "corrected", by)


def forget(connection: Connection, scope: AccountScope, fact_id: str, by: By) -> None:
    """Deletes the fact and what stated it; the texts in which it was read stay. Raises NotThere."""
    if not forget_fact(connection, scope, fact_id):
        raise _missing()
    _tell(connection, scope, fact_id, "fact.forgotten", {}, by)


def _fact(connection: Connection, scope: AccountScope, fact_id: str) -> KnownFact:
    found = next((x for x in known(connection, scope) if x.id == fact_id), None)
    if found is None:
        raise _missing()
    return found


def _missing() -> NotThere:
    return NotThere("There is no such fact, or something newer took its place.", fix="Load the memory again.")


def _state(
    connection: Connection, scope: AccountScope, fact: KnownFact, value: str, verb: str, by: By
) -> None:  # fmt: skip
    activity = _activity(scope.account_id, fact.id, value, verb, by)
    (added,) = add(connection, [activity])
    statement = Statement(
        account_id=scope.account_id,
        slot=fact.slot,
        value=value,
        trust="user",
        valid_from=by.now,
        recorded_at=by.now,
        activity_id=added.activity_id,
        source_id=activity.source_id,
    )
    record(connection, [statement])
    post(connection, [(scope.account_id, added.activity_id)])
    _tell(connection, scope, fact.id, f"fact.{verb}", {"activity": added.activity_id}, by)


def _activity(account_id: str, fact_id: str, value: str, verb: str, by: By) -> NewActivity:
    number = _number(account_id, fact_id, value, by.now)
    return NewActivity(
        source=SOURCE,
        stream=STREAM,
        source_id=f"said_{number}",
        account_id=account_id,
        kind=KIND,
        direction="internal",
        occurred_at=by.now,
        known_at=by.now,
        user_id=by.user_id,
        caused_by="person",
        data={"fact_id": fact_id, "verb": verb},
    )


def _number(account_id: str, fact_id: str, value: str, now: datetime) -> str:
    return blake2b(f"{account_id}|{fact_id}|{value}|{now.isoformat()}".encode(), digest_size=8).hexdigest()


def _tell(
    connection: Connection, scope: AccountScope, fact_id: str, event: str, detail: dict[str, Any], by: By
) -> None:  # fmt: skip
    entry = Entry(by.now, ActorKind.USER, by.user_id, event, fact_id, detail)
    audit.append(connection, scope.account_id, [entry], install_key=by.install_key)
    events.publish(connection, event, scope.account_id, fact_id, by.now)
