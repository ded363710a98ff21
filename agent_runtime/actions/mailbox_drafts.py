"""Drafts in the sender's own mailbox: renewed while untouched, kept once edited, withdrawn when cleared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine, Table, select

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found, Rejected, Result, Retry
from agent_runtime.actions.message import Unsendable, envelope, message_of, wire_form
from agent_runtime.actions.models import Action
from agent_runtime.actions.policy import IN_MAILBOX

DRAFT, WITHDRAW = "draft_in_mailbox", "withdraw_draft"
_action: Table = Action.__table__  # type: ignore[attr-defined]


class Touched(Exception):
    """The draft is not as it was left: somebody edited it, or it is gone, sent or thrown away; `reason` says which."""

    def __init__(self, *, gone: bool) -> None:
        self.reason = reasons.DRAFT_GONE if gone else reasons.DRAFT_EDITED
        super().__init__(self.reason)


class Closed(Exception):
    """The mailbox cannot be opened for this user; `reason` is one of reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DraftMailbox(Protocol):
    """One provider's drafts; a draft is known by the Message-ID of the mail and untouched while it says the same.

    All calls raise OSError when it cannot be reached, Closed when it never can, so that trying again would not help.
    """

    def place(self, user_id: str, mail: bytes) -> None:
        """Makes a draft; a second time changes nothing. Raises Touched where an edited one is there."""
        ...

    def renew(self, user_id: str, before: bytes, mail: bytes) -> None:
        """Replaces an untouched draft; raises Touched, without a change, when it is not `before` any more."""
        ...

    def withdraw(self, user_id: str, before: bytes) -> None:
        """Removes an untouched draft; raises Touched, without a change, when it is not `before` any more."""
        ...

    def has(self, user_id: str, mail: bytes) -> bool:
        """Whether this draft is there, edited or not."""
        ...


PlacedOf = Callable[[str], ActionRow | None]


class MailboxDrafts:
    """Keeps one draft an item in its sender's mailbox. `placed_of`: the action that placed an item's last one."""

    settles_after = timedelta()

    def __init__(self, mailbox: DraftMailbox, placed_of: PlacedOf) -> None:
        self._mailbox, self._placed_of = mailbox, placed_of

    def execute(self, action: ActionRow) -> Result:
        """Places the draft, renews the one that nobody touched, or withdraws it."""
        try:
            envelope(action.content)
            return self._withdraw(action) if action.kind == WITHDRAW else self._place(action)
        except Unsendable as error:
            return Rejected(error.reason)
        except (Touched, Closed) as error:
            return Rejected(error.reason)
        except OSError:
            # Doing it again is harmless: each step looks first at what is there.
            return Retry(reasons.UNREACHABLE)

    def find(self, action: ActionRow) -> Found:
        """Whether the draft is there, or away where it was withdrawn."""
        try:
            there = self._mailbox.has(_user(action), _mail(action))
        except (OSError, Closed):
            return Found.UNSEEN
        return Found.THERE if there is (action.kind == DRAFT) else Found.ABSENT

    def _place(self, action: ActionRow) -> Result:
        before = self._placed_of(action.item_id or "")
        if before is None or _user(before) != _user(action):
            self._mailbox.place(_user(action), _mail(action))
        else:
            self._mailbox.renew(_user(action), _mail(before), _mail(action))
        return Confirmed()

    def _withdraw(self, action: ActionRow) -> Result:
        """What a person edited stays with them, and what they sent or threw away is gone: both is well."""
        before = self._placed_of(action.item_id or "")
        try:
            if before is not None:
                self._mailbox.withdraw(_user(before), _mail(before))
        except Touched as touched:
            return Confirmed({"left": touched.reason})
        return Confirmed()


def placed_in(engine: Engine) -> PlacedOf:
    """`placed` for an executor, which has no transaction."""

    def read(item_id: str) -> ActionRow | None:
        with engine.connect() as connection:
            return placed(connection, item_id)

    return read


def placed(connection: Connection, item_id: str) -> ActionRow | None:
    """The action that placed the draft of an item which stands in a mailbox now, unless a person took it away."""
    columns = [_action.c[name] for name in ActionRow.__slots__]
    had = (_action.c.item_id == item_id, _action.c.kind.in_(IN_MAILBOX), _action.c.executed_at.is_not(None))
    query = select(*columns).where(*had).order_by(_action.c.executed_at.desc(), _action.c.decided_at.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    last = ActionRow(*row) if row else None
    return last if last and last.kind == DRAFT else None


def _user(action: ActionRow) -> str:
    return str(action.content.get("user_id") or "")


def _mail(action: ActionRow) -> bytes:
    return wire_form(message_of(action))
