"""The growing pile of records of a demo world: what CRM, mail server and telephone system export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from agent_runtime.demo.company import DOMAIN, Account, Contact, User
from agent_runtime.demo.wording import as_html, letter, quote_header, with_quote

Record = dict[str, Any]
FILES = ("crm", "emails", "calls", "messages", "meetings", "forms", "usage")


@dataclass(frozen=True)
class Mail:
    """A mail as its thread remembers it."""

    id: str
    at: datetime
    message_id: str
    references: tuple[str, ...]
    subject: str
    text: str
    writer: User | Contact


@dataclass
class Book:
    """All records by file. `blind` names mailboxes and the span in which nothing of them is exported."""

    rng: Random
    companies: dict[str, str]
    blind: Mapping[str, tuple[datetime, datetime]]
    files: dict[str, list[Record]] = field(default_factory=lambda: {name: [] for name in FILES})
    outcomes: list[Record] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, at: datetime, **fields: Any) -> str:
        """Adds a record and returns its id."""
        self.count += 1
        key = f"{file[:2]}-{self.count:05d}"
        self.files[file].append({"id": key, "at": at, **fields})
        return key

    def crm(
        self, kind: str, at: datetime, account: Account | None, opportunity_id: str | None = None,
        **fields: Any,
    ) -> str:  # fmt: skip
        where = account.id if account else None
        return self.add("crm", at, account_id=where, opportunity_id=opportunity_id, kind=kind, **fields)

    def mail(
        self,
        writer: User | Contact,
        reader: User | Contact,
        at: datetime,
        subject: str,
        text: str,
        language: str,
        *,
        reply_to: Mail | None = None,
        event: str | None = None,
        attachments: Sequence[str] = (),
        cc: Sequence[str] = (),
        account_id: str | None = None,
        opportunity_id: str | None = None,
    ) -> Mail:
        """Adds one mail between a user and a contact; a reply quotes its thread as often as people do.

        A mail of a mailbox that is blind at `at` gets an id and is not exported.
        """
        ours = isinstance(writer, User)
        user, contact = (writer, reader) if ours else (reader, writer)
        assert isinstance(user, User)
        assert isinstance(contact, Contact)
        text = letter(writer, reader, text, language, self.companies.get(contact.account_id, ""))
        subject = _subject(reply_to, subject, language)
        self.count += 1
        domain = DOMAIN if ours else contact.email.split("@")[1]
        mail = Mail(
            f"em-{self.count:05d}", at, f"<{at:%Y%m%d%H%M%S}.{self.count}@{domain}>",
            (*reply_to.references, reply_to.message_id) if reply_to else (), subject, text, writer,
        )  # fmt: skip
        begin, until = self.blind.get(user.id, (at, at))
        if not begin <= at < until:
            self.files["emails"].append(
                {
                    "id": mail.id,
                    "at": at + timedelta(seconds=self.rng.randrange(2, 40)),
                    "occurred_at": at,
                    "account_id": account_id,
                    "opportunity_id": opportunity_id,
                    "direction": "outbound" if ours else "inbound",
                    "from": writer.email,
                    "to": [reader.email],
                    "cc": list(cc),
                    "subject": subject,
                    **self._content(mail, reply_to, language),
                    "message_id": mail.message_id,
                    "in_reply_to": reply_to.message_id if reply_to else None,
                    "references": list(mail.references),
                    "mailbox": user.email,
                    "attachments": [{"name": name, "type": "application/pdf", "text": None} for name in attachments],
                    "auto_kind": None,
                    "user_id": user.id,
                    "event": event,
                }
            )
        return mail

    def _content(self, mail: Mail, reply_to: Mail | None, language: str) -> Record:
        header = quoted = ""
        if reply_to and self.rng.random() < 0.65:
            header = quote_header(reply_to.at, reply_to.writer.name, reply_to.writer.email, language)
            quoted = reply_to.text
        if self.rng.random() < 0.14:
            return {"text": None, "html": as_html(mail.text, header, quoted)}
        return {"text": with_quote(mail.text, header, quoted) if quoted else mail.text}

    def loose_mail(
        self, at: datetime, sender: str, to: str, subject: str, text: str, *, auto_kind: str | None = None,
        user_id: str | None = None, direction: str = "inbound", reply_to: Mail | None = None,
    ) -> str:  # fmt: skip
        """A mail that is not between a user and a known contact: strangers, machines, colleagues."""
        begin, until = self.blind.get(user_id or "", (at, at))
        self.count += 1
        if begin <= at < until:
            return f"em-{self.count:05d}"
        return self.add(
            "emails", at, occurred_at=at, account_id=None, opportunity_id=None, direction=direction,
            **{"from": sender}, to=[to], cc=[], subject=subject, text=text,
            message_id=f"<{at:%Y%m%d%H%M%S}.{self.count}@{sender.split('@')[1]}>",
            in_reply_to=reply_to.message_id if reply_to else None,
            references=[*reply_to.references, reply_to.message_id] if reply_to else [],
            mailbox=to if direction == "inbound" else sender, attachments=[], auto_kind=auto_kind,
            user_id=user_id, event=None,
        )  # fmt: skip

    def call(
        self, started: datetime, direction: str, status: str, *, ours: str, theirs: str | None,
        talk: int = 0, ring: int | None = None, user: User | None = None,
        **fields: Any,
    ) -> str:  # fmt: skip
        """One call leg between our number and theirs (null: withheld), known some seconds after it ended."""
        ring = self.rng.randrange(4, 26) if ring is None else ring
        sides = (theirs, ours) if direction == "inbound" else (ours, theirs)
        return self.add(
            "calls",
            started + timedelta(seconds=ring + talk + self.rng.randrange(3, 12)),
            started_at=started,
            account_id=None,
            opportunity_id=fields.pop("opportunity_id", None),
            direction=direction,
            status=status,
            **{"from": sides[0], "to": sides[1]},
            ring_s=ring,
            talk_s=talk,
            user_id=user.id if user else None,
            **fields,
        )


def _subject(reply_to: Mail | None, subject: str, language: str) -> str:
    if reply_to is None:
        return subject
    root = reply_to.subject.removeprefix("Re: ").removeprefix("AW: ")
    return f"{'AW' if language == 'de' else 'Re'}: {root}"
