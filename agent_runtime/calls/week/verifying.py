"""Who stands up for the figures of a segment: kept, audited, and taken back."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Table, insert, select, update

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.calls.week.models import CallVerification
from agent_runtime.calls.week.trust import TITLES, Gate, Verified
from agent_runtime.errors import NotThere, Refused

_verification: Table = CallVerification.__table__  # type: ignore[attr-defined]


def standing(connection: Connection) -> list[Verified]:
    """The verifications that were not withdrawn, the oldest first."""
    query = select(_verification).where(_verification.c.withdrawn_at.is_(None))
    rows = connection.execute(query.order_by(_verification.c.verified_at, _verification.c.id))
    return [
        Verified(row.segment, row.verified_by, row.verified_at.isoformat(), tuple(row.accepted), row.note)
        for row in rows
    ]


def verify(
    connection: Connection, segment: str, note: str, gate: Gate, by: str, now: datetime, install_key: SecretStr
) -> Verified:
    """Keeps that `by` compared the figures of `segment` with the phone system's; audited.

    What could not be measured is accepted with it. Raises Refused while a check fails.
    """
    if not gate.open:
        names = ", ".join(TITLES[one.name].lower() for one in gate.failed)
        raise Refused(f"{segment} cannot be verified while a check fails: {names}.", fix="Repair it first.")
    accepted = sorted(one.name for one in gate.unmeasured)
    key = blake2b(f"{segment}|{by}|{now.isoformat()}".encode(), digest_size=8).hexdigest()
    row: dict[str, Any] = {
        "id": f"cv_{key}",
        "segment": segment,
        "verified_by": by,
        "verified_at": now,
        "note": note,
        "accepted": accepted,
        "checks": {one.name: one.state.value for one in gate.checks},
    }
    connection.execute(insert(_verification), row)
    payload = {"segment": segment, "accepted": accepted, "checks": row["checks"]}
    _note(connection, "calls.verified", row["id"], payload, by, now, install_key)
    return Verified(segment, by, now.isoformat(), tuple(accepted), note)


def withdraw(connection: Connection, segment: str, by: str, now: datetime, install_key: SecretStr) -> None:
    """Takes every verification of `segment` back, audited. Raises NotThere where none stands."""
    mine = update(_verification).where(_verification.c.segment == segment, _verification.c.withdrawn_at.is_(None))
    ids = list(connection.scalars(mine.values(withdrawn_by=by, withdrawn_at=now).returning(_verification.c.id)))
    if not ids:
        raise NotThere(f"{segment} is not verified.")
    for one in sorted(ids):
        _note(connection, "calls.verification_withdrawn", one, {"segment": segment}, by, now, install_key)


def _note(
    connection: Connection, event: str, subject: str, payload: dict[str, Any], by: str, now: datetime, key: SecretStr
) -> None:
    audit.append(connection, INSTALLATION, [Entry(now, ActorKind.USER, by, event, subject, payload)], install_key=key)
