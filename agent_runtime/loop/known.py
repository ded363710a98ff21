"""What is known of one account when a text about it is prepared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_runtime.actions.senders import Profile
from agent_runtime.inbox.policy import Trouble
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.view import View
from memory.people import ContactRow

Texts = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database gives for one account: its view, its people, texts on demand, the last mail to each.

    `sender`: the owner's sender profile; None where nothing can be sent in their name yet. `answered`: the topics of
    discovery (budget, seats, start, current_tool, decides) on which the customer has spoken already. `busy`: when
    the owner has meetings, where times are to be offered.
    """

    view: View
    contacts: dict[str, ContactRow]
    texts: Texts
    troubles: tuple[Trouble, ...] = ()
    previous: dict[str, tuple[str, str]] | None = None
    sender: Profile | None = None
    answered: frozenset[str] = frozenset()
    busy: Sequence[tuple[datetime, datetime]] = ()

    @property
    def company(self) -> Company:
        return self.view.company
