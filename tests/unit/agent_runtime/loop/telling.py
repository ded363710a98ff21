"""A customer's story told as events, and what the loop knows of it, for the tests of gathering and of the graph."""

from collections.abc import Sequence

from agent_runtime.inbox.policy import Trouble
from agent_runtime.loop.known import Known
from agent_runtime.loop.run import Evaluated, open_troubles
from memory.people import ContactRow
from tests.unit.agent_runtime.watchtower.story import CUSTOMER, Story, company

KIM = ContactRow(CUSTOMER, "Kim Sorel", "", "", "kim@acme.example", "+49301234567", None, "en", "active", None)
COMPANY = company()


def known_of(story: Story, now: str, texts: dict[str, str] | None = None, contact: ContactRow = KIM) -> Known:
    """What the loop knows at `now`; `texts` by activity id."""
    found = Evaluated(story.view(now), story.ledger(now), seq=0)
    told = texts or {}

    def wanted(ids: Sequence[str]) -> dict[str, str]:
        return {x: told[x] for x in ids if x in told}

    return Known(found.view, {contact.id: contact}, wanted, tuple(open_troubles(found)))


def trouble_of(known: Known, rule: str) -> Trouble:
    """The one trouble that this rule leads."""
    [found] = [x for x in known.troubles if x.expectation.rule == rule]
    return found
