"""The morning by mail: what waits for a person, each line with a link to its item. Nothing can be decided by a link."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent_runtime.inbox import reading
from agent_runtime.permissions import Principal, Right, Role, reach_of, rights_up_to
from agent_runtime.users.service import Person
from agent_runtime.web import words
from agent_runtime.web.inbox_words import KINDS, said

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's morning as a mail in plain text."""

    user_id: str
    address: str
    subject: str
    body: str


def digest_of(connection: Connection, person: Person, zone: ZoneInfo, address: str, now: datetime) -> Digest | None:
    """What waits for `person` at `now`, on the clock of `zone`; None where nothing does.

    `address`: where people reach the pages, with which every link begins.
    """
    principal = Principal(person.id, Role(person.role), person.team, rights_up_to(Right.READ), "mail", "")
    today = reading.today_of(connection, person.id, now)
    wanted = reading.Wanted(reach_of(connection, principal, now), today)
    counts = reading.counts(connection, wanted)
    if not counts.open:
        return None
    lines = reading.lines(connection, wanted, None, _SHOWN)
    noun = "item" if counts.open == 1 else "items"
    subject = f"{counts.open} {noun}, about {counts.minutes} minutes"
    parts = [_line(line, zone, address, now) for line in lines]
    more = counts.open - len(lines)
    parts += [f"and {more} more: {address}/inbox"] if more else []
    begin = f"Good morning {person.name.partition(' ')[0]},\n\n{subject}; {counts.today} due today.\n"
    end = "\nNothing is sent to a customer by opening a link; decisions are made on the page.\n"
    return Digest(person.id, person.email, subject, "\n".join([begin, *parts, end]))


def _line(line: reading.ItemLine, zone: ZoneInfo, address: str, now: datetime) -> str:
    due, _ = words.due_words(line.due_at, now, zone)
    head = f"{' '.join(line.account.split())} · {said(KINDS, line.kind)} · {due}"
    why = " ".join((line.why_now or line.title).split())
    return f"{head}\n  {why}\n  {address}/inbox?sel={quote(line.id, safe='')}\n"
