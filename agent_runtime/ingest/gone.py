"""Who is no more under the id that a source still uses: merged into another, or erased."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from agent_runtime.ingest.addresses import company_domain
from agent_runtime.ingest.parties import Party
from memory.merge import ACCOUNT, CONTACT, redirects
from memory.tombstones import digest_of, erased


@dataclass(frozen=True, slots=True)
class Gone:
    """Where merged accounts and contacts went, and the digests of what was erased."""

    accounts: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    digests: frozenset[str] = frozenset()

    @classmethod
    def read(cls, connection: Connection) -> "Gone":
        """As the database has it now."""
        return cls(redirects(connection, ACCOUNT), redirects(connection, CONTACT), erased(connection))

    def account(self, account_id: str) -> str:
        """The account that this id means today."""
        return self.accounts.get(account_id, account_id)

    def contact(self, contact_id: str) -> str:
        """The contact that this id means today."""
        return self.contacts.get(contact_id, contact_id)

    def names(self, kind: str, value: str | None) -> bool:
        """Whether this account, contact, email, phone or domain was erased."""
        return bool(self.digests and value) and digest_of(kind, str(value)) in self.digests

    def party(self, one: Party) -> bool:
        """Whether the address or number was erased, itself or with its whole domain."""
        domain = company_domain(one.value) if one.kind == "email" else None
        return self.names(one.kind, one.value) or self.names("domain", domain)

    def everybody(self, found: Iterable[Party]) -> bool:
        """Whether there is somebody among them and all of them were erased."""
        each = [self.party(one) for one in found]
        return bool(each) and all(each)

    def rows(self, rows: Iterable[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
        """The directory rows of accounts or contacts that were not erased, at the accounts that they are at today."""
        for row in rows:
            account = row.get("account_id") if kind == CONTACT else row["id"]
            if self.names(kind, row["id"]) or self.names(ACCOUNT, account):
                continue
            yield row | {"account_id": self.account(account)} if kind == CONTACT and account else row

    def handles(self, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
        """The handles of those who were not erased, with the ids of today."""
        for row in rows:
            owners = self.names(ACCOUNT, row["account_id"]) or self.names(CONTACT, row["contact_id"])
            if not owners and not self.party(Party(row["kind"], row["value"])):
                today = {"account_id": self.account(row["account_id"]), "contact_id": self.contact(row["contact_id"])}
                yield row | today
