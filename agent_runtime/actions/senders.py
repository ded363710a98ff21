"""Sender profiles: in whose name and from where a user's mail goes out; passwords only by reference."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, and_, delete, insert, or_, select

from agent_runtime.actions.message import Unsendable, address_of
from agent_runtime.actions.models import Sender
from agent_runtime.actions.sign_in import forget_rotated
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.references import is_reference, secret_in
from agent_runtime.settings import MailServer
from memory.records import User

_sender: Table = Sender.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
# Also a name that the mail server knows; quotes and control characters would break its commands.
_FOLDER = re.compile(r"[ -!#-\[\]-~]{1,200}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")


@dataclass(frozen=True, slots=True)
class Profile:
    """One user's sender. `server`: a name in the setting mail_servers, or a connected mailbox (gmail:anna), which
    needs no user name. `password_ref`: env:NAME or file:/path.

    Without `username` the server is used without signing in.
    """

    user_id: str
    name: str
    address: str
    server: str
    signature: str = ""
    language: str = ""
    username: str = ""
    password_ref: str = ""
    sent_folder: str = "Sent"


# Vendors whose connected mailboxes send by themselves.
MAILBOXES = frozenset({"gmail", "graph"})
_COLUMNS = [_sender.c[x.name] for x in fields(Profile)]
ProfileOf = Callable[[str], Profile | None]


def connector_of(profile: Profile) -> str:
    """By what a sender's mail goes out: the connected mailbox, or the mail server."""
    return profile.server if profile.server.partition(":")[0] in MAILBOXES else "smtp"


def set_profile(connection: Connection, profile: Profile, by: str, now: datetime, install_key: SecretStr) -> None:
    """Sets the sender of one user, audited; raises BadInput for what could not be used."""
    _refuse_unusable(profile)
    values = {x.name: getattr(profile, x.name) for x in fields(Profile)} | {"set_by": by, "set_at": now}
    connection.execute(delete(_sender).where(_sender.c.user_id == profile.user_id))
    connection.execute(insert(_sender), values)
    entry = Entry(now, ActorKind.USER, by, "sender.set", profile.user_id, {"server": profile.server})
    audit.append(connection, INSTALLATION, [entry], install_key=install_key)


def remove_profile(connection: Connection, user_id: str, by: str, now: datetime, install_key: SecretStr) -> None:
    """Removes the sender of one user: nothing is sent in their name any more. Raises NotThere."""
    if connection.execute(delete(_sender).where(_sender.c.user_id == user_id)).rowcount == 0:
        raise NotThere(f"{user_id} has no sender profile.")
    forget_rotated(connection, user_id)
    entry = Entry(now, ActorKind.USER, by, "sender.removed", user_id, {})
    audit.append(connection, INSTALLATION, [entry], install_key=install_key)


def profile_of(connection: Connection, user_id: str) -> Profile | None:
    """The sender of one user, if there is one."""
    row = connection.execute(select(*_COLUMNS).where(_sender.c.user_id == user_id)).one_or_none()
    return Profile(**row._mapping) if row else None


def profiles_in(engine: Engine) -> ProfileOf:
    """`profile_of` for an executor, which has no transaction."""

    def read(user_id: str) -> Profile | None:
        with engine.connect() as connection:
            return profile_of(connection, user_id)

    return read


def without_profile(connection: Connection) -> list[str]:
    """The reps, csms and managers in whose name nothing can be sent, in a fixed order."""
    known = select(_sender.c.user_id)
    query = select(_user.c.id).where(_user.c.role.in_(("rep", "csm", "manager")), _user.c.id.not_in(known))
    return list(connection.scalars(query.order_by(_user.c.id)))


def with_mailbox(connection: Connection, servers: Mapping[str, MailServer]) -> list[str]:
    """The users into whose mailbox something can be put: they sign in, and their server has IMAP, or their mailbox
    is connected."""
    reached = [name for name, server in servers.items() if server.imap_host]
    by_imap = and_(_sender.c.server.in_(reached), _sender.c.username != "")
    connected = [_sender.c.server == name for name in sorted(MAILBOXES)]
    connected += [_sender.c.server.startswith(f"{name}:") for name in sorted(MAILBOXES)]
    query = select(_sender.c.user_id).where(or_(by_imap, *connected))
    return list(connection.scalars(query.order_by(_sender.c.user_id)))


def password_of(profile: Profile) -> SecretStr:
    """The password, read from where the profile says; raises BadSetting, naming the place and nothing else."""
    return secret_in(profile.password_ref, f"The password of {profile.user_id}")


def _refuse_unusable(profile: Profile) -> None:
    try:
        address_of(profile.address)
    except Unsendable:
        raise BadInput("The sender's address is not a mail address.", fix='Write "name@example.com".') from None
    if profile.username and not is_reference(profile.password_ref):
        raise BadInput(
            "A password is given by reference, never itself.", fix='Write "env:NAME" or "file:/path" as password_ref.'
        )
    if not _FOLDER.fullmatch(profile.sent_folder):
        raise BadInput("The folder's name cannot be used.", fix="Write it as the server names it, in ASCII.")
    if not all(_LINE.fullmatch(x) for x in (profile.name, profile.username, profile.server)):
        raise BadInput("Name, user name and server are one line each, of 200 characters at most.")
