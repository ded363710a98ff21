"""Who took part in a source record, and which of them are not ours."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from agent_runtime.ingest.addresses import company_domain, mail_address, phone_number
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.errors import BadRecord
from tools.base import SourceRecord


class Party(NamedTuple):
    """One participant: kind `email` or `phone`, and its address or E.164 number."""

    kind: str
    value: str


def listed(fields: dict[str, Any], key: str) -> list[str]:
    """A field that holds one text, a list of texts, or a list of {email} or {name}; BadRecord else."""
    value = fields.get(key)
    if value is None or value == "":
        return []
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise BadRecord(key, "must be a list of texts")
    return [text for item in items if (text := _one(item, key))]


def _one(item: Any, key: str) -> str:
    if isinstance(item, dict):
        item = item.get("email") or item.get("address") or item.get("name") or ""
    if not isinstance(item, str):
        raise BadRecord(key, "must be a list of texts")
    return item


def party(raw: str, context: IngestContext) -> Party | None:
    """A participant out of an address or number as written; None where it is neither."""
    if "@" in raw:
        address = mail_address(raw)
        return Party("email", address) if address else None
    number = phone_number(raw, context.default_region)
    return Party("phone", number) if number else None


def parties(record: SourceRecord, keys: tuple[str, ...], context: IngestContext) -> list[Party]:
    """The readable participants in the given fields, in order."""
    return [found for key in keys for raw in listed(record.fields, key) if (found := party(raw, context)) is not None]


class Ours:
    """What belongs to us: the addresses and numbers of users, own domains, intake channels."""

    def __init__(self, context: IngestContext, users: list[dict[str, Any]]) -> None:
        self.by_party = dict(_user_parties(users, context))
        self.intake = {found for raw in context.intake if (found := party(raw, context))}
        # A colleague without a user row is still a colleague.
        derived = {company_domain(one.value) for one in self.by_party if one.kind == "email"}
        self.domains = {domain for domain in derived if domain} | context.own_domains

    def owns(self, one: Party) -> bool:
        if one in self.by_party or one in self.intake:
            return True
        return one.kind == "email" and self._own_domain(one.value.rpartition("@")[2])

    def _own_domain(self, host: str) -> bool:
        return host in self.domains or company_domain(host) in self.domains

    def user_of(self, found: list[Party]) -> str | None:
        return next((self.by_party[one] for one in found if one in self.by_party), None)


def _user_parties(users: list[dict[str, Any]], context: IngestContext) -> Iterator[tuple[Party, str]]:
    for user in users:
        for raw in (user["email"], user["phone"]):
            if raw and (found := party(raw, context)):
                yield found, user["id"]
