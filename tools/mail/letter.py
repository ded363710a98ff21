"""A mail as it stands in a mailbox, read into the fields of a record; also one that keeps no rules."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from hashlib import blake2b
from typing import Any, Final

LONGEST_MAIL: Final = 32 * 1024 * 1024
LONGEST_TEXT: Final = 1024 * 1024
# Hosts on which strangers have their addresses: the same host does not make a colleague.
SHARED_HOSTS: Final = frozenset(
    (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "aol.com", "gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "freenet.de", "proton.me", "protonmail.com",
        "orange.fr", "free.fr", "libero.it", "mail.com", "zoho.com", "yandex.com",
    )
)  # fmt: skip
# What tells that nobody wrote a mail; ingest judges by it.
_NAMED: Final = ("auto-submitted", "x-autoreply", "list-id", "list-unsubscribe", "precedence", "return-path")
_IDS: Final = re.compile(r"<[^<>\s]+>")
# What a malformed mail makes the standard library raise.
_BROKEN: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError)


class UnreadableLetter(ValueError):
    """A mail that cannot be taken; `field` names where, `reason` says why without any of its words."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def read_letter(raw: bytes, came_at: datetime | None = None) -> tuple[datetime, dict[str, Any]]:
    """When a mail was written (aware UTC) and its fields as an emails record has them; raises UnreadableLetter.

    `came_at`: when its server got it, which holds where the mail does not say or names a later moment. Without a
    Message-ID it is known by a hash of its bytes. The plain words go before the marked-up ones.
    """
    try:
        mail = message_from_bytes(raw)
        fields = _fields(mail, raw)
        return _date(mail, came_at), fields
    except UnreadableLetter:
        raise
    except _BROKEN as error:
        raise UnreadableLetter("", f"not readable as a mail: {type(error).__name__}") from None


def direction_between(sender: str, mailbox: str, own_domains: Collection[str] = ()) -> str | None:
    """Whether a mail in `mailbox` went out or came in; None where a colleague wrote it.

    A colleague writes from one of `own_domains`, or from the mailbox's own unless strangers have their addresses there.
    """
    address = parseaddr(sender)[1].lower()
    host, own = address.rpartition("@")[2], mailbox.lower().rpartition("@")[2]
    if address == mailbox.lower():
        return "outbound"
    is_colleague = host in own_domains or (host == own and host not in SHARED_HOSTS)
    return None if is_colleague else "inbound"


def _fields(mail: Message, raw: bytes) -> dict[str, Any]:
    sender = _header(mail, "from")
    if not sender:
        raise UnreadableLetter("from", "missing")
    text, html = _texts(mail)
    fields: dict[str, Any] = {
        "from": sender,
        "to": _people(mail, "to"),
        "cc": _people(mail, "cc"),
        "subject": _header(mail, "subject"),
        "message_id": next(iter(_ids(mail, "message-id")), "") or blake2b(raw, digest_size=12).hexdigest(),
        "in_reply_to": next(iter(_ids(mail, "in-reply-to")), None),
        "references": _ids(mail, "references"),
        "attachments": list(_attachments(mail)),
        "headers": {name: _header(mail, name) for name in _NAMED if mail[name] is not None},
    }
    return fields | ({"text": text} if text else {"html": html} if html else {})


def _date(mail: Message, came_at: datetime | None) -> datetime:
    told = _header(mail, "date")
    try:
        moment = parsedate_to_datetime(told)
        written = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return min(written, came_at) if came_at else written
    except (ValueError, TypeError, OverflowError):
        if came_at:
            return came_at
        raise UnreadableLetter("date", f"not a time: {told[:60]!r}" if told else "missing") from None


def _header(mail: Message, name: str) -> str:
    raw = str(mail.get(name) or "")
    try:
        read = str(make_header(decode_header(raw)))
    except (*_BROKEN, UnicodeError):
        read = raw
    return " ".join(read.encode("utf-8", "replace").decode().split())


def _people(mail: Message, name: str) -> list[str]:
    pairs = getaddresses([str(value) for value in mail.get_all(name, [])])
    return [address for _, address in pairs if "@" in address]


def _ids(mail: Message, name: str) -> list[str]:
    return _IDS.findall(str(mail.get(name) or ""))


def _texts(mail: Message) -> tuple[str, str]:
    """The plain and the marked-up words of a mail; what is attached is neither."""
    found = {"text/plain": "", "text/html": ""}
    for part in mail.walk():
        kind = part.get_content_type()
        if kind in found and not found[kind] and part.get_content_disposition() != "attachment":
            found[kind] = _decoded(part)[:LONGEST_TEXT]
    return found["text/plain"], found["text/html"]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _attachments(mail: Message) -> Iterator[dict[str, str]]:
    for part in mail.walk():
        if name := part.get_filename():
            yield {"name": str(name)[:200], "type": part.get_content_type()}
