"""Who gets the weekly page by mail, and that each week goes out to each of them once; in the caller's transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Table, delete, insert, or_, select, update

from agent_runtime.calls.week.models import CallSubscription
from agent_runtime.errors import NotThere
from agent_runtime.playbook.call_policy import WEEKDAYS, Weekday

CLAIM_LASTS = timedelta(minutes=15)
"""Whoever claimed a mail and did not say what became of it has died; somebody else takes over."""

_subscription: Table = CallSubscription.__table__  # type: ignore[attr-defined]


def subscribe(connection: Connection, user_id: str, now: datetime) -> None:
    """From now on `user_id` gets the page; again changes nothing."""
    if not is_subscribed(connection, user_id):
        connection.execute(insert(_subscription).values(user_id=user_id, since=now))


def unsubscribe(connection: Connection, user_id: str) -> None:
    """Ends it. Raises NotThere where `user_id` got none."""
    if connection.execute(delete(_subscription).where(_subscription.c.user_id == user_id)).rowcount == 0:
        raise NotThere(f"{user_id} does not get the weekly page.")


def is_subscribed(connection: Connection, user_id: str) -> bool:
    """Whether `user_id` gets the page."""
    query = select(_subscription.c.user_id).where(_subscription.c.user_id == user_id)
    return connection.execute(query).first() is not None


def subscribers(connection: Connection) -> list[str]:
    """Everybody who gets the page, in a fixed order."""
    return list(connection.scalars(select(_subscription.c.user_id).order_by(_subscription.c.user_id)))


def is_mail_day(today: date, mail_day: Weekday) -> bool:
    """Whether the page of last week goes out today: on that day or, where nobody was there to send it, later."""
    return today.weekday() >= WEEKDAYS.index(mail_day)


def waiting(connection: Connection, week: str) -> list[str]:
    """Who did not get the page of `week` yet."""
    query = select(_subscription.c.user_id).where(_subscription.c.sent_week < week)
    return list(connection.scalars(query.order_by(_subscription.c.user_id)))


def claim(connection: Connection, user_id: str, week: str, now: datetime) -> str | None:
    """Takes it upon oneself to send `week` to `user_id`; None where it went out, or somebody else is sending it.

    Else "first", or "again" where somebody had begun and died: then it may have gone out.
    """
    mine = _subscription.c.user_id == user_id
    row = connection.execute(select(_subscription).where(mine).with_for_update()).one_or_none()
    if row is None or row.sent_week >= week:
        return None
    begun = row.claimed_week == week and row.claimed_at is not None
    if begun and row.claimed_at + CLAIM_LASTS > now:
        return None
    free = or_(_subscription.c.claimed_at.is_(None), _subscription.c.claimed_at == row.claimed_at)
    taken = update(_subscription).where(mine, free).values(claimed_week=week, claimed_at=now)
    if connection.execute(taken).rowcount == 0:
        return None
    return "again" if begun else "first"


def settle(connection: Connection, user_id: str, week: str, *, sent: bool) -> None:
    """What became of it: it went out, or it is to be tried again."""
    values = {"claimed_week": "", "claimed_at": None} | ({"sent_week": week} if sent else {})
    connection.execute(update(_subscription).where(_subscription.c.user_id == user_id).values(**values))
