"""How often a worker does what."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what, in seconds.

    The queues are looked at every `busy`, and the accounts every `dispatch`; when nothing was put into the queues for
    `calm`, every `idle` and `calm_dispatch`. A worker that has not shown itself for `doubtful` begins nothing more;
    after `frozen` the others take its work. `keep`: how long the queue remembers what ended. `rest`: how long an
    account is held back at first whose run kills its process.
    """

    busy: float = 0.25
    idle: float = 2.0
    calm: float = 5.0
    dispatch: float = 0.25
    calm_dispatch: float = 0.8
    tick: float = 1.0
    reap: float = 2.0
    settle: float = 30.0
    collect: float = 60.0
    beat: float = 5.0
    doubtful: float = 30.0
    frozen: float = 60.0
    keep: timedelta = timedelta(hours=1)
    rest: timedelta = timedelta(minutes=1)
