"""Which trouble becomes an item, in what order, and when an item has had its day. Pure."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent_runtime.actions.policy import OUTWARD
from agent_runtime.ledger.book import Book, ExpectationRow, InteractionRow

# The same trouble of one deal is not shown again sooner than this where attention is budgeted.
REPEAT_AFTER = timedelta(days=7)
# A hold on this step of an expectation is a hold on all of its steps.
ANY_STEP = -2
# What a person asked for stands before them while it is not yet due, too.
ASKED_FOR = "asked_for"
_CLASSIFIED = {
    "act": "delay",
    "remind": "delay",
    "other_channel": "delay",
    "reassign": "breakdown",
    "manager": "breakdown",
    "ask_outcome": "disqualification",
}


@dataclass(slots=True)
class ItemRow:
    """One row of tenure_item."""

    id: str
    account_id: str
    interaction_id: str
    expectation_id: str
    opportunity_id: str | None
    signal: str
    classification: str
    step: int
    verified: bool
    state: str
    delivered_at: datetime
    owner_id: str
    due_at: datetime
    priority: float
    risk: float
    value_at_stake: dict[str, Any]
    action: dict[str, Any]
    draft_version: int
    content_hash: str
    evidence: list[Any]
    why: list[Any]
    beside: dict[str, Any] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    made_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_for: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None

    @property
    def matter(self) -> str:
        """What the item is about: the deal, or the interaction where there is none."""
        return self.opportunity_id or self.interaction_id


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an item may be about: an owed expectation, its interaction, and what else of the same matter is owed."""

    interaction: InteractionRow
    expectation: ExpectationRow
    others: tuple[ExpectationRow, ...]
    do: str
    classification: str

    @property
    def matter(self) -> str:
        """One item at a time is about a matter: the deal, or the interaction where there is none."""
        return self.interaction.opportunity_id or self.interaction.id


def troubles(
    book: Book, do_of: Mapping[str, str], severity: Callable[[str], float], chances: Set[str] = frozenset()
) -> list[Trouble]:
    """One trouble for each matter with something breached or unseen; `do_of`: ladder step by expectation.

    `chances`: the rules whose finding is good news, for as long as its owner can still use it.

    The most severe leads, seen before unseen; the others stand beside it.
    """
    owed: dict[str, list[tuple[InteractionRow, ExpectationRow]]] = {}
    for interaction in book.interactions:
        if interaction.state == "open":
            for expectation in book.expectations.get(interaction.id, ()):
                if expectation.state in ("breached", "unverified"):
                    owed.setdefault(interaction.opportunity_id or interaction.id, []).append((interaction, expectation))
    found = []
    for pairs in owed.values():
        pairs.sort(key=lambda x: (x[1].state != "breached", -severity(x[1].rule), x[1].due_at, x[1].id))
        (interaction, expectation), others = pairs[0], tuple(x for _, x in pairs[1:])
        do = do_of.get(expectation.id, "act")
        classification = classify(do)
        if classification == "delay" and expectation.rule in chances:
            classification = "opportunity"
        found.append(Trouble(interaction, expectation, others, do, classification))
    return found


def classify(do: str) -> str:
    """Delay while it can be made good by the owner, breakdown when others must act, then the question of an end."""
    return _CLASSIFIED[do]


def closing(item: ItemRow, book: Book, heard: bool) -> tuple[str, str] | None:
    """Whether an item that waits for a person has had its day: (state, reason), or None while it stands.

    `heard`: the customer turned to us since it was written, or what a brief rests on changed. What is renewed is
    prepared anew by the next run.
    """
    if not item.interaction_id:
        return None  # about no single interaction: a batch, decided as such
    interaction = next((x for x in book.interactions if x.id == item.interaction_id), None)
    if interaction is None or interaction.state == "ended":
        outcome = interaction.outcome if interaction else "gone"
        return "cleared", f"the interaction ended: {outcome}"
    expectation = next((x for x in book.expectations[interaction.id] if x.id == item.expectation_id), None)
    if item.signal == ASKED_FOR and expectation is not None and expectation.state == "waiting":
        return None
    if expectation is None or expectation.state not in ("breached", "unverified"):
        return "cleared", f"what was missing is there: {expectation.state if expectation else 'gone'}"
    if heard and (item.snoozed_for == "reply" or item.action["kind"] in OUTWARD):
        return "renewed", "the customer was heard from since it was written"
    if heard and item.action["kind"] == "brief" and item.state == "open":
        return "renewed", "what is known changed since it was prepared"
    if item.state == "open" and item.snoozed_until:
        return "renewed", "it was put off until now"
    if item.state == "open" and expectation.step > item.step:
        return "expired", "nobody decided; the next recovery step has come"
    return None
