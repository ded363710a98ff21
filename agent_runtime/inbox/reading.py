"""What people read of the inbox: the list, how much it is, one item with all behind it, and what was held back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import Connection, Select, Table, and_, case, func, literal_column, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.errors import NotThere
from agent_runtime.inbox.models import LIVE, Decision, Draft, Item, Suppressed
from agent_runtime.permissions import Reach, within
from memory.records import Account, User
from memory.scope import AccountScope

State = Literal["open", "snoozed", "approved"]
View = Literal["mine", "all"]
# When an item is due: "week" is the seven days from now on, "late" what is past.
Sla = Literal["any", "late", "today", "week"]
Split = Literal["all", "calls", "replies", "stalled", "renewals", "champion", "other"]

# Which signals stand under which tab; what stands nowhere is "other".
SPLITS: dict[str, tuple[str, ...]] = {
    "calls": ("missed_call", "callback_promised", "no_show"),
    "replies": (
        "answer_owed", "lead_response", "proposal_response", "promise_due", "estimate_response", "concern_open",
        "customer_promise", "follow_up_said", "meeting_follow_up", "qbr_follow_up", "unworked_lead",
    ),
    "stalled": (
        "stage_age", "next_step", "close_date_pushed", "opportunity", "commit_without_evidence", "single_threaded",
        "zombie_lead", "sequence_ended",
    ),
    "renewals": ("renewal_ahead", "competitor_contract", "usage_decline"),
    "champion": ("champion_quiet", "champion_left", "stakeholder_change", "new_executive"),
}  # fmt: skip
# Minutes that a person needs for one item, by tab: read, decide, and do what the card says.
_MINUTES = {"calls": 6, "replies": 2, "stalled": 3, "renewals": 5, "champion": 5, "other": 3}

_item: Table = Item.__table__  # type: ignore[attr-defined]
_draft: Table = Draft.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
# As text, because SQLite takes a partial index only where its condition stands in the statement word for word.
_LIVE: ColumnElement[bool] = literal_column(f"tenure_item.{LIVE}")
_LINE = (
    "id", "account_id", "interaction_id", "opportunity_id", "signal", "classification", "step", "verified", "state",
    "owner_id", "due_at", "delivered_at", "priority", "risk", "value_at_stake", "draft_version", "flags", "claimed_by",
    "claimed_until", "snoozed_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: `own_only` leaves those of the reader; `today` is the reader's day, `due` when they are due, both as
    [begin, end), None where it is open.
    """

    reach: Reach
    today: tuple[datetime, datetime]
    own_only: bool = True
    state: State = "open"
    split: Split = "all"
    signal: str | None = None
    owner_id: str | None = None
    account_id: str | None = None
    words: str | None = None
    due: tuple[datetime | None, datetime | None] = (None, None)


class ItemLine(BaseModel):
    """One item in the list. `today`: due on the reader's present day; `minutes`: what it is likely to take."""

    id: str
    account_id: str
    account: str
    interaction_id: str
    opportunity_id: str | None
    signal: str
    split: str
    classification: str
    step: int
    verified: bool
    state: str
    owner_id: str
    owner: str
    due_at: datetime
    delivered_at: datetime
    today: bool
    priority: float
    risk: float
    value_at_stake: dict[str, Any]
    kind: str
    title: str
    why_now: str
    minutes: int
    draft_version: int
    hash: str
    flags: list[str]
    claimed_by: str | None
    claimed_until: datetime | None
    snoozed_until: datetime | None


class Counts(BaseModel):
    """How much there is: items by state and by tab, how many are due today, and minutes for all that is open."""

    open: int
    snoozed: int
    approved: int
    today: int
    minutes: int
    splits: dict[str, int]


class Version(BaseModel):
    """One version of the content: the agent's or a person's."""

    version: int
    hash: str
    made_by: str
    made_at: datetime
    action: dict[str, Any]


class Decided(BaseModel):
    """One decision about the item, or about an earlier version of it."""

    id: str
    verb: str
    decided_by: str
    decided_at: datetime
    channel: str
    draft_version: int
    hash: str
    reason: str
    detail: dict[str, Any]


class ItemPage(ItemLine):
    """One item with its action, its reasons, what stands beside it, its versions and decisions."""

    expectation_id: str
    action: dict[str, Any]
    why: list[Any]
    evidence: list[Any]
    beside: dict[str, Any]
    snoozed_for: str | None
    closed_at: datetime | None
    closed_reason: str | None
    versions: list[Version]
    decisions: list[Decided]


