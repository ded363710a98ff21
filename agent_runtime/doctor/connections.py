"""What the doctor says of connected systems: which cannot be read, and which do not tell us when something changed."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.connectors.calling import CallsLine, calls_lines
from agent_runtime.connectors.polling import AFTER_FAILURE, EVERY
from agent_runtime.connectors.service import connected_names, health_of
from agent_runtime.connectors.status import connector_lines
from agent_runtime.doctor.finding import Finding
from tools.base import State

_MINUTE = 60
_MEND = "Its card on the page Connectors tells more; tenure connect {name} gives it other answers."


def examine_connections(connection: Connection, now: datetime, outside: tuple[str, ...]) -> Iterator[Finding]:
    """One finding of each kind where all is well, else one of each system that is not. `outside`: setting adapters."""
    names = connected_names(connection)
    unread = [*_unread(connection, now, outside)]
    yield from unread or [
        Finding("connected systems", True, f"{len(names)} connected, none fails" if names else "none")
    ]
    calls = {name: lines for name, lines in calls_lines(connection).items() if name in names}
    silent = [_silent(name, one, health_of(connection, name), now)
              for name, lines in calls.items() for one in lines if one.problem or _is_over(one, now)]  # fmt: skip
    yield from silent or [Finding("calls of vendors", True, ", ".join(calls) or "none is asked for")]


def _unread(connection: Connection, now: datetime, outside: tuple[str, ...]) -> Iterator[Finding]:
    for one in connector_lines(connection, now, outside):
        if one.state == "connected" and one.health not in ("", State.WELL.value):
            late = "never read to its end" if one.lag_s is None else f"read until {one.lag_s / _MINUTE:,.0f} min ago"
            fix = one.fix or _MEND.format(name=one.name)
            yield Finding(f"connection {one.name}", False, f"{one.said} It was {late}.", fix, needed=False)


def _silent(name: str, call: CallsLine, health: State | None, now: datetime) -> Finding:
    """Since when a system does not promise to call, why, and how much later is seen what it would tell."""
    since = call.failing_since or call.until
    began = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
    why = call.problem or "its time is over, and nobody has asked it to go on: no worker reads it"
    still = f" It calls until {call.until:%Y-%m-%d %H:%M} UTC still." if call.until and call.until > now else ""
    later = (EVERY if health in (None, State.WELL) else AFTER_FAILURE).total_seconds() / _MINUTE
    many = f"{later:.0f} minute" + ("s" if later != 1 else "")
    found = f"does not agree to tell us at once of {call.stream}{began}: {why}.{still} It is read every {many} all the "
    found += f"same: nothing is lost, what comes is seen up to {many} later."
    fix = call.fix or ("It is asked again by itself. " if call.problem else "Start tenure work. ") + _MEND.format(
        name=name
    )
    return Finding(f"calls of {name}", False, found, fix, needed=False)


def _is_over(call: CallsLine, now: datetime) -> bool:
    return call.until is not None and call.until <= now
