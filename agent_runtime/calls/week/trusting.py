"""Whether what calls are labelled with may set an order: looked at once a day, and kept for the rules."""

from datetime import datetime

from sqlalchemy import Engine

from agent_runtime import jobs
from agent_runtime.calls.trusted import NOTED
from agent_runtime.calls.week.service import House, read_gate


def note_trust(engine: Engine, house: House, now: datetime) -> bool:
    """Keeps which checks fail, once on each day of the company; gives whether it looked.

    Of a million calls the checks take a while: they are read first, so that nobody waits behind a transaction.
    """
    today = now.astimezone(house.calendar.zone).date().isoformat()
    with engine.connect() as connection:
        before = jobs.checkpoint(connection, NOTED)
        if before is not None and before["on"] == today:
            return False
        failed = sorted(one.name for one in read_gate(connection, house, now).failed)
    with engine.begin() as connection:
        jobs.set_checkpoint(connection, NOTED, {"on": today, "failed": failed})
    return True
