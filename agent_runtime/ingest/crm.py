"""CRM events as activities, and the facts that they state."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.ingest.due import END_OF_DAY
from agent_runtime.ingest.fields import DAY_END, Fields, choice_of, day_or_moment_of, name_of, number_of, text_of
from agent_runtime.ingest.identity import Identity
from agent_runtime.ingest.mentions import of_notes
from memory.facts import Statement
from memory.timeline import NewActivity
from tools.base import SourceRecord

KINDS = frozenset(
    (
        "opportunity.snapshot", "opportunity.stage", "opportunity.proposal", "opportunity.updated",
        "lead.created", "lead.status", "owner.changed", "task.created", "task.completed", "note",
        "contact.changed",
        "sequence.enrolled", "sequence.ended", "renewal", "field.changed", "intent", "case", "work.done",
    )
)  # fmt: skip
# These stand in columns of the activity, or in its episode.
COLUMNS = frozenset({"kind", "opportunity_id", "contact_id", "user_id", "text"})
# With what a day alone means: due at its end of work, away until it is over, begun when it begins.
MOMENTS: dict[str, time | timedelta] = {
    "due_at": END_OF_DAY, "until": DAY_END, "closed_at": END_OF_DAY,
    "created_at": time(), "stage_entered_at": time(), "started_at": time(),
}  # fmt: skip
NUMBERS = ("amount", "arr", "strength")
# What no user of ours does: the customer does it, or the market, or an export tells how things stand.
NOT_OURS = frozenset({"lead.created", "intent", "opportunity.snapshot"})
OPPORTUNITY_SLOTS = ("stage", "amount", "close_date", "name", "lost_reason")


def crm_event(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    """Fills in a CRM event: its kind as the source names it, its other fields as data."""
    fields = record.fields
    activity.kind = choice_of(fields, "kind", KINDS)
    activity.user_id = name_of(fields, "user_id")
    activity.caused_by = _cause(activity.kind, activity.user_id)
    activity.subject = text_of(fields, "subject")[:500] or None
    activity.text = text_of(fields, "text") or None
    if activity.kind == "opportunity.snapshot" and activity.opportunity_id is None:
        activity.opportunity_id = record.source_id
    activity.data = {key: value for key, value in fields.items() if key not in COLUMNS}
    _check(activity.data, identity.context.zone)
    if activity.text and (mentioned := of_notes(activity.text, activity.occurred_at, identity.context.zone)):
        activity.data["mentions"] = mentioned


def _cause(kind: str, user_id: str | None) -> str:
    if kind in NOT_OURS:
        return "none"
    if user_id:
        return "person"
    return "rule" if kind.startswith("sequence.") else "none"


def _check(data: Fields, zone: ZoneInfo) -> None:
    for key, clock in MOMENTS.items():
        if data.get(key) is not None:
            data[key] = day_or_moment_of(data, key, zone, clock)
    for key in NUMBERS:
        if data.get(key) is not None:
            data[key] = number_of(data, key)


def statements(activity: NewActivity, activity_id: str) -> Iterator[Statement]:
    """The facts that a CRM event states about its account."""
    if activity.account_id is None:
        return
    for slot, value in _slots(activity):
        yield Statement(
            account_id=activity.account_id,
            slot=slot,
            value=value,
            trust="crm",
            valid_from=activity.occurred_at,
            recorded_at=activity.known_at,
            activity_id=activity_id,
            source_id=activity.source_id,
        )


def _slots(activity: NewActivity) -> Iterator[tuple[str, str]]:
    data = activity.data
    match activity.kind:
        case "opportunity.stage" | "opportunity.snapshot" | "opportunity.updated":
            for name in OPPORTUNITY_SLOTS:
                if data.get(name) is not None and activity.opportunity_id:
                    yield f"opportunity.{activity.opportunity_id}.{name}", _value(data, name)
        case "owner.changed" if data.get("to_user_id"):
            yield f"account.{data.get('role') or 'owner'}", str(data["to_user_id"])
        case "contact.changed" if activity.contact_id and data.get("status"):
            yield f"contact.{activity.contact_id}.status", str(data["status"])
        case "renewal":
            for name in ("renewal_date", "arr"):
                if data.get(name) is not None:
                    yield f"account.{name}", _value(data, name)


def _value(data: dict[str, Any], name: str) -> str:
    value = data[name]
    if name not in ("amount", "arr"):
        return str(value)
    figure = f"{value:.2f}".removesuffix(".00")
    return f"{figure} {data['currency']}" if data.get("currency") else figure
