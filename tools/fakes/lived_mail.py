"""Mailboxes that live through a company's past: each mail lies in the inbox or the sent folder of whom it concerns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from tools.base import SourceRecord
from tools.fakes.imap import FakeMailbox, ImapFake
from tools.world import Directory, Row

MAIL = "emails"
# What every mailbox of the company is opened with; nothing of it is a secret of anybody.
MAIL_SECRET = "demo-mail-password"
# One line for each header, as servers take them.
_WRITTEN = SMTP.clone(max_line_length=998)
# How a mail shows that nobody wrote it.
_SHOWN = {"ooo": ("Auto-Submitted", "auto-replied"), "bounce": ("Return-Path", "<>"), "list": ("Precedence", "bulk")}


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox as long as it may be read. `name`: that of its connection. `ends`: None while nothing ends it.

    A mailbox that could not be read for a while is another one afterwards: what came meanwhile is not in it.
    """

    name: str
    address: str
    begins: datetime
    ends: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether what happened then lies in it."""
        return self.begins <= moment and (self.ends is None or moment < self.ends)


class Post:
    """Fills the stand-in of the mail server as mails come and go."""

    def __init__(self, fake: ImapFake, directory: Directory, end: datetime) -> None:
        """`end`: of the world; a mailbox that is seen until then is seen on."""
        self.fake = fake
        self.boxes = list(_boxes(directory, end))
        fake.mailboxes.update({box.name: FakeMailbox(MAIL_SECRET) for box in self.boxes})

    def tells(self, record: SourceRecord) -> bool:
        """Whether a mailbox holds this mail, so that it is not told in another way."""
        mailbox = str(record.fields.get("mailbox") or "").lower()
        return mailbox in {box.address for box in self.reached(record)}

    def reached(self, record: SourceRecord) -> list[Box]:
        """The mailboxes in which a mail lies: its sender's, and those of all of ours to whom it went."""
        if record.stream != MAIL:
            return []
        told = record.fields
        people = {str(one).lower() for name in ("to", "cc") for one in told.get(name) or ()}
        people |= {str(told.get(name) or "").lower() for name in ("mailbox", "from")}
        return [box for box in self.boxes if box.address in people and box.holds(record.occurred_at)]

    def take(self, record: SourceRecord) -> frozenset[str]:
        """Puts a mail where it lies; gives the names of those mailboxes."""
        boxes = self.reached(record)
        for box in boxes:
            sent = box.address == str(record.fields.get("from") or "").lower()
            self.fake.mailboxes[box.name]["Sent" if sent else "INBOX"].put(letter_of(record), record.at)
        return frozenset(box.name for box in boxes)

    def shut(self, box: Box) -> frozenset[str]:
        """From now on nobody is let into the mailbox."""
        self.fake.mailboxes[box.name].secret = ""
        return frozenset({box.name})


def letter_of(record: SourceRecord) -> bytes:
    """The mail as it was sent: with its thread, its words as text or as HTML, and the names of what is attached."""
    told, mail = record.fields, EmailMessage(policy=_WRITTEN)
    mail["Date"] = format_datetime(record.occurred_at)
    for name, value in _heads(told).items():
        if value:
            mail[name] = value
    words, kind = (told["text"], "plain") if told.get("text") else (told.get("html") or "", "html")
    mail.set_content(words, subtype=kind, charset="utf-8", cte="8bit")
    for one in told.get("attachments") or ():
        main, _, sub = str(one.get("type") or "application/octet-stream").partition("/")
        mail.add_attachment(b"%PDF-", maintype=main, subtype=sub, filename=one["name"])
    return mail.as_bytes()


def _heads(told: Row) -> Mapping[str, Any]:
    automatic, shown = _SHOWN.get(str(told.get("auto_kind") or ""), ("Auto-Submitted", ""))
    return {
        "From": told.get("from"), "To": ", ".join(told.get("to") or ()), "Cc": ", ".join(told.get("cc") or ()),
        "Subject": told.get("subject"), "Message-ID": told.get("message_id"), "In-Reply-To": told.get("in_reply_to"),
        "References": " ".join(told.get("references") or ()), automatic: shown,
    }  # fmt: skip


def _boxes(directory: Directory, end: datetime) -> Iterator[Box]:
    addresses = {row["id"]: str(row["email"]).lower() for row in directory.users if row.get("email")}
    known: dict[str, int] = {}
    for row in directory.coverage:
        address = str(row.get("line") or addresses.get(row.get("user_id", ""), "")).lower()
        if row["source"] != "email" or not address or row["visible_from"] == row["visible_until"]:
            continue
        known[address] = known.get(address, 0) + 1
        name = row.get("user_id") or address.partition("@")[0]
        number = f"-{known[address]}" if known[address] > 1 else ""
        until = row["visible_until"]
        yield Box(f"imap:{name}{number}", address, row["visible_from"], until if until < end else None)
