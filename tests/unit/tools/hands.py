"""A clock that is moved by hand, and the noon at which it begins."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **how: float) -> datetime:
        """Moves it on."""
        self.at += timedelta(**how)
        return self.at
