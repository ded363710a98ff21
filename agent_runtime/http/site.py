"""What the composition root gives to every request: the installation, the clock, and how much may happen at once."""

from asyncio import Semaphore
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.clock import Clock
from agent_runtime.playbook import Playbook
from agent_runtime.settings import Settings

# Below the connections that an engine gives out, so that no thread ever waits for one while others hold them all.
AT_ONCE = 8


class Premises(Protocol):
    """An opened installation, as far as requests need it."""

    @property
    def engine(self) -> Engine: ...

    @property
    def install_key(self) -> SecretStr: ...

    @property
    def playbook(self) -> Playbook: ...

    @property
    def settings(self) -> Settings: ...

    def company(self, connection: Connection, now: datetime) -> Any:
        """The company with who is who at present."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """One running server."""

    premises: Premises
    clock: Clock
    gate: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))

    @property
    def undo(self) -> timedelta:
        """How long an approval waits before anything happens."""
        return timedelta(seconds=self.premises.playbook.decisions.undo_seconds)
