"""What people read of accounts: the list, one account with its people, its timeline and its interactions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Select, Table, and_, func, literal, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.inbox.models import Item
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book, InteractionRow
from agent_runtime.ledger.models import Interaction
from memory import people, timeline
from memory.records import Account, Activity, User
from memory.scope import AccountScope
from memory.timeline import Event

_account: Table = Account.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
# As an owner: the accounts that have none.
NOBODY = "nobody"
_LINE = (
    "id", "name", "domain", "industry", "country", "segment", "lifecycle", "language", "timezone", "owner_id",
    "csm_id", "renewal_date", "arr", "currency", "provisional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """Which accounts; what is None does not matter. `within`: the clause of the reader's reach."""

    within: ColumnElement[bool]
    words: str | None = None
    owner_id: str | None = None
    csm_id: str | None = None
    segment: str | None = None
    country: str | None = None
    industry: str | None = None
    lifecycle: str | None = None
    renewal_before: date | None = None


class AccountLine(BaseModel):
    """One account in the list."""

    id: str
    name: str
    domain: str | None
    industry: str | None
    country: str | None
    segment: str | None
    lifecycle: str | None
    language: str | None
    timezone: str | None
    owner_id: str | None
    owner: str | None
    csm_id: str | None
    renewal_date: date | None
    arr: float | None
    currency: str | None
    provisional: bool
    open_items: int
    open_interactions: int
    last_activity_at: datetime | None


class ContactLine(BaseModel):
    """A person at the account."""

    id: str
    name: str
    title: str
    role: str
    email: str | None
    phone: str | None
    timezone: str | None
    language: str | None
    status: str
    status_until: datetime | None


class AccountPage(AccountLine):
    """One account with its people."""

    contacts: list[ContactLine]


class Moment(BaseModel):
    """One thing on the timeline; `text` is its verbatim text, hostile until shown as text."""

    id: str
    source: str
    stream: str
    kind: str
    direction: str | None
    occurred_at: datetime
    known_at: datetime
    contact_id: str | None
    user_id: str | None
    opportunity_id: str | None
    caused_by: str
    subject: str | None
    data: dict[str, Any]
    text: str | None


class ExpectationLine(BaseModel):
    """One action due by a time; `breached_at`: since when it is known to be late, `retracted`: it was not."""

    id: str
    rule: str
    action: str
    turn: str
    opened_at: datetime
    due_at: datetime
    state: str
    step: int
    settled_at: datetime | None
    settled_by: str | None
    breached_at: datetime | None
    retracted: bool


class InteractionLine(BaseModel):
    """Something begun that must end, with who, what, by when and what else if not; or how it ended."""

    id: str
    continues_id: str | None
    kind: str
    opportunity_id: str | None
    contact_id: str | None
    opened_at: datetime
    state: str
    owner_id: str | None
    next_action: str | None
    next_due_at: datetime | None
    recovery: str | None
    outcome: str | None
    reason: str | None
    evidence: list[str] | None
    ended_at: datetime | None
    wake_at: datetime | None
    expectations: list[ExpectationLine]


def accounts(connection: Connection, sought: Sought, after: tuple[str, str] | None, limit: int) -> list[AccountLine]:
    """The accounts, by name and id; `after`: name and id of the last line before."""
    query = _lines().where(*_where(sought))
    if after is not None:
        name, account_id = after
        following = and_(_account.c.name == name, _account.c.id > account_id)
        query = query.where(or_(_account.c.name > name, following))
    rows = connection.execute(query.order_by(_account.c.name, _account.c.id).limit(limit)).mappings()
    return [AccountLine(**row) for row in rows]


def account(connection: Connection, scope: AccountScope) -> AccountPage:
    """One account with its people."""
    row = connection.execute(_lines().where(_account.c.id == scope.account_id)).mappings().one()
    contacts = [ContactLine(**x._asdict()) for x in people.contacts(connection, scope)]
    return AccountPage(**row, contacts=contacts)


def values_of(connection: Connection, within: ColumnElement[bool], name: str) -> list[str]:
    """Every value that a column of the accounts has, such as segment, for those that the reader sees."""
    column = _account.c[name]
    return list(connection.scalars(select(column).where(within, column.is_not(None)).distinct().order_by(column)))


