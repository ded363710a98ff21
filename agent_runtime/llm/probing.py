"""Tries a configured model once, for real: whether it answers, in which form, and how fast."""

from time import monotonic
from typing import NamedTuple

from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel, ValidationError

from agent_runtime.llm.asking import json_in
from agent_runtime.llm.deadline import within
from agent_runtime.llm.endpoint import Endpoint, Fault
from agent_runtime.llm.models import Rung
from agent_runtime.llm.port import Reason

_TOKENS = 50


class Probed(NamedTuple):
    """What a try gave: the form that serves (None: no usable reply, and `reason` why) and the seconds it took."""

    rung: Rung | None
    reason: Reason | None
    seconds: float


class Pong(BaseModel):
    """What a try asks for."""

    word: str


def probe(endpoint: Endpoint, seconds: float) -> Probed:
    """Asks for one word in the strictest form that is taken; each try has `seconds`."""
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": 'Reply with JSON: {"word": "pong"}.'},
        {"role": "user", "content": "ping"},
    ]
    rung: Rung | None = Rung.JSON_SCHEMA
    reason = Reason.MALFORMED
    while rung is not None:
        begun = monotonic()
        try:
            with within(begun + seconds):
                completion = endpoint.complete(messages, _TOKENS, rung, Pong)
            Pong.model_validate_json(json_in(completion.text))
            return Probed(rung, None, monotonic() - begun)
        except Fault as fault:
            if not fault.form:
                return Probed(None, fault.reason, monotonic() - begun)
            reason = fault.reason
        except ValidationError:
            reason = Reason.MALFORMED
        rung = rung.next
    return Probed(None, reason, monotonic() - begun)
