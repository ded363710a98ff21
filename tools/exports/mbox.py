"""Mailbox files (RFC 4155): each mail one record, read as a stream; whose mailbox it is shows in its addresses."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Final

from tools.base import Rejected
from tools.exports.gathered import Gathered
from tools.mail.letter import LONGEST_MAIL, UnreadableLetter, direction_between, read_letter

# A mailbox is somebody's whose address stands in most of its mails.
_IN_MOST: Final = 0.5


def read_mbox(path: Path, gathered: Gathered) -> None:
    """Adds the mails of one mailbox file, and finds out whose it is."""
    mails: list[tuple[datetime, dict[str, Any]]] = []
    for line, raw in _split(path, gathered):
        try:
            mails.append(read_letter(raw))
        except UnreadableLetter as error:
            gathered.reject(Rejected(path.name, line, error.field, error.reason))
    gathered.read.append((path.name, "mailbox", len(mails)))
    if not mails:
        return
    told = [fields for _, fields in mails]
    holder = _holder(told, path, gathered)
    for at, fields in mails:
        fields["mailbox"] = holder
        if holder and (direction := direction_between(fields["from"], holder)):
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


def _name_of(address: str, mails: list[dict[str, Any]]) -> str:
    """The name under which an address writes most often; "" where it never does."""
    senders = [pair for mail in mails for pair in getaddresses([mail["from"]])]
    names = Counter(name.strip() for name, sender in senders if sender.lower() == address and name.strip())
    return min(names, key=lambda one: (-names[one], one), default="")
