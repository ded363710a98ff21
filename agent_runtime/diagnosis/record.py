"""One account as a diagnosis reads it: its view, its ledger, and what the inbox and the outbox know of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_runtime.ledger.book import Book, BreachRow, ExpectationRow, InteractionRow
from agent_runtime.watchtower.view import Deal, View


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as it was put before somebody; `closed_at` None while it stands there."""

    id: str
    interaction_id: str
    expectation_id: str
    opportunity_id: str | None
    delivered_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of a person about an item; who it was is not read."""

    item_id: str
    verb: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """An action that a person decided and that had its effect at `at`."""

    interaction_id: str
    at: datetime


@dataclass(slots=True)
class Record:
    """One account with everything from which a diagnosis follows."""

    view: View
    book: Book
    shown: Sequence[Shown] = ()
    decided: Sequence[Decided] = ()
    done: Sequence[Done] = ()

    def pairs(self) -> list[tuple[InteractionRow, ExpectationRow]]:
        """Every expectation with its interaction, in the order in which the interactions were opened."""
        return [(row, x) for row in self.book.interactions for x in self.book.expectations.get(row.id, ())]

    def breach(self, expectation: ExpectationRow) -> BreachRow | None:
        """Its breach, if one stands."""
        found = self.book.breaches.get(expectation.id)
        return found if found and found.retracted_at is None else None

    def deal_of(self, row: InteractionRow) -> Deal | None:
        """The deal that the interaction is about."""
        return self.view.deals.get(row.opportunity_id or "")
