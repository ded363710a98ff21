"""What the ledger must be told from outside: the time, sight, ladders and owners; and how its rows are named."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from agent_runtime.ledger.book import Begun, Expected, InteractionRow

_LIFE = re.compile(r"@life(\d+)$")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a breach stands on its recovery ladder: what is done now, when the next step comes, what it is.

    `since`: when the present step began.
    """

    index: int
    do: str
    next_at: datetime
    next_do: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """`sources`: which could not be seen while something was due, empty when all were. `until`: when the absence may
    be claimed, by what is known now; None while one of them is still blind."""

    sources: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the ledger must be told to settle one account: time, sight, ladders and owners.

    `unseen(expected)`: what could not be seen while it was due.
    `step(rule, due_at)`: the ladder position now. `first_step(rule)`: what would be done first.
    `owner(begun)`, `stand_in(do, owner)`: who has it, and who has it at a step of the ladder.
    `review_at(moment)`: when something without any other date is looked at again; `recheck_at(moment)`: when an
    absence that could not be seen is. `known(activity)`: is it still there, or was it deleted at its source?
    `assigned_at(row)`: when a person gave it to its owner; None where the rules of ownership did.
    """

    now: datetime
    unseen: Callable[[Expected], Unseen]
    step: Callable[[str, datetime], Step]
    first_step: Callable[[str], str]
    owner: Callable[[Begun], str]
    stand_in: Callable[[str, str], str]
    review_at: Callable[[datetime], datetime]
    recheck_at: Callable[[datetime], datetime]
    known: Callable[[str], bool] = lambda _: False
    assigned_at: Callable[[InteractionRow], datetime | None] = lambda _: None


def row_id(prefix: str, *parts: object) -> str:
    """A short id derived from what identifies the row, so that a replay gives the same ids."""
    return prefix + blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def next_life(key: str) -> str:
    """The key under which an interaction goes on after it had ended by a person's word."""
    number = _LIFE.search(key)
    return f"{first_life(key)}@life{int(number[1]) + 1 if number else 1}"


def first_life(key: str) -> str:
    """The key under which the rules know an interaction, whatever its life."""
    return _LIFE.sub("", key)
