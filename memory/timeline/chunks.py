"""How many keys go into one statement."""

from collections.abc import Iterator

# Far below SQLite's 32,766 bound values.
CHUNK = 500


def chunks(keys: list[str]) -> Iterator[list[str]]:
    """The keys in order, in lists of at most CHUNK."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
