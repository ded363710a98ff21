"""What the engine is given to do: the composition root says what a run and an action are."""

from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection


class DueAction(NamedTuple):
    """An action with something to do now; `turn` tells one step of it from the next, `connector` is its provider."""

    action_id: str
    connector: str
    turn: int


class Work(Protocol):
    """Whatever it is given it may be given again, after a crash or a failure: it does each thing once all the same."""

    def run(self, account_id: str) -> None:
        """One pass of an account's loop; begins with `jobs.begin_run`."""
        ...

    def execute(self, action_id: str, worker: str) -> None:
        """One step of a decided action, by the worker of this name; nothing where it is not due any more."""
        ...

    def lost(self, worker: str, now: datetime) -> None:
        """A worker is dead or stands still: what it had begun is not waited for any longer."""
        ...

    def due_actions(self, now: datetime) -> list[DueAction]:
        """What `execute` has something to do with now, oldest first."""
        ...

    def held_back(self, connection: Connection, account_id: str, deaths: int, until: datetime) -> None:
        """An account whose runs killed so many processes is not run again before `until`; in that transaction."""
        ...

    def tick(self, now: datetime) -> None:
        """Looks at what time alone brings about, and wakes the accounts concerned; called about once a second."""
        ...
