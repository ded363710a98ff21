"""Drafts in a mailbox by the rules that hold for every provider: looked for first, and changed only while untouched."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from agent_runtime.actions.mailbox_drafts import Touched
from tools.mail.drafts import Drafts, KeptDraft
from tools.mail.outgoing import message_id_of, said


class KeptDrafts(ABC):
    """The drafts of several people; how a mailbox is opened is for each provider to say."""

    @abstractmethod
    def opened(self, user_id: str) -> AbstractContextManager[Drafts]:
        """The drafts of one person; raises Closed where they can never be reached, OSError where not now."""

    def place(self, user_id: str, mail: bytes) -> None:
        """Makes a draft; a second time changes nothing."""
        with self.opened(user_id) as drafts:
            if not _untouched(drafts, mail):
                drafts.add(mail)

    def renew(self, user_id: str, before: bytes, mail: bytes) -> None:
        """Puts another mail in the place of an untouched draft."""
        with self.opened(user_id) as drafts:
            # After a renewal that broke off, the new one may stand there already, alone or beside the old one.
            is_there, old = bool(_untouched(drafts, mail)), _untouched(drafts, before)
            if not is_there and not old:
                raise Touched(gone=True)
            for number, one in enumerate(old):
                drafts.drop(one) if is_there or number else drafts.change(one, mail)
            if is_there:
                _finish_leaving(drafts, before)

    def withdraw(self, user_id: str, before: bytes) -> None:
        """Removes an untouched draft."""
        with self.opened(user_id) as drafts:
            old = _untouched(drafts, before)
            for one in old:
                drafts.drop(one)
            if not _finish_leaving(drafts, before) and not old:
                raise Touched(gone=True)

    def has(self, user_id: str, mail: bytes) -> bool:
        """Whether this draft is there, edited or not."""
        with self.opened(user_id) as drafts:
            return any(not one.leaving for one in drafts.found(message_id_of(mail)))


def _untouched(drafts: Drafts, mail: bytes) -> list[KeptDraft]:
    """The drafts of this mail; raises Touched where one says something else."""
    found = [one for one in drafts.found(message_id_of(mail)) if not one.leaving]
    if any(said(one.raw) != said(mail) for one in found):
        raise Touched(gone=False)
    return found


def _finish_leaving(drafts: Drafts, mail: bytes) -> bool:
    """Removes what a removal that broke off only marked; one that says something else is somebody's own. Whether there
    was any."""
    leaving = [x for x in drafts.found(message_id_of(mail)) if x.leaving and said(x.raw) == said(mail)]
    for one in leaving:
        drafts.drop(one)
    return bool(leaving)
