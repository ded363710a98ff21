"""The weekly page and the live view over HTTP: for those who answer for queues; no figure is about a person."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.calls.week import export, verifying
from agent_runtime.calls.week.live import Live
from agent_runtime.calls.week.live_service import read_live, seen_only
from agent_runtime.calls.week.service import House, read_gate, read_week, week_named
from agent_runtime.calls.week.trust import Verified
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right, reach_of, sees

router = Router("calls")
Week = Annotated[str | None, Query(max_length=10, description="As 2026-W46; the last week that is over without it.")]


class Verifying(BaseModel):
    """That you compared the figures of a segment with the phone system's own and found them right."""

    model_config = ConfigDict(extra="forbid")

    segment: str = Field(min_length=1, max_length=100)
    note: str = Field(default="", max_length=500)


class Verification(BaseModel):
    """What was kept of it; `accepted` could not be measured."""

    segment: str
    verified_by: str
    verified_at: datetime
    accepted: list[str]


@router.get("/api/calls/week", policy=Policy(OVERSEERS))
def read_calls_week(call: Asked, week: Week = None) -> dict[str, Any]:
    """Everything on the weekly page of missed calls."""
    house = house_of(call)
    found: dict[str, Any] = export.as_data(
        read_week(call.connection, house, week_named(week, call.now, house.calendar), call.now)
    )
    return found


@router.get("/api/calls/live", policy=Policy(OVERSEERS))
def read_calls_live(call: Asked) -> dict[str, Any]:
    """Who waits now: the oldest high-intent miss, its queue and owner, and every queue.

    The account of a call is told only to those who may see it.
    """
    found: dict[str, Any] = export.as_data(live_of(call))
    return found


def live_of(call: Call) -> Live:
    """The live view with the accounts that the reader sees."""
    reach = reach_of(call.connection, call.principal, call.now)
    found = read_live(call.connection, house_of(call), call.now)
    return seen_only(found, lambda account: sees(call.connection, reach, account))


@router.post("/api/calls/verify", policy=Policy(LEADERS, Right.DECIDE))
def verify_calls(call: Asked, body: Verifying) -> Verification:
    """Stands up for the figures of a segment; refused while a check fails."""
    kept = verify_segment(call, body.segment, body.note)
    return Verification(
        segment=kept.segment,
        verified_by=kept.user_id,
        verified_at=datetime.fromisoformat(kept.at),
        accepted=list(kept.accepted),
    )


def verify_segment(call: Call, segment: str, note: str) -> Verified:
    """Keeps that the person who asks stands up for the figures of a segment."""
    gate = read_gate(call.connection, house_of(call), call.now, segment)
    key = call.site.premises.install_key
    return verifying.verify(call.connection, segment, note, gate, call.principal.user_id, call.now, key)


def house_of(call: Call) -> House:
    """Opening hours and rules of the installation that was asked."""
    premises = call.site.premises
    return House(premises.company(call.connection, call.now).calendar, premises.playbook)
