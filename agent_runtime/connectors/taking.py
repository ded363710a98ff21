"""Takes one page of a source into the database: who is who, the records, and the cursor, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from agent_runtime.connectors.models import StreamPlace, VendorUser
from agent_runtime.connectors.withdrawing import withdrawn
from agent_runtime.errors import Refused
from agent_runtime.ingest.addresses import phone_number
from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest, Taken, write_rejects
from agent_runtime.ingest.upsert import upsert
from memory.records import Account, Reference, Stage, User
from tools.base import Page, Row, Source, SourceRecord, StreamSpec
from tools.world import Directory

_place: Table = StreamPlace.__table__  # type: ignore[attr-defined]
_alias: Table = VendorUser.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_reference: Table = Reference.__table__  # type: ignore[attr-defined]
_stage: Table = Stage.__table__  # type: ignore[attr-defined]
# Streams whose records tell by a number whose phone it was.
_PHONES = ("calls", "messages")
_PEOPLE = ("users", "people")
# Where a record or a row names a person of ours by the vendor's id.
_NAMES = ("user_id", "owner_id", "csm_id", "manager_id", "from_user_id", "to_user_id", "missed_event_for")


class ReadElsewhere(Refused):
    """Another worker took the page; nothing was taken here."""


def take_page(
    connection: Connection, ingest: Ingest, name: str, stream: str, page: Page, turn: int, now: datetime
) -> Taken:
    """Takes the page if the stream still stands at `turn`; raises ReadElsewhere where it does not.

    The cursor moves in the same transaction, so that a page is taken wholly or will be read again.
    """
    values: dict[str, Any] = {"cursor": page.cursor, "turn": turn + 1, "taken_at": now}
    values["records"] = _place.c.records + len(page.records)
    if page.complete:
        values["read_at"] = page.read_at
    moved = update(_place).where(_place.c.connection == name, _place.c.stream == stream, _place.c.turn == turn)
    if connection.execute(moved.values(values)).rowcount != 1:
        raise ReadElsewhere(f"{name} is being read by another worker.")
    _take_rows(connection, ingest, name, page.rows)
    records = _with_users(connection, ingest, _renamed(page.records, aliases(connection, name)))
    records = [*withdrawn(connection, page.gone, page.read_at), *_with_lines(connection, ingest, records)]
    taken = ingest.take(connection, records, now) if records else Taken()
    write_rejects(connection, name, page.rejected, now)
    _count_rejects(connection, name, stream, len(page.rejected) + len(taken.rejected))
    return taken


def _count_rejects(connection: Connection, name: str, stream: str, count: int) -> None:
    if count:
        chosen = update(_place).where(_place.c.connection == name, _place.c.stream == stream)
        connection.execute(chosen.values(rejected=_place.c.rejected + count))


def with_missing(connection: Connection, source: Source, specs: Sequence[StreamSpec], page: Page) -> Page:
    """The page with the rows of accounts that its records name and nobody knows yet, fetched from the source."""
    stream = next((one.name for one in specs if one.accounts), None)
    named = {one.account_id for one in page.records if one.account_id and not one.deleted}
    brought = {row["id"] for row in page.rows.get("accounts", ())}
    missing = named - brought - _known(connection, named - brought)
    if stream is None or not missing:
        return page
    found = [one for account in sorted(missing) if (one := source.get(stream, account))]
    accounts = [*page.rows.get("accounts", ()), *(row for one in found for row in one.rows.get("accounts", ()))]
    records = (*(record for one in found for record in one.records), *page.records)
    return replace(page, rows={**page.rows, "accounts": accounts}, records=records)


def aliases(connection: Connection, name: str) -> dict[str, str]:
    """Which user of ours stands behind each id of the vendor, where the ids differ."""
    query = select(_alias.c.source_id, _alias.c.user_id).where(_alias.c.connection == name)
    return {row.source_id: row.user_id for row in connection.execute(query)}


def _known(connection: Connection, accounts: set[str]) -> set[str]:
    if not accounts:
        return set()
    return set(connection.scalars(select(_account.c.id).where(_account.c.id.in_(sorted(accounts)))))


def _take_rows(connection: Connection, ingest: Ingest, name: str, rows: Mapping[str, Sequence[Row]]) -> None:
    if not rows:
        return
    users = _take_users(connection, name, rows.get("users", ()))
    _know_people(connection, name, rows.get("people", ()))
    known = aliases(connection, name)
    other = {
        table: [_renamed_fields(row, known) for row in told] for table, told in rows.items() if table not in _PEOPLE
    }
    other["stages"] = _with_ours(connection, other.get("stages", ()))
    other["lines"] = _with_what_was_told(connection, other.get("lines", ()))
    directory = Directory(users=users, **other)
    take_directory(connection, directory, [], ingest.context)
    ingest.know(connection, directory)


def _with_ours(connection: Connection, stages: Sequence[Row]) -> list[Row]:
    """Stages as the source has them, with what it cannot say: how long one may take, which loss is none of ours."""
    known = {row.stage: row for row in connection.execute(select(_stage))} if stages else {}
    found = []
    for stage in stages:
        ours = known.get(stage["stage"])
        days = stage.get("expected_days") or (ours.expected_days if ours else None)
        refined = ours is not None and (stage.get("category"), ours.category) == ("lost", "disqualified")
        found.append(stage | {"expected_days": days} | ({"category": "disqualified"} if refined else {}))
    return found


def _with_what_was_told(connection: Connection, lines: Sequence[Row]) -> list[Row]:
    """Numbers as the source has them, with the owner, queue and campaign that a list told of them."""
    chosen = (_reference.c.stream == "lines", _reference.c.source_id.in_([row["number"] for row in lines]))
    query = select(_reference.c.source_id, _reference.c.data).where(*chosen)
    known = {row.source_id: row.data for row in connection.execute(query)} if lines else {}
    return [known.get(row["number"], {}) | row for row in lines]


def _take_users(connection: Connection, name: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of people whom we do not know. Who is one of ours already stays as we have them, until they leave."""
    new = []
    for row in rows:
        known = _same_person(connection, row)
        if known is None:
            new.append(row)
        elif known != row["id"]:
            upsert(connection, _alias, [{"connection": name, "source_id": row["id"], "user_id": known}])
        elif row.get("leaves_at"):
            leaves = update(_user).where(_user.c.id == known, _user.c.leaves_at.is_(None))
            connection.execute(leaves.values(leaves_at=row["leaves_at"]))
    return new


