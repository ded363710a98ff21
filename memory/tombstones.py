"""What was erased and must not come back: of ids, addresses and numbers only a digest stays."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, Table, insert, select
from sqlmodel import Field, SQLModel


class Tombstone(SQLModel, table=True):
    """Somebody or something that was erased. `digest`: of kind and id, address or number, not those themselves.

    `erasure`: names all that was erased at once. `kind`: account, contact, email, phone, domain or lead.
    """

    __tablename__ = "tenure_tombstone"

    digest: str = Field(primary_key=True)
    kind: str
    erasure: str
    erased_at: datetime


_tombstone: Table = Tombstone.__table__  # type: ignore[attr-defined]


def digest_of(kind: str, value: str) -> str:
    """The digest by which something erased is recognised; it can be compared, not read."""
    return blake2b(f"{kind}|{value.casefold()}".encode(), digest_size=16, person=b"tenure erasure").hexdigest()


def bury(connection: Connection, named: Iterable[tuple[str, str]], erasure: str, now: datetime) -> None:
    """Keeps the digests of (kind, value) pairs; those that are there already stay as they are."""
    wanted = {digest_of(kind, value): kind for kind, value in named if value}
    known = erased(connection)
    rows = [
        {"digest": digest, "kind": kind, "erasure": erasure, "erased_at": now}
        for digest, kind in wanted.items()
        if digest not in known
    ]
    if rows:
        connection.execute(insert(_tombstone), rows)


def erased(connection: Connection) -> frozenset[str]:
    """The digests of all that was erased."""
    return frozenset(connection.scalars(select(_tombstone.c.digest)))
