"""Opens the model that the settings name, or none."""

from hashlib import sha256
from threading import Lock

from sqlalchemy import Engine

from agent_runtime.errors import BadSetting
from agent_runtime.llm.asking import EndpointModel, Record
from agent_runtime.llm.budget import Amount, Prices
from agent_runtime.llm.endpoint import Endpoint
from agent_runtime.llm.purse import Purse
from agent_runtime.references import secret_in
from agent_runtime.settings import Settings

_MILLION = 1_000_000
_lock = Lock()
_open: dict[tuple[str, str, str], Endpoint] = {}


def endpoint_of(settings: Settings) -> Endpoint:
    """The endpoint that the settings name, one for the process.

    Raises BadSetting where it is only half described, or its key is not where the reference says.
    """
    if not settings.model_name:
        raise BadSetting("model_url is set, but not model_name.", fix="Set both, or none.")
    named = (settings.model_url, settings.model_name, settings.model_key)
    with _lock:
        if named not in _open:
            url, model, key = named
            _open[named] = Endpoint(
                url, model, secret_in(key, "The key of the model").get_secret_value() if key else ""
            )
        return _open[named]


def close_endpoints() -> None:
    """Closes the connections of all endpoints; the next question opens them anew."""
    with _lock:
        while _open:
            _open.popitem()[1].close()


def opened(settings: Settings, engine: Engine, record: Record) -> EndpointModel:
    """The model that the settings name, with its budgets; raises BadSetting as `endpoint_of` does."""
    day = Amount(
        settings.model_tokens_per_day,
        round(settings.model_cost_per_day * _MILLION),
        settings.model_seconds_per_day * 1000,
    )
    purse = Purse(engine, day, Prices(settings.model_price_in, settings.model_price_out))
    key = sha256(f"{settings.model_url}\n{settings.model_name}".encode()).hexdigest()
    return EndpointModel(engine, endpoint_of(settings), key, purse, settings.model_deadline, record)
