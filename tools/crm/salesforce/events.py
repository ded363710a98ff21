"""What happened in Salesforce: its records as source records. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tools.base import SourceRecord
from tools.crm.salesforce.given import Given, Record
from tools.crm.values import moment_of, needed, number, stamp

# The field that carries our key, where an admin has made it; without it the key stands in a line of the text.
KEY_FIELD = "Agent_Key__c"
KEY_LINE = "Tenure action "
_LEAD_TYPES = {"phone inquiry": "phone", "referral": "referral", "employee referral": "referral", "event": "event",
               "trade show": "event", "web": "web"}  # fmt: skip
# Words of the usual lead statuses, the telling ones first; the list is the org's own, and an unknown one says nothing.
_LEAD_WORDS = (
    ("not converted", "disqualified"), ("unqualified", "disqualified"), ("disqualified", "disqualified"),
    ("converted", "converted"), ("nurturing", "nurturing"), ("not contacted", "new"), ("new", "new"),
    ("attempted", "attempted"), ("working", "working"), ("contacted", "contacted"), ("qualified", "connected"),
    ("open", "new"),
)  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")
_CALLS = {"no answer": "no_answer", "left voicemail": "no_answer", "busy": "busy", "voicemail": "no_answer"}


def user(given: Given) -> Iterator[SourceRecord]:
    """A user is a row and nothing that happened."""
    yield from ()


def account(given: Given) -> Iterator[SourceRecord]:
    """Each change of hands, where the org keeps that history."""
    for at, before, after in given.changed("Owner"):
        fields = {"kind": "owner.changed", "from_user_id": before, "to_user_id": after, "role": "owner"}
        yield given.record(f"account-{given.id}-owner-{stamp(at)}", at, fields, account=given.id)


def contact(given: Given) -> Iterator[SourceRecord]:
    """When somebody did not want mail any more, and when mail to them came back."""
    for at, _, after in _opt_outs(given):
        status = "opted_out" if after == "true" else "active"
        fields = {"kind": "contact.changed", "contact_id": given.id, "status": status}
        yield given.record(f"contact-{given.id}-optout-{stamp(at)}", at, fields)
    if bounced := given.moment("EmailBouncedDate"):
        fields = {"kind": "contact.changed", "contact_id": given.id, "status": "bounced"}
        yield given.record(f"contact-{given.id}-bounced-{stamp(bounced)}", bounced, fields)


def _opt_outs(given: Given) -> list[tuple[datetime, str, str]]:
    told = given.changed("HasOptedOutOfEmail")
    if told or not given.yes("HasOptedOutOfEmail"):
        return told
    # Without a history it is known only that it is so, and that it was made so after the contact was.
    return [(given.created(), "", "true")]


def lead(given: Given) -> Iterator[SourceRecord]:
    """When somebody became a lead, and how that went on as far as its history tells."""
    about = {"lead_id": given.id, "user_id": given.person()}
    became = given.text("ConvertedAccountId")
    source = given.text("LeadSource")
    name = " ".join(part for part in (given.text("FirstName"), given.text("LastName")) if part)
    fields = about | {
        "kind": "lead.created", "source": source.lower(), "lead_type": _LEAD_TYPES.get(source.lower(), "web"),
        "email": given.text("Email"), "phone": given.text("Phone") or given.text("MobilePhone"),
        "company": given.text("Company"), "name": name,
    }  # fmt: skip
    yield given.record(f"lead-{given.id}", given.created(), fields, account=became)
    who = {"email": given.text("Email"), "phone": given.text("Phone") or given.text("MobilePhone")}
    for at, status in _lead_statuses(given):
        told = about | who | {"kind": "lead.status", "status": status, "account_id": became}
        yield given.record(f"lead-{given.id}-status-{stamp(at)}", at, told, account=became)


def _lead_statuses(given: Given) -> Iterator[tuple[datetime, str]]:
    dated = [(at, told) for at, _, after in given.changed("Status") if (told := lead_status(after))]
    if given.yes("IsConverted"):
        dated = [one for one in dated if one[1] != "converted"]
        yield from dated
        yield given.moment("ConvertedDate") or given.created(), "converted"
    elif dated:
        yield from dated
    elif (present := lead_status(given.text("Status"))) not in ("", "new"):
        yield given.moment("LastModifiedDate") or given.created(), present


def lead_status(label: str) -> str:
    """What a status of an org's own list means; empty where its words do not say."""
    told = f" {' '.join(_WORDS.findall(label.lower()))} "
    return next((status for words, status in _LEAD_WORDS if f" {words} " in told), "")


