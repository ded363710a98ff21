"""The timeline of an account: what happened, added through one idempotent door and read in order."""

from memory.timeline.adding import Added, NewActivity, State, add, fingerprint
from memory.timeline.reading import Event, read, read_kinds, texts

__all__ = ["Added", "Event", "NewActivity", "State", "add", "fingerprint", "read", "read_kinds", "texts"]
