"""Exports as people download them, made anew for each test: three CRMs, a mailbox and a call list."""

import csv
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

Lines = Sequence[Sequence[str]]


def write_csv(path: Path, header: Sequence[str], lines: Lines, delimiter: str = ",") -> Path:
    """Writes a list as a spreadsheet saves it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(lines)
    return path


HUBSPOT_DEALS = (
    "Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Deal owner", "Create Date", "Close Date",
    "Associated Company", "Associated Company IDs", "Last Activity Date", "Date entered current stage", "Next step",
    "Closed Lost Reason", "Last Modified Date",
)  # fmt: skip


def hubspot(folder: Path) -> Path:
    """Two lists of deals, a month apart, with companies, contacts and tasks; taken on 2 March and 2 April 2026."""
    write_csv(
        folder / "hubspot-crm-exports-all-companies-2026-04-02.csv",
        ("Record ID", "Company name", "Company Domain Name", "Company owner", "Phone Number"),
        [
            ("501", "Harrow Mills", "harrowmills.example", "Dana Whitlock", ""),
            ("502", "Pinefield Dairy", "pinefield.example", "Oskar Brandt", ""),
        ],
    )
    write_csv(
        folder / "hubspot-crm-exports-all-contacts-2026-04-02.csv",
        ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Primary Associated Company ID"),
        [("901", "Ruth", "Amery", "ruth@harrowmills.example", "+441214960111", "501")],
    )
    march = [
        ("1", "Harrow renewal", "Proposal", "Sales", "12,500.00", "Dana Whitlock", "2026-01-12 10:15", "2026-03-20",
         "Harrow Mills", "501", "2026-02-25 09:00", "2026-02-20 12:00", "", "", "2026-02-26 08:00"),
        ("2", "Pinefield line 2", "Qualified", "Sales", "40000", "Oskar Brandt (Deactivated User)", "2025-10-02 09:00",
         "2026-05-30", "Pinefield Dairy", "502", "2025-11-20 09:00", "2025-10-20 09:00", "", "", "2026-03-01 08:00"),
        ("3", "Unowned one", "Qualified", "Sales", "", "", "2026-02-01 09:00", "", "", "", "", "", "", "",
         "2026-02-01 09:00"),
    ]  # fmt: skip
    april = [
        (*march[0][:2], "Negotiation", *march[0][3:7], "2026-05-15", *march[0][8:10], "2026-03-28 09:00",
         "2026-03-22 12:00", "Send contract", "", "2026-03-28 09:05"),
        march[1],
        ("4", "Small order", "Closed Won", "Sales", "900", "Dana Whitlock", "2026-03-05 09:00", "2026-03-30 10:00",
         "Harrow Mills", "501", "2026-03-30 10:00", "", "", "", "2026-03-30 10:00"),
    ]  # fmt: skip
    write_csv(folder / "hubspot-crm-exports-all-deals-2026-03-02.csv", HUBSPOT_DEALS, march)
    write_csv(folder / "hubspot-crm-exports-all-deals-2026-04-02.csv", HUBSPOT_DEALS, april)
    write_csv(
        folder / "hubspot-crm-exports-tasks-2026-04-02.csv",
        ("Record ID", "Task Title", "Task Status", "Due date", "Assigned to", "Associated Deal IDs", "Create date",
         "Completed at"),
        [
            ("71", "Send the contract", "Not started", "2026-04-09 10:00", "Dana Whitlock", "1",
             "2026-03-28 09:00", ""),
            ("72", "Call Pinefield", "Completed", "2025-11-20 09:00", "Oskar Brandt", "2", "2025-11-10 09:00",
             "2025-11-20 09:00"),
        ],
    )  # fmt: skip
    return folder


def salesforce(folder: Path) -> Path:
    """The object files of the Data Export Service: users, accounts, contacts, deals with history, leads, tasks."""
    write_csv(
        folder / "User.csv",
        ("Id", "Username", "FirstName", "LastName", "Email", "IsActive"),
        [
            ("005A", "dana@vendor.example", "Dana", "Whitlock", "dana@vendor.example", "true"),
            ("005B", "oskar@vendor.example", "Oskar", "Brandt", "oskar@vendor.example", "false"),
        ],
    )
    write_csv(
        folder / "Account.csv",
        ("Id", "Name", "Website", "OwnerId", "Industry", "Phone"),
        [("001A", "Harrow Mills", "https://www.harrowmills.example/home", "005A", "Textiles", "")],
    )
    write_csv(
        folder / "Contact.csv",
        ("Id", "AccountId", "FirstName", "LastName", "Email", "Phone", "Title"),
        [("003A", "001A", "Ruth", "Amery", "ruth@harrowmills.example", "", "Head of purchasing")],
    )
    _salesforce_deals(folder)
    write_csv(
        folder / "Lead.csv",
        ("Id", "FirstName", "LastName", "Company", "Status", "Email", "Phone", "LeadSource", "OwnerId", "IsConverted",
         "CreatedDate", "LastModifiedDate"),
        [
            ("00QA", "Ivo", "Lund", "Lund Foods", "Open - Not Contacted", "ivo@lund.example", "", "Web", "005A",
             "false", "2026-03-10T09:00:00.000Z", "2026-03-10T09:00:00.000Z"),
            ("00QB", "May", "Orr", "Orr Ltd", "Closed - Converted", "may@orr.example", "", "Web", "005A", "true",
             "2026-03-01T09:00:00.000Z", "2026-03-02T09:00:00.000Z"),
        ],
    )  # fmt: skip
    _salesforce_tasks(folder)
    return folder


def _salesforce_deals(folder: Path) -> None:
    write_csv(
        folder / "Opportunity.csv",
        ("Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "OwnerId", "CreatedDate",
         "LastModifiedDate", "LastActivityDate", "LastStageChangeDate", "NextStep"),
        [
            ("006A", "001A", "Harrow renewal", "Negotiation", "12500.0", "2026-03-20", "false", "false", "005A",
             "2026-01-12T10:15:00.000Z", "2026-03-28T09:05:00.000Z", "2026-03-27", "2026-03-22T12:00:00.000Z", ""),
            ("006B", "001A", "Pinefield line 2", "Qualified", "40000.0", "2026-05-30", "false", "false", "005B",
             "2025-10-02T09:00:00.000Z", "2026-03-01T08:00:00.000Z", "2025-11-20", "", ""),
            ("006C", "001A", "Lost order", "Closed Lost", "700.0", "2026-02-11", "true", "false", "005A",
             "2026-01-02T09:00:00.000Z", "2026-02-11T08:00:00.000Z", "", "", ""),
        ],
    )  # fmt: skip
    write_csv(
        folder / "OpportunityHistory.csv",
        ("Id", "OpportunityId", "StageName", "Amount", "CreatedDate", "CreatedById"),
        [
            ("008A", "006A", "Qualified", "10000.0", "2026-01-12T10:15:00.000Z", "005A"),
            ("008B", "006A", "Negotiation", "12500.0", "2026-03-22T12:00:00.000Z", "005A"),
            ("008C", "006X", "Qualified", "1.0", "2026-01-12T10:15:00.000Z", "005A"),
        ],
    )


def _salesforce_tasks(folder: Path) -> None:
    write_csv(
        folder / "Task.csv",
        (
            "Id",
            "WhatId",
            "AccountId",
            "Subject",
            "Status",
            "ActivityDate",
            "OwnerId",
            "CreatedDate",
            "CompletedDateTime",
        ),
        [
            (
                "00TA",
                "006A",
                "001A",
                "Send contract",
                "Not Started",
                "2026-03-25",
                "005A",
                "2026-03-22T12:30:00.000Z",
                "",
            ),
            ("00TB", "", "", "Buy paper", "Not Started", "2026-03-25", "005A", "2026-03-22T12:30:00.000Z", ""),
        ],
    )


def pipedrive(folder: Path) -> Path:
    """Deals, people, organizations and activities, with semicolons as some locales save them."""
    write_csv(
        folder / "deals-2026-04-02.csv",
        ("Deal - ID", "Deal - Title", "Deal - Stage", "Deal - Status", "Deal - Value", "Deal - Currency of Value",
         "Deal - Owner", "Deal - Organization", "Deal - Contact person", "Deal - Deal created",
         "Deal - Last stage change", "Deal - Expected close date", "Deal - Won time", "Deal - Lost time",
         "Deal - Lost reason", "Deal - Next activity date", "Deal - Last activity date", "Deal - Update time"),
        [
            ("11", "Harrow renewal", "Offer", "Open", "12.500,00", "EUR", "Dana Whitlock", "Harrow Mills", "Ruth Amery",
             "12.01.2026 10:15", "22.03.2026 12:00", "15.05.2026", "", "", "", "09.04.2026", "28.03.2026",
             "01.04.2026"),
            ("12", "Pinefield line 2", "Offer", "Won", "40.000", "EUR", "Oskar Brandt", "Pinefield Dairy", "",
             "02.10.2025 09:00", "20.10.2025 09:00", "", "01.03.2026 09:00", "", "", "", "", "01.03.2026 09:00"),
            ("13", "Old talk", "Contacted", "Open", "", "", "Oskar Brandt", "", "", "02.10.2025 09:00",
             "20.10.2025 09:00", "", "", "", "", "", "20.10.2025", "20.10.2025 09:00"),
            ("14", "Broken", "Offer", "Open", "many", "EUR", "Oskar Brandt", "Pinefield Dairy", "", "32.13.2025", "",
             "", "", "", "", "", "", ""),
        ],
        delimiter=";",
    )  # fmt: skip
    write_csv(
        folder / "people-2026-04-02.csv",
        ("Person - ID", "Person - Name", "Person - Organization", "Person - Email - Work", "Person - Phone - Work"),
        [("31", "Ruth Amery", "Harrow Mills", "ruth@harrowmills.example", "")],
    )
    write_csv(
        folder / "organizations-2026-04-02.csv",
        ("Organization - ID", "Organization - Name", "Organization - Owner"),
        [("21", "Harrow Mills", "Dana Whitlock"), ("22", "Pinefield Dairy", "Oskar Brandt")],
    )
    write_csv(
        folder / "activities-2026-04-02.csv",
        ("Activity - ID", "Activity - Subject", "Activity - Type", "Activity - Done", "Activity - Due date",
         "Activity - Deal", "Activity - Organization", "Activity - Assigned to user", "Activity - Add time",
         "Activity - Marked as done time"),
        [("41", "Call Ruth", "Call", "To do", "2026-04-09", "Harrow renewal", "Harrow Mills", "Dana Whitlock",
          "2026-03-28 09:00:00", "")],
    )  # fmt: skip
    return folder


def mail(sender: str, to: str, date: str, subject: str, text: str, number: int, **headers: str) -> EmailMessage:
    """One mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Date"], made["Subject"] = sender, to, date, subject
    made["Message-ID"] = f"<{number}@mail.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def write_mbox(path: Path, mails: Sequence[EmailMessage]) -> Path:
    """Writes a mailbox file with its separating lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [b"From - Mon Mar  2 09:00:00 2026\n" + one.as_bytes() + b"\n\n" for one in mails]
    path.write_bytes(b"".join(parts))
    return path


DANA, RUTH = "Dana Whitlock <dana@vendor.example>", "Ruth Amery <ruth@harrowmills.example>"


def mailbox(path: Path) -> Path:
    """Dana's mailbox: an unanswered question, a promise that is not kept, and an answered question."""
    return write_mbox(
        path,
        [
            mail(RUTH, DANA, "Mon, 02 Mar 2026 09:10:00 +0000", "Delivery", "Could you deliver by the 20th?", 1),
            mail(DANA, RUTH, "Mon, 02 Mar 2026 11:00:00 +0000", "Re: Delivery", "Yes, the 20th is fine.", 2,
                 In_Reply_To="<1@mail.example>"),
            mail(DANA, RUTH, "Tue, 03 Mar 2026 10:00:00 +0000", "Drawings",
                 "I will send you the drawings by Friday.", 3),
            mail(RUTH, DANA, "Tue, 10 Mar 2026 09:00:00 +0000", "Prices",
                 "What would a second line cost? Please let me know.", 4),
            mail("Newsletter <news@list.example>", DANA, "Fri, 20 Mar 2026 08:00:00 +0000", "Offers", "Buy now?", 5,
                 List_Id="<news.list.example>"),
        ],
    )  # fmt: skip


CDR = ("calldate", "clid", "src", "dst", "dcontext", "duration", "billsec", "disposition", "uniqueid")


def call_list(path: Path) -> Path:
    """An Asterisk call list: a miss that was called back, one that was not, one row that cannot be read."""
    return write_csv(
        path,
        CDR,
        [
            ("2026-03-02 10:00:00", "", "+441214960111", "+442079460000", "in", "25", "0", "NO ANSWER", "c1"),
            ("2026-03-02 10:30:00", "", "201", "+441214960111", "out", "190", "180", "ANSWERED", "c2"),
            ("2026-03-09 10:00:00", "", "+441214960222", "+442079460000", "in", "30", "0", "NO ANSWER", "c3"),
            ("yesterday", "", "+441214960222", "+442079460000", "in", "30", "0", "NO ANSWER", "c4"),
            ("2026-03-20 10:00:00", "", "+441214960111", "+442079460000", "in", "95", "80", "ANSWERED", "c5"),
        ],
    )
