"""A small system of letters, as an adapter from outside of the house, that a test connects."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from tools.adapter import Adapter, Opening
from tools.base import Cap, Health, Page, Sight, SourceRecord, State, StreamSpec, Unreachable

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Letters:
    """Seven letters; a system told to be "away" cannot be reached."""

    name = "letters"
    capabilities: frozenset[Cap] = frozenset()

    def __init__(self, opening: Opening) -> None:
        self.away = opening.told.get("place") == "away"

    def check(self) -> Health:
        if self.away:
            raise Unreachable("letters", "no connection")
        return Health(State.WELL, "The letters can be read.", "Office of Tests")

    def streams(self) -> Sequence[StreamSpec]:
        return [StreamSpec("post", "email", "letters")]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        fields = {"from": "kim@them.test", "subject": "<b>Chapel Lane</b>", "empty": ""}
        letters = tuple(SourceRecord("letters", stream, f"l{x}", AT, AT, fields=fields) for x in range(7))
        yield Page(letters, "end", True, AT)

    def get(self, stream: str, source_id: str) -> Page | None:
        return None

    def sight(self, since: datetime, until: datetime) -> Sequence[Sight]:
        return []


ADAPTER = Adapter("letters", "Letters", "the post office", (), "letters", "nothing", "tear them up", Letters)
