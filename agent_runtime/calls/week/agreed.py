"""What was agreed for each queue or segment: which share of its misses may be late, by what the caller wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection

from agent_runtime import jobs
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.calls.models import Intent
from agent_runtime.calls.week.rows import NeedRow
from agent_runtime.calls.week.shares import Share, share
from agent_runtime.playbook import Playbook
from agent_runtime.playbook.call_policy import Late

_WEIGHED: Final[tuple[Intent, ...]] = ("commercial", "service", "informational")
_NOTED: Final = "calls.late"


@dataclass(frozen=True, slots=True)
class Agreed:
    """One threshold as it stands this week: `late` of the misses that are judged, beside the share that was agreed.

    `state`: within; above; or perhaps, where it lies above and chance may have done it. At an agreed share of zero a
    single one is above: where each miss counts there is no chance to wait for.
    """

    segment: str
    intent: Intent
    late: Share
    most: float
    state: str
    owners: tuple[str, ...]


def agreed(rows: Sequence[NeedRow], late: Mapping[str, Late], names: Mapping[str, str], now: datetime) -> list[Agreed]:
    """Every threshold with the week's figures, those that are crossed first.

    `names`: who marketing, sales and operations are. Needs that still wait inside their window are not judged yet.
    """
    found = [
        _standing(
            segment, intent, one, [row for row in rows if row.intent == intent and _is_of(row, segment)], names, now
        )
        for segment, one in late.items()
        for intent in _WEIGHED
    ]
    order = {"above": 0, "perhaps": 1, "within": 2}
    return sorted(found, key=lambda one: (order[one.state], _WEIGHED.index(one.intent), one.segment))


def _standing(
    segment: str, intent: Intent, one: Late, rows: Sequence[NeedRow], names: Mapping[str, str], now: datetime
) -> Agreed:
    judged = [row for row in rows if row.late_at(now) or not row.open_at(now)]
    found = share(sum(row.late_at(now) for row in judged), len(judged))
    most: float = getattr(one, intent)
    owners = tuple(names[owner] for owner in one.owners)
    return Agreed(segment, intent, found, most, _state(found, most), owners)


def _state(found: Share, most: float) -> str:
    if found.part <= most * found.n:
        return "within"
    return "above" if most == 0 or found.low > most else "perhaps"


def _is_of(row: NeedRow, segment: str) -> bool:
    return segment in (row.queue, row.line, row.segment)


def note_changes(connection: Connection, playbook: Playbook, now: datetime, install_key: SecretStr) -> bool:
    """Audits that the thresholds, or who answers for them, were changed since this was last asked; gives whether."""
    told = {"late": playbook.model_dump(mode="json")["calls"]["late"], "owners": playbook.owners.model_dump()}
    fingerprint = sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    before = jobs.checkpoint(connection, _NOTED)
    if before is not None and before["fingerprint"] == fingerprint:
        return False
    jobs.set_checkpoint(connection, _NOTED, {"fingerprint": fingerprint})
    payload = {
        "segments": sorted(playbook.calls.late), "before": before["fingerprint"] if before else None,
        "after": fingerprint, "playbook": playbook.fingerprint,
    }  # fmt: skip
    entry = Entry(now, ActorKind.RULE, "rule:playbook", "calls.thresholds_set", "calls.late", payload)
    audit.append(connection, INSTALLATION, [entry], install_key=install_key)
    return True
