"""Who uses the tools: a person, what they may do, and the transaction of each call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, or_, select

from agent_runtime.errors import Forbidden
from agent_runtime.http.site import Site
from agent_runtime.permissions import Principal, account_scope, visible
from memory.records import Account
from memory.scope import AccountScope

CHANNEL = "mcp"
_account: Table = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who uses the tools through a program.

    `identify`: who they are at this moment, asked at each call. `decides`: deciding was asked for, which a token must
    allow besides. `address`: what links begin with, empty where there is no server.
    """

    site: Site
    identify: Callable[[Connection, datetime], Principal]
    decides: bool = False
    address: str = ""

    @contextmanager
    def call(self) -> Iterator["Visiting"]:
        """One call in a transaction of its own."""
        now = self.site.clock.now()
        with self.site.premises.engine.connect() as connection:
            yield Visiting(self, connection, self.identify(connection, now), now)
            connection.commit()


@dataclass(frozen=True, slots=True)
class Visiting:
    """One call of a tool."""

    visitor: Visitor
    connection: Connection
    principal: Principal
    now: datetime

    @property
    def site(self) -> Site:
        """The server that is visited."""
        return self.visitor.site

    def scope(self, wanted: str) -> AccountScope:
        """The account of this id or exactly this name; raises Forbidden, the same for a foreign and a missing one."""
        seen = visible(self.connection, self.principal, self.now)
        named = or_(_account.c.id == wanted, func.lower(_account.c.name) == wanted.lower())
        ids = list(self.connection.scalars(select(_account.c.id).where(named, seen).limit(2)))
        if len(ids) > 1 and wanted not in ids:
            raise Forbidden("Several of your accounts have this name.", fix="Give the id.")
        found = wanted if wanted in ids or not ids else ids[0]
        return account_scope(self.connection, self.principal, found, self.now)

    def link(self, path: str) -> str:
        """Where the pages show it."""
        return f"{self.visitor.address.rstrip('/')}{path}"
