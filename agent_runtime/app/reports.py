"""Raw counts for reports: of matters, breaches, items and actions; no figure is kept by person."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Table, func, select

from agent_runtime.actions.models import Action
from agent_runtime.http.routing import Asked, Router
from agent_runtime.inbox.models import Decision, Item
from agent_runtime.ledger.models import Breach, Interaction
from agent_runtime.permissions import OVERSEERS, Policy, reach_of, within
from memory.records import Account

router = Router("reports")
_account: Table = Account.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_breach: Table = Breach.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_action: Table = Action.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]


class Begun(BaseModel):
    """Interactions of one kind: each begun one is open or ended in one outcome, so begun = open + the outcomes."""

    begun: int
    open: int
    converted: int
    lost: int
    disqualified: int
    deferred: int


class Breached(BaseModel):
    """Breaches of one rule; the retracted ones had been met in time."""

    standing: int
    retracted: int


class ReportCounts(BaseModel):
    """The raw counts over the accounts that one sees."""

    interactions: dict[str, Begun]
    breaches: dict[str, Breached]
    items: dict[str, dict[str, int]]
    decisions: dict[str, int]
    actions: dict[str, dict[str, int]]


@router.get("/api/reports/counts", policy=Policy(OVERSEERS))
def counts(call: Asked) -> ReportCounts:
    """What was begun and how it ended, what was late, what was proposed, decided and done."""
    reach = reach_of(call.connection, call.principal, call.now)
    seen = select(_account.c.id).where(within(reach, _account.c))
    return ReportCounts(
        interactions=_interactions(call.connection, seen),
        breaches=_breaches(call.connection, seen),
        items=_nested(call.connection, seen, _item, _item.c.signal),
        decisions={verb: number for verb, number in _grouped(call.connection, seen, _decision, _decision.c.verb)},
        actions=_nested(call.connection, seen, _action, _action.c.kind),
    )


def _grouped(connection: Connection, seen: Any, table: Table, *by: Any) -> list[Any]:
    query = select(*by, func.count()).where(table.c.account_id.in_(seen)).group_by(*by).order_by(*by)
    return list(connection.execute(query))


def _interactions(connection: Connection, seen: Any) -> dict[str, Begun]:
    found: dict[str, dict[str, int]] = {}
    columns = (_interaction.c.kind, func.coalesce(_interaction.c.outcome, "open").label("end"))
    for kind, end, number in _grouped(connection, seen, _interaction, *columns):
        found.setdefault(kind, dict.fromkeys(Begun.model_fields, 0))[end] += number
        found[kind]["begun"] += number
    return {kind: Begun(**numbers) for kind, numbers in found.items()}


def _breaches(connection: Connection, seen: Any) -> dict[str, Breached]:
    found: dict[str, dict[str, int]] = {}
    for rule, standing, number in _grouped(connection, seen, _breach, _breach.c.rule, _breach.c.retracted_at.is_(None)):
        found.setdefault(rule, {"standing": 0, "retracted": 0})["standing" if standing else "retracted"] += number
    return {rule: Breached(**numbers) for rule, numbers in found.items()}


def _nested(connection: Connection, seen: Any, table: Table, by: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, state, number in _grouped(connection, seen, table, by, table.c.state):
        found.setdefault(name, {})[state] = number
    return found
