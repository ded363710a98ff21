"""What the composition root gives to every request: the installation, the clock, and how much may happen at once."""

from asyncio import Semaphore
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.clock import Clock
from agent_runtime.llm import Model
from agent_runtime.playbook import Playbook
from agent_runtime.settings import Settings
from agent_runtime.users.openid import Provider

# Below the connections that an engine gives out, so that no thread ever waits for one while others hold them all.
AT_ONCE = 8
# Questions to the assistant that are worked out at once, beside these.
ASKED_AT_ONCE = 4
# Answers for which a model is waited for at once: threads that only wait, fewer than leave none for the pages.
WORDED_AT_ONCE = 16


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

    def model(self) -> Model | None:
        """The language model that the settings name; None where none is set."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """One running server. `choose_person`: on this machine, one signs in by choosing who one is; for the demo.

    `model`: the language model of the installation, None where none is set; `provider`: where the company's people
    sign in, None where that is here alone.
    """

    premises: Premises
    clock: Clock
    choose_person: bool = False
    model: Model | None = None
    provider: Provider | None = None
    gate: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))
    asking: Semaphore = field(default_factory=lambda: Semaphore(ASKED_AT_ONCE))
    wording: Semaphore = field(default_factory=lambda: Semaphore(WORDED_AT_ONCE))

    @property
    def undo(self) -> timedelta:
        """How long an approval waits before anything happens."""
        return timedelta(seconds=self.premises.playbook.decisions.undo_seconds)
