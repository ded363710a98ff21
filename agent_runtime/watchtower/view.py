"""What a rule looks at: one account's activities in order, folded into deals and touches. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from agent_runtime.watchtower.company import Company
from memory.people import ContactRow
from memory.timeline import Event

# What people do about a deal often names no deal: a call on the mobile, an invitation, a mail in a new thread.
_SELDOM_FILED = frozenset({"email", "message", "call", "meeting", "form", "task.created", "task.completed"})
_ENDED = {"won": "converted", "lost": "lost", "disqualified": "disqualified"}


class AccountInfo(NamedTuple):
    """The account as far as rules need it."""

    id: str
    name: str
    owner_id: str | None = None
    segment: str | None = None
    currency: str | None = None
    timezone: str | None = None
    language: str | None = None
    provisional: bool = False
    country: str | None = None


class StageChange(NamedTuple):
    """The opportunity stood in `stage` from `at` on."""

    at: datetime
    stage: str
    category: str
    activity_id: str


@dataclass(slots=True)
class Life:
    """An opportunity from its opening to its end; one that was re-opened has another life."""

    number: int
    opened_at: datetime
    opened_by: str
    changes: list[StageChange] = field(default_factory=list)
    ended: StageChange | None = None

    @property
    def outcome(self) -> str | None:
        return _ENDED[self.ended.category] if self.ended else None


@dataclass(slots=True)
class Deal:
    """An opportunity as its records tell it."""

    id: str
    events: list[Event] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    name: str = ""
    amount: float | None = None
    currency: str | None = None
    lost_reason: str | None = None
    close_dates: list[tuple[datetime, str, str]] = field(default_factory=list)
    worked_by: str | None = None

    def key(self, life: Life) -> str:
        return f"{self.id}#{life.number}"

    def life_at(self, moment: datetime) -> Life | None:
        """The life that was open at `moment`."""
        for life in self.lives:
            if life.opened_at <= moment and (life.ended is None or moment < life.ended.at):
                return life
        return None


@dataclass(slots=True)
class View:
    """One account as it is known at `now`; `events` are in the order in which they happened.

    `contacts`: its people as the directory has them; rules that need titles or roles say nothing without them.
    `drawn`: lists that several rules draw from the events, each made once.
    """

    account: AccountInfo
    events: list[Event]
    company: Company
    now: datetime
    contacts: Sequence[ContactRow] = ()
    by_kind: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    deals: dict[str, Deal] = field(default_factory=dict)
    drawn: dict[str | tuple[str, ...], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.events:
            self.by_kind[event.kind].append(event)
            if event.opportunity_id:
                deal = self.deals.get(event.opportunity_id)
                if deal is None:
                    deal = self.deals[event.opportunity_id] = Deal(event.opportunity_id)
                _fold(deal, event, self.company)

    def of(self, *kinds: str) -> list[Event]:
        """The activities of these kinds, in order."""
        if len(kinds) == 1:
            return self.by_kind.get(kinds[0], [])
        found: list[Event] | None = self.drawn.get(kinds)  # several rules ask for the same
        if found is None:
            found = self.drawn[kinds] = self._picked(kinds)
        return found

    def _picked(self, kinds: tuple[str, ...]) -> list[Event]:
        present = [kind for kind in kinds if kind in self.by_kind]
        if len(present) < 2:
            return self.by_kind[present[0]] if present else []
        # The events are in order already: to pick is cheaper than to sort anew.
        return [event for event in self.events if event.kind in present]

    def about(self, deal: Deal) -> list[Event]:
        """The activities of the deal, with those of no deal that happened while it was the account's only open one."""
        if "loose" not in self.drawn:
            self.drawn["loose"] = self._loose()
        loose = self.drawn["loose"].get(deal.id)
        return sorted([*deal.events, *loose], key=_order) if loose else deal.events

    def _loose(self) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.opportunity_id is None and event.kind in _SELDOM_FILED:
                meant = [deal.id for deal in self.deals.values() if deal.life_at(event.occurred_at)]
                if len(meant) == 1:
                    found.setdefault(meant[0], []).append(event)
        return found

    def end_of(self, opportunity_id: str | None, since: datetime) -> StageChange | None:
        """The end of the opportunity's life that was open at `since`, if it has ended."""
        deal = self.deals.get(opportunity_id or "")
        if deal is None:
            return None
        return next((x.ended for x in deal.lives if x.ended and x.ended.at >= since), None)


def _order(event: Event) -> tuple[datetime, str, str]:
    return (event.occurred_at, event.stream, event.source_id)


def _fold(deal: Deal, event: Event, company: Company) -> None:
    deal.events.append(event)
    if event.user_id and event.user_id in company.people:
        deal.worked_by = event.user_id
    if not event.kind.startswith("opportunity."):
        return
    data = event.data
    deal.name = data.get("name") or deal.name
    deal.lost_reason = data.get("lost_reason") or deal.lost_reason
    if data.get("amount") is not None:
        deal.amount = float(data["amount"])
        deal.currency = data.get("currency") or deal.currency
    if data.get("close_date"):
        deal.close_dates.append((event.occurred_at, str(data["close_date"]), event.id))
    if event.kind == "opportunity.snapshot" and data.get("stage"):
        _fold_snapshot(deal, event, company)
    elif data.get("stage"):
        category = company.category(data["stage"])
        _enter(deal, StageChange(event.occurred_at, data["stage"], category, event.id))
    elif not deal.lives:
        deal.lives.append(Life(0, event.occurred_at, event.id))


def _fold_snapshot(deal: Deal, event: Event, company: Company) -> None:
    """How a deal stood at an export: begun when it was created, in its stage since it was entered, if that is known.

    What the records before it tell is not turned back by it.
    """
    data = event.data
    category = company.category(data["stage"])
    created, entered, closed = (_moment(data.get(x)) for x in ("created_at", "stage_entered_at", "closed_at"))
    if not deal.lives:
        deal.lives.append(Life(0, min(created or event.occurred_at, event.occurred_at), event.id))
    told = (entered if category == "open" else closed or entered) or event.occurred_at
    life = deal.lives[-1]
    if life.ended is None and life.changes and life.changes[-1].stage == data["stage"]:
        return
    if life.ended is not None and life.ended.category == category:
        return
    known = [life.opened_at, *(x.at for x in life.changes), *([life.ended.at] if life.ended else [])]
    at = max(min(told, event.occurred_at), *known)
    if life.ended is not None and at == life.ended.at:
        at = event.occurred_at
    _enter(deal, StageChange(at, data["stage"], category, event.id))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _enter(deal: Deal, change: StageChange) -> None:
    life = deal.lives[-1] if deal.lives else None
    reopened = life is not None and life.ended is not None and life.ended.at < change.at
    if life is None or (reopened and change.category == "open"):
        life = Life(len(deal.lives), change.at, change.activity_id)
        deal.lives.append(life)
    if change.category != "open":
        # Another end of the same life: the last word counts.
        life.ended = change
    elif life.ended is None and (not life.changes or life.changes[-1].stage != change.stage):
        life.changes.append(change)


def touches(events: Iterable[Event]) -> list[Event]:
    """What a person of ours did, or what a customer did towards us: the signs of life of a deal.

    What a person decided in the inbox alone is none.
    """
    return [x for x in events if is_touch(x)]


def is_touch(event: Event) -> bool:
    """Whether it is a sign of life of a deal."""
    if event.caused_by == "person" and event.kind != "hand_over.accepted":
        return True
    return event.direction == "inbound" and not event.data.get("auto")
