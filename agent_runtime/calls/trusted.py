"""Which checks of the calls fail at present, as it was noted last: for rules that rest on labels."""

from typing import Final

from sqlalchemy import Connection

from agent_runtime import jobs

NOTED: Final = "calls.trust"
LABELS: Final = "labels"


def failing(connection: Connection) -> frozenset[str]:
    """The names of the checks; none where nobody looked yet."""
    noted = jobs.checkpoint(connection, NOTED)
    return frozenset(noted["failed"] if noted else ())
