"""What could not be seen while something was owed: where sight was missing, no absence is a finding. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.sight import SOURCE_OF, Gap
from agent_runtime.watchtower.view import View

# Work towards a customer is done by mail or on the phone, whatever record was waited for.
_WORK = ("email", "call")
_WORDS = {"email": "mail", "phone": "phone", "messages": "text messages", "calendar": "calendar", "crm": "CRM"}


def unseen(view: View, channels: Sequence[str], since: datetime, until: datetime, owner: str | None) -> list[str]:
    """In words, each source that could have shown the work between `since` and `until`, and could not be seen."""
    asked = tuple(dict.fromkeys((*channels, *_WORK)))
    users = [x for x in dict.fromkeys((owner, *holders(view))) if x]
    found = list(_never(view, owner))
    found += [_gap(view, gap) for gap in view.company.sight.gaps(asked, users, since, until, known=view.now)]
    return list(dict.fromkeys(found))


def _never(view: View, owner: str | None) -> Iterator[str]:
    """Mail and phone that were never connected: of anybody, or of the one who had it."""
    for channel in _WORK:
        source = SOURCE_OF[channel]
        if not view.company.sight.holders(source):
            yield f"{_WORDS[source]}: never connected"
        elif owner in view.company.people and not view.company.sight.reaches(channel, str(owner)):
            yield f"{_WORDS[source]} of {view.company.people[str(owner)].name}: never connected"


def _gap(view: View, gap: Gap) -> str:
    person = view.company.people.get(gap.holder)
    whose = f" of {person.name if person else gap.holder}" if gap.holder else ""
    line = f" {gap.line}" if gap.line else ""
    zone = view.company.calendar.zone
    begins = gap.since.astimezone(zone)
    until = gap.until.astimezone(zone) if gap.until else None
    end = f" to {until.day} {until:%B %Y}" if until else " on"
    return f"{_WORDS.get(gap.source, gap.source)}{line}{whose}: not seen from {begins.day} {begins:%B %Y}{end}"
