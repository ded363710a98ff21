"""The commitments of an account in both directions: who promised what to whom by when, and what became of it. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from memory.timeline import Event

_CALL = re.compile(r"\b(?:call|ring|phone|anrufen|rufe|telefon\w*)\b", re.IGNORECASE)
_CONTENT = re.compile(r"[^\W\d_]{5,}")
# Words of nearly every promise: that two texts share one of them says nothing.
_EMPTY = frozenset(
    (
        "would", "could", "about", "there", "their", "these", "those", "monday", "tuesday", "wednesday", "thursday",
        "friday", "tomorrow", "until", "before", "after", "please", "thanks", "regards", "montag", "dienstag",
        "mittwoch", "donnerstag", "freitag", "morgen", "ihnen", "werden", "werde", "schicken", "senden",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise. `by` is ours or theirs; `contact_id` the customer's person, `user_id` ours, where known.

    `source_ids`: the records that show the promise and, once it is kept, its keeping. Times are aware UTC.
    """

    by: Literal["ours", "theirs"]
    what: str
    said_at: datetime
    due_at: datetime
    contact_id: str | None
    user_id: str | None
    source_ids: tuple[str, ...]
    kept_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether it is owed and its time has passed."""
        return self.kept_at is None and self.due_at < now


def theirs(events: Iterable[Event], texts: Mapping[str, str]) -> list[Commitment]:
    """What the customer promised us, in order; `texts` by activity id. Kept by what came from them afterwards."""
    ordered = list(events)
    return [
        _commitment(event, promise, ordered, texts)
        for event in ordered
        for promise in event.data.get("their_promises") or ()
    ]


def _commitment(
    event: Event, promise: Mapping[str, Any], events: Iterable[Event], texts: Mapping[str, str]
) -> Commitment:
    kept = next((x for x in events if _keeps(x, event, promise, texts)), None)
    return Commitment(
        by="theirs",
        what=str(promise.get("what") or promise.get("quote") or ""),
        said_at=event.occurred_at,
        due_at=datetime.fromisoformat(promise["due_at"]),
        contact_id=event.contact_id,
        user_id=event.user_id,
        source_ids=(event.source_id, kept.source_id) if kept else (event.source_id,),
        kept_at=kept.occurred_at if kept else None,
    )


def _keeps(later: Event, event: Event, promise: Mapping[str, Any], texts: Mapping[str, str]) -> bool:
    """A call keeps the promise of a call; a document, or words about the same thing, keep the others."""
    if later.occurred_at <= event.occurred_at or later.data.get("auto") or later.data.get("holding"):
        return False
    if event.contact_id and later.contact_id not in (None, event.contact_id):
        return False
    what = str(promise.get("quote") or promise.get("what") or "")
    talked = later.kind == "call" and bool(later.data.get("talk_s"))
    if _CALL.search(what):
        return talked or (later.kind == "meeting" and later.data.get("status") == "held")
    if later.direction != "inbound" or later.kind not in ("email", "message", "form"):
        return False
    if later.data.get("attachments"):
        return True
    promised_again = bool(later.data.get("their_promises"))
    said = f"{later.subject or ''} {texts.get(later.id, '')}"
    return not promised_again and bool(_words(what) & _words(said))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _CONTENT.findall(text)} - _EMPTY
