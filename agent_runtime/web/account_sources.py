"""Where a cited record stands on the account page: source ids become links to the timeline and short words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, Table, select

from memory.people import ContactRow
from memory.records import Activity, User
from memory.scope import AccountScope

MOST_WORDS = 400
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_KINDS = {
    "email": "mail", "call": "call", "message": "message", "form": "form", "meeting": "meeting", "fact.stated": "noted",
    "owner.changed": "owner", "task.created": "task", "task.completed": "task", "case": "case", "note": "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One cited record: its link on the page (empty where it is no event), what it is, when, by whom of ours."""

    href: str
    what: str
    at: datetime | None = None
    activity_id: str = ""
    user_id: str | None = None
    stated: bool = False


def places(
    connection: Connection, scope: AccountScope, source_ids: Iterable[str], tab: str = ""
) -> dict[str, Place]:  # fmt: skip
    """The places of source records of this account, by source id; what is no activity has no link."""
    wanted = sorted(set(source_ids))
    columns = ("id", "source_id", "kind", "occurred_at", "user_id")
    query = select(*(_activity.c[x] for x in columns)).where(
        _activity.c.account_id == scope.account_id, _activity.c.source_id.in_(wanted), _activity.c.current
    )
    found = {x: Place("", _other(x)) for x in wanted}
    for row in connection.execute(query):
        what = _KINDS.get(row.kind, "CRM")
        href = passage(scope.account_id, row.id, tab=tab)
        found[row.source_id] = Place(href, what, row.occurred_at, row.id, row.user_id, row.kind == "fact.stated")
    return found


def passage(account_id: str, activity_id: str, words: str = "", tab: str = "") -> str:
    """The link that opens a record on the timeline, and in it these words highlighted; beside it this tab."""
    asked = {"tab": tab, "ev": activity_id, "words": words[:MOST_WORDS]}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/accounts/{quote(account_id, safe='')}?{query}#ev-{quote(activity_id, safe='')}"


def _other(source_id: str) -> str:
    return "connection" if source_id.startswith("coverage:") else "CRM"


def names(connection: Connection, contacts: Iterable[ContactRow] = ()) -> Mapping[str, str]:
    """What users, and these contacts, are called, by id."""
    found = {row.id: row.name for row in connection.execute(select(_user.c.id, _user.c.name))}
    return found | {x.id: x.name for x in contacts if x.name}
