"""The list of kinds of history, and the lengths of time in which they are told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from evals.phone.history import History

Kind = Callable[[History, datetime], None]
KINDS: dict[str, Kind] = {}


def kind(tell: Kind) -> Kind:
    """Puts a kind into the list, under the name of its function."""
    KINDS[tell.__name__] = tell
    return tell


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def days(count: float) -> timedelta:
    """So many days of twenty-four hours."""
    return timedelta(days=count)
