"""Why a matter failed: one or more of four causes, or that it cannot be told. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from agent_runtime.diagnosis.matters import Matter
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


def judge(record: Record, matter: Matter) -> list[Judgement]:
    """The causes of one matter, in a fixed order; `cannot_tell` alone where work may have happened unseen."""
    if matter.blind:
        return [Judgement("cannot_tell", f"work on it may have happened unseen ({'; '.join(matter.blind)})")]
    changed = _hand_overs(record, matter)
    before_due = bool(changed) and min(at for at, _ in changed) <= matter.due_at
    found = [] if before_due and matter.unmet else [_own_cause(matter)]
    if changed and not matter.came_back:
        ids = tuple(x for _, x in changed if x)
        found.append(Judgement("context_lost", "it changed hands while it was owed", ids))
    return sorted(found, key=lambda x: CAUSES.index(x.cause))


def _own_cause(matter: Matter) -> Judgement:
    ids = tuple(matter.expectation.evidence)
    if matter.act is not None:
        done = (matter.act.activity_id,) if matter.act.activity_id else ()
        return Judgement(
            "recognised_too_late", f"it was acted on {_late(matter.act.at - matter.due_at)}", (*ids, *done)
        )
    if matter.seen_at is None:
        if matter.from_outside:
            return Judgement("signal_missed", "the sign was there and nobody took notice", ids)
        return Judgement("work_never_happened", "what was begun on our side was not gone on with", ids)
    if matter.seen_at - matter.knowable_at > _granted(matter):
        return Judgement("recognised_too_late", "it was put before somebody long after it could be known", ids)
    back = "; the customer came back without it" if matter.came_back else ""
    return Judgement("work_never_happened", f"it was put before somebody in time and nothing was done{back}", ids)


def _late(by: timedelta) -> str:
    hours = max(1, round(by / timedelta(hours=1)))
    told = f"{by.days} days" if by.days > 1 else f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{told} after it was due"


def _granted(matter: Matter) -> timedelta:
    """As long as the playbook gave for the duty itself may pass until it is seen."""
    return max(matter.due_at - matter.expectation.opened_at, _SHORTEST)


def _hand_overs(record: Record, matter: Matter) -> list[tuple[datetime, str]]:
    """When the account changed hands while the matter was owed, with the record of it; "" where somebody left."""
    since, until = matter.expectation.opened_at, matter.acted_at or matter.ended_at or record.view.now
    found = [
        (x.occurred_at, x.id)
        for x in record.view.of("owner.changed")
        if since < x.occurred_at <= until
        and x.data.get("role") in (None, "", "owner")
        and x.data.get("from_user_id")
        and x.data.get("from_user_id") != x.data.get("to_user_id")
    ]
    breach = record.breach(matter.expectation)
    person = record.view.company.people.get(breach.owner_id) if breach else None
    left = person.leaves_at if person else None
    if left and since < left <= until and not found:
        found.append((left, ""))
    return found


def deciding(found: Sequence[Matter]) -> list[Matter]:
    """The matters that decide how a deal is read: those on which nobody acted; without such, those acted on late."""
    return [x for x in found if x.unmet] or list(found)


def most_common(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Each cause once, the most frequent first; equal ones in a fixed order."""
    counted = Counter(causes)
    return tuple(sorted(counted, key=lambda x: (-counted[x], CAUSES.index(x))))
