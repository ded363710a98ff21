"""What the ledger must be told from outside: the time, sight, ladders and owners; and how its rows are named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from agent_runtime.ledger.book import Begun, Expected


@dataclass(frozen=True, slots=True)
class Step:
    """Where a breach stands on its recovery ladder: what is done now, when the next step comes, what it is."""

    index: int
    do: str
    next_at: datetime
    next_do: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the ledger must be told to settle one account: time, sight, ladders and owners.

    `blind(expected)`: the sources that could not be seen while it was due, empty when all were.
    `step(rule, due_at)`: the ladder position now. `first_step(rule)`: what would be done first.
    `owner(begun)`, `stand_in(do, owner)`: who has it, and who has it at a step of the ladder.
    `review_at(moment)`: when something without any other date is looked at again; `recheck_at(moment)`: when an
    absence that could not be seen is. `known(activity)`: is it still there, or was it deleted at its source?
    """

    now: datetime
    blind: Callable[[Expected], list[str]]
    step: Callable[[str, datetime], Step]
    first_step: Callable[[str], str]
    owner: Callable[[Begun], str]
    stand_in: Callable[[str, str], str]
    review_at: Callable[[datetime], datetime]
    recheck_at: Callable[[datetime], datetime]
    known: Callable[[str], bool] = lambda _: False


def row_id(prefix: str, *parts: object) -> str:
    """A short id derived from what identifies the row, so that a replay gives the same ids."""
    return prefix + blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()
