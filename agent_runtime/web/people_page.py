"""Who works here and how they come in: users, their keys, and giving accounts from one to another."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Form, Path, Response
from pydantic import SecretStr

from agent_runtime.accounts import ownership, service
from agent_runtime.accounts.policy import Where
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput
from agent_runtime.permissions import LEADERS, SEES_ALL, Policy, Right, Role
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from agent_runtime.web.account_sources import names
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other
from memory.records import User

router = PageRouter("people")
Id = Annotated[str, Form(min_length=1, max_length=200)]
Word = Annotated[str, Form(max_length=200)]
UserId = Annotated[str, Path(min_length=1, max_length=200)]
_ADMIN = Policy(frozenset({Role.ADMIN}), Right.ADMINISTER)
_LONGEST_DAYS = 3_660


@router.get("/admin/people", policy=Policy(SEES_ALL))
def show_people(call: Shown) -> Response:
    """Everybody of ours, and the keys of programs that are in force."""
    return _people(call)


@router.post("/admin/people", policy=_ADMIN)
def add_person(
    call: Shown, user_id: Id, name: Id, role: Annotated[Role, Form()], email: Word = "", team: Word = "",
    manager: Word = "",
) -> Response:  # fmt: skip
    """Adds one of ours, who can sign in once a password is set."""
    told = User(
        id=user_id.strip(), name=name.strip(), email=email.strip(), role=role.value, team=team.strip() or None,
        manager_id=manager.strip() or None,
    )  # fmt: skip
    users.add_user(call.connection, told)
    _note(call, "user.added", told.id, role=role.value)
    return see_other("/admin/people")


@router.post("/admin/people/{user_id}/password", policy=_ADMIN)
def set_password(
    call: Shown, user_id: UserId, password: Annotated[SecretStr, Form(min_length=1, max_length=200)]
) -> Response:  # fmt: skip
    """Sets a password; open sessions end."""
    users.set_password(call.connection, user_id, password, call.now)
    _note(call, "user.password_set", user_id)
    return see_other("/admin/people")


@router.post("/admin/people/{user_id}/disable", policy=_ADMIN)
def disable(call: Shown, user_id: UserId) -> Response:
    """Shuts somebody out from the next request on; nobody shuts out themselves."""
    if user_id == call.principal.user_id:
        raise BadInput("You cannot shut out yourself; nothing was changed.", fix="Ask another admin.")
    users.disable(call.connection, user_id, call.now)
    _note(call, "user.disabled", user_id)
    return see_other("/admin/people")


@router.post("/admin/keys", policy=_ADMIN)
def make_key(
    call: Shown, user_id: Id, right: Annotated[Right, Form()], label: Word = "",
    days: Annotated[int, Form(ge=1, le=_LONGEST_DAYS)] = 90,
) -> Response:  # fmt: skip
    """Makes a key for a program that acts for a person; the answer shows it this once."""
    ends = call.now + timedelta(days=days)
    made = users.make_token(call.connection, user_id, TokenKind.API, right.value, label, ends, call.now)
    _note(call, "token.made", made.id, user=user_id, right=right.value)
    return _people(call, secret=made.secret.get_secret_value())


@router.post("/admin/keys/{token_id}/revoke", policy=_ADMIN)
def revoke_key(call: Shown, token_id: Annotated[str, Path(min_length=1, max_length=200)]) -> Response:
    """Makes a key useless from the next request on."""
    user_id = users.revoke(call.connection, token_id, call.now)
    _note(call, "token.revoked", token_id, user=user_id)
    return see_other("/admin/people")


@router.get("/admin/transfer", policy=Policy(LEADERS, Right.DECIDE))
def show_transfer(call: Shown) -> Response:
    """The form by which accounts are given to somebody else."""
    return _transfer(call, None, [])


@router.post("/admin/transfer", policy=Policy(LEADERS, Right.DECIDE))
def transfer(
    call: Shown, from_user: Id, to_user: Id, post: Annotated[service.Post, Form()] = service.Post.OWNER,
    segment: Word = "", country: Word = "", name: Word = "", renewal_before: Word = "", sure: Word = "",
) -> Response:  # fmt: skip
    """Shows which accounts would move, or, where one is sure, moves them and opens the hand-over."""
    where = Where(
        segment=segment.strip() or None, country=country.strip() or None, name=name.strip() or None,
        renewal_before=_day(renewal_before),
    )  # fmt: skip
    handing = ownership.Handing(
        to_user=to_user, from_user=from_user, post=post, where=where, dry_run=not sure,
    )  # fmt: skip
    handed = ownership.transfer(call, handing)
    if handed.done:
        return see_other("/handover")
    moving = service.moving(call.connection, from_user, where, post)
    return _transfer(call, handing, moving)


def _transfer(call: PageCall, handing: ownership.Handing | None, moving: list[service.Moving]) -> Response:
    people = [x for x in users.people(call.connection) if x.role != Role.AUDITOR]
    return page(
        call, "admin/transfer.html", people=people, handing=handing, moving=moving, names=names(call.connection)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("That is no day.", fix="Write it as 2026-12-31.") from None


def _people(call: PageCall, secret: str = "") -> Response:
    return page(
        call, "admin/people.html", people=users.people(call.connection), tokens=users.tokens(call.connection),
        names=names(call.connection), secret=secret, roles=list(Role), rights=list(Right),
        may_change=call.principal.role is Role.ADMIN,
    )  # fmt: skip


def _note(call: PageCall, event: str, subject: str, **detail: str) -> None:
    entry = Entry(call.now, ActorKind.USER, call.principal.user_id, event, subject, detail)
    audit.append(call.connection, INSTALLATION, [entry], install_key=call.site.premises.install_key)
