"""The invented town as rows of a database, as an import would leave it."""

from typing import Any

from sqlalchemy import Connection, insert

from agent_runtime.calls.models import CallLeg
from memory.records import Account, Activity, Handle, Reference
from tests.unit.agent_runtime.calls.week.town import LINES, Town


def store(connection: Connection, made: Town) -> None:
    """Writes accounts, handles, lines, calls and the CRM's own notes of calls."""
    accounts = {owner.account_id: number for number, owners in made.owners.items() for owner in owners}
    rows: list[dict[str, Any]] = [
        {"id": name, "name": str(name), "segment": "town", "provisional": False, "custom": {}} for name in accounts
    ]
    connection.execute(insert(Account), rows)
    handles = [
        {"kind": "phone", "value": number, "account_id": name, "contact_id": ""} for name, number in accounts.items()
    ]
    connection.execute(insert(Handle), handles)
    lists = [
        {"stream": "lines", "source_id": line.number,
         "data": {"number": line.number, "queue": line.queue, "campaign": line.campaign, "owner": line.owner}}
        for line in LINES
    ]  # fmt: skip
    connection.execute(insert(Reference), lists)
    connection.execute(insert(Activity), [_call(leg) for leg in made.legs])
    logged = [(name, at) for name, times in made.logged.items() for at in times]
    connection.execute(insert(Activity), [_logged(place, name, at) for place, (name, at) in enumerate(logged)])


def _activity(name: str, account: str | None, kind: str, at: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"act-{name}", "account_id": account, "source": "phone" if kind == "call" else "crm", "stream": kind,
        "source_id": name, "revision": 0, "content_hash": "", "kind": kind, "occurred_at": at, "known_at": at,
        "caused_by": "none", "current": True, "deleted": False, "data": data, "subject": None, "direction": None,
    }  # fmt: skip


def _call(leg: CallLeg) -> dict[str, Any]:
    data = {
        "status": leg.status, "started_at": leg.started_at.isoformat(), "from": leg.from_number, "to": leg.to_number,
        "ring_s": leg.ring_s, "talk_s": leg.talk_s, "queue": leg.queue, "tracking_number": leg.tracking_number,
    }  # fmt: skip
    row = _activity(leg.id, leg.account_id, "call", leg.started_at, data)
    return row | {"direction": leg.direction}


def _logged(place: int, account: str, at: Any) -> dict[str, Any]:
    row = _activity(f"log-{place}", account, "task.completed", at, {"channel": "call"})
    return row | {"caused_by": "person"}
