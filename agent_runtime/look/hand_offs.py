"""Where the follow-up breaks: at each place where work passes on, how often it did in time, late, or never."""

from collections import Counter
from dataclasses import dataclass

from agent_runtime.look.book import IN_TIME, LATE, OVERDUE, UNSEEN, WAITING, LookBook
from agent_runtime.look.figures import HandOff

# Fewer than this say nothing about a process.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    asks: str
    rules: frozenset[str]


PLACES = (
    _Place("Missed call → callback", "Was the caller called back in time?", frozenset({"missed_call"})),
    _Place("Form or lead → qualification", "Was a new lead contacted in time?", frozenset({"lead_response"})),
    _Place(
        "Estimate or proposal → follow-up",
        "When no answer came, did somebody ask?",
        frozenset({"proposal_response", "estimate_response"}),
    ),
    _Place("No-show → new date", "Was somebody who did not come offered another date?", frozenset({"no_show"})),
    _Place(
        "Meeting → follow-up",
        "Did something of ours follow the meeting?",
        frozenset({"meeting_follow_up", "qbr_follow_up"}),
    ),
    _Place("Question → answer", "Was the customer's question answered in time?", frozenset({"answer_owed"})),
    _Place(
        "Promise → kept",
        "Was what we said we would do done by then?",
        frozenset({"promise_due", "callback_promised", "follow_up_said"}),
    ),
)


def hand_offs(book: LookBook) -> list[HandOff]:
    """All places in a fixed order, also those that this export says nothing about."""
    counts: dict[str, Counter[str]] = {place.name: Counter() for place in PLACES}
    by_rule = {rule: place.name for place in PLACES for rule in place.rules}
    for rows in book.expected.values():
        for row in rows:
            if place := by_rule.get(row.rule):
                counts[place][book.standing(row)] += 1
    return [_hand_off(place, counts[place.name]) for place in PLACES]


def _hand_off(place: _Place, count: Counter[str]) -> HandOff:
    judged = count[IN_TIME] + count[LATE] + count[OVERDUE]
    return HandOff(
        name=place.name,
        asks=place.asks,
        in_time=count[IN_TIME],
        late=count[LATE],
        never=count[OVERDUE],
        cannot_tell=count[UNSEEN],
        not_due=count[WAITING],
        gap=(count[LATE] + count[OVERDUE]) / judged if judged >= FEWEST else None,
    )
