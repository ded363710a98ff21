"""Turns the form of a decision into the command that every door sends."""

from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from agent_runtime.errors import BadInput
from agent_runtime.inbox.verbs import Command, OutcomeReason
from agent_runtime.web.forms import first
from agent_runtime.web.when import When, read_when

_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
Form = dict[str, list[str]]


def command_of(form: Form, now: datetime, zone: ZoneInfo) -> Command:
    """The decision that a form asks for; raises BadInput with what is missing in it."""
    verb = first(form, "verb")
    fill = _FILL.get(verb)
    if fill is None:
        raise BadInput("This is no decision.", fix="Load the inbox again.")
    try:
        return _COMMAND.validate_python({"verb": verb} | fill(form, now, zone))
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        told = str(problem["msg"]).removeprefix("Value error, ")
        place = str(problem["loc"][-1]) if problem["loc"] else verb
        what = told if problem["type"] == "value_error" else f"{place.replace('_', ' ')}: {told}"
        raise BadInput(f"{what[:1].upper()}{what[1:]}.", fix="Nothing was changed; correct it.") from None


def _seen(form: Form) -> dict[str, Any]:
    return {"draft_version": first(form, "draft_version"), "hash": first(form, "hash")}


def _approve(form: Form, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    later = _when(form, "execute_at", now, zone)
    written = {"draft": _written(form)} if "body" in form else {}
    return _seen(form) | written | ({"execute_at": later.at} if later else {})


def _edit(form: Form, _now: datetime, _zone: ZoneInfo) -> dict[str, Any]:
    return _seen(form) | {"draft": _written(form)}


def _written(form: Form) -> dict[str, Any]:
    """What the person wrote; their own line breaks and blanks stay."""
    to = [address.strip() for address in first(form, "to").split(",") if address.strip()]
    return {"to": to, "subject": first(form, "subject"), "body": form.get("body", [""])[0]}


def _done(form: Form, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    at, due = _when(form, "at", now, zone, back=True), _when(form, "next_due", now, zone)
    what = first(form, "next_what")
    if bool(what) != bool(due):
        raise BadInput("What comes next needs both: what, and by when.", fix="Nothing was changed; fill in both.")
    coming = {"next": {"what": what, "due_at": due.at}} if due else {}
    told = {name: first(form, name) for name in ("how", "result", "note") if first(form, name)}
    return told | {"at": at.at if at else now} | coming


def _dismiss(form: Form, _now: datetime, _zone: ZoneInfo) -> dict[str, Any]:
    return {"reason": first(form, "reason"), "note": first(form, "note")}


def _snooze(form: Form, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    until = read_when(first(form, "until"), now, zone)
    return {"until": until.at} | ({"event": "reply"} if until.reply else {})


def _mute(form: Form, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"until": read_when(first(form, "until"), now, zone).at}


def _reassign(form: Form, _now: datetime, _zone: ZoneInfo) -> dict[str, Any]:
    return {"to": first(form, "colleague"), "note": first(form, "note")}


def _outcome(form: Form, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    wake = _when(form, "wake_at", now, zone)
    reason = first(form, "reason") if first(form, "reason") in get_args(OutcomeReason) else "other"
    told = {"outcome": first(form, "outcome"), "reason": reason, "note": first(form, "note")}
    return told | ({"wake_at": wake.at} if wake else {})


def _plain(_form: Form, _now: datetime, _zone: ZoneInfo) -> dict[str, Any]:
    return {}


def _when(form: Form, name: str, now: datetime, zone: ZoneInfo, *, back: bool = False) -> When | None:
    """A time that was typed, None for none. `back`: it lies behind, so a time of today is today's."""
    text = first(form, name)
    if not text or text.lower() == "now":
        return None
    found = read_when(text, now, zone)
    return When(found.at - timedelta(days=1)) if back and now < found.at <= now + timedelta(days=1) else found


_FILL = {
    "approve": _approve, "edit": _edit, "done": _done, "dismiss": _dismiss, "snooze": _snooze, "mute": _mute,
    "reassign": _reassign, "outcome": _outcome, "accept": _plain, "claim": _plain, "release": _plain, "undo": _plain,
}  # fmt: skip
