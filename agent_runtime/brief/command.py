"""`tenure brief` and `tenure facts`: what is known of one account at a moment, each thing with its source."""

from typing import Any

import orjson
from rich.console import Console

from agent_runtime.brief.gather import brief
from agent_runtime.brief.known_facts import known_facts
from agent_runtime.brief.opening import account_named, company_of, moment_of, reading
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.permissions import agent_scope
from memory.brief import Line

_TITLES = {
    "state": "How things stand",
    "people": "People",
    "commitments_ours": "What we promised",
    "commitments_theirs": "What they promised",
    "concerns": "Open concerns",
    "asked_and_answered": "Asked and answered",
    "next": "Next",
}


def brief_command(
    account: str, database: str | None, as_of: str | None, *, as_json: bool, clock: Clock | None = None
) -> None:
    """Prints the brief of an account, as it reads now or as it read at `as_of`."""
    with reading(database) as connection:
        now = moment_of(as_of, (clock or SystemClock()).now())
        scope = agent_scope(account_named(connection, account))
        lines = brief(connection, scope, company_of(connection, now), now)
    if as_json:
        print_json({"account_id": scope.account_id, "as_of": now, "lines": [line._asdict() for line in lines]})
    else:
        _print_lines(lines)


def facts_command(
    account: str, database: str | None, as_of: str | None, *, history: bool, as_json: bool
) -> None:  # fmt: skip
    """Prints the facts of an account; with `history` also those that were superseded."""
    with reading(database) as connection:
        scope = agent_scope(account_named(connection, account))
        moment = moment_of(as_of, SystemClock().now()) if as_of else None
        shown = [one.model_dump() for one in known_facts(connection, scope, moment, history=history)]
    if as_json:
        print_json({"account_id": scope.account_id, "as_of": moment, "facts": shown})
        return
    console = Console()
    for one in shown:
        end = f" to {one['valid_to']:%Y-%m-%d}" if one["valid_to"] else ""
        mark = " (conflict)" if one["conflict"] else ""
        cited = ", ".join(source["source_id"] for source in one["sources"])
        line = f"{one['slot']}: {one['value']}{mark}, {one['trust']}, {one['valid_from']:%Y-%m-%d}{end} [{cited}]"
        console.print(line, highlight=False, markup=False)


def print_json(plain: Any) -> None:
    """Writes plain values as JSON, times in UTC."""
    Console(soft_wrap=True).out(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode(), highlight=False)


def _print_lines(lines: list[Line]) -> None:
    console, section = Console(), ""
    for line in lines:
        if line.section != section:
            section = line.section
            console.print(f"\n{_TITLES[section]}", highlight=False, markup=False)
        console.print(f"  {line.text} [{', '.join(line.citations)}]", highlight=False, markup=False)
