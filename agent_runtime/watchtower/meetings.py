"""Meetings as rules read them: when they are, what became of them, and with whom. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from agent_runtime.watchtower.people import is_executive
from agent_runtime.watchtower.statement import moment
from agent_runtime.watchtower.view import View
from memory.timeline import Event

REVIEW = re.compile(
    r"\b(?:qbrs?|(?:quarterly |yearly |annual |executive )?business reviews?|(?:quarterly|yearly|annual) reviews?|"
    r"quartalsgespräch\w*|jahresgespräch\w*|jahresrückblick\w*)\b",
    re.IGNORECASE,
)
_EXECUTIVE = re.compile(r"\b(?:executive|board|c-level|management|geschäftsführung|vorstand)\b", re.IGNORECASE)
_USUAL_LENGTH = timedelta(hours=1)


class Meeting(NamedTuple):
    """A meeting from `begins` to `ends`; `status` is scheduled, held, no_show or canceled."""

    event: Event
    begins: datetime
    ends: datetime
    status: str

    @property
    def key(self) -> str:
        return f"{self.event.stream}:{self.event.source_id}"

    @property
    def told_after(self) -> bool:
        """Whether what became of it was told when it was over already."""
        return self.event.known_at >= self.ends


def meetings(view: View) -> Iterator[Meeting]:
    """The meetings that have a time, in the order of their records."""
    zone = view.company.calendar.zone
    for event in view.of("meeting"):
        begins = moment(event.data.get("starts_at"), zone)
        if begins:
            ends = moment(event.data.get("ends_at"), zone) or begins + _USUAL_LENGTH
            yield Meeting(event, begins, max(ends, begins), str(event.data.get("status") or "scheduled"))


def is_review(meeting: Meeting) -> bool:
    """A business review, by its title."""
    return bool(REVIEW.search(meeting.event.subject or ""))


def with_executive(view: View, meeting: Meeting) -> bool:
    """One who decides takes part, as the directory has the people, or the title says so."""
    if _EXECUTIVE.search(meeting.event.subject or ""):
        return True
    there = {str(x).lower() for x in meeting.event.data.get("attendees") or ()}
    executives = [x for x in view.contacts if is_executive(x.title)]
    return any(
        x.id == meeting.event.contact_id or there.intersection((x.email or "").lower().split(";")) for x in executives
    )
