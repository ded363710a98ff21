"""Who is this? The account and contact of a record, by what it names, or by address, number and domain."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, select

from agent_runtime.ingest.addresses import company_domain
from agent_runtime.ingest.automatic import automatic
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.errors import BadRecord
from agent_runtime.ingest.fields import name_of
from agent_runtime.ingest.gone import Gone
from agent_runtime.ingest.parties import Ours, Party, listed, parties, party
from memory.records import Account, Activity, Contact, Handle, User
from tools.base import SourceRecord

Owner = tuple[str, str]

_user = User.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_handle = Handle.__table__  # type: ignore[attr-defined]
_activity = Activity.__table__  # type: ignore[attr-defined]
_UNPLACED_CALLS = select(_activity.c.data).where(
    _activity.c.account_id.is_(None), _activity.c.kind == "call", _activity.c.direction == "inbound"
)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody unknown who wants something: what a provisional account is made of; `contact_id` is empty where it
    stands for no single person."""

    account_id: str
    contact_id: str
    name: str
    company: str
    handles: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Whose record it is. `how`: given, email, phone, domain, contact, lead, provisional, caller or none.

    `ambiguous`: several accounts have the address or number, so that none was taken.
    `stranger` is set where a provisional account has to be made.
    """

    account_id: str | None
    contact_id: str | None
    how: str
    ambiguous: bool = False
    stranger: Stranger | None = None


NOBODY = Match(None, None, "none")
# Where to look for the customer, nearest first; of a call or mail this depends on its direction.
FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "meetings": (("attendees",),),
    "forms": (("email",), ("phone",)),
    "crm": (("email",), ("phone",)),
    "usage": (),
}
INBOUND = (("from",),)
OUTBOUND = (("to",), ("cc",))
EITHER = (("from",), ("to",))


class Identity:
    """The handles of all accounts in memory. `refresh` after the directory changed."""

    def __init__(self, context: IngestContext) -> None:
        self.context = context
        self.ours = Ours(context, [])
        self.user_names: dict[str, str] = {}
        self.gone = Gone()
        self._handles: dict[Party, set[Owner]] = {}
        self._contacts: dict[str, str | None] = {}
        self._accounts: dict[str, bool] = {}
        self._callers: set[str] = set()

    def refresh(self, connection: Connection) -> None:
        """Reads users, accounts, contacts and handles anew, and who was merged or erased."""
        self.gone = Gone.read(connection)
        users = connection.execute(select(_user.c.id, _user.c.name, _user.c.email, _user.c.phone)).mappings()
        rows = [dict(row) for row in users]
        self.ours = Ours(self.context, rows)
        self.user_names = {name.lower(): row["id"] for row in rows for name in (row["id"], row["name"])}
        accounts = connection.execute(select(_account.c.id, _account.c.provisional))
        self._accounts = {row[0]: row[1] for row in accounts}
        contacts = connection.execute(select(_contact.c.id, _contact.c.account_id))
        self._contacts = {row[0]: row[1] for row in contacts}
        self._handles = {}
        columns = (_handle.c.kind, _handle.c.value, _handle.c.account_id, _handle.c.contact_id)
        for kind, value, account_id, contact_id in connection.execute(select(*columns)):
            self._handles.setdefault(Party(kind, value), set()).add((account_id, contact_id))
        numbers = (data.get("from") for data in connection.scalars(_UNPLACED_CALLS))
        self._callers = {number for number in numbers if number}

    def has_account(self, account_id: str) -> bool:
        """Whether the directory has an account of this id."""
        return account_id in self._accounts

    def has_called(self, number: str) -> bool:
        """Whether a call from this number is stored without an account."""
        return number in self._callers

    def note_caller(self, record: SourceRecord) -> None:
        """Remembers the number of somebody unknown who called: what we write to it is no private matter."""
        if record.fields.get("direction") == "inbound":
            self._callers |= {one.value for one in parties(record, ("from",), self.context)}

    def answers_a_caller(self, record: SourceRecord) -> bool:
        """Whether this is a message of ours to a number that called us."""
        if record.fields.get("direction") != "outbound":
            return False
        return any(one.value in self._callers for one in parties(record, ("to",), self.context))

    def learn(self, stranger: Stranger) -> None:
        """Remembers a provisional account that was just made."""
        self._accounts[stranger.account_id] = True
        if stranger.contact_id:
            self._contacts[stranger.contact_id] = stranger.account_id
        self.learn_handles(stranger.handles, (stranger.account_id, stranger.contact_id))

    def learn_handles(self, handles: Iterable[Party], owner: Owner) -> None:
        """Remembers whose addresses, numbers and lead ids these are."""
        for one in handles:
            self._handles.setdefault(one, set()).add(owner)

    def know(
        self, accounts: Iterable[str], contacts: Iterable[tuple[str, str | None]], handles: Iterable[dict[str, str]]
    ) -> None:
        """Remembers rows of the directory that were just written, without reading all others again."""
        self._accounts.update((account, False) for account in accounts)
        self._contacts.update(contacts)
        for one in handles:
            owner = (one["account_id"], one["contact_id"])
            self._handles.setdefault(Party(one["kind"], one["value"]), set()).add(owner)

    def new_handles(self, record: SourceRecord, match: Match) -> list[Party]:
        """What a record tells for the first time of who it is about: the id of a lead, and of somebody who is
        known only provisionally also addresses and numbers."""
        if match.account_id is None or record.deleted or not self._says_who(record):
            return []
        found = []
        if self._accounts.get(match.account_id):
            found = [one for group in self.outsiders(record) for one in group]
        if lead := record.fields.get("lead_id"):
            found.append(Party("lead", str(lead)))
        return [one for one in dict.fromkeys(found) if not self._owners(one)]

    def named_caller(self, record: SourceRecord, match: Match) -> list[Party]:
        """The number of a caller whom nobody knew, where the source itself files a call with it under a customer."""
        is_customer = match.how in ("given", "contact") and not self._accounts.get(match.account_id or "")
        if record.stream != "calls" or not is_customer:
            return []
        numbers = [one for group in self.outsiders(record) for one in group]
        owners = [{owner[0] for owner in self._handles.get(one, ())} for one in numbers]
        return [one for one, has in zip(numbers, owners, strict=True) if has and all(map(self._accounts.get, has))]

    def _says_who(self, record: SourceRecord) -> bool:
        return record.stream == "forms" or record.fields.get("kind") == "lead.created"

    def resolve(self, record: SourceRecord) -> Match:
        """Whose record is this? BadRecord where it names an account that nobody knows."""
        fields = record.fields
        if record.account_id is not None:
            return self._given(record, self.gone.account(record.account_id))
        contact = self.gone.contact(name_of(fields, "contact_id") or "")
        if account := self._contacts.get(contact):
            return Match(account, contact, "contact")
        found = self._by_parties(self.outsiders(record))
        if found.account_id is None and not found.ambiguous:
            found = self._by_lead(fields) or self._stranger(record, found) or found
        return found

    def outsiders(self, record: SourceRecord) -> list[list[Party]]:
        """The participants that are not ours, in groups, nearest first."""
        groups = []
        for keys in self._fields(record):
            found = parties(record, keys, self.context)
            groups.append([one for one in found if not self.ours.owns(one)])
        return groups

    def erased(self, record: SourceRecord) -> bool:
        """True where a record is of an account or person who was erased, and of nobody else."""
        gone = self.gone
        if not gone.digests:
            return False
        contact = name_of(record.fields, "contact_id")
        if gone.names("account", record.account_id) or gone.names("contact", contact):
            return True
        return gone.everybody(one for group in self.outsiders(record)[:1] for one in group)

    def internal(self, record: SourceRecord) -> bool:
        """True for a mail or message in which only our own people took part."""
        found = parties(record, ("from", "to", "cc"), self.context)
        return bool(found) and all(self.ours.owns(one) for one in found)

    def _fields(self, record: SourceRecord) -> tuple[tuple[str, ...], ...]:
        if record.stream in FIELDS:
            return FIELDS[record.stream]
        match record.fields.get("direction"):
            case "inbound":
                return INBOUND
            case "outbound":
                return OUTBOUND
        return EITHER

    def _given(self, record: SourceRecord, account_id: str) -> Match:
        if account_id not in self._accounts:
            raise BadRecord("account_id", f"unknown account {account_id!r}; nothing of the record was taken")
        contact = self.gone.contact(name_of(record.fields, "contact_id") or "")
        if contact in self._contacts:
            return Match(account_id, contact, "given")
        for group in self.outsiders(record):
            for one in group:
                known = sorted(who for where, who in self._handles.get(one, ()) if where == account_id and who)
                if len(known) == 1:
                    return Match(account_id, known[0], "given")
        return Match(account_id, None, "given")

    def _by_parties(self, groups: list[list[Party]]) -> Match:
        ambiguous, contact = False, None
        for group in groups:
            matches = [self._by_party(one) for one in group]
            hits = {match.account_id: match for match in reversed(matches) if match.account_id}
            if len(hits) == 1:
                return next(iter(hits.values()))
            ambiguous = ambiguous or len(hits) > 1 or any(match.ambiguous for match in matches)
            contact = contact or next((match.contact_id for match in matches if match.contact_id), None)
            if len(hits) > 1:
                break
        return Match(None, None if ambiguous else contact, "none", ambiguous)

    def _by_party(self, one: Party) -> Match:
        found = self._owners(one)
        how = one.kind
        if not found and one.kind == "email" and (domain := company_domain(one.value)):
            found, how = self._owners(Party("domain", domain)), "domain"
        accounts = {account for account, _ in found}
        if len(accounts) != 1:
            return Match(None, self._lone_contact(one), "none", ambiguous=len(accounts) > 1)
        contacts = sorted(contact for _, contact in found if contact)
        return Match(accounts.pop(), contacts[0] if len(contacts) == 1 else None, how)

    def _lone_contact(self, one: Party) -> str | None:
        """A contact whom the source knows and has put to no account."""
        contacts = sorted(contact for account, contact in self._handles.get(one, ()) if not account)
        return contacts[0] if contacts else None

    def _owners(self, one: Party) -> set[Owner]:
        """Who has this handle; a provisional account steps back behind a confirmed one."""
        owners = {owner for owner in self._handles.get(one, ()) if owner[0]}
        confirmed = {owner for owner in owners if not self._accounts.get(owner[0], False)}
        return confirmed or owners

    def _by_lead(self, fields: dict[str, Any]) -> Match | None:
        lead = fields.get("lead_id")
        owners = self._owners(Party("lead", str(lead))) if lead else set()
        if not owners:
            return None
        account, contact = sorted(owners)[0]
        return Match(account, contact, "lead")

    def _stranger(self, record: SourceRecord, found: Match) -> Match | None:
        if not self._on_intake(record):
            return None
        handles = [one for group in self.outsiders(record) for one in group]
        if lead := record.fields.get("lead_id"):
            handles.append(Party("lead", str(lead)))
        if not handles:
            return None
        told = record.fields
        stranger = stranger_of(handles, str(told.get("name") or ""), str(told.get("company") or ""))
        return Match(stranger.account_id, stranger.contact_id, "provisional", stranger=stranger)

    def _on_intake(self, record: SourceRecord) -> bool:
        fields = record.fields
        if record.deleted or (record.stream == "emails" and automatic(fields)):
            return False
        if record.stream == "forms" or fields.get("kind") == "lead.created":
            return True
        if fields.get("direction") != "inbound":
            return False
        return fields.get("channel") == "chat" or self._reached(fields)

    def _reached(self, fields: dict[str, Any]) -> bool:
        raws = [raw for key in ("to", "cc", "mailbox", "tracking_number") for raw in listed(fields, key)]
        return any(party(raw, self.context) in self.ours.intake for raw in raws)


def stranger_of(handles: Iterable[Party], name: str = "", company: str = "") -> Stranger:
    """What stands for somebody of whom no more is known than these addresses and numbers; always the same for them."""
    unique = tuple(dict.fromkeys(handles))
    first = unique[0]
    digest = blake2b(f"{first.kind}:{first.value}".encode(), digest_size=8).hexdigest()
    return Stranger(f"prov_{digest}", f"provc_{digest}", name or first.value, company or name or first.value, unique)
