"""Movement, not records: what was begun and how it ended, what is late, how far up the ladder, what drafts were worth.

Counts over accounts, never over a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, case, func, select

from agent_runtime.diagnosis.figures import LEAST, Row
from agent_runtime.inbox.models import Decision, Item
from agent_runtime.ledger.models import Breach, Expectation, Interaction
from agent_runtime.llm.models import ModelCall

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_breach: Table = Breach.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_call: Table = ModelCall.__table__  # type: ignore[attr-defined]
OUTCOMES = ("converted", "lost", "disqualified", "deferred")
STEPS = ("act", "remind", "other_channel", "reassign", "manager", "ask_outcome")
_MICRO = 1_000_000
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Kind:
    """Matters of one kind that were begun in the stretch: begun = open + the four outcomes, always."""

    kind: str
    begun: int
    open: int
    converted: int
    lost: int
    disqualified: int
    deferred: int


@dataclass(frozen=True, slots=True)
class Late:
    """One rule: how often its time passed in the stretch, how often that was taken back, how much is late now."""

    rule: str
    passed: int
    retracted: int
    now: int


@dataclass(frozen=True, slots=True)
class Drafts:
    """What became of what was prepared: sent or done as it was, after an edit, dismissed by reason, settled alone."""

    prepared: int
    as_it_was: int
    edited: int
    dismissed: tuple[tuple[str, int], ...]
    done_elsewhere: int
    settled: int
    too_old: int

    @property
    def decided(self) -> int:
        """How many a person decided about."""
        return self.as_it_was + self.edited + self.done_elsewhere + sum(x[1] for x in self.dismissed)

    @property
    def share_as_it_was(self) -> float | None:
        """Of the decided ones; None for a sample too small to divide."""
        return self.as_it_was / self.decided if self.decided >= LEAST else None


@dataclass(frozen=True, slots=True)
class Cost:
    """What models were asked for one purpose; cost in the currency of the prices, `silent` calls had no reply."""

    purpose: str
    calls: int
    tokens: int
    cost: float
    silent: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The ledger as one sentence: begun = ended + open, and how many open ones lack one of the four elements."""

    begun: int
    ended: int
    open: int
    overdue: int
    missing: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which accounts (a query for their ids), and from when to when."""

    accounts: Select[Any]
    since: datetime
    until: datetime


def counted(connection: Connection, accounts: Select[Any]) -> Counted:
    """The conservation of everything that was ever begun with these accounts."""
    x = _interaction.c
    lacking = and_(x.state == "open", (x.owner_id.is_(None)) | (x.next_due_at.is_(None)) | (x.recovery.is_(None)))
    query = select(
        func.count(),
        func.coalesce(func.sum(case((x.state == "open", 1), else_=0)), 0),
        func.coalesce(func.sum(case((lacking, 1), else_=0)), 0),
    ).where(x.account_id.in_(accounts))
    begun, open_, missing = connection.execute(query).one()
    late = select(func.count(_expectation.c.interaction_id.distinct())).where(
        _expectation.c.account_id.in_(accounts), _expectation.c.state == "breached"
    )
    return Counted(begun, begun - open_, open_, connection.scalar(late) or 0, missing)


def kinds(connection: Connection, stretch: Stretch) -> list[Kind]:
    """What was begun in the stretch, by kind, the most frequent first."""
    x = _interaction.c
    within = (x.account_id.in_(stretch.accounts), x.opened_at > stretch.since, x.opened_at <= stretch.until)
    query = select(x.kind, func.coalesce(x.outcome, "open"), func.count()).where(*within).group_by(x.kind, x.outcome)
    found: dict[str, dict[str, int]] = {}
    for kind, end, number in connection.execute(query):
        found.setdefault(kind, {})[end] = number
    told = [
        Kind(kind, sum(ends.values()), ends.get("open", 0), *(ends.get(x, 0) for x in OUTCOMES))
        for kind, ends in found.items()
    ]
    return sorted(told, key=lambda x: (-x.begun, x.kind))


def lates(connection: Connection, stretch: Stretch) -> list[Late]:
    """What was late, by rule, the most frequent first; what is late now counts whenever it began."""
    within = (
        _breach.c.account_id.in_(stretch.accounts), _breach.c.detected_at > stretch.since,
        _breach.c.detected_at <= stretch.until,
    )  # fmt: skip
    back = func.sum(case((_breach.c.retracted_at.is_not(None), 1), else_=0))
    query = select(_breach.c.rule, func.count(), back).where(*within).group_by(_breach.c.rule)
    passed = {row[0]: (row[1], row[2] or 0) for row in connection.execute(query)}
    standing = (_expectation.c.account_id.in_(stretch.accounts), _expectation.c.state == "breached")
    query = select(_expectation.c.rule, func.count()).where(*standing).group_by(_expectation.c.rule)
    now = {row[0]: row[1] for row in connection.execute(query)}
    found = [Late(rule, *passed.get(rule, (0, 0)), now.get(rule, 0)) for rule in {*passed, *now}]
    return sorted(found, key=lambda x: (-x.now, -x.passed, x.rule))


def late_rows(connection: Connection, stretch: Stretch, rule: str = "") -> list[Row]:
    """What is late now, the oldest first, with the step at which its recovery stands; of one rule if named."""
    x, y = _expectation.c, _interaction.c
    query = (
        select(x.account_id, x.interaction_id, x.rule, x.due_at, y.next_action)
        .join(_interaction, y.id == x.interaction_id)
        .where(x.account_id.in_(stretch.accounts), x.state == "breached")
    )
    query = query.where(x.rule == rule) if rule else query
    rows = connection.execute(query.order_by(x.due_at, x.id).limit(MOST_ROWS))
    return [Row(row.account_id, row.interaction_id, f"{row.rule}:{row.next_action}", row.due_at) for row in rows]


def matter_rows(connection: Connection, stretch: Stretch, kind: str, end: str) -> list[Row]:
    """The matters of one kind that were begun in the stretch and are open, or ended so; the oldest first."""
    x = _interaction.c
    within = (x.account_id.in_(stretch.accounts), x.opened_at > stretch.since, x.opened_at <= stretch.until)
    query = select(x.account_id, x.id, x.opened_at, x.reason, x.next_action).where(*within, x.kind == kind)
    if end:
        query = query.where(x.outcome.is_(None) if end == "open" else x.outcome == end)
    rows = connection.execute(query.order_by(x.opened_at, x.id).limit(MOST_ROWS))
    return [Row(row.account_id, row.id, row.reason or row.next_action or "", row.opened_at) for row in rows]


def ladder(connection: Connection, accounts: Select[Any]) -> list[tuple[str, int]]:
    """At which step of recovery the matters stand that are late now."""
    x = _interaction.c
    query = select(x.next_action, func.count()).where(x.account_id.in_(accounts), x.state == "open")
    found = dict.fromkeys(STEPS, 0)
    for action, number in connection.execute(query.group_by(x.next_action)):
        step, colon, _ = (action or "").partition(":")
        if colon and step in found:
            found[step] += number
    return list(found.items())


def drafts(connection: Connection, stretch: Stretch) -> Drafts:
    """What became of the items that were delivered in the stretch."""
    within = (
        _item.c.account_id.in_(stretch.accounts), _item.c.delivered_at > stretch.since,
        _item.c.delivered_at <= stretch.until,
    )  # fmt: skip
    states = {row[0]: row[1] for row in connection.execute(
        select(_item.c.state, func.count()).where(*within).group_by(_item.c.state)
    )}  # fmt: skip
    items = select(_item.c.id).where(*within)
    query = select(_decision.c.verb, _decision.c.reason, _decision.c.draft_version, func.count()).where(
        _decision.c.item_id.in_(items)
    )
    query = query.group_by(_decision.c.verb, _decision.c.reason, _decision.c.draft_version)
    as_it_was = edited = done = 0
    dismissed: dict[str, int] = {}
    for verb, reason, version, number in connection.execute(query):
        as_it_was += number if verb == "approve" and version == 1 else 0
        edited += number if verb == "approve" and version > 1 else 0
        done += number if verb == "done" else 0
        if verb == "dismiss":
            dismissed[reason or "other"] = dismissed.get(reason or "other", 0) + number
    told = tuple(sorted(dismissed.items(), key=lambda x: (-x[1], x[0])))
    settled, too_old = states.get("cleared", 0), states.get("expired", 0)
    return Drafts(sum(states.values()), as_it_was, edited, told, done, settled, too_old)


def costs(connection: Connection, stretch: Stretch) -> list[Cost]:
    """What models were asked, by purpose; empty where no model is set."""
    x = _call.c
    within = (x.account_id.in_(stretch.accounts), x.at > stretch.since, x.at <= stretch.until)
    silent = func.sum(case((x.outcome == "replied", 0), else_=1))
    tokens = func.sum(x.tokens_in + x.tokens_out)
    query = select(x.purpose, func.count(), tokens, func.sum(x.cost), silent).where(*within).group_by(x.purpose)
    return [Cost(row[0], row[1], row[2] or 0, (row[3] or 0) / _MICRO, row[4] or 0)
            for row in connection.execute(query.order_by(x.purpose))]  # fmt: skip


def at_stake(connection: Connection, accounts: Select[Any]) -> dict[str, tuple[float, float]]:
    """What the open items say could be lost, low to high, by currency; an account's matter counts once."""
    query = select(_item.c.account_id, _item.c.opportunity_id, _item.c.value_at_stake).where(
        _item.c.account_id.in_(accounts), _item.c.state == "open"
    )
    most: dict[tuple[str, str | None], dict[str, Any]] = {}
    for account_id, opportunity_id, value in connection.execute(query):
        known = most.get((account_id, opportunity_id))
        if value and value.get("high") and (known is None or value["high"] > known["high"]):
            most[account_id, opportunity_id] = value
    return _summed(list(most.values()))


def _summed(values: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for value in values:
        low, high = found.get(value.get("currency") or "", (0.0, 0.0))
        found[value.get("currency") or ""] = (low + float(value.get("low") or 0), high + float(value["high"]))
    return found
