"""HubSpot's lists, as "Export records" writes them: deals, companies, contacts and tasks, each a snapshot.

Headings are the labels of the properties; times carry no offset and are in the zone of the HubSpot account.
"""

from typing import Final

from tools.exports.presets import Preset

_ID: Final = ("record id", "record id - contact", "record id - company", "record id - deal")

PRESETS: Final = (
    Preset(
        vendor="hubspot",
        kind="deal",
        needs=("name", "stage"),
        columns={
            "id": (*_ID, "deal id"),
            "name": ("deal name",),
            "stage": ("deal stage",),
            "is_won": ("is closed won",),
            "is_closed": ("is deal closed?", "is closed"),
            "amount": ("amount", "amount in company currency"),
            "currency": ("currency", "deal currency code"),
            "owner": ("deal owner", "hubspot owner"),
            "account": ("associated company", "primary associated company", "associated company (primary)"),
            "account_id": (
                "associated company ids (primary)",
                "associated company ids",
                "primary associated company id",
            ),
            "contact_ids": ("associated contact ids",),
            "created_at": ("create date", "created date"),
            "stage_entered_at": ("date entered current stage",),
            "close_date": ("close date",),
            "lost_reason": ("closed lost reason",),
            "next_step": ("next step",),
            "next_activity_at": ("next activity date",),
            "touched_at": ("last contacted", "last activity date"),
            "changed_at": ("last modified date",),
        },
    ),
    Preset(
        vendor="hubspot",
        kind="account",
        needs=("name", "domain"),
        columns={
            "id": (*_ID, "company id"),
            "name": ("company name",),
            "domain": ("company domain name",),
            "owner": ("company owner", "hubspot owner"),
            "industry": ("industry",),
            "phone": ("phone number",),
            "changed_at": ("last modified date",),
        },
    ),
    Preset(
        vendor="hubspot",
        kind="task",
        needs=("subject", "due_at", "status"),
        columns={
            "id": (*_ID, "task id"),
            "subject": ("task title", "task name", "subject"),
            "status": ("task status", "status"),
            "due_at": ("due date",),
            "owner": ("assigned to", "activity assigned to"),
            "deal_id": ("associated deal ids", "associated deal id"),
            "account_id": ("associated company ids", "associated company id"),
            "account": ("associated company",),
            "created_at": ("create date", "created at", "activity date"),
            "done_at": ("completed at", "completion date"),
            "channel": ("task type", "type"),
            "changed_at": ("last modified date",),
        },
    ),
    Preset(
        vendor="hubspot",
        kind="contact",
        needs=("first_name", "email"),
        columns={
            "id": (*_ID, "contact id"),
            "first_name": ("first name",),
            "last_name": ("last name",),
            "email": ("email",),
            "phone": ("phone number", "mobile phone number"),
            "title": ("job title",),
            "account": ("associated company", "primary associated company", "company name"),
            "account_id": (
                "associated company ids (primary)",
                "associated company ids",
                "primary associated company id",
            ),
            "changed_at": ("last modified date",),
        },
    ),
)
