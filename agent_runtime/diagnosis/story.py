"""The story of a deal: what was due, when it could be known, when it was seen and acted on, and why it went wrong.

Pure; what a manager prints.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_runtime.diagnosis.blindness import unseen
from agent_runtime.diagnosis.causes import CAUSES, Cause, Judgement, deciding, judge, most_common
from agent_runtime.diagnosis.lapses import Lapse, lapses
from agent_runtime.diagnosis.record import Record
from agent_runtime.ledger.book import ExpectationRow
from agent_runtime.ledger.owing import OWED
from agent_runtime.watchtower.view import Deal, Life

Standing = Literal["won", "lost", "disqualified", "stalled", "open"]
# Only what went wrong has a cause; a deal that was won late was won.
FAILED: tuple[Standing, ...] = ("lost", "stalled", "disqualified")


@dataclass(frozen=True, slots=True)
class Line:
    """One lapse of the story; times are aware UTC, None where that did not happen. `owner_id`: who has it now."""

    interaction_id: str
    expectation_id: str
    rule: str
    action: str
    turn: str
    since: datetime
    due_at: datetime
    knowable_at: datetime
    told_at: datetime | None
    seen_at: datetime | None
    acted_at: datetime | None
    judgements: tuple[Judgement, ...]
    now_doing: str | None = None
    now_due_at: datetime | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """The expected close date moved back: when that was written down, from which day to which."""

    at: datetime
    before: str
    after: str
    activity_id: str


@dataclass(frozen=True, slots=True)
class Story:
    """One deal, or, where `opportunity_id` is None, what of the account belongs to no deal.

    `causes`: of the lapses that decide, the most frequent first; none of a deal that did not fail.
    `blind`: what could not be seen of its last life.
    `first_knowable_at`: when it could first be known that something deciding was missed.
    """

    account_id: str
    account_name: str
    opportunity_id: str | None
    name: str
    amount: float | None
    currency: str | None
    standing: Standing
    stage: str
    opened_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    lines: tuple[Line, ...]
    slips: tuple[Slip, ...]
    causes: tuple[Cause, ...]
    blind: tuple[str, ...]
    first_knowable_at: datetime | None


def stories(record: Record) -> list[Story]:
    """The story of each deal in the order in which they were opened, then what belongs to no deal."""
    found = [deal_story(record, deal) for deal in record.view.deals.values() if deal.lives]
    rest = _rest(record)
    return [*found, rest] if rest.lines else found


def deal_story(record: Record, deal: Deal) -> Story:
    """The story of one deal; its last life decides how it stands."""
    found = lapses(record, deal.id)
    life = deal.lives[-1]
    until = life.ended.at if life.ended else record.view.now
    standing = _standing(record, deal, life)
    own = [x for x in found if life.opened_at <= x.due_at <= until]
    decide = deciding(own, until) if standing in FAILED else []
    blind = tuple(unseen(record.view, (), life.opened_at, until, record.view.account.owner_id))
    return Story(
        account_id=record.view.account.id,
        account_name=record.view.account.name,
        opportunity_id=deal.id,
        name=deal.name or deal.id,
        amount=deal.amount,
        currency=deal.currency or record.view.account.currency,
        standing=standing,
        stage=life.changes[-1].stage if life.changes else "",
        opened_at=life.opened_at,
        ended_at=life.ended.at if life.ended else None,
        reason=deal.lost_reason if life.ended else None,
        lines=tuple(_line(record, x) for x in found),
        slips=tuple(_slips(deal)),
        causes=_causes(record, decide, blind if standing in ("lost", "stalled") else ()),
        blind=blind,
        first_knowable_at=min((x.knowable_at for x in decide), default=None),
    )


def in_common(told: Iterable[Story]) -> dict[Cause, int]:
    """Over several deals: of how many each cause was the first one; the most frequent first."""
    firsts = [x.causes[0] for x in told if x.causes]
    counted = Counter(firsts)
    return {cause: counted[cause] for cause in sorted(counted, key=lambda x: (-counted[x], CAUSES.index(x)))}


def _rest(record: Record) -> Story:
    found = [x for x in lapses(record) if x.interaction.opportunity_id not in record.view.deals]
    owed = any(x.expectation.state in OWED for x in found)
    decide = deciding(found, record.view.now) if owed else []
    account = record.view.account
    return Story(
        account_id=account.id,
        account_name=account.name,
        opportunity_id=None,
        name="outside of any deal",
        amount=None,
        currency=None,
        standing="stalled" if owed else "open",
        stage="",
        opened_at=min((x.interaction.opened_at for x in found), default=None),
        ended_at=None,
        reason=None,
        lines=tuple(_line(record, x) for x in found),
        slips=(),
        causes=_causes(record, decide, ()),
        blind=(),
        first_knowable_at=min((x.knowable_at for x in decide), default=None),
    )


def _standing(record: Record, deal: Deal, life: Life) -> Standing:
    if life.outcome is not None:
        return {"converted": "won", "lost": "lost", "disqualified": "disqualified"}[life.outcome]  # type: ignore[return-value]
    owed = (x for row, x in record.pairs() if row.opportunity_id == deal.id)
    return "stalled" if any(x.state in ("breached", "unverified") for x in owed) else "open"


def _causes(record: Record, decide: Iterable[Lapse], blind: tuple[str, ...]) -> tuple[Cause, ...]:
    """Of the deciding lapses; a loss without any, of which not all could be seen, cannot be told."""
    found = most_common(judgement.cause for lapse in decide for judgement in judge(record, lapse))
    return found or (("cannot_tell",) if blind else ())


def _slips(deal: Deal) -> Iterable[Slip]:
    for before, after in zip(deal.close_dates, deal.close_dates[1:], strict=False):
        if after[1][:10] > before[1][:10]:
            yield Slip(after[0], before[1][:10], after[1][:10], after[2])


def _line(record: Record, lapse: Lapse) -> Line:
    row, expectation = lapse.interaction, lapse.expectation
    owed = row.state == "open" and expectation.state in OWED
    return Line(
        interaction_id=row.id,
        expectation_id=expectation.id,
        rule=lapse.rule,
        action=expectation.action,
        turn=expectation.turn,
        since=expectation.opened_at,
        due_at=lapse.due_at,
        knowable_at=lapse.knowable_at,
        told_at=lapse.told_at,
        seen_at=lapse.seen_at,
        acted_at=lapse.acted_at,
        judgements=tuple(judge(record, lapse)),
        now_doing=_doing(record, expectation) if owed else None,
        now_due_at=expectation.look_at if owed else None,
        owner_id=row.owner_id if owed else None,
    )


def _doing(record: Record, expectation: ExpectationRow) -> str:
    """The step of the ladder at which it stands, and the action; what could not be seen is looked at again."""
    if expectation.state == "unverified":
        return f"look_again:{expectation.action}"
    view = record.view
    return f"{view.company.step(expectation.rule, expectation.due_at, view.now).do}:{expectation.action}"
