"""Who may do what, and whose accounts they see: computed from the rows at each request. The only maker of AccountScope.

rep, csm: the accounts they own or serve, those of somebody absent who named them, and those with an item that is
theirs or their team's. manager: also those of everybody below them or of their team, and those with an item that
belongs to nobody. admin: all, and the installation. auditor: all, and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, column, or_, select, table, true
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.errors import Forbidden
from memory.records import Absence, Account, User
from memory.scope import AccountScope


class Role(StrEnum):
    """What a user is in the company."""

    REP = "rep"
    CSM = "csm"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a token may be used for; each includes the ones before it."""

    READ = "read"
    DECIDE = "decide"
    ADMINISTER = "administer"


class Target(StrEnum):
    """What a route is about: its path names an account or an item, or neither."""

    NONE = "none"
    ACCOUNT = "account"
    ITEM = "item"


EVERYBODY = frozenset(Role)
CHANGERS = EVERYBODY - {Role.AUDITOR}
LEADERS = frozenset({Role.MANAGER, Role.ADMIN})
OVERSEERS = frozenset({Role.MANAGER, Role.ADMIN, Role.AUDITOR})
SEES_ALL = frozenset({Role.ADMIN, Role.AUDITOR})
# As whom somebody may look at the pages: an admin sees everything anyhow, and an auditor nobody stands above.
VIEWED = frozenset({Role.REP, Role.CSM, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route demands: one of `roles`, a token with `right`, and sight of its `target`; `public` ones nothing."""

    roles: frozenset[Role] = EVERYBODY
    right: Right = Right.READ
    target: Target = Target.NONE
    public: bool = False


PUBLIC = Policy(roles=frozenset(), public=True)


@dataclass(frozen=True, slots=True)
class Principal:
    """The person who asks, and how they came in; `channel` is api or web. `seen_by`: who really looks, while somebody
    sees the pages as this person does; they read only."""

    user_id: str
    role: Role
    team: str | None
    rights: frozenset[Right]
    channel: str
    token_id: str
    seen_by: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a principal sees at one moment: everything, or the accounts and items of these users and teams.

    `own`: they themselves, whom they stand in for, their team's pool. `led`: everybody they answer for. `strays`: items
    that belong to no user and no team count as well.
    """

    everything: bool
    own: frozenset[str]
    led: frozenset[str] = frozenset()
    strays: bool = False

    @property
    def holders(self) -> list[str]:
        """Whose accounts and items are seen, in a fixed order."""
        return sorted(self.own | self.led)


_user: Table = User.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_absence: Table = Absence.__table__  # type: ignore[attr-defined]
# The inbox stands above this module; its table is named here, because an item lends sight of its account.
_item = table("tenure_item", column("id"), column("account_id"), column("owner_id"), column("state"))
# Not closed: the person who approved or snoozed must see it until it is over.
_LIVE = ("open", "snoozed", "approved")
_DELEGATORS = select(_absence.c.user_id).where(
    _absence.c.delegate_id == bindparam("me"),
    _absence.c.begins_at <= bindparam("now"),
    _absence.c.ends_at > bindparam("now"),
)
_ITEM_ACCOUNT = select(_item.c.account_id).where(_item.c.id == bindparam("item"))


def agent_scope(account_id: str) -> AccountScope:
    """The scope of the account's own agent: exactly its account, nothing else."""
    return AccountScope(account_id=account_id, reader="agent")


def account_scope(connection: Connection, principal: Principal, account_id: str, now: datetime) -> AccountScope:
    """The right of `principal` to read one account; raises Forbidden, the same for a foreign and a missing one."""
    if not sees(connection, reach_of(connection, principal, now), account_id):
        raise Forbidden("This account is not among those that you may see.", fix="Ask its owner or your manager.")
    return AccountScope(account_id=account_id, reader=principal.user_id)


def item_scope(connection: Connection, principal: Principal, item_id: str, now: datetime) -> AccountScope:
    """The right to read the account that an item is about; raises Forbidden, the same for a missing item."""
    account_id = connection.scalar(_ITEM_ACCOUNT, {"item": item_id})
    return account_scope(connection, principal, account_id or "", now)


def demand(policy: Policy, principal: Principal) -> None:
    """Raises Forbidden where the role or the token's rights do not reach for what the route demands."""
    if principal.role not in policy.roles:
        raise Forbidden(f"A {principal.role} may not do this.", fix="Ask an admin of your installation.")
    if policy.right not in principal.rights:
        fix = f"Make one with: tenure token create {principal.user_id} --right {policy.right}"
        raise Forbidden(f"This token may not {policy.right}.", fix=fix)


def viewable(connection: Connection, principal: Principal, now: datetime) -> dict[str, str]:
    """Those as whom `principal` may look at the pages, id to name: for an admin all, for a manager whom they lead."""
    if principal.role not in LEADERS:
        return {}
    here = or_(_user.c.leaves_at.is_(None), _user.c.leaves_at > now)
    query = select(_user.c.id, _user.c.name).where(here, _user.c.role.in_([x.value for x in VIEWED]))
    query = query.where(_user.c.id != principal.user_id).order_by(_user.c.name, _user.c.id)
    led = query if principal.role is Role.ADMIN else query.where(_user.c.id.in_(_led(principal)))
    return {row.id: row.name for row in connection.execute(led)}


def seen_as(connection: Connection, principal: Principal, user_id: str, now: datetime) -> Principal:
    """`user_id` as `principal` may see the pages, reading only; `principal` where they may not (any more)."""
    if user_id not in viewable(connection, principal, now):
        return principal
    row = connection.execute(select(_user.c.role, _user.c.team).where(_user.c.id == user_id)).one()
    rights = rights_up_to(Right.READ)
    return Principal(
        user_id, Role(row.role), row.team, rights, principal.channel, principal.token_id, principal.user_id
    )


def rights_up_to(right: Right) -> frozenset[Right]:
    """`right` and all that it includes."""
    every = list(Right)
    return frozenset(every[: every.index(right) + 1])


def reach_of(connection: Connection, principal: Principal, now: datetime) -> Reach:
    """What `principal` sees at `now`, from the current rows of users and absences."""
    own = {principal.user_id, *connection.scalars(_DELEGATORS, {"me": principal.user_id, "now": now})}
    own |= {principal.team} if principal.team else set()
    if principal.role in SEES_ALL:
        return Reach(everything=True, own=frozenset(own))
    if principal.role is not Role.MANAGER:
        return Reach(everything=False, own=frozenset(own))
    return Reach(False, frozenset(own), frozenset(connection.scalars(_led(principal))), strays=True)


def sees(connection: Connection, reach: Reach, account_id: str) -> bool:
    """Whether the account exists and is within `reach`."""
    query = select(_account.c.id).where(_account.c.id == account_id, within(reach, _account.c, account_id))
    return connection.execute(query).first() is not None


def visible(connection: Connection, principal: Principal, now: datetime) -> ColumnElement[bool]:
    """The clause on tenure_account that leaves what `principal` may see: for lists."""
    return within(reach_of(connection, principal, now), _account.c)


def within(reach: Reach, account: Any, account_id: str | None = None) -> ColumnElement[bool]:
    """`reach` as a clause on the columns of tenure_account; quicker where only one `account_id` is asked for."""
    if reach.everything:
        return true()
    lent = select(_item.c.account_id).where(_item.c.state.in_(_LIVE), held(reach, _item.c.owner_id))
    lent = lent.where(_item.c.account_id == account_id) if account_id is not None else lent
    return or_(account.owner_id.in_(reach.holders), account.csm_id.in_(reach.holders), account.id.in_(lent))


def held(reach: Reach, owner: ColumnElement[str]) -> ColumnElement[bool]:
    """The clause on an item's owner that leaves the items which lend sight of their account."""
    mine = owner.in_(reach.holders)
    if not reach.strays:
        return mine
    teams = select(_user.c.team).where(_user.c.team.is_not(None))
    return or_(mine, owner.not_in(select(_user.c.id).union(teams)))


def _led(principal: Principal) -> Select[tuple[str]]:
    """Everybody below a manager, at any distance, and the manager's team; a circle of managers ends."""
    below = select(_user.c.id).where(_user.c.manager_id == principal.user_id).cte("below", recursive=True)
    below = below.union(select(_user.c.id).join(below, _user.c.manager_id == below.c.id))
    led = select(below.c.id)
    if not principal.team:
        return led
    return select(led.union(select(_user.c.id).where(_user.c.team == principal.team)).subquery().c.id)
