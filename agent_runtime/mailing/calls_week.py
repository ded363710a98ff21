"""The weekly page of missed calls by mail: on the playbook's day, to those who asked for it, once."""

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed, Found, Rejected, Retry, Sent, Unknown
from agent_runtime.actions.reasons import explain
from agent_runtime.actions.senders import Profile, connector_of, profile_of
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.calls.week import subscribing
from agent_runtime.calls.week.page import render_mail, render_text, subject_of
from agent_runtime.calls.week.service import House, read_week, week_named
from agent_runtime.installation import Installation
from agent_runtime.mailing.senders import Sender, executor_of
from agent_runtime.permissions import OVERSEERS
from agent_runtime.users.preferences import preferences_of
from memory.records import User

RULE = "rule:calls_week"
_user: Table = User.__table__  # type: ignore[attr-defined]


def send_week(
    installation: Installation, user_id: str | None, now: datetime, executor: Sender | None = None
) -> list[str]:
    """Sends the page of last week to everybody who asked for it and did not get it; gives a line for each.

    From the person to themselves, at the time that they set for their digest; the figures are read once for all.
    `executor`: what sends; where none is given, the mail server or the connected mailbox of each person's own sender
    profile.
    """
    with installation.engine.connect() as connection:
        week = week_to_send(installation, connection, now)
        if week is None:
            return []
        house = House(installation.company(connection, now).calendar, installation.playbook)
        monday = week_named(None, now, house.calendar)
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
    return _told({x: why or _send(installation, executor, x, week, content, now) for x, why in due.items()})


def week_to_send(installation: Installation, connection: Connection, now: datetime) -> str | None:
    """The week whose page goes out now, as 2026-W24; None before the playbook's day for it."""
    calendar = installation.company(connection, now).calendar
    if not subscribing.is_mail_day(now.astimezone(calendar.zone).date(), installation.playbook.calls.mail_day):
        return None
    year, number, _ = week_named(None, now, calendar).isocalendar()
    return f"{year}-W{number:02d}"


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
    installation: Installation, given: Sender | None, user_id: str, week: str, content: dict[str, Any], now: datetime
) -> str:
    """Claims it, hands it over, and keeps that it went out: whoever dies in between is taken over, by the same id."""
    with installation.engine.begin() as connection:
        profile = profile_of(connection, user_id)
        claimed = subscribing.claim(connection, user_id, week, now) if profile else None
    if profile is None:
        return "not sent, they have no sender profile (tenure sender set)"
    if claimed is None:
        return ""
    executor = given or executor_of(installation, profile)
    letter = _letter(content, profile, week, now)
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


def _letter(content: dict[str, Any], profile: Profile, week: str, now: datetime) -> ActionRow:
    # One a week: where it is sent twice after all, mail programs show one of the same id.
    name = hashlib.sha256(f"{profile.user_id} {week}".encode()).hexdigest()[:24]
    domain = profile.address.rpartition("@")[2]
    whole = content | {
        "sender": {"name": "Tenure", "email": profile.address}, "to": [profile.address],
        "message_id": f"<calls.{name}@{domain}>", "user_id": profile.user_id, "connector": connector_of(profile),
    }  # fmt: skip
    return ActionRow(f"calls_{name}", "", None, None, "send_email", whole, "", RULE, now, now, "claimed")
