"""The constructed history as a whole: some cases of every kind, spread over two months."""

from datetime import UTC, timedelta
from random import Random

from evals.phone import kinds_known, kinds_returned, kinds_taken
from evals.phone.history import START, History
from evals.phone.telling import KINDS

# Importing a module of kinds fills the list; its order is the order of the history.
MODULES = (kinds_taken, kinds_returned, kinds_known)


def constructed(seed: int = 11, each: int = 5) -> History:
    """A history with `each` cases of every kind, spread over two months."""
    history = History(Random(seed))
    for name, tell in KINDS.items():
        history.kind = name
        for _ in range(each):
            day = START + timedelta(days=history.rng.randint(7, 56))
            at = day.replace(hour=history.rng.randint(7, 18), minute=history.rng.randint(0, 59),
                             second=history.rng.choice([0, 0, 17]))  # fmt: skip
            tell(history, at.astimezone(UTC))  # to UTC, since adding hours to a local time skips clock changes
    return history
