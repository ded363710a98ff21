"""What is known of one account when a text about it is prepared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent_runtime.inbox.policy import Trouble
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.view import View
from memory.people import ContactRow

Texts = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database gives for one account: its view, its people, texts on demand, the last mail to each."""

    view: View
    contacts: dict[str, ContactRow]
    texts: Texts
    troubles: tuple[Trouble, ...] = ()
    previous: dict[str, tuple[str, str]] | None = None

    @property
    def company(self) -> Company:
        return self.view.company
