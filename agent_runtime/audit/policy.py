"""How an entry is sealed and how a chain is verified: pure functions, no database."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

# What the first entry of an account is sealed over.
GENESIS = hashlib.sha256(b"tenure audit 1").hexdigest()


class ActorKind(StrEnum):
    """Who acted: the account's agent, a person, or a named rule of the playbook."""

    AGENT = "agent"
    USER = "user"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a caller says was done. `payload` is JSON of ids, states and hashes, never text of a person."""

    at: datetime
    actor_kind: ActorKind
    actor_id: str
    event: str
    subject_id: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry as it stands in its chain."""

    account_id: str
    seq: int
    entry: Entry
    salt: str
    previous_hash: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that a chain must have; `seq` 0 and GENESIS for an account without entries."""

    seq: int = 0
    head_hash: str = GENESIS


class BreakKind(StrEnum):
    """What was done to the record that a verification names."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first record of an account's chain that is not as it was written."""

    account_id: str
    seq: int
    kind: BreakKind

    def __str__(self) -> str:
        return f"account {self.account_id}: entry {self.seq} is {self.kind}"


def salt_for(install_key: bytes, account_id: str, seq: int) -> str:
    """The salt of one entry, 32 hex digits: the same for each replay of one installation."""
    message = orjson.dumps([account_id, seq])
    return hmac.digest(install_key, message, "sha256").hex()[:32]


def seal(previous_hash: str, account_id: str, seq: int, entry: Entry, salt: str) -> str:
    """SHA-256, as 64 hex digits, over the canonical JSON (sorted keys, UTC, no spaces) of all that is given.

    Raises ValueError if `entry.at` is naive, TypeError if the payload is not JSON.
    """
    if entry.at.tzinfo is None:
        raise ValueError(f"audit entry {entry.event} of account {account_id} has a naive time: {entry.at}")
    content = [
        previous_hash,
        account_id,
        seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.event,
        entry.subject_id,
        entry.payload,
        salt,
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def chain(account_id: str, head: Head, entries: Iterable[Entry], install_key: bytes) -> list[SealedEntry]:
    """Seals `entries`, in their order, behind `head`."""
    sealed = []
    previous_hash = head.head_hash
    for seq, entry in enumerate(entries, start=head.seq + 1):
        salt = salt_for(install_key, account_id, seq)
        entry_hash = seal(previous_hash, account_id, seq, entry, salt)
        sealed.append(SealedEntry(account_id, seq, entry, salt, previous_hash, entry_hash))
        previous_hash = entry_hash
    return sealed


def verify(account_id: str, entries: Sequence[SealedEntry], head: Head) -> Broken | None:
    """The first record of one account's chain that is not as it was written, or None.

    `entries`: in the order in which they are stored; `head`: the last entry that the chain must have. An
    entry rewritten together with its own hash is named itself, not the one behind it that gives it away.
    """
    hashes = {each.entry_hash for each in entries}
    previous_hash = GENESIS
    for seq, each in enumerate(entries, start=1):
        if each.seq != seq or each.account_id != account_id:
            return Broken(account_id, seq, _gap(seq, entries))
        intact = _seal_of(each) == each.entry_hash
        if each.previous_hash != previous_hash:
            return _broken_link(each, intact, hashes)
        if not intact:
            return Broken(account_id, seq, BreakKind.CHANGED)
        previous_hash = each.entry_hash
    return _broken_end(account_id, Head(len(entries), previous_hash), head)


def _seal_of(each: SealedEntry) -> str:
    try:
        return seal(each.previous_hash, each.account_id, each.seq, each.entry, each.salt)
    except (TypeError, ValueError):
        return ""  # what cannot be sealed was not written here


def _gap(seq: int, entries: Sequence[SealedEntry]) -> BreakKind:
    return BreakKind.REORDERED if any(each.seq == seq for each in entries) else BreakKind.MISSING


def _broken_link(each: SealedEntry, intact: bool, hashes: set[str]) -> Broken:
    if each.previous_hash in hashes:
        return Broken(each.account_id, each.seq, BreakKind.REORDERED)
    # An intact entry tells what stood before it: then it is the one before that was rewritten with its hash.
    seq = each.seq - 1 if intact and each.seq > 1 else each.seq
    return Broken(each.account_id, seq, BreakKind.CHANGED)


def _broken_end(account_id: str, found: Head, expected: Head) -> Broken | None:
    if found == expected:
        return None
    if found.seq < expected.seq:
        return Broken(account_id, found.seq + 1, BreakKind.TRUNCATED)
    # More entries than the head knows, or a last entry that was rewritten together with its hash.
    return Broken(account_id, max(1, min(found.seq, expected.seq + 1)), BreakKind.CHANGED)
