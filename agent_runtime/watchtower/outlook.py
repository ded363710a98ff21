"""What the watchtower believes of every open deal: learned from the ended ones, held in memory, rebuilt from views."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.risk import Model, Reading, Sample, Stake, due, path_of, priority, read, samples, stake
from agent_runtime.watchtower.view import Deal, View
from memory.timeline import Event

_UNKNOWN_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Belief:
    """The risk of one open deal at one moment, and what a ranking makes of it."""

    opportunity_id: str
    account_id: str
    risk: float
    priority: float
    factors: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class Outlook:
    """Deals by state; `observe` keeps them current, `learn` refits the model weekly, `beliefs` scores the open ones."""

    company: Company
    model: Model = field(default_factory=Model)
    learned_at: datetime | None = None
    _open: dict[str, tuple[str, list[Event]]] = field(default_factory=dict)
    _ended: dict[str, list[Sample]] = field(default_factory=dict)
    _read: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _deals: dict[str, set[str]] = field(default_factory=dict)

    def observe(self, view: View) -> None:
        """Takes over the deals of one account as they stand in `view`; what is not there any more is forgotten.

        What is kept follows from the events alone, so that a rebuilt outlook is the same.
        """
        present = {deal.id for deal in view.deals.values() if deal.lives}
        for gone in self._deals.get(view.account.id, set()) - present:
            self._open.pop(gone, None)
            self._ended.pop(gone, None)
        self._deals[view.account.id] = present
        for name in present:
            self._observe(view.account.id, view.deals[name])

    def _observe(self, account_id: str, deal: Deal) -> None:
        if deal.lives[-1].ended is None:
            self._open[deal.id] = (account_id, deal.events)
            self._ended.pop(deal.id, None)
            return
        self._open.pop(deal.id, None)
        events = tuple(event.id for event in deal.events)
        if deal.id not in self._ended or self._read[deal.id] != events:
            self._read[deal.id] = events
            last = max(event.known_at for event in deal.events)
            self._ended[deal.id] = self._samples(deal.id, deal.events, last)

    def _samples(self, opportunity_id: str, events: list[Event], now: datetime) -> list[Sample]:
        known = sorted(events, key=attrgetter("known_at", "occurred_at", "id"))
        return samples(opportunity_id, known, now, self.categories, self.chances)

    @property
    def categories(self) -> Mapping[str, str]:
        return {name: stage.category for name, stage in self.company.stages.items()}

    @property
    def chances(self) -> Mapping[str, float]:
        known = self.company.stages.items()
        return {name: _UNKNOWN_CHANCE if x.probability is None else x.probability for name, x in known}

    def learn(self, now: datetime) -> bool:
        """Refits the model when it is due; only from what ended and was known before `now`."""
        if not due(self.model, len(self._ended), self.learned_at, now):
            return False
        ended = [sample for name in sorted(self._ended) for sample in self._ended[name]]
        still_open = [sample for name in sorted(self._open) for sample in self._samples(name, self._open[name][1], now)]
        self.model, self.learned_at = Model.fit(ended, still_open), now
        return True

    def beliefs(self, now: datetime) -> list[Belief]:
        """The risk of every open deal at `now`, in a fixed order."""
        names = sorted(self._open)
        readings = [self._reading(self._open[name][1], now) for name in names]
        if not names:
            return []
        risks = self.model.probabilities(readings)
        exponent = self.company.playbook.priority.value_exponent
        usual = self.model.usual.amount
        return [
            Belief(
                name,
                self._open[name][0],
                float(risk),
                priority(float(risk), reading.amount, usual, k=exponent),
            )
            for name, risk, reading in zip(names, risks, readings, strict=True)
        ]

    def at_stake(self, now: datetime) -> Stake:
        """The 80 % range of what will be lost of the open deals; one without an amount counts as the usual one."""
        known = [
            (self.model.risk(reading).probability, reading.amount or self.model.usual.amount)
            for reading in (self._reading(events, now) for _, events in self._open.values())
        ]
        return stake([risk for risk, _ in known], [amount for _, amount in known], self.model.ended)

    def explain(self, opportunity_id: str, now: datetime) -> Belief | None:
        """The risk of one open deal with its signed factors in words."""
        found = self._open.get(opportunity_id)
        if found is None:
            return None
        reading = self._reading(found[1], now)
        risk = self.model.risk(reading)
        exponent = self.company.playbook.priority.value_exponent
        score = priority(risk.probability, reading.amount, self.model.usual.amount, k=exponent)
        factors = tuple((factor.words, factor.weight) for factor in risk.factors)
        return Belief(opportunity_id, found[0], risk.probability, score, factors)

    def _reading(self, events: list[Event], now: datetime) -> Reading:
        known = sorted((x for x in events if x.known_at <= now), key=attrgetter("known_at", "occurred_at", "id"))
        return read(path_of(known), now.timestamp(), self.chances)

    @property
    def cases(self) -> int:
        """How many ended deals the model rests on."""
        return self.model.ended

    def to_json(self) -> dict[str, Any]:
        """The model and when it was learned; the deals themselves are rebuilt from the database."""
        return {
            "model": self.model.to_json(),
            "learned_at": self.learned_at.isoformat() if self.learned_at else None,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Takes back what `to_json` gave."""
        self.model = Model.from_json(state["model"])
        self.learned_at = datetime.fromisoformat(state["learned_at"]) if state["learned_at"] else None
