"""The account's activities as the call logic reads them: legs and messages."""

from agent_runtime.calls.activities import legs_of as legs
from agent_runtime.calls.activities import messages_of as messages

__all__ = ["legs", "messages"]
