"""The shapes of OpenAI's chat completions, as far as they are understood here; what else a client sends is ignored."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_QUESTION = 8_000


class Part(BaseModel):
    """One part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str = Field(max_length=40)
    text: str = Field(default="", max_length=200_000)


class Message(BaseModel):
    """One turn of the conversation, as the client has it."""

    model_config = ConfigDict(extra="ignore")

    role: str = Field(max_length=40)
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its words, whatever form they came in."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text").strip()
        return (self.content or "").strip()


class StreamOptions(BaseModel):
    """What is wanted of a stream."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A question to one account, or to the portfolio."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(min_length=1, max_length=300)
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool = False
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """Where a mark of the text leads: its place in the text (characters, end exclusive) and the source behind it."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """One citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Usage(BaseModel):
    """How long question and answer are, four characters counted as one token."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ModelCard(BaseModel):
    """An account that can be asked, or the portfolio."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "tenure"
    name: str


class ModelList(BaseModel):
    """A page of what can be asked; the next one begins `after` the last id."""

    object: Literal["list"] = "list"
    data: list[ModelCard]
    first_id: str | None
    last_id: str | None
    has_more: bool


def usage_of(asked: str, answered: str) -> Usage:
    """The usage of one question and its answer."""
    into, out = -(-len(asked) // 4), -(-len(answered) // 4)
    return Usage(prompt_tokens=into, completion_tokens=out, total_tokens=into + out)


def error_form(message: str, code: str, status: int) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
