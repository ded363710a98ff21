"""A business review took place and its follow-up never went out."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.meetings import is_review
from agent_runtime.watchtower.rules.meeting_follow_up import KIND, follow_ups
from agent_runtime.watchtower.statement import Duty
from agent_runtime.watchtower.view import View

RULE = "qbr_follow_up"
_DUTY = Duty(RULE, KIND, "send_the_review_follow_up", "the follow-up of the review went out")


def state(view: View) -> Iterator[Begun]:
    """One interaction a business review, as for other meetings, with a window of its own."""
    return follow_ups(view, _DUTY, is_review)