def neighbours(connection: Connection, within: ColumnElement[bool], line: AccountLine) -> tuple[str | None, str | None]:
    """The ids of the accounts before and after this one by name, among those that the reader sees."""
    place, here = tuple_(_account.c.name, _account.c.id), tuple_(literal(line.name), literal(line.id))
    query = select(_account.c.id).where(within, _account.c.merged_into.is_(None)).limit(1)
    before = query.where(place < here).order_by(_account.c.name.desc(), _account.c.id.desc())
    after = query.where(place > here).order_by(_account.c.name, _account.c.id)
    return connection.scalar(before), connection.scalar(after)


def moments(
    connection: Connection,
    scope: AccountScope,
    kinds: frozenset[str],
    before: tuple[str, str] | None,
    limit: int,
) -> list[Moment]:
    """The timeline, the latest first; of these kinds where any are named. `before`: time and id of the last one."""
    events = [x for x in timeline.read(connection, scope) if not kinds or x.kind in kinds]
    events.sort(key=_place, reverse=True)
    if before is not None:
        last = (datetime.fromisoformat(before[0]), before[1])
        events = [x for x in events if _place(x) < last]
    shown = events[:limit]
    texts = timeline.texts(connection, scope, [x.id for x in shown])
    return [_moment(x, texts.get(x.id)) for x in shown]


def interactions(connection: Connection, scope: AccountScope, state: str | None) -> list[InteractionLine]:
    """What was begun with the account, the open ones first, then the latest; all, or those in `state`."""
    book = ledger.load(connection, scope.account_id)
    rows = [x for x in book.interactions if state is None or x.state == state]
    rows.sort(key=lambda x: (x.opened_at, x.id), reverse=True)
    rows.sort(key=lambda x: x.state != "open")
    return [_interaction_line(book, row) for row in rows]


def _lines() -> Select[Any]:
    mine = _account.c.id
    return select(
        *(_account.c[name] for name in _LINE),
        _user.c.name.label("owner"),
        _count(_item, _item.c.account_id == mine, _item.c.state == "open").label("open_items"),
        _count(_interaction, _interaction.c.account_id == mine, _interaction.c.state == "open").label(
            "open_interactions"
        ),
        select(func.max(_activity.c.occurred_at))
        .where(_activity.c.account_id == mine)
        .scalar_subquery()
        .label("last_activity_at"),
    ).outerjoin(_user, _user.c.id == _account.c.owner_id)


def _count(table: Table, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*where).scalar_subquery()


def _where(sought: Sought) -> Iterator[ColumnElement[bool]]:
    yield sought.within
    yield _account.c.merged_into.is_(None)
    for name in ("owner_id", "csm_id", "segment", "country", "industry", "lifecycle"):
        if (value := getattr(sought, name)) is not None:
            yield _account.c[name].is_(None) if value == NOBODY else _account.c[name] == value
    if sought.words:
        yield _account.c.name.icontains(sought.words, autoescape=True)
    if sought.renewal_before is not None:
        yield _account.c.renewal_date < sought.renewal_before


def _place(event: Event) -> tuple[datetime, str]:
    return event.occurred_at, event.id


def _moment(event: Event, text: str | None) -> Moment:
    told = event._asdict()
    return Moment(**{name: told[name] for name in Moment.model_fields if name != "text"}, text=text)


def _interaction_line(book: Book, row: InteractionRow) -> InteractionLine:
    expectations = []
    for x in book.expectations.get(row.id, ()):
        breach = book.breaches.get(x.id)
        expectations.append(
            ExpectationLine(
                id=x.id, rule=x.rule, action=x.action, turn=x.turn, opened_at=x.opened_at, due_at=x.due_at,
                state=x.state, step=x.step, settled_at=x.settled_at, settled_by=x.settled_by,
                breached_at=breach.detected_at if breach else None,
                retracted=breach is not None and breach.retracted_at is not None,
            )
        )  # fmt: skip
    plain = {name: getattr(row, name) for name in InteractionLine.model_fields if name != "expectations"}
    return InteractionLine(**plain, expectations=expectations)
