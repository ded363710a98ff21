"""What would have been said on which day: each matter once, as it was first put before somebody."""

from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlmodel import SQLModel

from agent_runtime.look.book import LookBook, shortened
from agent_runtime.look.figures import Day, Said

SHOWN_DAYS = 60
SHOWN_A_DAY = 8
FORMS = {
    "send_email": "a mail to send",
    "message": "a message to send",
    "call_card": "a call to make",
    "task": "a task",
    "escalate": "a decision",
    "reassign": "a hand-over",
    "crm_write": "an entry in the CRM",
    "meeting": "a meeting to offer",
    "brief": "a brief",
}


def said_by_day(book: LookBook, zone: ZoneInfo) -> tuple[list[Day], int]:
    """The youngest days first, the weightiest of each; and how much would have been said in all."""
    item = SQLModel.metadata.tables["tenure_item"]
    rows = book.connection.execute(select(item).order_by(item.c.delivered_at, item.c.priority.desc(), item.c.id))
    first: dict[str, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.expectation_id, row)
    days = [
        (day, sorted(found, key=lambda row: (-row.priority, row.id)))
        for day, found in groupby(first.values(), key=lambda row: row.delivered_at.astimezone(zone).date())
    ]
    shown = [
        Day(day, [_said(book, row) for row in found[:SHOWN_A_DAY]], max(len(found) - SHOWN_A_DAY, 0))
        for day, found in reversed(days[-SHOWN_DAYS:])
    ]
    return shown, len(first)


def _said(book: LookBook, row: Row[Any]) -> Said:
    why = row.beside.get("why_now") or row.action.get("subject") or row.signal.replace("_", " ")
    kind = row.action.get("kind", "")
    return Said(
        at=row.delivered_at,
        account=book.accounts.get(row.account_id, row.account_id),
        why=shortened(str(why)),
        form=FORMS.get(kind, kind.replace("_", " ")),
        verified=row.verified,
    )
