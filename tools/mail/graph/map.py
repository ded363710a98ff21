"""Mails and calendar entries of Microsoft Graph as records. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from tools.base import SourceRecord
from tools.mail.letter import UnreadableLetter, direction_between
from tools.mail.told import STREAM, Holder

Object = Mapping[str, Any]
# What tells that nobody wrote a mail; ingest judges by it.
_NAMED = frozenset({"auto-submitted", "x-autoreply", "list-id", "list-unsubscribe", "precedence", "return-path"})
_ANSWERS = {"accepted": "accepted", "declined": "declined", "tentativelyAccepted": "tentative", "organizer": "accepted"}
# Entries that others shall not see are not read.
PRIVATE = frozenset({"private", "confidential", "personal"})


def mail_record(mail: Object, holder: Holder, read_at: datetime, *, sent: bool) -> SourceRecord:
    """One mail; UnreadableLetter where it does not say from whom or when."""
    sender = _address(mail.get("from"))
    if not sender:
        raise UnreadableLetter("from", "missing")
    told = headers_of(mail)
    body = mail.get("body") or {}
    is_html = str(body.get("contentType")).lower() == "html"
    to, cc = (_addresses(mail.get(f"{name}Recipients")) for name in ("to", "cc"))
    named = " ".join([sender, *to, *cc]).lower()
    fields = {
        "from": _named(mail["from"]),
        "to": to,
        "cc": cc,
        "subject": mail.get("subject"),
        "html" if is_html else "text": body.get("content"),
        "message_id": mail.get("internetMessageId") or str(mail["id"]),
        "in_reply_to": next(iter(told.get("in-reply-to", "").split()), ""),
        "references": told.get("references", "").split(),
        "headers": {name: value for name, value in told.items() if name in _NAMED},
        "direction": "outbound" if sent else direction_between(sender, holder.address, holder.own_domains),
        "mailbox": "" if holder.address in named else holder.address,
    }
    kept = {key: value for key, value in fields.items() if value not in (None, "", [], {})}
    at = moment(mail.get("sentDateTime") if sent else mail.get("receivedDateTime")) or moment(mail.get("sentDateTime"))
    if at is None:
        raise UnreadableLetter("date", "missing")
    return SourceRecord("email", STREAM, str(fields["message_id"]), read_at, at, fields=kept)


def headers_of(mail: Object) -> dict[str, str]:
    """The headers of a mail, by their names in lower case."""
    told = mail.get("internetMessageHeaders") or ()
    return {str(one.get("name")).lower(): str(one.get("value") or "") for one in told}


def key_of(event: Object) -> str:
    """The same through every change of an entry of one calendar."""
    return f"graph-{event['id']}"


def meeting_record(event: Object, master: Object, holder: str, read_at: datetime) -> SourceRecord | None:
    """One entry of the calendar of `holder`; what an occurrence does not say itself, its series does.

    None for a private one.
    """
    said = {**master, **{key: value for key, value in event.items() if value not in (None, "", [])}}
    starts, ends = zoned(said.get("start")), zoned(said.get("end"))
    if starts is None or str(said.get("sensitivity")) in PRIVATE:
        return None
    guests = [_guest(one) for one in said.get("attendees") or () if one.get("type") != "resource"]
    organizer = _address(said.get("organizer"))
    if organizer and all(one["email"] != organizer for one in guests):
        guests.insert(0, {"email": organizer, "answer": "accepted"})
    fields = {
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat() if ends else None,
        "status": "canceled" if said.get("isCancelled") else "scheduled",
        "subject": said.get("subject"),
        "attendees": [one for one in guests if one["email"]],
        "organizer": organizer,
        "ical_uid": said.get("iCalUId"),
        "occurrence": _occurrence(event, master, starts),
        "description": said.get("bodyPreview"),
        "calendar": holder,
    }
    kept = {key: value for key, value in fields.items() if value not in (None, "", [])}
    return SourceRecord("calendar", "meetings", key_of(event), read_at, starts, fields=kept)


def _occurrence(event: Object, master: Object, starts: datetime) -> str:
    """The same in the calendar of everybody who takes part: its UID, or that of its series and when it is."""
    series = str(master.get("iCalUId") or "")
    told = str(event.get("iCalUId") or "") or (f"{series}|{starts.isoformat()}" if series else "")
    return blake2b(told.encode(), digest_size=12).hexdigest() if told else ""


def moment(text: Any) -> datetime | None:
    """A moment as the vendor writes it, aware UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def zoned(told: Any) -> datetime | None:
    """A time of a calendar: without a preference of ours the vendor gives them in UTC, with seven digits."""
    text = str((told or {}).get("dateTime") or "") if isinstance(told, Mapping) else ""
    return moment(text[:26])


def _guest(one: Object) -> dict[str, str]:
    answer = str((one.get("status") or {}).get("response") or "")
    return {"email": _address(one), "answer": _ANSWERS.get(answer, "none")}


def _address(one: Any) -> str:
    return str(((one or {}).get("emailAddress") or {}).get("address") or "").lower()


def _addresses(told: Any) -> list[str]:
    return [address for one in told or () if (address := _address(one))]


def _named(one: Object) -> str:
    told = one.get("emailAddress") or {}
    name = str(told.get("name") or "").replace('"', "").strip()
    return f'"{name}" <{told["address"]}>' if name and name != told["address"] else str(told["address"])
