"""Mailbox files (RFC 4155): each mail one record, read as a stream; whose mailbox it is shows in its addresses."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from tools.base import Rejected
from tools.exports.gathered import Gathered
from tools.world.values import BadValue

LONGEST_MAIL: Final = 32 * 1024 * 1024
LONGEST_TEXT: Final = 1024 * 1024
_NAMED: Final = ("auto-submitted", "x-autoreply", "list-id", "list-unsubscribe", "precedence", "return-path")
_IDS: Final = re.compile(r"<[^<>\s]+>")
# A mailbox is somebody's whose address stands in most of its mails.
_IN_MOST: Final = 0.5
# Hosts on which strangers have their addresses: the same host does not make a colleague.
_SHARED_HOSTS: Final = frozenset(
    (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "aol.com", "gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "freenet.de", "proton.me", "protonmail.com",
        "orange.fr", "free.fr", "libero.it", "mail.com", "zoho.com", "yandex.com",
    )
)  # fmt: skip
# What a malformed mail makes the standard library raise.
_UNREADABLE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError)


def read_mbox(path: Path, gathered: Gathered) -> None:
    """Adds the mails of one mailbox file, and finds out whose it is."""
    mails: list[tuple[datetime, dict[str, Any]]] = []
    for line, raw in _split(path, gathered):
        try:
            mails.append(_mail(raw))
        except BadValue as error:
            gathered.reject(Rejected(path.name, line, error.field, error.reason))
        except _UNREADABLE as error:
            gathered.reject(Rejected(path.name, line, "", f"not readable as a mail: {error}"))
    gathered.read.append((path.name, "mailbox", len(mails)))
    if not mails:
        return
    told = [fields for _, fields in mails]
    holder = _holder(told, path, gathered)
    for at, fields in mails:
        fields["mailbox"] = holder
        if holder and (direction := _direction(fields["from"], holder)):
            fields["direction"] = direction
        gathered.add("email", "emails", fields["message_id"], at, fields)
    if holder:
        times = [at for at, _ in mails]
        user = gathered.people.holder(holder, _name_of(holder, told))
        first, last = gathered.holders.get(user, (times[0], times[0]))
        gathered.holders[user] = (min(first, *times), max(last, *times))
        gathered.own_addresses.append(holder)


def _split(path: Path, gathered: Gathered) -> Iterator[tuple[int, bytes]]:
    """Each mail with the line where it begins; one that is longer than LONGEST_MAIL is a reject."""
    parts: list[bytes] = []
    begins, size, blank = 1, 0, True
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if blank and line.startswith(b"From "):
                yield from _whole(path, begins, parts, size, gathered)
                parts, begins, size = [], number, 0
            elif size <= LONGEST_MAIL:
                parts.append(line[1:] if line.startswith(b">From ") else line)
                size += len(line)
            blank = not line.strip()
    yield from _whole(path, begins, parts, size, gathered)


def _whole(path: Path, begins: int, parts: list[bytes], size: int, gathered: Gathered) -> Iterator[tuple[int, bytes]]:
    if size > LONGEST_MAIL:
        gathered.reject(Rejected(path.name, begins, "", f"the mail is longer than {LONGEST_MAIL} bytes"))
    elif b"".join(parts).strip():
        yield begins, b"".join(parts)


def _mail(raw: bytes) -> tuple[datetime, dict[str, Any]]:
    mail = message_from_bytes(raw)
    sender = _header(mail, "from")
    if not sender:
        raise BadValue("from", "missing")
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
    return _date(mail), fields | ({"text": text} if text else {"html": html} if html else {})


def _date(mail: Message) -> datetime:
    told = _header(mail, "date")
    try:
        moment = parsedate_to_datetime(told)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise BadValue("date", f"not a time: {told[:60]!r}" if told else "missing") from None


def _header(mail: Message, name: str) -> str:
    raw = str(mail.get(name) or "")
    try:
        read = str(make_header(decode_header(raw)))
    except (*_UNREADABLE, UnicodeError):
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


def _met(mail: dict[str, Any]) -> set[str]:
    """The addresses of everybody who takes part."""
    pairs = getaddresses([mail["from"], *mail["to"], *mail["cc"]])
    return {address.lower() for _, address in pairs if "@" in address}


def _holder(mails: list[dict[str, Any]], path: Path, gathered: Gathered) -> str | None:
    """The address of whose mailbox it is: who takes part in most of its mails, a user before anybody else."""
    directory = gathered.people.directory
    users = {str(row.get("email", "")) for row in directory.users}
    contacts = {str(row.get("email", "")).lower() for row in directory.contacts}
    met = Counter(address for mail in mails for address in _met(mail))
    often = [address for address, count in met.items() if count >= len(mails) * _IN_MOST]
    if not often:
        gathered.assume(f"{path.name}: no address stands in most of its mails, so whose mailbox it is was not guessed.")
        return None
    first = min(often, key=lambda one: (one not in users, -met[one], one in contacts, one))
    if first not in users:
        gathered.assume(f"{path.name} is the mailbox of {first}: that address takes part in most of its mails.")
    return first


def _direction(sender: str, holder: str) -> str | None:
    """Whether a mail in the mailbox of `holder` went out or came in; None where a colleague wrote it."""
    host = parseaddr(sender)[1].lower().rpartition("@")[2]
    if parseaddr(sender)[1].lower() == holder:
        return "outbound"
    is_colleague = host == holder.rpartition("@")[2] and host not in _SHARED_HOSTS
    return None if is_colleague else "inbound"


def _name_of(address: str, mails: list[dict[str, Any]]) -> str:
    """The name under which an address writes most often; "" where it never does."""
    senders = [pair for mail in mails for pair in getaddresses([mail["from"]])]
    names = Counter(name.strip() for name, sender in senders if sender.lower() == address and name.strip())
    return min(names, key=lambda one: (-names[one], one), default="")
