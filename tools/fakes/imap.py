"""A stand-in for a mail server: mailboxes with folders, uids and flags, and what goes wrong with them on request."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock

from tools.fakes.wire import Asked, Faults

# What each folder is marked for (RFC 6154).
FOLDERS = {"INBOX": "", "Sent": "\\Sent", "Drafts": "\\Drafts", "Junk": "\\Junk", "Trash": "\\Trash"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail in a folder. `modseq`: when its flags changed last."""

    uid: int
    raw: bytes
    came_at: datetime
    flags: frozenset[str]
    modseq: int


@dataclass(slots=True)
class FakeFolder:
    """One folder. `validity`: another one gives all its mails other uids."""

    name: str
    validity: int = 1
    next_uid: int = 1
    modseq: int = 1
    mails: dict[int, Kept] = field(default_factory=dict)

    def put(self, raw: bytes, came_at: datetime, flags: Iterable[str] = ()) -> int:
        """Adds a mail; gives its uid."""
        uid, self.next_uid, self.modseq = self.next_uid, self.next_uid + 1, self.modseq + 1
        self.mails[uid] = Kept(uid, raw, came_at, frozenset(flags), self.modseq)
        return uid

    def flag(self, uid: int, *flags: str) -> None:
        """Adds flags to a mail."""
        self.modseq += 1
        kept = self.mails[uid]
        self.mails[uid] = replace(kept, flags=kept.flags | set(flags), modseq=self.modseq)

    def drop(self, uids: Iterable[int]) -> None:
        """Removes mails for good."""
        self.modseq += 1
        for uid in list(uids):
            self.mails.pop(uid, None)

    def renumber(self) -> None:
        """Makes the folder anew, as after a restored backup: every mail has another uid."""
        kept = sorted(self.mails.values(), key=lambda one: one.uid)
        self.validity, self.next_uid, self.mails = self.validity + 1, 1, {}
        for one in reversed(kept):
            self.put(one.raw, one.came_at, one.flags)


@dataclass(slots=True)
class FakeMailbox:
    """One person's mailbox, reached with `secret` as its password or its access token."""

    secret: str
    folders: dict[str, FakeFolder] = field(default_factory=lambda: {name: FakeFolder(name) for name in FOLDERS})

    def __getitem__(self, name: str) -> FakeFolder:
        return self.folders[name]

    def move(self, uid: int, origin: str, target: str) -> int:
        """Moves a mail as a mail program does; gives its uid in the other folder."""
        kept = self.folders[origin].mails[uid]
        self.folders[origin].drop([uid])
        return self.folders[target].put(kept.raw, kept.came_at, kept.flags)


@dataclass(slots=True)
class ImapFake:
    """A server with mailboxes by user name. `condstore`: whether it numbers changes of flags.

    What goes wrong: after `commands_until_drop` further commands the connection breaks off, before the last one is
    done; `busy`: it asks everybody to come back later; `faults`: of a hundred commands (broken: the connection breaks
    off in the middle of the answer). `commands`: what was asked, without secrets and texts.
    """

    mailboxes: dict[str, FakeMailbox] = field(default_factory=dict)
    condstore: bool = True
    commands_until_drop: int | None = None
    busy: bool = False
    faults: Faults | None = None
    commands: list[str] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    def fault(self, command: str) -> str | None:
        """What goes wrong with this command, as Faults name it; None where it is answered."""
        with self.lock:
            self.commands.append(command)
            if self.commands_until_drop is None:
                return self.faults.next(Asked("IMAP", command, (), {}, b"")) if self.faults else None
            self.commands_until_drop -= 1
            if self.commands_until_drop >= 0:
                return None
            self.commands_until_drop = None
            return "dropped"
