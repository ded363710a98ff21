"""Who is who in an export: users, accounts and contacts, met by id, by address or by name, each made once."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tools.world.tables import Directory, Row

_LEFT = re.compile(r"\s*\((?:deactivated|removed|inactive|deaktiviert)[^)]*\)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>(),;\"']+@[^\s<>(),;\"']+")
_NOBODY = frozenset({"", "no owner", "unassigned", "none", "(empty)", "-"})


@dataclass(slots=True)
class People:
    """The directory of an export while it grows. `gone_at`: since when somebody marked as inactive counts as gone."""

    gone_at: datetime | None = None
    directory: Directory = field(default_factory=Directory)
    _users: dict[str, Row] = field(default_factory=dict)
    _accounts: dict[str, Row] = field(default_factory=dict)
    _contacts: dict[str, Row] = field(default_factory=dict)

    def user(self, told: str) -> str | None:
        """The id of a user by id, address or name as a list writes it; None where nobody is named."""
        is_gone = bool(_LEFT.search(told))
        told = _LEFT.sub(" ", told).strip()
        if told.lower() in _NOBODY:
            return None
        address = _ADDRESS.search(told)
        name = _ADDRESS.sub("", told).strip(" <>()\"'") if address else told
        for key in (address[0] if address else "", name, told):
            if key and (known := self._users.get(key.lower())):
                if is_gone and self.gone_at:
                    known["leaves_at"] = self.gone_at
                return str(known["id"])
        return self.add_user(slug(name or told), name, address[0] if address else "", is_gone=is_gone)

    def add_user(self, key: str, name: str, email: str, *, is_gone: bool = False) -> str:
        """Adds a user, findable by id, address and name; gives the id."""
        row: Row = {"id": key, "name": name or email or key, "custom": {}}
        if email:
            row["email"] = email.lower()
        if is_gone and self.gone_at:
            row["leaves_at"] = self.gone_at
        self.directory.users.append(row)
        self._users.update({known.lower(): row for known in (key, name, email) if known})
        return key

    def holder(self, address: str, name: str) -> str:
        """The user whose mailbox it is: by address, else by name, and then the address is theirs from now on."""
        known = self._users.get(address) or self._users.get(name.lower())
        if known is None:
            return self.add_user(slug(name or address.partition("@")[0]), name, address)
        known.setdefault("email", address)
        self._users[address] = known
        return str(known["id"])

    def account(self, key: str, name: str) -> str | None:
        """The id of an account by id, else by name; made where it is new, None where neither is told."""
        known = self._accounts.get(f"id:{key}") if key else self._accounts.get(f"name:{name.lower()}")
        if known is None and (key or name):
            known = self._put_account(key or f"account-{slug(name)}", name or key)
        return str(known["id"]) if known else None

    def add_account(self, key: str, name: str, **more: str | None) -> None:
        """Adds an account or what is newly told of it: domain, industry, phone, owner_id."""
        known = self._accounts.get(f"id:{key}") or self._put_account(key, name)
        known.update({column: value for column, value in more.items() if value})
        known["name"] = name or known["name"]

    def _put_account(self, key: str, name: str) -> Row:
        row: Row = {"id": key, "name": name, "custom": {}}
        self.directory.accounts.append(row)
        self._accounts[f"id:{key}"] = row
        self._accounts.setdefault(f"name:{name.lower()}", row)
        return row

    def add_contact(self, key: str, name: str, account_id: str | None, **more: str) -> None:
        """Adds a contact; the same id again says what is true now."""
        row = self._contacts.get(key)
        if row is None:
            row = self._contacts[key] = {"id": key, "custom": {}}
            self.directory.contacts.append(row)
        row.update({column: value for column, value in more.items() if value}, name=name)
        if account_id:
            row["account_id"] = account_id

    def contact_named(self, name: str) -> Row | None:
        """The contact with exactly this name, where there is one."""
        found = [row for row in self.directory.contacts if row["name"].lower() == name.lower()] if name else []
        return found[0] if len(found) == 1 else None

    def account_of_contact(self, key: str) -> str | None:
        """The account of the contact with this id."""
        row = self._contacts.get(key)
        return row.get("account_id") if row else None

    def fill_domains(self) -> None:
        """Gives an account without a domain the one that most of its contacts write from."""
        hosts: dict[str, Counter[str]] = {}
        for row in self.directory.contacts:
            if row.get("account_id") and "@" in row.get("email", ""):
                host = row["email"].split(";")[0].rpartition("@")[2].strip().lower()
                hosts.setdefault(row["account_id"], Counter())[host] += 1
        for account in self.directory.accounts:
            if not account.get("domain") and (found := hosts.get(account["id"])):
                account["domain"] = min(found, key=lambda host: (-found[host], host))


def slug(name: str) -> str:
    """A name as an id: lower case, one dash for whatever is neither letter nor digit."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")[:80] or "unnamed"