class HeldBack(BaseModel):
    """A proposal that was not made, and why; `until`: when it is looked at again."""

    expectation_id: str
    step: int
    account_id: str
    account: str
    at: datetime
    verdict: str
    reason: str
    until: datetime | None
    released: bool


def today_of(connection: Connection, user_id: str, now: datetime) -> tuple[datetime, datetime]:
    """The present day of a user in their own time zone, UTC where none is known, as [begin, end)."""
    name = connection.scalar(select(_user.c.timezone).where(_user.c.id == user_id))
    here = now.astimezone(ZoneInfo(name or "UTC"))
    begin = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return begin, begin + timedelta(days=1)


def due_window(sla: Sla, today: tuple[datetime, datetime], now: datetime) -> tuple[datetime | None, datetime | None]:
    """When what is asked for is due, as [begin, end); None where it is open."""
    windows: dict[Sla, tuple[datetime | None, datetime | None]] = {
        "any": (None, None), "late": (None, now), "today": today, "week": (now, now + timedelta(days=7)),
    }  # fmt: skip
    return windows[sla]


def lines(connection: Connection, wanted: Wanted, after: tuple[int, float, str] | None, limit: int) -> list[ItemLine]:
    """The items: due today first, then by priority. `after`: today (1 or 0), priority and id of the line before."""
    today, where = _today(wanted), _where(wanted)
    if after is not None:
        where.append(_following(today, *after))
    order = (today.desc(), _item.c.priority.desc(), _item.c.id)
    # The page is chosen on narrow rows; only its own items are read whole.
    chosen = select(_item.c.id).where(*where).order_by(*order).limit(limit)
    query = _read(today).where(_item.c.id.in_(chosen.subquery().select())).order_by(*order)
    return [ItemLine(**_line(row)) for row in connection.execute(query).mappings()]


def counts(connection: Connection, wanted: Wanted) -> Counts:
    """How much there is in the view, whatever its state and tab."""
    today = _today(wanted)
    query = (
        select(_item.c.state, _item.c.signal, func.count().label("items"), func.sum(today).label("today"))
        .where(_LIVE, _in_view(wanted))
        .group_by(_item.c.state, _item.c.signal)
    )
    states, splits, due_today = {"open": 0, "snoozed": 0, "approved": 0}, dict.fromkeys([*SPLITS, "other"], 0), 0
    for state, signal, items, today_items in connection.execute(query):
        states[state] += items
        if state == "open":
            splits[split_of(signal)] += items
            due_today += int(today_items)
    minutes = sum(_MINUTES[name] * number for name, number in splits.items())
    return Counts(**states, today=due_today, minutes=minutes, splits=splits)


def page(connection: Connection, scope: AccountScope, item_id: str, today: tuple[datetime, datetime]) -> ItemPage:
    """One item of the account with all that belongs to it; raises NotThere."""
    mine = (_item.c.id == item_id, _item.c.account_id == scope.account_id)
    row = connection.execute(_read(_due_within(today), whole=True).where(*mine)).mappings().one_or_none()
    if row is None:
        raise NotThere("There is no such item.", fix="Load the inbox again.")
    whole = {name: row[name] for name in (
        "expectation_id", "action", "why", "evidence", "beside", "snoozed_for", "closed_at", "closed_reason"
    )}  # fmt: skip
    return ItemPage(
        **_line(row), **whole, versions=_versions(connection, row), decisions=_decisions(connection, item_id)
    )


def held_back(
    connection: Connection, reach: Reach, account_id: str | None, after: tuple[str, str, int] | None, limit: int
) -> list[HeldBack]:
    """What was not proposed, the latest first; of one account if named. `after`: time, expectation, step."""
    query = (
        select(_suppressed, _account.c.name.label("account"))
        .join(_account, _account.c.id == _suppressed.c.account_id)
        .where(within(reach, _account.c))
    )
    if account_id is not None:
        query = query.where(_suppressed.c.account_id == account_id)
    if after is not None:
        at, expectation, step = datetime.fromisoformat(after[0]), after[1], after[2]
        same = and_(_suppressed.c.expectation_id == expectation, _suppressed.c.step > step)
        rest = and_(_suppressed.c.at == at, or_(_suppressed.c.expectation_id > expectation, same))
        query = query.where(or_(_suppressed.c.at < at, rest))
    ordered = query.order_by(_suppressed.c.at.desc(), _suppressed.c.expectation_id, _suppressed.c.step).limit(limit)
    return [HeldBack(**row) for row in connection.execute(ordered).mappings()]


