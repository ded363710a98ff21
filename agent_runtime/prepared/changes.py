"""Lines about what happened since a moment: stages, dates, people, owners, cases, what they wrote. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from agent_runtime.prepared.artefact import Line
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.wording import plain
from agent_runtime.watchtower.contact import is_connected, is_theirs, is_two_way
from agent_runtime.watchtower.statement import moment
from memory.timeline import Event


def last_talk(material: Material) -> Event | None:
    """The last time that both sides were there."""
    return next((x for x in reversed(material.view.events) if is_two_way(x) and x.occurred_at <= material.now), None)


def changes(material: Material, since: datetime | None) -> Iterator[Line]:
    """What changed after `since`, the newest first."""
    for event in reversed(material.view.events):
        if since is not None and event.occurred_at <= since:
            return
        text = _told(material, event)
        if text:
            yield Line(text, (event.source_id,))


def _told(material: Material, event: Event) -> str:
    tell = _TOLD.get(event.kind)
    return tell(material, event, material.words.day(event.occurred_at)) if tell else ""


def _deal(material: Material, event: Event, day: str) -> str:
    deal = material.view.deals.get(event.opportunity_id or "")
    name = material.words.quoted((deal.name if deal else "") or event.opportunity_id)
    close = moment(event.data.get("close_date"), material.words.zone)
    if event.data.get("stage"):
        return material.words.line("stage", day=day, deal=name, stage=plain(event.data["stage"]))
    return material.words.line("pushed", day=day, deal=name, close=material.words.day(close)) if close else ""


def _contact(material: Material, event: Event, day: str) -> str:
    status = material.words.texts["status"].get(str(event.data.get("status") or ""))
    return material.words.line("contact", day=day, who=material.who(event.contact_id), status=status) if status else ""


def _owner(material: Material, event: Event, day: str) -> str:
    taker = str(event.data.get("to_user_id") or "")
    return material.words.line("owner", day=day, who=plain(material.known.user(taker))) if taker else ""


def _case(material: Material, event: Event, day: str) -> str:
    what = material.words.quoted(event.subject) or event.source_id
    return material.words.line("case_changed", day=day, status=plain(event.data.get("status")), what=what)


def _mail(material: Material, event: Event, day: str) -> str:
    what = material.words.quoted(event.subject)
    if not what or not is_theirs(event):
        return ""
    return material.words.line("wrote", day=day, who=material.who(event.contact_id), what=what)


def _call(material: Material, event: Event, day: str) -> str:
    missed = event.direction == "inbound" and not is_connected(event)
    return material.words.line("called", day=day, who=material.who(event.contact_id)) if missed else ""


_TOLD: dict[str, Callable[[Material, Event, str], str]] = {
    "opportunity.stage": _deal,
    "opportunity.updated": _deal,
    "contact.changed": _contact,
    "owner.changed": _owner,
    "case": _case,
    "email": _mail,
    "message": _mail,
    "call": _call,
}
