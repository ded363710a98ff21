"""The visit: every account is evaluated in every cycle, many at a time; a run is asked for only where something moves.

What nobody writes about and nothing is due in is what a person would forget. It costs a reading and no transaction.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import Connection, Engine

from agent_runtime import jobs
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.observed import observed_accounts
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book, BreachRow, ExpectationRow, InteractionRow
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.view import AccountInfo, View
from memory import people, timeline

EACH = timedelta(hours=24)
AT_ONCE = 1_000
_PLAYBOOK = "live.playbook"
# One who began to visit and died is waited for so long.
_LEASE = timedelta(minutes=5)
# As many as fit into the cache of a core together: more at once is a tenth slower.
_READ_AT_ONCE = 20


def visit(engine: Engine, company: Company, now: datetime, most: int = AT_ONCE) -> int:
    """Visits up to `most` accounts whose turn it is, the longest unvisited first; gives how many.

    Several workers may visit side by side. What was begun and not finished comes again.
    """
    before = now - EACH
    with engine.begin() as connection:
        accounts = jobs.begin_visit(connection, before, most, before + _LEASE)
    if not accounts:
        return 0
    with engine.connect() as connection, _no_collector():
        moved = [*restless(connection, company, accounts, now), *inbox.accounts_with_live_item(connection, accounts)]
    with engine.begin() as connection:
        jobs.wake(connection, moved)
        jobs.end_visit(connection, accounts, now)
    return len(accounts)


@contextmanager
def _no_collector() -> Iterator[None]:
    """What is read here lives for one batch and holds no cycles; looking for some costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def restless(connection: Connection, company: Company, accounts: Sequence[str], now: datetime) -> list[str]:
    """Those of `accounts` whose ledger would move if they were run now."""
    return [
        view.account.id
        for first in range(0, len(accounts), _READ_AT_ONCE)
        for view, book in views(connection, company, accounts[first : first + _READ_AT_ONCE], now)
        if evaluate(view, book) or _is_changed(book)
    ]


def views(
    connection: Connection, company: Company, accounts: Sequence[str], now: datetime
) -> Iterator[tuple[View, Book]]:
    """Each of the accounts that is there, as it is known now, with its ledger."""
    scopes = [agent_scope(account) for account in accounts]
    events, books = timeline.read_each(connection, scopes), ledger.load_each(connection, accounts)
    for account, (row, contacts) in people.each(connection, scopes).items():
        yield View(AccountInfo._make(row), events[account], company, now, tuple(contacts)), books[account]


def _is_changed(book: Book) -> bool:
    """Whether a row would be written although nothing of it is worth an audit entry, as a new due time."""
    expectations = chain.from_iterable(book.expectations.values())
    rows: Iterator[InteractionRow | ExpectationRow | BreachRow] = chain(
        book.interactions, expectations, book.breaches.values()
    )
    return any(row.changed or row.new for row in rows)


def visit_all_under(connection: Connection, company: Company) -> bool:
    """Gives every account its turn anew where the playbook is another than the last one; whether it is.

    What was only counted is looked at again at once: the rollout may have reached its owner.
    """
    fingerprint = company.playbook.fingerprint
    known = jobs.checkpoint(connection, _PLAYBOOK)
    if known and known["fingerprint"] == fingerprint:
        return False
    jobs.set_checkpoint(connection, _PLAYBOOK, {"fingerprint": fingerprint})
    if known:
        jobs.forget_visits(connection)
        jobs.wake(connection, observed_accounts(connection))
    return known is not None
