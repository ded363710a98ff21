"""Sends mail over SMTP from the sender's own address; what it cannot be sure of, it says."""

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from pydantic import SecretStr

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Found, Rejected, Result, Retry, Sent, Unknown
from agent_runtime.actions.message import Unsendable, address_of, envelope, message_of, wire_form
from agent_runtime.actions.senders import Profile, ProfileOf, password_of
from agent_runtime.actions.sent_folder import ImapSentFolder, SentFolder, mailbox_at
from agent_runtime.actions.sign_in import RotatedOf, nowhere, tokens_at
from agent_runtime.errors import BadSetting
from agent_runtime.settings import MailServer
from tools.base import NotAllowed, VendorError
from tools.mail.bearer import TokenOf, xoauth2

FolderOf = Callable[[Profile, MailServer, SecretStr, TokenOf | None], SentFolder]
_CALL_SECONDS = 20.0
_FILING_SECONDS = 8.0
# After so long the mail is not handed over any more: the claim may be over, and somebody may be looking for it.
_HAND_OVER_WITHIN = 45.0
_OK, _FORWARDED, _GO_ON, _TRANSIENT, _FINAL = 250, 251, 354, 400, 500


@dataclass(frozen=True, slots=True)
class _Letter:
    sender: str
    recipients: list[str]
    mail: bytes
    profile: Profile
    server: MailServer
    password: SecretStr | None
    token: TokenOf | None = None


class _Stop(Exception):
    """Nothing was handed over; `result` says what that means."""

    def __init__(self, result: Rejected | Retry) -> None:
        super().__init__(result.reason)
        self.result = result


def imap_folder(profile: Profile, server: MailServer, password: SecretStr, token: TokenOf | None) -> SentFolder:
    """The sender's folder of sent mail over IMAP."""
    mailbox = mailbox_at(server, profile.username, password, token)
    return ImapSentFolder(mailbox, profile.sent_folder, _FILING_SECONDS)


class SmtpExecutor:
    """Sends `send_email` actions. `profile_of`: a user's sender profile; `servers`: the setting mail_servers.

    `rotated_of`: where the newest of a sender's refresh token is kept.
    All recipients or none. A copy goes into the folder of sent mail where the server has one over IMAP; that this
    failed changes nothing about the mail itself.
    """

    settles_after = timedelta(minutes=10)

    def __init__(
        self,
        profile_of: ProfileOf,
        servers: Mapping[str, MailServer],
        folder_of: FolderOf = imap_folder,
        rotated_of: RotatedOf = nowhere,
    ) -> None:
        self._profile_of, self._servers, self._folder_of = profile_of, servers, folder_of
        self._rotated_of = rotated_of

    def execute(self, action: ActionRow) -> Result:
        """Retry until the mail is handed over, Rejected where the server or our own rules say no, then Sent."""
        begun = monotonic()
        try:
            letter = self._letter(action)
            session = _open(letter)
        except _Stop as stop:
            return stop.result
        try:
            result = _deliver(session, letter, begun)
        except _Stop as stop:
            return stop.result
        finally:
            _close(session)
        return Sent(result.evidence | {"filed": self._file(letter)}) if isinstance(result, Sent) else result

    def find(self, action: ActionRow) -> Found:
        """Looks into the folder of sent mail. Where we put the copy there ourselves, its absence says nothing."""
        try:
            letter = self._letter(action)
            if letter.password is None or letter.server.imap_host is None:
                return Found.UNSEEN
            folder = self._folder_of(letter.profile, letter.server, letter.password, letter.token)
            if folder.has(action.content["message_id"]):
                return Found.THERE
        except (_Stop, OSError):
            return Found.UNSEEN
        return Found.ABSENT if letter.server.files_sent else Found.UNSEEN

    def _letter(self, action: ActionRow) -> _Letter:
        profile = self._profile_of(str(action.content.get("user_id") or ""))
        if profile is None:
            raise _Stop(Rejected(reasons.NO_PROFILE))
        server = self._servers.get(profile.server)
        if server is None:
            raise _Stop(Rejected(reasons.NO_SERVER))
        try:
            sender, recipients = envelope(action.content)
            if sender.lower() != address_of(profile.address).lower():
                raise _Stop(Rejected(reasons.WRONG_SENDER))
            password = password_of(profile) if profile.username else None
            token = self._token(profile, server, password) if password else None
        except Unsendable as error:
            raise _Stop(Rejected(error.reason)) from None
        except BadSetting:
            raise _Stop(Rejected(reasons.NO_SECRET)) from None
        return _Letter(sender, recipients, wire_form(message_of(action)), profile, server, password, token)

    def _token(self, profile: Profile, server: MailServer, password: SecretStr) -> TokenOf | None:
        return tokens_at(server, profile.username, password, self._rotated_of(profile.user_id, password))

    def _file(self, letter: _Letter) -> bool:
        if letter.password is None or letter.server.imap_host is None or letter.server.files_sent:
            return letter.server.files_sent
        try:
            self._folder_of(letter.profile, letter.server, letter.password, letter.token).add(letter.mail)
        except OSError:
            return False
        return True


