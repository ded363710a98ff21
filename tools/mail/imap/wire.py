"""IMAP as it is spoken here: one session, folders by what they are for, and errors as every adapter has them."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, Final, Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imapclient import DRAFTS, JUNK, SENT
from pydantic import SecretStr

from tools.base import BadAnswer, LimitReached, NotAllowed, Unreachable
from tools.http.addresses import is_loopback
from tools.mail.bearer import TokenOf

VENDOR: Final = "imap"
Security = Literal["ssl", "starttls", "plain"]
Use = Literal["inbox", "sent", "junk", "drafts"]
# Of a mail, so much is fetched: its words and the names of what is attached, not all that is attached.
HEAD: Final = 512 * 1024
_TIMEOUT: Final = 30.0
_USES: Final[dict[Use, bytes]] = {"sent": SENT, "junk": JUNK, "drafts": DRAFTS}
# What servers say when too much is asked at once.
_LIMITS: Final = ("[limit]", "[unavailable]", "too many", "rate limit", "throttl", "[overquota]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a mailbox is and how to come in. `bearer`: the secret is an access token (XOAUTH2), not a password.

    `token`: gives access tokens in its place, the present one and another than one that was refused.
    """

    host: str
    port: int
    security: Security
    user: str
    secret: SecretStr
    bearer: bool = False
    token: TokenOf | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it stands. `validity`: while it is the same, a uid means the same mail. `modseq`: 0 without it."""

    validity: int
    next_uid: int
    modseq: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it is fetched: its bytes up to HEAD, when the server got it, and its flags in lower case."""

    uid: int
    raw: bytes
    came_at: datetime
    flags: frozenset[str]


