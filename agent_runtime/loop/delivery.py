"""The morning round: of everything that is owed, what a person's attention is spent on today."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection, select

from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.observed import observed_since
from agent_runtime.inbox.policy import ItemRow, Trouble
from agent_runtime.ledger.models import Expectation, Interaction
from agent_runtime.loop.propose import URGENT, Desk, cannot_wait, eligible, propose
from agent_runtime.loop.run import Evaluated, look
from agent_runtime.watchtower.outlook import Belief
from agent_runtime.watchtower.risk import priority
from agent_runtime.watchtower.score import unlearned

Delivered = Callable[[ItemRow], None]


@dataclass(frozen=True, slots=True)
class Matter:
    """A deal, or an interaction without one, in which something is owed; `priority` is its highest."""

    priority: float
    account_id: str
    name: str
    interaction_id: str = ""


def deliver_now(desk: Desk, found: Evaluated, delivered: Delivered) -> None:
    """Proposes at once what cannot wait for the morning, until nothing of the kind is left.

    The account is read anew after each item, because what was decided about it may have changed the rest.
    """
    present: Evaluated | None = found
    while present and (urgent := _cannot_wait(desk, present)):
        item = propose(desk, present, urgent[0])
        if isinstance(item, ItemRow):
            delivered(item)
        if item:
            with desk.engine.connect() as connection:
                present = look(connection, desk.company, found.view.account.id, found.view.now)


def deliver_round(
    desk: Desk, now: datetime, begun_at: datetime, planned: Sequence[Matter], cap: int | None, delivered: Delivered
) -> None:
    """Delivers the first of `planned`: `cap` in all, or the playbook's budget for each person.

    A round that began at `begun_at` and was broken off goes on with the same plan: each matter has at most one item
    in it.
    """
    with desk.engine.connect() as connection:
        recent = inbox.recent_repeats(connection, now)
        today = _delivered_since(connection, begun_at)
        done = inbox.matters_since(connection, begun_at)
    budget = _Budget(cap, desk.company.playbook.budget.items_per_person_day, today)
    for matter in planned:
        if budget.spent:
            return
        if matter.name in done:
            continue
        for found, trouble in _trouble_of(desk, matter, now):
            repeated = (trouble.matter, trouble.expectation.rule, trouble.classification) in recent
            owner = trouble.interaction.owner_id or ""
            if repeated or not budget.allows(owner):
                continue
            item = propose(desk, found, trouble)
            if item:
                budget.take(owner)
            if isinstance(item, ItemRow):
                delivered(item)


class _Budget:
    """How many more items may be delivered today, in all or to each person."""

    def __init__(self, cap: int | None, each: int, today: Counter[str]) -> None:
        self._cap, self._each, self._today = cap, each, today

    @property
    def spent(self) -> bool:
        return self._cap is not None and self._today.total() >= self._cap

    def allows(self, owner: str) -> bool:
        return not self.spent if self._cap is not None else self._today[owner] < self._each

    def take(self, owner: str) -> None:
        self._today[owner] += 1


def matters(desk: Desk, beliefs: Mapping[str, Belief]) -> list[Matter]:
    """Every matter in which something is owed and about which no item is open, the highest priority first."""
    expectation, interaction = Expectation.__table__, Interaction.__table__  # type: ignore[attr-defined]
    query = (
        select(interaction.c.account_id, interaction.c.opportunity_id, interaction.c.id, expectation.c.rule)
        .join(interaction, interaction.c.id == expectation.c.interaction_id)
        .where(expectation.c.state.in_(("breached", "unverified")), interaction.c.state == "open")
    )
    with desk.engine.connect() as connection:
        rows = connection.execute(query).all()
        taken = inbox.matters_with_open_item(connection)
    best: dict[str, Matter] = {}
    for account, opportunity, interaction_id, rule in rows:
        name = opportunity or interaction_id
        if name not in taken and _is_worth_a_slot(desk, rule):
            score = _priority(desk, rule, beliefs.get(opportunity or ""))
            if name not in best or best[name].priority < score:
                best[name] = Matter(score, account, name, interaction_id)
    return sorted(best.values(), key=lambda x: (-x.priority, x.name))


def _is_worth_a_slot(desk: Desk, rule: str) -> bool:
    """Silence is better than noise: what people go on dismissing leaves its slot empty; what is owed never does."""
    return rule in URGENT or desk.severity(rule) >= desk.company.playbook.feedback.silent_below


def _priority(desk: Desk, rule: str, belief: Belief | None) -> float:
    severity = desk.severity(rule)
    return (belief.priority if belief else priority(unlearned(severity), 0.0, 1.0)) * (0.5 + severity)


def _trouble_of(desk: Desk, matter: Matter, now: datetime) -> Iterator[tuple[Evaluated, Trouble]]:
    with desk.engine.connect() as connection:
        found = look(connection, desk.company, matter.account_id, now)
    if found:
        for trouble in _eligible(desk, found):
            if trouble.matter == matter.name:
                yield found, trouble


def _cannot_wait(desk: Desk, found: Evaluated) -> list[Trouble]:
    """What is urgent, for those whose day is not full; what is left comes with the next morning round."""
    with desk.engine.connect() as connection:
        urgent = cannot_wait(connection, found)
        if not urgent:
            return []
        today = _delivered_since(connection, _midnight(desk, found.view.now))
    most = desk.company.playbook.budget.urgent_per_person_day
    return [x for x in urgent if today[x.interaction.owner_id or ""] < most]


def _midnight(desk: Desk, now: datetime) -> datetime:
    zone = desk.company.calendar.zone
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _delivered_since(connection: Connection, moment: datetime) -> Counter[str]:
    return Counter([*inbox.delivered_since(connection, moment), *observed_since(connection, moment)])


def _eligible(desk: Desk, found: Evaluated) -> list[Trouble]:
    with desk.engine.connect() as connection:
        return eligible(connection, found)
