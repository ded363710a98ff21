"""How a slot's statements add up to facts: which say the same, which ends which, which stand beside. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

# What is said with less trust than what stands never ends it: both stay, and the conflict shows.
RANK = {"crm": 3, "user": 2, "external": 1, "model": 1}


class Statement(NamedTuple):
    """What one activity says of one slot, true from `valid_from`; `source_id` is its source record's.

    `span`: for text, where in the episode it stands (first character, behind the last).
    """

    account_id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    recorded_at: datetime
    activity_id: str
    source_id: str
    span: tuple[int, int] | None = None


@dataclass(slots=True)
class Said:
    """A statement in its slot; `fact_id` of the fact that it is stored with."""

    stated_at: datetime
    source_id: str
    recorded_at: datetime
    value: str
    trust: str
    activity_id: str
    span: tuple[int | None, int | None]
    fact_id: str | None = None

    @property
    def rank(self) -> int:
        """How much the statement counts."""
        return RANK[self.trust]

    @property
    def place(self) -> tuple[datetime, int, str, datetime, str]:
        """Where it stands in its slot; of one moment, trust decides, then the source id, then when it was recorded."""
        return self.stated_at, -self.rank, self.source_id, self.recorded_at, self.value


@dataclass(slots=True)
class Stretch:
    """A time in which a slot had one value: what said so, and what ended it."""

    said: list[Said]
    trust: str
    ended_by: Said | None = None
    superseded_at: datetime | None = None

    @property
    def value(self) -> str:
        """What was said first; what says the same in other letters stands behind it."""
        return self.said[0].value

    @property
    def recorded_at(self) -> datetime:
        """When the first word of it could be known."""
        return min(one.recorded_at for one in self.said)


def folded(value: str) -> str:
    """A value as it is compared: case, spaces and a closing full stop do not make another one."""
    return " ".join(value.casefold().split()).rstrip(".")


def stretches(statements: Iterable[Said]) -> list[Stretch]:
    """The facts of one slot, in the order in which they began; the order of arrival has no say in it.

    A statement ends what stands with another value and no more trust. One of less trust stands beside it.
    """
    found: list[Stretch] = []
    standing: list[Stretch] = []
    for said in sorted(statements, key=lambda one: one.place):
        same = next((one for one in standing if folded(one.value) == folded(said.value)), None)
        if same is None:
            same = Stretch([], said.trust)
            found.append(same)
            standing.append(same)
        same.said.append(said)
        same.trust = max(same.trust, said.trust, key=RANK.__getitem__)
        for other in found:
            if other is not same and said.rank >= RANK[other.trust]:
                _end(other, said)
        standing = [one for one in standing if one.ended_by is None]
    return found


def _end(stretch: Stretch, said: Said) -> None:
    """The first word, in the order of what happened, ends it; the first that could be known told us so."""
    if folded(stretch.value) == folded(said.value):
        return
    if stretch.ended_by is None:
        stretch.ended_by = said
    known_at = max(stretch.recorded_at, said.recorded_at)
    stretch.superseded_at = min(stretch.superseded_at or known_at, known_at)
