"""Takes what a person decided about an item, in the caller's transaction: bound to what was seen, written down, done
once."""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Connection

from agent_runtime import events
from agent_runtime.audit import service as audit
from agent_runtime.errors import NotThere, Refused, TenureError
from agent_runtime.inbox import store
from agent_runtime.inbox import verbs as v
from agent_runtime.inbox.answers import VERBS
from agent_runtime.inbox.case import Case, Decided, Deciding
from agent_runtime.inbox.house import House
from agent_runtime.jobs import wake
from agent_runtime.ledger.policy import row_id

__all__ = ["Decided", "Deciding", "decide", "decide_many"]

MOST_UNTYPED = 20


def decide(connection: Connection, house: House, item_id: str, command: v.Command, by: Deciding) -> Decided:
    """Carries out one decision. The caller has seen to it that `by` may decide about this item.

    Raises NotThere, Stale when the content is another one by now or the customer wrote since, Refused for what the
    item's state or the playbook does not allow, BadInput for a content that cannot be sent; then nothing was changed.
    """
    account_id = store.account_of(connection, item_id)
    if account_id is None:
        raise NotThere("There is no such item.", fix="Nothing was changed; load the inbox again.")
    # Everything that writes about an account takes its loop first, and so waits for the others instead of deadlocking;
    # on SQLite this takes the write lock before the item is read.
    wake(connection, [account_id])
    item = store.item_for_update(connection, item_id)
    number = store.decisions_about(connection, item_id)
    decision_id = row_id("dec_", item.id, number, command.verb, by.now.isoformat(), by.user_id)
    case = Case(connection, house, item, by, decision_id)
    case.refuse_taken(command)
    case.refuse_batch(command)
    decided = VERBS[type(command)](case, command)
    store.record(connection, case.item, decision_id, command, by.user_id, by.now, by.channel)
    audit.append(connection, item.account_id, case.entries, install_key=by.install_key)
    events.publish(connection, f"item.{command.verb}", item.account_id, item.id, by.now)
    return decided


def decide_many(
    connection: Connection, house: House, wanted: Sequence[tuple[str, v.Command]], confirmation: str, by: Deciding
) -> list[Decided | TenureError]:
    """Carries out several decisions, each on its own: what is refused is told and hinders no other.

    Flagged items are never approved so; approving more than 20 needs `confirmation` to be "approve N". Gives what
    became of each in the order of `wanted`.
    """
    approvals = sum(isinstance(command, v.Approve) for _, command in wanted)
    if approvals > MOST_UNTYPED and confirmation != f"approve {approvals}":
        raise Refused(
            f"Approving {approvals} at once needs to be confirmed; nothing was approved.",
            fix=f'Send the confirmation "approve {approvals}".',
        )
    accounts = [store.account_of(connection, item_id) or "" for item_id, _ in wanted]
    found: list[tuple[int, Decided | TenureError]] = []
    # By account, so that two who decide about many at once wait for each other in the same order.
    for place in sorted(range(len(wanted)), key=lambda x: (accounts[x], wanted[x][0], x)):
        found.append((place, _one_of_many(connection, house, *wanted[place], by)))
    return [one for _, one in sorted(found, key=itemgetter(0))]


def _one_of_many(
    connection: Connection, house: House, item_id: str, command: v.Command, by: Deciding
) -> Decided | TenureError:
    account_id = store.account_of(connection, item_id)
    # A transaction has to be open for good before SQLite may begin one inside it.
    wake(connection, [account_id] if account_id else [])
    item = store.item(connection, item_id)
    if item and item.flags and isinstance(command, v.Approve):
        flags = ", ".join(item.flags)
        return Refused(f"It is flagged ({flags}) and was left out.", fix="Decide about it on its own page.")
    try:
        with connection.begin_nested():
            return decide(connection, house, item_id, command, by)
    except TenureError as error:
        return error
