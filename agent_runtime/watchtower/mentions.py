"""What was said beside the matter, as reading the texts left it in an activity: mentions by kind. Pure."""

from typing import Any

from agent_runtime.watchtower.contact import is_connected
from agent_runtime.watchtower.view import View
from memory.timeline import Event

_TOLD_IN = ("email", "message", "call", "meeting", "form", "note")


def mentions(view: View, kind: str) -> list[tuple[Event, dict[str, Any]]]:
    """Each activity with its first mention of this kind, in order; an automatic mail says nothing."""
    return _mentioned(view).get(kind, [])


def subjects(view: View) -> frozenset[str]:
    """What rules may be asked about: the kinds of the account's activities, `deal`, and a `mention:` of each kind."""
    told = [f"mention:{kind}" for kind in _mentioned(view)]
    return frozenset((*view.by_kind, *told, "deal") if view.deals else (*view.by_kind, *told))


def watched_elsewhere(event: Event) -> bool:
    """What it says is owed as something else already: a question that waits, or a call that nobody took."""
    if event.kind == "call":
        return not is_connected(event)
    return bool(event.data.get("asks")) and event.kind in ("email", "message", "form")


def _mentioned(view: View) -> dict[str, list[tuple[Event, dict[str, Any]]]]:
    if "mentions" not in view.drawn:
        view.drawn["mentions"] = _by_kind(view)
    found: dict[str, list[tuple[Event, dict[str, Any]]]] = view.drawn["mentions"]
    return found


def _by_kind(view: View) -> dict[str, list[tuple[Event, dict[str, Any]]]]:
    found: dict[str, list[tuple[Event, dict[str, Any]]]] = {}
    for event in view.events:
        told = event.data.get("mentions")
        if told and event.kind in _TOLD_IN and not event.data.get("auto"):
            first = {x["kind"]: x for x in reversed(told) if x.get("kind")}
            for kind, mention in first.items():
                found.setdefault(kind, []).append((event, mention))
    return found