def _open(letter: _Letter) -> smtplib.SMTP:
    """A session that is safe and signed in; raises _Stop."""
    session: smtplib.SMTP | None = None
    try:
        session = _connect(letter)
        _secure(session, letter.server)
        if letter.password is not None:
            if not session.has_extn("auth"):
                raise smtplib.SMTPAuthenticationError(_FINAL, b"")
            _sign_in(session, letter, letter.password)
    except (OSError, VendorError) as error:
        if session is not None:
            session.close()
        raise _Stop(_before(error)) from None
    return session


def _sign_in(session: smtplib.SMTP, letter: _Letter, password: SecretStr) -> None:
    """With the password or a token; a token that is refused may have ended early, so another is asked for once."""
    user = letter.profile.username
    if letter.token is None:
        session.login(user, password.get_secret_value())
        return
    token = letter.token("")
    try:
        _show(session, user, token)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < _FINAL:
            raise
        _show(session, user, letter.token(token))


def _show(session: smtplib.SMTP, user: str, token: str) -> None:
    """Shows a token. The server that does not like it says why, which has to be answered with nothing."""
    session.auth("XOAUTH2", lambda challenge=None: xoauth2(user, token) if challenge is None else "")


def _connect(letter: _Letter) -> smtplib.SMTP:
    server, name = letter.server, letter.sender.rpartition("@")[2]
    if server.security == "ssl":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=_CALL_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=_CALL_SECONDS)


def _secure(session: smtplib.SMTP, server: MailServer) -> None:
    if server.security == "starttls":
        session.starttls(context=ssl.create_default_context())
    session.ehlo_or_helo_if_needed()


def _before(error: Exception) -> Rejected | Retry:
    """What an error means that came before anything was handed over."""
    if isinstance(error, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError):
        return Rejected(reasons.INSECURE)
    if isinstance(error, NotAllowed):
        return Rejected(reasons.SIGN_IN)
    if isinstance(error, smtplib.SMTPResponseException):
        refused = isinstance(error, smtplib.SMTPAuthenticationError)
        return _said(error.smtp_code, reasons.SIGN_IN if refused else reasons.REFUSED_BY_SERVER)
    return Retry(reasons.UNREACHABLE)


def _said(code: int, reason: str) -> Rejected | Retry:
    """What a reply means that is not the wanted one: no for good, not now, or nothing that SMTP knows."""
    evidence = {"smtp": code}
    if code >= _FINAL:
        return Rejected(reason, evidence)
    return Retry(reasons.BUSY if code >= _TRANSIENT else reasons.UNREACHABLE, evidence)


def _deliver(session: smtplib.SMTP, letter: _Letter, begun: float) -> Result:
    """Announces the mail, then hands it over; from there on a broken connection means that it may have gone out."""
    try:
        _announce(session, letter)
        if monotonic() - begun > _HAND_OVER_WITHIN:
            raise _Stop(Retry(reasons.TOO_SLOW))
        _expect(session.docmd("DATA")[0], _GO_ON)
    except OSError as error:
        raise _Stop(_before(error)) from None
    try:
        session.send(_dotted(letter.mail))
        code = session.getreply()[0]
    except OSError:
        return Unknown(reasons.LOST)
    if code == _OK:
        return Sent({"smtp": code})
    # A reply that means neither yes nor no may stand for either.
    return _said(code, reasons.REFUSED_BY_SERVER) if code >= _TRANSIENT else Unknown(reasons.LOST, {"smtp": code})


def _announce(session: smtplib.SMTP, letter: _Letter) -> None:
    _expect(session.docmd("MAIL", f"FROM:<{letter.sender}>")[0], _OK)
    for recipient in letter.recipients:
        _expect(session.docmd("RCPT", f"TO:<{recipient}>")[0], _OK, _FORWARDED)


def _expect(code: int, *wanted: int) -> None:
    if code not in wanted:
        raise _Stop(_said(code, reasons.REFUSED_BY_SERVER))


def _close(session: smtplib.SMTP) -> None:
    with suppress(OSError):
        session.quit()
    session.close()


def _dotted(mail: bytes) -> bytes:
    """The mail as DATA wants it: a leading dot doubled, one dot at the end."""
    ended = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"
