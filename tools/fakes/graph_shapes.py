"""Mails, entries and errors in the shapes of Microsoft Graph, for its stand-in. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses
from typing import Any

from tools.fakes.wire import Answered

Stored = dict[str, Any]


def entry(subject: str, starts: datetime, guests: Sequence[tuple[str, str]], **other: Any) -> Stored:
    """An entry of a calendar; `guests`: (address, answer)."""
    told = [{"type": "required", "status": {"response": answer}, "emailAddress": {"address": address}}
            for address, answer in guests]  # fmt: skip
    return {
        "subject": subject, "start": _zoned(starts), "end": _zoned(starts + timedelta(minutes=30)), "attendees": told,
        "iCalUId": f"uid-{subject}", "sensitivity": "normal", "bodyPreview": "", **other,
    }  # fmt: skip


def json_of(raw: bytes, at: datetime) -> Stored:
    """A mail that came as bytes."""
    mail = message_from_bytes(raw, policy=default)
    body = mail.get_body(("plain",))
    return {
        "internetMessageId": str(mail["Message-ID"]),
        "subject": str(mail["Subject"] or ""),
        "from": next(iter(_people(mail["From"])), None),
        "toRecipients": _people(mail["To"]),
        "ccRecipients": _people(mail["Cc"]),
        "body": {"contentType": "text", "content": body.get_content() if body else ""},
        "internetMessageHeaders": [{"name": name, "value": str(value)} for name, value in mail.items()],
        "receivedDateTime": stamp(at),
        "sentDateTime": stamp(at),
        "hasAttachments": False,
    }


def mime_of(stored: Stored) -> bytes:
    """A mail as it came, or as a draft says now."""
    if not stored["isDraft"] and stored["raw"]:
        return bytes(stored["raw"])
    mail = EmailMessage()
    mail["Message-ID"], mail["Subject"] = stored["internetMessageId"], stored.get("subject") or ""
    for name, people in (("To", "toRecipients"), ("Cc", "ccRecipients")):
        if told := [one["emailAddress"]["address"] for one in stored.get(people) or ()]:
            mail[name] = ", ".join(told)
    mail.set_content((stored.get("body") or {}).get("content") or "")
    return mail.as_bytes(policy=SMTP)


def starts_between(event: Stored, begins: str, ends: str) -> bool:
    """Whether an entry begins in a window."""
    starts = datetime.fromisoformat(event["start"]["dateTime"][:26]).replace(tzinfo=UTC)
    return datetime.fromisoformat(begins) <= starts < datetime.fromisoformat(ends)


def bare(event: Stored) -> Stored:
    """Of an occurrence only what is its own; the series says the rest."""
    return {name: event[name] for name in ("id", "type", "seriesMasterId", "start", "end") if name in event}


def stamp(moment: datetime) -> str:
    """A moment of a mail."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def error(status: int, code: str) -> Answered:
    """A refusal."""
    return Answered(status, {"error": {"code": code, "message": "It was refused."}})


def _people(told: Any) -> list[Stored]:
    return [{"emailAddress": {"name": name, "address": address}} for name, address in getaddresses([str(told or "")])
            if address]  # fmt: skip


def _zoned(moment: datetime) -> Stored:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
