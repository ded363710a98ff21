"""Half a year of invented deals: what a customer does tells something of how the deal ends, chance does the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from random import Random
from typing import Any

from evals.story import Step

DEALS = 160
WEEKS = 26
HOURS = ("09:10", "10:20", "11:30", "13:40", "14:50", "15:55")
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
LONGEST = 35
"""Working days after which a deal has ended one way or the other."""
LOST = 0.5


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal: its story, how it ended, and the working days (counted from the first Monday) of proposal and end."""

    name: str
    story: list[Step]
    lost: bool
    proposed: int
    ended: int


def deals(seed: int) -> list[Deal]:
    """The deals of one history; the same seed gives the same."""
    chance = Random(seed)
    last = WEEKS * len(WORKDAYS) - 1
    return [_deal(f"ranked-{number}", chance, last) for number in range(1, DEALS + 1)]


def _deal(name: str, chance: Random, last: int) -> Deal:
    """A customer who leaves falls silent first, and the rep closes the deal weeks later; one who stays writes on, some
    seldom. Amounts and the rep's own chasing say nothing."""
    lost = chance.random() < LOST
    proposed = chance.randrange(1, last - 5)
    ended = proposed + chance.randrange(9, LONGEST)
    silent_from = chance.randrange(proposed, ended - 7) if lost else ended
    days = [(proposed - 1, "deal", {"stage": "new", "amount": round(20_000 * exp(chance.gauss(0, 0.7)), -2)})]
    days += [(proposed, "deal", {"stage": "offer"}), (proposed, "mail_out", _PROPOSAL)]
    days += _mails(proposed, silent_from, ended, chance)
    days.append((ended, "deal", {"stage": "lost" if lost else "won"}))
    return Deal(name, list(_told(days, name, last, chance)), lost, proposed, ended)


def _mails(proposed: int, silent_from: int, ended: int, chance: Random) -> list[tuple[int, str, dict[str, Any]]]:
    """Their mails, each customer at a pace of its own, and our thanks; our chases at any time."""
    days: list[tuple[int, str, dict[str, Any]]] = []
    pace, day = chance.uniform(2, 9), float(proposed)
    while (day := day + chance.expovariate(1 / pace) + 1) < silent_from:
        days.append((int(day), "mail_in", {"text": chance.choice(_THEIRS)}))
        days.append((int(day) + 1, "mail_out", {"text": chance.choice(_OURS)}))
    chased = range(proposed + 5, ended, 6)
    days += [(x, "mail_out", {"text": chance.choice(_CHASES)}) for x in chased if chance.random() < 0.4]
    return [x for x in days if x[0] < ended]


def _told(days: list[tuple[int, str, dict[str, Any]]], name: str, last: int, chance: Random) -> Iterator[Step]:
    """The steps in their order, at some hour of their day; what lies beyond the history is not told."""
    hours = {day: sorted(chance.sample(range(len(HOURS)), 4)) for day in sorted({x[0] for x in days})}
    told: dict[int, int] = {}
    for day, what, fields in sorted(days, key=lambda x: x[0]):
        place = told[day] = told.get(day, -1) + 1
        if day <= last and place < 4:
            more = fields | {"opportunity_id": f"{name}:deal"}
            yield [at(day, HOURS[hours[day][place]]), what, more]


def at(day: int, hour: str) -> str:
    """A counted working day as a time of a story."""
    week, place = divmod(day, len(WORKDAYS))
    return f"{WORKDAYS[place]}{week + 1} {hour}"


_PROPOSAL: dict[str, Any] = {
    "event": "proposal_sent", "subject": "Proposal for the cold room",
    "text": "Hello Kim,\n\nHere is our proposal for the cold room in the north hall.\n\nBest regards\nAnna Berg",
}  # fmt: skip
_THEIRS = (
    "Hello Anna,\n\nThank you, we have looked through your papers.\n\nKim",
    "Hello Anna,\n\nOur electrician has been here, the north hall has enough power.\n\nKim",
    "Hello Anna,\n\nMy colleague Lou has read it too and likes the layout.\n\nKim",
)
_OURS = (
    "Hello Kim,\n\nThank you, that helps us.\n\nBest regards\nAnna Berg",
    "Hello Kim,\n\nGood to hear, I have noted it.\n\nBest regards\nAnna Berg",
)
_CHASES = (
    "Hello Kim,\n\nThe drawing of the north hall is in our proposal on page 4.\n\nBest regards\nAnna Berg",
    "Hello Kim,\n\nOur fitters would have room in April.\n\nBest regards\nAnna Berg",
)
