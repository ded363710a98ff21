"""Which thread a mail belongs to: that of the mail it answers, as far as that is known."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from memory.records import Activity
from memory.timeline import NewActivity

_activity = Activity.__table__  # type: ignore[attr-defined]
_MAILS = select(_activity.c.data).where(
    _activity.c.account_id.in_(bindparam("account_ids", expanding=True)),
    _activity.c.stream.in_(("emails", "outbox")),
    _activity.c.kind == "email",
    _activity.c.current,
)


def join_threads(connection: Connection, activities: Iterable[NewActivity]) -> None:
    """Gives each answering mail the thread of the mail that it answers, else the root that it names.

    Threads are looked up, never walked, so that mails which name each other in a circle end in one thread.
    """
    mails = [one for one in activities if one.kind == "email" and not one.deleted]
    answers = [one for one in mails if one.data["thread"] != one.data["message_id"]]
    if not answers:
        return
    known = _known(connection, {one.account_id for one in answers if one.account_id})
    for one in mails:
        _join(one, known)


def _known(connection: Connection, account_ids: set[str]) -> dict[str, str]:
    rows = connection.execute(_MAILS, {"account_ids": sorted(account_ids)})
    return {data["message_id"]: data["thread"] for (data,) in rows if "message_id" in data}


def _join(mail: NewActivity, known: dict[str, str]) -> None:
    own, answered, root = (mail.data[key] for key in ("message_id", "in_reply_to", "thread"))
    for parent in (answered, root):
        if parent in known and parent != own:
            mail.data["thread"] = known[parent]
            break
    known[own] = mail.data["thread"]
