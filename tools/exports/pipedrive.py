"""Pipedrive's lists, as "Export data" writes them: deals, organizations, people and activities, each a snapshot.

A deal keeps the stage in which it was won or lost, and tells its end in a status of its own.
"""

from typing import Final

from tools.exports.presets import Preset

PRESETS: Final = (
    Preset(
        vendor="pipedrive",
        kind="deal",
        needs=("name", "stage", "status"),
        columns={
            "id": ("deal - id",),
            "name": ("deal - title",),
            "stage": ("deal - stage",),
            "status": ("deal - status",),
            "amount": ("deal - value",),
            "currency": ("deal - currency of value", "deal - currency"),
            "owner": ("deal - owner",),
            "account": ("deal - organization", "organization - name"),
            "account_id": ("deal - organization id", "organization - id"),
            "contact": ("deal - contact person", "person - name"),
            "created_at": ("deal - deal created", "deal - deal created on"),
            "stage_entered_at": ("deal - last stage change",),
            "close_date": ("deal - expected close date",),
            "won_at": ("deal - won time", "deal - deal won on"),
            "lost_at": ("deal - lost time", "deal - deal lost on"),
            "closed_at": ("deal - deal closed on",),
            "lost_reason": ("deal - lost reason",),
            "next_activity_at": ("deal - next activity date",),
            "touched_at": ("deal - last activity date",),
            "changed_at": ("deal - update time",),
        },
    ),
    Preset(
        vendor="pipedrive",
        kind="task",
        needs=("subject", "due_at", "status"),
        columns={
            "id": ("activity - id",),
            "subject": ("activity - subject",),
            "status": ("activity - done",),
            "due_at": ("activity - due date",),
            "owner": ("activity - assigned to user", "activity - owner"),
            "deal_id": ("deal - id", "activity - deal id"),
            "deal": ("activity - deal", "deal - title"),
            "account": ("activity - organization", "organization - name"),
            "created_at": ("activity - add time",),
            "done_at": ("activity - marked as done time",),
            "channel": ("activity - type",),
            "changed_at": ("activity - last updated", "activity - update time"),
        },
    ),
    Preset(
        vendor="pipedrive",
        kind="contact",
        needs=("name",),
        columns={
            "id": ("person - id",),
            "name": ("person - name",),
            "email": ("person - email - work", "person - email", "person - email - home"),
            "phone": ("person - phone - work", "person - phone", "person - phone - mobile"),
            "title": ("person - job title",),
            "account": ("person - organization", "organization - name"),
            "changed_at": ("person - update time",),
        },
    ),
    Preset(
        vendor="pipedrive",
        kind="account",
        needs=("name",),
        columns={
            "id": ("organization - id",),
            "name": ("organization - name",),
            "domain": ("organization - website",),
            "owner": ("organization - owner",),
            "changed_at": ("organization - update time",),
        },
    ),
)