def _know_people(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    """Notes which of ours the vendor means by its ids; whom we do not know stays unknown."""
    found = [(row["id"], _same_person(connection, row)) for row in rows]
    told = [{"connection": name, "source_id": one, "user_id": user} for one, user in found if user]
    upsert(connection, _alias, told)


def _same_person(connection: Connection, row: Row) -> str | None:
    """Our user of this id, else of this address."""
    if connection.scalar(select(_user.c.id).where(_user.c.id == row["id"])):
        return str(row["id"])
    if not row.get("email"):
        return None
    found: str | None = connection.scalar(
        select(_user.c.id).where(func.lower(_user.c.email) == str(row["email"]).lower()).order_by(_user.c.id).limit(1)
    )
    return found


def _renamed(records: Sequence[SourceRecord], known: Mapping[str, str]) -> list[SourceRecord]:
    if not known:
        return list(records)
    return [replace(one, fields=_renamed_fields(one.fields, known)) for one in records]


def _with_users(connection: Connection, ingest: Ingest, records: list[SourceRecord]) -> list[SourceRecord]:
    """Calls and messages with whose phone it was, where the source does not say and the number is that of a user."""
    nobodys = [x for x in records if x.stream in _PHONES and not x.deleted and not x.fields.get("user_id")]
    if not nobodys:
        return records
    region = ingest.context.default_region
    owners = _owners_of_numbers(connection, region)
    return [_with_user(one, owners, region) if one.stream in _PHONES else one for one in records]


def _with_lines(connection: Connection, ingest: Ingest, records: list[SourceRecord]) -> list[SourceRecord]:
    """Calls that came in on a number of the list of lines with what it says of that number: queue and campaign."""
    if not any(one.stream == "calls" and one.fields.get("direction") == "inbound" for one in records):
        return records
    region = ingest.context.default_region
    rows = connection.scalars(select(_reference.c.data).where(_reference.c.stream == "lines"))
    lines: dict[str | None, Row] = {}
    for row in rows:
        # The vendor tells of a number what the list of lines does not, and the other way round.
        known = lines.setdefault(phone_number(str(row.get("number") or ""), region), {})
        known.update({name: value for name, value in row.items() if value and not row.get("valid_to")})
    return [_with_line(one, lines, region) if one.stream == "calls" else one for one in records]


def _with_line(record: SourceRecord, lines: Mapping[str | None, Row], region: str) -> SourceRecord:
    """A leg that was put through rang somebody; the call itself came in on the line."""
    fields = record.fields
    number = phone_number(str(fields.get("to") or ""), region)
    line = lines.get(number) if fields.get("direction") == "inbound" and not fields.get("parent_id") else None
    if number is None or line is None:
        return record
    told = {"queue": line.get("queue"), "tracking_number": number if line.get("campaign") else None}
    return replace(record, fields={name: value for name, value in told.items() if value} | fields)


def _owners_of_numbers(connection: Connection, region: str) -> dict[str, str]:
    """Whose a number is: by the list of lines, as far as it is theirs now, and as a user's own."""
    lines = connection.scalars(select(_reference.c.data).where(_reference.c.stream == "lines"))
    told = [(x.get("number"), x["owner"]) for x in lines if x.get("owner") and not x.get("valid_to")]
    users = connection.execute(select(_user.c.phone, _user.c.id).where(_user.c.phone.is_not(None)))
    pairs = [*told, *((row.phone, row.id) for row in users)]
    return {number: owner for raw, owner in pairs if (number := phone_number(str(raw or ""), region))}


def _with_user(record: SourceRecord, owners: Mapping[str, str], region: str) -> SourceRecord:
    side = "from" if record.fields.get("direction") == "outbound" else "to"
    user = owners.get(phone_number(str(record.fields.get(side) or ""), region) or "")
    if user is None or record.fields.get("user_id"):
        return record
    return replace(record, fields=record.fields | {"user_id": user})


def _renamed_fields(fields: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    return {key: known.get(value, value) if key in _NAMES else value for key, value in fields.items()}
