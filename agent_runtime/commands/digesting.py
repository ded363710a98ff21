"""`tenure digest`: what waits for each person this morning, printed, or sent now to those who want it now."""

from dataclasses import asdict

import orjson
from rich.console import Console

from agent_runtime.clock import SystemClock
from agent_runtime.installation import open_installation
from agent_runtime.mailing.calls_week import send_week
from agent_runtime.mailing.digests import mornings, send_wanted
from agent_runtime.settings import load


def digest_command(user_id: str | None, *, send: bool, as_json: bool) -> None:
    """Prints everybody's morning, or of one person; with `send` each goes to its person, in their own name, when they
    want it: as the worker does, so it may be run as often as one likes."""
    installation, now = open_installation(load()), SystemClock().now()
    try:
        found = mornings(installation, {user_id} if user_id else None, now)
        console = Console()
        if as_json and not send:
            console.out(orjson.dumps([asdict(x) for x in found], option=orjson.OPT_INDENT_2).decode(), highlight=False)
            return
        for one in found:
            told = f"{one.user_id}: {send_wanted(installation, one, now)}" if send else f"{one.address}\n{one.body}"
            console.print(told, highlight=False, markup=False)
        for line in send_week(installation, user_id, now) if send else ():
            console.print(line, highlight=False, markup=False)
    finally:
        installation.engine.dispose()
