"""A HubSpot portal that lives through a company's past: its objects are made and changed as the records tell."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from tools.base import SourceRecord
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.hubspot_shapes import owner, pipeline
from tools.world import Directory, Row

# The kinds of CRM records that a portal holds as objects of its own.
TOLD_BY_CRM = frozenset({
    "opportunity.stage", "opportunity.updated", "lead.created", "lead.status", "owner.changed", "task.created",
    "task.completed", "note", "renewal",
})  # fmt: skip
# What this portal keeps in properties of its own: by stream, column and property.
OWN = {
    "companies": {
        "csm_id": "success_owner", "renewal_date": "contract_end", "arr": "yearly_sum", "segment": "size",
        "currency": "currency", "language": "language", "timezone": "zone", "lifecycle": "relation",
    },
    "contacts": {
        "role": "buying_role", "timezone": "zone", "language": "language", "source": "heard_of_us",
        "lead_type": "kind_of_lead",
    },
}  # fmt: skip
_STATUSES = {
    "contacted": "CONNECTED", "nurture": "BAD_TIMING", "qualified": "OPEN_DEAL", "disqualified": "UNQUALIFIED",
}  # fmt: skip
_UPDATES = {"name": "dealname", "next_step": "hs_next_step", "forecast_category": "hs_manual_forecast_category",
            "lost_reason": "closed_lost_reason"}  # fmt: skip
_TYPES = {"call": "CALL", "email": "EMAIL", "meeting": "MEETING"}
_OUTCOMES = {"scheduled": "SCHEDULED", "held": "COMPLETED", "no_show": "NO_SHOW", "canceled": "CANCELED"}
Values = dict[str, str]


class Portal:
    """Fills the stand-in: who is who at the beginning, the rest as it happens.

    `renewed`: the accounts whose renewal the records tell, so that it does not stand there before.
    """

    def __init__(
        self, fake: HubSpotFake, directory: Directory, start: datetime, renewed: Collection[str | None] = ()
    ) -> None:
        self.fake = fake
        self._owners = {row["id"]: str(501 + place) for place, row in enumerate(directory.users)}
        fake.owners = [
            owner(self._owners[x["id"]], x.get("email", ""), x.get("name", ""), team=x.get("team", ""))
            for x in directory.users
        ]
        stages = [x for x in directory.stages if x.get("category") != "disqualified"]
        stages += [x for x in directory.stages if x.get("category") == "disqualified"]
        fake.pipelines = [
            pipeline("default", "Sales", [(f"s{place}", x["stage"], _chance(x)) for place, x in enumerate(stages)])
        ]
        self._stages = {row["stage"]: f"s{place}" for place, row in enumerate(stages)}
        self._people: dict[str, str] = {}
        for row in directory.accounts:
            told = self._company(row)
            left_out = ("contract_end", "yearly_sum") if row["id"] in renewed else ()
            fake.add("companies", {x: y for x, y in told.items() if x not in left_out}, start, row["id"])
        for row in directory.contacts:
            self._contact(row, start)
        self._tasks: dict[str, str] = {}
        self._meetings: dict[str, str] = {}

    def take(self, record: SourceRecord) -> None:
        """Does what a record tells, at its time."""
        kind = "meeting" if record.stream == "meetings" else str(record.fields["kind"])
        takers: dict[str, Callable[[SourceRecord, Row], None]] = {
            "opportunity.stage": self._stage, "opportunity.updated": self._update, "lead.created": self._lead,
            "lead.status": self._lead_status, "owner.changed": self._handed_over, "task.created": self._task,
            "task.completed": self._done, "note": self._note, "renewal": self._renewal, "meeting": self._meeting,
        }  # fmt: skip
        takers[kind](record, record.fields)

    # -- who is who

    def _company(self, row: Row) -> Values:
        told = {
            "name": row.get("name"), "domain": row.get("domain"), "industry": row.get("industry"),
            "country": row.get("country"), "phone": row.get("phone"), "numberofemployees": row.get("employees"),
            "hubspot_owner_id": self._owners.get(row.get("owner_id", ""), ""),
            "success_owner": self._owners.get(row.get("csm_id", ""), ""),
            "contract_end": row["renewal_date"].isoformat() if row.get("renewal_date") else None,
            "yearly_sum": row.get("arr"), "size": row.get("segment"), "currency": row.get("currency"),
            "language": row.get("language"), "zone": row.get("timezone"), "relation": row.get("lifecycle"),
        }  # fmt: skip
        return _given(told)

    def _contact(self, row: Row, at: datetime) -> None:
        first, _, last = row.get("name", "").partition(" ")
        emails = row.get("email", "").split(";")
        phones = [*row.get("phone", "").split(";"), ""]
        told = {
            "firstname": first, "lastname": last, "email": emails[0], "hs_additional_emails": ";".join(emails[1:]),
            "phone": phones[0], "mobilephone": phones[1], "jobtitle": row.get("title"), "buying_role": row.get("role"),
            "zone": row.get("timezone"), "language": row.get("language"),
        }  # fmt: skip
        self.fake.add("contacts", _given(told), at, row["id"])
        self._people.update((address.lower(), row["id"]) for address in emails if address)
        if row.get("account_id"):
            self.fake.link("contacts", row["id"], "companies", row["account_id"])

    # -- deals and leads

    def _stage(self, record: SourceRecord, told: Row) -> None:
        values = _given({
            "dealstage": self._stages[told["stage"]], "amount": told.get("amount"),
            "deal_currency_code": told.get("currency"), "hubspot_owner_id": self._owners.get(told.get("user_id") or ""),
        })  # fmt: skip
        self._put("deals", told["opportunity_id"], values, record)

    def _update(self, record: SourceRecord, told: Row) -> None:
        values = _given({name: told.get(field) for field, name in _UPDATES.items()})
        if told.get("close_date"):
            values["closedate"] = f"{told['close_date']}T00:00:00Z"
        self._put("deals", told["opportunity_id"], values, record)

    def _lead(self, record: SourceRecord, told: Row) -> None:
        first, _, last = str(told.get("name") or "").partition(" ")
        values = _given({
            "firstname": first, "lastname": last, "email": told.get("email"), "phone": told.get("phone"),
            "company": told.get("company"), "lifecyclestage": "lead", "hs_lead_status": "NEW",
            "hubspot_owner_id": self._owners.get(told.get("user_id") or ""), "heard_of_us": told.get("source"),
            "kind_of_lead": told.get("lead_type"),
        })  # fmt: skip
        self._put("contacts", told["lead_id"], values, record)

    def _lead_status(self, record: SourceRecord, told: Row) -> None:
        self._put("contacts", told["lead_id"], {"hs_lead_status": _STATUSES[told["status"]]}, record)

    def _handed_over(self, record: SourceRecord, told: Row) -> None:
        name = "success_owner" if told.get("role") == "csm" else "hubspot_owner_id"
        self._put("companies", str(record.account_id), {name: self._owners[told["to_user_id"]]}, record)

    def _renewal(self, record: SourceRecord, told: Row) -> None:
        values = _given({"contract_end": told.get("renewal_date"), "yearly_sum": told.get("arr")})
        self._put("companies", str(record.account_id), values, record)

    # -- what people did

    def _task(self, record: SourceRecord, told: Row) -> None:
        values = _given({
            "hs_task_subject": told.get("subject"), "hs_task_type": _TYPES.get(told.get("channel", ""), "TODO"),
            "hs_task_status": "NOT_STARTED", "hs_timestamp": told.get("due_at"),
            "hubspot_owner_id": self._owners.get(told.get("user_id") or ""),
        })  # fmt: skip
        self._tasks[told["task_id"]] = self.fake.add("tasks", values, record.at)
        self._link("tasks", self._tasks[told["task_id"]], record)

    def _done(self, record: SourceRecord, told: Row) -> None:
        values = {"hs_task_status": "COMPLETED", "hs_task_completion_date": record.occurred_at.isoformat()}
        if told["task_id"] not in self._tasks:
            self._task(record, told)
        self.fake.change("tasks", self._tasks[told["task_id"]], values, record.at)

    def _note(self, record: SourceRecord, told: Row) -> None:
        values = _given({
            "hs_note_body": told.get("text"), "hs_timestamp": record.occurred_at.isoformat(),
            "hubspot_owner_id": self._owners.get(told.get("user_id") or ""),
        })  # fmt: skip
        self._link("notes", self.fake.add("notes", values, record.at), record)

    def _meeting(self, record: SourceRecord, told: Row) -> None:
        values = _given({
            "hs_meeting_start_time": told.get("starts_at"), "hs_meeting_end_time": told.get("ends_at"),
            "hs_meeting_outcome": _OUTCOMES[told["status"]], "hs_meeting_title": told.get("subject"),
            "hs_meeting_body": told.get("description"), "hs_internal_meeting_notes": told.get("notes"),
            "hs_i_cal_uid": told.get("ical_uid"), "hubspot_owner_id": self._owners.get(told.get("user_id") or ""),
        })  # fmt: skip
        known = self._meetings.get(record.source_id)
        if known:
            self.fake.change("meetings", known, values, record.at)
            return
        made = self._meetings[record.source_id] = self.fake.add("meetings", values, record.at)
        self._link("meetings", made, record)
        for address in told.get("attendees") or ():
            if contact := self._people.get(str(address).lower()):
                self.fake.link("meetings", made, "contacts", contact)

    def _put(self, kind: str, object_id: str, values: Values, record: SourceRecord) -> None:
        """Makes the object where it is not there, else changes it."""
        if object_id in self.fake.objects.get(kind, {}):
            self.fake.change(kind, object_id, values, record.at)
            return
        self.fake.add(kind, values, record.at, object_id)
        if record.account_id and kind != "companies":
            self.fake.link(kind, object_id, "companies", record.account_id)

    def _link(self, kind: str, object_id: str, record: SourceRecord) -> None:
        if record.account_id:
            self.fake.link(kind, object_id, "companies", record.account_id)
        if deal := record.fields.get("opportunity_id"):
            self.fake.link(kind, object_id, "deals", deal)


def _given(told: Mapping[str, Any]) -> Values:
    return {name: str(value) for name, value in told.items() if value not in (None, "")}


def _chance(row: Row) -> str:
    if row.get("category") == "won":
        return "1.0"
    return "0.0" if row.get("category") in ("lost", "disqualified") else str(row.get("probability") or 0.5)
