"""The folder of sent mail at the sender's provider: what was sent is put there, and looked for there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pydantic import SecretStr

from agent_runtime.settings import MailServer
from tools.base import VendorError
from tools.mail.bearer import TokenOf
from tools.mail.imap.wire import ImapWire, Mailbox, Security


class SentFolder(Protocol):
    """One user's folder of sent mail. Both calls raise OSError when it cannot be reached."""

    def has(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID (in angle brackets) is there."""
        ...

    def add(self, mail: bytes) -> None:
        """Puts a copy there, as read."""
        ...


class ImapSentFolder:
    """The folder over IMAP; unsafe only where the server is this machine."""

    def __init__(self, mailbox: Mailbox, folder: str, timeout_seconds: float) -> None:
        self._mailbox, self._folder, self._timeout = mailbox, folder, timeout_seconds

    def has(self, message_id: str) -> bool:
        with self._session() as wire:
            return bool(wire.named(self._folder, message_id))

    def add(self, mail: bytes) -> None:
        with self._session() as wire:
            wire.put(self._folder, mail, ("\\Seen",))

    @contextmanager
    def _session(self) -> Iterator[ImapWire]:
        wire = ImapWire(self._mailbox, self._timeout)
        try:
            yield wire
        except VendorError as error:
            raise ConnectionError(f"The folder of sent mail cannot be used: {error.what}.") from None
        finally:
            wire.close()


def mailbox_at(server: MailServer, username: str, password: SecretStr, token: TokenOf | None = None) -> Mailbox:
    """Where a sender's mailbox is; the server has IMAP. `token`: gives access tokens where it takes no passwords."""
    security: Security = "plain" if server.security == "plain" else "ssl"
    return Mailbox(server.imap_host or "", server.imap_port, security, username, password, token=token)
