"""That each morning goes out to each person once, whoever sends it and whoever dies; in the caller's transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.users.models import DigestTurn

CLAIM_LASTS = timedelta(minutes=15)
"""Whoever claimed a morning and did not say what became of it has died; somebody else takes over."""
FIRST, AGAIN = "first", "again"

_turn: Table = DigestTurn.__table__  # type: ignore[attr-defined]


def free(connection: Connection, user_id: str, day: date, now: datetime) -> bool:
    """Whether the morning of `day` did not go out and nobody is sending it."""
    row = connection.execute(select(_turn).where(_turn.c.user_id == user_id)).one_or_none()
    return row is None or row.day != day.isoformat() or not (row.sent or row.claimed_at + CLAIM_LASTS > now)


def claim(connection: Connection, user_id: str, day: date, now: datetime) -> str | None:
    """Takes it upon oneself to send the morning of `day`; None where it went out, or somebody else is sending it.

    Else FIRST, or AGAIN where somebody had begun and died: then it may have gone out.
    """
    row = connection.execute(select(_turn).where(_turn.c.user_id == user_id).with_for_update()).one_or_none()
    values = {"day": day.isoformat(), "claimed_at": now, "sent": False}
    if row is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(_turn), values | {"user_id": user_id})
        except IntegrityError:
            return None
        return FIRST
    begun = row.day == day.isoformat()
    if begun and (row.sent or row.claimed_at + CLAIM_LASTS > now):
        return None
    mine = (_turn.c.user_id == user_id, _turn.c.day == row.day, _turn.c.claimed_at == row.claimed_at)
    if connection.execute(update(_turn).where(*mine).values(**values)).rowcount == 0:
        return None
    return AGAIN if begun else FIRST


def settle(connection: Connection, user_id: str, day: date) -> None:
    """It went out."""
    mine = (_turn.c.user_id == user_id, _turn.c.day == day.isoformat())
    connection.execute(update(_turn).where(*mine).values(sent=True))


def give_up(connection: Connection, user_id: str) -> None:
    """It certainly did not go out, and may be tried again."""
    connection.execute(delete(_turn).where(_turn.c.user_id == user_id))
