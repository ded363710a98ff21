"""Buttons that were pressed in a chat: kept when they come, carried out by the same decision as on the pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Table, select, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.connectors.models import ChatPress
from agent_runtime.connectors.taking import aliases
from agent_runtime.errors import TenureError
from agent_runtime.inbox.decide import Deciding, decide
from agent_runtime.inbox.verbs import Command
from agent_runtime.installation import Installation
from agent_runtime.permissions import CHANGERS, Policy, Principal, Right, Role, demand, item_scope, rights_up_to
from agent_runtime.users import service as users
from tools.base import Pressed

_press: Table = ChatPress.__table__  # type: ignore[attr-defined]
_DECIDES = Policy(CHANGERS, Right.DECIDE)
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_STRANGER = "Nobody here knows you under this chat name; nothing was changed."


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one press: to whom it is told, about which item."""

    user_id: str
    item_id: str
    said: str


def keep_press(connection: Connection, name: str, event_id: str, pressed: Pressed, now: datetime) -> bool:
    """Keeps a press for the worker; False where the same one came before."""
    values = {
        "id": f"{name}:{event_id}"[:200], "connection": name, "vendor_user": pressed.who[:200],
        "value": pressed.value[:2000], "place": pressed.place[:200], "came_at": now, "state": "waiting", "said": "",
    }  # fmt: skip
    try:
        with connection.begin_nested():
            connection.execute(_press.insert(), values)
    except IntegrityError:
        return False
    return True


def waiting(connection: Connection, name: str) -> list[str]:
    """The presses of a connection that nobody carried out yet, the oldest first."""
    chosen = (_press.c.connection == name, _press.c.state == "waiting")
    return list(connection.scalars(select(_press.c.id).where(*chosen).order_by(_press.c.came_at, _press.c.id)))


def carry_out(installation: Installation, press_id: str, now: datetime) -> Answer | None:
    """Decides what a person pressed, in a transaction of its own; None where somebody else did meanwhile.

    What is refused is said to them, and changes nothing else.
    """
    with installation.engine.begin() as connection:
        mine = update(_press).where(_press.c.id == press_id, _press.c.state == "waiting").values(state="done")
        row = connection.execute(mine.returning(_press)).mappings().one_or_none()
        if row is None:
            return None
        user_id = aliases(connection, row["connection"]).get(row["vendor_user"], "")
        item_id, said = _item_in(row["value"]), _STRANGER
        if user_id:
            said = _decided(connection, installation, user_id, row["connection"], row["value"], now)
        connection.execute(update(_press).where(_press.c.id == press_id).values(said=said[:500]))
        return Answer(user_id, item_id, said)


def _decided(
    connection: Connection, installation: Installation, user_id: str, name: str, value: str, now: datetime
) -> str:
    """What became of it, in words; whatever is refused is undone as a whole."""
    try:
        with connection.begin_nested():
            return _decide(connection, installation, user_id, name, value, now)
    except TenureError as error:
        return f"{error.what} {error.fix}".strip()
    except (ValidationError, orjson.JSONDecodeError, KeyError, TypeError):
        return "This button is none of ours any more; nothing was changed."


def _decide(
    connection: Connection, installation: Installation, user_id: str, name: str, value: str, now: datetime
) -> str:
    told = orjson.loads(value)
    item_id, days = str(told.pop("item")), told.pop("days", None)
    if days:
        told["until"] = (now + timedelta(days=int(days))).isoformat()
    command = _COMMAND.validate_python(told)
    person = next(one for one in users.people(connection) if one.id == user_id)
    principal = Principal(person.id, Role(person.role), person.team, rights_up_to(Right.DECIDE), _channel(name), "")
    demand(_DECIDES, principal)
    item_scope(connection, principal, item_id, now)
    undo = timedelta(seconds=installation.playbook.decisions.undo_seconds)
    by = Deciding(user_id, principal.channel, now, installation.install_key, undo)
    decided = decide(connection, installation.company(connection, now), item_id, command, by)
    return _SAID.get(decided.state, "It is settled.")


_SAID = {
    "approved": "Approved; it goes out when the time to take it back is over.",
    "snoozed": "Put off; it comes back.",
    "dismissed": "Dismissed; the matter itself stays open.",
}


def _channel(name: str) -> str:
    return name.partition(":")[0]


def _item_in(value: str) -> str:
    try:
        told = orjson.loads(value)
    except orjson.JSONDecodeError:
        return ""
    return str(told.get("item") or "") if isinstance(told, dict) else ""
