"""A source record becomes an activity: one shape for what every kind of system tells."""

from collections.abc import Callable
from hashlib import blake2b

import orjson

from agent_runtime.ingest.calls import call
from agent_runtime.ingest.crm import crm_event
from agent_runtime.ingest.enquiry import enquiry
from agent_runtime.ingest.errors import BadRecord
from agent_runtime.ingest.extract import asks
from agent_runtime.ingest.fields import choice_of, moment_of, name_of, number_of, text_of
from agent_runtime.ingest.identity import Identity, Match
from agent_runtime.ingest.mails import mail, message
from agent_runtime.ingest.mentions import of_notes, of_theirs
from agent_runtime.ingest.parties import listed, parties
from agent_runtime.ingest.promises import promises
from memory.timeline import NewActivity
from tools.base import SourceRecord

MEETING_STATUSES = frozenset({"scheduled", "held", "no_show", "canceled"})
FORM_FIELDS = ("form", "page", "campaign", "name", "email", "phone", "company")
Fill = Callable[[SourceRecord, NewActivity, Identity], None]


def normalise(record: SourceRecord, match: Match, identity: Identity) -> NewActivity:
    """The activity of a record that belongs to `match`; BadRecord names the field that cannot be used.

    A deletion says only that; what is deleted stays as it was known (memory.timeline sees to it).
    """
    activity = NewActivity(
        source=record.source,
        stream=record.stream,
        source_id=record.source_id,
        kind="deleted",
        occurred_at=record.occurred_at,
        known_at=record.at,
        account_id=match.account_id,
        contact_id=match.contact_id or name_of(record.fields, "contact_id"),
        opportunity_id=name_of(record.fields, "opportunity_id"),
        deleted=record.deleted,
        fingerprint=_fingerprint(record),
    )
    if not record.deleted:
        fill = FILLS.get(record.stream)
        if fill is None:
            raise BadRecord("", f"nobody knows what a record of {record.stream!r} means")
        fill(record, activity, identity)
    return activity


def _fingerprint(record: SourceRecord) -> str:
    # When it was read is not what it says: reading it again later is no new revision.
    occurred_at = None if record.occurred_at == record.at else record.occurred_at
    # Nor is the mailbox in which a mail lay.
    fields = {name: value for name, value in record.fields.items() if record.stream != "emails" or name != "mailbox"}
    said = (occurred_at, record.account_id, record.deleted, fields)
    try:
        packed = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise BadRecord("", f"not plain data: {error}") from None
    return blake2b(packed, digest_size=16).hexdigest()


def _meeting(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    fields = record.fields
    notes = text_of(fields, "notes")
    activity.kind, activity.subject = "meeting", text_of(fields, "subject")[:500] or None
    # Whoever of ours invited, else whose calendar it stands in.
    whose = parties(record, ("organizer", "calendar"), identity.context)
    activity.user_id = name_of(fields, "user_id") or identity.ours.user_of(whose)
    activity.caused_by = "person" if activity.user_id else "none"
    activity.text = "\n".join(part for part in (text_of(fields, "description"), notes) if part) or None
    activity.data = {
        "starts_at": moment_of(fields, "starts_at"),
        "ends_at": moment_of(fields, "ends_at"),
        "status": choice_of(fields, "status", MEETING_STATUSES),
        "attendees": listed(fields, "attendees"),
        "ical_uid": name_of(fields, "ical_uid"),
        "subject": activity.subject,
        "promises": promises(notes, activity.occurred_at, identity.context.zone),
    }
    if occurrence := name_of(fields, "occurrence"):
        activity.data["occurrence"] = occurrence
    if mentioned := of_notes(notes, activity.occurred_at, identity.context.zone):
        activity.data["mentions"] = mentioned


def _form(record: SourceRecord, activity: NewActivity, identity: Identity) -> None:
    text = text_of(record.fields, "message")
    activity.kind, activity.direction = "form", "inbound"
    activity.text, activity.speaker = text or None, text_of(record.fields, "name")
    activity.data = {key: name_of(record.fields, key) for key in FORM_FIELDS}
    activity.data["asks"] = asks(text)
    activity.data["enquiry"] = enquiry(text)
    if mentioned := of_theirs(text, activity.occurred_at, identity.context.zone):
        activity.data["mentions"] = mentioned


def _usage(record: SourceRecord, activity: NewActivity, _identity: Identity) -> None:
    activity.kind = "usage"
    activity.data = {
        "metric": name_of(record.fields, "metric"),
        "value": number_of(record.fields, "value"),
        "period": name_of(record.fields, "period"),
    }


FILLS: dict[str, Fill] = {
    "crm": crm_event,
    "emails": mail,
    "calls": call,
    "messages": message,
    "meetings": _meeting,
    "forms": _form,
    "usage": _usage,
}
