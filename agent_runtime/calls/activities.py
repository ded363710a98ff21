"""Stored activities as the call logic reads them: legs of calls, messages of ours, and what went before. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from agent_runtime.calls.models import CallLeg, Medium, Message, TranscriptLine, Visit
from agent_runtime.calls.topic_words import topic_by_words
from memory.timeline import BareEvent, Event

VISIT_KINDS: Final = ("form", "lead.created")
"""Activities that may show what somebody wanted before they called."""

_SHOWN: Final = ("form", "page", "campaign")

_MEDIUM: Final[dict[str, Medium]] = {"email": "mail", "sms": "sms", "chat": "chat", "whatsapp": "whatsapp"}
_parse = datetime.fromisoformat


def legs_of(events: Iterable[Event]) -> list[CallLeg]:
    """The call activities as legs; ids are the activities' own, parents are named by them where they are known."""
    return legs_of_calls([event for event in events if event.kind == "call"])


def legs_of_calls(rows: Sequence[Event] | Sequence[BareEvent]) -> list[CallLeg]:
    """The same of activities that are calls, all of them."""
    parted = any(event.data.get("parent_id") for event in rows)
    by_source = {event.source_id: event.id for event in rows} if parted else {}
    return [_leg(event, by_source) for event in rows]


def _leg(event: Event | BareEvent, by_source: dict[str, str]) -> CallLeg:
    data = event.data
    given = data.get
    started, parent, words = given("started_at"), given("parent_id"), given("words")
    left_message = bool(given("voicemail"))
    return CallLeg(
        id=event.id,
        at=event.known_at,
        started_at=_parse(started) if started else event.occurred_at,
        direction=event.direction or "internal",  # type: ignore[arg-type]
        status=given("status") or "completed",
        from_number=given("from"),
        to_number=given("to"),
        ring_s=given("ring_s"),
        talk_s=given("talk_s"),
        user_id=event.user_id,
        queue=given("queue"),
        tracking_number=given("tracking_number"),
        ivr=given("ivr"),
        voicemail_text=words if left_message else None,
        transcript=_lines(words) if words and not left_message else (),
        call_key=given("call_key"),
        parent_id=by_source.get(str(parent), str(parent)) if parent else None,
        answered_by=given("answered_by"),
        missed_event_for=given("missed_event_for"),
        forwarded_from=given("forwarded_from"),
        consent=given("consent") or "unknown",
        purpose=given("purpose"),
        plans=bool(given("promises")),
        account_id=event.account_id,
        contact_id=event.contact_id,
    )


def _lines(words: str) -> tuple[TranscriptLine, ...]:
    """The beginning of a transcript as it is kept with its activity: a line each, the speaker before a colon."""
    parts = (line.partition(": ") for line in words.split("\n"))
    return tuple(TranscriptLine(speaker, 0, text) for speaker, colon, text in parts if colon)


def visits_of(events: Iterable[Event]) -> Iterator[Visit]:
    """The leads and the forms on buying, with who they were of."""
    for event in events:
        if event.kind == "lead.created" or (event.kind == "form" and _on_buying(event.data)):
            named = (event.data.get("email"), event.data.get("phone"))
            yield Visit(
                id=event.id,
                at=event.occurred_at,
                contact_id=event.contact_id,
                addresses=tuple(str(x).lower() for x in named if x),
            )


def _on_buying(data: dict[str, Any]) -> bool:
    shown = " ".join(str(data[name]) for name in _SHOWN if data.get(name))
    return topic_by_words(shown.replace("/", " ").replace("-", " ").replace("_", " ").lower()) == "buy_or_upgrade"


def messages_of(events: Iterable[Event]) -> list[Message]:
    """The mails, texts and chats that we sent, with whom they went to."""
    return [_message(event) for event in events if event.kind in ("email", "message") and event.direction == "outbound"]


def _message(event: Event) -> Message:
    to = event.data.get("to") or []
    addresses = [to] if isinstance(to, str) else to
    channel = "email" if event.kind == "email" else str(event.data.get("channel"))
    return Message(
        id=event.id,
        at=event.occurred_at,
        direction="outbound",
        medium=_MEDIUM.get(channel, "sms"),
        contact_ids=(event.contact_id,) if event.contact_id else (),
        addresses=tuple(str(x).lower() for x in addresses),
        automatic=bool(event.data.get("auto")) or event.caused_by == "rule",
    )
