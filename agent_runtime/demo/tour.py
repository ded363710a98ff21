"""The five moments of the demo, chosen out of its database: who to be, where to look, what to press."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from rich.markup import escape
from sqlalchemy import Connection, func, select

from agent_runtime.accounts.handover import SIGNAL as HANDED_OVER
from agent_runtime.audit.models import AuditEntry
from agent_runtime.demo.bar import TAKES_OVER
from agent_runtime.demo.company import SMALL_OWNER
from agent_runtime.demo.serving import HOST, installed
from agent_runtime.diagnosis.gather import record
from agent_runtime.diagnosis.story import Story, stories
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.models import Item
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger.models import Interaction
from agent_runtime.watchtower.company import Company
from memory.records import Account, Activity, User

PROMISE = "promise_due"
_SPOKEN = ("call", "meeting")
_activity, _account, _user = Activity.__table__, Account.__table__, User.__table__  # type: ignore[attr-defined]
_item, _begun, _entry = Item.__table__, Interaction.__table__, AuditEntry.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: its title, the id of the person to be (None: anybody), the page, and what to do there.

    `path` is None where the moment is a command.
    """

    title: str
    person: str | None
    path: str | None
    steps: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A deal that was lost, and for how many whole days before that it could be known what was missed."""

    story: Story
    days: int


def moments(connection: Connection, company: Company, now: datetime) -> list[Moment]:
    """The five moments of the company as it stands at `now`; reads only."""
    return [_promise(connection), _plug(), _book(connection), _lost(connection, company, now), _yours()]


def the_promise(connection: Connection) -> ItemRow | None:
    """The open item to begin with: a mail ready to go about a promise not kept, said rather than written.

    In a company with none of those the mail that comes first.
    """
    waiting = inbox.waiting(connection)
    first = {x.id: x.evidence[0]["activity_id"] for x in waiting if x.evidence}
    query = select(_activity.c.id).where(_activity.c.id.in_(first.values()), _activity.c.kind.in_(_SPOKEN))
    spoken = set(connection.scalars(query))

    def rank(item: ItemRow) -> tuple[bool, bool, bool, float, str]:
        unready, unpromised = item.action["kind"] != "send_email", item.signal != PROMISE
        return (unready, unpromised, first.get(item.id) not in spoken, -item.priority, item.id)

    return min(waiting, key=rank, default=None)


def the_loss(connection: Connection, company: Company, now: datetime) -> Lost | None:
    """The lost deal of which it could be known for longest that something was missed; of several the largest."""
    lost = (_begun.c.kind == "opportunity", _begun.c.outcome == "lost")
    accounts = connection.scalars(select(_begun.c.account_id).where(*lost).distinct().order_by(_begun.c.account_id))
    found = [x for account_id in list(accounts) for x in _losses(connection, company, account_id, now)]
    return max(found, key=lambda x: (x.days, x.story.amount or 0.0, x.story.account_id), default=None)


def _losses(connection: Connection, company: Company, account_id: str, now: datetime) -> Iterator[Lost]:
    told = record(connection, company, account_id, now)
    for story in stories(told) if told else ():
        known, ended = story.first_knowable_at, story.ended_at
        if story.standing == "lost" and known and ended and ended > known:
            yield Lost(story, (ended - known).days)


def _promise(connection: Connection) -> Moment:
    item = the_promise(connection)
    title = "The sentence nobody kept"
    if item is None:
        return Moment(title, None, "/inbox", "Nothing waits at present: press +1 day until something does.")
    steps = (
        "w goes to the sentence, Enter opens it where it was said; come back. Ctrl+Enter approves, z takes it back; "
        "approve again. Press +1 day: the mail went out, the item is closed and says why, the customer's answer stands "
        "on the account. Approve another one and press +1 day: no answer comes, and it goes one step on."
    )
    return Moment(title, item.owner_id, f"/inbox?{urlencode({'sel': item.id})}", steps)


def _plug() -> Moment:
    steps = (
        "Press “Stop the worker for three days” in the bar. The page lists what was noticed afterwards, beside a copy "
        "of the company whose worker never stopped: the same, each once."
    )
    return Moment("Pull the plug", None, "/demo/twins", steps)


def _book(connection: Connection) -> Moment:
    """The hand-over where the book was given away already, else where it will stand."""
    told = (_item.c.signal == HANDED_OVER, _item.c.owner_id == TAKES_OVER)
    query = select(_item.c.id, _item.c.beside).where(*told).order_by(_item.c.delivered_at.desc())
    given = [row.id for row in connection.execute(query) if row.beside.get("predecessor") == SMALL_OWNER]
    steps = (
        "Press “Give away …” in the bar: one item about all accounts of Anna, what breaks first on top. Open the first "
        "one, read its brief, and ask “What did Anna promise them?”"
    )
    return Moment("Monday, a book of strangers", TAKES_OVER, "/".join(["/handover", *given[:1]]), steps)


def _lost(connection: Connection, company: Company, now: datetime) -> Moment:
    found = the_loss(connection, company, now)
    if found is None:
        return Moment("Why did we lose it?", None, "/accounts", "No deal of this company was lost for a known cause.")
    story, zone = found.story, company.calendar.zone
    knowable, ended = _day(story.first_knowable_at, zone), _day(story.ended_at, zone)
    owner = select(_account.c.owner_id).where(_account.c.id == story.account_id)
    steps = (
        f"Lost on {ended}; what was missed could be known on {knowable}, {found.days} days before. Due, knowable, seen "
        "and acted on stand on one line, with the cause. Print it."
    )
    path = f"/accounts/{quote(story.account_id, safe='')}/story?{urlencode({'deal': story.opportunity_id or ''})}"
    return Moment(f"Why did we lose {story.account_name}?", connection.scalar(owner), path, steps)


def _yours() -> Moment:
    steps = (
        "tenure look ~/Downloads/hubspot-export\n"
        "One page out of your own rows, read-only and offline, with what the export cannot tell. "
        "A world folder of your own lives here: make demo DATA=FOLDER"
    )
    return Moment("Now yours", None, None, steps)


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %B}" if at else ""


def print_tour(*, folder: Path, port: int, as_json: bool) -> None:
    """Prints the five moments of the demo in `folder`, with links into its pages on `port` of this machine.

    Raises BadInput where no demo was made yet.
    """
    if not (folder / "tenure.db").exists():
        raise BadInput(f"There is no demo in {folder} yet.", fix="Begin it in another terminal: make demo")
    here = installed(folder, "b2b_sales")
    with here.engine.connect() as connection:
        now = connection.scalars(select(func.max(_entry.c.at))).one()
        found = moments(connection, here.company(connection, now), now)
        names = {row.id: row.name for row in connection.execute(select(_user.c.id, _user.c.name))}
    here.engine.dispose()
    rows = [_row(number, x, names, f"http://{HOST}:{port}") for number, x in enumerate(found, 1)]
    if as_json:
        Console().out(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    for row in rows:
        _print(Console(), row)


def _row(number: int, moment: Moment, names: dict[str, str], address: str) -> dict[str, str | int | None]:
    there = moment.path
    # Whoever has to be somebody is asked first who they are, and then led on.
    asked = f"/sign-in?{urlencode({'next': there})}" if there and moment.person else there
    return {
        "moment": number,
        "title": moment.title,
        "be": names.get(moment.person or "", moment.person) if moment.person else None,
        "link": f"{address}{asked}" if asked else None,
        "steps": moment.steps,
    }


def _print(console: Console, row: dict[str, str | int | None]) -> None:
    who = escape(f"   be {row['be']}") if row["be"] else ""
    console.print(f"{row['moment']}  [bold]{escape(str(row['title']))}[/bold][dim]{who}[/dim]", highlight=False)
    if row["link"]:
        console.print(f"   {row['link']}", highlight=False, soft_wrap=True, markup=False)
    for line in str(row["steps"]).splitlines():
        console.print(f"   {line}", highlight=False, soft_wrap=True, markup=False)
    console.print()
