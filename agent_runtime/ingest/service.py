"""Ingest as a service: records in, activities, facts and letters out, all in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from agent_runtime import jobs
from agent_runtime.ingest.callers import adopt, place
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.crm import statements
from agent_runtime.ingest.directory import teach
from agent_runtime.ingest.echoes import without_echoes
from agent_runtime.ingest.errors import BadRecord
from agent_runtime.ingest.identity import Identity, Match, Stranger
from agent_runtime.ingest.knowledge import statements as statements_of_text
from agent_runtime.ingest.knowledge import tellings, their_promises, worth_reading
from agent_runtime.ingest.naming import People
from agent_runtime.ingest.normalise import normalise
from agent_runtime.ingest.owners import set_owners
from agent_runtime.ingest.parties import Party, listed, parties, party
from agent_runtime.ingest.threads import join_threads
from agent_runtime.ingest.upsert import upsert
from memory import facts, timeline
from memory.consolidate import consolidated
from memory.records import Account, Contact, Fact, Handle, Reject
from tools.base import Rejected, SourceRecord
from tools.world import Directory

PRIVATE_STREAMS = frozenset({"emails", "messages"})
# Where the end of something that was never taken leaves nothing: it may be a private mail or talk.
TRACELESS = PRIVATE_STREAMS | {"calls", "meetings"}
_account = Account.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_fact = Fact.__table__  # type: ignore[attr-defined]
_handle = Handle.__table__  # type: ignore[attr-defined]
_reject = Reject.__table__  # type: ignore[attr-defined]
_SET_STATUS = (
    update(_contact)
    .where(_contact.c.id == bindparam("contact"))
    .values(status=bindparam("now_status"), status_until=bindparam("now_until"))
)


@dataclass(slots=True)
class Taken:
    """What became of the records. Not stored, only counted: `internal`, `never_logged`, `unknown`, `erased`.

    `unknown`: mails and messages of people whom nobody knows, outside the intake channels. `ambiguous`:
    (stream, source_id) of records that several accounts could claim; they are stored without an account.
    `accounts`: where something changed, sorted.
    """

    added: int = 0
    revised: int = 0
    duplicated: int = 0
    internal: int = 0
    never_logged: int = 0
    unknown: int = 0
    erased: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    ambiguous: list[tuple[str, str]] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)


class Ingest:
    """Takes the records of one installation; keeps who is who in memory between calls."""

    def __init__(self, context: IngestContext) -> None:
        self.context = context
        self.identity = Identity(context)
        self._fresh = False

    def refresh(self, connection: Connection) -> None:
        """Reads who is who anew; to be called after the directory changed or a transaction was undone."""
        self.identity.refresh(connection)
        self._fresh = True

    def know(self, connection: Connection, directory: Directory) -> None:
        """Takes note of a directory that was just taken, in the same transaction; cheap where it brings no users."""
        if directory.users:
            self.refresh(connection)
        elif self._fresh:
            teach(self.identity, directory)

    def take(self, connection: Connection, records: Iterable[SourceRecord], now: datetime) -> Taken:
        """Takes records in the caller's transaction; taking them again changes nothing.

        A record that cannot be taken becomes a Reject row with its reason, and the rest goes on.
        """
        if not self._fresh:
            self.refresh(connection)
        taken = Taken()
        read, strangers, handles = self._read(records, taken)
        activities = without_echoes(connection, read, TRACELESS)
        taken.duplicated += len(read) - len(activities)
        _write_strangers(connection, strangers)
        upsert(connection, _handle, handles, replace=False)
        adopt(connection, activities, strangers, self.identity)
        join_threads(connection, activities)
        added = timeline.add(connection, activities)
        self._settle(connection, activities, added, taken)
        write_rejects(connection, "ingest", taken.rejected, now)
        return taken

    def _read(
        self, records: Iterable[SourceRecord], taken: Taken
    ) -> tuple[list[timeline.NewActivity], list[Stranger], list[dict[str, str]]]:
        activities: list[timeline.NewActivity] = []
        strangers: list[Stranger] = []
        handles: list[dict[str, str]] = []
        for record in records:
            try:
                match = self._match(record, taken)
                if match is None:
                    continue
                activity = self._activity(record, match)
                match = self._place(record, activity, match)
                activities.append(activity)
            except BadRecord as error:
                taken.rejected.append(_rejected(record, error))
                continue
            if match.ambiguous:
                taken.ambiguous.append((record.stream, record.source_id))
            if match.stranger:
                self.identity.learn(match.stranger)
                strangers.append(match.stranger)
            else:
                handles += self._learn(record, match)
        return activities, strangers, handles

    def _activity(self, record: SourceRecord, match: Match) -> timeline.NewActivity:
        activity = normalise(record, match, self.identity)
        promised = their_promises(activity, self.context.zone, frozenset(self.identity.user_names))
        if promised:
            activity.data["their_promises"] = promised
        for name in ("to", "cc") if self.identity.gone.digests else ():
            named = [(raw, party(str(raw), self.context)) for raw in activity.data.get(name) or ()]
            if named:
                activity.data[name] = [raw for raw, one in named if not (one and self.identity.gone.party(one))]
        return activity

    def _place(self, record: SourceRecord, activity: timeline.NewActivity, match: Match) -> Match:
        """Where nobody could be named, whose matter a call is all the same."""
        placed = place(activity, match, self.identity)
        if placed.account_id is None and record.stream == "calls":
            self.identity.note_caller(record)
        activity.account_id, activity.contact_id = placed.account_id, placed.contact_id or activity.contact_id
        return placed

    def _learn(self, record: SourceRecord, match: Match) -> list[dict[str, str]]:
        account, contact = match.account_id or "", match.contact_id or ""
        new = [*self.identity.new_handles(record, match), *self.identity.named_caller(record, match)]
        self.identity.learn_handles(new, (account, contact))
        return [_handle_row(one, account, contact) for one in new]

    def _match(self, record: SourceRecord, taken: Taken) -> Match | None:
        """Whose record it is; None for one that is counted and not stored."""
        if self.identity.erased(record):
            taken.erased += 1
            return None
        if record.stream in PRIVATE_STREAMS and not record.deleted:
            if self.identity.internal(record):
                taken.internal += 1
                return None
            if self._never_logged(record):
                taken.never_logged += 1
                return None
        match = self.identity.resolve(record)
        if match.account_id or match.contact_id or match.ambiguous or record.deleted:
            return match
        if record.stream == "calls":
            return match
        if record.stream == "messages" and self.identity.answers_a_caller(record):
            return match
        if record.stream in PRIVATE_STREAMS:
            taken.unknown += 1
            return None
        if record.stream == "meetings" and not any(self.identity.outsiders(record)):
            taken.internal += 1
            return None
        raise BadRecord("account_id", "names no account, and nothing in it leads to one")

    def _never_logged(self, record: SourceRecord) -> bool:
        if not self.context.never_log:
            return False
        for one in parties(record, ("from", "to", "cc"), self.context):
            host = one.value.rpartition("@")[2]
            labels = host.split(".")
            domains = {".".join(labels[place:]) for place in range(len(labels))}
            if one.value in self.context.never_log or domains & self.context.never_log:
                return True
        return bool(self.context.never_log.intersection(listed(record.fields, "mailbox")))

    def _settle(
        self,
        connection: Connection,
        activities: Sequence[timeline.NewActivity],
        added: Sequence[timeline.Added],
        taken: Taken,
    ) -> None:
        """Counts, and hands on what changed: facts, contact states, letters."""
        changed = []
        moved = set()
        for activity, result in zip(activities, added, strict=True):
            if result.state == "duplicate":
                taken.duplicated += 1
                continue
            taken.added += result.state == "new"
            taken.revised += result.state == "revision"
            if result.current:
                changed.append((activity, result))
            if result.moved_from:
                moved.add(result.moved_from)
        said = [
            one
            for activity, result in changed
            if activity.stream == "crm" and not activity.deleted
            for one in statements(activity, result.activity_id)
        ]
        facts.record(connection, [*said, *consolidated(connection, self._said_in_texts(connection, changed))])
        _set_contact_states(connection, [activity for activity, _ in changed])
        set_owners(connection, (activity for activity, _ in changed))
        letters = [(result.account_id, result.activity_id) for _, result in changed if result.account_id]
        jobs.post(connection, letters)
        jobs.wake(connection, moved)
        taken.accounts = sorted({account for account, _ in letters} | moved)

    def _said_in_texts(
        self, connection: Connection, changed: Sequence[tuple[timeline.NewActivity, timeline.Added]]
    ) -> list[facts.Statement]:
        """What the texts state of their accounts and people."""
        ours = frozenset(self.identity.user_names)
        found: list[facts.Statement] = []
        people: dict[str, People] = {}
        for activity, result in changed:
            for telling in tellings(activity, ours) if activity.account_id else ():
                if worth_reading(telling):
                    known = people.get(activity.account_id or "") or _people(connection, activity.account_id)
                    people[activity.account_id or ""] = known
                    found += statements_of_text(activity, result.activity_id, telling, known)
        return found


def _people(connection: Connection, account_id: str | None) -> People:
    query = select(_contact.c.id, _contact.c.name).where(_contact.c.account_id == account_id)
    return People.of((row[0], row[1]) for row in connection.execute(query))


def write_rejects(connection: Connection, source: str, rejected: Sequence[Rejected], now: datetime) -> None:
    """Keeps what could not be read, each thing once."""
    rows = {}
    for one in rejected:
        key = f"{source}|{one.file}|{one.line}|{one.field}|{one.reason}"
        reject_id = f"rej_{blake2b(key.encode(), digest_size=8).hexdigest()}"
        rows[reject_id] = {
            "id": reject_id,
            "source": source,
            "file": one.file,
            "line": one.line,
            "field": one.field,
            "reason": one.reason,
            "rejected_at": now,
        }
    upsert(connection, _reject, list(rows.values()), replace=False)


def _rejected(record: SourceRecord, error: BadRecord) -> Rejected:
    return Rejected(record.stream, 0, error.field, f"record {record.source_id!r}: {error.reason}")


def _write_strangers(connection: Connection, strangers: list[Stranger]) -> None:
    accounts, contacts, handles = [], [], []
    for one in strangers:
        first = {found.kind: found.value for found in reversed(one.handles)}
        accounts.append(
            {
                "id": one.account_id,
                "name": one.company,
                "provisional": True,
                "phone": first.get("phone"),
                "custom": {},
            }
        )
        if one.contact_id:
            contacts.append(_contact_row(one, first))
        handles += [_handle_row(found, one.account_id, one.contact_id) for found in one.handles]
    upsert(connection, _account, accounts, replace=False)
    upsert(connection, _contact, contacts, replace=False)
    upsert(connection, _handle, handles, replace=False)


def _handle_row(one: Party, account_id: str, contact_id: str) -> dict[str, str]:
    return {"kind": one.kind, "value": one.value, "account_id": account_id, "contact_id": contact_id}


def _contact_row(one: Stranger, first: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.contact_id,
        "account_id": one.account_id,
        "name": one.name,
        "title": "",
        "role": "",
        "email": first.get("email"),
        "phone": first.get("phone"),
        "status": "active",
        "custom": {},
    }


def _set_contact_states(connection: Connection, activities: Iterable[timeline.NewActivity]) -> None:
    """Writes the state of each contact that changed, as its newest fact has it."""
    for one in sorted(activities, key=lambda one: (one.occurred_at, one.source_id)):
        if one.kind != "contact.changed" or not one.contact_id or not one.account_id:
            continue
        slot = f"contact.{one.contact_id}.status"
        current = select(_fact.c.value).where(
            _fact.c.account_id == one.account_id, _fact.c.slot == slot, _fact.c.superseded_at.is_(None)
        )
        if connection.scalar(current) == one.data.get("status"):
            until = one.data.get("until")
            parameters = {
                "contact": one.contact_id,
                "now_status": one.data["status"],
                "now_until": datetime.fromisoformat(until) if until else None,
            }
            connection.execute(_SET_STATUS, [parameters])
