"""What is done inside the house: a call card, task, brief or hand-over is done when its row is there."""

from datetime import timedelta

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found

KINDS = ("call_card", "task", "reassign", "escalate", "brief")


class Inside:
    """Hands a card or task to its person: the row in the outbox is the effect, and the pages show it."""

    settles_after = timedelta()

    def execute(self, action: ActionRow) -> Confirmed:
        """There is nothing to do outside; so it is done."""
        return Confirmed({"for": action.content.get("user_id")})

    def find(self, action: ActionRow) -> Found:
        """The row is there whenever somebody asks."""
        return Found.THERE
