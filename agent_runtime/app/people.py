"""The commands for people and their keys: tenure user …, tenure token …"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from getpass import getpass, getuser
from typing import Any

import orjson
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.clock import SystemClock
from agent_runtime.errors import BadInput
from agent_runtime.installation import Installation, open_installation
from agent_runtime.permissions import Right, Role
from agent_runtime.settings import load
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory.records import User


class Desk:
    """One transaction of an operator at the command line; what is done is audited in it."""

    def __init__(self, installation: Installation, connection: Connection, now: datetime) -> None:
        self.installation = installation
        self.connection = connection
        self.now = now

    def note(self, event: str, subject: str, **detail: Any) -> None:
        """Writes one thing that was done to the audit of the installation."""
        entry = Entry(self.now, ActorKind.USER, f"operator:{getuser()}", event, subject, detail)
        audit.append(self.connection, INSTALLATION, [entry], install_key=self.installation.install_key)


def add_user(
    user_id: str, name: str, email: str, role: str, team: str | None, manager: str | None, zone: str | None
) -> None:
    """Adds one of ours, who can sign in once a password is set."""
    if role not in Role.__members__.values():
        raise BadInput(f"{role} is no role.", fix=f"The roles are: {', '.join(Role)}.")
    user = User(id=user_id, name=name, email=email, role=role, team=team, manager_id=manager, timezone=zone)
    with _desk() as desk:
        users.add_user(desk.connection, user)
        desk.note("user.added", user_id, role=role)
    _say(f"{user_id} was added as {role}. Next: tenure user password {user_id}")


def set_password(user_id: str) -> None:
    """Asks for a password, twice at a terminal, once from a pipe, and sets it; open sessions end."""
    password = _asked()
    with _desk() as desk:
        users.set_password(desk.connection, user_id, password, desk.now)
        desk.note("user.password_set", user_id)
    _say(f"The password of {user_id} is set; their sessions have ended.")


def disable_user(user_id: str) -> None:
    """Shuts a person out from the next request on."""
    with _desk() as desk:
        users.disable(desk.connection, user_id, desk.now)
        desk.note("user.disabled", user_id)
    _say(f"{user_id} is shut out; a new password lets them in again.")


def list_users(*, as_json: bool) -> None:
    """All of ours, and whether they can come in."""
    with _desk() as desk:
        found = users.people(desk.connection)
    names = ("id", "name", "role", "team", "manager_id", "password", "disabled")
    _table([{name: getattr(x, name) for name in names} for x in found], names, as_json=as_json)


def make_token(user_id: str, right: str, label: str, days: int | None, *, as_json: bool) -> None:
    """Makes a key for a program that acts for a person, and prints it this once."""
    if right not in Right.__members__.values():
        raise BadInput(f"{right} is no right.", fix=f"The rights are: {', '.join(Right)}.")
    with _desk() as desk:
        ends = desk.now + timedelta(days=days) if days is not None else None
        made = users.make_token(desk.connection, user_id, TokenKind.API, right, label, ends, desk.now)
        desk.note("token.made", made.id, user=user_id, right=right)
    secret = made.secret.get_secret_value()
    if as_json:
        _write({"id": made.id, "token": secret, "expires_at": ends})
    else:
        _say(f"{secret}\nIt is shown this once. Send it as: Authorization: Bearer <token>")


def list_tokens(user_id: str | None, *, as_json: bool) -> None:
    """The keys in force, without their secrets."""
    with _desk() as desk:
        found = users.tokens(desk.connection, user_id)
    names = ("id", "user_id", "right", "label", "created_at", "expires_at", "last_used_at")
    _table([{name: getattr(x, name) for name in names} for x in found], names, as_json=as_json)


def revoke_token(token_id: str) -> None:
    """Makes a key useless from the next request on."""
    with _desk() as desk:
        user_id = users.revoke(desk.connection, token_id, desk.now)
        desk.note("token.revoked", token_id, user=user_id)
    _say(f"Token {token_id} of {user_id} opens nothing any more.")


@contextmanager
def _desk() -> Iterator[Desk]:
    installation = open_installation(load())
    try:
        with installation.engine.begin() as connection:
            yield Desk(installation, connection, SystemClock().now())
    finally:
        installation.engine.dispose()


def _asked() -> SecretStr:
    """A password; never from the command line, where it would stand in the history and the list of processes."""
    if not sys.stdin.isatty():
        return SecretStr(sys.stdin.readline().rstrip("\r\n"))
    first = getpass("Password: ")
    if getpass("Again: ") != first:
        raise BadInput("The two are not the same; nothing was changed.", fix="Try again.")
    return SecretStr(first)


def _table(rows: list[dict[str, Any]], names: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        _write(rows)
        return
    table = Table(*names)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in names))
    Console().print(table)


def _write(value: Any) -> None:
    Console().out(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(), highlight=False)


def _say(text: str) -> None:
    Console().print(text, highlight=False, soft_wrap=True, markup=False)
