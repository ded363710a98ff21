"""What people's answers say of a rule: one that they dismiss counts less, within the playbook's bounds, visibly."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from agent_runtime import jobs
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox.models import Decision, Item
from agent_runtime.playbook.models import Feedback

_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_KEPT = "live.usefulness"
# A wrong person is a matter of routing and says nothing against the rule.
_AGAINST = frozenset({"not_worth_it", "bad_timing", "wrong_facts", "other"})
_FOR = ("approve", "done", "outcome", "reassign")
# Before any answer a rule counts in full; that is worth as much as so many answers for it.
_PRIOR = 5
_STEP = 0.05
# One in ten is dismissed of the best of rules.
_AS_USUAL = 0.9


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered to the items of one signal: how often they acted, and what they dismissed, by reason."""

    signal: str
    acted: int
    dismissed: Mapping[str, int] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return self.acted + self.against

    @property
    def against(self) -> int:
        """Dismissals that speak against the rule itself."""
        return sum(number for reason, number in self.dismissed.items() if reason in _AGAINST)


def weight(answers: Answers, policy: Feedback) -> float:
    """Which part of its severity the rule counts with: 1 without enough answers, never below the lowest."""
    if answers.cases < policy.least_cases:
        return 1.0
    share = (answers.acted + _PRIOR) / (answers.cases + _PRIOR)
    if share >= _AS_USUAL:
        return 1.0
    return max(policy.lowest, round(round(share / _STEP) * _STEP, 2))


def answers_of(connection: Connection, policy: Feedback, now: datetime) -> dict[str, Answers]:
    """What was answered within the days that count, by signal; of a signal that was reset, what came since."""
    since, reset = now - timedelta(days=policy.days), _kept(connection)["reset"]
    query = (
        select(_item.c.signal, _decision.c.verb, _decision.c.reason, _decision.c.decided_at)
        .join(_item, _item.c.id == _decision.c.item_id)
        .where(_decision.c.decided_at >= since, _decision.c.verb.in_((*_FOR, "dismiss")))
    )
    acted: Counter[str] = Counter()
    dismissed: dict[str, Counter[str]] = {}
    for signal, verb, reason, at in connection.execute(query):
        if signal in reset and at < datetime.fromisoformat(reset[signal]):
            continue
        if verb == "dismiss":
            dismissed.setdefault(signal, Counter())[reason or "other"] += 1
        else:
            acted[signal] += 1
    return {signal: Answers(signal, acted[signal], dismissed.get(signal, {})) for signal in {*acted, *dismissed}}


def weights(connection: Connection) -> dict[str, float]:
    """Which part of its severity each rule counts with; a rule that is not named counts in full."""
    found: dict[str, float] = _kept(connection)["weights"]
    return found


def learn(connection: Connection, policy: Feedback, now: datetime) -> list[Entry]:
    """Brings the weights in line with what people answered; gives an audit entry for each that moved."""
    before, kept = weights(connection), _kept(connection)
    answers = answers_of(connection, policy, now) if policy.learn else {}
    after = {name: found for name, x in answers.items() if (found := weight(x, policy)) < 1.0}
    if after == before:
        return []
    jobs.set_checkpoint(connection, _KEPT, kept | {"weights": after})
    moved = sorted(name for name in {*before, *after} if before.get(name, 1.0) != after.get(name, 1.0))
    return [_entry(name, before.get(name, 1.0), after.get(name, 1.0), answers.get(name), now) for name in moved]


def reset(connection: Connection, signal: str, by: str, now: datetime) -> Entry:
    """Lets a rule count in full again, at a person's word; what was answered until now counts no more."""
    kept = _kept(connection)
    before = kept["weights"].pop(signal, 1.0)
    jobs.set_checkpoint(connection, _KEPT, kept | {"reset": kept["reset"] | {signal: now.isoformat()}})
    return Entry(now, ActorKind.USER, by, "feedback.reset", signal, {"before": before, "after": 1.0})


def _kept(connection: Connection) -> dict[str, Any]:
    return jobs.checkpoint(connection, _KEPT) or {"weights": {}, "reset": {}}


def _entry(signal: str, before: float, after: float, answers: Answers | None, now: datetime) -> Entry:
    detail: dict[str, Any] = {"before": before, "after": after}
    if answers:
        detail |= {"acted": answers.acted, "dismissed": dict(sorted(answers.dismissed.items()))}
    return Entry(now, ActorKind.AGENT, "agent", "feedback.learned", signal, detail)
