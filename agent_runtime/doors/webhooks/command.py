"""`tenure webhooks`: who is told what happens here, and what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from agent_runtime.clock import SystemClock
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.service import Change, Made
from agent_runtime.errors import BadInput
from agent_runtime.installation import Installation, open_installation
from agent_runtime.settings import load

STATES = ("pending", "delivered", "failed")


def add_command(url: str, kinds: list[str], label: str, *, as_json: bool) -> None:
    """Adds a receiver and prints its secret."""
    with _desk() as (installation, connection, change):
        private = installation.settings.webhooks_private
        made = service.add(connection, url, kinds, label, change, private=private)
    _show(made, "Give this secret to the receiver; it is shown this once.", as_json=as_json)


def rotate_command(webhook_id: str, *, as_json: bool) -> None:
    """Makes another secret and prints it."""
    with _desk() as (_, connection, change):
        made = service.rotate(connection, webhook_id, change)
    _show(made, "Give this secret to the receiver within a day; it is shown this once.", as_json=as_json)


def remove_command(webhook_id: str) -> None:
    """Removes a receiver."""
    with _desk() as (_, connection, change):
        service.remove(connection, webhook_id, change)
    _say(f"{webhook_id} is told nothing more.")


def resume_command(webhook_id: str) -> None:
    """Goes on with a receiver."""
    with _desk() as (_, connection, change):
        service.resume(connection, webhook_id, change)
    _say(f"{webhook_id} is told again what happens.")


def redeliver_command(webhook_id: str, delivery_id: str | None) -> None:
    """Tells again, with the same ids."""
    with _desk() as (_, connection, change):
        number = service.redeliver(connection, webhook_id, delivery_id, change)
    _say(f"{number} will be told again by the next worker that runs.")


def list_command(*, as_json: bool) -> None:
    """Prints every receiver."""
    with _desk() as (_, connection, _change):
        waits = service.waiting(connection)
        rows: list[dict[str, Any]] = [
            {
                "id": x.id, "host": service.host_of(x), "kinds": x.kinds, "label": x.label,
                "waiting": waits.get(x.id, 0), "stopped": x.stopped_reason,
            }
            for x in service.webhooks(connection)
        ]  # fmt: skip
    show_rows(rows, ("id", "host", "kinds", "label", "waiting", "stopped"), as_json=as_json)


def log_command(webhook_id: str, state: str | None, limit: int, *, as_json: bool) -> None:
    """Prints what a receiver was told."""
    if state is not None and state not in STATES:
        raise BadInput(f"{state} is no state.", fix=f"The states are: {', '.join(STATES)}.")
    with _desk() as (_, connection, _change):
        found = service.log(connection, webhook_id, state, None, limit)
    names = ("at", "id", "kind", "subject_id", "state", "attempts", "last_status", "last_error")
    show_rows([{name: getattr(x, name) for name in names} for x in found], names, as_json=as_json)


def show_rows(rows: list[dict[str, Any]], names: tuple[str, ...], *, as_json: bool) -> None:
    """Prints rows as a table, or as JSON for programs."""
    if as_json:
        Console(soft_wrap=True).out(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in names))
    Console().print(table)


@contextmanager
def _desk() -> Iterator[tuple[Installation, Connection, Change]]:
    installation = open_installation(load())
    try:
        with installation.engine.begin() as connection:
            change = Change(f"operator:{getuser()}", SystemClock().now(), installation.install_key)
            yield installation, connection, change
    finally:
        installation.engine.dispose()


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(value) if isinstance(value, list) else str(value)


def _show(made: Made, words: str, *, as_json: bool) -> None:
    secret = made.secret.get_secret_value()
    if as_json:
        Console(soft_wrap=True).out(orjson.dumps({"id": made.id, "secret": secret}).decode(), highlight=False)
    else:
        _say(f"{made.id}\n{secret}\n{words}")


def _say(text: str) -> None:
    Console().print(text, highlight=False, soft_wrap=True, markup=False)
