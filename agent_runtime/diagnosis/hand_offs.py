"""Where the follow-up breaks: every transition, and whether it was taken up in its window. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent_runtime.diagnosis.figures import LEAST
from agent_runtime.diagnosis.record import Record
from agent_runtime.ledger.book import ExpectationRow

State = Literal["in_time", "late", "never", "overdue", "waiting", "unseen"]
# From what to what a customer is handed on, by the rule that watches over it.
TRANSITIONS = {
    "lead_response": "new lead to first contact",
    "missed_call": "missed call to callback",
    "answer_owed": "question to answer",
    "promise_due": "promise to delivery",
    "proposal_response": "proposal to answer",
    "estimate_response": "estimate to answer",
    "meeting_follow_up": "meeting to follow-up",
    "qbr_follow_up": "business review to follow-up",
    "no_show": "no-show to new date",
    "sequence_ended": "sequence to next step",
    "hand_over": "old owner to new owner",
}


@dataclass(frozen=True, slots=True)
class HandOff:
    """One kind of transition: how many were settled, and how; `gap`: the share that was not taken up in its window."""

    rule: str
    words: str
    in_time: int
    late: int
    never: int
    overdue: int
    waiting: int
    unseen: int

    @property
    def gap(self) -> float | None:
        """Between 0 and 1; None for a sample too small to divide. What could not be seen counts on neither side."""
        missed = self.late + self.never + self.overdue
        return missed / (missed + self.in_time) if missed + self.in_time >= LEAST else None


def passed_on(record: Record) -> list[tuple[str, State]]:
    """Each transition of the account with how it went; what was not needed any more in time is none."""
    found = []
    for _, expectation in record.pairs():
        state = _state(record, expectation) if expectation.rule in TRANSITIONS else None
        if state:
            found.append((expectation.rule, state))
    return found


def hand_offs(every: Iterable[tuple[str, State]]) -> list[HandOff]:
    """By kind of transition, in the order of TRANSITIONS; those that never occurred are left out."""
    counted = Counter(every)
    found = []
    for rule, words in TRANSITIONS.items():
        if any(name == rule for name, _ in counted):
            states: tuple[State, ...] = ("in_time", "late", "never", "overdue", "waiting", "unseen")
            found.append(HandOff(rule, words, *(counted[rule, state] for state in states)))
    return found


def _state(record: Record, expectation: ExpectationRow) -> State | None:
    breached = record.breach(expectation) is not None
    if expectation.state == "met":
        return "late" if breached else "in_time"
    if expectation.state == "dropped":
        return "never" if breached else None
    if expectation.state == "breached":
        return "overdue"
    return "unseen" if expectation.state == "unverified" else "waiting"
