"""Which thread a mail belongs to: that of the mail it answers, as far as that is known."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from memory.records import Activity
from memory.timeline import NewActivity

# Far below the number of values that a statement may have.
_AT_ONCE = 500
_activity = Activity.__table__  # type: ignore[attr-defined]
_message_id = _activity.c.data["message_id"].as_string()
_MAILS = select(_message_id, _activity.c.data["thread"].as_string()).where(
    _activity.c.account_id.in_(bindparam("account_ids", expanding=True)),
    _activity.c.stream.in_(("emails", "outbox")),
    _activity.c.kind == "email",
    _activity.c.current,
    _message_id.in_(bindparam("message_ids", expanding=True)),
)


def join_threads(connection: Connection, activities: Iterable[NewActivity]) -> None:
    """Gives each answering mail the thread of the mail that it answers, else the root that it names.

    Threads are looked up, never walked, so that mails which name each other in a circle end in one thread.
    """
    mails = [one for one in activities if one.kind == "email" and not one.deleted]
    answers = [one for one in mails if one.data["thread"] != one.data["message_id"]]
    if not answers:
        return
    named = {one.data[key] for one in mails for key in ("in_reply_to", "thread") if one.data[key]}
    known = _known(connection, {one.account_id for one in answers if one.account_id}, named)
    for one in mails:
        _join(one, known)


def _known(connection: Connection, account_ids: set[str], named: set[str]) -> dict[str, str]:
    """The threads of those mails of the accounts that are stored."""
    found: dict[str, str] = {}
    ids = sorted(named)
    for first in range(0, len(ids), _AT_ONCE):
        wanted = {"account_ids": sorted(account_ids), "message_ids": ids[first : first + _AT_ONCE]}
        found.update((row[0], row[1]) for row in connection.execute(_MAILS, wanted))
    return found


def _join(mail: NewActivity, known: dict[str, str]) -> None:
    own, answered, root = (mail.data[key] for key in ("message_id", "in_reply_to", "thread"))
    for parent in (answered, root):
        if parent in known and parent != own:
            mail.data["thread"] = known[parent]
            break
    known[own] = mail.data["thread"]
