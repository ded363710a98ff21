"""Drafts in the sender's own mailbox: renewed while untouched, kept once edited, withdrawn when cleared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Rejected, Result, Retry
from agent_runtime.actions.message import Unsendable, envelope, message_of, wire_form


class Touched(Exception):
    """The draft is not as it was left: somebody edited it, or it is gone, sent or thrown away; `reason` says which."""

    def __init__(self, *, gone: bool) -> None:
        self.reason = reasons.DRAFT_GONE if gone else reasons.DRAFT_EDITED
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft as the mailbox holds it; `version` changes with every edit, whoever makes it."""

    draft_id: str
    version: str


class DraftMailbox(Protocol):
    """One provider's drafts. All calls raise OSError when it cannot be reached.

    A compare-and-set on `version` is the provider's own where it has one, else read and write in one session.
    """

    def place(self, user_id: str, mail: bytes, key: str) -> Placed:
        """Makes a draft; the same `key` again gives the draft that is there."""
        ...

    def renew(self, user_id: str, before: Placed, mail: bytes) -> Placed:
        """Replaces an untouched draft; raises Touched, without a change, when it is not `before` any more."""
        ...

    def withdraw(self, user_id: str, before: Placed) -> None:
        """Removes an untouched draft; raises Touched, without a change, when it is not `before` any more."""
        ...


PlacedOf = Callable[[str], Placed | None]


class MailboxDrafts:
    """Puts one draft an item into the sender's mailbox. `placed_of`: where the item's last one is."""

    def __init__(self, mailbox: DraftMailbox, placed_of: PlacedOf) -> None:
        self._mailbox, self._placed_of = mailbox, placed_of

    def execute(self, action: ActionRow) -> Result:
        """Places the draft, or renews the one that nobody touched."""
        user, key = str(action.content.get("user_id") or ""), action.item_id or action.id
        try:
            envelope(action.content)
        except Unsendable as error:
            return Rejected(error.reason)
        mail, before = wire_form(message_of(action)), self._placed_of(key)
        try:
            placed = self._mailbox.renew(user, before, mail) if before else self._mailbox.place(user, mail, key)
        except Touched as touched:
            return Rejected(touched.reason)
        except OSError:
            # Doing it again is harmless: the draft is there once, and a renewed one is not the one that is looked for.
            return Retry(reasons.UNREACHABLE)
        return Confirmed({"draft_id": placed.draft_id, "version": placed.version})

    def withdraw(self, user_id: str, item_id: str) -> str:
        """Removes an item's draft when the item has cleared; gives "" or the reason why it stays."""
        before = self._placed_of(item_id)
        if before is None:
            return ""
        try:
            self._mailbox.withdraw(user_id, before)
        except Touched as touched:
            return touched.reason
        return ""
