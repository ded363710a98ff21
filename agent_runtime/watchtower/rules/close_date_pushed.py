"""The close date moved back: somebody has to hear from the customer why."""

from collections.abc import Iterator
from datetime import date, datetime

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.contact import first_contact_after
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.view import Deal, View

RULE = "close_date_pushed"


def state(view: View) -> Iterator[Inside]:
    """For each push of an open deal: the customer is spoken to within the window."""
    for deal in view.deals.values():
        for at, activity_id in _pushes(deal):
            life = deal.life_at(at)
            if life is None:
                continue
            contact = first_contact_after(deal.events, at)
            expected = Expected(
                key=f"{RULE}:{activity_id}",
                rule=RULE,
                action="confirm_the_new_date",
                opened_at=at,
                due_at=view.company.window(RULE, at, view.account.segment),
                channels=("email", "call"),
                evidence=(activity_id,),
                met_at=contact.occurred_at if contact else None,
                met_by=contact.id if contact else None,
            )
            yield Inside(KIND, deal.key(life), expected)


def _pushes(deal: Deal) -> Iterator[tuple[datetime, str]]:
    before: date | None = None
    for at, text, activity_id in deal.close_dates:
        now = date.fromisoformat(text[:10])
        if before is not None and now > before:
            yield at, activity_id
        before = now
