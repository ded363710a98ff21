"""Kill switches over HTTP: which are set, set one, lift one."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.actions import switches
from agent_runtime.errors import Forbidden, NotThere
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right, Role, account_scope

router = Router("switches")
SwitchId = Annotated[str, Path(min_length=1, max_length=200)]
_SETS = Policy(LEADERS, Right.DECIDE)


class SwitchLine(BaseModel):
    """A kill switch that is set: while it is, nothing of its scope is done."""

    id: str
    scope: str
    value: str
    reason: str
    set_by: str
    set_at: datetime


class Switches(BaseModel):
    """Every kill switch that is set, the oldest first."""

    switches: list[SwitchLine]


class NewSwitch(BaseModel):
    """What is to be stopped: all, or one connector, team or account."""

    model_config = ConfigDict(extra="forbid")

    scope: switches.Scope
    value: str = Field(default="", max_length=200)
    reason: str = Field(min_length=1, max_length=500)


class Lifted(BaseModel):
    """The kill switch that was lifted."""

    id: str


@router.get("/api/switches", policy=Policy(OVERSEERS))
def list_switches(call: Asked) -> Switches:
    """The kill switches that are set."""
    return Switches(switches=[_line(x) for x in switches.switches_set(call.connection)])


@router.post("/api/switches", policy=_SETS)
def set_switch(call: Asked, body: NewSwitch) -> SwitchLine:
    """Stops everything of a scope at once. A manager stops accounts that they see and their own team."""
    _refuse_foreign(call, body.scope, body.value)
    by, key = call.principal.user_id, call.site.premises.install_key
    row = switches.set_switch(call.connection, body.scope, body.value, body.reason, by, call.now, key)
    return _line(row)


@router.delete("/api/switches/{switch_id}", policy=_SETS)
def lift_switch(call: Asked, switch_id: SwitchId) -> Lifted:
    """Lifts a kill switch; what it cancelled stays cancelled."""
    found = next((x for x in switches.switches_set(call.connection) if x.id == switch_id), None)
    if found is None:
        raise NotThere("There is no such kill switch, or it was lifted already.", fix="List those that are set.")
    _refuse_foreign(call, found.scope, found.value)
    switches.lift(call.connection, switch_id, call.principal.user_id, call.now, call.site.premises.install_key)
    return Lifted(id=switch_id)


def _refuse_foreign(call: Call, scope: str, value: str) -> None:
    """What concerns more than a manager answers for is an admin's."""
    if call.principal.role is Role.ADMIN:
        return
    if scope == "account":
        account_scope(call.connection, call.principal, value, call.now)
    elif scope != "team" or value != call.principal.team:
        raise Forbidden("A manager stops accounts and the own team.", fix="Ask an admin of your installation.")


def _line(row: switches.SwitchRow) -> SwitchLine:
    return SwitchLine(
        id=row.id, scope=row.scope, value=row.value, reason=row.reason, set_by=row.set_by, set_at=row.set_at
    )  # fmt: skip
