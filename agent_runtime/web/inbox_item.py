"""One item as a person reads it: its draft in pieces, its card in lines, who has it since when."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from agent_runtime.actions.mailbox_drafts import placed
from agent_runtime.actions.models import Action
from agent_runtime.actions.policy import IN_MAILBOX
from agent_runtime.inbox.models import Suppressed
from agent_runtime.inbox.reading import ItemPage, Version
from agent_runtime.web.difference import Piece, difference
from memory.records import Activity, User

_action: Table = Action.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_NUMBER = re.compile(r"\+?\d{4,15}")
# The line of a card that lists the results; the page has buttons for them.
_RESULTS_LINE = 2
_LONGEST_LABEL = 40
_NOTHING_BESIDE: dict[str, Any] = {
    "fallback_reason": "", "alternatives": [], "what_i_know": [], "looked_in": [], "cannot_see": [], "if_nothing": "",
    "triage": [], "backlog": "", "worded_by": "", "prepared": {},
}  # fmt: skip
_NOTHING_DONE: dict[str, Any] = {
    "sender": {"name": "", "email": ""}, "to": [], "cc": [], "subject": "", "body": "", "attachments": [],
    "promises": [],
}  # fmt: skip


class Stretch(NamedTuple):
    """A part of a draft; `promise`: by when what it says is promised, empty where it promises nothing."""

    text: str
    promise: str


class CardLine(NamedTuple):
    """One line of a call card: what it is about, and the words."""

    label: str
    text: str


class Handed(NamedTuple):
    """A change of owner: when, and the name of who had it before."""

    at: datetime
    before: str


class Colleague(NamedTuple):
    """Somebody to whom a matter can be given."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one version changed against the one before it."""

    version: int
    made_by: str
    made_at: datetime
    subject: list[Piece]
    body: list[Piece]


def beside_of(item: ItemPage) -> dict[str, Any]:
    """What stands beside the action, with every part there: an item about a batch has few of them."""
    return _NOTHING_BESIDE | {name: value for name, value in item.beside.items() if value is not None}


def action_of(item: ItemPage) -> dict[str, Any]:
    """The action with every part that a page shows, though one of another kind has few of them."""
    return _NOTHING_DONE | {name: value for name, value in item.action.items() if value is not None}


def stretches(body: str, promises: Sequence[dict[str, Any]]) -> list[Stretch]:
    """The text with its promises set apart, in reading order."""
    found: list[Stretch] = []
    rest = body
    places = (
        sorted((body.find(str(x["quote"])), x) for x in promises if str(x.get("quote")) in body) if promises else []
    )
    for _, promise in sorted(places, key=lambda x: x[0]):
        before, quote, after = rest.partition(str(promise["quote"]))
        if quote:
            found += [Stretch(before, ""), Stretch(quote, str(promise.get("due_at") or ""))]
            rest = after
    return [x for x in (*found, Stretch(rest, "")) if x.text]


def card_lines(body: str, told: Collection[str] = ()) -> list[CardLine]:
    """The lines of a card or task with their labels; what has buttons of its own, or is `told` beside it, is left out.

    A line without a label, or with a sentence before its colon, is one of its own.
    """
    found = []
    for line in body.splitlines():
        label, colon, text = line.partition(": ")
        if "tel:" in text or text.count(" / ") > _RESULTS_LINE or not line.strip() or text in told:
            continue
        labelled = bool(colon) and len(label) <= _LONGEST_LABEL and "." not in label
        found.append(CardLine(label, text) if labelled else CardLine("", line))
    return found


def number_of(action: dict[str, Any]) -> str:
    """The number that a card calls, empty where it names none."""
    return next((str(x) for x in action.get("to") or () if _NUMBER.fullmatch(str(x))), "")


def changes_of(versions: Sequence[Version]) -> list[Change]:
    """What later versions changed of the words, the latest first."""
    found = []
    for before, after in pairwise(versions):
        subject, body = (
            difference(str(before.action.get(part) or ""), str(after.action.get(part) or ""))
            for part in ("subject", "body")
        )
        if any(piece.kind != "same" for piece in (*subject, *body)):
            found.append(Change(after.version, after.made_by, after.made_at, subject, body))
    return found[::-1]


def on_its_way(connection: Connection, item_id: str) -> Any:
    """The latest action of an item: its state, when it is to happen and when it did; None where there is none."""
    columns = (_action.c.id, _action.c.state, _action.c.execute_at, _action.c.executed_at)
    decided = (_action.c.item_id == item_id, _action.c.kind.not_in(IN_MAILBOX))
    query = select(*columns).where(*decided).order_by(_action.c.decided_at.desc(), _action.c.id)
    return connection.execute(query.limit(1)).first()


def among_drafts(connection: Connection, item: ItemPage) -> datetime | None:
    """Since when an open item's mail stands among its owner's own drafts; None where it does not."""
    draft = placed(connection, item.id) if item.state == "open" else None
    return draft.decided_at if draft else None


def comes_back(connection: Connection, item: ItemPage) -> datetime | None:
    """When a matter that was put aside is before somebody again, if nothing comes before."""
    if item.snoozed_until:
        return item.snoozed_until
    held = (_suppressed.c.expectation_id == item.expectation_id, _suppressed.c.until.is_not(None))
    return connection.scalar(select(_suppressed.c.until).where(*held).order_by(_suppressed.c.at.desc()).limit(1))


def held_since(connection: Connection, account_id: str, now: datetime) -> Handed | None:
    """When the account was last given to somebody else, and who had it before; None where it never was."""
    about = (_activity.c.account_id == account_id, _activity.c.kind == "owner.changed", _activity.c.known_at <= now)
    query = select(_activity.c.occurred_at, _activity.c.data).where(*about).order_by(_activity.c.occurred_at.desc())
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    before = str((row.data or {}).get("from_user_id") or "")
    return Handed(row.occurred_at, names_of(connection, [before])[before] if before else "")


def colleagues(connection: Connection, but: str, now: datetime) -> list[Colleague]:
    """Everybody who works here and decides, but the one who has it."""
    query = select(_user.c.id, _user.c.name, _user.c.leaves_at).where(_user.c.id != but, _user.c.role != "auditor")
    rows = connection.execute(query.order_by(_user.c.name))
    return [Colleague(row.id, row.name) for row in rows if row.leaves_at is None or row.leaves_at > now]


def names_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The names of people; what is no person of ours keeps its id."""
    rows = connection.execute(select(_user.c.id, _user.c.name).where(_user.c.id.in_(sorted(set(ids)))))
    known = {row.id: row.name for row in rows}
    return {name: known.get(name, name) for name in ids}
