"""The kinds of Salesforce's records: what is asked of each, and what is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.base import Row, Stem
from tools.crm.salesforce import events, rows
from tools.crm.salesforce.given import Given
from tools.crm.salesforce.wire import VENDOR

# These every kind has, or it cannot be read by what changed.
_STANDARD = ("Id", "SystemModstamp", "IsDeleted", "CreatedDate", "LastModifiedDate")
# In the bin it says into which other a record was made one; of other kinds there is no such field.
MASTER = "MasterRecordId"


def _crm(text: str) -> tuple[Stem, ...]:
    return (Stem("crm", "crm", text),)


@dataclass(frozen=True, slots=True)
class History:
    """Where the changes of a kind are kept. `parent`: the field that names the record; `tracked`: of which fields.

    An org keeps a field history only where its admin switched it on; one that is not there is left out.
    """

    object: str
    parent: str
    fields: tuple[str, ...] = ("Field", "OldValue", "NewValue", "CreatedDate")
    tracked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `stems`: what the keys of its records begin with. `table`: the rows that it gives.

    `fields`: those that are asked for, as far as they may be seen.

    `recent`: only what changed since the day from which the past is read; of the others everything is.
    `snapshots`: the history in which each row is the whole state; `changes`: the one of single fields.
    """

    object: str
    stems: tuple[Stem, ...]
    what: str
    to_records: events.Mapped
    fields: tuple[str, ...]
    table: str = ""
    row: Callable[[Given], Row | None] | None = None
    snapshots: History | None = None
    changes: History | None = None
    recent: bool = False

    @property
    def source(self) -> str:
        """What kind of system it is to the watchtower."""
        return self.stems[0].source if self.stems else "crm"

    @property
    def asked(self) -> tuple[str, ...]:
        """Every field that is asked for."""
        return (*_STANDARD, MASTER, *self.fields)


_AROUND = ("Subject", "Description", "OwnerId", "WhatId", "WhoId", "AccountId")
KINDS: Mapping[str, Kind] = {
    "users": Kind(
        "User", (),
        "the people whose names stand on records: name, address, manager", events.user,
        ("Name", "Email", "IsActive", "UserType", "ManagerId", "TimeZoneSidKey", "Phone", "MobilePhone", "Department"),
        table="users", row=rows.user_row,
    ),
    "accounts": Kind(
        "Account", _crm("account"),
        "accounts: name, website, industry, phone, type, and who had them when", events.account,
        ("Name", "Website", "Industry", "BillingCountry", "Phone", "NumberOfEmployees", "OwnerId", "ParentId", "Type",
         "CurrencyIsoCode"),
        table="accounts", row=rows.account_row,
        changes=History("AccountHistory", "AccountId", tracked=("Owner",)),
    ),
    "contacts": Kind(
        "Contact", _crm("contact"),
        "contacts: name, title, addresses, numbers, who wants no mail, whose mail came back",
        events.contact,
        ("AccountId", "FirstName", "LastName", "Title", "Email", "Phone", "MobilePhone", "HasOptedOutOfEmail",
         "EmailBouncedDate", "OwnerId"),
        table="contacts", row=rows.contact_row,
        changes=History("ContactHistory", "ContactId", tracked=("HasOptedOutOfEmail",)),
    ),
    "leads": Kind(
        "Lead", _crm("lead"),
        "leads: name, company, address, number, source, status", events.lead,
        ("FirstName", "LastName", "Company", "Email", "Phone", "MobilePhone", "Status", "LeadSource", "OwnerId",
         "IsConverted", "ConvertedDate", "ConvertedAccountId"),
        changes=History("LeadHistory", "LeadId", tracked=("Status",)),
    ),
    "opportunities": Kind(
        "Opportunity", _crm("opportunity"),
        "opportunities: name, sum, owner, and every stage, sum and close date that they had",
        events.opportunity,
        ("AccountId", "Name", "StageName", "Amount", "CurrencyIsoCode", "CloseDate", "OwnerId", "NextStep",
         "ForecastCategoryName", "LastStageChangeDate", "Loss_Reason__c", "Lost_Reason__c"),
        snapshots=History("OpportunityHistory", "OpportunityId", ("StageName", "Amount", "CloseDate", "CreatedDate")),
        changes=History("OpportunityFieldHistory", "OpportunityId", tracked=("Owner",)),
    ),
    "tasks": Kind(
        "Task", (*_crm("task"), Stem("phone", "calls", VENDOR)),
        "tasks with their due day and whether they were done, and logged calls; not what was said",
        events.task,
        (*_AROUND, "ActivityDate", "Status", "IsClosed", "TaskSubtype", "CallType", "CallDurationInSeconds",
         "CallDisposition", "CompletedDateTime", events.KEY_FIELD), recent=True,
    ),
    "events": Kind(
        "Event", (Stem("calendar", "meetings", VENDOR),),
        "meetings that stand in the CRM", events.event,
        (*_AROUND, "StartDateTime", "EndDateTime", "ActivityDateTime", "IsChild"), recent=True,
    ),
    "cases": Kind(
        "Case", _crm("case"),
        "cases: subject, how grave, and when they were closed", events.case,
        ("AccountId", "ContactId", "OwnerId", "Subject", "Priority", "Status", "IsClosed", "ClosedDate"), recent=True,
    ),
    "emails": Kind(
        "EmailMessage", (Stem("email", "emails", VENDOR),),
        "logged mails: sender, recipients, subject, text", events.email,
        ("MessageDate", "Incoming", "FromAddress", "ToAddress", "CcAddress", "Subject", "TextBody", "HtmlBody",
         "MessageIdentifier", "RelatedToId"), recent=True,
    ),
}  # fmt: skip
