"""Drafts in connected mailboxes: the same rules as over IMAP, kept by the mailbox's own provider."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent_runtime.actions import reasons
from agent_runtime.actions.kept_drafts import KeptDrafts
from agent_runtime.actions.mailbox_drafts import Closed, Touched
from agent_runtime.actions.senders import ProfileOf
from agent_runtime.connectors.service import DraftsOf
from agent_runtime.errors import TenureError
from tools.base import BadAnswer, NotAllowed, VendorError
from tools.mail.drafts import Drafts, DraftTouched


class ConnectedDrafts(KeptDrafts):
    """The drafts of everybody whose sender profile names a connected mailbox."""

    def __init__(self, profile_of: ProfileOf, drafts_of: DraftsOf) -> None:
        self._profile_of, self._drafts_of = profile_of, drafts_of

    @contextmanager
    def opened(self, user_id: str) -> Iterator[Drafts]:
        """The drafts of the connected mailbox."""
        profile = self._profile_of(user_id)
        if profile is None:
            raise Closed(reasons.NO_PROFILE)
        try:
            with self._drafts_of(profile.server) as drafts:
                if drafts is None:
                    raise Closed(reasons.NO_SERVER)
                yield drafts
        except DraftTouched as touched:
            raise Touched(gone=touched.gone) from None
        except NotAllowed:
            raise Closed(reasons.SIGN_IN) from None
        except BadAnswer:
            raise Closed(reasons.REFUSED_BY_SERVER) from None
        except VendorError:
            raise ConnectionError("The mailbox cannot be reached.") from None
        except TenureError:
            raise Closed(reasons.NO_SECRET) from None
