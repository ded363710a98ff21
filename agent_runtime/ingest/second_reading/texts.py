"""What a second reading is of, what it asks a model, and what it may ask a person about."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from agent_runtime.llm import ModelRequest


class Text(NamedTuple):
    """A text that is read once more; `known` are the promises that the program saw in it, `data` its activity's."""

    activity_id: str
    account_id: str
    source_id: str
    kind: str
    said_at: datetime
    known_at: datetime
    known: tuple[str, ...]
    words: str
    data: Mapping[str, Any]


class Found(NamedTuple):
    """What a person is asked about: `value` as it is shown, the words that it rests on and where they stand."""

    value: str
    quote: str
    span: tuple[int, int]


class Subject(Protocol):
    """One thing that texts are read for. `slot`: where its questions are kept; `event`: how the audit names it."""

    slot: str
    event: str

    def is_in(self, text: Text) -> bool:
        """Whether this text is read for it."""
        ...

    def request(self, text: Text, zone: ZoneInfo, now: datetime) -> ModelRequest[Any]:
        """What the model is asked about the text."""
        ...

    def questions(self, text: Text, reply: Any) -> Iterable[Found]:
        """What of its reply a person may be asked about."""
        ...


def standing(text: Text, quote: str) -> Iterator[tuple[int, int]]:
    """Where a quote stands in the text, word for word; nothing where it does not."""
    start = text.words.find(quote) if quote else -1
    if start >= 0:
        yield start, start + len(quote)
