"""Kill switches: who set them, for what, why; while one is set, nothing of its scope is done."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal, get_args

from pydantic import SecretStr
from sqlalchemy import Connection, Table, and_, insert, or_, select, update

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.models import Switch
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput, NotThere
from memory.records import User

Scope = Literal["all", "connector", "team", "account"]
# The audit chain of what concerns no single account.
INSTALLATION = "installation"

_switch: Table = Switch.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """A kill switch that is set."""

    id: str
    scope: str
    value: str
    reason: str
    set_by: str
    set_at: datetime


_COLUMNS = [_switch.c[name] for name in SwitchRow.__slots__]


def set_switch(
    connection: Connection, scope: Scope, value: str, reason: str, by: str, now: datetime, install_key: SecretStr
) -> SwitchRow:
    """Sets a kill switch, audited; one that is set already stays as it is. Raises BadInput."""
    if scope not in get_args(Scope) or (scope == "all") != (value == ""):
        raise BadInput("A kill switch is for all, or for one connector, team or account.", fix="Name which.")
    before = next((x for x in switches_set(connection) if (x.scope, x.value) == (scope, value)), None)
    if before is not None:
        return before
    key = blake2b(f"{scope}|{value}|{now.isoformat()}".encode(), digest_size=8).hexdigest()
    row = SwitchRow(f"sw_{key}", scope, value, reason, by, now)
    connection.execute(insert(_switch), {name: getattr(row, name) for name in SwitchRow.__slots__})
    _note(connection, row, "switch.set", by, now, install_key)
    return row


def lift(connection: Connection, switch_id: str, by: str, now: datetime, install_key: SecretStr) -> None:
    """Lifts a kill switch, audited; what it cancelled stays cancelled. Raises NotThere."""
    lifted = update(_switch).where(_switch.c.id == switch_id, _switch.c.lifted_at.is_(None))
    found = connection.execute(lifted.values(lifted_by=by, lifted_at=now).returning(*_COLUMNS)).one_or_none()
    if found is None:
        raise NotThere("There is no such kill switch, or it was lifted already.")
    _note(connection, SwitchRow(*found), "switch.lifted", by, now, install_key)


def switches_set(connection: Connection) -> list[SwitchRow]:
    """Every kill switch that is set, the oldest first."""
    query = select(*_COLUMNS).where(_switch.c.lifted_at.is_(None)).order_by(_switch.c.set_at, _switch.c.id)
    return [SwitchRow(*row) for row in connection.execute(query)]


def which(connection: Connection, action: ActionRow) -> SwitchRow | None:
    """The kill switch that stops this action, if one does; the team is that of the user in whose name it is done."""
    team = select(_user.c.team).where(_user.c.id == (action.content.get("user_id") or "")).scalar_subquery()
    scope, value = _switch.c.scope, _switch.c.value
    connector = str(action.content.get("connector") or "")
    stops = or_(
        scope == "all",
        # One for gmail stops gmail:anna too.
        and_(scope == "connector", value.in_({connector, connector.partition(":")[0]})),
        and_(scope == "account", value == action.account_id),
        and_(scope == "team", value == team),
    )
    query = select(*_COLUMNS).where(_switch.c.lifted_at.is_(None), stops).order_by(_switch.c.set_at).limit(1)
    row = connection.execute(query).one_or_none()
    return SwitchRow(*row) if row else None


def _note(
    connection: Connection, row: SwitchRow, event: str, by: str, now: datetime, install_key: SecretStr
) -> None:  # fmt: skip
    entry = Entry(now, ActorKind.USER, by, event, row.id, {"scope": row.scope, "value": row.value})
    chain = row.value if row.scope == "account" else INSTALLATION
    audit.append(connection, chain, [entry], install_key=install_key)
