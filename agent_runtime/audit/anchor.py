"""The signed root over all heads, kept outside the database: against it a chain written anew or rolled back shows."""

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, func, select, tuple_
from sqlmodel import SQLModel

from agent_runtime.audit.models import AuditEntry, AuditHead
from agent_runtime.audit.policy import BreakKind, Broken, Head
from agent_runtime.errors import AuditBroken, BadInput

_ENTRY = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_HEAD = SQLModel.metadata.tables[str(AuditHead.__tablename__)]
_BATCH = 500
_PURPOSE = b"tenure anchor 1"
BEGINNING = hashlib.sha256(_PURPOSE).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of an anchor file. `root`: SHA-256 over all heads of that moment; `heads`: those that moved since the
    line before, by account; `previous`: the signature of that line, so that no line can be taken out."""

    number: int
    at: str
    accounts: int
    root: str
    previous: str
    heads: dict[str, tuple[int, str]]
    signature: str

    def summary(self) -> dict[str, Any]:
        """The line without the single heads, short enough for a log."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "heads"}


def write_anchor(connection: Connection, file: Path, *, install_key: SecretStr, now: datetime) -> Anchor:
    """Appends the root over all heads to `file`, signed, and waits until it is on the disk; nothing in the database.

    The first line of a file names every head, each later one those that moved. Two that write at once wait for each
    other. Raises BadInput when the file cannot be written, AuditBroken when what stands in it was changed.
    """
    with _opened(file) as opened:
        before = list(_read(opened, file, install_key))
        known = _heads_of(before)
        heads = {row.account_id: Head(row.seq, row.head_hash) for row in connection.execute(select(_HEAD))}
        moved = {name: (head.seq, head.head_hash) for name, head in heads.items() if known.get(name) != head}
        content: dict[str, Any] = {
            "number": len(before) + 1,
            "at": now.astimezone(UTC).isoformat(),
            "accounts": len(heads),
            "root": root_of(heads),
            "previous": before[-1].signature if before else BEGINNING,
            "heads": moved,
        }
        anchor = Anchor(**content, signature=_signature(content, install_key))
        opened.write(orjson.dumps(content | {"signature": anchor.signature}, option=orjson.OPT_APPEND_NEWLINE))
        opened.flush()
        os.fsync(opened.fileno())
    return anchor


def check_anchor(connection: Connection, file: Path, *, install_key: SecretStr) -> list[Broken]:
    """The first entry of each account that is not what `file` says it was, by account; empty if all are.

    It finds what the chains alone cannot show: a chain that was cut off or removed with its head, one that was written
    anew, a database that is older than the anchor. Raises AuditBroken when the file itself was changed.
    """
    anchors = read_anchors(file, install_key=install_key)
    wanted = [(name, seq, head_hash) for each in anchors for name, (seq, head_hash) in each.heads.items()]
    broken: dict[str, Broken] = {}
    for account_id, seq, kind in _astray(connection, wanted):
        found = Broken(account_id, seq, kind)
        broken[account_id] = min(found, broken.get(account_id, found), key=lambda x: x.seq)
    return [broken[account_id] for account_id in sorted(broken)]


def read_anchors(file: Path, *, install_key: SecretStr) -> list[Anchor]:
    """All lines of an anchor file, oldest first; raises BadInput where none is, AuditBroken when it was changed."""
    try:
        with file.open("rb") as opened:
            return list(_read(opened, file, install_key))
    except OSError as error:
        raise BadInput(f"The anchor file cannot be read: {error}.", fix="Run tenure audit anchor first.") from error


def root_of(heads: dict[str, Head]) -> str:
    """SHA-256, as 64 hex digits, over the canonical JSON of all heads by account."""
    rows = [[name, heads[name].seq, heads[name].head_hash] for name in sorted(heads)]
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        with open(file, "a+b", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
            flock(opened, LOCK_EX)
            opened.seek(0)
            yield opened
    except OSError as error:
        raise BadInput(f"The anchor file cannot be written: {error}.", fix="Correct TENURE_ANCHOR_FILE.") from error


def _read(lines: Iterable[bytes], file: Path, install_key: SecretStr) -> Iterator[Anchor]:
    heads: dict[str, Head] = {}
    previous = BEGINNING
    for number, line in enumerate(lines, start=1):
        anchor = _anchor_of(line, install_key)
        if anchor is None or anchor.number != number or anchor.previous != previous:
            raise _changed(file, number)
        heads |= _heads_of([anchor])
        if root_of(heads) != anchor.root or len(heads) != anchor.accounts:
            raise _changed(file, number)
        previous = anchor.signature
        yield anchor


def _anchor_of(line: bytes, install_key: SecretStr) -> Anchor | None:
    try:
        content = orjson.loads(line)
        signature = content.pop("signature")
        if not line.endswith(b"\n") or not hmac.compare_digest(signature, _signature(content, install_key)):
            return None
        return Anchor(**content, signature=signature)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return None


def _changed(file: Path, number: int) -> AuditBroken:
    return AuditBroken(
        f"Line {number} of {file} was changed, is not whole, or was signed by another installation.",
        fix="Compare it with a copy; to begin anew, move the file away and run tenure audit anchor.",
    )


def _heads_of(anchors: Iterable[Anchor]) -> dict[str, Head]:
    return {name: Head(*head) for anchor in anchors for name, head in anchor.heads.items()}


def _signature(content: dict[str, Any], install_key: SecretStr) -> str:
    key = hmac.digest(install_key.get_secret_value().encode(), _PURPOSE, "sha256")
    return hmac.digest(key, orjson.dumps(content, option=orjson.OPT_SORT_KEYS), "sha256").hex()


def _astray(connection: Connection, wanted: list[tuple[str, int, str]]) -> Iterator[tuple[str, int, BreakKind]]:
    remaining = iter(wanted)
    place = tuple_(_ENTRY.c.account_id, _ENTRY.c.seq)
    while batch := list(islice(remaining, _BATCH)):
        query = select(_ENTRY.c.account_id, _ENTRY.c.seq, _ENTRY.c.entry_hash)
        rows = connection.execute(query.where(place.in_([(name, seq) for name, seq, _ in batch])))
        found = {(row.account_id, row.seq): row.entry_hash for row in rows}
        for name, seq, head_hash in batch:
            if (name, seq) not in found:
                yield name, _length(connection, name) + 1, BreakKind.TRUNCATED
            elif found[name, seq] != head_hash:
                yield name, seq, BreakKind.CHANGED


def _length(connection: Connection, account_id: str) -> int:
    return connection.scalar(select(func.max(_ENTRY.c.seq)).where(_ENTRY.c.account_id == account_id)) or 0
