"""Builds small phone histories: minutes count from a Monday, 09:00 UTC, inside opening hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import CallLeg, CallResolution, Message, Owner
from agent_runtime.calls.resolution import resolve

MONDAY = datetime(2025, 3, 3, 9, tzinfo=UTC)
HOUR = 60.0
DAY = 24 * HOUR
WEEK = 7 * DAY

ANNA, ANNA_OFFICE, BERT, STRANGER = "+4930100001", "+4930100002", "+4930200001", "+4930900009"
SHARED, LINE, MOBILE = "+4930555555", "+4930777000", "+49170777001"

DESK, RECEPTION, BUSINESS_CENTRE = "+4930555001", "+4930555002", "+4930555003"

OWNERS = {
    ANNA: [Owner("acme", "anna")],
    ANNA_OFFICE: [Owner("acme", "anna")],
    BERT: [Owner("acme", "bert")],
    SHARED: [Owner("acme", "anna"), Owner("bolt", "carl")],
    DESK: [Owner("acme", "anna"), Owner("acme", "bert")],
    RECEPTION: [Owner("acme"), Owner("acme", "bert")],
    BUSINESS_CENTRE: [Owner("acme"), Owner("bolt")],
    "anna@acme.example": [Owner("acme", "anna")],
    "office@shared.example": [Owner("acme", "anna"), Owner("bolt", "carl")],
}


def moment(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def leg(name: str, minutes: float, **fields: Any) -> CallLeg:
    started_at = moment(minutes)
    return CallLeg(**{"id": name, "at": started_at, "started_at": started_at, "direction": "inbound", **fields})


def miss(name: str, minutes: float, caller: str | None = ANNA, **fields: Any) -> CallLeg:
    """A single inbound record that rang for 20 seconds; nobody picked up."""
    usual = {"status": "no_answer", "from_number": caller, "to_number": LINE, "ring_s": 20, "user_id": "u1"}
    return leg(name, minutes, **{**usual, **fields})


def taken(name: str, minutes: float, caller: str | None = ANNA, **fields: Any) -> CallLeg:
    """A single inbound record that a person answered."""
    return miss(name, minutes, caller, **{"status": "completed", "talk_s": 60, "answered_by": "person", **fields})


def dial(name: str, minutes: float, number: str | None = ANNA, **fields: Any) -> CallLeg:
    """A call of ours that nobody answered."""
    usual = {"direction": "outbound", "status": "no_answer", "from_number": LINE, "to_number": number}
    return leg(name, minutes, **{**usual, "ring_s": 25, "user_id": "u1", **fields})


def callback(name: str, minutes: float, number: str | None = ANNA, **fields: Any) -> CallLeg:
    """A call of ours that a person answered."""
    return dial(name, minutes, number, **{"status": "completed", "talk_s": 90, "answered_by": "person", **fields})


def sent(name: str, minutes: float, **fields: Any) -> Message:
    """A mail of ours to Anna."""
    usual = {"direction": "outbound", "medium": "mail", "contact_ids": ("anna",)}
    return Message(**{"id": name, "at": moment(minutes), **usual, **fields})


def business_seconds(start: datetime, end: datetime) -> float:
    """Opening time Monday to Friday, 08:00 to 17:00 UTC, by counting the days one by one."""
    total, day = 0.0, start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        opens, closes = max(start, day + timedelta(hours=8)), min(end, day + timedelta(hours=17))
        if day.weekday() < 5 and opens < closes:
            total += (closes - opens).total_seconds()
        day += timedelta(days=1)
    return total


def lines(*records: CallLeg | Message) -> dict[str, CallResolution]:
    """The line of each inbound call in this history, by its id."""
    legs = [record for record in records if isinstance(record, CallLeg)]
    messages = [record for record in records if isinstance(record, Message)]
    found = resolve(join_legs(legs), messages, OWNERS, business_seconds=business_seconds)
    return {line.call_id: line for line in found}
