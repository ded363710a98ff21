"""Twilio's calls, messages and numbers as source records and rows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from tools.base import Row, SourceRecord

Direction = Literal["inbound", "outbound"]
# What has ended; a call that still rings or is spoken is read again when it has.
STATUSES = {
    "completed": "completed", "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "canceled",
}  # fmt: skip

# What the vendor writes in place of a number that was withheld: ANONYMOUS, RESTRICTED, BLOCKED and UNAVAILABLE, typed.
WITHHELD = frozenset({"+266696687", "+7378742883", "+2562533", "+86282452253", "+8566696"})


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of what was said: a message that a caller left, or under `consent` the sentences of a talk."""

    voicemail: str = ""
    sentences: Sequence[Mapping[str, Any]] = ()
    consent: str = "unknown"


def call_record(one: Mapping[str, Any], direction: Direction, words: Words, read_at: datetime) -> SourceRecord | None:
    """One leg of a call that has ended; None for one that has not. ValueError where its times cannot be read.

    A call that came in was picked up by the vendor's own program, so that its length says nothing of a person: the
    legs that it dialled do.
    """
    status = STATUSES.get(str(one.get("status")))
    if status is None:
        return None
    started = _moment(one.get("start_time") or one.get("date_created"))
    parent = one.get("parent_call_sid")
    fields = {
        "started_at": started.isoformat(),
        "direction": direction,
        "status": status,
        "from": _number(one.get("from")),
        "to": _number(one.get("to")),
        "talk_s": int(one.get("duration") or 0),
        "call_key": str(parent or one["sid"]),
        "parent_id": str(parent) if parent else None,
        "forwarded_from": one.get("forwarded_from"),
        "answered_by": _answered_by(one, direction, words),
        "voicemail_text": words.voicemail,
        "transcript": [_segment(sentence) for sentence in words.sentences],
        "consent": words.consent if words.sentences else None,
    }
    told = {key: value for key, value in fields.items() if value not in (None, "", [])}
    return SourceRecord("phone", "calls", str(one["sid"]), read_at, started, fields=told)


def message_record(one: Mapping[str, Any], read_at: datetime) -> SourceRecord | None:
    """A text message that came or went; None for one that never left."""
    if one.get("status") in ("failed", "canceled", "queued", "scheduled"):
        return None
    sent = _moment(one.get("date_sent") or one.get("date_created"))
    sender, to = str(one.get("from") or ""), str(one.get("to") or "")
    fields = {
        "channel": "whatsapp" if sender.startswith("whatsapp:") else "sms",
        "direction": "inbound" if one.get("direction") == "inbound" else "outbound",
        "from": sender.removeprefix("whatsapp:"),
        "to": to.removeprefix("whatsapp:"),
        "text": str(one.get("body") or ""),
    }
    return SourceRecord("messages", "messages", str(one["sid"]), read_at, sent, fields=fields)


def line_row(one: Mapping[str, Any]) -> Row:
    """One of our numbers."""
    return {"number": str(one["phone_number"]), "custom": {"name": str(one.get("friendly_name") or "")}}


def _moment(told: Any) -> datetime:
    return parsedate_to_datetime(str(told)).astimezone(UTC)


def _number(told: Any) -> str | None:
    """A number; of a program or an extension (client:, sip:), or where it was withheld, there is none."""
    text = str(told or "")
    return text if text.startswith("+") and text not in WITHHELD else None


def _answered_by(one: Mapping[str, Any], direction: Direction, words: Words) -> str | None:
    told = str(one.get("answered_by") or "")
    if told == "human":
        return "person"
    if told.startswith(("machine", "fax")) or words.voicemail:
        return "voicemail"
    is_whole = not one.get("parent_call_sid") and not str(one.get("direction") or "").startswith("trunking")
    return "ivr" if direction == "inbound" and is_whole else None


def _segment(sentence: Mapping[str, Any]) -> dict[str, Any]:
    """Of two channels the first is the caller's."""
    speaker = "customer" if str(sentence.get("media_channel")) == "1" else "agent"
    started = float(sentence.get("start_time") or 0)
    return {"speaker": speaker, "start_s": started, "text": str(sentence.get("transcript") or "")}