@dataclass(slots=True)
class ImapWire:
    """A mailbox that is opened when it is first used, and read without leaving a trace."""

    mailbox: Mailbox
    timeout: float = _TIMEOUT
    _client: IMAPClient | None = None
    _chosen: tuple[str, bool] | None = None
    _folders: dict[Use, str] = field(default_factory=dict)

    def folders(self) -> dict[Use, str]:
        """The folders by their use, as the server marks them (SPECIAL-USE), else by the names that are usual."""
        if not self._folders:
            with self._spoken() as client:
                marked = {mark: name for flags, _, name in reversed(client.list_folders()) for mark in flags}
                # Where a folder is not marked, the client asks for the names that are usual.
                found = {use: marked.get(mark) or client.find_special_folder(mark) for use, mark in _USES.items()}
            self._folders = {"inbox": "INBOX", **{use: str(name) for use, name in found.items() if name}}
        return self._folders

    def look(self, folder: str, *, write: bool = False) -> Folder:
        """Opens a folder and tells how it stands."""
        with self._spoken() as client:
            told = client.select_folder(folder, readonly=not write)
            self._chosen = (folder, write)
        return Folder(*(int(told.get(name, 0)) for name in (b"UIDVALIDITY", b"UIDNEXT", b"HIGHESTMODSEQ")))

    def since(self, folder: str, after: int, since: datetime) -> list[int]:
        """The uids beyond `after` of mails that the server got on the day of `since` or later, ascending."""
        # A range "n:*" names the last mail also where that is before n.
        found = self._search(folder, ["UID", f"{after + 1}:*", "SINCE", since.date()])
        return sorted(uid for uid in found if uid > after)

    def changed(self, folder: str, modseq: int) -> list[int]:
        """The uids of mails whose flags changed after `modseq`; the server has CONDSTORE."""
        return self._search(folder, ["MODSEQ", str(modseq + 1)]) if modseq else []

    def named(self, folder: str, message_id: str) -> list[int]:
        """The uids of mails with this Message-ID."""
        return self._search(folder, ["HEADER", "Message-ID", message_id])

    def dates(self, folder: str, uids: Sequence[int]) -> dict[int, datetime]:
        """When the server got each of these mails, aware UTC; one that is gone is missing."""
        told = self._fetch(folder, uids, ["INTERNALDATE"])
        return {uid: _utc(one[b"INTERNALDATE"]) for uid, one in told.items() if b"INTERNALDATE" in one}

    def flags(self, folder: str, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """The flags of each of these mails."""
        return {uid: _flags(one.get(b"FLAGS", ())) for uid, one in self._fetch(folder, uids, ["FLAGS"]).items()}

    def mails(self, folder: str, uids: Sequence[int], *, head: bool = False) -> list[Mail]:
        """These mails in the order of their uids, or only their headers; one that is gone is missing."""
        part = "HEADER" if head else ""
        told = self._fetch(folder, uids, [f"BODY.PEEK[{part}]<0.{HEAD}>", "INTERNALDATE", "FLAGS"])
        name = f"BODY[{part}]<0>".encode()
        return [
            Mail(uid, one[name], _utc(one[b"INTERNALDATE"]), _flags(one.get(b"FLAGS", ())))
            for uid, one in sorted(told.items())
            if one.get(name) and b"INTERNALDATE" in one
        ]

    def put(self, folder: str, mail: bytes, flags: Sequence[str]) -> None:
        """Puts a mail into a folder. Twice puts two: look for it before."""
        with self._spoken() as client:
            client.append(folder, mail, [flag.encode() for flag in flags])

    def drop(self, folder: str, uids: Sequence[int]) -> None:
        """Removes these mails for good, and no other that somebody marked."""
        self._choose(folder, write=True)
        with self._spoken() as client:
            client.delete_messages(uids, silent=True)
            client.uid_expunge(uids) if client.has_capability("UIDPLUS") else client.expunge()

    def wait(self, seconds: float) -> bool:
        """Waits until the server tells of something in the inbox, or for so long; whether it told (IDLE, RFC 2177)."""
        self._choose(self.folders()["inbox"])
        with self._spoken() as client:
            # What came since the last command is told with the next one.
            if _came(client.noop()[1]):
                return True
            client.idle()
            told = client.idle_check(timeout=seconds)
            client.idle_done()
        return _came(told)

    def can(self, capability: str) -> bool:
        """Whether the server says that it can do this."""
        with self._spoken() as client:
            return bool(client.has_capability(capability))

    def close(self) -> None:
        """Ends the session."""
        client, self._client, self._chosen = self._client, None, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.logout()
            # A server that did not say goodbye leaves its end of the line to us.
            with suppress(OSError, IMAPClientError):
                client.shutdown()

    def _choose(self, folder: str, *, write: bool = False) -> None:
        if self._chosen != (folder, write):
            self.look(folder, write=write)

    def _search(self, folder: str, criteria: list[object]) -> list[int]:
        self._choose(folder)
        with self._spoken() as client:
            return [int(uid) for uid in client.search(criteria)]

    def _fetch(self, folder: str, uids: Sequence[int], data: list[str]) -> dict[int, dict[bytes, Any]]:
        self._choose(folder)
        with self._spoken() as client:
            return dict(client.fetch(list(uids), data))

    @contextmanager
    def _spoken(self) -> Iterator[IMAPClient]:
        """The session, with what goes wrong in it told without a word of what was said; a broken one is let go."""
        try:
            if self._client is None:
                self._client = _opened(self.mailbox, self.timeout)
            yield self._client
        except LoginError as error:
            self._let_go()
            # A connection that breaks while signing in comes as a refusal, too.
            broken = isinstance(error.__context__, IMAPClientAbortError)
            raise (_lost if broken else _refused)(error) from None
        except (IMAPClientAbortError, OSError) as error:
            self._let_go()
            raise _lost(error) from None
        except IMAPClientError as error:
            self._let_go()
            if _is_limit(error):
                raise LimitReached(VENDOR, "the server asks to come back later") from None
            raise BadAnswer(VENDOR, "the mail server refused a command") from None

    def _let_go(self) -> None:
        client, self._client, self._chosen = self._client, None, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.shutdown()


def _opened(mailbox: Mailbox, timeout: float) -> IMAPClient:
    if mailbox.security == "plain" and not is_loopback(mailbox.host):
        raise NotAllowed(VENDOR, "without encryption only a server on this machine is used", fix="Use ssl or starttls.")
    context = None if mailbox.security == "plain" else ssl.create_default_context()
    is_ssl = mailbox.security == "ssl"
    client = IMAPClient(mailbox.host, mailbox.port, ssl=is_ssl, ssl_context=context, timeout=timeout)
    # The client would tell its log every line, the password among them.
    client._imap.debug = 0
    client.normalise_times = False
    # A search goes out in pieces, of which each would wait for the server's word on the one before.
    client.socket().setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    try:
        if mailbox.security == "starttls":
            client.starttls(context)
        _sign_in(client, mailbox)
    except BaseException:
        with suppress(OSError, IMAPClientError):
            client.shutdown()
        raise
    return client


def _sign_in(client: IMAPClient, mailbox: Mailbox) -> None:
    """With the password or the token; a token that is refused may have ended early, so another is asked for once."""
    secret = mailbox.secret.get_secret_value()
    if mailbox.token is None:
        client.oauth2_login(mailbox.user, secret) if mailbox.bearer else client.login(mailbox.user, secret)
        return
    token = mailbox.token("")
    try:
        client.oauth2_login(mailbox.user, token)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError) or _is_limit(error):
            raise
        client.oauth2_login(mailbox.user, mailbox.token(token))


def _refused(error: Exception) -> LimitReached | NotAllowed:
    if _is_limit(error):
        return LimitReached(VENDOR, "the server asks to come back later")
    return NotAllowed(
        VENDOR, "the mail server does not accept the credential", fix="Give it anew: tenure connect imap."
    )


def _lost(error: Exception) -> Unreachable | LimitReached:
    if _is_limit(error):
        return LimitReached(VENDOR, "the server asks to come back later")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(VENDOR, "the mail server's certificate is not one that can be trusted")
    return Unreachable(VENDOR, "the mail server cannot be reached")


def _is_limit(error: Exception) -> bool:
    said = str(error).lower()
    return any(one in said for one in _LIMITS)


def _came(told: Sequence[Any]) -> bool:
    return any(len(one) > 1 and one[1] == b"EXISTS" for one in told)


def _utc(told: datetime) -> datetime:
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)


def _flags(told: object) -> frozenset[str]:
    found = told if isinstance(told, list | tuple) else ()
    return frozenset(one.decode("ascii", "replace").lower() for one in found if isinstance(one, bytes))
