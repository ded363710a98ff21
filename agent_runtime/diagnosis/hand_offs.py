"""Where the follow-up breaks: at each place where work passes on, how often it did in time, late, or never. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent_runtime.diagnosis.figures import LEAST
from agent_runtime.diagnosis.record import Record
from agent_runtime.ledger.models import Waiting

State = Literal["in_time", "late", "never", "overdue", "waiting", "unseen"]


@dataclass(frozen=True, slots=True)
class Place:
    """From what to what a customer is handed on, what is asked there, and the rules that watch over it."""

    words: str
    asks: str
    rules: frozenset[str]


PLACES = (
    Place("Missed call → callback", "Was the caller called back in time?", frozenset({"missed_call"})),
    Place("New lead → first contact", "Was a new lead contacted in time?", frozenset({"lead_response"})),
    Place(
        "Estimate or proposal → follow-up",
        "When no answer came, did somebody ask?",
        frozenset({"proposal_response", "estimate_response"}),
    ),
    Place("No-show → new date", "Was somebody who did not come offered another date?", frozenset({"no_show"})),
    Place(
        "Meeting → follow-up",
        "Did something of ours follow the meeting?",
        frozenset({"meeting_follow_up", "qbr_follow_up"}),
    ),
    Place("Question → answer", "Was the customer's question answered in time?", frozenset({"answer_owed"})),
    Place(
        "Promise → kept",
        "Was what we said we would do done by then?",
        frozenset({"promise_due", "callback_promised", "follow_up_said"}),
    ),
    Place("Mail sequence → next step", "When a sequence ended in silence, did another step follow?",
          frozenset({"sequence_ended"})),
    Place("Old owner → new owner", "Did the new owner take the customer up?", frozenset({"hand_over"})),
)  # fmt: skip
_PLACE_OF = {rule: place for place in PLACES for rule in place.rules}


@dataclass(frozen=True, slots=True)
class HandOff:
    """One place: how many were settled, and how; `overdue` may still come, `waiting` is not due yet.

    `gap`: the share that was not taken up in its window, between 0 and 1; None for a sample too small to divide. What
    could not be seen counts on neither side.
    """

    words: str
    asks: str
    in_time: int
    late: int
    never: int
    overdue: int
    waiting: int
    unseen: int
    gap: float | None

    @property
    def judged(self) -> int:
        """How many were due and could be seen."""
        return self.in_time + self.late + self.never + self.overdue


def state_of(state: str, *, was_late: bool) -> State | None:
    """How the transition behind an expectation went; None where it was not needed any more in time."""
    if state == Waiting.MET:
        return "late" if was_late else "in_time"
    if state == Waiting.DROPPED:
        return "never" if was_late else None
    if state == Waiting.BREACHED:
        return "overdue"
    return "unseen" if state == Waiting.UNVERIFIED else "waiting"


def passed_on(record: Record) -> list[tuple[str, State]]:
    """Each transition of the account, by its rule, with how it went."""
    found = []
    for _, expectation in record.pairs():
        if expectation.rule in _PLACE_OF:
            state = state_of(expectation.state, was_late=record.breach(expectation) is not None)
            if state:
                found.append((expectation.rule, state))
    return found


def hand_offs(every: Iterable[tuple[str, State]]) -> list[HandOff]:
    """By place, in the order of PLACES; what no place has is left out, and so are places that never occurred."""
    counts: dict[str, Counter[State]] = {}
    for rule, state in every:
        if place := _PLACE_OF.get(rule):
            counts.setdefault(place.words, Counter())[state] += 1
    return [_hand_off(place, counts[place.words]) for place in PLACES if place.words in counts]


def _hand_off(place: Place, count: Counter[State]) -> HandOff:
    missed = count["late"] + count["never"] + count["overdue"]
    judged = missed + count["in_time"]
    return HandOff(
        words=place.words,
        asks=place.asks,
        in_time=count["in_time"],
        late=count["late"],
        never=count["never"],
        overdue=count["overdue"],
        waiting=count["waiting"],
        unseen=count["unseen"],
        gap=missed / judged if judged >= LEAST else None,
    )
