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
from agent_runtime.web.render import environment

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's morning as a mail, the same in plain text and in HTML; `zone`: the clock on which they read it."""

    user_id: str
    address: str
    subject: str
    body: str
    html: str
    zone: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the digest; `tone`: late, soon or calm; `link`: where its item is."""

    account: str
    kind: str
    due: str
    tone: str
    why: str
    link: str


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
    shown = [_waiting(line, zone, address, now) for line in reading.lines(connection, wanted, None, _SHOWN)]
    noun = "item" if counts.open == 1 else "items"
    subject = f"{counts.open} {noun}, about {counts.minutes} minutes"
    told = {
        "name": person.name.partition(" ")[0], "subject": subject, "today": counts.today, "rows": shown,
        "more": counts.open - len(shown), "address": address,
    }  # fmt: skip
    text, html = (environment().get_template(f"digest.{form}").render(told) for form in ("txt", "html"))
    return Digest(person.id, person.email, subject, text, html, zone.key)


def _waiting(line: reading.ItemLine, zone: ZoneInfo, address: str, now: datetime) -> Waiting:
    due, tone = words.due_words(line.due_at, now, zone)
    why = " ".join((line.why_now or line.title).split())
    link = f"{address}/inbox?sel={quote(line.id, safe='')}"
    return Waiting(" ".join(line.account.split()), said(KINDS, line.kind), due, tone, why, link)