def split_of(signal: str) -> str:
    """The tab under which a signal stands."""
    return next((name for name, signals in SPLITS.items() if signal in signals), "other")


def _due_within(today: tuple[datetime, datetime]) -> ColumnElement[int]:
    return case((and_(_item.c.due_at >= today[0], _item.c.due_at < today[1]), 1), else_=0)


def _today(wanted: Wanted) -> ColumnElement[int]:
    return _due_within(wanted.today)


def _in_view(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.own_only:
        return _item.c.owner_id.in_(sorted(wanted.reach.own))
    if wanted.reach.everything:
        return true()
    return _item.c.account_id.in_(select(_account.c.id).where(within(wanted.reach, _account.c)))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [_LIVE, _item.c.state == wanted.state, _in_view(wanted)]
    if wanted.split == "other":
        where.append(_item.c.signal.not_in([x for signals in SPLITS.values() for x in signals]))
    elif wanted.split != "all":
        where.append(_item.c.signal.in_(SPLITS[wanted.split]))
    for column, value in (
        (_item.c.signal, wanted.signal),
        (_item.c.owner_id, wanted.owner_id),
        (_item.c.account_id, wanted.account_id),
    ):
        where += [column == value] if value is not None else []
    begin, end = wanted.due
    where += [_item.c.due_at >= begin] if begin is not None else []
    where += [_item.c.due_at < end] if end is not None else []
    if wanted.words:
        named = _account.c.name.icontains(wanted.words, autoescape=True)
        where.append(_item.c.account_id.in_(select(_account.c.id).where(named)))
    return where


def _following(today: ColumnElement[int], flag: int, priority: float, item_id: str) -> ColumnElement[bool]:
    same = and_(_item.c.priority == priority, _item.c.id > item_id)
    return or_(today < flag, and_(today == flag, or_(_item.c.priority < priority, same)))


def _read(today: ColumnElement[int], *, whole: bool = False) -> Select[Any]:
    names = _item.c.keys() if whole else (*_LINE, "content_hash", "action", "beside")
    columns = [_item.c[name] for name in names]
    query = select(*columns, today.label("today"), _account.c.name.label("account"), _user.c.name.label("owner"))
    joined = query.join(_account, _account.c.id == _item.c.account_id)
    return joined.outerjoin(_user, _user.c.id == _item.c.owner_id)


def _line(row: Any) -> dict[str, Any]:
    action, split = row["action"], split_of(row["signal"])
    return {name: row[name] for name in _LINE} | {
        "account": row["account"],
        "owner": row["owner"] or row["owner_id"],
        "today": bool(row["today"]),
        "hash": row["content_hash"],
        "kind": action["kind"],
        "title": action.get("subject") or "",
        "why_now": row["beside"].get("why_now") or "",
        "split": split,
        "minutes": _MINUTES[split],
    }


def _versions(connection: Connection, row: Any) -> list[Version]:
    """Every version, the oldest first; the present one also where no edit ever made a second."""
    stored = connection.execute(select(_draft).where(_draft.c.item_id == row["id"]).order_by(_draft.c.version))
    found = [
        Version(version=x.version, hash=x.content_hash, made_by=x.made_by, made_at=x.made_at, action=x.action)
        for x in stored
    ]
    if not any(x.version == row["draft_version"] for x in found):
        found.append(
            Version(
                version=row["draft_version"], hash=row["content_hash"], made_by="agent",
                made_at=row["made_at"] or row["delivered_at"], action=row["action"],
            )
        )  # fmt: skip
    return found


def _decisions(connection: Connection, item_id: str) -> list[Decided]:
    query = select(_decision).where(_decision.c.item_id == item_id).order_by(_decision.c.decided_at, _decision.c.id)
    return [
        Decided(
            id=x.id, verb=x.verb, decided_by=x.decided_by, decided_at=x.decided_at, channel=x.channel,
            draft_version=x.draft_version, hash=x.content_hash, reason=x.reason, detail=x.detail,
        )
        for x in connection.execute(query)
    ]  # fmt: skip
