"""Why something lapsed: one or more of four causes, or that it cannot be told. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from agent_runtime.diagnosis.lapses import Lapse
from agent_runtime.diagnosis.record import Record

Cause = Literal["signal_missed", "recognised_too_late", "context_lost", "work_never_happened", "cannot_tell"]
CAUSES: tuple[Cause, ...] = (
    "signal_missed",
    "recognised_too_late",
    "context_lost",
    "work_never_happened",
    "cannot_tell",
)
_SHORTEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A cause, why it is one, and the activities that show it."""

    cause: Cause
    because: str
    activity_ids: tuple[str, ...] = ()


def judge(record: Record, lapse: Lapse) -> list[Judgement]:
    """The causes of one lapse, in a fixed order; `cannot_tell` alone where work may have happened unseen."""
    if lapse.blind:
        return [Judgement("cannot_tell", f"work on it may have happened unseen ({'; '.join(lapse.blind)})")]
    changed = _hand_overs(record, lapse)
    before_due = bool(changed) and min(at for at, _ in changed) <= lapse.due_at
    found = [] if before_due and lapse.unmet else [_own_cause(lapse)]
    if changed and not lapse.came_back:
        ids = tuple(x for _, x in changed if x)
        found.append(Judgement("context_lost", "it changed hands while it was owed", ids))
    return sorted(found, key=lambda x: CAUSES.index(x.cause))


def _own_cause(lapse: Lapse) -> Judgement:
    ids = tuple(lapse.expectation.evidence)
    if lapse.act is not None:
        done = (lapse.act.activity_id,) if lapse.act.activity_id else ()
        return Judgement("recognised_too_late", f"it was acted on {_late(lapse.act.at - lapse.due_at)}", (*ids, *done))
    if lapse.seen_at is None:
        if lapse.from_outside:
            return Judgement("signal_missed", "the sign was there and nobody took notice", ids)
        return Judgement("work_never_happened", "what was begun on our side was not gone on with", ids)
    if lapse.seen_at - lapse.knowable_at > _granted(lapse):
        return Judgement("recognised_too_late", "it was put before somebody long after it could be known", ids)
    back = "; the customer came back without it" if lapse.came_back else ""
    return Judgement("work_never_happened", f"it was put before somebody in time and nothing was done{back}", ids)


def _late(by: timedelta) -> str:
    hours = max(1, round(by / timedelta(hours=1)))
    told = f"{by.days} days" if by.days > 1 else f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{told} after it was due"


def _granted(lapse: Lapse) -> timedelta:
    """As long as the playbook gave for the duty itself may pass until it is seen."""
    return max(lapse.due_at - lapse.expectation.opened_at, _SHORTEST)


def _hand_overs(record: Record, lapse: Lapse) -> list[tuple[datetime, str]]:
    """When the account changed hands while it was owed, with the record of it; "" where somebody left."""
    since, until = lapse.expectation.opened_at, lapse.acted_at or lapse.ended_at or record.view.now
    found = [
        (x.occurred_at, x.id)
        for x in record.view.of("owner.changed")
        if since < x.occurred_at <= until
        and x.data.get("role") in (None, "", "owner")
        and x.data.get("from_user_id")
        and x.data.get("from_user_id") != x.data.get("to_user_id")
    ]
    breach = record.breach(lapse.expectation)
    person = record.view.company.people.get(breach.owner_id) if breach else None
    left = person.leaves_at if person else None
    if left and since < left <= until and not found:
        found.append((left, ""))
    return found


def deciding(found: Sequence[Lapse], until: datetime) -> list[Lapse]:
    """The lapses that decide how a deal is read that stood until then: what was still owed at its end.

    Without such, all: what was made good late, and what passed undone.
    """
    owed = [x for x in found if x.unmet and (x.ended_at is None or x.ended_at >= until)]
    return owed or list(found)


def most_common(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Each cause once, the most frequent first; equal ones in a fixed order."""
    counted = Counter(causes)
    return tuple(sorted(counted, key=lambda x: (-counted[x], CAUSES.index(x))))
