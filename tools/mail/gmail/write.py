"""Gmail as it is written to: mails under their own Message-ID, in their thread, and drafts that nobody touched."""

from dataclasses import dataclass
from datetime import timedelta

from tools.base import ApprovedWrite, BadAnswer, Written
from tools.mail.drafts import DraftTouched, KeptDraft
from tools.mail.gmail.wire import VENDOR, GmailWire, Object, raw_of
from tools.mail.outgoing import answered_by, mail_of, message_id_of


@dataclass(slots=True)
class GmailWriter:
    """Sends as the person whose mailbox it is. The vendor keeps no key of ours: what was sent is found by its id."""

    wire: GmailWire
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
        return Written(str(self.wire.send(mail, _thread_of(self.wire, mail))["id"]))

    def find(self, approved: ApprovedWrite) -> Written | None:
        """By its Message-ID, among what was sent; a draft of it does not count."""
        found = self.wire.named(message_id_of(mail_of(approved, VENDOR)), sent=True)
        return Written(str(found["id"]), existed=True) if found else None


@dataclass(slots=True)
class GmailDrafts:
    """The drafts of one mailbox. Each edit, whoever makes it, gives the draft's mail another id: the version."""

    wire: GmailWire

    def found(self, message_id: str) -> list[KeptDraft]:
        """The drafts of this Message-ID, as they are now."""
        told = (self.wire.draft(str(one["id"])) for one in self.wire.drafts(message_id))
        return [_kept(one) for one in told if one]

    def add(self, mail: bytes) -> None:
        """Makes a draft, in the thread of what the mail answers."""
        self.wire.make_draft(mail, _thread_of(self.wire, mail))

    def change(self, draft: KeptDraft, mail: bytes) -> None:
        """Puts another mail in its place; raises DraftTouched when somebody was there."""
        self._refuse_touched(draft)
        self.wire.renew_draft(draft.draft_id, mail, _thread_of(self.wire, mail))

    def drop(self, draft: KeptDraft) -> None:
        """Removes it; raises DraftTouched when somebody was there."""
        self._refuse_touched(draft)
        self.wire.delete_draft(draft.draft_id)

    def _refuse_touched(self, draft: KeptDraft) -> None:
        """The vendor changes whatever is there, so it is looked at just before."""
        present = self.wire.draft(draft.draft_id, "minimal")
        if present is None or str(present["message"]["id"]) != draft.version:
            raise DraftTouched(gone=present is None)


def _thread_of(wire: GmailWire, mail: bytes) -> str | None:
    """The thread of the mail that is answered: the vendor wants it beside the headers that name that mail."""
    answered = answered_by(mail)
    found = wire.named(answered) if answered else None
    return str(found["threadId"]) if found else None


def _kept(draft: Object) -> KeptDraft:
    message = draft.get("message") or {}
    return KeptDraft(str(draft["id"]), str(message.get("id") or ""), raw_of(message))
