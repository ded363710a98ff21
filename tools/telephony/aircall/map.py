"""Aircall's calls, people and numbers as source records and rows. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tools.base import Row, SourceRecord

# Why nobody talked, as the vendor says it: how the call ended, and who had it then. One of them is seen misspelt.
MISSED: Mapping[str, Mapping[str, Any]] = {
    "out_of_opening_hours": {"status": "no_answer"},
    "no_available_agent": {"status": "no_answer", "ring_s": 0},
    "agents_did_not_answer": {"status": "no_answer"},
    "abandoned_in_ivr": {"status": "abandoned", "answered_by": "ivr"},
    "abandonned_in_ivr": {"status": "abandoned", "answered_by": "ivr"},
    "abandoned_in_classic": {"status": "abandoned"},
    "short_abandoned": {"status": "abandoned"},
}
_NOBODY = {"inbound": {"status": "no_answer"}, "outbound": {"status": "no_answer"}}


def call_record(
    one: Mapping[str, Any], said: Sequence[Mapping[str, Any]], consent: str, read_at: datetime
) -> SourceRecord | None:
    """A call that has ended; None for one that has not. ValueError or KeyError where it cannot be read.

    The link to a recording is not kept: it opens for whoever has it, and grows old within the hour.
    """
    if one.get("status") != "done":
        return None
    direction = "inbound" if one["direction"] == "inbound" else "outbound"
    started = moment(one["started_at"])
    ended = moment(one.get("ended_at") or one["started_at"])
    answered = moment(one["answered_at"]) if one.get("answered_at") else None
    ours, theirs = _number((one.get("number") or {}).get("digits")), _number(one.get("raw_digits"))
    number = one.get("number") or {}
    fields = {
        "started_at": started.isoformat(),
        "direction": direction,
        "from": theirs if direction == "inbound" else ours,
        "to": ours if direction == "inbound" else theirs,
        "ring_s": int(((answered or ended) - started).total_seconds()),
        "talk_s": int((ended - answered).total_seconds()) if answered else 0,
        "user_id": str(one["user"]["id"]) if one.get("user") else None,
        "queue": str(number.get("name") or "") if direction == "inbound" and not one.get("user") else None,
        "purpose": ", ".join(str(tag.get("name")) for tag in one.get("tags") or () if tag.get("name")),
        "transcript": [_segment(each) for each in said],
        "consent": consent if said else None,
        **_ended(one, direction, answered is not None),
    }
    told = {key: value for key, value in fields.items() if value not in (None, "", [])}
    return SourceRecord("phone", "calls", str(one["id"]), read_at, started, fields=told)


def _ended(one: Mapping[str, Any], direction: str, is_answered: bool) -> Mapping[str, Any]:
    if is_answered:
        return {"status": "completed", "answered_by": "person"}
    told = MISSED.get(str(one.get("missed_call_reason") or ""), _NOBODY[direction])
    return {**told, "answered_by": "voicemail"} if one.get("voicemail") else told


def user_row(one: Mapping[str, Any]) -> Row:
    """One of the people."""
    return {"id": str(one["id"]), "name": str(one.get("name") or ""), "email": str(one.get("email") or "").lower()}


def line_row(one: Mapping[str, Any]) -> Row:
    """One of our numbers."""
    return {"number": _number(one.get("digits")) or "", "custom": {"name": str(one.get("name") or "")}}


def moment(told: Any) -> datetime:
    """Seconds since 1970."""
    return datetime.fromtimestamp(int(told), UTC)


def _number(told: Any) -> str | None:
    """A number without its blanks; one that was withheld is none."""
    text = str(told or "").replace(" ", "").replace("-", "")
    return text if text.startswith("+") else None


def _segment(one: Mapping[str, Any]) -> dict[str, Any]:
    speaker = "agent" if one.get("participant_type") == "internal" else "customer"
    return {"speaker": speaker, "start_s": float(one.get("start_time") or 0), "text": str(one.get("text") or "")}
