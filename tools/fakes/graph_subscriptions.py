"""Subscriptions of Microsoft Graph's stand-in: an address is tried before it is taken, and none lasts for ever."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

from tools.fakes.graph_shapes import Stored, error
from tools.fakes.wire import Answered

_LONGEST = timedelta(minutes=10_080)
# A token with what an address must give back unchanged.
_TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 1/2"


@dataclass(slots=True)
class GraphSubscriptions:
    """`reached`: what an address answers to its trial (its whole URL), None where nobody is asked."""

    now: Callable[[], datetime]
    held: dict[str, Stored] = field(default_factory=dict)
    reached: Callable[[str], str] | None = None
    _ids: Any = field(default_factory=lambda: count(1))

    def answer(self, method: str, parts: Sequence[str], body: Mapping[str, Any]) -> Answered:
        """Makes, prolongs or ends one."""
        if parts and (parts[0] not in self.held or self._is_over(parts[0])):
            return error(404, "ResourceNotFound")
        if method == "DELETE":
            del self.held[parts[0]]
            return Answered(204)
        until = datetime.fromisoformat(body["expirationDateTime"])
        if not self.now() < until <= self.now() + _LONGEST:
            return error(400, "ExtensionError")
        if method == "PATCH":
            self.held[parts[0]] |= dict(body)
            return Answered(200, self._shown(parts[0]))
        if not self._answers(body["notificationUrl"]) or not self._answers(body.get("lifecycleNotificationUrl", "")):
            return error(400, "ValidationError")
        key = f"sub-{next(self._ids)}"
        self.held[key] = dict(body) | {"id": key}
        return Answered(201, self._shown(key))

    def _answers(self, address: str) -> bool:
        if not address or self.reached is None:
            return True
        return address.startswith("https://") and self.reached(f"{address}?validationToken={quote(_TOKEN)}") == _TOKEN

    def _is_over(self, key: str) -> bool:
        return self.now() >= datetime.fromisoformat(self.held[key]["expirationDateTime"])

    def _shown(self, key: str) -> Stored:
        """What the vendor tells of one; the secret word is not among it."""
        return {name: value for name, value in self.held[key].items() if name != "clientState"}
