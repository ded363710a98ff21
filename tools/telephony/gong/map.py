"""Gong's recorded talks as source records: a conference is a meeting, a call a call; a private one is neither. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.base import Row, SourceRecord

_DIRECTIONS = {"Inbound": "inbound", "Outbound": "outbound"}
# How much of a talk is kept with a meeting.
_LONGEST = 200_000


def is_private(one: Mapping[str, Any]) -> bool:
    """Whether a talk is left out: the credential sees all, so that only what is said to be open may be taken."""
    return (one.get("metaData") or {}).get("isPrivate") is not False


def is_meeting(one: Mapping[str, Any]) -> bool:
    """Whether people met, not telephoned."""
    return str((one.get("metaData") or {}).get("direction") or "") not in _DIRECTIONS


def id_of(one: Mapping[str, Any]) -> str:
    """The vendor's own id of a talk; "" where it has none."""
    return str((one.get("metaData") or {}).get("id") or "")


def private_record(one: Mapping[str, Any], read_at: datetime) -> SourceRecord:
    """A talk that may not be here: what was read before somebody made it private is withdrawn."""
    source, stream = ("calendar", "meetings") if is_meeting(one) else ("phone", "calls")
    return SourceRecord(source, stream, f"gong-{one['metaData']['id']}", read_at, _moment(one["metaData"]["started"]),
                        deleted=True)  # fmt: skip


def record_of(
    one: Mapping[str, Any], said: Sequence[Mapping[str, Any]], consent: str, read_at: datetime
) -> SourceRecord | None:
    """A talk that was held; None for one that is still to come. ValueError or KeyError where it cannot be read."""
    told = one["metaData"]
    started = _moment(told["started"])
    if started > read_at or not told.get("duration"):
        return None
    sentences = _sentences(one, said)
    direction = _DIRECTIONS.get(str(told.get("direction") or ""))
    if direction:
        return _call(one, started, direction, sentences, consent, read_at)
    return _meeting(one, started, sentences, read_at)


def _meeting(
    one: Mapping[str, Any], started: datetime, sentences: list[dict[str, Any]], read_at: datetime
) -> SourceRecord:
    told = one["metaData"]
    ended = started + timedelta(seconds=float(told["duration"]))
    people = [str(x["emailAddress"]).lower() for x in one.get("parties") or () if x.get("emailAddress")]
    words = "\n".join(f"{x['name']}: {x['text']}" for x in sentences)
    fields = {
        "starts_at": started.isoformat(), "ends_at": ended.isoformat(), "status": "held",
        "subject": str(told.get("title") or ""), "attendees": people, "user_id": _owner(told),
        "notes": words[:_LONGEST], "ical_uid": told.get("calendarEventId"),
    }  # fmt: skip
    return SourceRecord("calendar", "meetings", f"gong-{told['id']}", read_at, ended, fields=_given(fields))


def _call(
    one: Mapping[str, Any], started: datetime, direction: str, sentences: list[dict[str, Any]], consent: str,
    read_at: datetime,
) -> SourceRecord:  # fmt: skip
    told = one["metaData"]
    theirs = next((str(x["phoneNumber"]) for x in _outside(one) if x.get("phoneNumber")), None)
    segments = [{"speaker": x["side"], "start_s": x["start_s"], "text": x["text"]} for x in sentences]
    fields = {
        "started_at": started.isoformat(), "direction": direction, "status": "completed", "answered_by": "person",
        "from" if direction == "inbound" else "to": theirs, "talk_s": int(float(told["duration"])),
        "user_id": _owner(told), "purpose": str(told.get("title") or ""), "transcript": segments,
        "consent": consent if segments else None,
    }  # fmt: skip
    return SourceRecord("phone", "calls", f"gong-{told['id']}", read_at, started, fields=_given(fields))


def user_row(one: Mapping[str, Any]) -> Row:
    """One of the people."""
    name = " ".join(str(one[part]) for part in ("firstName", "lastName") if one.get(part))
    return {"id": str(one["id"]), "name": name, "email": str(one.get("emailAddress") or "").lower()}


def _outside(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [x for x in one.get("parties") or () if x.get("affiliation") != "Internal"]


def _sentences(one: Mapping[str, Any], said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was said, in order, by whom: the transcript knows only numbers of speakers."""
    known = {str(x["speakerId"]): x for x in one.get("parties") or () if x.get("speakerId")}
    found = []
    for part in said:
        party = known.get(str(part.get("speakerId")), {})
        side = "agent" if party.get("affiliation") == "Internal" else "customer"
        name = str(party.get("name") or "Somebody")
        for sentence in part.get("sentences") or ():
            start = float(sentence.get("start") or 0) / 1000
            found.append({"side": side, "name": name, "start_s": start, "text": str(sentence.get("text") or "")})
    return sorted(found, key=lambda x: x["start_s"])


def _owner(told: Mapping[str, Any]) -> str | None:
    return str(told["primaryUserId"]) if told.get("primaryUserId") else None


def _moment(told: Any) -> datetime:
    found = datetime.fromisoformat(str(told))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", [])}
