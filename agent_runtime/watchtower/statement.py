"""How rules put what they saw into the words of the ledger: what was begun, what is owed, how it ended. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import is_ours_to_customer, is_theirs, is_two_way, same_person
from agent_runtime.watchtower.view import Deal, Life, View
from memory.timeline import Event

SPOKEN = ("email", "message", "call", "meeting")
CAME = ("email", "message", "form", "call", "meeting")


@dataclass(frozen=True, slots=True)
class Duty:
    """What a rule asks each time: its name, the kind of interaction, the action, and the reason when it is done."""

    rule: str
    kind: str
    action: str
    done: str
    turn: str = "ours"
    channels: tuple[str, ...] = ("email", "call", "message")


@dataclass(slots=True)
class Run:
    """Triggers of one thing, in order, until the same activity settled all of them; None while nothing did."""

    triggers: list[Event] = field(default_factory=list)
    met: Event | None = None


def runs(triggers: Iterable[Event], met_of: Callable[[Event], Event | None]) -> list[Run]:
    """Joins triggers (in order) that the same activity settles: who says it twice says it once."""
    found: list[Run] = []
    for trigger in triggers:
        met = met_of(trigger)
        if not found or found[-1].met is not met:
            found.append(Run(met=met))
        found[-1].triggers.append(trigger)
    return found


def ours(view: View) -> list[Event]:
    """What reached the customer from a person of ours, or both sides were there; in order."""
    if "ours" not in view.drawn:
        view.drawn["ours"] = [x for x in view.of(*SPOKEN) if is_ours_to_customer(x) or is_two_way(x)]
    found: list[Event] = view.drawn["ours"]
    return found


def theirs(view: View) -> list[Event]:
    """Signs of life of the customer: what they wrote, said or came to; in order."""
    if "theirs" not in view.drawn:
        view.drawn["theirs"] = [x for x in view.of(*CAME) if is_theirs(x) or is_two_way(x)]
    found: list[Event] = view.drawn["theirs"]
    return found


def first(events: Iterable[Event], since: datetime, contact_id: str | None = None) -> Event | None:
    """The first of `events` (in order) after `since` that is with this contact; a holding reply is none."""
    return next(
        (x for x in events if x.occurred_at > since and same_person(x, contact_id) and not x.data.get("holding")), None
    )


def owed(
    view: View,
    duty: Duty,
    run: Run,
    due_at: datetime,
    *,
    key: str | None = None,
    opened_at: datetime | None = None,
    end: Ending | None = None,
) -> Begun:
    """One interaction for a run: begun by its first trigger, owed by `due_at`, ended when done, or as `end` says.

    With the end of the deal it is needed no more. `opened_at`: where the waiting begins later than the trigger.
    """
    trigger, last, met = run.triggers[0], run.triggers[-1], run.met
    name = key or f"{duty.rule}:{trigger.stream}:{trigger.source_id}"
    return Begun(
        kind=duty.kind,
        key=name,
        opened_at=trigger.occurred_at,
        opened_by=trigger.id,
        expected=(expected(duty, opened_at or trigger.occurred_at, due_at, run.triggers, met),),
        end=end or ending(view, duty, trigger, met),
        opportunity_id=last.opportunity_id,
        contact_id=last.contact_id,
        parts=tuple(x.id for x in run.triggers),
    )


def expected(
    duty: Duty,
    opened_at: datetime,
    due_at: datetime,
    evidence: Sequence[Event],
    met: Event | None,
    *,
    key: str | None = None,
) -> Expected:
    """The duty as an expectation; its key is that of its first evidence unless one is given."""
    return Expected(
        key=key or f"{duty.rule}:{evidence[0].stream}:{evidence[0].source_id}",
        rule=duty.rule,
        action=duty.action,
        opened_at=opened_at,
        due_at=max(due_at, opened_at),
        turn=duty.turn,
        channels=duty.channels,
        evidence=tuple(x.id for x in evidence[-3:]),
        met_at=max(met.occurred_at, opened_at) if met else None,
        met_by=met.id if met else None,
    )


def ending(view: View, duty: Duty, trigger: Event, met: Event | None) -> Ending | None:
    """Done, or no longer needed because the deal ended, whichever came first; None while it is owed."""
    ended = view.end_of(trigger.opportunity_id, trigger.occurred_at)
    if met and (ended is None or met.occurred_at <= ended.at):
        return Ending("converted", duty.done, met.occurred_at, (met.id,))
    if ended:
        reason = f"no longer needed: the opportunity ended, stage {ended.stage}"
        return Ending("disqualified", reason, ended.at, (ended.activity_id,))
    return None


def open_lives(view: View) -> list[tuple[Deal, Life]]:
    """Each life of each deal, whether it has ended or not, in order."""
    return [(deal, life) for deal in view.deals.values() for life in deal.lives]


def within(events: Iterable[Event], life: Life) -> list[Event]:
    """What of `events` happened after the life began and before it ended."""
    until = life.ended.at if life.ended else None
    return [x for x in events if x.occurred_at >= life.opened_at and (until is None or x.occurred_at < until)]


def moment(value: object, zone: ZoneInfo) -> datetime | None:
    """A moment out of a record: ISO with its offset, or a day alone, which begins in `zone`; None for anything else."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == 10:
            return datetime.combine(date.fromisoformat(value), time(), tzinfo=zone)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None
