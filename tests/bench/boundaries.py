"""Kill -9 at every named boundary of a run and of a sending, again and again: what was lost, what happened twice."""

import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure
from tests.bench.servers import address_of, postgres
from tests.integration import tally
from tests.integration.engine_house import House, open_house
from tests.integration.engine_worker import Told

# Where a worker dies, in the order in which a run and a sending come past.
PLACES = ("dispatched", "begun", "before commit", "after commit", "ended", "claimed", "sent")
_ACCOUNTS = [f"account-{number}" for number in range(6)]
_PATIENCE = 300.0


def boundaries(runs: int) -> list[Figure]:
    """Each boundary so many times, on both databases."""
    with postgres() as address:
        return [
            figure for kind, url in (("SQLite", None), ("PostgreSQL", address)) for figure in _killed(kind, url, runs)
        ]


def _killed(kind: str, url: str | None, times: int) -> list[Figure]:
    with (
        TemporaryDirectory() as scratch,
        address_of(url, scratch) as address,
        open_house(address, Path(scratch)) as house,
    ):
        for number in range(times):
            for place in PLACES:
                _die_at(house, place, f"{number}-{place}")
        house.worker()
        house.wait_until_done(_PATIENCE)
        posted = times * len(PLACES) * len(_ACCOUNTS) * 2
        told = tally.tell(house.engine, posted)
        sendings = tally.sendings(house.engine)
    name = f"kill -9 at each of {len(PLACES)} boundaries, {times} times, {kind}"
    twice = sum(count > 1 for count in sendings.values())
    missing = times * len(PLACES) * 3 - len(sendings)
    return [
        Figure(f"{name}: lost", "", (float(told.lost + told.unfinished + missing),), 0),
        Figure(f"{name}: doubled", "", (float(told.doubled + told.overlapping + twice),), 0),
    ]


def _die_at(house: House, place: str, name: str) -> None:
    house.post(_ACCOUNTS, 2, name)
    with house.engine.begin() as connection:
        tally.decide(connection, [f"mail-{name}-{x}" for x in range(3)])
    died = house.worker(Told(crash_at=place, crash_on=1 if place == "dispatched" else 3))
    ended = house.ended(died)
    if ended != -signal.SIGKILL:
        raise ValueError(f"the worker did not die at {place}, but ended with {ended}: {house.logs()}")
