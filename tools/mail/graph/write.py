"""Microsoft 365 as it is written to: a mail is a draft under its own Message-ID first, then it is sent."""

from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

from tools.base import ApprovedWrite, BadAnswer, Written
from tools.http.client import Refused
from tools.mail.drafts import DraftTouched, KeptDraft
from tools.mail.graph.wire import VENDOR, GraphWire, Object
from tools.mail.outgoing import answered_by, mail_of, message_id_of


@dataclass(slots=True)
class GraphWriter:
    """Sends as the person whose mailbox it is. A draft of this mail that is there is brought to it and sent."""

    wire: GraphWire
    address: str
    name: str = VENDOR
    ops: frozenset[str] = frozenset({"mail"})
    settles_after: timedelta = timedelta(minutes=2)

    def write(self, approved: ApprovedWrite) -> Written:
        """Sends it once; Unanswered where it may have gone out."""
        mail = mail_of(approved, VENDOR)
        if approved.target != ("mailbox", self.address):
            raise BadAnswer(VENDOR, "the mail is from another mailbox than the one that is connected")
        if found := self.find(approved):
            return found
        draft = self.wire.named(message_id_of(mail), "drafts")
        if draft is None:
            draft = _make(self.wire, mail)
        else:
            # An earlier attempt left it, or a person had it among their drafts: what goes out is what was approved.
            draft = self.wire.change_draft(str(draft["id"]), str(draft.get("changeKey") or ""), _values(mail))
        self.wire.send_draft(str(draft["id"]))
        return Written(str(draft["id"]))

    def find(self, approved: ApprovedWrite) -> Written | None:
        """By its Message-ID, among what was sent."""
        found = self.wire.named(message_id_of(mail_of(approved, VENDOR)), "sentitems")
        return Written(str(found["id"]), existed=True) if found else None


@dataclass(slots=True)
class GraphDrafts:
    """The drafts of one mailbox. Each edit, whoever makes it, gives a draft another changeKey: the version."""

    wire: GraphWire

    def found(self, message_id: str) -> list[KeptDraft]:
        """The draft of this Message-ID, as it is now."""
        one = self.wire.named(message_id, "drafts")
        if one is None:
            return []
        return [KeptDraft(str(one["id"]), str(one.get("changeKey") or ""), self.wire.mime(str(one["id"])))]

    def add(self, mail: bytes) -> None:
        """Makes a draft, in the conversation of what the mail answers."""
        _make(self.wire, mail)

    def change(self, draft: KeptDraft, mail: bytes) -> None:
        """Puts another mail in its place; raises DraftTouched when somebody was there."""
        try:
            self.wire.change_draft(draft.draft_id, draft.version, _values(mail))
        except Refused as error:
            raise _touched(error) from None

    def drop(self, draft: KeptDraft) -> None:
        """Removes it; raises DraftTouched when somebody was there."""
        try:
            self.wire.delete_draft(draft.draft_id, draft.version)
        except Refused as error:
            raise _touched(error) from None


def _touched(error: Refused) -> Exception:
    """The vendor itself compares the version: somebody was there since it was found."""
    return DraftTouched(gone=error.status == 404) if error.status in (404, 409, 412) else error


def _make(wire: GraphWire, mail: bytes) -> Object:
    """A draft, in the conversation of what the mail answers."""
    answered = answered_by(mail)
    found = wire.named(answered) if answered else None
    return wire.make_reply(str(found["id"]), _values(mail)) if found else wire.make_draft(_values(mail))


def _values(mail: bytes) -> dict[str, Any]:
    """A mail as the vendor's fields; whom it answers is the conversation's."""
    told = message_from_bytes(mail, policy=default)
    body = told.get_body(("plain",))
    return {
        "subject": str(told.get("Subject") or ""),
        "body": {"contentType": "Text", "content": body.get_content() if body else ""},
        "toRecipients": _people(told, "To"),
        "ccRecipients": _people(told, "Cc"),
        "bccRecipients": _people(told, "Bcc"),
        "internetMessageId": message_id_of(mail),
    }


def _people(told: EmailMessage, name: str) -> list[Object]:
    pairs = getaddresses([str(told.get(name) or "")])
    return [
        {"emailAddress": {"address": address, **({"name": who} if who else {})}} for who, address in pairs if address
    ]
