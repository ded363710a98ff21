"""What is read off a path at one moment, and how it is set against the company's own usual times."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from agent_runtime.watchtower.risk.path import SECONDS_A_DAY, Path

Matrix = NDArray[np.float64]

LOST_OF_NOT_WON = 2 / 3
"""The share of what is not won that is lost and not disqualified, as long as nothing is known."""
CHANCE_WITHOUT_A_WORD = 0.5
"""The chance to win where the company states none for a stage."""
RESPONSE_DAYS = 7.0
"""The usual time to an answer as long as nothing is known; it weighs as much as so many answers:"""
RESPONSE_DAYS_WEIGH = 10


class Reading(NamedTuple):
    """One opportunity at one moment: flags 0 or 1, times in days, `stage_odds` a logarithm, money as it came.

    `asked` says whether we ever asked for anything that can be seen; where we did not (a company that shows
    only its CRM), `turn_days` counts from the last change of stage, as if the next move were the customer's.
    `response_days` is the time from our first ask to their first answer, 0 while there is none.
    """

    asked: float
    answered: float
    theirs: float
    turn_days: float
    people: float
    stage_odds: float
    response_days: float
    amount: float


class Usual(NamedTuple):
    """The company's own measures: the median time to an answer in days, and the median amount."""

    response_days: float = RESPONSE_DAYS
    amount: float = 1.0

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Self:
        """Learned from the last reading of each opportunity; few answers stay near the prior time."""
        delays = [reading.response_days for reading in readings if reading.response_days > 0]
        amounts = [reading.amount for reading in readings if reading.amount > 0]
        return cls(_median_days(delays), float(np.median(amounts)) if amounts else 1.0)


def _median_days(delays: Sequence[float]) -> float:
    if not delays:
        return RESPONSE_DAYS
    own, known = math.log(float(np.median(delays))), len(delays)
    weighed = own * known + math.log(RESPONSE_DAYS) * RESPONSE_DAYS_WEIGH
    # Where answers come within the hour, a silence of some hours is still no sign of a loss.
    return max(1.0, math.exp(weighed / (known + RESPONSE_DAYS_WEIGH)))


def read(path: Path, at: float, chances: Mapping[str, float]) -> Reading:
    """The reading of `path` at `at` (Unix seconds); `chances` gives each stage's chance to be won, 0 to 1."""
    answered = path.answered_at is not None
    asked, reply = path.asked_at or at, path.answered_at or 0.0
    unseen = path.turn_at is None
    return Reading(
        asked=float(path.asked_at is not None),
        answered=float(answered),
        theirs=float(path.theirs or unseen),
        turn_days=_days(path.moved_at if unseen else path.turn_at, at),
        people=float(max(1, len(path.people))),
        stage_odds=stage_odds(chances.get(path.stage or "", CHANCE_WITHOUT_A_WORD)),
        response_days=_days(asked, reply) if answered else 0.0,
        amount=path.amount,
    )


def _days(since: float | None, at: float) -> float:
    return 0.0 if since is None else max(0.0, at - since) / SECONDS_A_DAY


def stage_odds(chance: float) -> float:
    """Log odds that an opportunity is lost, given the chance (0 to 1) to win it that its stage states."""
    lost = min(0.95, max(0.05, (1 - chance) * LOST_OF_NOT_WON))
    return math.log(lost / (1 - lost))


FACTORS = ("stage", "answered", "silence", "beyond_usual", "silence_after_answer", "our_turn", "people")


def features(readings: Sequence[Reading], usual: Usual) -> Matrix:
    """One row for each reading, one column for each of `FACTORS`.

    Silence before the first answer is measured as the logarithm of the usual time, and is 0 at that time:
    shorter speaks for the opportunity, longer against it, and what lies beyond counts once more.
    """
    if not readings:
        return np.empty((0, len(FACTORS)))
    _, answered, theirs, turn, people, stage, _, _ = np.asarray(readings, dtype=np.float64).T
    waiting = np.log1p(turn / usual.response_days) * theirs
    unanswered = (1 - answered) * (waiting - math.log(2) * theirs)
    beyond = np.maximum(0.0, unanswered)
    our_turn = answered * (1 - theirs)
    columns = (stage, answered, unanswered, beyond, answered * waiting, our_turn, np.log(people))
    return np.column_stack(columns)


def words(factor: str, reading: Reading, usual: Usual) -> str:
    """The factor in plain words, as it stands for this reading."""
    said = {
        "stage": _stage,
        "answered": _answered,
        "silence": _silence,
        "beyond_usual": _beyond_usual,
        "silence_after_answer": _after_answer,
        "our_turn": _our_turn,
        "people": _people,
    }
    return said[factor](reading, usual)


def _stage(reading: Reading, usual: Usual) -> str:
    return f"its stage alone would say {1 / (1 + math.exp(-reading.stage_odds)):.0%} lost"


def _answered(reading: Reading, usual: Usual) -> str:
    return "the customer has answered" if reading.answered else "no answer to what we asked so far"


def _silence(reading: Reading, usual: Usual) -> str:
    if not reading.theirs or reading.answered:
        return "no first answer is outstanding"
    days = _count(reading.turn_days, "day")
    return f"no answer for {days}" if reading.asked else f"nothing has moved for {days}"


def _beyond_usual(reading: Reading, usual: Usual) -> str:
    late = reading.theirs and not reading.answered and reading.turn_days > usual.response_days
    side = "longer than" if late else "within"
    return f"{side} the usual {_count(usual.response_days, 'day')} to an answer"


def _after_answer(reading: Reading, usual: Usual) -> str:
    if not (reading.answered and reading.theirs):
        return "we are not waiting after an answer"
    return f"they answered once; we have waited {_count(reading.turn_days, 'day')} for what comes next"


def _our_turn(reading: Reading, usual: Usual) -> str:
    return "they answered and it is our turn" if reading.answered and not reading.theirs else "it is their turn"


def _people(reading: Reading, usual: Usual) -> str:
    return f"{_count(reading.people, 'person', 'people')} of ours at work on it"


def _count(number: float, one: str, many: str = "days") -> str:
    return f"{number:.0f} {one if round(number) == 1 else many}"
