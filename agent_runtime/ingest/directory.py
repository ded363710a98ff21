"""Who is who: users, accounts, contacts, handles, stages, lists and coverage, as the source has them now."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_runtime.ingest.addresses import company_domain, mail_address, phone_number
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.gone import Gone
from agent_runtime.ingest.identity import Identity
from agent_runtime.ingest.upsert import upsert
from memory.records import (
    Absence,
    Account,
    Contact,
    Coverage,
    Handle,
    Reference,
    Stage,
    User,
)
from tools.world import Directory, Row, Stretch

REFERENCES = {"lines": "number", "campaigns": "campaign", "shifts": "from", "notes": "at"}
USER = (
    "name",
    "email",
    "role",
    "manager_id",
    "team",
    "timezone",
    "phone",
    "extension",
    "language",
    "leaves_at",
)
ACCOUNT = (
    "name", "domain", "industry", "country", "currency", "language", "timezone", "phone", "segment",
    "lifecycle", "owner_id", "csm_id", "renewal_date", "arr",
)  # fmt: skip
CONTACT = ("account_id", "name", "title", "role", "email", "phone", "timezone", "language")
DEFAULTS: dict[str, Any] = {"name": "", "title": "", "role": ""}


def take_directory(
    connection: Connection, directory: Directory, coverage: Iterable[Stretch], context: IngestContext
) -> None:
    """Writes the directory in the caller's transaction; the same directory again changes nothing.

    What the source no longer has stays known: an old address still tells who wrote. Who was merged stays merged, who
    was erased stays away.
    """
    _put(connection, User, (_user(row) for row in directory.users))
    _put(connection, Absence, (_absence(row) for row in directory.absences))
    gone = Gone.read(connection)
    _put(connection, Account, gone.rows((_account(row) for row in directory.accounts), "account"))
    _put(connection, Contact, gone.rows((_plain(row, CONTACT) for row in directory.contacts), "contact"))
    _put(connection, Stage, (_stage(row) for row in directory.stages))
    _put(connection, Reference, _references(directory))
    _put(connection, Coverage, (stretch._asdict() for stretch in coverage))
    _put(connection, Handle, gone.handles(_handles(directory, context)))


def teach(identity: Identity, directory: Directory) -> None:
    """Makes known to `identity` who stands in a directory that was just taken; users need a refresh instead."""
    gone = identity.gone
    accounts = gone.rows(({"id": row["id"]} for row in directory.accounts), "account")
    people = ({"id": row["id"], "account_id": row.get("account_id")} for row in directory.contacts)
    contacts = [(row["id"], row["account_id"]) for row in gone.rows(people, "contact")]
    identity.know([row["id"] for row in accounts], contacts, gone.handles(_handles(directory, identity.context)))


def _put(connection: Connection, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    table = model.__table__
    keys = [column.name for column in table.primary_key]
    unique = {tuple(row[key] for key in keys): row for row in rows}
    upsert(connection, table, list(unique.values()))


def _plain(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    taken = {column: row.get(column, DEFAULTS.get(column)) for column in columns}
    return {"id": row["id"], **taken, "custom": _custom(row, columns)}


def _custom(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    rest = {key: value for key, value in row.items() if key not in columns and key not in ("id", "custom")}
    return {**rest, **row["custom"]}


def _user(row: Row) -> dict[str, Any]:
    user = _plain(row, USER)
    return user | {
        "name": user["name"] or row["id"],
        "email": user["email"] or "",
        "role": user["role"] or "rep",
    }


def _account(row: Row) -> dict[str, Any]:
    account = _plain(row, ACCOUNT)
    return account | {"name": account["name"] or row["id"], "provisional": False}


def _absence(row: Row) -> dict[str, Any]:
    return {
        "user_id": row["user_id"],
        "begins_at": row["from"],
        "ends_at": row["to"],
        "delegate_id": row.get("delegate_id"),
    }


def _stage(row: Row) -> dict[str, Any]:
    return {
        "stage": row["stage"],
        "position": int(row.get("order", 0)),
        "category": row.get("category", "open"),
        "probability": row.get("probability"),
        "expected_days": row.get("expected_days"),
    }


def _references(directory: Directory) -> Iterator[dict[str, Any]]:
    for stream, key in REFERENCES.items():
        for row in getattr(directory, stream):
            data = {name: _written(value) for name, value in row.items() if name != "custom"} | row["custom"]
            parts = (key, "source", "keyword", "queue", "user_id", "from", "valid_from")
            source_id = "|".join(str(data.get(part, "")) for part in dict.fromkeys(parts)).rstrip("|")
            yield {"stream": stream, "source_id": source_id, "data": data}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _handles(directory: Directory, context: IngestContext) -> Iterator[dict[str, str]]:
    regions = {row["id"]: _region(row, context) for row in directory.accounts}
    for row in directory.accounts:
        domain = company_domain(row.get("domain", ""))
        if domain:
            yield _handle("domain", domain, row["id"], "")
        yield from _phones(row.get("phone", ""), regions[row["id"]], row["id"], "")
    for row in directory.contacts:
        account = row.get("account_id", "")
        for raw in row.get("email", "").split(";"):
            if address := mail_address(raw):
                yield _handle("email", address, account, row["id"])
        yield from _phones(row.get("phone", ""), regions.get(account, context.default_region), account, row["id"])


def _phones(raw: str, region: str, account: str, contact: str) -> Iterator[dict[str, str]]:
    for part in raw.split(";"):
        if number := phone_number(part.strip(), region):
            yield _handle("phone", number, account, contact)


def _region(row: Row, context: IngestContext) -> str:
    country = str(row.get("country", "")).upper()
    return country if len(country) == 2 else context.default_region


def _handle(kind: str, value: str, account: str, contact: str) -> dict[str, str]:
    return {"kind": kind, "value": value, "account_id": account, "contact_id": contact}
