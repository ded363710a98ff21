"""The weekly page of missed calls by mail: on the playbook's day, to those who asked for it, once."""

import hashlib
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found, Rejected, Result, Retry, Sent, Unknown
from agent_runtime.actions.reasons import explain
from agent_runtime.actions.senders import profile_of, profiles_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.calls.week import subscribing
from agent_runtime.calls.week.page import render_mail, render_text, subject_of
from agent_runtime.calls.week.service import House, read_week, week_named
from agent_runtime.installation import Installation
from agent_runtime.permissions import OVERSEERS
from agent_runtime.users.preferences import preferences_of
from memory.records import User

RULE = "rule:calls_week"


class Sender(Protocol):
    """Hands a mail over, and looks whether one is in the folder of sent mail."""

    def execute(self, action: ActionRow) -> Result: ...
    def find(self, action: ActionRow) -> Found: ...


_user: Table = User.__table__  # type: ignore[attr-defined]


def send_week(
    installation: Installation, user_id: str | None, now: datetime, executor: Sender | None = None
) -> list[str]:
    """Sends the page of last week to everybody who asked for it and did not get it; gives a line for each.

    From the person to themselves, at the time that they set for their digest; the figures are read once for all.
    `executor`: what sends, the mail server of the person's own sender profile where none is given.
    """
    with installation.engine.connect() as connection:
        company = installation.company(connection, now)
        house = House(company.calendar, installation.playbook)
        today = now.astimezone(house.calendar.zone).date()
        if not subscribing.is_mail_day(today, installation.playbook.calls.mail_day):
            return []
        monday = week_named(None, now, house.calendar)
        year, number, _ = monday.isocalendar()
        week = f"{year}-W{number:02d}"
        wanted = [x for x in subscribing.waiting(connection, week) if user_id in (None, x)]
        due = {x: why for x in wanted if (why := _why_not(connection, x, house.calendar.zone, now)) is not None}
        if not any(not why for why in due.values()):
            return _told(due)
        page = read_week(connection, house, monday, now)
    content = {
        "subject": subject_of(page),
        "body": render_text(page, house.calendar.zone),
        "html": render_mail(page, house.calendar.zone),
    }
    send = executor or SmtpExecutor(profiles_in(installation.engine), installation.settings.mail_servers)
    return _told({x: why or _send(installation, send, x, week, content, now) for x, why in due.items()})


def _told(became: dict[str, str]) -> list[str]:
    return [f"{who}: the weekly page of missed calls {what}" for who, what in became.items() if what]


def _why_not(connection: Connection, user_id: str, zone: ZoneInfo, now: datetime) -> str | None:
    """Why they get nothing now, empty where they do; None where it is only not yet time."""
    row = connection.execute(select(_user.c.role, _user.c.timezone).where(_user.c.id == user_id)).one_or_none()
    if row is None or row.role not in OVERSEERS:
        return "not sent, it is for those who answer for queues"
    own = preferences_of(connection, user_id)
    here = now.astimezone(ZoneInfo(row.timezone) if row.timezone else zone)
    if "mail" not in own.channels:
        return "not sent, they want no mail"
    return None if here.time() < own.digest_at or own.is_quiet(here.time()) else ""


def _send(
    installation: Installation, executor: Sender, user_id: str, week: str, content: dict[str, Any], now: datetime
) -> str:
    """Claims it, hands it over, and keeps that it went out: whoever dies in between is taken over, by the same id."""
    with installation.engine.begin() as connection:
        profile = profile_of(connection, user_id)
        claimed = subscribing.claim(connection, user_id, week, now) if profile else None
    if profile is None:
        return "not sent, they have no sender profile (tenure sender set)"
    if claimed is None:
        return ""
    letter = _letter(content, user_id, profile.address, week, now)
    if claimed == "again" and executor.find(letter) is Found.THERE:
        _settle(installation, user_id, week, now, sent=True)
        return "had gone out"
    result = executor.execute(letter)
    if isinstance(result, Unknown):  # the claim stays: when it is over, somebody looks whether it is there
        return f"may have gone out: {explain(result.reason)}"
    sent = isinstance(result, Sent | Confirmed)
    _settle(installation, user_id, week, now, sent=sent)
    return f"not sent: {explain(result.reason)}" if isinstance(result, Rejected | Retry) else "sent"


def _settle(installation: Installation, user_id: str, week: str, now: datetime, *, sent: bool) -> None:
    with installation.engine.begin() as connection:
        subscribing.settle(connection, user_id, week, sent=sent)
        if sent:
            entry = Entry(now, ActorKind.RULE, RULE, "calls.week_mailed", user_id, {"week": week})
            audit.append(connection, INSTALLATION, [entry], install_key=installation.install_key)


def _letter(content: dict[str, Any], user_id: str, address: str, week: str, now: datetime) -> ActionRow:
    # One a week: where it is sent twice after all, mail programs show one of the same id.
    name = hashlib.sha256(f"{user_id} {week}".encode()).hexdigest()[:24]
    domain = address.rpartition("@")[2]
    whole = content | {
        "sender": {"name": "Tenure", "email": address}, "to": [address],
        "message_id": f"<calls.{name}@{domain}>", "user_id": user_id,
    }  # fmt: skip
    return ActionRow(f"calls_{name}", "", None, None, "send_email", whole, "", RULE, now, now, "claimed")