def opportunity(given: Given) -> Iterator[SourceRecord]:
    """Each stage that it entered, each sum and each close date that was given to it."""
    before: Record = {}
    # Without its history only the present is known, since when the vendor says that it is so.
    rows = given.history or [dict(given.record_of) | {"CreatedDate": given.text("LastStageChangeDate") or None}]
    for row in rows:
        at = moment_of(str(row.get("CreatedDate") or ""), "CreatedDate") or given.created()
        about = {"opportunity_id": given.id, "user_id": given.person_at(at)}
        if row.get("StageName") != before.get("StageName"):
            lost = given.text("Loss_Reason__c") or given.text("Lost_Reason__c")
            last = row.get("StageName") == given.text("StageName")
            told = {"kind": "opportunity.stage", "stage": row.get("StageName"), "lost_reason": lost if last else None}
            yield given.record(f"opportunity-{given.id}-stage-{stamp(at)}", at, about | told | _money(given, row))
        elif row.get("Amount") != before.get("Amount"):
            told = {"kind": "opportunity.updated"} | _money(given, row)
            yield given.record(f"opportunity-{given.id}-amount-{stamp(at)}", at, about | told)
        if row.get("CloseDate") and row.get("CloseDate") != before.get("CloseDate"):
            told = {"kind": "opportunity.updated", "close_date": str(row["CloseDate"])[:10]}
            yield given.record(f"opportunity-{given.id}-close-{stamp(at)}", at, about | told)
        before = row
    told = {"kind": "opportunity.updated", "name": given.text("Name"), "next_step": given.text("NextStep"),
            "forecast_category": given.text("ForecastCategoryName")}  # fmt: skip
    created = given.created()
    about = {"opportunity_id": given.id, "user_id": given.person_at(created)}
    yield given.record(f"opportunity-{given.id}", created, about | told)


def _money(given: Given, row: Record) -> dict[str, Any]:
    value = row.get("Amount")
    amount = None if value is None else number(str(value), "Amount")
    currency = given.text("CurrencyIsoCode") or given.currency
    return {"amount": amount, "currency": currency if amount is not None else None}


def task(given: Given) -> Iterator[SourceRecord]:
    """A task that somebody set and did, or a call that somebody logged; those that we wrote are known already."""
    subtype = given.text("TaskSubtype").lower()
    if is_ours(given.record_of) or subtype == "email":
        return
    if subtype == "call" and given.yes("IsClosed"):
        yield _logged_call(given)
        return
    created = given.created()
    about = given.about() | {"task_id": given.id, "subject": given.text("Subject")}
    # A day alone means the end of that day's work.
    told = {"kind": "task.created", "channel": subtype or "task", "due_at": given.text("ActivityDate")}
    yield given.record(f"task-{given.id}", created, about | told)
    if given.yes("IsClosed"):
        done = given.moment("CompletedDateTime") or given.moment("LastModifiedDate") or created
        told = {"kind": "task.completed", "result": given.text("CallDisposition") or "completed"}
        yield given.record(f"task-{given.id}-done", done, about | told)


def is_ours(record: Record) -> bool:
    """Whether we wrote a task: it carries our key in its field, or in a line of its text."""
    return bool(record.get(KEY_FIELD)) or KEY_LINE in str(record.get("Description") or "")


def _logged_call(given: Given) -> SourceRecord:
    at = given.moment("CompletedDateTime") or given.created()
    fields = given.about() | {
        "started_at": at.isoformat(),
        "direction": "inbound" if given.text("CallType").lower() == "inbound" else "outbound",
        "status": _CALLS.get(given.text("CallDisposition").lower(), "completed"),
        "talk_s": number(given.text("CallDurationInSeconds"), "CallDurationInSeconds") or 0,
        "purpose": given.text("Subject"),
    }
    return given.record(f"salesforce-{given.id}", at, fields, stream="calls")


def event(given: Given) -> Iterator[SourceRecord]:
    """A meeting that stands in the CRM; the copies of its other participants are left out."""
    if given.yes("IsChild"):
        return
    starts = needed(given.moment("StartDateTime") or given.moment("ActivityDateTime"), "StartDateTime")
    ends = given.moment("EndDateTime")
    fields = given.about() | {
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat() if ends else None,
        "status": "scheduled",
        "subject": given.text("Subject"),
        "description": given.text("Description"),
    }
    yield given.record(f"salesforce-{given.id}", starts, fields, stream="meetings")


def case(given: Given) -> Iterator[SourceRecord]:
    """A case when it came, and that it was closed."""
    about = {"case_id": given.id, "contact_id": given.text("ContactId"), "user_id": given.person(),
             "subject": given.text("Subject"), "severity": given.text("Priority").lower(), "kind": "case"}  # fmt: skip
    yield given.record(f"case-{given.id}", given.created(), about | {"status": "open"})
    if given.yes("IsClosed"):
        closed = given.moment("ClosedDate") or given.created()
        yield given.record(f"case-{given.id}-closed", closed, about | {"status": "closed"})


def email(given: Given) -> Iterator[SourceRecord]:
    """A mail that was logged; where the mailbox itself is connected, this stream is left out."""
    at = needed(given.moment("MessageDate") or given.moment("CreatedDate"), "MessageDate")
    related = given.text("RelatedToId")
    fields = {
        "direction": "inbound" if given.yes("Incoming") else "outbound",
        "from": given.text("FromAddress"),
        "to": _addresses(given.text("ToAddress")),
        "cc": _addresses(given.text("CcAddress")),
        "subject": given.text("Subject"),
        "text": given.text("TextBody"),
        "html": "" if given.text("TextBody") else given.text("HtmlBody"),
        "message_id": given.text("MessageIdentifier"),
        "opportunity_id": related if related.startswith("006") else None,
    }
    account_id = related if related.startswith("001") else ""
    yield given.record(f"salesforce-{given.id}", at, fields, stream="emails", account=account_id)


def _addresses(text: str) -> list[str]:
    return [one.strip() for one in text.replace(",", ";").split(";") if one.strip()]


Mapped = Callable[[Given], Iterator[SourceRecord]]
