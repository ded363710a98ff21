"""The model port: asks an OpenAI-compatible endpoint within budgets and a deadline, or says why there is no reply."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from agent_runtime.llm.models import ModelCall
from agent_runtime.llm.port import Model, ModelReply, ModelRequest, ModelSilent, NoReply, Reason
from agent_runtime.settings import Settings

__all__ = ["Model", "ModelCall", "ModelReply", "ModelRequest", "ModelSilent", "NoReply", "Reason", "open_model"]


def open_model(settings: Settings, engine: Engine, record: Callable[[Connection, ModelCall], None]) -> Model | None:
    """The model of this installation; None where none is set, and then everything is deterministic.

    `record` tells the audit of each call, in the transaction that keeps it; Installation.model gives it. Raises
    BadSetting where the model is only half described, or its key is not where it should be.
    """
    if not settings.model_url:
        return None
    # The client takes half a second to import, and most installations have no model.
    from agent_runtime.llm.opening import opened

    return opened(settings, engine, record)
