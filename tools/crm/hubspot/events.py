"""What happened in HubSpot: its objects as source records. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from tools.base import SourceRecord
from tools.crm.hubspot.given import Given, plain
from tools.crm.hubspot.rows import contact_row
from tools.crm.values import moment_of, needed, number, stamp

# What HubSpot calls a stage of somebody who is not sold to yet.
LEADS = frozenset({"lead", "marketingqualifiedlead", "salesqualifiedlead"})
LEAD_STATUS = {
    "NEW": "new", "OPEN": "new", "ATTEMPTED_TO_CONTACT": "attempted", "IN_PROGRESS": "working",
    "CONNECTED": "connected", "OPEN_DEAL": "converted", "UNQUALIFIED": "disqualified", "BAD_TIMING": "nurturing",
}  # fmt: skip
CALL_STATUS = {
    "COMPLETED": "completed", "NO_ANSWER": "no_answer", "BUSY": "busy", "FAILED": "failed", "CANCELED": "canceled",
    "MISSED": "no_answer",
}  # fmt: skip
MEETINGS = {"COMPLETED": "held", "NO_SHOW": "no_show", "CANCELED": "canceled"}
CHANNELS = {"CALL": "call", "EMAIL": "email", "LINKED_IN": "message", "MEETING": "meeting"}
SOURCES = {"OFFLINE": "event", "REFERRALS": "referral"}
# By it our own writes are known, so that they are not read back as somebody's work.
KEY_PROPERTY = "agent_action_key"
# The columns of an account that say when a contract ends and what it is worth.
RENEWAL = ("renewal_date", "arr")
# What is dated of a deal beside its stage, its sum and its close date, by the field that it becomes.
DATED = {
    "name": "dealname", "next_step": "hs_next_step", "forecast_category": "hs_manual_forecast_category",
    "lost_reason": "closed_lost_reason",
}  # fmt: skip


def company(given: Given) -> Iterator[SourceRecord]:
    """Each change of hands after the first owner, and each date and sum that a renewal was given."""
    for role, name in (("owner", "hubspot_owner_id"), ("csm", given.own.get("csm_id", ""))):
        for (_, before), (at, after) in pairwise(given.changes(name)):
            if after:
                fields = {"kind": "owner.changed", "from_user_id": before, "to_user_id": after, "role": role}
                yield given.record(f"company-{given.id}-{role}-{stamp(at)}", at, fields, account=given.id)
    yield from _renewals(given)


def _renewals(given: Given) -> Iterator[SourceRecord]:
    day, sum_ = (given.own.get(name, "") for name in RENEWAL)
    for at in sorted({at for name in (day, sum_) for at, _ in given.changes(name)}):
        if ends := moment_of(given.at(day, at), day):
            arr = number(given.at(sum_, at), sum_)
            fields = {"kind": "renewal", "renewal_date": ends.date().isoformat(), "arr": arr}
            yield given.record(f"company-{given.id}-renewal-{stamp(at)}", at, fields, account=given.id)


def contact(given: Given) -> Iterator[SourceRecord]:
    """When somebody became a lead, how that went on, and when they did not want mail any more."""
    became = next((at for at, stage in given.changes("lifecyclestage") if stage in LEADS), None)
    if became is not None:
        yield _lead(given, became)
        for at, status in given.changes("hs_lead_status"):
            # That nothing was done yet is no news of a lead.
            if LEAD_STATUS.get(status, "new") != "new":
                fields = _about_lead(given) | {"kind": "lead.status", "status": LEAD_STATUS[status]}
                yield given.record(f"contact-{given.id}-status-{stamp(at)}", at, fields)
    for at, opted_out in given.changes("hs_email_optout"):
        status = "opted_out" if opted_out == "true" else "active"
        fields = {"kind": "contact.changed", "contact_id": given.id, "status": status}
        yield given.record(f"contact-{given.id}-optout-{stamp(at)}", at, fields)


def _lead(given: Given, at: datetime) -> SourceRecord:
    source = given.text("hs_analytics_source")
    fields = _about_lead(given) | {
        "kind": "lead.created",
        "source": given.text(given.own.get("source", "")) or source.lower(),
        "lead_type": given.text(given.own.get("lead_type", "")) or SOURCES.get(source, "web"),
        "email": given.text("email"),
        "phone": given.text("phone") or given.text("mobilephone"),
        "company": given.text("company"),
        "name": contact_row(given).get("name"),
    }
    return given.record(f"contact-{given.id}-lead", at, fields)


def _about_lead(given: Given) -> dict[str, Any]:
    return {"lead_id": given.id, "contact_id": given.id, "user_id": given.text("hubspot_owner_id")}


def deal(given: Given) -> Iterator[SourceRecord]:
    """Each stage that it entered, each sum and each close date that was given to it."""
    created = given.moment("createdate") or given.moment("hs_createdate")
    stages = given.changes("dealstage") or [(needed(created, "createdate"), given.text("dealstage"))]
    entered = [at for at, _ in stages]
    for at, stage in stages:
        lost = given.at("closed_lost_reason", at) if at == entered[-1] else ""
        told = {"kind": "opportunity.stage", "stage": given.stages.get(stage, stage), "lost_reason": lost}
        yield given.record(f"deal-{given.id}-stage-{stamp(at)}", at, _about_deal(given, at) | told | _money(given, at))
    for at, _ in given.changes("amount"):
        if at > entered[0] and at not in entered:
            yield _update(given, "amount", at, _money(given, at))
    for at, day in given.changes("closedate"):
        if closes := moment_of(day, "closedate"):
            yield _update(given, "close", at, {"close_date": closes.date().isoformat()})
    for field, name in DATED.items():
        for at, value in given.changes(name) or [(created or entered[0], given.text(name))]:
            if value:
                yield _update(given, field, at, {field: value})


def _update(given: Given, what: str, at: datetime, told: dict[str, Any]) -> SourceRecord:
    """A change of a deal. Who made it is not told: it may have been a program as well as the owner."""
    fields = {"opportunity_id": given.id, "kind": "opportunity.updated"} | told
    return given.record(f"deal-{given.id}-{what}-{stamp(at)}", at, fields)


def _about_deal(given: Given, at: datetime) -> dict[str, Any]:
    return {"opportunity_id": given.id, "user_id": given.at("hubspot_owner_id", at)}


def _money(given: Given, at: datetime) -> dict[str, Any]:
    amount = number(given.at("amount", at), "amount")
    return {"amount": amount, "currency": given.text("deal_currency_code") if amount is not None else None}


def _around(given: Given) -> dict[str, Any]:
    """What an engagement is about."""
    return {
        "opportunity_id": given.first("deals"),
        "contact_id": given.first("contacts"),
        "user_id": given.text("hubspot_owner_id"),
    }


def task(given: Given) -> Iterator[SourceRecord]:
    """A task that somebody set, and that it was done; those that we wrote are known already."""
    if given.text(KEY_PROPERTY):
        return
    about = _around(given) | {"task_id": given.id, "subject": given.text("hs_task_subject")}
    due = given.moment("hs_timestamp")
    created = {"channel": CHANNELS.get(given.text("hs_task_type"), "task"), "due_at": due.isoformat() if due else None}
    at = needed(given.moment("hs_createdate"), "hs_createdate")
    yield given.record(f"task-{given.id}", at, about | {"kind": "task.created"} | created)
    if given.text("hs_task_status") == "COMPLETED":
        done = given.moment("hs_task_completion_date") or given.moment("hs_lastmodifieddate") or at
        yield given.record(f"task-{given.id}-done", done, about | {"kind": "task.completed", "result": "completed"})


def note(given: Given) -> Iterator[SourceRecord]:
    """A note; those that we wrote are known already."""
    if given.text(KEY_PROPERTY):
        return
    at = needed(given.moment("hs_timestamp") or given.moment("hs_createdate"), "hs_timestamp")
    text = plain(given.text("hs_note_body"))
    if text:
        yield given.record(f"note-{given.id}", at, _around(given) | {"kind": "note", "text": text})


def call(given: Given) -> Iterator[SourceRecord]:
    """A call that somebody logged; what was said is not read."""
    at = needed(given.moment("hs_timestamp"), "hs_timestamp")
    fields = _around(given) | {
        "started_at": at.isoformat(),
        "direction": "inbound" if given.text("hs_call_direction") == "INBOUND" else "outbound",
        "status": CALL_STATUS.get(given.text("hs_call_status"), "completed"),
        "from": given.text("hs_call_from_number"),
        "to": given.text("hs_call_to_number"),
        "talk_s": (number(given.text("hs_call_duration"), "hs_call_duration") or 0) / 1000,
        "purpose": given.text("hs_call_title"),
    }
    yield given.record(f"hubspot-{given.id}", at, fields, stream="calls")


def meeting(given: Given) -> Iterator[SourceRecord]:
    """A meeting that stands in the CRM."""
    starts = needed(given.moment("hs_meeting_start_time") or given.moment("hs_timestamp"), "hs_meeting_start_time")
    ends = given.moment("hs_meeting_end_time")
    # It happened when it was put down: what is said of a meeting to come is known before it begins.
    told = given.changes("hs_meeting_outcome")
    at = told[-1][0] if told else given.moment("hs_createdate") or starts
    fields = _around(given) | {
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat() if ends else None,
        "status": MEETINGS.get(given.text("hs_meeting_outcome"), "scheduled"),
        "subject": given.text("hs_meeting_title"),
        "description": plain(given.text("hs_meeting_body")),
        "notes": plain(given.text("hs_internal_meeting_notes")),
        "ical_uid": given.text("hs_i_cal_uid"),
        "attendees": [given.addresses[one] for one in given.links.get("contacts", ()) if given.addresses.get(one)],
    }
    yield given.record(f"hubspot-{given.id}", at, fields, stream="meetings")


def email(given: Given) -> Iterator[SourceRecord]:
    """A mail that was logged; where the mailbox itself is connected, this stream is left out."""
    at = needed(given.moment("hs_timestamp"), "hs_timestamp")
    fields = _around(given) | {
        "direction": "inbound" if given.text("hs_email_direction") == "INCOMING_EMAIL" else "outbound",
        "from": given.text("hs_email_from_email"),
        "to": [one.strip() for one in given.text("hs_email_to_email").split(";") if one.strip()],
        "subject": given.text("hs_email_subject"),
        "text": given.text("hs_email_text") or plain(given.text("hs_email_html")),
        "message_id": given.text("hs_email_message_id"),
    }
    yield given.record(f"hubspot-{given.id}", at, fields, stream="emails")


Mapped = Callable[[Given], Iterator[SourceRecord]]
