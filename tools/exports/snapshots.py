"""The rows of recognised lists as directory and records; a row that cannot be used is a reject, the rest goes on."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tools.base import Rejected
from tools.exports import cells
from tools.exports.deals import take_deal, take_stage
from tools.exports.gathered import Gathered
from tools.exports.lists import List, Listed
from tools.exports.presets import KINDS
from tools.exports.tasks import take_task
from tools.world.values import BadValue

_LEAD_ENDS = {"unqualified": "disqualified", "closed - not converted": "disqualified", "disqualified": "disqualified"}
_WORKED = frozenset({"working", "contacted", "working - contacted", "qualified", "nurturing", "attempted to contact"})


def take_lists(lists: list[List], gathered: Gathered) -> None:
    """Takes all lists, who is who first, older snapshots before younger ones."""
    _date(lists)
    gathered.people.gone_at = min((each.taken_at for each in lists), default=None)
    for each in sorted(lists, key=lambda one: (KINDS.index(one.preset.kind), one.taken_at, one.path.name)):
        take = _TAKE[each.preset.kind]
        for row in each.rows:
            try:
                take(each, row, gathered)
            except BadValue as error:
                gathered.reject(Rejected(each.path.name, row.line, error.field, error.reason))
        gathered.saw("crm", each.taken_at, each.taken_at)
        if each.preset.kind == "deal":
            gathered.taken_at.append(each.taken_at)


def _date(lists: list[List]) -> None:
    """Lists without a date in their name are of one export; two of deals are two exports, each as late as its rows."""
    undated = [each for each in lists if not each.dated]
    latest = max((each.told_at for each in undated if each.told_at), default=None)
    several = sum(each.preset.kind == "deal" for each in undated) > 1
    for each in lists:
        own = each.told_at if each.dated or (several and each.preset.kind == "deal") else None
        each.taken_at = own or latest or datetime.fromtimestamp(each.path.stat().st_mtime, UTC)


def _take_user(each: List, row: Listed, gathered: Gathered) -> None:
    name = row["name"] or f"{row['first_name']} {row['last_name']}".strip()
    is_gone = bool(row["is_active"]) and not cells.is_yes(row["is_active"])
    gathered.people.add_user(row["id"], name, row["email"], is_gone=is_gone)


def _take_account(each: List, row: Listed, gathered: Gathered) -> None:
    name, key = row["name"], row["id"]
    if not (name or key):
        raise BadValue("name", "missing")
    known = gathered.people.account(key, name)
    gathered.people.add_account(
        known or key,
        name,
        domain=_host(row["domain"]),
        industry=row["industry"],
        phone=row["phone"],
        owner_id=gathered.people.user(row["owner"]),
    )


def _take_contact(each: List, row: Listed, gathered: Gathered) -> None:
    name = row["name"] or f"{row['first_name']} {row['last_name']}".strip()
    key = row["id"] or row["email"].lower() or name
    if not key:
        raise BadValue("name", "missing")
    account = gathered.people.account(cells.first_of(row["account_id"]), row["account"])
    told = {column: row[column] for column in ("email", "phone", "title")}
    gathered.people.add_contact(key, name or row["email"], account, **told)


def _take_lead(each: List, row: Listed, gathered: Gathered) -> None:
    """A lead with its account: when it came is known, how it stands is known as of the export."""
    name = f"{row['first_name']} {row['last_name']}".strip()
    key, company = row["id"] or name, row["company"] or name
    if not key:
        raise BadValue("last_name", "missing")
    created = each.moment(row, "created_at") or each.taken_at
    account = gathered.people.account("", company)
    owner = gathered.people.user(row["owner"])
    gathered.people.add_contact(f"lead-{key}", name, account, email=row["email"], phone=row["phone"])
    told = {column: row[column] for column in ("source", "email", "phone", "company") if row[column]}
    fields = {"kind": "lead.created", "lead_id": key, "lead_type": "web", "contact_id": f"lead-{key}", **told}
    gathered.add("crm", "crm", f"lead-{key}", created, fields, account_id=account)
    if status := _lead_status(row):
        at = each.moment(row, "converted_at") or each.moment(row, "touched_at") or each.taken_at
        said = {"kind": "lead.status", "lead_id": key, "status": status, "user_id": owner}
        _add_known_late(each, gathered, f"lead-{key}-{status}", max(at, created), said, account)


def _lead_status(row: Listed) -> str:
    told = row["status"].lower()
    if cells.is_yes(row["is_converted"]) or "converted" in told.split():
        return "converted"
    if "not converted" in told:
        return "disqualified"
    return _LEAD_ENDS.get(told) or ("contacted" if told in _WORKED else "")


def _add_known_late(
    each: List, gathered: Gathered, source_id: str, at: datetime, fields: Mapping[str, object], account: str | None
) -> None:
    """What happened earlier and became known with the export."""
    moment = max(at, each.taken_at)
    gathered.add("crm", "crm", source_id, moment, dict(fields), account_id=account, occurred_at=min(at, moment))


def _host(website: str) -> str:
    host = website.lower().partition("://")[2] or website.lower()
    return host.partition("/")[0].removeprefix("www.").strip()


_TAKE: dict[str, Callable[[List, Listed, Gathered], None]] = {
    "user": _take_user,
    "account": _take_account,
    "contact": _take_contact,
    "lead": _take_lead,
    "deal": take_deal,
    "stage": take_stage,
    "task": take_task,
}
