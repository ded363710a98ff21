"""Mails and messages as activities: direction, thread, the new words, and what they ask or promise."""

from typing import Any

from agent_runtime.ingest.addresses import mail_address
from agent_runtime.ingest.automatic import automatic
from agent_runtime.ingest.extract import Says, asks, language, says, sentences, thanks_only
from agent_runtime.ingest.fields import Fields, choice_of, name_of, text_of
from agent_runtime.ingest.html_text import html_to_text
from agent_runtime.ingest.identity import Identity
from agent_runtime.ingest.mentions import of_ours, of_theirs
from agent_runtime.ingest.parties import listed, parties, party
from agent_runtime.ingest.promises import is_request, promises
from agent_runtime.ingest.replies import split_reply
from memory.timeline import NewActivity
from tools.base import SourceRecord

DIRECTIONS = frozenset({"inbound", "outbound"})
NOTHING_SAID = {"asks": False, "holding": False, "thanks_only": False, "promises": []}
PICTURES = (".png", ".jpg", ".jpeg", ".gif")


def mail(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    """Fills in a mail; its thread is the root that it names itself (see threads)."""
    fields = record.fields
    activity.kind, activity.direction = "email", _direction(record, identity)
    activity.subject = text_of(fields, "subject")[:500] or None
    body = text_of(fields, "text") or html_to_text(text_of(fields, "html"))
    reply = split_reply(body)
    auto = automatic(fields)
    activity.text, activity.speaker = reply.new or reply.carried or None, text_of(fields, "from")
    activity.user_id = name_of(fields, "user_id") or _user(record, activity.direction, identity)
    activity.caused_by = _cause(activity.direction, auto)
    own = name_of(fields, "message_id") or record.source_id
    answered = name_of(fields, "in_reply_to")
    activity.data = {
        "message_id": own,
        "in_reply_to": answered,
        "thread": _root(fields, own, answered),
        "from": mail_address(activity.speaker) or activity.speaker or None,
        "to": [mail_address(raw) or raw for raw in listed(fields, "to")],
        "cc": [mail_address(raw) or raw for raw in listed(fields, "cc")],
        "event": name_of(fields, "event"),
        "auto": auto,
        "attachments": listed(fields, "attachments"),
        "mailbox": name_of(fields, "mailbox"),
        "language": language(reply.new) if reply.new else None,
        **(NOTHING_SAID if auto else _said(reply.new, activity, identity)),
    }
    if activity.data.get("doubtful") and _carries_a_document(activity.data["attachments"]):
        del activity.data["doubtful"]


def message(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    """Fills in a text or chat message."""
    fields = record.fields
    activity.kind, activity.direction = "message", _direction(record, identity)
    text = text_of(fields, "text")
    activity.text, activity.speaker = text or None, text_of(fields, "from")
    activity.user_id = name_of(fields, "user_id") or _user(record, activity.direction, identity)
    activity.caused_by = _cause(activity.direction, automatic(fields))
    activity.data = {
        "channel": name_of(fields, "channel"),
        "from": _handle(activity.speaker, identity),
        "to": [_handle(raw, identity) for raw in listed(fields, "to")],
        **_said(text, activity, identity),
    }


def _handle(raw: str, identity: Identity) -> str | None:
    found = party(raw, identity.context)
    return found.value if found else raw or None


def _said(text: str, activity: NewActivity, identity: Identity) -> dict[str, Any]:
    if not text:
        return NOTHING_SAID
    ours = activity.direction == "outbound"
    at, zone = activity.occurred_at, identity.context.zone
    mentioned = of_ours(text, at, zone) if ours else of_theirs(text, at, zone)
    return {
        "asks": asks(text),
        **_answers(says(text), ours),
        "thanks_only": thanks_only(text),
        "promises": promises(text, at, zone) if ours else [],
        **({"mentions": mentioned} if mentioned else {}),
        **({"wants": True} if not ours and any(map(is_request, sentences(text))) else {}),
    }


def _answers(said: Says, ours: bool) -> dict[str, bool]:
    """`holding`: it only says that an answer comes; `doubtful`, of ours: it may be the answer, nobody can tell yet."""
    doubtful = ours and said in (Says.PERHAPS, Says.NOTHING)
    return {"holding": said is Says.LATER, **({"doubtful": True} if doubtful else {})}


def _carries_a_document(attachments: list[str]) -> bool:
    """A file that is no picture of a signature: what was asked for came with it."""
    return any(not name.lower().endswith(PICTURES) for name in attachments)


def _direction(record: SourceRecord, identity: Identity) -> str:
    if record.fields.get("direction") is not None:
        return choice_of(record.fields, "direction", DIRECTIONS)
    senders = parties(record, ("from",), identity.context)
    return "outbound" if any(identity.ours.owns(one) for one in senders) else "inbound"


def _user(record: SourceRecord, direction: str, identity: Identity) -> str | None:
    keys = ("from", "mailbox") if direction == "outbound" else ("mailbox", "to", "cc")
    return identity.ours.user_of(parties(record, keys, identity.context))


def _cause(direction: str, auto: str | None) -> str:
    if direction == "inbound":
        return "none"
    return "rule" if auto else "person"


def _root(fields: Fields, own: str, answered: str | None) -> str:
    """The oldest mail that this one names; a mail that names only itself is its own root."""
    named = [*listed(fields, "references"), *([answered] if answered else [])]
    return next((one for one in named if one != own), own)
