"""The five audits of the pipeline over the open deals: ownership, next step, reminder, stale lead, pipeline reality.

They ask what the exported records say by themselves, as if Tenure had never run; `diagnosis.reality` asks what its
own ledger and inbox say.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_runtime.look.figures import Audit, Failing, Movement
from agent_runtime.watchtower.contact import is_theirs, is_two_way
from agent_runtime.watchtower.view import Deal, Life, View, touches
from memory.timeline import Event

LOOKED_BACK = timedelta(days=30)
SHOWN = 12
# What a check finds: passed, the export cannot tell, or why it failed.
PASSED, CANNOT_TELL = "", "?"


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An open deal with its account as known at the end. `blind`: neither mails nor calls are in the export."""

    view: View
    deal: Deal
    life: Life
    blind: bool

    @property
    def events(self) -> list[Event]:
        """What happened with the account and this deal, not with others of its deals."""
        return [x for x in self.view.events if x.opportunity_id in (None, self.deal.id)]

    @property
    def plans(self) -> list[datetime | None]:
        """When the tasks that are open and the meetings to come are due; None for a task without a date."""
        done = {x.data.get("task_id") for x in self.events if x.kind == "task.completed"}
        open_tasks = [x for x in self.events if x.kind == "task.created" and x.data.get("task_id") not in done]
        meetings = [
            x
            for x in self.events
            if x.kind == "meeting" and x.data.get("status") not in ("canceled", "held", "no_show")
        ]
        starts = [_moment(x.data.get("starts_at")) for x in meetings]
        return [_moment(x.data.get("due_at")) for x in open_tasks] + [x for x in starts if x and x > self.view.now]

    @property
    def moved_at(self) -> datetime | None:
        """When it last changed its stage; None where the export does not tell when it came into its present one."""
        if not self.life.changes:
            return None
        last = self.life.changes[-1]
        event = next((x for x in self.deal.events if x.id == last.activity_id), None)
        is_told = event is None or event.kind != "opportunity.snapshot" or event.data.get("stage_entered_at")
        return last.at if is_told else None


def open_deals(views: Iterable[View], *, blind: bool) -> list[OpenDeal]:
    """The deals that are open at the end, in a fixed order."""
    return [
        OpenDeal(view, deal, deal.lives[-1], blind)
        for view in views
        for deal in view.deals.values()
        if deal.lives and deal.lives[-1].ended is None
    ]


def audits(deals: list[OpenDeal]) -> list[Audit]:
    """The five, in the order in which they are mended."""
    return [_audit(name, asks, check, deals) for name, asks, check in _CHECKS]


def movement(views: Iterable[View], deals: list[OpenDeal], now: datetime) -> Movement:
    """What moved in the last 30 days."""
    since = now - LOOKED_BACK
    lives = [life for view in views for deal in view.deals.values() for life in deal.lives]
    ends = [life.ended.category for life in lives if life.ended and life.ended.at > since]
    moved = [x for x in deals if x.life.opened_at <= since and x.moved_at and x.moved_at > since]
    return Movement(
        days=LOOKED_BACK.days,
        begun=sum(life.opened_at > since for life in lives),
        moved=len(moved),
        won=ends.count("won"),
        lost=len(ends) - ends.count("won"),
        still=sum(x.life.opened_at <= since for x in deals) - len(moved),
    )


def _audit(name: str, asks: str, check: Callable[[OpenDeal], str], deals: list[OpenDeal]) -> Audit:
    found = [(deal, check(deal)) for deal in deals]
    failing = [(deal, why) for deal, why in found if why not in (PASSED, CANNOT_TELL)]
    failing.sort(key=lambda pair: (-(pair[0].deal.amount or 0), pair[0].deal.id))
    return Audit(
        name=name,
        asks=asks,
        passed=sum(why == PASSED for _, why in found),
        failed=len(failing),
        cannot_tell=sum(why == CANNOT_TELL for _, why in found),
        failing=[Failing(x.view.account.name, x.deal.name or x.deal.id, why) for x, why in failing[:SHOWN]],
    )


def _ownership(one: OpenDeal) -> str:
    company, now = one.view.company, one.view.now
    owner = one.deal.worked_by or one.view.account.owner_id
    if owner is None or owner not in company.people:
        return "nobody owns it"
    return "its owner has left" if company.has_left(owner, now) else PASSED


def _next_step(one: OpenDeal) -> str:
    written = next((x.data.get("next_step") for x in reversed(one.deal.events) if x.data.get("next_step")), None)
    if one.plans or written:
        return PASSED
    return "no task, no meeting, no next step"


def _reminder(one: OpenDeal) -> str:
    dated = [x for x in one.plans if x is not None]
    if any(x >= one.view.now for x in dated):
        return PASSED
    if dated:
        return f"what was planned was due on {max(dated).astimezone(one.view.company.calendar.zone):%d %B %Y}"
    return "nothing with a date is planned"


def _stale(one: OpenDeal) -> str:
    signs = [x.occurred_at for x in touches(one.events)]
    days = (one.view.now - max(signs, default=one.life.opened_at)).days
    if days <= LOOKED_BACK.days:
        return PASSED
    if not signs and one.blind:
        return CANNOT_TELL
    return f"no sign of life for {days} days" if signs else f"never touched in {days} days"


def _reality(one: OpenDeal) -> str:
    company, now = one.view.company, one.view.now
    if one.deal.close_dates and one.deal.close_dates[-1][1][:10] < now.date().isoformat():
        return f"should have closed by {one.deal.close_dates[-1][1][:10]}"
    since = now - LOOKED_BACK
    heard = any(is_theirs(x) or is_two_way(x) for x in one.events if x.occurred_at > since)
    if heard or one.life.opened_at > since:
        return PASSED
    if one.moved_at is None:
        return CANNOT_TELL if one.blind or not one.life.changes else _silent(one)
    stage = one.life.changes[-1].stage
    known = company.stages.get(stage)
    allowed = company.playbook.stages.allowed_days(stage, known.expected_days if known else None)
    days = (now - one.moved_at).days
    return f"{days} days in stage {stage}, expected {allowed:.0f}" if days > allowed else PASSED


def _silent(one: OpenDeal) -> str:
    return f"the customer was not heard for more than {LOOKED_BACK.days} days"


def _moment(told: object) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) and told else None


_CHECKS: tuple[tuple[str, str, Callable[[OpenDeal], str]], ...] = (
    ("Ownership", "Does somebody who is still here have it?", _ownership),
    ("Next step", "Is anything planned at all?", _next_step),
    ("Reminder", "Is it planned for a day that is still to come?", _reminder),
    ("Stale lead", f"Did anything happen in the last {LOOKED_BACK.days} days?", _stale),
    ("Pipeline reality", "Does it move, or is it only recorded?", _reality),
)
