"""Ten of the things that rules did by themselves, drawn by lot for a person to look at; the verdict is audited."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from pydantic import SecretStr
from sqlalchemy import Connection, Table, column, select, table

from agent_runtime.audit import service as audit
from agent_runtime.audit.models import AuditEntry
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.permissions import Reach, within
from memory.records import Account

DRAWN = 10
LOOKED_BACK = timedelta(days=30)
REVIEWED = "sample.reviewed"
# Beyond so many, the lot is drawn among the latest.
_MOST_TICKETS = 5_000
_account: Table = Account.__table__  # type: ignore[attr-defined]
_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]
# The outbox stands above the audit; its table is named here, as permissions name that of the inbox.
_action = table(
    "tenure_action", *(column(x) for x in ("id", "account_id", "item_id", "kind", "decided_by", "decided_at", "state"))
)
Verdict = Literal["right", "wrong"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something that a rule did: which rule, what, where, when; `verdict` once somebody looked at it."""

    id: str
    account_id: str
    account: str
    item_id: str | None
    kind: str
    decided_by: str
    decided_at: datetime
    state: str
    verdict: str


def draw(connection: Connection, reach: Reach, now: datetime, day: str) -> list[Drawn]:
    """Ten of the last 30 days, among what the reader sees; the same ones all `day`, the latest first."""
    query = (
        select(_action, _account.c.name.label("account"))
        .join(_account, _account.c.id == _action.c.account_id)
        .where(_action.c.decided_by.startswith("rule:"), within(reach, _account.c))
        .order_by(_action.c.decided_at.desc())
        .limit(_MOST_TICKETS)
    )
    rows = [row for row in connection.execute(query).mappings() if _moment(row["decided_at"], now) > now - LOOKED_BACK]
    rows.sort(key=lambda row: blake2b(f"{day}|{row['id']}".encode(), digest_size=8).digest())
    chosen = sorted(rows[:DRAWN], key=lambda row: _moment(row["decided_at"], now), reverse=True)
    verdicts = _verdicts(connection, [row["id"] for row in chosen])
    return [_drawn(row, verdicts.get(row["id"], ""), now) for row in chosen]


def review(
    connection: Connection, reach: Reach, action_id: str, verdict: Verdict, by: str, now: datetime, key: SecretStr
) -> None:
    """Writes down what somebody found of one of them; raises NotThere where the reader sees no such thing."""
    query = select(_action.c.account_id).join(_account, _account.c.id == _action.c.account_id)
    account_id = connection.scalar(query.where(_action.c.id == action_id, within(reach, _account.c)))
    if account_id is None:
        raise NotThere("There is no such action.", fix="Load the sample again.")
    entry = Entry(now, ActorKind.USER, by, REVIEWED, action_id, {"verdict": verdict})
    audit.append(connection, account_id, [entry], install_key=key)


def _drawn(row: Any, verdict: str, now: datetime) -> Drawn:
    values = {name: row[name] for name in Drawn.__slots__ if name != "verdict"}
    return Drawn(**values | {"verdict": verdict, "decided_at": _moment(row["decided_at"], now)})


def _moment(stored: Any, now: datetime) -> datetime:
    # The table is named here without its types: SQLite gives the text that it stores, in UTC.
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def _verdicts(connection: Connection, action_ids: list[str]) -> dict[str, str]:
    query = select(_entry.c.subject_id, _entry.c.payload).where(
        _entry.c.event == REVIEWED, _entry.c.subject_id.in_(action_ids)
    )
    return {row.subject_id: row.payload["verdict"] for row in connection.execute(query.order_by(_entry.c.at))}
