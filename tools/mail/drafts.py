"""Drafts in a person's own mailbox as a provider keeps them: found by Message-ID, changed only as they were found."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as the mailbox holds it; `version` changes with every edit, whoever makes it. `raw`: the mail.

    `leaving`: it is marked to be removed, by a person, or by a removal that broke off.
    """

    draft_id: str
    version: str
    raw: bytes
    leaving: bool = False


class DraftTouched(Exception):
    """The draft is not as it was found: somebody edited it meanwhile, or it is gone, sent or thrown away."""

    def __init__(self, *, gone: bool) -> None:
        super().__init__("the draft is gone" if gone else "somebody edited the draft")
        self.gone = gone


class Drafts(Protocol):
    """One mailbox's drafts; each call may raise a VendorError."""

    def found(self, message_id: str) -> list[KeptDraft]:
        """The drafts of this Message-ID."""
        ...

    def add(self, mail: bytes) -> None:
        """Makes a draft, in the thread of what the mail answers."""
        ...

    def change(self, draft: KeptDraft, mail: bytes) -> None:
        """Puts another mail in its place; raises DraftTouched, without a change, when it is not as it was found."""
        ...

    def drop(self, draft: KeptDraft) -> None:
        """Removes it; raises DraftTouched, without a change, when it is not as it was found."""
        ...
