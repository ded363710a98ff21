"""How far a brief can see: which mailboxes and lines were never connected, and until when the others reach."""

from collections.abc import Iterator
from datetime import datetime

from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.view import View
from memory.brief import Sighting

_SOURCES = {"email": ("mail", "mailbox", "email"), "phone": ("call", "line", "call")}


def sightings(view: View) -> list[Sighting]:
    """One sentence for each source that shows contact with the account, and for each of ours whom it cannot show."""
    return [one for source in _SOURCES for one in _of_source(view, source)]


def _of_source(view: View, source: str) -> Iterator[Sighting]:
    what, place, kind = _SOURCES[source]
    sight, seen = view.company.sight, view.of(kind)
    last = f", the last on {_at(view, seen[-1].occurred_at)}" if seen else ""
    shown = f"{len(seen)} {what}{'' if len(seen) == 1 else 's'} seen{last}"
    cited = (seen[-1].source_id,) if seen else (f"coverage:{source}",)
    connected = sight.holders(source)
    if not connected:
        never = f"no {place} was ever connected" if not seen else f"nothing says how far the {what}s reach"
        yield Sighting(f"{shown[0].upper()}{shown[1:]}; {never}.", cited)
        return
    if "" in connected:
        until = sight.visible_until(source, "", view.now)
        reach = f"seen until {_at(view, until)}" if until else "not seen yet"
        yield Sighting(f"{shown[0].upper()}{shown[1:]}; {what}s are {reach}.", (*cited, f"coverage:{source}"))
        return
    yield Sighting(f"{shown[0].upper()}{shown[1:]}.", cited)
    for user in holders(view):
        name = view.company.people[user].name if user in view.company.people else user
        until = sight.visible_until(source, user, view.now)
        if until is None and source == "email":
            yield Sighting(f"No mail of {name} seen: the mailbox was never connected.", (f"coverage:{source}:{user}",))
        elif until is not None and until < view.now:
            text = f"The {place} of {name} is seen until {_at(view, until)}, not since."
            yield Sighting(text, (f"coverage:{source}:{user}",))


def _at(view: View, moment: datetime) -> str:
    local = moment.astimezone(view.company.calendar.zone)
    return f"{local.day} {local:%b %Y}"
