"""What an activity is called on a timeline, and its line: in words, from its typed fields. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from memory.timeline import Event

Name = Callable[..., str]
_STATUS = {"no_answer": "nobody answered", "abandoned": "hung up waiting", "busy": "busy", "failed": "failed"}


def event_words(event: Event, name: Name) -> tuple[str, str]:
    """What kind of thing an activity is, and its line; `name` says what the first known of some ids is called."""
    data, subject = event.data, event.subject or ""
    if event.kind in _TITLED:
        label, title = _TITLED[event.kind]
        return label, title(data, name) or subject
    if event.kind == "email":
        return ("Mail", subject or "no subject")
    return event.kind.replace(".", " ").replace("_", " ").capitalize(), subject


def _stage(data: Mapping[str, Any], name: Name) -> str:
    return f"Stage: {str(data.get('stage') or '').replace('_', ' ')}"


def _updated(data: Mapping[str, Any], name: Name) -> str:
    said = [str(data.get("name") or ""), *_fields(data, ("close_date", "forecast_category", "next_step"))]
    return ", ".join(x for x in said if x)


def _fields(data: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    for field in names:
        if data.get(field):
            yield f"{field.replace('_', ' ')} {data[field]}"


def _call(data: Mapping[str, Any], name: Name) -> str:
    talked = int(data.get("talk_s") or 0)
    if talked:
        return f"Spoke for {talked // 60} min {talked % 60} s" if talked >= 60 else f"Spoke for {talked} s"
    if data.get("voicemail"):
        return "Left a message"
    return _STATUS.get(str(data.get("status")), str(data.get("status") or "call")).capitalize()


def _meeting(data: Mapping[str, Any], name: Name) -> str:
    status = str(data.get("status") or "")
    return f"{data.get('subject') or 'Meeting'}{'' if status in ('', 'scheduled') else f' ({status})'}"


def _owner(data: Mapping[str, Any], name: Name) -> str:
    before, after = name(data.get("from_user_id")), name(data.get("to_user_id"))
    what = "Served by" if data.get("role") == "csm" else "Owned by"
    return f"{what} {after}{f', before by {before}' if before else ''}"


def _stated(data: Mapping[str, Any], name: Name) -> str:
    return "Corrected what memory holds" if data.get("verb") == "corrected" else "Confirmed what memory holds"


_TITLED: Mapping[str, tuple[str, Any]] = {
    "message": ("Message", lambda data, name: str(data.get("channel") or "").replace("_", " ").capitalize()),
    "form": ("Form", lambda data, name: f"{data.get('form') or 'Form'} on {data.get('page') or 'the website'}"),
    "call": ("Call", _call),
    "meeting": ("Meeting", _meeting),
    "owner.changed": ("Owner", _owner),
    "fact.stated": ("Memory", _stated),
    "opportunity.stage": ("Deal", _stage),
    "opportunity.updated": ("Deal", _updated),
    "opportunity.proposal": ("Proposal", lambda data, name: f"Proposal {data.get('status') or ''}"),
    "lead.created": ("Lead", lambda data, name: f"Lead from {data.get('source') or 'somewhere'}"),
    "lead.status": ("Lead", lambda data, name: f"Lead {str(data.get('status') or '').replace('_', ' ')}"),
    "task.created": ("Task", lambda data, name: str(data.get("subject") or "")),
    "task.completed": ("Task", lambda data, name: "Task done"),
    "renewal": ("Contract", lambda data, name: f"Contract runs to {data.get('renewal_date') or 'no date'}"),
    "usage": ("Usage", lambda data, name: f"{str(data.get('metric') or '').replace('_', ' ')}: {data.get('value')}"),
    "case": ("Case", lambda data, name: f"Case {data.get('status') or ''}, {data.get('severity') or ''}"),
    "contact.changed": ("Person", lambda data, name: str(data.get("status") or "").replace("_", " ").capitalize()),
    "field.changed": (
        "Field", lambda data, name: f"{str(data.get('field')).replace('_', ' ')}: {data.get('from')} → {data.get('to')}"
    ),
    "intent": ("Interest", lambda data, name: f"Looked at {data.get('topic') or 'our pages'}"),
    "sequence.enrolled": ("Sequence", lambda data, name: f"Put into the sequence {data.get('name') or ''}"),
    "sequence.ended": ("Sequence", lambda data, name: f"The sequence {data.get('name') or ''} ended"),
}  # fmt: skip
