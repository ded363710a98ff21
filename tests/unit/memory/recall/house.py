"""A small account to recall from: three people over three months, in a database in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, create_engine
from sqlmodel import SQLModel

from memory import timeline, vectors
from memory.embed import Embedder
from memory.scope import AccountScope
from memory.timeline import NewActivity

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SCOPE = AccountScope("a1", "test")
OTHER = AccountScope("a2", "test")
SAID = (
    (0, "Nora", "Good morning Elias, how is the plant?"),
    (1, "Elias", "The press on line four broke a bearing, so we lost a whole shift."),
    (2, "Nora", "I am sorry to hear that."),
    (30 * 1440, "Elias", "Bluepeak offered us 40k for the same package."),
    (30 * 1440 + 1, "Nora", "Who decides about it on your side?"),
    (30 * 1440 + 2, "Elias", "My manager Celia signs, nobody else may."),
    (60 * 1440, "Nora", "I will be on leave in March, Otto stands in for me."),
    (60 * 1440 + 1, "Elias", "Then let us speak after the holidays."),
)


def said(account: str = "a1") -> list[NewActivity]:
    """What was said, as messages numbered from 0."""
    return [one(number, minutes, speaker, text, account) for number, (minutes, speaker, text) in enumerate(SAID)]


def one(number: int, minutes: int, speaker: str, text: str, account: str = "a1") -> NewActivity:
    """One message."""
    at = START + timedelta(minutes=minutes)
    return NewActivity(
        "chat", "chat", f"{account}-{number}", "message", at, at, account, text=text, speaker=speaker,
    )  # fmt: skip


def later(activity: NewActivity, days: int, text: str) -> NewActivity:
    """A revision of it."""
    return replace(activity, known_at=activity.known_at + timedelta(days=days), text=text)


def empty() -> Engine:
    """A database in memory with all tables of memory."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    return engine


@contextmanager
def account(embedder: Embedder | None = None) -> Iterator[Connection]:
    """The account, embedded where there is an embedder; a second account says the same."""
    with empty().begin() as connection:
        timeline.add(connection, [*said(), *said("a2")])
        while embedder and vectors.embed_pending(connection, embedder, 5):
            pass
        yield connection
