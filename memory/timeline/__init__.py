"""The timeline of an account: what happened, added through one idempotent door and read in order."""

from memory.timeline.adding import Added, NewActivity, State, add, fingerprint, revision_id
from memory.timeline.past import read_as_of
from memory.timeline.reading import BareEvent, Event, heard_since, read, read_bare, read_each, read_kinds, texts

__all__ = [
    "Added",
    "BareEvent",
    "Event",
    "NewActivity",
    "State",
    "add",
    "fingerprint",
    "heard_since",
    "read",
    "read_as_of",
    "read_bare",
    "read_each",
    "read_kinds",
    "revision_id",
    "texts",
]
