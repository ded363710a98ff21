"""The folder of drafts over IMAP: a draft is changed by putting the new one there and removing the old one."""

from tools.mail.drafts import KeptDraft
from tools.mail.imap.wire import ImapWire

_DELETED = "\\deleted"


class ImapDraftFolder:
    """One mailbox's drafts in the folder of this name; the session belongs to who opened it."""

    def __init__(self, wire: ImapWire, name: str) -> None:
        self._wire, self._name = wire, name

    def found(self, message_id: str) -> list[KeptDraft]:
        """The drafts of this Message-ID; an edit makes another uid."""
        mails = self._wire.mails(self._name, self._wire.named(self._name, message_id))
        return [KeptDraft(str(one.uid), str(one.uid), one.raw, _DELETED in one.flags) for one in mails]

    def add(self, mail: bytes) -> None:
        """Puts it there as read, so that it is not counted among the new mails."""
        self._wire.put(self._name, mail, ("\\Draft", "\\Seen"))

    def change(self, draft: KeptDraft, mail: bytes) -> None:
        """Puts the new one there first: what breaks off leaves two and never none."""
        self.add(mail)
        self.drop(draft)

    def drop(self, draft: KeptDraft) -> None:
        """Removes that very mail; one that was edited meanwhile is another one and stays."""
        self._wire.drop(self._name, [int(draft.draft_id)])
