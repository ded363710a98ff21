"""The folder of sent mail at the sender's provider: what was sent is put there, and looked for there."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pydantic import SecretStr

from agent_runtime.settings import MailServer


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

    def __init__(
        self, server: MailServer, username: str, password: SecretStr, folder: str, timeout_seconds: float
    ) -> None:
        self._server, self._username, self._password = server, username, password
        self._folder = f'"{folder}"'
        self._timeout = timeout_seconds

    def has(self, message_id: str) -> bool:
        with self._session() as session:
            _expect(session.select(self._folder, readonly=True))
            _, found = session.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
            return any(part and part.split() for part in found)

    def add(self, mail: bytes) -> None:
        with self._session() as session:
            _expect(session.append(self._folder, r"(\Seen)", "", mail))

    @contextmanager
    def _session(self) -> Iterator[imaplib.IMAP4]:
        try:
            session = self._open()
            try:
                session.login(self._username, self._password.get_secret_value())
                yield session
            finally:
                session.shutdown()
        except imaplib.IMAP4.error:
            # Its text may hold what was sent to the server.
            raise ConnectionError("The mail server refused the request.") from None

    def _open(self) -> imaplib.IMAP4:
        host, port = self._server.imap_host or "", self._server.imap_port
        if self._server.security == "plain":
            return imaplib.IMAP4(host, port, timeout=self._timeout)
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=self._timeout)


def _expect(answer: tuple[str, object]) -> None:
    if answer[0] != "OK":
        raise ConnectionError("The folder of sent mail cannot be used.")
