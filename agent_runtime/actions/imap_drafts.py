"""Drafts over IMAP, in the mailbox of a sender's profile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from agent_runtime.actions import reasons
from agent_runtime.actions.kept_drafts import KeptDrafts
from agent_runtime.actions.mailbox_drafts import Closed
from agent_runtime.actions.senders import ProfileOf, password_of
from agent_runtime.actions.sent_folder import mailbox_at
from agent_runtime.actions.sign_in import RotatedOf, nowhere, tokens_at
from agent_runtime.errors import BadSetting
from agent_runtime.settings import MailServer
from tools.base import BadAnswer, NotAllowed, VendorError
from tools.mail.drafts import Drafts
from tools.mail.imap.drafts import ImapDraftFolder
from tools.mail.imap.wire import ImapWire, Mailbox

_SECONDS = 20.0


class ImapDrafts(KeptDrafts):
    """The drafts of everybody with a sender profile whose server has IMAP. `servers`: the setting mail_servers.

    `rotated_of`: where the newest of a sender's refresh token is kept.
    """

    def __init__(
        self, profile_of: ProfileOf, servers: Mapping[str, MailServer], rotated_of: RotatedOf = nowhere
    ) -> None:
        self._profile_of, self._servers, self._rotated_of = profile_of, servers, rotated_of

    @contextmanager
    def opened(self, user_id: str) -> Iterator[Drafts]:
        """The folder that the server marks as that of drafts."""
        wire = ImapWire(self._mailbox(user_id), _SECONDS)
        try:
            name = wire.folders().get("drafts")
            if name is None:
                raise Closed(reasons.NO_DRAFTS)
            yield ImapDraftFolder(wire, name)
        except NotAllowed:
            raise Closed(reasons.SIGN_IN) from None
        except BadAnswer:
            raise Closed(reasons.REFUSED_BY_SERVER) from None
        except VendorError:
            raise ConnectionError("The mailbox cannot be reached.") from None
        finally:
            wire.close()

    def _mailbox(self, user_id: str) -> Mailbox:
        profile = self._profile_of(user_id)
        if profile is None:
            raise Closed(reasons.NO_PROFILE)
        server = self._servers.get(profile.server)
        if server is None or not server.imap_host or not profile.username:
            raise Closed(reasons.NO_SERVER)
        try:
            password = password_of(profile)
            token = tokens_at(server, profile.username, password, self._rotated_of(user_id, password))
            return mailbox_at(server, profile.username, password, token)
        except BadSetting:
            raise Closed(reasons.NO_SECRET) from None
