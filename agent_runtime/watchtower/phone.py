"""The account's activities as the call logic reads them: legs and messages. Pure."""

from collections.abc import Iterable
from datetime import datetime

from agent_runtime.calls.models import CallLeg, Message
from memory.timeline import Event

_MEDIUM = {"email": "mail", "sms": "sms", "chat": "chat", "whatsapp": "whatsapp"}
_COPIED = (
    "ring_s", "talk_s", "queue", "tracking_number", "ivr", "call_key", "parent_id",
    "answered_by", "missed_event_for", "forwarded_from", "purpose",
)  # fmt: skip


def legs(events: Iterable[Event]) -> list[CallLeg]:
    """The call activities of a timeline as legs; ids are the activities' own."""
    rows = [event for event in events if event.kind == "call"]
    by_source = {event.source_id: event.id for event in rows}
    return [_leg(event, by_source) for event in rows]


def _leg(event: Event, by_source: dict[str, str]) -> CallLeg:
    data = event.data
    fields = {name: data[name] for name in _COPIED if data.get(name) is not None}
    if fields.get("parent_id"):
        fields["parent_id"] = by_source.get(str(fields["parent_id"]), str(fields["parent_id"]))
    started = data.get("started_at")
    return CallLeg(
        id=event.id,
        at=event.known_at,
        started_at=datetime.fromisoformat(started) if started else event.occurred_at,
        direction=event.direction or "internal",  # type: ignore[arg-type]
        status=data.get("status") or "completed",
        from_number=data.get("from"),
        to_number=data.get("to"),
        user_id=event.user_id,
        voicemail_text=data.get("words") if data.get("voicemail") else None,
        consent=data.get("consent") or "unknown",
        account_id=event.account_id,
        contact_id=event.contact_id,
        **fields,
    )


def messages(events: Iterable[Event]) -> list[Message]:
    """Our mails, texts and chats of a timeline, with whom they went to."""
    return [_message(event) for event in events if event.kind in ("email", "message") and event.direction == "outbound"]


def _message(event: Event) -> Message:
    to = event.data.get("to") or []
    addresses = [to] if isinstance(to, str) else to
    channel = "email" if event.kind == "email" else str(event.data.get("channel"))
    return Message(
        id=event.id,
        at=event.occurred_at,
        direction="outbound",
        medium=_MEDIUM.get(channel, "sms"),  # type: ignore[arg-type]
        contact_ids=(event.contact_id,) if event.contact_id else (),
        addresses=tuple(str(x).lower() for x in addresses),
        automatic=bool(event.data.get("auto")) or event.caused_by == "rule",
    )
