"""Whose an account is now: the latest change of hands that is known, on the account's own row."""

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection, bindparam, text, update

from memory.records import Account
from memory.timeline import NewActivity

_account = Account.__table__  # type: ignore[attr-defined]
_CHANGES = text(
    "SELECT account_id, data FROM tenure_activity WHERE kind = 'owner.changed' AND current AND NOT deleted"
    " AND account_id IN :accounts ORDER BY occurred_at, id"
).bindparams(bindparam("accounts", expanding=True))
_COLUMN = {"": "owner_id", "owner": "owner_id", "csm": "csm_id"}


def set_owners(connection: Connection, activities: Iterable[NewActivity]) -> None:
    """Sets owner and csm of those accounts that changed hands; rights are asked of these rows."""
    accounts = sorted({x.account_id for x in activities if x.kind == "owner.changed" and x.account_id})
    if not accounts:
        return
    now_with: dict[tuple[str, str], str] = {}
    for account, data in connection.execute(_CHANGES, {"accounts": accounts}):
        change = orjson.loads(data) if isinstance(data, str) else data
        column = _COLUMN.get(change.get("role") or "")
        if column and change.get("to_user_id"):
            now_with[account, column] = str(change["to_user_id"])
    for (account, column), user in now_with.items():
        connection.execute(update(_account).where(_account.c.id == account).values({column: user}))
