"""Calls as activities: their facts always, their words only where they may be kept."""

import re
from typing import Any

from agent_runtime.ingest.addresses import phone_number
from agent_runtime.ingest.errors import BadRecord
from agent_runtime.ingest.extract import asks
from agent_runtime.ingest.fields import Fields, choice_of, moment_of, name_of, number_of, text_of
from agent_runtime.ingest.identity import Identity
from agent_runtime.ingest.mentions import of_ours, of_theirs
from agent_runtime.ingest.promises import promises
from agent_runtime.ingest.summaries import steps_of
from memory.timeline import NewActivity
from tools.base import SourceRecord

DIRECTIONS = frozenset({"inbound", "outbound", "internal"})
STATUSES = frozenset({"completed", "no_answer", "busy", "failed", "canceled", "abandoned"})
SUMMARY = "Summary by the phone system"
OUR_SPEAKERS = frozenset({"agent", "rep", "us"})
NAMES = (
    "queue", "ivr", "call_key", "parent_id", "answered_by", "missed_event_for", "forwarded_from", "consent",
    "purpose",
)  # fmt: skip
LONGEST_WORDS = 600
SHORTEST_NUMBER, LONGEST_NUMBER = 3, 15
Segment = tuple[str, str]


def call(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    """Fills in a call. Of its words comes in what the company's policy and the consent allow."""
    fields = record.fields
    activity.kind, activity.direction = "call", choice_of(fields, "direction", DIRECTIONS)
    activity.user_id = name_of(fields, "user_id")
    activity.caused_by = "person" if activity.direction == "outbound" else "none"
    policy = identity.context.recordings
    left = text_of(fields, "voicemail_text")
    voicemail = left if policy.voicemails else ""
    allowed = policy.allows(name_of(fields, "consent"))
    segments = _segments(fields) if allowed else []
    summary = text_of(fields, "summary") if allowed and policy.summaries else ""
    ours = [text for speaker, text in segments if _is_ours(speaker, identity)]
    theirs = [text for speaker, text in segments if not _is_ours(speaker, identity)]
    if voicemail:
        (ours if activity.direction == "outbound" else theirs).insert(0, voicemail)
    spoken = "\n".join(f"{speaker}: {text}" for speaker, text in segments)
    told = f"{SUMMARY}: {' '.join(summary.split())}" if summary else ""
    activity.text = "\n".join(part for part in (voicemail, spoken, told) if part) or None
    region = identity.context.default_region
    activity.data = {
        "status": choice_of(fields, "status", STATUSES),
        "started_at": moment_of(fields, "started_at") or activity.occurred_at.isoformat(),
        "from": _number(text_of(fields, "from"), region),
        "to": _number(text_of(fields, "to"), region),
        "ring_s": number_of(fields, "ring_s"),
        "talk_s": number_of(fields, "talk_s"),
        "tracking_number": _line(fields, region),
        **{key: _name(fields, key) for key in NAMES},
        "voicemail": bool(left) or fields.get("answered_by") == "voicemail",
        "words": (activity.text or "")[:LONGEST_WORDS],
        "promises": _promises(ours, activity, identity),
        "asks": any(asks(text) for text in theirs),
        **_mentions(ours, theirs, summary, activity, identity),
    }


def _mentions(
    ours: list[str], theirs: list[str], summary: str, activity: NewActivity, identity: Identity
) -> dict[str, Any]:
    at, zone = activity.occurred_at, identity.context.zone
    found = [one for text in theirs for one in of_theirs(text, at, zone)]
    found += [one for text in ours for one in of_ours(text, at, zone)]
    found += steps_of(summary, identity.user_names, at, zone) if summary else []
    return {"mentions": found} if found else {}


def _name(fields: Fields, key: str) -> Any:
    value = fields.get(key)
    return value if value is None or isinstance(value, (list, dict)) else name_of(fields, key)


def _number(raw: str, region: str) -> str | None:
    """The number; one that no plan can place, as its digits, since only a withheld number is nobody's."""
    found = phone_number(raw, region)
    if found or "@" in raw:
        return found
    digits = re.sub(r"\D", "", raw)
    return digits if SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER else None


def _line(fields: Fields, region: str) -> str | None:
    raw = text_of(fields, "tracking_number")
    return phone_number(raw, region) or raw or None


def _segments(fields: Fields) -> list[Segment]:
    transcript = fields.get("transcript") or []
    if not isinstance(transcript, list) or not all(isinstance(one, dict) for one in transcript):
        raise BadRecord("transcript", "must be a list of {speaker, start_s, text}")
    return [(text_of(one, "speaker"), text) for one in transcript if (text := text_of(one, "text"))]


def _is_ours(speaker: str, identity: Identity) -> bool:
    return speaker.lower() in OUR_SPEAKERS or speaker.lower() in identity.user_names


def _promises(ours: list[str], activity: NewActivity, identity: Identity) -> list[Any]:
    zone = identity.context.zone
    return [promise for text in ours for promise in promises(text, activity.occurred_at, zone)]
