"""Every duty whose time passed: when it was due, could be known, was put before somebody, was acted on. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_runtime.diagnosis.blindness import unseen
from agent_runtime.diagnosis.record import Record, Shown
from agent_runtime.ledger.book import ExpectationRow, InteractionRow
from agent_runtime.ledger.owing import OWED
from agent_runtime.watchtower.contact import is_ours_to_customer, is_two_way, same_person
from agent_runtime.watchtower.evaluate import holders
from memory.timeline import Event

# What counts as acting; a dismissal or a snooze is seen and not acted on.
_ACTS = frozenset({"approve", "edit", "done"})


@dataclass(frozen=True, slots=True)
class Act:
    """That something was done about a lapse at last, and how it is known; `activity_id` where a record shows it."""

    at: datetime
    through: Literal["activity", "decision", "action"]
    activity_id: str = ""


@dataclass(frozen=True, slots=True)
class Lapse:
    """One duty that was not done in time.

    `knowable_at`: from when a complete system could say so. `told_at`: when this one did; None where it could not see.
    `seen_at`: when it was put before somebody, at the latest when somebody acted. `ended_at`: when it was no longer
    owed without having been done. `from_outside`: it began with a sign from the customer or a feed, not with us.
    `came_back`: the customer ended the waiting before anybody acted. `blind`: in words, what could not be seen.
    """

    interaction: InteractionRow
    expectation: ExpectationRow
    knowable_at: datetime
    told_at: datetime | None
    seen_at: datetime | None
    act: Act | None
    ended_at: datetime | None
    came_back: bool
    from_outside: bool
    blind: tuple[str, ...]

    @property
    def rule(self) -> str:
        return self.expectation.rule

    @property
    def due_at(self) -> datetime:
        return self.expectation.due_at

    @property
    def acted_at(self) -> datetime | None:
        return self.act.at if self.act else None

    @property
    def unmet(self) -> bool:
        """Nobody acted on it while it was owed, and the customer did not come back either."""
        return self.act is None and not self.came_back


def lapses(record: Record, opportunity_id: str | None = None) -> list[Lapse]:
    """The overdue lapses of the account, or of one deal, by their due time; what was retracted is none."""
    found = [
        _lapse(record, row, expectation)
        for row, expectation in record.pairs()
        if (opportunity_id is None or row.opportunity_id == opportunity_id) and _is_overdue(record, expectation)
    ]
    return sorted(found, key=lambda x: (x.due_at, x.rule, x.expectation.id))


def _is_overdue(record: Record, expectation: ExpectationRow) -> bool:
    return record.breach(expectation) is not None or expectation.state == "unverified"


def _lapse(record: Record, row: InteractionRow, expectation: ExpectationRow) -> Lapse:
    breach = record.breach(expectation)
    knowable_at = _knowable(record, expectation)
    act = min(_acts(record, row, expectation, knowable_at), key=lambda x: x.at, default=None)
    ended_at = None if act or expectation.state in OWED else expectation.settled_at
    shown = _shown(record, row, expectation, knowable_at)
    seen_at = min((x for x in (shown, act.at if act else None) if x), default=None)
    until = (act.at if act else None) or ended_at or record.view.now
    owner = breach.owner_id if breach else row.owner_id
    return Lapse(
        interaction=row,
        expectation=expectation,
        knowable_at=knowable_at,
        told_at=breach.detected_at if breach else None,
        seen_at=seen_at,
        act=act,
        ended_at=ended_at,
        came_back=act is None and expectation.state == "met",
        from_outside=_is_from_outside(record, expectation, row),
        blind=tuple(unseen(record.view, expectation.channels, expectation.opened_at, until, owner)),
    )


def _knowable(record: Record, expectation: ExpectationRow) -> datetime:
    """The due time, or later: when what it rests on became known, when what was blind at that time could be seen."""
    view, due = record.view, expectation.due_at
    wanted = set(expectation.evidence)
    # It began with the first of them; what they wrote again later only repeats it.
    known = [x.known_at for x in view.events if x.id in wanted][:1]
    gaps = view.company.sight.gaps(expectation.channels, holders(view), due, view.now)
    breach = record.breach(expectation)
    back = [min(x.until, breach.detected_at) for x in gaps if x.until and x.since == due and breach]
    return max([due, *known, *back])


def _acts(record: Record, row: InteractionRow, expectation: ExpectationRow, since: datetime) -> Iterator[Act]:
    """When it was acted on at last, each with how that is known."""
    if expectation.state == "met" and expectation.settled_at and not _came_from_them(record, expectation):
        yield Act(expectation.settled_at, "activity", expectation.settled_by or "")
    items = {x.id for x in record.shown if _is_about(x, row)}
    about = (x for x in record.decided if x.item_id in items and x.verb in _ACTS and x.at >= since)
    yield from (Act(x.at, "decision") for x in about)
    yield from (Act(x.at, "action") for x in record.done if x.interaction_id == row.id and x.at >= since)
    if expectation.turn == "theirs":
        until = expectation.settled_at or record.view.now
        yield from (Act(x.occurred_at, "activity", x.id) for x in _reached(record, row, expectation, until))


def _came_from_them(record: Record, expectation: ExpectationRow) -> bool:
    """The customer ended the waiting: they wrote or called again by themselves."""
    return any(x.id == expectation.settled_by and x.direction == "inbound" for x in record.view.events)


def _reached(record: Record, row: InteractionRow, expectation: ExpectationRow, until: datetime) -> Iterator[Event]:
    """Our contacts about it after the due time: where it is the customer's turn, to ask again is to act."""
    deal = record.deal_of(row)
    for event in deal.events if deal else record.view.events:
        ours = is_ours_to_customer(event) or is_two_way(event)
        if ours and expectation.due_at < event.occurred_at <= until and same_person(event, row.contact_id):
            yield event


def _shown(record: Record, row: InteractionRow, expectation: ExpectationRow, since: datetime) -> datetime | None:
    """When it first stood before somebody: an item of its own, or one of the same matter with it beside."""
    own = [x.delivered_at for x in record.shown if x.expectation_id == expectation.id]
    near = [x for x in record.shown if _is_about(x, row) and (x.closed_at is None or x.closed_at > since)]
    until = expectation.settled_at if expectation.state not in OWED else None
    found = [*own, *(max(x.delivered_at, since) for x in near)]
    return min((x for x in found if until is None or x <= until), default=None)


def _is_about(item: Shown, row: InteractionRow) -> bool:
    same_deal = item.opportunity_id is not None and item.opportunity_id == row.opportunity_id
    return item.interaction_id == row.id or same_deal


def _is_from_outside(record: Record, expectation: ExpectationRow, row: InteractionRow) -> bool:
    wanted = {row.opened_by, *expectation.evidence}
    begun = [x for x in record.view.events if x.id in wanted]
    first = next((x for x in begun if x.id in expectation.evidence), begun[0] if begun else None)
    return first is not None and (first.direction == "inbound" or first.kind in _FEEDS)


_FEEDS = frozenset({"intent", "usage", "contact.changed", "field.changed", "renewal", "case", "lead.created", "form"})
