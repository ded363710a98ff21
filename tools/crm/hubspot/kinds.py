"""The kinds of HubSpot's objects: what is asked of each, and what is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tools.base import Row, Stem
from tools.crm.hubspot import events, rows
from tools.crm.hubspot.given import Given

_STANDARD = ("hs_lastmodifieddate", "hubspot_owner_id", "hs_createdate")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: what is asked of it, and what is made of it.

    `stem`: what the keys of its records begin with. `table`: the rows that it gives. `history`: the properties whose
    changes are dated. `links`: what belongs to it. `merged`: the properties that say which objects went up in it.
    """

    stem: Stem
    what: str
    to_records: events.Mapped
    properties: tuple[str, ...]
    history: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    table: str = ""
    row: Callable[[Given], Row | None] | None = None
    changed: str = "hs_lastmodifieddate"
    created: str = "hs_createdate"
    merged: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Every property that is asked for."""
        return tuple(dict.fromkeys((*self.properties, *_STANDARD, *self.merged)))

    @property
    def source(self) -> str:
        """What kind of system it is to the watchtower."""
        return self.stem.source

    @property
    def stems(self) -> tuple[Stem, ...]:
        """The one stem of its records."""
        return (self.stem,)

    def with_own(self, own: Mapping[str, str]) -> "Kind":
        """The same kind with properties of the portal's own, by the column that each carries; all of them dated."""
        names = tuple(dict.fromkeys(own.values()))
        return replace(self, properties=(*self.properties, *names), history=(*self.history, *names)) if own else self


_AROUND = ("companies", "contacts", "deals")
_MERGED = ("hs_merged_object_ids",)
# The columns that a portal may keep in properties of its own.
OWN: Mapping[str, frozenset[str]] = {
    "companies": frozenset(
        {"csm_id", "renewal_date", "arr", "segment", "currency", "language", "timezone", "lifecycle", "country"}
    ),
    "contacts": frozenset({"role", "timezone", "language", "source", "lead_type"}),
}
KINDS: Mapping[str, Kind] = {
    "companies": Kind(
        Stem("crm", "crm", "company"),
        "companies: name, domain, industry, phone, lifecycle, and who had them when", events.company,
        ("name", "domain", "industry", "country", "phone", "lifecyclestage", "numberofemployees", "hs_timezone"),
        history=("hubspot_owner_id",), table="accounts", row=rows.account_row, merged=_MERGED,
    ),
    "contacts": Kind(
        Stem("crm", "crm", "contact"),
        "contacts: name, title, addresses, numbers, lead status, and who wants no mail", events.contact,
        ("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "jobtitle", "company",
         "lifecyclestage", "hs_lead_status", "hs_analytics_source", "hs_email_optout", "createdate"),
        history=("lifecyclestage", "hs_lead_status", "hs_email_optout"), links=("companies",),
        table="contacts", row=rows.contact_row, changed="lastmodifieddate", created="createdate",
        merged=(*_MERGED, "hs_calculated_merged_vids"),
    ),
    "deals": Kind(
        Stem("crm", "crm", "deal"),
        "deals: name, sum, owner, and every stage and close date that they had", events.deal,
        ("dealname", "dealstage", "pipeline", "amount", "deal_currency_code", "closedate", "createdate",
         "closed_lost_reason", "hs_next_step", "hs_manual_forecast_category"),
        history=("dealstage", "closedate", "amount", "hubspot_owner_id", *events.DATED.values(), *_MERGED),
        links=("companies", "contacts"), merged=_MERGED,
    ),
    "tasks": Kind(
        Stem("crm", "crm", "task"),
        "tasks: subject, due time, and whether they were done", events.task,
        ("hs_task_subject", "hs_task_status", "hs_task_type", "hs_timestamp", "hs_task_completion_date",
         events.KEY_PROPERTY), links=_AROUND,
    ),
    "notes": Kind(
        Stem("crm", "crm", "note"),
        "notes: their text", events.note, ("hs_note_body", "hs_timestamp", events.KEY_PROPERTY), links=_AROUND
    ),
    "calls": Kind(
        Stem("phone", "calls", "hubspot"),
        "logged calls: when, how long, with whom; not what was said", events.call,
        ("hs_timestamp", "hs_call_direction", "hs_call_status", "hs_call_from_number", "hs_call_to_number",
         "hs_call_duration", "hs_call_title"), links=_AROUND,
    ),
    "meetings": Kind(
        Stem("calendar", "meetings", "hubspot"),
        "meetings: when, whether they were held, notes", events.meeting,
        ("hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome", "hs_meeting_title",
         "hs_meeting_body", "hs_internal_meeting_notes", "hs_i_cal_uid"), history=("hs_meeting_outcome",),
        links=_AROUND,
    ),
    "emails": Kind(
        Stem("email", "emails", "hubspot"),
        "logged mails: sender, recipients, subject, text", events.email,
        ("hs_timestamp", "hs_email_direction", "hs_email_from_email", "hs_email_to_email", "hs_email_subject",
         "hs_email_text", "hs_email_html", "hs_email_message_id"), links=_AROUND,
    ),
}  # fmt: skip
