"""What the tests of the port share: a model on a stub, and a question of each kind."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Engine

from agent_runtime.llm.asking import EndpointModel
from agent_runtime.llm.budget import Amount, Prices
from agent_runtime.llm.endpoint import Endpoint
from agent_runtime.llm.models import ModelCall
from agent_runtime.llm.port import ModelRequest
from agent_runtime.llm.purse import Purse
from agent_runtime.llm.schemas import DraftText
from prompts import load

NOW = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)
PLENTY = Amount(10_000_000, 10_000_000, 100_000_000)
MESSAGE = "Could you tell me whether the door moves to the north side?"


def nothing(_connection: Connection, _call: ModelCall) -> None:
    """Where no audit is looked at."""


_opened: list[Endpoint] = []


def close_endpoints() -> None:
    """Closes the connections of all models that were opened."""
    while _opened:
        _opened.pop().close()


def open_at(
    url: str,
    engine: Engine,
    *,
    day: Amount = PLENTY,
    prices: Prices = Prices(1.0, 2.0),  # noqa: B008
    deadline: float = 20.0,
    record: Callable[[Connection, ModelCall], None] = nothing,
    key: str = "",
) -> EndpointModel:
    """A model at `url`; each one remembers anew what its endpoint can do."""
    purse = Purse(engine, day, prices)
    _opened.append(Endpoint(url, "stub", key))
    return EndpointModel(engine, _opened[-1], url, purse, deadline, record)


def draft_request(message: str = MESSAGE, **more: Any) -> ModelRequest[DraftText]:
    """A question for a wording."""
    return request_of(
        "draft", DraftText, {"language": "en", "message": message, "kept": "", "their_words": "Hello"}, **more
    )


def request_of(prompt: str, schema: type[BaseModel], inputs: dict[str, str], **more: Any) -> ModelRequest[Any]:
    """A question by the prompt of that name."""
    about: dict[str, Any] = {"purpose": "test", "account_id": "a1", "now": NOW} | more
    return ModelRequest(load(prompt), inputs, schema, **about)
