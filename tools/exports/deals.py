"""Deals of a list: the state at the export as a snapshot, and the dated things that the row tells beside it."""

from datetime import datetime
from typing import Any

from tools.exports import cells
from tools.exports.gathered import Gathered
from tools.exports.lists import List, Listed
from tools.exports.people import slug
from tools.world.values import BadValue

_WON = frozenset({"closed won", "closedwon", "won", "gewonnen"})
_LOST = frozenset({"closed lost", "closedlost", "lost", "verloren"})


def take_deal(each: List, row: Listed, gathered: Gathered) -> None:
    """One row of a list of deals."""
    if not row["stage"]:
        raise BadValue("stage", "missing")
    key = row["id"] or slug(row["name"])
    category = _category(row)
    account = _account(row, key, gathered)
    owner = gathered.people.user(row["owner"])
    fields = _state(each, row, category, gathered) | {"opportunity_id": key, "user_id": owner}
    gathered.categories[fields["stage"]] = category
    gathered.deals[key] = account
    gathered.deal_names[row["name"].lower()] = key
    day = each.taken_at.astimezone(gathered.zone).date().isoformat()
    gathered.add("crm", "crm", f"deal-{key}@{day}", each.taken_at, fields, account_id=account)
    if category == "open":
        _add_touch(each, row, gathered, key, account, owner)
        _add_next_activity(each, row, gathered, key, account, owner)


def take_stage(each: List, row: Listed, gathered: Gathered) -> None:
    """One row of a history of stages: an event with its own time."""
    at = each.moment(row, "at")
    if at is None or not row["deal_id"]:
        raise BadValue("at" if at is None else "deal_id", "missing")
    fields: dict[str, Any] = {
        "kind": "opportunity.stage",
        "opportunity_id": row["deal_id"],
        "stage": row["stage"],
        "user_id": gathered.people.user(row["owner"]),
    }
    if row["amount"]:
        fields["amount"] = cells.amount_of(row["amount"], "amount")
    if row["deal_id"] not in gathered.deals:
        raise BadValue("deal_id", f"no list has the deal {row['deal_id']!r}")
    account = gathered.deals[row["deal_id"]]
    gathered.categories.setdefault(row["stage"], _named_category(row["stage"]))
    source_id = row["id"] or f"{row['deal_id']}-{row['stage']}-{at.isoformat()}"
    gathered.add("crm", "crm", f"stage-{source_id}", at, fields, account_id=account)


def _category(row: Listed) -> str:
    status = row["status"].lower()
    if status in ("won", "lost", "open"):
        return status
    if cells.is_yes(row["is_won"]):
        return "won"
    if cells.is_yes(row["is_closed"]) or row["is_closed"] == "1.0":
        return "won" if row["is_won"] == "1.0" else "lost"
    return _named_category(row["stage"])


def _named_category(stage: str) -> str:
    # HubSpot appends the pipeline to a stage's name: "Closed won (Sales Pipeline)".
    name = stage.partition("(")[0].strip().lower()
    return "won" if name in _WON else "lost" if name in _LOST else "open"


def _account(row: Listed, key: str, gathered: Gathered) -> str | None:
    people = gathered.people
    found = people.account(cells.first_of(row["account_id"]), cells.first_of(row["account"]))
    if found is None and (contact := people.contact_named(row["contact"])):
        found = contact.get("account_id")
    if found is None:
        contacts = (people.account_of_contact(one.strip()) for one in row["contact_ids"].split(";"))
        found = next((one for one in contacts if one), None)
    if found is None:
        gathered.assume("A deal without a company was given an account of its own name.")
        found = people.account(f"deal-{key}", row["name"] or key)
    return found


def _state(each: List, row: Listed, category: str, gathered: Gathered) -> dict[str, Any]:
    ended = category != "open"
    # Where a status tells the end, the stage is the one in which it came.
    stage = row["status"].capitalize() if row["status"] and ended else row["stage"]
    closed = next((told for name in ("won_at", "lost_at", "closed_at") if (told := each.time(row, name))), None)
    contacts = [one.strip() for one in row["contact_ids"].split(";") if one.strip()]
    if row["contact"] and (known := gathered.people.contact_named(row["contact"])):
        contacts = [known["id"]]
    fields = {
        "kind": "opportunity.snapshot",
        "name": row["name"],
        "stage": stage,
        "amount": cells.amount_of(row["amount"], "amount") if row["amount"] else None,
        "currency": row["currency"][:3].upper() or None,
        "created_at": each.time(row, "created_at"),
        "stage_entered_at": each.time(row, "stage_entered_at"),
        "close_date": (each.time(row, "close_date") or "")[:10] or None,
        "closed_at": (closed or each.time(row, "close_date")) if ended else None,
        "lost_reason": row["lost_reason"] or None,
        "next_step": row["next_step"] or None,
        "contact_ids": contacts,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _add_touch(each: List, row: Listed, gathered: Gathered, key: str, account: str | None, owner: str | None) -> None:
    """The last touch that the CRM counts; what it was, the list does not say."""
    touched: datetime | None = each.moment(row, "touched_at")
    if touched is None or owner is None or touched > each.taken_at:
        return
    fields = {
        "kind": "work.done",
        "subject": "last activity as the CRM counts it",
        "opportunity_id": key,
        "user_id": owner,
    }
    source_id = f"touch-{key}-{touched.date().isoformat()}"
    gathered.add("crm", "crm", source_id, each.taken_at, fields, account_id=account, occurred_at=touched)


def _add_next_activity(
    each: List, row: Listed, gathered: Gathered, key: str, account: str | None, owner: str | None
) -> None:
    due = each.time(row, "next_activity_at")
    if due is None:
        return
    fields = {
        "kind": "task.created",
        "task_id": f"next-{key}-{due[:10]}",
        "subject": "next activity as the CRM has it",
        "due_at": due,
        "opportunity_id": key,
        "user_id": owner,
    }
    gathered.add("crm", "crm", f"next-{key}-{due[:10]}", each.taken_at, fields, account_id=account)
