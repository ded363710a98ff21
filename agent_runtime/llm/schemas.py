"""What the replies to our prompts must be: bounded texts, enums and ids, and nothing beside them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    # A field that nobody asked for is a reply that cannot be used.
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftText(_Strict):
    """A mail's message worded anew: paragraphs between greeting and signature, nothing else of the mail."""

    message: Annotated[str, Field(min_length=1, max_length=2_000)]


class CitedText(_Strict):
    """One sentence and the ids of the given sources on which it stands."""

    text: Annotated[str, Field(min_length=1, max_length=600)]
    citations: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=8)]


class AnswerText(_Strict):
    """An answer as cited sentences; `answered` is False where the sources do not say it."""

    answered: bool
    statements: Annotated[list[CitedText], Field(max_length=12)]


class FoundPromise(_Strict):
    """A sentence that promises something, word for word; `due` as YYYY-MM-DD, empty where it names no day."""

    quote: Annotated[str, Field(min_length=1, max_length=300)]
    by: Literal["us", "customer", "unclear"]
    due: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class FoundPromises(_Strict):
    """Every promise that a text makes, in its order."""

    promises: Annotated[list[FoundPromise], Field(max_length=20)]


class CallTopic(_Strict):
    """What a call is about: one of the topic names that the request listed, or "other"."""

    topic: Annotated[str, Field(min_length=1, max_length=60)]
    quote: Annotated[str, Field(max_length=300)]


class BriefText(_Strict):
    """An account's state in a few cited sentences."""

    statements: Annotated[list[CitedText], Field(min_length=1, max_length=6)]


SCHEMAS: dict[str, type[BaseModel]] = {
    "AnswerText": AnswerText,
    "BriefText": BriefText,
    "CallTopic": CallTopic,
    "DraftText": DraftText,
    "FoundPromises": FoundPromises,
}
