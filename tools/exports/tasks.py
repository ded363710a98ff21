"""Tasks of a list: made when it says so, done when it says so."""

from tools.exports import cells
from tools.exports.gathered import Gathered
from tools.exports.lists import List, Listed
from tools.exports.people import slug
from tools.world.values import BadValue

_DONE = frozenset({"completed", "done", "closed", "erledigt"})


def take_task(each: List, row: Listed, gathered: Gathered) -> None:
    """One row of a list of tasks or activities; without a deal or an account it belongs to nobody."""
    account, deal = _place(row, gathered)
    if account is None:
        raise BadValue("account", "the task names no deal and no account that is known")
    owner = gathered.people.user(row["owner"])
    due = each.time(row, "due_at")
    key = row["id"] or slug(f"{row['subject']}-{due or ''}-{account}")
    done = row["status"].lower() in _DONE or cells.is_yes(row["status"])
    created = each.moment(row, "created_at") or (cells.moment_of(due, each.zone) if due else each.taken_at)
    created = min(created, each.taken_at)
    fields = {
        "kind": "task.created",
        "task_id": key,
        "subject": row["subject"],
        "due_at": due,
        "opportunity_id": deal,
        "user_id": owner,
        "channel": _channel(row["channel"]),
    }
    told = {name: value for name, value in fields.items() if value}
    gathered.add("crm", "crm", f"task-{key}", created, told, account_id=account)
    if done:
        at = each.moment(row, "done_at") or (cells.moment_of(due, each.zone, ends=True) if due else each.taken_at)
        at = min(max(at, created), each.taken_at)
        result = {"kind": "task.completed", "task_id": key, "opportunity_id": deal, "user_id": owner}
        gathered.add("crm", "crm", f"task-{key}-done", at, {k: v for k, v in result.items() if v}, account_id=account)


def _place(row: Listed, gathered: Gathered) -> tuple[str | None, str | None]:
    """The account and deal of a task: by the deal's id, by its name, else by the account."""
    wanted = cells.first_of(row["deal_id"])
    deal = wanted if wanted in gathered.deals else gathered.deal_names.get(row["deal"].lower())
    if deal is not None:
        return gathered.deals[deal], deal
    key = cells.first_of(row["account_id"])
    return (gathered.people.account(key, row["account"]) if key or row["account"] else None), None


def _channel(told: str) -> str | None:
    word = told.lower()
    return next((channel for channel in ("call", "email", "meeting") if channel in word), None)
