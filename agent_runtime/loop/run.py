"""One run of an account's loop: re-evaluate the account alone, then prepare what may be proposed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.actions import service as actions
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.standing import SAID
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import observed
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.models import ItemState
from agent_runtime.inbox.policy import ItemRow, Trouble, troubles
from agent_runtime.jobs import begin_run, latest_run
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book, Move
from agent_runtime.loop.preparing import BRIEF, is_outdated
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.contact import same_person
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.findings import OPPORTUNITIES
from agent_runtime.watchtower.view import AccountInfo, View
from memory import people, timeline

# Steps of the ladder that the system takes itself, inside the house, as the playbook's autonomy allows.
_TAKEN_ITSELF = {"reassign": "reassign", "manager": "escalate"}


@dataclass(slots=True)
class Evaluated:
    """An account as a run left it: its view, its ledger, and what changed.

    `seq`: the run of the account's loop to which this belongs; what a later run has overtaken writes nothing more.
    """

    view: View
    book: Book
    seq: int
    moves: list[Move] = field(default_factory=list)


def look(
    connection: Connection, company: Company, account_id: str, now: datetime, seq: int | None = None
) -> Evaluated | None:
    """Reads one account as it is known now; None when it is not there. `seq`: the run for which, else the latest."""
    scope = agent_scope(account_id)
    row = people.account(connection, scope)
    if row is None:
        return None
    contacts = tuple(people.contacts(connection, scope))
    view = View(AccountInfo._make(row), timeline.read(connection, scope), company, now, contacts)
    run = latest_run(connection, account_id) if seq is None else seq
    return Evaluated(view, ledger.load(connection, account_id), run)


def run_account(
    engine: Engine,
    company: Company,
    account_id: str,
    now: datetime,
    install_key: SecretStr,
    after: Callable[[Connection, Evaluated], None] | None = None,
) -> Evaluated | None:
    """Drains the mailbox, re-evaluates, moves the ledger, closes items, takes inside steps; one transaction.

    `after` is called in the same transaction with what the run found.
    """
    with engine.begin() as connection:
        seq = begin_run(connection, account_id)
        found = look(connection, company, account_id, now, seq)
        if found is None:
            return None
        found.moves = evaluate(found.view, found.book)
        ledger.save(connection, found.book)
        entries = [_entry(move) for move in found.moves]
        entries += inbox.close_settled(
            connection,
            inbox.live_items(connection, account_id),
            found.book,
            now,
            partial(_is_overtaken, connection, found.view),
        )
        entries += _take_inside_steps(connection, found)
        if after:
            after(connection, found)
        if entries:
            audit.append(connection, account_id, entries, install_key=install_key)
        return found


def _is_overtaken(connection: Connection, view: View, item: ItemRow) -> bool:
    """Whether what was written has to be written anew; of an open brief, whether its content would be another."""
    if item.action["kind"] == BRIEF and item.state == ItemState.OPEN:
        return is_outdated(connection, view, item)
    return _heard(view, item)


def _heard(view: View, item: ItemRow) -> bool:
    """Whether the customer turned to us, as far as it became known since the item was written.

    A call that nobody answered counts: what an approval is refused for is prepared anew.
    """
    since, contact = item.made_at or item.delivered_at, item.action.get("contact_id")
    return any(
        x.known_at > since and x.direction == "inbound" and x.kind in SAID and not x.data.get("auto")
        and same_person(x, contact) for x in view.events
    )  # fmt: skip


def _entry(move: Move) -> Entry:
    detail = {name: value for name, value in move.detail.items() if value is not None}
    return Entry(move.at, ActorKind.AGENT, "agent", move.event, move.interaction_id, detail)


def _take_inside_steps(connection: Connection, found: Evaluated) -> list[Entry]:
    """Reassigning and escalating are done, not proposed: a decision by a named rule, once for each step."""
    entries = []
    company = found.view.company
    to = observed.reached(company.playbook.rollout, company.people)
    rows = {row.id: row for row in found.book.interactions}
    for move in found.moves:
        kind = _TAKEN_ITSELF.get(str(move.detail.get("do"))) if move.event == "breach.escalated" else None
        row = rows[move.interaction_id]
        if kind is None or row.state != "open" or getattr(company.playbook.autonomy, kind) != "auto":
            continue
        if to is not None and row.owner_id not in to:
            continue
        content = {
            "kind": kind,
            "channel": "inside",
            "to": [row.owner_id],
            "subject": row.next_action,
            "account_id": row.account_id,
            "opportunity_id": row.opportunity_id,
        }
        action = actions.decide(
            connection,
            content,
            account_id=row.account_id,
            # With the moment: what was met after all and is owed again reaches the same step again.
            effect_key=f"{move.detail['expectation']}:{move.detail['step']}:{kind}:{move.at.isoformat()}",
            decided_by=f"rule:{kind}",
            now=found.view.now,
            interaction_id=row.id,
            state=ActionState.CONFIRMED,
        )
        detail = {"kind": kind, "owner": row.owner_id}
        entries.append(Entry(found.view.now, ActorKind.RULE, f"rule:{kind}", "action.confirmed", action.id, detail))
    return entries


def open_troubles(found: Evaluated) -> Sequence[Trouble]:
    """What is owed and may become an item, with the ladder step at which it stands."""
    company, now = found.view.company, found.view.now
    steps = {
        x.id: company.step(x.rule, x.due_at, now).do
        for rows in found.book.expectations.values()
        for x in rows
        if x.state == "breached"
    }
    return troubles(found.book, steps, lambda rule: company.playbook.rule(rule).severity, OPPORTUNITIES)
