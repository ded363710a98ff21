"""`tenure calls`: the weekly page of missed calls, the live view, who verified what, and how long anything waits."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection

from agent_runtime.brief.command import print_json
from agent_runtime.brief.opening import open_database, reading
from agent_runtime.calls.week import export, subscribing, telling, verifying
from agent_runtime.calls.week.live import Live
from agent_runtime.calls.week.live_service import read_live
from agent_runtime.calls.week.page import mail_of, render, render_text
from agent_runtime.calls.week.service import House, read_gate, read_week, week_named
from agent_runtime.calls.week.tasks import read_task_waits
from agent_runtime.calls.week.waits import Tail
from agent_runtime.clock import Clock
from agent_runtime.commands.diagnosing import company_at, present
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.installation import install_key
from agent_runtime.permissions import OVERSEERS
from agent_runtime.settings import load as load_settings
from agent_runtime.users.service import people

MAIL_SENDER = "tenure@localhost"


def week_command(
    week: str | None,
    database: str | None,
    *,
    html: Path | None,
    csv: Path | None,
    mail: Path | None,
    to: list[str],
    executive: bool,
    as_json: bool,
    clock: Clock | None = None,
) -> None:
    """Prints the week as text or JSON, and writes the page, the tables and the mail that were asked for."""
    with reading(database) as connection:
        now = present(connection, clock)
        house = _house(connection, now)
        zone = house.calendar.zone
        page = read_week(connection, house, week_named(week, now, house.calendar), now)
    written: list[Path] = []
    if html is not None:
        html.write_text(render(page, zone, executive=executive), encoding="utf-8")
        written.append(html)
    if csv is not None:
        written += export.write_csv(page, csv)
    if mail is not None:
        mail.write_bytes(mail_of(page, zone, MAIL_SENDER, to).as_bytes())
        written.append(mail)
    if as_json:
        print_json(export.as_data(page))
        return
    console = Console(soft_wrap=True)
    console.print(render_text(page, zone), highlight=False, markup=False)
    for path in written:
        console.print(f"Written: {path}", highlight=False, markup=False)


def live_command(database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints who waits now."""
    with reading(database) as connection:
        now = present(connection, clock)
        found = read_live(connection, _house(connection, now), now)
    if as_json:
        print_json(export.as_data(found))
    else:
        Console(soft_wrap=True).print(live_text(found), highlight=False, markup=False)


def live_text(found: Live) -> str:
    """The live view as text: the oldest high-intent miss first, then the queues."""
    if not found.waiting:
        return "Nobody waits for a call."
    lines = [f"{found.waiting} wait, {found.high_intent} high-intent, {found.late} beyond their window."]
    if (oldest := found.oldest) is not None:
        waited = telling.length(oldest.minutes * 60)
        lines.append(f"Oldest high-intent miss: {waited}, queue {oldest.queue}, with {oldest.owner}.")
    for queue in found.queues:
        waited = telling.length(queue.oldest_minutes * 60)
        lines.append(f"  {queue.queue}: {queue.waiting} wait, {queue.late} late, the oldest {waited}")
    return "\n".join(lines)


def verify_command(
    segment: str, by: str, note: str, database: str | None, *, take_back: bool, clock: Clock | None = None
) -> None:
    """Keeps, or takes back, that `by` stands up for the figures of a segment; audited."""
    key = install_key(load_settings().data_dir)
    engine = open_database(database)
    try:
        with engine.begin() as connection:
            now = present(connection, clock)
            if by not in {person.id for person in people(connection)}:
                raise NotThere(f"There is no user {by}.", fix="Give the id of one of yours.")
            if take_back:
                verifying.withdraw(connection, segment, by, now, key)
                said = f"{segment} is no longer verified."
            else:
                gate = read_gate(connection, _house(connection, now), now, segment)
                kept = verifying.verify(connection, segment, note, gate, by, now, key)
                said = f"{segment} is verified by {by}."
                if kept.accepted:
                    said += f" Accepted without a measurement: {', '.join(kept.accepted)}."
    finally:
        engine.dispose()
    Console(soft_wrap=True).print(said, highlight=False, markup=False)


def mail_command(user: str, database: str | None, *, stop: bool, clock: Clock | None = None) -> None:
    """Keeps that `user` gets the weekly page by mail, or no longer does."""
    engine = open_database(database)
    try:
        with engine.begin() as connection:
            roles = {person.id: person.role for person in people(connection)}
            if roles.get(user) not in OVERSEERS and not stop:
                raise BadInput(f"{user} answers for no queue.", fix="Name a manager, an admin or an auditor.")
            if stop:
                subscribing.unsubscribe(connection, user)
            else:
                subscribing.subscribe(connection, user, present(connection, clock))
            day = company_at(connection, present(connection, clock)).playbook.calls.mail_day.title()
    finally:
        engine.dispose()
    said = f"{user} gets the weekly page no more." if stop else f"{user} gets the weekly page each {day}."
    Console(soft_wrap=True).print(said, highlight=False, markup=False)


def waits_command(task: str, database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints how long it took from tasks with these words in their subject to the first call with the customer."""
    with reading(database) as connection:
        found = read_task_waits(connection, task, present(connection, clock))
    if as_json:
        print_json(asdict(found))
    else:
        Console(soft_wrap=True).print(tail_text(task, found), highlight=False, markup=False)


def tail_text(task: str, found: Tail) -> str:
    """The percentiles in a line each."""
    lines = [f'From "{task}" to the first call: {found.n:,} tasks, {found.open:,} without a call so far.']
    for one in found.percentiles:
        between = telling.between(one)
        lines.append(f"  {one.name}: {telling.percentile(one, found.n)}{f' ({between})' if between else ''}")
    return "\n".join(lines)


def _house(connection: Connection, now: datetime) -> House:
    company = company_at(connection, now)
    return House(company.calendar, company.playbook)
