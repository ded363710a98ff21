"""The embedder with which questions are understood: at hand once it is loaded, so that no question waits for it."""

from threading import Lock, Thread

from agent_runtime.assistant.kinds import kind_of
from agent_runtime.embedding import embedder_of
from agent_runtime.settings import Settings
from memory.embed import Embedder

_lock = Lock()
_loading: set[str] = set()
_at_hand: dict[str, Embedder] = {}


def at_hand(settings: Settings) -> Embedder | None:
    """The local embedder of this process; None until it is loaded, which the first question begins.

    None where it is switched off, too, and where a service embeds: nobody waits for a network to be understood.
    """
    if settings.embedder_url or settings.embedder == "none":
        return None
    with _lock:
        if settings.embedder not in _loading:
            _loading.add(settings.embedder)
            Thread(target=_load, args=(settings,), name="tenure-meaning").start()
    return _at_hand.get(settings.embedder)


def _load(settings: Settings) -> None:
    """Embeds one question; after that an embedder is quick."""
    chosen = embedder_of(settings)
    if chosen is None:
        return
    kind_of("Is everything ready?", "account", chosen.embedder)
    _at_hand[settings.embedder] = chosen.embedder
