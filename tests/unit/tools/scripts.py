"""Faults in an order that a test writes down, instead of so many of a hundred."""

from collections.abc import Sequence

from tools.fakes.wire import Asked, Faults


class Script(Faults):
    """Faults in the order in which they are written; after them all goes well."""

    def __init__(self, kinds: Sequence[str | None]) -> None:
        super().__init__({})
        self.left = list(kinds)

    def next(self, asked: Asked) -> str | None:
        """The fault of this request."""
        return self.left.pop(0) if self.left else None
