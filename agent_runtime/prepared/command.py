"""`tenure prepare`: what one needs for a meeting, a renewal or a follow-up, composed as of now or of a moment."""

import orjson
from rich.console import Console

from agent_runtime.brief.opening import account_named, company_of, moment_of, reading
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.errors import BadInput
from agent_runtime.permissions import agent_scope
from agent_runtime.prepared.artefact import as_plain
from agent_runtime.prepared.service import Kind, prepare, text_of


def prepare_command(
    account: str,
    kind: str,
    database: str | None,
    as_of: str | None,
    *,
    language: str | None,
    as_json: bool,
    clock: Clock | None = None,
) -> None:
    """Prints the artefact; raises BadInput for a kind that is none, NotThere where there is nothing to prepare for."""
    if kind not in set(Kind):
        raise BadInput(f"{kind} cannot be prepared.", fix=f"Name one of {', '.join(Kind)}.")
    with reading(database) as connection:
        now = moment_of(as_of, (clock or SystemClock()).now())
        scope = agent_scope(account_named(connection, account))
        prepared = prepare(connection, scope, company_of(connection, now), now, Kind(kind), language)
    console = Console(soft_wrap=True)
    if as_json:
        plain = {"account_id": scope.account_id, **as_plain(prepared)}
        console.out(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode(), highlight=False)
    else:
        console.out(f"{prepared.title}\n\n{text_of(prepared)}", highlight=False)
