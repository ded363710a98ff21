"""What a decision must know of the company: who works there, and what its playbook allows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from agent_runtime.calendars import Window
from agent_runtime.playbook import Playbook


class House(Protocol):
    """The company as decisions ask for it; the watchtower's Company is one."""

    @property
    def playbook(self) -> Playbook: ...

    @property
    def people(self) -> Mapping[str, Any]: ...

    def due(self, window: Window, start: datetime) -> datetime:
        """When `window` that begins at `start` is over."""
        ...

    def has_left(self, user_id: str, now: datetime) -> bool:
        """Whether the user is one of ours no more."""
        ...
