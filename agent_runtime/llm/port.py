"""The port to a language model: a typed question, a validated reply or a plain reason why there is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from agent_runtime.errors import TenureError
from prompts import Prompt

Reply = TypeVar("Reply", bound=BaseModel)


class Reason(StrEnum):
    """Why there is no reply; whoever asked goes on with its deterministic counterpart."""

    DOWN = "down"
    SLOW = "slow"
    MALFORMED = "malformed"
    REFUSED = "refused"
    OVER_BUDGET = "over_budget"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ModelRequest(Generic[Reply]):
    """One question to a model.

    `schema`: what the reply must be, validated here whatever the model says. `account_id`: whose budget pays and in
    whose audit it stands; empty for a question over many accounts. `deadline`: seconds in all, retries included; the
    setting's where it is None.
    """

    prompt: Prompt
    inputs: Mapping[str, str]
    schema: type[Reply]
    purpose: str
    account_id: str
    now: datetime
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class ModelReply(Generic[Reply]):
    """A reply that is what its schema says, and still untrusted: grounding decides what of it may be shown.

    `cost` in millionths of the currency of the prices; `stored`: it was given before to the same request, and cost
    nothing now. `request_hash` names it in the audit.
    """

    value: Reply
    model: str
    prompt_hash: str
    tokens_in: int
    tokens_out: int
    cost: int
    stored: bool
    request_hash: str = ""


@dataclass(frozen=True, slots=True)
class NoReply:
    """There is no reply, and why."""

    reason: Reason


class ModelSilent(TenureError):
    """A stream ended without a whole reply; what was read so far may not be used. `reason` as in NoReply."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"The model gave no whole reply ({reason}).")
        self.reason = reason


class Model(Protocol):
    """A language model. It has no tools: text goes in, a typed value comes out."""

    @property
    def name(self) -> str:
        """The model's name, as the audit has it."""
        ...

    def ask(self, request: ModelRequest[Reply]) -> ModelReply[Reply] | NoReply:
        """The reply within the deadline, else why not; never raises for what the model or the network does.

        Blocks, and writes its own short transactions: never call it inside one.
        """
        ...

    def stream(self, request: ModelRequest[Reply], stop: Callable[[], bool]) -> Iterator[str]:
        """The raw text of the reply piece by piece, until `stop` says so (then it just ends).

        Nothing of it is validated or grounded yet. Raises ModelSilent where the reply does not come to its end.
        """
        ...
